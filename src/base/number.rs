//! Numbers as people read them: one notation for every picture and every sentence.

use crate::base::Duration;

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// With thousands separators: `18,230`.
#[must_use]
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rank: `1st`, `2nd`, `3rd`, `4th`, `11th`.
#[must_use]
pub fn ordinal(rank: u64) -> String {
    let ending = match (rank % 10, rank % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(rank))
}

/// A count with its noun: `1 frame`, `1,204 frames`. The plural is the noun with an `s`.
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A span of time for a sentence, about three digits of it: `61 µs`, `0.402 ms`, `1.02 s`, `12 min 30 s`, `3 h 20 min`.
#[must_use]
pub fn span(duration: Duration) -> String {
    let ns = duration.0.unsigned_abs();
    let text = match ns {
        0 => "0 s".to_owned(),
        1..MICROSECOND => format!("{ns} ns"),
        MICROSECOND..99_500 => format!("{} µs", decimal(ns, MICROSECOND, 0)),
        99_500..MILLISECOND => format!("{} ms", decimal(ns, MILLISECOND, 3)),
        MILLISECOND..999_500_000 => format!("{} ms", three_digits(ns, MILLISECOND)),
        999_500_000..599_500_000_000 => format!("{} s", three_digits(ns, SECOND)),
        _ => two_units(ns),
    };
    signed(duration, "", &text)
}

/// A span of time for a column, always with three decimals, so that decimal points can stand below one another:
/// `0.402 ms`, `2.310 s`, `16.667 min`. At most 7 characters before the unit below 1000 days.
#[must_use]
pub fn column(duration: Duration) -> String {
    let ns = duration.0.unsigned_abs();
    // Each bound is where three decimals would round up to 1000.
    let (unit, name) = match ns {
        1..MICROSECOND => (MICROSECOND, "µs"),
        0..999_999_500 => (MILLISECOND, "ms"),
        999_999_500..999_999_500_000 => (SECOND, "s"),
        999_999_500_000..59_999_970_000_000 => (MINUTE, "min"),
        59_999_970_000_000..3_599_998_200_000_000 => (HOUR, "h"),
        _ => (DAY, "d"),
    };
    signed(duration, "", &format!("{} {name}", decimal(ns, unit, 3)))
}

/// Time since the capture began, in seconds to the microsecond: `12.345 678 s`.
#[must_use]
pub fn offset(duration: Duration) -> String {
    let ns = duration.0.unsigned_abs();
    let micros = ns % SECOND / MICROSECOND;
    let text = format!("{}.{:03} {:03} s", grouped(ns / SECOND), micros / 1_000, micros % 1_000);
    signed(duration, "", &text)
}

/// An amount of data in at most nine characters: `18,230`, then `12.3 MB`.
#[must_use]
pub fn amount(bytes: u64) -> String {
    const STEPS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    if bytes < 10_000_000 {
        return grouped(bytes);
    }
    let (unit, name) = STEPS.into_iter().find(|(unit, _)| bytes >= *unit).unwrap_or((1_000, "kB"));
    format!("{} {name}", grouped_tenths(bytes, unit))
}

fn grouped_tenths(value: u64, unit: u64) -> String {
    format!("{}.{}", grouped(value / unit), value % unit / (unit / 10))
}

fn signed(duration: Duration, plus: &str, text: &str) -> String {
    format!("{}{text}", if duration.0 < 0 { "-" } else { plus })
}

fn three_digits(ns: u64, unit: u64) -> String {
    match ns / (unit / 100) {
        0..=999 => decimal(ns, unit, 2),
        1_000..=9_999 => decimal(ns, unit, 1),
        _ => decimal(ns, unit, 0),
    }
}

/// Rounded, half up.
fn decimal(ns: u64, unit: u64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let scaled = (u128::from(ns) * u128::from(scale) + u128::from(unit) / 2) / u128::from(unit);
    let (whole, rest) = (scaled / u128::from(scale), scaled % u128::from(scale));
    match places {
        0 => whole.to_string(),
        1 => format!("{whole}.{rest}"),
        2 => format!("{whole}.{rest:02}"),
        _ => format!("{whole}.{rest:03}"),
    }
}

fn two_units(ns: u64) -> String {
    let seconds = ns.saturating_add(SECOND / 2) / SECOND;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if minutes < 60 {
        format!("{minutes} min {} s", seconds % 60)
    } else if hours < 48 {
        format!("{hours} h {} min", minutes % 60)
    } else {
        format!("{} d {} h", grouped(days), hours % 24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(18_230), "18,230");
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1, "frame"), "1 frame");
        assert_eq!(counted(1_204, "frame"), "1,204 frames");
    }

    #[test]
    fn ranks_have_the_right_ending() {
        let ranks: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 112].into_iter().map(ordinal).collect();
        assert_eq!(ranks, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
    }

    #[test]
    fn spans_of_time_keep_about_three_digits() {
        let cases = [
            (0, "0 s"),
            (250, "250 ns"),
            (61_200, "61 µs"),
            (402_000, "0.402 ms"),
            (1_020_000, "1.02 ms"),
            (12_345_678, "12.3 ms"),
            (345_600_000, "346 ms"),
            (999_600_000, "1.00 s"),
            (1_020_000_000, "1.02 s"),
            (12_640_000_000, "12.6 s"),
            (345_000_000_000, "345 s"),
            (750_000_000_000, "12 min 30 s"),
            (12_000_000_000_000, "3 h 20 min"),
            (i64::MAX, "106,751 d 23 h"),
            (-402_000, "-0.402 ms"),
        ];
        for (ns, text) in cases {
            assert_eq!(span(Duration(ns)), text);
        }
    }

    #[test]
    fn columns_always_have_three_decimals() {
        let cases = [
            (0, "0.000 ms"),
            (250, "0.250 µs"),
            (61_999, "0.062 ms"),
            (999_999_499, "999.999 ms"),
            (999_999_999, "1.000 s"),
            (2_310_000_000, "2.310 s"),
            (1_000_000_000_000, "16.667 min"),
            (90_000_000_000_000, "25.000 h"),
            (i64::MIN, "-106751.991 d"),
        ];
        for (ns, text) in cases {
            assert_eq!(column(Duration(ns)), text);
        }
    }

    #[test]
    fn offsets_go_down_to_the_microsecond() {
        assert_eq!(offset(Duration(12_345_678_999)), "12.345 678 s");
        assert_eq!(offset(Duration(-1_000)), "-0.000 001 s");
    }

    #[test]
    fn large_amounts_are_shortened() {
        assert_eq!(amount(9_999_999), "9,999,999");
        assert_eq!(amount(12_345_678), "12.3 MB");
        assert_eq!(amount(2_500_000_000), "2.5 GB");
    }
}
