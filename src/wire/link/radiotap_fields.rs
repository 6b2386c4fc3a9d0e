//! The fields of a radiotap header, in the order of its bit map (radiotap.org, "defined fields").

use crate::explain::{FieldWriter, hex};
use crate::wire::link::radiotap::{BIT_MAP, bit_map_end};
use crate::wire::octets;

/// A field that a bit announces.
struct Known {
    bit: u32,
    name: &'static str,
    /// The field begins at a multiple of so many bytes.
    alignment: u32,
    /// Length in bytes.
    length: u32,
}

const fn known(bit: u32, name: &'static str, alignment: u32, length: u32) -> Known {
    Known { bit, name, alignment, length }
}

static KNOWN: [Known; 28] = [
    known(0, "time of arrival", 8, 8),
    known(1, "flags", 1, 1),
    known(2, "rate", 1, 1),
    known(3, "channel", 2, 4),
    known(4, "hop set and pattern", 2, 2),
    known(5, "antenna signal", 1, 1),
    known(6, "antenna noise", 1, 1),
    known(7, "lock quality", 2, 2),
    known(8, "transmit attenuation", 2, 2),
    known(9, "transmit attenuation in dB", 2, 2),
    known(10, "transmit power", 1, 1),
    known(11, "antenna", 1, 1),
    known(12, "antenna signal in dB", 1, 1),
    known(13, "antenna noise in dB", 1, 1),
    known(14, "receive flags", 2, 2),
    known(15, "transmit flags", 2, 2),
    known(16, "RTS retries", 1, 1),
    known(17, "data retries", 1, 1),
    known(18, "extended channel", 4, 8),
    known(19, "modulation and coding", 1, 3),
    known(20, "A-MPDU status", 4, 8),
    known(21, "very high throughput", 2, 12),
    known(22, "timestamp", 8, 12),
    known(23, "high efficiency", 2, 12),
    known(24, "high efficiency, several users", 2, 12),
    known(25, "high efficiency, another user", 2, 6),
    known(26, "kind of frame without data", 1, 1),
    known(27, "legacy signal field", 2, 4),
];

/// Writes the bit map and the fields that its first word announces; the number of these.
pub(super) fn explain(fields: &mut FieldWriter<'_>) -> u32 {
    let bytes = fields.bytes();
    let start = bit_map_end(bytes);
    fields.little("bit map of fields", (BIT_MAP, 4), |v| format!("0x{v:08x}"));
    fields.raw("further bit maps", (BIT_MAP + 4, start - BIT_MAP - 4), hex);
    let map = octets::little_32(bytes, BIT_MAP).unwrap_or(0);
    let mut place = start;
    let mut shown = 0;
    for field in KNOWN.iter().filter(|field| map >> field.bit & 1 == 1) {
        place = place.next_multiple_of(field.alignment);
        write(fields, field, place);
        place += field.length;
        shown += 1;
    }
    fields.raw("further fields", (place, u32::MAX), hex);
    shown
}

fn write(fields: &mut FieldWriter<'_>, field: &Known, place: u32) {
    let at = (place, field.length);
    match field.bit {
        0 => fields.little(field.name, at, |v| format!("{v} µs of the network card's clock")),
        1 => write_flags(fields, place),
        2 => fields.number(field.name, at, |v| format!("{}.{} Mbit/s", v / 2, v % 2 * 5)),
        3 => {
            fields.little("channel frequency", (place, 2), |v| format!("{v} MHz"));
            fields.little("channel flags", (place + 2, 2), |v| format!("0x{v:04x} {}", band(v)));
        }
        5 | 6 | 10 => fields.number(field.name, at, dbm),
        11 | 16 | 17 => fields.number(field.name, at, |v| v.to_string()),
        7..=9 | 12..=15 => fields.little(field.name, at, |v| v.to_string()),
        _ => fields.raw(field.name, at, hex),
    }
}

fn write_flags(fields: &mut FieldWriter<'_>, place: u32) {
    let at = (place, 1);
    fields.flag("short guard interval", at, 0, ("", ""));
    fields.flag("bad check sequence", at, 1, ("the frame came damaged: what follows may be wrong", ""));
    fields.flag("header filled up", at, 2, ("to a multiple of four bytes", ""));
    fields.flag("check sequence included", at, 3, ("it is the last four bytes", ""));
    fields.flag("fragmentation", at, 4, ("by the network card", ""));
    fields.flag("WEP", at, 5, ("encrypted on the air", ""));
    fields.flag("short preamble", at, 6, ("", ""));
    fields.flag("contention-free period", at, 7, ("", ""));
}

/// A signed byte as a power: `-42 dBm`.
pub(super) fn dbm(value: u64) -> String {
    let power = u8::try_from(value).map_or(0, |byte| i8::from_be_bytes([byte]));
    format!("{power} dBm")
}

fn band(flags: u64) -> &'static str {
    match flags {
        _ if flags & 0x0080 != 0 => "2 GHz band",
        _ if flags & 0x0100 != 0 => "5 GHz band",
        _ => "no band named",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{LayerExplanation, OsiLayer};

    #[test]
    fn fields_are_aligned_as_their_kind_demands() {
        let mut out = LayerExplanation::new(OsiLayer::Physical, "radiotap", "radiotap", None);
        let mut header = vec![0, 0, 30, 0, 0x2b, 0, 0, 0];
        header.extend([7, 0, 0, 0, 0, 0, 0, 0, 0x10, 0xee, 0x9e, 0x09, 0xa0, 0, 0xd6]);
        let shown = explain(&mut FieldWriter::new(&mut out, &header, 0, "radiotap.org"));
        assert_eq!(shown, 4);
        let text = |name| out.fields.iter().find(|field| field.name == name).unwrap().text.clone();
        assert_eq!(text("time of arrival"), "7 µs of the network card's clock");
        assert_eq!(text("check sequence included"), "set: it is the last four bytes");
        assert_eq!(text("channel frequency"), "2462 MHz");
        assert_eq!(text("antenna signal"), "-42 dBm");
    }
}
