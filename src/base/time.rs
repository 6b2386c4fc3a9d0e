//! Capture time.

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
    fn time_may_run_backwards() {
        assert_eq!(Timestamp(5).since(Timestamp(7)), Duration(-2));
        assert_eq!(Timestamp(u64::MAX).since(Timestamp(0)), Duration(i64::MAX));
        assert_eq!(Timestamp(0).since(Timestamp(u64::MAX)), Duration(i64::MIN));
    }
}
