//! Ethernet II and 802.3 frames (IEEE 802.3 §3).

use etherparse::Ethernet2HeaderSlice;

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::{LinkAddresses, ether_type, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Addresses and type field: 14 bytes.
const HEADER: u32 = 14;
/// Longest standard frame without its check sequence: 14 bytes of header and 1500 of payload.
const LONGEST: u32 = 1514;

/// An Ethernet frame from its destination address on, without preamble.
pub struct Ethernet;

impl Protocol for Ethernet {
    fn name(&self) -> &'static str {
        "ethernet"
    }

    fn title(&self) -> &'static str {
        "Ethernet"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::ETHERNET), Selector::Ethernet]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = Ethernet2HeaderSlice::from_slice(input.bytes).map_err(|_| input.cut(HEADER))?;
        let addresses = LinkAddresses { source: header.source(), destination: header.destination() };
        Ok(ether_type::step(header.ether_type().0, HEADER, input, Fact::Link(addresses)))
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "IEEE 802.3 §3.2");
        mac_address::explain(&mut fields, "destination address", (0, 6));
        mac_address::explain(&mut fields, "source address", (6, 6));
        ether_type::explain(&mut fields, (12, 2), input);
        if let Ok(header) = Ethernet2HeaderSlice::from_slice(input.bytes) {
            let number = header.ether_type().0;
            let (from, to) =
                (mac_address::plain(&header.source()), mac_address::plain(&header.destination()));
            fields.summary(format!("{from} → {to}   {}", ether_type::carries(number)));
            explain_size(&mut fields, number, input.declared);
        }
    }
}

/// Frames longer than Ethernet's are common in captures, for two harmless reasons.
fn explain_size(fields: &mut FieldWriter<'_>, ether_type: u16, declared: u32) {
    let tags = if matches!(ether_type, 0x8100 | 0x88a8 | 0x9100) { 8 } else { 0 };
    if declared > LONGEST + tags {
        let jumbo = if declared <= 9100 { " A link with jumbo frames may really carry it." } else { "" };
        fields.note(format!(
            "{declared} bytes are more than the {LONGEST} an Ethernet frame may have. Usually the capturing host's network card cuts such a frame into several on sending, or joined several into one on receiving (segmentation offload); that is harmless.{jumbo}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn a_length_below_1536_announces_llc_and_ends_the_packet() {
        let mut frame = vec![0x01, 0x80, 0xc2, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0x00, 0x05, 0x42, 0x42, 0x03, 1, 2];
        frame.resize(60, 0);
        let dissection = Dissector::new().dissect(LinkType::ETHERNET, &frame, 60, 0);
        assert_eq!(
            dissection.layers().map(|layer| layer.protocol.name()).collect::<Vec<_>>(),
            ["ethernet", "llc"]
        );
        assert_eq!(dissection.payload.of(&frame), [1, 2]);
        assert_eq!(dissection.trailer.len, 41);
    }

    #[test]
    fn a_captured_check_sequence_is_checked_and_is_no_padding() {
        let mut frame = vec![0xff; 6];
        frame.extend([2, 0, 0, 0, 0, 1, 0x88, 0xcc]);
        frame.resize(60, 7);
        frame.extend([0x69, 0x15, 0x4c, 0x33]);
        let layers = Dissector::new().explain(LinkType::ETHERNET, &frame, 64, 4);
        let check = layers[0].fields.iter().find(|field| field.name == "frame check sequence").unwrap();
        assert!(
            check.text.contains("right") || check.text.contains("wrong: the bytes give"),
            "{}",
            check.text
        );
        assert!(layers[0].notes.iter().all(|note| !note.contains("padding")));
    }

    #[test]
    fn a_frame_longer_than_ethernet_allows_is_explained_as_offload() {
        let mut frame = vec![0; 14];
        frame[12..].copy_from_slice(&[0x88, 0xcc]);
        frame.resize(2000, 0);
        let layers = Dissector::new().explain(LinkType::ETHERNET, &frame, 2000, 0);
        assert!(layers[0].notes.iter().any(|note| note.contains("segmentation offload")));
    }
}
