//! Linux cooked captures, version 2 (`LINKTYPE_LINUX_SLL2`), which name the interface.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::cooked;
use crate::wire::{Input, Protocol, Selector, Step, Stop, octets};

/// Header length in bytes.
const HEADER: u32 = 20;

/// A cooked header of 20 bytes in place of the interface's own link header.
pub struct LinuxSll2;

impl Protocol for LinuxSll2 {
    fn name(&self) -> &'static str {
        "linux_sll2"
    }

    fn title(&self) -> &'static str {
        "Linux cooked 2"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::LINUX_SLL2)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = input.bytes.first_chunk::<20>().ok_or_else(|| input.cut(HEADER))?;
        let [high, low, _, _, _, _, _, _, hardware_high, hardware_low, ..] = *header;
        let hardware = u16::from_be_bytes([hardware_high, hardware_low]);
        Ok(cooked::step(hardware, u16::from_be_bytes([high, low]), HEADER, input))
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_LINUX_SLL2");
        let hardware = octets::big_16(input.bytes, 8).unwrap_or(0);
        cooked::explain_protocol(&mut fields, hardware, (0, 2));
        fields.number("reserved", (2, 2), |v| v.to_string());
        fields.number("interface index", (4, 4), |v| format!("interface {v} of the capturing host"));
        fields.number("ARPHRD type", (8, 2), cooked::hardware);
        fields.number("packet type", (10, 1), |v| format!("{v}: {}", cooked::direction(v)));
        fields.number("link-layer address length", (11, 1), |v| format!("{v} bytes"));
        if let Some([length]) = fields.at((11, 1)) {
            cooked::explain_address(&mut fields, u32::from(*length), (12, 8));
        }
        if let Some([high, low, _, _, a, b, c, d, _, _, packet_type, ..]) = input.bytes.first_chunk::<20>() {
            let index = u32::from_be_bytes([*a, *b, *c, *d]);
            let rest = cooked::summary(u64::from(*packet_type), hardware, u16::from_be_bytes([*high, *low]));
            fields.summary(format!("interface {index}   {rest}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::Dissector;

    #[test]
    fn the_interface_and_the_direction_are_told() {
        let frame = [0x86, 0xdd, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        let layers = Dissector::new().explain(LinkType::LINUX_SLL2, &frame, 20, 0);
        assert_eq!(layers[0].summary, "interface 3   to this host   carries IPv6 (0x86dd)");
        assert!(layers[0].fields.iter().any(|f| f.text.starts_with("02:00:00:00:00:01")));
    }
}
