//! The per-packet information header (CACE PPI specification 1.0): fields about how a frame was received, then that frame.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted, hex};
use crate::wire::link::radiotap::CHECK_SEQUENCE;
use crate::wire::link::radiotap_fields::dbm;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Version, flags, length and link type: 8 bytes.
const SHORTEST: u32 = 8;
/// A field's type and length: 4 bytes.
const FIELD: u32 = 4;
/// Flag: fields are filled up to multiples of four bytes.
const ALIGNED: u8 = 1;
/// Type of the field on 802.11 reception, its place of flags, and the flag for a check sequence at the end.
const RECEPTION: u16 = 2;
const RECEPTION_FLAGS: u32 = 8;
const CHECK_SEQUENCE_AT_END: u16 = 1;

/// A PPI header.
pub struct Ppi;

impl Protocol for Ppi {
    fn name(&self) -> &'static str {
        "ppi"
    }

    fn title(&self) -> &'static str {
        "PPI"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::PPI)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = header_length(input)?;
        let number = octets::little_32(input.bytes, 4).unwrap_or(u32::MAX);
        let link_type = LinkType(u16::try_from(number).unwrap_or(u16::MAX));
        let next = Some(Selector::Link(link_type));
        let rest = input.after(header_length);
        Ok(if link_type == LinkType::IEEE802_11 && has_check_sequence(input.bytes, header_length) {
            let payload_length = rest.saturating_sub(CHECK_SEQUENCE);
            Step { header_length, payload_length, next, fact: Fact::CheckSequence(CHECK_SEQUENCE) }
        } else {
            Step { header_length, payload_length: rest, next, fact: Fact::Nothing }
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "PPI 1.0 §3.1");
        fields.number("version", (0, 1), |v| v.to_string());
        fields.flag("aligned fields", (1, 1), 7, ("each begins at a multiple of four bytes", ""));
        fields.little("length", (2, 2), |v| format!("{v} bytes"));
        fields.little("link type", (4, 4), link);
        let Ok(length) = header_length(input) else { return };
        let count = explain_fields(&mut fields.part(0, length));
        let number = u64::from(octets::little_32(input.bytes, 4).unwrap_or(0));
        fields.summary(format!(
            "{} on the frame   carries {}",
            counted(u64::from(count), "field"),
            link(number)
        ));
    }
}

fn link(number: u64) -> String {
    u16::try_from(number)
        .map_or_else(|_| number.to_string(), |number| format!("{number} {}", LinkType(number)))
}

fn header_length(input: &Input<'_>) -> Result<u32, Stop> {
    let [version, _, low, high] = octets::chunk(input.bytes, 0).ok_or_else(|| input.cut(SHORTEST))?;
    let length = u32::from(u16::from_le_bytes([low, high]));
    match length {
        _ if version != 0 => Err(Stop::Malformed("the PPI version is not 0")),
        0..SHORTEST => Err(Stop::Malformed("PPI header length below 8 bytes")),
        _ if length > input.declared => Err(Stop::Malformed("PPI header longer than the frame")),
        _ if length > input.captured() => Err(input.cut(length)),
        _ => Ok(length),
    }
}

/// The fields of a header that ends at `end`: place of each one's value, its type, its length.
fn each_field(bytes: &[u8], end: u32) -> impl Iterator<Item = (u32, u16, u32)> {
    let aligned = octets::byte(bytes, 1).unwrap_or(0) & ALIGNED != 0;
    let mut place = SHORTEST;
    std::iter::from_fn(move || {
        let kind = octets::little_16(bytes, place)?;
        let length = u32::from(octets::little_16(bytes, place + 2)?);
        let value = place + FIELD;
        let after = value + length;
        place = if aligned { after.next_multiple_of(4) } else { after };
        (after <= end).then_some((value, kind, length))
    })
}

fn has_check_sequence(bytes: &[u8], end: u32) -> bool {
    each_field(bytes, end).any(|(value, kind, length)| {
        let flags = octets::little_16(bytes, value + RECEPTION_FLAGS).unwrap_or(0);
        kind == RECEPTION && length >= RECEPTION_FLAGS + 2 && flags & CHECK_SEQUENCE_AT_END != 0
    })
}

/// Writes the fields of a header that the writer is confined to; their number.
fn explain_fields(fields: &mut FieldWriter<'_>) -> u32 {
    let bytes = fields.bytes();
    let mut count = 0;
    for (value, kind, length) in each_field(bytes, crate::base::convert::narrow(bytes.len())) {
        fields.cite("PPI 1.0 §4.1");
        fields.little("field type", (value - FIELD, 2), |v| format!("{v} {}", field_name(v)));
        fields.little("field length", (value - 2, 2), |v| format!("{v} bytes"));
        if kind == RECEPTION && length >= 20 {
            explain_reception(fields, value);
        } else {
            fields.raw("field value", (value, length), hex);
        }
        count += 1;
    }
    count
}

fn explain_reception(fields: &mut FieldWriter<'_>, place: u32) {
    fields.cite("PPI 1.0 §4.1.2");
    fields.little("time of arrival", (place, 8), |v| format!("{v} of the network card's clock"));
    fields.little("reception flags", (place + 8, 2), reception_flags);
    fields.little("rate", (place + 10, 2), |v| format!("{}.{} Mbit/s", v / 2, v % 2 * 5));
    fields.little("channel frequency", (place + 12, 2), |v| format!("{v} MHz"));
    fields.little("channel flags", (place + 14, 2), |v| format!("0x{v:04x}"));
    fields.number("hop set", (place + 16, 1), |v| v.to_string());
    fields.number("hop pattern", (place + 17, 1), |v| v.to_string());
    fields.number("antenna signal", (place + 18, 1), dbm);
    fields.number("antenna noise", (place + 19, 1), dbm);
}

fn reception_flags(flags: u64) -> String {
    let check = if flags & 1 != 0 { ", check sequence included" } else { "" };
    let invalid = if flags & 4 != 0 { ", check sequence wrong" } else { "" };
    format!("0x{flags:04x}{check}{invalid}")
}

fn field_name(number: u64) -> &'static str {
    match number {
        2 => "802.11 reception",
        3 => "802.11n MAC",
        4 => "802.11n MAC and physical layer",
        5 => "spectrum map",
        6 => "process",
        7 => "capture interface",
        8 => "aggregation",
        9 => "802.3",
        30_002 => "position",
        _ => "a field synscope does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn its_link_type_says_what_follows_and_its_flags_where_that_ends() {
        let mut frame = vec![0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0];
        frame.extend([0; 20]);
        frame[20] = 1;
        frame.extend([0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1, 9, 9, 9, 9]);
        let dissection = Dissector::new().dissect(LinkType::PPI, &frame, 46, 0);
        let names: Vec<_> = dissection.layers().map(|layer| layer.protocol.name()).collect();
        assert_eq!((names, dissection.trailer.len), (vec!["ppi", "ieee80211"], 4));
        let layers = Dissector::new().explain(LinkType::PPI, &frame, 46, 0);
        assert_eq!(layers[0].summary, "1 field on the frame   carries 105 IEEE 802.11");
    }

    #[test]
    fn headers_inside_headers_end_at_some_depth() {
        let frame = [0, 0, 8, 0, 192, 0, 0, 0].repeat(40);
        let dissection = Dissector::new().dissect(LinkType::PPI, &frame, 320, 0);
        assert_eq!(dissection.stop, Some(Stop::TooDeep));
    }
}
