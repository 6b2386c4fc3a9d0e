//! The protocol number before what PPP carries (RFC 1661 §2), where a tunnel carries PPP without its framing.

use crate::explain::{FieldWriter, Place};
use crate::wire::Selector;

/// Address and control field of PPP in HDLC-like framing (RFC 1662 §3.1), which may be left out.
const ALL_STATIONS: [u8; 2] = [0xff, 0x03];

/// A PPP frame's header: how long it is, and what follows.
#[derive(Clone, Copy)]
pub(super) struct PppNumber {
    /// Bytes of address and control field: 2 or 0.
    pub(super) framing: u32,
    /// Bytes of the number: 1 where it is compressed (RFC 1661 §6.5).
    pub(super) length: u32,
    pub(super) number: u16,
}

impl PppNumber {
    /// Reads it from a PPP frame's beginning; `None` where the bytes end before.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let framing: u32 = if bytes.starts_with(&ALL_STATIONS) { 2 } else { 0 };
        let rest = bytes.get(crate::base::convert::index(framing)..)?;
        match *rest {
            [low, ..] if low & 1 == 1 => Some(Self { framing, length: 1, number: low.into() }),
            [high, low, ..] => Some(Self { framing, length: 2, number: u16::from_be_bytes([high, low]) }),
            _ => None,
        }
    }

    /// Bytes before what is carried.
    pub(super) fn header_length(self) -> u32 {
        self.framing + self.length
    }

    pub(super) fn selector(self) -> Selector {
        Selector::PppProtocol(self.number)
    }
}

/// The fields in words; the writer stands on the PPP frame's first byte.
pub(super) fn explain(fields: &mut FieldWriter<'_>) {
    let Some(ppp) = PppNumber::read(fields.bytes()) else {
        return;
    };
    fields.cite("RFC 1662 §3.1");
    if ppp.framing > 0 {
        fields.number("PPP address", (0, 1), |_| "0xff: all stations".to_owned());
        fields.number("PPP control", (1, 1), |_| "0x03: unnumbered information".to_owned());
    }
    explain_number(fields, (ppp.framing, ppp.length));
}

/// The number itself in words.
pub(in crate::wire) fn explain_number(fields: &mut FieldWriter<'_>, place: Place) {
    fields.cite("RFC 1661 §2");
    fields.number("PPP protocol", place, |v| match name(v) {
        Some(name) => format!("0x{v:04x} {name}"),
        None => format!("0x{v:04x}"),
    });
}

/// `IPv4 (0x0021)`, for summary lines.
pub(in crate::wire) fn words(number: u16) -> String {
    match name(number.into()) {
        Some(name) => format!("{name} (0x{number:04x})"),
        None => format!("PPP protocol 0x{number:04x}"),
    }
}

/// Name of a PPP protocol that is often met (IANA PPP DLL protocol numbers).
fn name(number: u64) -> Option<&'static str> {
    Some(match number {
        0x0021 => "IPv4",
        0x0023 => "OSI network layer",
        0x0029 => "AppleTalk",
        0x002b => "IPX",
        0x002d => "Van Jacobson compressed TCP/IP",
        0x002f => "Van Jacobson uncompressed TCP/IP",
        0x0031 => "bridged frames",
        0x003d => "multilink",
        0x0057 => "IPv6",
        0x00fd => "compressed datagram",
        0x0281 => "MPLS",
        0x0283 => "MPLS multicast",
        0x8021 => "IPCP",
        0x8029 => "AppleTalk control",
        0x802b => "IPX control",
        0x8031 => "bridging control",
        0x8053 => "encryption control",
        0x8057 => "IPv6CP",
        0x80fd => "compression control",
        0x8281 => "MPLS control",
        0xc021 => "LCP",
        0xc023 => "PAP",
        0xc025 => "link quality report",
        0xc223 => "CHAP",
        0xc227 => "EAP",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_number_is_odd_and_takes_one_byte() {
        let read = |bytes: &[u8]| PppNumber::read(bytes).map(|ppp| (ppp.header_length(), ppp.number));
        assert_eq!(read(&[0x21, 0x45]), Some((1, 0x0021)));
        assert_eq!(read(&[0x00, 0x21, 0x45]), Some((2, 0x0021)));
        assert_eq!(read(&[0xff, 0x03, 0xc0, 0x21]), Some((4, 0xc021)));
        assert_eq!(read(&[0xff, 0x03]), None);
    }
}
