//! What comes behind a packet in its frame: padding and the frame check sequence.

use crate::base::convert::narrow;
use crate::base::{ByteSpan, LinkType};
use crate::explain::{FieldWriter, LayerExplanation, counted, hex};
use crate::wire::Dissection;

/// Shortest Ethernet frame without its check sequence, in bytes (IEEE 802.3 §3.2.8: 64 with it).
const ETHERNET_MINIMUM: u32 = 60;

/// Adds the trailer's fields and notes to the link layer's explanation. `frame` is the captured bytes, and the frame's length
/// on the wire without its check sequence.
pub(super) fn explain(
    link: &mut LayerExplanation,
    link_type: LinkType,
    dissection: &Dissection,
    frame: (&[u8], u32),
) {
    let (bytes, declared) = frame;
    let ethernet = link_type == LinkType::ETHERNET;
    let mut fields = FieldWriter::new(link, bytes, 0, if ethernet { "IEEE 802.3 §3.2" } else { "IEEE 802" });
    let start = dissection.trailer.start;
    let covered = dissection.check_sequence.map(|(covered, _)| covered);
    let packet_end = covered.map_or(declared, |covered| covered.end().min(declared));
    let padding = ByteSpan::new(start, dissection.trailer.end().min(packet_end).saturating_sub(start));
    if padding.len > 0 {
        let minimum = ethernet && declared <= ETHERNET_MINIMUM;
        let name = if minimum { "padding" } else { "trailer" };
        fields.raw(name, (padding.start, padding.len), hex);
        fields.note(words(padding.len, minimum));
    }
    if let Some((covered, length)) = dissection.check_sequence {
        explain_check_sequence(fields.cite("IEEE 802.11 §9.2.4.8"), covered, length, true);
    } else {
        let length = narrow(bytes.len()).saturating_sub(declared);
        let known = ethernet || link_type == LinkType::IEEE802_11;
        explain_check_sequence(&mut fields, ByteSpan::new(0, declared), length, known);
    }
}

fn words(length: u32, minimum: bool) -> String {
    let bytes = counted(u64::from(length), "byte");
    if minimum {
        format!("padding: {bytes} to reach Ethernet's 60-byte minimum; not data")
    } else {
        format!(
            "trailer: {bytes} behind the packet, which is shorter than its frame; not data (a switch, a tap or a network card may add some)"
        )
    }
}

/// The check sequence behind the bytes that it covers; `known` where it is the CRC-32 that Ethernet and 802.11 share.
fn explain_check_sequence(fields: &mut FieldWriter<'_>, covered: ByteSpan, length: u32, known: bool) {
    let bytes = covered.of(fields.bytes());
    let whole = narrow(bytes.len()) == covered.len;
    let expected = crc32(bytes).to_le_bytes();
    fields.raw("frame check sequence", (covered.end(), length), |found| match found {
        _ if !known || !whole || found.len() != expected.len() => hex(found),
        _ if found == expected => format!("{}, right", hex(found)),
        _ => format!("{}, wrong: the bytes give {}", hex(found), hex(&expected)),
    });
}

/// CRC-32 of IEEE 802.3 §3.2.9, bit by bit: only what is on display is checked.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |register, byte| {
        (0..8).fold(register ^ u32::from(*byte), |register, _| {
            let carried = register & 1 == 1;
            (register >> 1) ^ if carried { 0xedb8_8320 } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_of_the_digits_is_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
