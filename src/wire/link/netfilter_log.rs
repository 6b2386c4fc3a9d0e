//! Packets that Linux's packet filter logs (`LINKTYPE_NFLOG`): attributes, one of which is the packet.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::netfilter_attributes::{self, List, Packet};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Family, version and resource: 4 bytes.
const HEADER: u32 = 4;

/// A header of a logged packet, up to the packet.
pub struct NetfilterLog;

impl Protocol for NetfilterLog {
    fn name(&self) -> &'static str {
        "nflog"
    }

    fn title(&self) -> &'static str {
        "Netfilter log"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::NFLOG)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        dissect(input, 0, List::Log)
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_NFLOG");
        explain(&mut fields, 0);
        netfilter_attributes::explain(&mut fields, HEADER, List::Log);
        let group = octets::big_16(input.bytes, 2).unwrap_or(0);
        fields.summary(format!("a packet that a rule logged to group {group}"));
    }
}

/// Reads the general header at `place` and finds the packet among the attributes behind it.
pub(super) fn dissect(input: &Input<'_>, place: u32, list: List) -> Result<Step, Stop> {
    let start = place + HEADER;
    let [family, version, _, _] = octets::chunk::<4>(input.bytes, place).ok_or_else(|| input.cut(start))?;
    if version != 0 {
        return Err(Stop::Malformed("the Netfilter version is not 0"));
    }
    Ok(match Packet::find(input, start, list, family)? {
        Some(packet) => Step {
            header_length: packet.start,
            payload_length: packet.length.min(input.after(packet.start)),
            next: packet.next,
            fact: Fact::Nothing,
        },
        None => {
            Step { header_length: start, payload_length: input.after(start), next: None, fact: Fact::Nothing }
        }
    })
}

/// Writes the general header at `place`.
pub(super) fn explain(fields: &mut FieldWriter<'_>, place: u32) {
    fields.number("address family", (place, 1), |v| format!("{v} {}", family(v)));
    fields.number("version", (place + 1, 1), |v| v.to_string());
    fields.number("resource identifier", (place + 2, 2), |v| v.to_string());
}

fn family(number: u64) -> &'static str {
    match number {
        0 => "any",
        2 => "IPv4",
        3 => "ARP",
        7 => "bridge",
        10 => "IPv6",
        _ => "a family synscope does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn the_packet_is_found_among_the_attributes_and_ends_with_its_own() {
        let mut frame = vec![2, 0, 0, 40, 8, 0, 1, 0, 0x08, 0, 3, 0, 7, 0, 10, 0, b'i', b'n', 0, 0];
        frame.extend([24, 0, 9, 0, 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([8, 0, 2, 0, 0, 0, 0, 1]);
        let dissection = Dissector::new().dissect(LinkType::NFLOG, &frame, 52, 0);
        assert_eq!(dissection.network.unwrap().ttl, 64);
        assert_eq!(dissection.trailer.len, 8);
        let layers = Dissector::new().explain(LinkType::NFLOG, &frame, 52, 0);
        assert_eq!(layers[0].summary, "a packet that a rule logged to group 40");
        assert!(layers[0].fields.iter().any(|field| field.name == "prefix" && field.text == "in"));
    }

    #[test]
    fn attributes_without_a_packet_are_no_fault_unless_they_were_cut() {
        let frame = [2, 0, 0, 40, 8, 0, 1, 0, 0x08, 0, 3, 0];
        let dissector = Dissector::new();
        assert_eq!(dissector.dissect(LinkType::NFLOG, &frame, 12, 0).stop, None);
        assert!(matches!(dissector.dissect(LinkType::NFLOG, &frame, 90, 0).stop, Some(Stop::Cut { .. })));
    }
}
