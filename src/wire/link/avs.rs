//! The AVS header, with which some drivers say how they received an 802.11 frame (AVS 802.11 capture frame format).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// All fields of the first version: 64 bytes.
const SHORTEST: u32 = 64;
/// With what the header begins; the last four bits are its version.
const MAGIC: u32 = 0x8021_1000;

/// An AVS header.
pub struct Avs;

impl Protocol for Avs {
    fn name(&self) -> &'static str {
        "avs"
    }

    fn title(&self) -> &'static str {
        "AVS"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::AVS)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let length = octets::big_32(input.bytes, 4).ok_or_else(|| input.cut(8))?;
        if !begins(input.bytes) {
            return Err(Stop::Malformed("not the mark with which an AVS header begins"));
        }
        if length < 8 || length > input.declared {
            return Err(Stop::Malformed("the AVS header's length does not fit the frame"));
        }
        if length > input.captured() {
            return Err(input.cut(length));
        }
        let next = Some(Selector::Ieee80211);
        Ok(Step { header_length: length, payload_length: input.after(length), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "AVS 802.11 capture frame format");
        fields.number("version", (0, 4), |v| format!("0x{v:08x}"));
        fields.number("length", (4, 4), |v| format!("{v} bytes"));
        let length = octets::big_32(input.bytes, 4).unwrap_or(0).min(SHORTEST);
        let mut fields = fields.part(0, length);
        fields.number("time of arrival", (8, 8), |v| format!("{v} µs of the network card's clock"));
        fields.number("host time", (16, 8), |v| v.to_string());
        fields.number("physical layer", (24, 4), |v| format!("{v} {}", physical(v)));
        fields.number("channel", (28, 4), |v| v.to_string());
        fields.number("data rate", (32, 4), |v| format!("{}.{} Mbit/s", v / 10, v % 10));
        fields.number("antenna", (36, 4), |v| v.to_string());
        fields.number("priority", (40, 4), |v| v.to_string());
        fields.number("signal unit", (44, 4), |v| format!("{v} {}", unit(v)));
        fields.number("signal", (48, 4), signed);
        fields.number("noise", (52, 4), signed);
        fields.number("preamble", (56, 4), |v| v.to_string());
        fields.number("encoding", (60, 4), |v| v.to_string());
        let channel = octets::big_32(fields.bytes(), 28);
        fields.summary(channel.map_or_else(
            || String::from("how the frame was received"),
            |channel| format!("received on channel {channel}"),
        ));
    }
}

/// Whether bytes begin as an AVS header does.
pub(super) fn begins(bytes: &[u8]) -> bool {
    octets::big_32(bytes, 0).is_some_and(|magic| magic & !15 == MAGIC)
}

fn signed(value: u64) -> String {
    u32::try_from(value).map_or(0, |value| i32::from_be_bytes(value.to_be_bytes())).to_string()
}

fn physical(code: u64) -> &'static str {
    match code {
        1 => "frequency hopping",
        2 | 4 => "direct sequence",
        3 => "infrared",
        5 => "PBCC",
        6 | 7 => "802.11g OFDM",
        8 => "802.11a OFDM",
        _ => "unknown",
    }
}

fn unit(code: u64) -> &'static str {
    match code {
        0 => "none",
        1 => "normalized",
        2 => "dBm",
        3 => "raw",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn the_header_says_its_own_length() {
        let mut frame = vec![0; 68];
        frame[..8].copy_from_slice(&[0x80, 0x21, 0x10, 0x01, 0, 0, 0, 68]);
        frame[31] = 6;
        frame[48..52].copy_from_slice(&[0xff, 0xff, 0xff, 0xd0]);
        frame.extend([0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1]);
        let layers = Dissector::new().explain(LinkType::AVS, &frame, 78, 0);
        assert_eq!(layers[1].protocol, "ieee80211");
        assert_eq!(layers[0].summary, "received on channel 6");
        assert!(layers[0].fields.iter().any(|field| field.name == "signal" && field.text == "-48"));
    }
}
