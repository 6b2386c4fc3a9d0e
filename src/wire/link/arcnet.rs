//! ARCNET: IP and ARP as RFC 1201 carries them, with its fragments, and as RFC 1051 did before.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Split flag and sequence number of RFC 1201 §3.1: 3 bytes.
const SPLIT: u32 = 3;
/// Split flag of an exception packet, whose real one is four bytes further on.
const EXCEPTION: u8 = 0xff;

/// An ARCNET header, with the fragment fields where its protocol has them.
pub struct Arcnet;

impl Protocol for Arcnet {
    fn name(&self) -> &'static str {
        "arcnet"
    }

    fn title(&self) -> &'static str {
        "ARCNET"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::ARCNET), Selector::Link(LinkType::ARCNET_LINUX)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = Header::read(input)?;
        let carried = match header.protocol {
            0xd4 | 0xf0 => Some(ether_type::IPV4),
            0xc4 => Some(ether_type::IPV6),
            0xd5 | 0xf1 => Some(ether_type::ARP),
            0xd6 => Some(0x8035),
            _ => None,
        };
        let next = carried.filter(|_| header.split == 0).map(Selector::EtherType);
        Ok(Step {
            header_length: header.end,
            payload_length: input.after(header.end),
            next,
            fact: Fact::Nothing,
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 1201 §2");
        fields.number("source", (0, 1), |v| format!("node {v}"));
        fields.number("destination", (1, 1), |v| match v {
            0 => String::from("0: broadcast"),
            _ => format!("node {v}"),
        });
        let place = protocol_place(input);
        fields.number("offset", (2, place - 2), |v| v.to_string());
        fields.number("protocol", (place, 1), |v| format!("0x{v:02x} {}", name(v)));
        let Ok(header) = Header::read(input) else { return };
        if is_split(header.protocol) {
            let start = header.end - SPLIT;
            fields.cite("RFC 1201 §3.1");
            fields.number("split flag", (start, 1), |v| split(v).to_owned());
            fields.number("sequence number", (start + 1, 2), |v| v.to_string());
        }
        if header.split != 0 {
            fields.note("A fragment: synscope does not put fragments of ARCNET together again.");
        }
        if let [source, destination, ..] = input.bytes {
            let protocol = name(u64::from(header.protocol));
            fields.summary(format!("node {source} → node {destination}   carries {protocol}"));
        }
    }
}

/// What is needed of a header.
struct Header {
    protocol: u8,
    /// Split flag: 0 where the packet is whole.
    split: u8,
    /// Where the header ends.
    end: u32,
}

impl Header {
    fn read(input: &Input<'_>) -> Result<Self, Stop> {
        let place = protocol_place(input);
        let start = place + 1;
        let protocol = octets::byte(input.bytes, place).ok_or_else(|| input.cut(start))?;
        if !is_split(protocol) {
            return Ok(Self { protocol, split: 0, end: start });
        }
        let flag = |start| octets::byte(input.bytes, start).ok_or_else(|| input.cut(start + SPLIT));
        let exception = flag(start)? == EXCEPTION && !is_linux(input);
        let start = if exception { start + 4 } else { start };
        let split = flag(start)?;
        let end = start + SPLIT;
        if input.captured() < end { Err(input.cut(end)) } else { Ok(Self { protocol, split, end }) }
    }
}

fn is_linux(input: &Input<'_>) -> bool {
    input.selected_by == Selector::Link(LinkType::ARCNET_LINUX)
}

/// Linux puts an offset of two bytes before the protocol.
fn protocol_place(input: &Input<'_>) -> u32 {
    if is_linux(input) { 4 } else { 2 }
}

/// Whether a protocol has RFC 1201's fragment fields: not those of RFC 1051, and not those of building automation.
fn is_split(protocol: u8) -> bool {
    matches!(protocol, 0xc4 | 0xd4..=0xd6)
}

fn split(flag: u64) -> &'static str {
    match flag {
        0 => "0: a whole packet",
        _ if flag & 1 == 1 => "the first of several fragments",
        _ => "a further fragment",
    }
}

fn name(protocol: u64) -> &'static str {
    match protocol {
        0x80 => "diagnosis",
        0xc4 => "IPv6",
        0xcd => "BACnet",
        0xd4 => "IPv4 (RFC 1201)",
        0xd5 => "ARP (RFC 1201)",
        0xd6 => "RARP (RFC 1201)",
        0xdd => "AppleTalk",
        0xf0 => "IPv4 (RFC 1051)",
        0xf1 => "ARP (RFC 1051)",
        0xfa => "IPX",
        _ => "a protocol synscope does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    fn reads_ip(link_type: LinkType, header: &[u8]) -> bool {
        let mut frame = header.to_vec();
        frame.extend([0x45, 0, 0, 20, 0, 0, 0, 0, 9, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        let length = u32::try_from(frame.len()).unwrap();
        Dissector::new().dissect(link_type, &frame, length, 0).network.is_some()
    }

    #[test]
    fn ip_is_found_as_both_specifications_carry_it() {
        assert!(reads_ip(LinkType::ARCNET, &[1, 2, 0xf0]));
        assert!(reads_ip(LinkType::ARCNET, &[1, 2, 0xd4, 0, 0, 7]));
        assert!(reads_ip(LinkType::ARCNET, &[1, 2, 0xd4, 0xff, 0xff, 0xff, 0xd4, 0, 0, 7]));
        assert!(reads_ip(LinkType::ARCNET_LINUX, &[1, 2, 0, 0, 0xd4, 0, 0, 7]));
        assert!(reads_ip(LinkType::ARCNET_LINUX, &[1, 2, 0, 0, 0xf0]));
    }

    #[test]
    fn a_fragment_is_not_taken_for_a_packet() {
        assert!(!reads_ip(LinkType::ARCNET, &[1, 2, 0xd4, 1, 0, 7]));
        assert!(!reads_ip(LinkType::ARCNET, &[1, 2, 0xcd]));
    }
}
