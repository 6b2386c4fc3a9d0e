//! Linux cooked captures, version 1 (`LINKTYPE_LINUX_SLL`), as the `any` interface gives them. Read by hand: etherparse refuses
//! packet types and hardware types that do occur.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::cooked;
use crate::wire::{Input, Protocol, Selector, Step, Stop, octets};

/// Header length in bytes.
const HEADER: u32 = 16;

/// A cooked header of 16 bytes in place of the interface's own link header.
pub struct LinuxSll;

impl Protocol for LinuxSll {
    fn name(&self) -> &'static str {
        "linux_sll"
    }

    fn title(&self) -> &'static str {
        "Linux cooked"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::LINUX_SLL), Selector::Link(LinkType::NETLINK)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = input.bytes.first_chunk::<16>().ok_or_else(|| input.cut(HEADER))?;
        let [_, _, hardware_high, hardware_low, .., high, low] = *header;
        let hardware = u16::from_be_bytes([hardware_high, hardware_low]);
        Ok(cooked::step(hardware, u16::from_be_bytes([high, low]), HEADER, input))
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_LINUX_SLL");
        fields.number("packet type", (0, 2), |v| format!("{v}: {}", cooked::direction(v)));
        fields.number("ARPHRD type", (2, 2), cooked::hardware);
        fields.number("link-layer address length", (4, 2), |v| format!("{v} bytes"));
        if let Some([high, low]) = fields.at((4, 2)) {
            cooked::explain_address(&mut fields, u32::from(u16::from_be_bytes([*high, *low])), (6, 8));
        }
        let number = |place| octets::big_16(input.bytes, place).unwrap_or(0);
        let hardware = number(2);
        cooked::explain_protocol(&mut fields, hardware, (14, 2));
        if input.captured() >= HEADER {
            fields.summary(cooked::summary(u64::from(number(0)), hardware, number(14)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::Dissector;

    #[test]
    fn a_tunnel_interface_without_hardware_address_is_read() {
        let frame = [0, 4, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00];
        let dissector = Dissector::new();
        assert_eq!(dissector.dissect(LinkType::LINUX_SLL, &frame, 16, 0).layers().count(), 1);
        let layers = dissector.explain(LinkType::LINUX_SLL, &frame, 16, 0);
        assert_eq!(layers[0].summary, "sent by this host   carries IPv4 (0x0800)");
    }

    #[test]
    fn netlink_messages_are_not_taken_for_an_ethertype() {
        let frame = [0, 4, 0x03, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00];
        let dissection = Dissector::new().dissect(LinkType::LINUX_SLL, &frame, 16, 0);
        assert_eq!(dissection.stop, None);
        assert_eq!(dissection.layers().count(), 1);
    }
}
