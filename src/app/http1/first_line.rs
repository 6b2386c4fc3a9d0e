//! Recognises the beginning of a head by its first line (RFC 9112 §3, §4).

use crate::app::Probe;
use crate::base::Side;

/// Longest target of a request that is waited for before one decides, in bytes.
pub(super) const LONGEST_LINE: usize = 8 << 10;
/// Longest method, in bytes: the longest registered one has 17.
const LONGEST_METHOD: usize = 32;
/// Empty lines before a request that are put up with, in bytes (RFC 9112 §2.2).
const LONGEST_PRELUDE: usize = 64;
/// What both kinds of first line hold.
const VERSION: &[u8] = b"HTTP/1.";
/// Methods by which a request is recognised where it may begin anywhere (RFC 9110 §9.3, RFC 5789, RFC 4918).
const KNOWN_METHODS: &[&[u8]] = &[
    b"GET ",
    b"POST ",
    b"PUT ",
    b"HEAD ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"CONNECT ",
    b"TRACE ",
    b"PROPFIND ",
    b"REPORT ",
];

/// Whether bytes begin with a head that this side would send. Empty lines before it are passed over.
pub(super) fn begins_head(side: Side, bytes: &[u8]) -> Probe {
    let prelude = bytes.iter().take(LONGEST_PRELUDE).take_while(|byte| is_line_end(**byte)).count();
    let bytes = bytes.get(prelude..).unwrap_or_default();
    match side {
        Side::Client => begins_request(bytes),
        Side::Server => begins_response(bytes),
    }
}

/// Whether bytes could be the first of such a head, looking at few of them only: for a head that is waited for.
pub(super) fn may_begin_head(side: Side, bytes: &[u8]) -> bool {
    match side {
        Side::Client => method(bytes).is_ok(),
        Side::Server => is_start_of(bytes, VERSION) != Probe::No,
    }
}

/// What a search for a head found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// One begins after so many bytes.
    Head(usize),
    /// One may begin after so many bytes.
    Perhaps(usize),
    /// None.
    Nothing,
}

/// Looks for a head of this side anywhere, for want of a better beginning: the same wherever the bytes are cut.
pub(super) fn search(side: Side, bytes: &[u8]) -> Found {
    for at in 0..bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let probe = match side {
            Side::Client if !begins_with_a_known_method(rest) => Probe::No,
            Side::Client => begins_request(rest),
            Side::Server => begins_status_line(rest),
        };
        match probe {
            Probe::Certain => return Found::Head(at),
            Probe::Unsure => return Found::Perhaps(at),
            Probe::No => {}
        }
    }
    Found::Nothing
}

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// `token SP target SP HTTP/1.`; as much of it as is there.
fn begins_request(bytes: &[u8]) -> Probe {
    let Ok(method) = method(bytes) else { return Probe::No };
    let Some(method) = method else { return Probe::Unsure };
    let target = bytes.get(method + 1..).unwrap_or_default();
    let is_target = |byte: &u8| *byte > b' ' && *byte != 0x7f;
    let Some(length) = target.iter().take(LONGEST_LINE).position(|byte| !is_target(byte)) else {
        let is_known = target.starts_with(b"/") && begins_with_a_known_method(bytes);
        return match target.len() < LONGEST_LINE {
            true => Probe::Unsure,
            false if is_known => Probe::Certain,
            false => Probe::No,
        };
    };
    if length == 0 || target.get(length) != Some(&b' ') {
        return Probe::No;
    }
    is_start_of(target.get(length + 1..).unwrap_or_default(), VERSION)
}

fn begins_response(bytes: &[u8]) -> Probe {
    is_start_of(bytes, VERSION)
}

/// `HTTP/1.x NNN`, stricter than at a place where a response is expected.
fn begins_status_line(bytes: &[u8]) -> Probe {
    let version = is_start_of(bytes, VERSION);
    if version != Probe::Certain {
        return if bytes.is_empty() { Probe::No } else { version };
    }
    let shape = b"9 999";
    let rest = bytes.get(VERSION.len()..).unwrap_or_default();
    let fits =
        |(byte, wanted): (&u8, &u8)| if *wanted == b' ' { *byte == b' ' } else { byte.is_ascii_digit() };
    if !rest.iter().zip(shape).all(fits) {
        Probe::No
    } else if rest.len() < shape.len() {
        Probe::Unsure
    } else {
        Probe::Certain
    }
}

/// Length of the method at the beginning; `None` where it may go on, an error where there is none.
fn method(bytes: &[u8]) -> Result<Option<usize>, ()> {
    match bytes.iter().take(LONGEST_METHOD + 1).position(|byte| !is_token(*byte)) {
        Some(0) => Err(()),
        Some(length) if bytes.get(length) == Some(&b' ') => Ok(Some(length)),
        Some(_) => Err(()),
        None if bytes.len() > LONGEST_METHOD => Err(()),
        None => Ok(None),
    }
}

fn begins_with_a_known_method(bytes: &[u8]) -> bool {
    KNOWN_METHODS.iter().any(|method| is_start_of(bytes, method) != Probe::No)
}

/// Whether bytes begin with `wanted`, as far as they go.
fn is_start_of(bytes: &[u8], wanted: &[u8]) -> Probe {
    if bytes.starts_with(wanted) {
        Probe::Certain
    } else if wanted.starts_with(bytes) {
        Probe::Unsure
    } else {
        Probe::No
    }
}

/// `tchar` of RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_line_is_recognised_as_soon_as_its_version_is_there() {
        let line = b"GET /chat?room=1 HTTP/1.1\r\n";
        for end in 0..line.len() {
            let wanted = if end < 24 { Probe::Unsure } else { Probe::Certain };
            assert_eq!(begins_head(Side::Client, &line[..end]), wanted, "{end} bytes");
        }
        assert_eq!(begins_head(Side::Client, b"\r\nM-SEARCH * HTTP/1.1"), Probe::Certain);
    }

    #[test]
    fn other_protocols_are_refused_at_once() {
        for other in
            [&b"\x16\x03\x01"[..], b"PRI * HTTP/2.0", b"SSH-2.0-x\r\n", b"GET /\r\n", b" GET", b"\x00"]
        {
            assert_eq!(begins_head(Side::Client, other), Probe::No, "{other:?}");
        }
        assert_eq!(begins_head(Side::Server, b"HTTP/2"), Probe::No);
        assert_eq!(begins_head(Side::Client, &[b'a'; 40]), Probe::No);
        let long = [&b"GIVE /"[..], &[b'x'; LONGEST_LINE]].concat();
        assert_eq!(begins_head(Side::Client, &long), Probe::No);
    }

    #[test]
    fn a_known_method_with_a_very_long_target_is_a_request() {
        let long = [&b"GET /"[..], &[b'x'; LONGEST_LINE - 2]].concat();
        assert_eq!(begins_head(Side::Client, &long), Probe::Unsure);
        assert_eq!(begins_head(Side::Client, &[&long[..], b"x"].concat()), Probe::Certain);
    }

    #[test]
    fn a_head_is_found_behind_other_bytes() {
        assert_eq!(search(Side::Client, b"}GET / HTTP/1.1\r\n"), Found::Head(1));
        assert_eq!(search(Side::Client, b"GET GET /a"), Found::Perhaps(4));
        assert_eq!(search(Side::Client, b"say HELLO to GE"), Found::Perhaps(13));
        assert_eq!(search(Side::Client, b"nothing here "), Found::Nothing);
        assert_eq!(search(Side::Server, b"\x81\x00HTTP/1.1\r\nHTTP/1.0 200"), Found::Head(12));
        assert_eq!(search(Side::Server, b"abcHTTP/1.1 2"), Found::Perhaps(3));
    }
}
