//! The Prism header of early 802.11 cards (linux-wlan-ng `p80211msg_lnxind_wlansniffrm`): a list of named values.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, printable};
use crate::wire::link::avs;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Message code, length and device name, and ten values of 12 bytes: 144 bytes.
const HEADER: u32 = 144;
/// Where the first value begins.
const VALUES: u32 = 24;
/// Identifier, status, length and the value: 12 bytes.
const VALUE: u32 = 12;

/// A Prism header.
pub struct Prism;

impl Protocol for Prism {
    fn name(&self) -> &'static str {
        "prism"
    }

    fn title(&self) -> &'static str {
        "Prism"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::PRISM)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        if avs::begins(input.bytes) {
            // Drivers give the newer header under the older one's number too.
            let next = Some(Selector::Link(LinkType::AVS));
            return Ok(Step { header_length: 0, payload_length: input.declared, next, fact: Fact::Nothing });
        }
        if input.captured() < HEADER {
            return Err(input.cut(HEADER));
        }
        let next = Some(Selector::Ieee80211);
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "linux-wlan-ng p80211msg");
        if avs::begins(input.bytes) {
            fields.summary(String::from("the newer AVS header stands in its place"));
            return;
        }
        fields.little("message code", (0, 4), |v| v.to_string());
        fields.little("message length", (4, 4), |v| format!("{v} bytes"));
        fields.text("device name", (8, 16), device);
        for place in (VALUES..HEADER).step_by(12) {
            let identifier = octets::little_32(input.bytes, place).unwrap_or(0);
            let given = octets::little_16(input.bytes, place + 4) == Some(0);
            fields.little(name(identifier), (place + VALUE - 4, 4), |v| {
                if given { v.to_string() } else { String::from("not given") }
            });
        }
        fields.summary(String::from("how the frame was received"));
    }
}

fn device(bytes: &[u8]) -> String {
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    if name.is_empty() {
        return String::from("none");
    }
    printable(&String::from_utf8_lossy(name)).into_owned()
}

/// A value's name by its identifier, in either of the two numberings that drivers use.
fn name(identifier: u32) -> &'static str {
    match (identifier >> 12 & 0xf, identifier & 0xfff) {
        (1, 0x044) | (0 | 1, 0x041) => "host time",
        (2, 0x044) | (0 | 2, 0x042) => "time of arrival",
        (3, 0x044) => "channel",
        (4, 0x044) => "received signal strength",
        (5, 0x044) => "signal quality",
        (6, 0x044) => "signal",
        (7, 0x044) => "noise",
        (8, 0x044) => "rate",
        (9, 0x044) => "transmitted by this card",
        (10, 0x044) => "frame length",
        _ => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn an_802_11_frame_follows_the_ten_values() {
        let mut frame = vec![0; 144];
        frame[24..28].copy_from_slice(&[0x44, 0x30, 0, 0]);
        frame[32] = 11;
        frame.extend([0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1]);
        let layers = Dissector::new().explain(LinkType::PRISM, &frame, 154, 0);
        assert_eq!(layers[1].protocol, "ieee80211");
        assert!(layers[0].fields.iter().any(|field| field.name == "channel" && field.text == "11"));
    }

    #[test]
    fn an_avs_header_under_the_number_of_prism_is_read() {
        let mut frame = vec![0; 64];
        frame[..8].copy_from_slice(&[0x80, 0x21, 0x10, 0x01, 0, 0, 0, 64]);
        frame.extend([0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1]);
        let dissection = Dissector::new().dissect(LinkType::PRISM, &frame, 74, 0);
        let names: Vec<_> = dissection.layers().map(|layer| layer.protocol.name()).collect();
        assert_eq!(names, ["prism", "avs", "ieee80211"]);
    }
}
