//! ATM frames as `SunATM` adapters capture them (`LINKTYPE_SUNATM`), reassembled from their cells.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Flags, virtual path and virtual channel: 4 bytes.
const HEADER: u32 = 4;
/// Traffic type of frames with an 802.2 header (RFC 2684 §5).
const LLC: u8 = 2;

/// A `SunATM` header.
pub struct SunAtm;

impl Protocol for SunAtm {
    fn name(&self) -> &'static str {
        "sun_atm"
    }

    fn title(&self) -> &'static str {
        "SunATM"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::SUN_ATM)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let [flags, ..] = octets::chunk::<4>(input.bytes, 0).ok_or_else(|| input.cut(HEADER))?;
        let next = (flags & 15 == LLC).then_some(Selector::Llc);
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_SUNATM");
        fields.flag("direction", (0, 1), 0, ("sent by this host", "received"));
        fields.bits("traffic type", (0, 1), (4, 4), |v| format!("{v} {}", traffic(v)));
        fields.number("virtual path", (1, 1), |v| v.to_string());
        fields.number("virtual channel", (2, 2), |v| v.to_string());
        if let Some(channel) = octets::big_16(input.bytes, 2) {
            let path = octets::byte(input.bytes, 1).unwrap_or(0);
            fields.summary(format!("virtual path {path}, channel {channel}"));
        }
    }
}

fn traffic(number: u64) -> &'static str {
    match number {
        1 => "LAN emulation",
        2 => "with an 802.2 header",
        5 => "interim local management",
        6 => "signalling",
        _ => "of a type synscope does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn only_traffic_with_llc_is_followed() {
        let frame = |flags| [flags, 0, 0, 100, 0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0xcc];
        let layers =
            |flags| Dissector::new().dissect(LinkType::SUN_ATM, &frame(flags), 12, 0).layers().count();
        assert_eq!((layers(0x82), layers(0x06)), (2, 1));
    }
}
