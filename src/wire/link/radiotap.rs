//! The radiotap header, by which a driver says how it received or sent an 802.11 frame (radiotap.org).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::link::radiotap_fields;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Version, filling, length and the first word of the bit map: 8 bytes.
const SHORTEST: u32 = 8;
/// Where the bit map begins.
pub(super) const BIT_MAP: u32 = 4;
/// Bits of the map: a time comes before the flags; flags are there; another word of the map follows.
const TIME: u32 = 1;
const FLAGS: u32 = 1 << 1;
const MORE: u32 = 1 << 31;
/// Bits of the flags: a check sequence is at the end; the 802.11 header is filled up to a multiple of four bytes.
const CHECK_SEQUENCE_AT_END: u8 = 0x10;
const PADDED: u8 = 0x20;
/// Bytes of an 802.11 check sequence (IEEE 802.11 §9.2.4.8).
pub(super) const CHECK_SEQUENCE: u32 = 4;

/// A radiotap header.
pub struct Radiotap;

impl Protocol for Radiotap {
    fn name(&self) -> &'static str {
        "radiotap"
    }

    fn title(&self) -> &'static str {
        "radiotap"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::IEEE802_11_RADIOTAP)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = header_length(input)?;
        let flags = flags(input.bytes, header_length);
        let padded = flags & PADDED != 0;
        let next = Some(if padded { Selector::PaddedIeee80211 } else { Selector::Ieee80211 });
        let rest = input.after(header_length);
        Ok(if flags & CHECK_SEQUENCE_AT_END != 0 && rest >= CHECK_SEQUENCE {
            let payload_length = rest - CHECK_SEQUENCE;
            Step { header_length, payload_length, next, fact: Fact::CheckSequence(CHECK_SEQUENCE) }
        } else {
            Step { header_length, payload_length: rest, next, fact: Fact::Nothing }
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "radiotap.org");
        fields.number("version", (0, 1), |v| v.to_string());
        fields.number("filling", (1, 1), |v| v.to_string());
        fields.little("length", (2, 2), |v| format!("{v} bytes"));
        let Ok(length) = header_length(input) else { return };
        let mut header = fields.part(0, length);
        let shown = radiotap_fields::explain(&mut header);
        fields
            .summary(format!("{} on how the frame was received or sent", counted(u64::from(shown), "field")));
    }
}

/// Length of the whole header as it says itself.
fn header_length(input: &Input<'_>) -> Result<u32, Stop> {
    let [version, _, low, high] = octets::chunk(input.bytes, 0).ok_or_else(|| input.cut(SHORTEST))?;
    let length = u32::from(u16::from_le_bytes([low, high]));
    match length {
        _ if version != 0 => Err(Stop::Malformed("the radiotap version is not 0")),
        0..SHORTEST => Err(Stop::Malformed("radiotap header length below 8 bytes")),
        _ if length > input.declared => Err(Stop::Malformed("radiotap header longer than the frame")),
        _ if length > input.captured() => Err(input.cut(length)),
        _ => Ok(length),
    }
}

/// Bytes of the bit map: a word, and as many more as announce each other.
pub(super) fn bit_map_end(bytes: &[u8]) -> u32 {
    let mut place = BIT_MAP;
    while octets::little_32(bytes, place).is_some_and(|word| word & MORE != 0) {
        place += 4;
    }
    place + 4
}

/// The flags field; zero where the driver gave none.
fn flags(bytes: &[u8], length: u32) -> u8 {
    let map = octets::little_32(bytes, BIT_MAP).unwrap_or(0);
    if map & FLAGS == 0 {
        return 0;
    }
    let start = bit_map_end(bytes);
    let place = if map & TIME == 0 { start } else { start.next_multiple_of(8) + 8 };
    if place < length { octets::byte(bytes, place).unwrap_or(0) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    /// A radiotap header with a time, flags and two more fields, and an 802.11 frame with data.
    fn frame(flags: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, 20, 0, 0x27, 0, 0, 0];
        frame.extend([9, 0, 0, 0, 0, 0, 0, 0, flags, 0x0c, 0, 0]);
        frame[4] = 0x07;
        frame.extend([0x08, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0]);
        frame.extend([0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0xcc, 1, 2, 3, 4]);
        frame
    }

    #[test]
    fn a_check_sequence_at_the_end_is_no_payload() {
        let dissector = Dissector::new();
        let with = dissector.dissect(LinkType::IEEE802_11_RADIOTAP, &frame(CHECK_SEQUENCE_AT_END), 56, 0);
        assert_eq!((with.payload.len, with.trailer.len), (0, 4));
        let without = dissector.dissect(LinkType::IEEE802_11_RADIOTAP, &frame(0), 56, 0);
        assert_eq!((without.payload.len, without.trailer.len), (4, 0));
        let layers = dissector.explain(LinkType::IEEE802_11_RADIOTAP, &frame(CHECK_SEQUENCE_AT_END), 56, 0);
        let check = layers[0].fields.iter().find(|field| field.name == "frame check sequence").unwrap();
        assert!(check.text.starts_with("01 02 03 04, wrong: the bytes give"), "{}", check.text);
        assert!(layers[0].notes.iter().all(|note| !note.contains("trailer")), "{:?}", layers[0].notes);
    }

    #[test]
    fn padding_behind_the_802_11_header_is_skipped() {
        let mut padded = frame(PADDED);
        padded[20] = 0x88;
        padded.splice(44..44, [0, 0, 0xee, 0xee]);
        let dissection = Dissector::new().dissect(LinkType::IEEE802_11_RADIOTAP, &padded, 60, 0);
        assert_eq!(dissection.stop, Some(Stop::Unknown(Selector::EtherType(0x88cc))));
    }

    #[test]
    fn a_map_without_end_stays_in_its_header() {
        let frame = [0, 0, 8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let dissection = Dissector::new().dissect(LinkType::IEEE802_11_RADIOTAP, &frame, 12, 0);
        assert_eq!(dissection.layers().count(), 1);
    }
}
