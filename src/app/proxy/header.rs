//! Bytes of a PROXY protocol header into its parts (proxy-protocol.txt §2.1, §2.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::app::Probe;

/// Longest line of version 1, its end included, in bytes.
pub(super) const LONGEST_LINE: usize = 107;
/// What version 2 begins with.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// What version 1 begins with.
const WORD: &[u8] = b"PROXY ";
/// Bytes of the fixed part of version 2.
const FIXED: usize = 16;

/// A header that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// 1 or 2.
    pub(super) version: u8,
    /// `PROXY`, or `LOCAL` where the proxy speaks for itself.
    pub(super) command: &'static str,
    /// `TCP4`, `TCP6`, `UNKNOWN`; in version 2 also `UDP4`, `UDP6`, `UNIX`.
    pub(super) transport: &'static str,
    /// Who connected to the proxy.
    pub(super) source: Option<(IpAddr, u16)>,
    /// The proxy's own end of that connection.
    pub(super) destination: Option<(IpAddr, u16)>,
    /// Type and length of each extra value of version 2 (§2.2.1).
    pub(super) extras: Vec<(u8, u16)>,
}

/// What can be made of the first bytes of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A header of so many bytes.
    Whole(Header, usize),
    /// At least so many bytes are needed.
    More(usize),
    /// No header.
    Broken,
}

/// Whether bytes begin like a header.
pub(super) fn begins(bytes: &[u8]) -> Probe {
    let begin = |wanted: &[u8]| bytes.starts_with(wanted);
    let may_begin = |wanted: &[u8]| wanted.starts_with(bytes);
    if begin(SIGNATURE) || [&b"PROXY TCP4 "[..], b"PROXY TCP6 ", b"PROXY UNKNOWN"].into_iter().any(begin) {
        Probe::Certain
    } else if may_begin(SIGNATURE)
        || [&b"PROXY TCP4 "[..], b"PROXY TCP6 ", b"PROXY UNKNOWN"].into_iter().any(may_begin)
    {
        Probe::Unsure
    } else {
        Probe::No
    }
}

/// Reads the header at the beginning of a stream.
pub(super) fn read(bytes: &[u8]) -> Reading {
    if bytes.starts_with(WORD) { read_line(bytes) } else { read_binary(bytes) }
}

fn read_line(bytes: &[u8]) -> Reading {
    let Some(end) = bytes.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n') else {
        return if bytes.len() < LONGEST_LINE { Reading::More(bytes.len() + 1) } else { Reading::Broken };
    };
    let line = bytes.get(..end).unwrap_or_default();
    let text = line.strip_suffix(b"\r").and_then(|line| std::str::from_utf8(line).ok());
    match text.and_then(words) {
        Some(header) => Reading::Whole(header, end + 1),
        None => Reading::Broken,
    }
}

/// `PROXY TCP4 source destination source-port destination-port`.
fn words(line: &str) -> Option<Header> {
    let mut words = line.split(' ').skip(1);
    let (transport, is_v4) = match words.next()? {
        "TCP4" => ("TCP4", true),
        "TCP6" => ("TCP6", false),
        "UNKNOWN" => {
            return Some(header(1, "PROXY", "UNKNOWN"));
        }
        _ => return None,
    };
    let mut address = || words.next()?.parse::<IpAddr>().ok().filter(|address| address.is_ipv4() == is_v4);
    let (source, destination) = (address()?, address()?);
    let mut port = || words.next()?.parse::<u16>().ok();
    let (source_port, destination_port) = (port()?, port()?);
    words.next().is_none().then(|| Header {
        source: Some((source, source_port)),
        destination: Some((destination, destination_port)),
        ..header(1, "PROXY", transport)
    })
}

fn read_binary(bytes: &[u8]) -> Reading {
    let Some(fixed) = bytes.first_chunk::<FIXED>() else { return Reading::More(FIXED) };
    let [.., kind, family, high, low] = *fixed;
    let length = FIXED + usize::from(u16::from_be_bytes([high, low]));
    let command = match kind {
        0x20 => "LOCAL",
        0x21 => "PROXY",
        _ => return Reading::Broken,
    };
    let Some(rest) = bytes.get(FIXED..length) else { return Reading::More(length) };
    let parsed = match family {
        0x11 => v4(rest, "TCP4"),
        0x12 => v4(rest, "UDP4"),
        0x21 => v6(rest, "TCP6"),
        0x22 => v6(rest, "UDP6"),
        0x31 | 0x32 => Some((header(2, command, "UNIX"), rest.get(216..).unwrap_or_default())),
        _ => Some((header(2, command, "UNKNOWN"), &b""[..])),
    };
    match parsed {
        Some((parsed, extras)) => Reading::Whole(Header { command, extras: list(extras), ..parsed }, length),
        None if command == "LOCAL" => Reading::Whole(header(2, command, "UNKNOWN"), length),
        None => Reading::Broken,
    }
}

fn v4<'a>(bytes: &'a [u8], transport: &'static str) -> Option<(Header, &'a [u8])> {
    let (source, rest) = bytes.split_first_chunk::<4>()?;
    let (destination, rest) = rest.split_first_chunk::<4>()?;
    let (ports, extras) = rest.split_first_chunk::<4>()?;
    let (source, destination) = (Ipv4Addr::from(*source), Ipv4Addr::from(*destination));
    Some((with_ports(transport, (source.into(), destination.into()), *ports), extras))
}

fn v6<'a>(bytes: &'a [u8], transport: &'static str) -> Option<(Header, &'a [u8])> {
    let (source, rest) = bytes.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    let (ports, extras) = rest.split_first_chunk::<4>()?;
    let (source, destination) = (Ipv6Addr::from(*source), Ipv6Addr::from(*destination));
    Some((with_ports(transport, (source.into(), destination.into()), *ports), extras))
}

fn with_ports(transport: &'static str, (source, destination): (IpAddr, IpAddr), ports: [u8; 4]) -> Header {
    let [a, b, c, d] = ports;
    Header {
        source: Some((source, u16::from_be_bytes([a, b]))),
        destination: Some((destination, u16::from_be_bytes([c, d]))),
        ..header(2, "PROXY", transport)
    }
}

fn header(version: u8, command: &'static str, transport: &'static str) -> Header {
    Header { version, command, transport, source: None, destination: None, extras: Vec::new() }
}

/// Type and length of each extra value, up to the first that does not fit.
fn list(mut bytes: &[u8]) -> Vec<(u8, u16)> {
    let mut found = Vec::new();
    while let Some(([kind, high, low], rest)) = bytes.split_first_chunk::<3>() {
        let length = u16::from_be_bytes([*high, *low]);
        let Some(behind) = rest.get(usize::from(length)..) else { break };
        found.push((*kind, length));
        bytes = behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_version_1_is_read() {
        let line = b"PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET /";
        for end in 0..45 {
            assert!(matches!(read(&line[..end.max(7)]), Reading::More(_)), "{end}");
            assert_ne!(begins(&line[..end]), Probe::No);
        }
        let Reading::Whole(header, 45) = read(line) else { panic!("{:?}", read(line)) };
        assert_eq!(header.source, Some(("192.0.2.1".parse().unwrap(), 56_324)));
        assert_eq!(header.destination.unwrap().1, 443);
        assert!(matches!(read(b"PROXY UNKNOWN ffff::1 what ever\r\n"), Reading::Whole(_, 33)));
    }

    #[test]
    fn lines_that_break_the_grammar_are_broken() {
        for line in [
            &b"PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n"[..],
            b"PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
            b"PROXY TCP4 1.2.3.4\r\n",
            b"PROXY UNKNOWN\n",
        ] {
            assert_eq!(read(line), Reading::Broken, "{line:?}");
        }
        assert_eq!(read(&[&b"PROXY TCP4 "[..], &[b'1'; 120]].concat()), Reading::Broken);
    }

    #[test]
    fn a_binary_header_of_version_2_is_read_with_its_extra_values() {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([
            0x21, 0x11, 0, 19, 192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 4, 1, 0xbb, 4, 0, 1, 0, 9, 0, 9,
        ]);
        bytes.extend(*b"..GET");
        for end in 12..35 {
            assert!(matches!(read(&bytes[..end]), Reading::More(_)), "{end}");
        }
        let Reading::Whole(header, 35) = read(&bytes) else { panic!("{:?}", read(&bytes)) };
        assert_eq!((header.transport, header.source.unwrap().1), ("TCP4", 56_324));
        assert_eq!(header.extras, [(4, 1)]);
    }
}
