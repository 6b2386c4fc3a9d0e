//! Frame Relay over several lines at once (FRF.16 §3).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Fragment bits and sequence number: 2 bytes.
const HEADER: u32 = 2;
/// First and last fragment of a frame, and a message about the lines themselves.
const WHOLE: u8 = 0xc0;
const CONTROL: u8 = 0x20;

/// A header of multilink Frame Relay.
pub struct MultilinkFrameRelay;

impl Protocol for MultilinkFrameRelay {
    fn name(&self) -> &'static str {
        "multilink_frame_relay"
    }

    fn title(&self) -> &'static str {
        "multilink Frame Relay"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::MULTILINK_FRAME_RELAY)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let [bits, _] = octets::chunk(input.bytes, 0).ok_or_else(|| input.cut(HEADER))?;
        let next = (bits & (WHOLE | CONTROL) == WHOLE).then_some(Selector::Link(LinkType::FRAME_RELAY));
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "FRF.16 §3.3");
        fields.flag("beginning", (0, 1), 0, ("the first fragment of a frame", ""));
        fields.flag("ending", (0, 1), 1, ("the last fragment of a frame", ""));
        fields.flag("control", (0, 1), 2, ("about the lines themselves", "carries data"));
        fields.bits("sequence number high", (0, 1), (3, 4), |v| v.to_string());
        fields.number("sequence number low", (1, 1), |v| v.to_string());
        let bits = octets::byte(input.bytes, 0).unwrap_or(0);
        fields.summary(String::from(match bits {
            _ if bits & CONTROL != 0 => "a message about the lines themselves",
            _ if bits & WHOLE == WHOLE => "a whole frame",
            _ => "a fragment, which is not put together with others",
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn only_whole_frames_are_followed() {
        let dissector = Dissector::new();
        let layers = |first| {
            let frame = [first, 1, 0x18, 0x41, 0x88, 0xcc];
            dissector.dissect(LinkType::MULTILINK_FRAME_RELAY, &frame, 6, 0).layers().count()
        };
        assert_eq!((layers(0xc0), layers(0x80), layers(0xe0)), (2, 1, 1));
    }
}
