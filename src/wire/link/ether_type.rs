//! EtherTypes (IEEE 802 Numbers, IANA), and the length field that stands in the same place.

use crate::explain::{FieldWriter, Place, counted};
use crate::wire::{Fact, Input, Selector, Step};

/// IPv4.
pub(super) const IPV4: u16 = 0x0800;
/// ARP.
pub(super) const ARP: u16 = 0x0806;
/// IPv6.
pub(super) const IPV6: u16 = 0x86dd;
/// Longest 802.3 payload in bytes; numbers from [`SMALLEST`] on are EtherTypes, those between mean nothing.
pub(super) const LONGEST: u16 = 1500;
/// Smallest EtherType.
pub(in crate::wire) const SMALLEST: u16 = 0x0600;

/// What follows a header of `header_length` bytes whose last field is this EtherType or 802.3 length (IEEE 802.3 §3.2.6).
pub(super) fn step(number: u16, header_length: u32, input: &Input<'_>, fact: Fact) -> Step {
    let rest = input.after(header_length);
    let (next, payload_length) = match number {
        0..=LONGEST => (Some(Selector::Llc), rest.min(u32::from(number))),
        SMALLEST.. => (Some(Selector::EtherType(number)), rest),
        _ => (None, rest),
    };
    Step { header_length, payload_length, next, fact }
}

/// The field in words, and a note where it contradicts the frame.
pub(super) fn explain(fields: &mut FieldWriter<'_>, place: Place, input: &Input<'_>) {
    let Some([high, low]) = fields.at(place) else {
        return;
    };
    let number = u16::from_be_bytes([*high, *low]);
    if number <= LONGEST {
        fields.number("length", place, |v| format!("{}: an 802.2 header follows", counted(v, "byte")));
        if u32::from(number) > input.after(place.0.saturating_add(place.1)) {
            fields.note(format!("The length field claims {number} bytes, more than the frame has."));
        }
    } else {
        fields.number("EtherType", place, |_| text(number));
        if number < SMALLEST {
            fields.note("Numbers from 1501 to 1535 are neither a length nor an EtherType: the rest is shown as bytes.");
        }
    }
}

/// `carries IPv4 (0x0800)`, for summary lines.
pub(in crate::wire) fn carries(number: u16) -> String {
    match name(number) {
        _ if number <= LONGEST => "802.3 with length".to_owned(),
        Some(name) => format!("carries {name} (0x{number:04x})"),
        None => format!("carries EtherType 0x{number:04x}"),
    }
}

/// `0x0800 IPv4`.
pub(in crate::wire) fn text(number: u16) -> String {
    match name(number) {
        Some(name) => format!("0x{number:04x} {name}"),
        None => format!("0x{number:04x}, which synscope does not know"),
    }
}

/// Name of an EtherType that is often met.
pub(super) fn name(number: u16) -> Option<&'static str> {
    Some(match number {
        IPV4 => "IPv4",
        ARP => "ARP",
        0x0842 => "Wake-on-LAN",
        0x22f0 => "AVTP (audio and video)",
        0x22f3 => "TRILL",
        0x6002 => "DEC MOP",
        0x6003 => "DECnet",
        0x6558 => "Transparent Ethernet bridging",
        0x8035 => "RARP",
        0x809b => "AppleTalk",
        0x80f3 => "AppleTalk ARP",
        0x8100 => "VLAN tag (802.1Q)",
        0x8137 => "IPX",
        IPV6 => "IPv6",
        0x8808 => "Ethernet flow control",
        0x8809 => "Slow protocols (LACP)",
        0x8847 => "MPLS",
        0x8848 => "MPLS multicast",
        0x8863 => "PPPoE discovery",
        0x8864 => "PPPoE session",
        0x886d => "Intel advanced network services",
        0x888e => "802.1X authentication",
        0x8892 => "PROFINET",
        0x88a2 => "ATA over Ethernet",
        0x88a4 => "EtherCAT",
        0x88a8 => "service VLAN tag (802.1ad)",
        0x88b8 => "IEC 61850 GOOSE",
        0x88ba => "IEC 61850 sampled values",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x88f7 => "PTP (precision time)",
        0x8902 => "Connectivity fault management",
        0x8906 => "Fibre Channel over Ethernet",
        0x8915 => "RDMA over Ethernet (RoCE)",
        0x893a => "IEEE 1905.1",
        0x9000 => "Ethernet loopback test",
        0x9100 => "VLAN tag (pre-standard QinQ)",
        _ => return None,
    })
}
