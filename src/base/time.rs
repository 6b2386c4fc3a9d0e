//! Capture time.

use std::fmt;

use time::OffsetDateTime;

/// Capture time in nanoseconds since the Unix epoch. Never this machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Time from `earlier` to `self`; negative where the capture's time runs backwards.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        if self.0 >= earlier.0 {
            Duration(i64::try_from(self.0 - earlier.0).unwrap_or(i64::MAX))
        } else {
            Duration(i64::try_from(earlier.0 - self.0).map_or(i64::MIN, |ns| -ns))
        }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with nanoseconds: `2026-11-23T08:30:03.437674000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0)).map_err(|_| fmt::Error)?;
        let (year, month, day) = time.to_calendar_date();
        let (hour, minute, second, nanosecond) = time.to_hms_nano();
        let month = u8::from(month);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanosecond:09}Z")
    }
}

/// A span of capture time in nanoseconds. Signed: frames may be out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(pub i64);

impl Duration {
    /// So many whole seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_timestamp_has_a_date() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(Timestamp(1_795_424_764_618_000_001).to_string(), "2026-11-23T09:06:04.618000001Z");
        assert_eq!(Timestamp(u64::MAX).to_string(), "2554-07-21T23:34:33.709551615Z");
    }

    #[test]
    fn time_may_run_backwards() {
        assert_eq!(Timestamp(5).since(Timestamp(7)), Duration(-2));
        assert_eq!(Timestamp(u64::MAX).since(Timestamp(0)), Duration(i64::MAX));
        assert_eq!(Timestamp(0).since(Timestamp(u64::MAX)), Duration(i64::MIN));
    }
}
