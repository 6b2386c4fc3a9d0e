//! Address resolution (RFC 826).

use std::net::Ipv4Addr;

use etherparse::ArpPacketSlice;

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::{cooked, ether_type, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// The fields before the addresses: 8 bytes.
const FIXED: u32 = 8;
/// Operation code of a reply (RFC 826).
const REPLY: u16 = 2;

/// An ARP packet: who has this address, and who says so.
pub struct Arp;

impl Protocol for Arp {
    fn name(&self) -> &'static str {
        "arp"
    }

    fn title(&self) -> &'static str {
        "ARP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::EtherType(0x0806)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = length(input)?;
        let packet = ArpPacketSlice::from_slice(input.bytes).map_err(|_| input.cut(header_length))?;
        let fact = match target(&packet) {
            Some(receiver) if packet.operation().0 == REPLY => Fact::ArpReply { receiver },
            _ => Fact::Nothing,
        };
        Ok(Step { header_length, payload_length: 0, next: None, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 826");
        fields.number("hardware type", (0, 2), cooked::hardware);
        fields.number("protocol type", (2, 2), |v| ether_type::text(u16::try_from(v).unwrap_or_default()));
        fields.number("hardware address length", (4, 1), |v| format!("{v} bytes"));
        fields.number("protocol address length", (5, 1), |v| format!("{v} bytes"));
        fields.number("operation", (6, 2), |v| format!("{v} {}", operation(v)));
        let Some([_, _, _, _, hardware, protocol, _, _]) = input.bytes.first_chunk::<8>() else {
            return;
        };
        let (hardware, protocol) = (u32::from(*hardware), u32::from(*protocol));
        let target = FIXED + hardware + protocol;
        mac_address::explain(&mut fields, "sender hardware address", (FIXED, hardware));
        fields.text("sender protocol address", (FIXED + hardware, protocol), address);
        mac_address::explain(&mut fields, "target hardware address", (target, hardware));
        fields.text("target protocol address", (target + hardware, protocol), address);
        if let Ok(packet) = ArpPacketSlice::from_slice(input.bytes) {
            fields.summary(summary(&packet));
        }
    }
}

/// Length of the whole packet: its fixed fields and twice both addresses.
fn length(input: &Input<'_>) -> Result<u32, Stop> {
    let fixed = input.bytes.first_chunk::<8>().ok_or_else(|| input.cut(FIXED))?;
    let [_, _, _, _, hardware, protocol, _, _] = *fixed;
    Ok(FIXED + 2 * (u32::from(hardware) + u32::from(protocol)))
}

fn target(packet: &ArpPacketSlice<'_>) -> Option<Ipv4Addr> {
    let octets: [u8; 4] = packet.target_protocol_addr().try_into().ok()?;
    (packet.proto_addr_type().0 == ether_type::IPV4).then(|| Ipv4Addr::from(octets))
}

fn summary(packet: &ArpPacketSlice<'_>) -> String {
    let (sender, target) = (address(packet.sender_protocol_addr()), address(packet.target_protocol_addr()));
    let hardware = mac_address::plain(packet.sender_hw_addr());
    match packet.operation().0 {
        1 | REPLY if sender == target => format!("{sender} announces itself at {hardware}"),
        1 if sender == "0.0.0.0" => format!("who has {target}? (asked before {hardware} takes that address)"),
        1 => format!("who has {target}? tell {sender}"),
        REPLY => format!("{sender} is at {hardware}"),
        other => format!("{} from {sender}", operation(u64::from(other))),
    }
}

fn address(bytes: &[u8]) -> String {
    match <[u8; 4]>::try_from(bytes) {
        Ok(octets) => Ipv4Addr::from(octets).to_string(),
        Err(_) => mac_address::plain(bytes),
    }
}

fn operation(code: u64) -> &'static str {
    match code {
        1 => "request",
        2 => "reply",
        3 => "reverse request",
        4 => "reverse reply",
        8 => "inverse request",
        9 => "inverse reply",
        _ => "an operation synscope does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::wire::Dissector;

    fn frame(operation: u8) -> Vec<u8> {
        let mut frame = vec![0xff; 6];
        frame.extend([2, 0, 0, 0, 0, 1, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, operation]);
        frame.extend([2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 2]);
        frame.resize(60, 0);
        frame
    }

    #[test]
    fn a_reply_names_its_receiver_and_padding_is_not_part_of_it() {
        let dissection = Dissector::new().dissect(LinkType::ETHERNET, &frame(2), 60, 0);
        assert_eq!(dissection.arp_receiver, Some(Ipv4Addr::new(10, 0, 0, 2)));
        assert_eq!(dissection.payload.len, 0);
        assert_eq!(dissection.trailer.len, 18);
    }

    #[test]
    fn a_request_reads_as_a_question() {
        let layers = Dissector::new().explain(LinkType::ETHERNET, &frame(1), 60, 0);
        assert_eq!(layers[1].summary, "who has 10.0.0.2? tell 10.0.0.1");
        assert!(layers[0].notes.iter().any(|note| note.starts_with("padding: 18 bytes to reach")));
    }
}
