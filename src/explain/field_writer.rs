//! Writes a header's fields in order, each with the bytes that hold it. Fields whose bytes were not captured are left out.

use crate::base::convert::{index, narrow};
use crate::base::{ByteSpan, Cite};
use crate::explain::{Bits, Field, LayerExplanation, Value};

/// Where a field is: its first byte counted from the header's first, and its length in bytes.
pub type Place = (u32, u32);

/// Where a field is within its bytes: first bit (0 is the most significant of the first byte) and number of bits.
pub type BitPlace = (u32, u32);

/// Writes fields into one layer's explanation.
#[derive(Debug)]
pub struct FieldWriter<'a> {
    out: &'a mut LayerExplanation,
    bytes: &'a [u8],
    offset: u32,
    source: Cite,
}

impl<'a> FieldWriter<'a> {
    /// A writer for a header whose captured bytes are `bytes`, which begin `offset` bytes into the frame. `source` is cited
    /// by every field until [`cite`](Self::cite) names another.
    pub fn new(out: &'a mut LayerExplanation, bytes: &'a [u8], offset: u32, source: &'static str) -> Self {
        Self { out, bytes, offset, source: Cite(source) }
    }

    /// Names the source of the fields that follow.
    pub fn cite(&mut self, source: &'static str) -> &mut Self {
        self.source = Cite(source);
        self
    }

    /// Moves the writer: places are counted from `start` bytes further on, and the header ends after `len` bytes.
    #[must_use]
    pub fn part(&mut self, start: u32, len: u32) -> FieldWriter<'_> {
        let bytes = ByteSpan::new(start, len).of(self.bytes);
        FieldWriter { out: self.out, bytes, offset: self.offset.saturating_add(start), source: self.source }
    }

    /// The header's captured bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The bytes at `place`; `None` where not all of them were captured, or where it has none.
    #[must_use]
    pub fn at(&self, (start, len): Place) -> Option<&'a [u8]> {
        let start = index(start);
        self.bytes.get(start..start.saturating_add(index(len))).filter(|bytes| !bytes.is_empty())
    }

    /// A number of up to eight bytes in network byte order.
    pub fn number(&mut self, name: &'static str, place: Place, text: impl FnOnce(u64) -> String) {
        if let Some(bytes) = self.at(place) {
            let value = big_endian(bytes);
            self.push(name, place, None, (Value::Number(value), text(value)));
        }
    }

    /// A number of up to eight bytes, the least significant one first.
    pub fn little(&mut self, name: &'static str, place: Place, text: impl FnOnce(u64) -> String) {
        if let Some(bytes) = self.at(place) {
            let value = bytes.iter().take(8).rev().fold(0, |value, byte| (value << 8) | u64::from(*byte));
            self.push(name, place, None, (Value::Number(value), text(value)));
        }
    }

    /// Some bits of up to eight bytes in network byte order, as a number.
    pub fn bits(
        &mut self,
        name: &'static str,
        place: Place,
        bits: BitPlace,
        text: impl FnOnce(u64) -> String,
    ) {
        if let Some(bytes) = self.at(place) {
            let value = some_bits(bytes, bits);
            self.push(name, place, Some(bits), (Value::Number(value), text(value)));
        }
    }

    /// One bit: `words` say what it means when set and when not.
    pub fn flag(&mut self, name: &'static str, place: Place, bit: u32, words: (&str, &str)) {
        if let Some(bytes) = self.at(place) {
            let set = some_bits(bytes, (bit, 1)) == 1;
            let (mark, meaning) = if set { ("set", words.0) } else { ("not set", words.1) };
            let text = if meaning.is_empty() { mark.to_owned() } else { format!("{mark}: {meaning}") };
            self.push(name, place, Some((bit, 1)), (Value::Flag(set), text));
        }
    }

    /// Bytes with a usual notation of their own, such as an address.
    pub fn text(&mut self, name: &'static str, place: Place, text: impl FnOnce(&[u8]) -> String) {
        if let Some(bytes) = self.at(place) {
            let text = text(bytes);
            self.push(name, place, None, (Value::Text(text.clone()), text));
        }
    }

    /// An address in its usual notation, and a word on what is special about it.
    pub fn address(
        &mut self,
        name: &'static str,
        place: Place,
        notation: impl FnOnce(&[u8]) -> String,
        hint: impl FnOnce(&[u8]) -> Option<&'static str>,
    ) {
        if let Some(bytes) = self.at(place) {
            let value = notation(bytes);
            let text = hint(bytes).map_or_else(|| value.clone(), |hint| format!("{value} ({hint})"));
            self.push(name, place, None, (Value::Text(value), text));
        }
    }

    /// Bytes without a notation of their own, as many of them as were captured (a length of `u32::MAX` is all the rest); no
    /// field where there are none. `text` is asked only for a value that is whole.
    pub fn raw(&mut self, name: &'static str, (start, len): Place, text: impl FnOnce(&[u8]) -> String) {
        let bytes = ByteSpan::new(start, len).of(self.bytes);
        if !bytes.is_empty() {
            let captured = narrow(bytes.len());
            let cut = len < u32::MAX && captured < len;
            let words = if cut {
                format!("{}, cut after {captured} of {len} bytes", hex(bytes))
            } else {
                text(bytes)
            };
            let words = if words.is_empty() { hex(bytes) } else { words };
            self.push(name, (start, captured), None, (Value::Bytes(bytes.to_vec()), words));
        }
    }

    /// A remark on the layer.
    pub fn note(&mut self, text: impl Into<String>) {
        self.out.notes.push(text.into());
    }

    /// Sets the one line that says the most important thing.
    pub fn summary(&mut self, text: String) {
        self.out.summary = text;
    }

    fn push(
        &mut self,
        name: &'static str,
        place: Place,
        bits: Option<BitPlace>,
        (value, text): (Value, String),
    ) {
        let span = ByteSpan::new(self.offset.saturating_add(place.0), place.1);
        let bits = bits.map(|(first, count)| Bits { first, count });
        self.out.fields.push(Field { name, value, text, span: Some(span), bits, source: self.source });
    }
}

/// Bytes as hexadecimal pairs, at most 32 of them: `0a 00 00 01 … (60 bytes)`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(32).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > 32 { format!(" … ({} bytes)", bytes.len()) } else { String::new() };
    format!("{}{more}", shown.join(" "))
}

/// A count with its unit in the singular or plural: `1 byte`, `20 bytes`.
#[must_use]
pub fn counted(count: u64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

fn some_bits(bytes: &[u8], (first, count): BitPlace) -> u64 {
    let width = narrow(bytes.len().min(8)).saturating_mul(8);
    let behind = width.saturating_sub(first.saturating_add(count));
    let mask = 1_u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1);
    big_endian(bytes).checked_shr(behind).unwrap_or(0) & mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::OsiLayer;

    fn layer() -> LayerExplanation {
        LayerExplanation::new(OsiLayer::Network, "ipv4", "IPv4", None)
    }

    #[test]
    fn bits_are_counted_from_the_most_significant() {
        let mut out = layer();
        let mut fields = FieldWriter::new(&mut out, &[0x45, 0x40, 0x05], 14, "RFC 791 §3.1");
        fields.bits("version", (0, 1), (0, 4), |v| v.to_string());
        fields.flag("don't fragment", (1, 2), 1, ("stays whole", ""));
        fields.bits("fragment offset", (1, 2), (3, 13), |v| format!("{} bytes", v * 8));
        assert_eq!(out.fields[0].value, Value::Number(4));
        assert_eq!(out.fields[1].text, "set: stays whole");
        assert_eq!(out.fields[2].text, "40 bytes");
        assert_eq!(out.fields[2].span, Some(ByteSpan::new(15, 2)));
    }

    #[test]
    fn a_number_may_begin_with_its_least_significant_byte() {
        let mut out = layer();
        FieldWriter::new(&mut out, &[0x34, 0x12, 0], 0, "IEEE 802.11")
            .little("duration", (0, 2), |v| v.to_string());
        assert_eq!(out.fields[0].value, Value::Number(0x1234));
    }

    #[test]
    fn a_field_that_was_not_captured_is_left_out() {
        let mut out = layer();
        let mut fields = FieldWriter::new(&mut out, &[1, 2], 0, "RFC 791 §3.1");
        fields.number("total length", (1, 2), |v| v.to_string());
        fields.raw("options", (1, 40), hex);
        assert_eq!(out.fields.len(), 1);
        assert_eq!(out.fields[0].text, "02, cut after 1 of 40 bytes");
        assert_eq!(out.fields[0].span, Some(ByteSpan::new(1, 1)));
    }
}
