//! Frame Relay (Q.922 §3.2) with the encapsulations of RFC 2427 and Cisco.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::link::{bridged, ether_type};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Longest address in bytes (Q.922 §3.3).
const LONGEST_ADDRESS: u32 = 4;
/// Control field of an unnumbered-information frame.
const UNNUMBERED_INFORMATION: u8 = 0x03;
/// Network layer protocol identifiers (RFC 2427 §4, ISO/IEC TR 9577).
const SNAP: u8 = 0x80;
const IPV6: u8 = 0x8e;
const IPV4: u8 = 0xcc;
const PPP: u8 = 0xcf;

/// A Frame Relay header, up to the protocol identifier.
pub struct FrameRelay;

impl Protocol for FrameRelay {
    fn name(&self) -> &'static str {
        "frame_relay"
    }

    fn title(&self) -> &'static str {
        "Frame Relay"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::FRAME_RELAY)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let address = address_length(input)?;
        let carried = Carried::read(input, address)?;
        let rest = input.after(carried.end);
        let next = carried.next;
        Ok(Step {
            header_length: carried.end,
            payload_length: rest.saturating_sub(carried.check_sequence),
            next,
            fact: match carried.check_sequence {
                0 => Fact::Nothing,
                length => Fact::CheckSequence(length),
            },
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "Q.922 §3.3");
        let Ok(address) = address_length(input) else { return };
        let circuit = circuit(input.bytes, address);
        fields.number("address", (0, address), |_| format!("virtual circuit {circuit}"));
        fields.flag("forward congestion", (1, 1), 4, ("the network was congested on the way", ""));
        fields.flag("backward congestion", (1, 1), 5, ("congested on the way back", ""));
        fields.flag("discard eligible", (1, 1), 6, ("may be dropped first", ""));
        fields.cite("RFC 2427 §4");
        let Ok(carried) = Carried::read(input, address) else { return };
        if carried.cisco {
            fields.cite("Cisco Frame Relay encapsulation");
            ether_type::explain(&mut fields, (address, 2), input);
        } else {
            fields.number("control", (address, 1), |v| format!("0x{v:02x}"));
            let identifier = carried.identifier;
            fields.raw("filling", (address + 1, identifier.saturating_sub(address + 1)), hex);
            fields.number("protocol identifier", (identifier, 1), |v| format!("0x{v:02x} {}", protocol(v)));
            let part = carried.end.saturating_sub(identifier + 1);
            fields.raw("further protocol number", (identifier + 1, part), hex);
        }
        fields.summary(format!("virtual circuit {circuit}"));
    }
}

/// What follows the address.
struct Carried {
    /// Where the protocol identifier is.
    identifier: u32,
    /// Where the header ends.
    end: u32,
    next: Option<Selector>,
    /// Bytes of a check sequence that a bridged frame brings along.
    check_sequence: u32,
    /// An EtherType follows the address at once.
    cisco: bool,
}

impl Carried {
    fn read(input: &Input<'_>, address: u32) -> Result<Self, Stop> {
        let control = octets::byte(input.bytes, address).ok_or_else(|| input.cut(address + 1))?;
        if control != UNNUMBERED_INFORMATION {
            return Self::cisco(input, address);
        }
        let filled = octets::byte(input.bytes, address + 1) == Some(0);
        let identifier = address + if filled { 2 } else { 1 };
        let end = identifier + 1;
        let number = octets::byte(input.bytes, identifier).ok_or_else(|| input.cut(end))?;
        let simple = |end, next| Self { identifier, end, next, check_sequence: 0, cisco: false };
        Ok(match number {
            IPV4 => simple(end, Some(Selector::EtherType(ether_type::IPV4))),
            IPV6 => simple(end, Some(Selector::EtherType(ether_type::IPV6))),
            PPP => {
                let protocol = octets::big_16(input.bytes, end).ok_or_else(|| input.cut(end + 2))?;
                simple(end + 2, Some(Selector::PppProtocol(protocol)))
            }
            SNAP => {
                let snap: [u8; 5] = octets::chunk(input.bytes, end).ok_or_else(|| input.cut(end + 5))?;
                let (next, check_sequence) = bridged::carried(snap);
                Self { identifier, end: end + 5, next, check_sequence, cisco: false }
            }
            _ => simple(end, None),
        })
    }

    /// Cisco's own encapsulation: an EtherType behind the address.
    fn cisco(input: &Input<'_>, address: u32) -> Result<Self, Stop> {
        let end = address + 2;
        let number = octets::big_16(input.bytes, address).ok_or_else(|| input.cut(end))?;
        let next = (number >= ether_type::SMALLEST).then_some(Selector::EtherType(number));
        Ok(Self { identifier: address, end, next, check_sequence: 0, cisco: true })
    }
}

/// Bytes up to the one whose last bit says that no more follow (Q.922 §3.3.1).
fn address_length(input: &Input<'_>) -> Result<u32, Stop> {
    for place in 0..LONGEST_ADDRESS {
        let byte = octets::byte(input.bytes, place).ok_or_else(|| input.cut(place + 1))?;
        if byte & 1 == 1 && place > 0 {
            return Ok(place + 1);
        }
    }
    Err(Stop::Malformed("a Frame Relay address without an end"))
}

/// The data link connection identifier: 10, 16 or 23 bits (Q.922 §3.3.6).
fn circuit(bytes: &[u8], address: u32) -> u32 {
    let byte = |place| u32::from(octets::byte(bytes, place).unwrap_or(0));
    let short = byte(0) >> 2 << 4 | byte(1) >> 4;
    match address {
        2 => short,
        3 => short << 6 | byte(2) >> 2,
        _ => (short << 7 | byte(2) >> 1) << 6 | byte(3) >> 2,
    }
}

fn protocol(number: u64) -> &'static str {
    match number {
        0x08 => "Q.933 signalling",
        0x80 => "SNAP",
        0x81 => "CLNP",
        0x82 => "ES-IS",
        0x83 => "IS-IS",
        0x8e => "IPv6",
        0xb0 | 0xb1 => "fragmentation or compression",
        0xcc => "IPv4",
        0xcf => "PPP",
        _ => "a protocol synscope does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    fn stop(frame: &[u8]) -> Option<Stop> {
        let length = u32::try_from(frame.len()).unwrap();
        Dissector::new().dissect(LinkType::FRAME_RELAY, frame, length, 0).stop
    }

    #[test]
    fn an_ethertype_may_follow_in_two_ways() {
        let unknown = Some(Stop::Unknown(Selector::EtherType(0x88cc)));
        assert_eq!(stop(&[0x18, 0x41, 0x03, 0x00, 0x80, 0, 0, 0, 0x88, 0xcc]), unknown);
        assert_eq!(stop(&[0x18, 0x41, 0x88, 0xcc]), unknown);
    }

    #[test]
    fn ip_and_ppp_have_identifiers_of_their_own() {
        assert!(matches!(stop(&[0x18, 0x41, 0x03, 0xcc, 0x45]), Some(Stop::Cut { needed: 20, .. })));
        assert!(matches!(stop(&[0x18, 0x41, 0x03, 0x8e, 0x60]), Some(Stop::Cut { needed: 40, .. })));
        assert!(matches!(stop(&[0x18, 0x41, 0x03, 0xcf, 0, 0x21, 0x45]), Some(Stop::Cut { needed: 20, .. })));
    }

    #[test]
    fn a_bridged_frame_with_its_check_sequence_ends_before_it() {
        let mut frame = vec![0x18, 0x41, 0x03, 0x00, 0x80, 0x00, 0x80, 0xc2, 0x00, 0x01];
        frame.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc, 1, 2, 3, 4]);
        let dissection = Dissector::new().dissect(LinkType::FRAME_RELAY, &frame, 28, 0);
        assert_eq!((dissection.payload.len, dissection.trailer.len), (0, 4));
        assert_eq!(dissection.link.unwrap().source[5], 2);
    }

    #[test]
    fn the_circuit_is_read_from_two_to_four_bytes() {
        assert_eq!(circuit(&[0x18, 0x41], 2), 100);
        assert_eq!(stop(&[0; 8]), Some(Stop::Malformed("a Frame Relay address without an end")));
    }
}
