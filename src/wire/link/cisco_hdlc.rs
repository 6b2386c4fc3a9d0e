//! Cisco's framing on serial lines (RFC 1547 §4.3.1): address, control, and an EtherType.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Address, control and protocol: 4 bytes.
const HEADER: u32 = 4;
/// Cisco's line protocol, whose number is RARP's on Ethernet.
const SLARP: u16 = 0x8035;

/// A Cisco HDLC header.
pub struct CiscoHdlc;

impl Protocol for CiscoHdlc {
    fn name(&self) -> &'static str {
        "cisco_hdlc"
    }

    fn title(&self) -> &'static str {
        "Cisco HDLC"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::CISCO_HDLC)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let number = octets::big_16(input.bytes, 2).ok_or_else(|| input.cut(HEADER))?;
        let next =
            (number >= ether_type::SMALLEST && name(number).is_none()).then_some(Selector::EtherType(number));
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 1547 §4.3.1");
        fields.number("address", (0, 1), |v| match v {
            0x0f => String::from("0x0f to the other end"),
            0x8f => String::from("0x8f to everyone on the line"),
            _ => format!("0x{v:02x}"),
        });
        fields.number("control", (1, 1), |v| format!("0x{v:02x}"));
        let Some(number) = octets::big_16(input.bytes, 2) else { return };
        fields.number("protocol", (2, 2), |_| text(number));
        fields.summary(format!("carries {}", text(number)));
    }
}

/// Numbers that mean something else here than on Ethernet.
fn name(number: u16) -> Option<&'static str> {
    Some(match number {
        SLARP => "SLARP, which keeps the line alive",
        0x2000 => "Cisco discovery",
        0xfefe => "OSI network layer",
        _ => return None,
    })
}

fn text(number: u16) -> String {
    match name(number).or_else(|| ether_type::name(number)) {
        Some(name) => format!("{name} (0x{number:04x})"),
        None => format!("protocol 0x{number:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn an_ethertype_follows_but_slarp_is_not_rarp() {
        let dissector = Dissector::new();
        let other = dissector.dissect(LinkType::CISCO_HDLC, &[0x0f, 0, 0x88, 0xcc], 4, 0);
        assert_eq!(other.stop, Some(Stop::Unknown(Selector::EtherType(0x88cc))));
        let slarp = [0x8f, 0, 0x80, 0x35, 0, 0, 0, 2];
        assert_eq!(dissector.dissect(LinkType::CISCO_HDLC, &slarp, 8, 0).stop, None);
        let layers = dissector.explain(LinkType::CISCO_HDLC, &slarp, 8, 0);
        assert_eq!(layers[0].summary, "carries SLARP, which keeps the line alive (0x8035)");
    }
}
