//! Sizes, times, numbers and addresses as people type them.

use std::net::{IpAddr, Ipv6Addr};

use crate::base::Duration;

/// A size in bytes: `1073741824`, `64K`, `512MiB`, `1GB`. K, M and G count in 1024s, as memory does.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text)?;
    let factor: u64 = match unit.to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return Err(format!("{unit} is no size; write for example 512M or 1GiB")),
    };
    let (whole, _) = parts(number, 0)?;
    let bytes = whole.checked_mul(factor).ok_or_else(|| format!("{text} is too much"))?;
    if bytes < 1 << 20 { Err("at least 1M is needed".to_owned()) } else { Ok(bytes) }
}

/// A time: `10` (seconds), `500ms`, `1.5s`, `2m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text)?;
    let nanoseconds: u64 = match unit {
        "" | "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => {
            return Err(format!("{unit} is no unit of time; write for example 500ms, 10s or 2m"));
        }
    };
    let (whole, millionths) = parts(number, 6)?;
    let fraction = nanoseconds / 1_000_000 * millionths;
    let total = whole.checked_mul(nanoseconds).and_then(|ns| ns.checked_add(fraction));
    match total.and_then(|ns| i64::try_from(ns).ok()) {
        Some(0) => Err("the time must be more than nothing".to_owned()),
        Some(ns) => Ok(Duration(ns)),
        None => Err(format!("{text} is too long")),
    }
}

/// A connection's number, with or without the `#` that it is shown with.
pub(super) fn connection(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix('#').unwrap_or(text).parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| {
        "a connection is named by the number of its first frame, as the overview shows it: 12".to_owned()
    })
}

/// A frame's number.
pub(super) fn frame(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "frames are numbers, and count from 1".to_owned())
}

/// A TCP port.
pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port is a number from 0 to 65535".to_owned())
}

/// An IP address; IPv6 also in brackets, as it is shown beside a port.
pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address =
        bare.map_or_else(|| text.parse().ok(), |bare| bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6));
    address.ok_or_else(|| {
        "one IPv4 or IPv6 address is needed; ranges and names go with -f, as in -f 'net 10.0.0.0/8'"
            .to_owned()
    })
}

/// Number and unit, without the space between.
fn split(text: &str) -> Result<(&str, &str), String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if number.is_empty() {
        Err(format!("{text} does not begin with a number"))
    } else {
        Ok((number, unit.trim()))
    }
}

/// The whole part and the first `places` decimals.
fn parts(number: &str, places: usize) -> Result<(u64, u64), String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if (places == 0 && number.contains('.')) || decimals.contains('.') {
        return Err(format!("{number} is no number that fits here"));
    }
    let whole = whole.parse().map_err(|_| format!("{number} is no number that fits here"))?;
    let padded: String = decimals.chars().chain(std::iter::repeat('0')).take(places).collect();
    let fraction =
        if padded.is_empty() { 0 } else { padded.parse().map_err(|_| format!("{number} is no number"))? };
    Ok((whole, fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(size("1GiB"), Ok(1 << 30));
        assert_eq!(size("64m"), Ok(64 << 20));
        assert_eq!(size("512 MB"), Ok(512 << 20));
        assert_eq!(size("2097152"), Ok(2 << 20));
        for bad in ["", "big", "1.5G", "10", "99999999999999999999", "1X"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_the_program_shows_can_be_typed_back() {
        assert_eq!(connection("#12"), Ok(12));
        assert_eq!(connection("12"), Ok(12));
        assert_eq!(address("[2001:db8::1]"), "2001:db8::1".parse::<IpAddr>().map_err(|e| e.to_string()));
        assert_eq!(address("10.0.0.1"), Ok(IpAddr::from([10, 0, 0, 1])));
        assert!(connection("#0").is_err() && frame("0").is_err() && port("http").is_err());
        assert!(address("[10.0.0.1]").is_err() && address("10.0.0.0/8").is_err());
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(duration("500ms"), Ok(Duration(500_000_000)));
        assert_eq!(duration("1.5s"), Ok(Duration(1_500_000_000)));
        assert_eq!(duration("10"), Ok(Duration::seconds(10)));
        assert_eq!(duration("2m"), Ok(Duration::seconds(120)));
        for bad in ["", "soon", "0", "5x", "1.2.3s", "999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
