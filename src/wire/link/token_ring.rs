//! Token Ring (IEEE 802.5 §3): access and frame control, addresses, and a route through bridges.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::link::{LinkAddresses, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Access control, frame control and two addresses: 14 bytes.
const FIXED: u32 = 14;
/// Bit of the source address that says that a route follows (IEEE 802.1D §C.3).
const ROUTED: u8 = 0x80;

/// A Token Ring header with its routing information.
pub struct TokenRing;

impl Protocol for TokenRing {
    fn name(&self) -> &'static str {
        "token_ring"
    }

    fn title(&self) -> &'static str {
        "Token Ring"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::TOKEN_RING)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let addresses = addresses(input.bytes).ok_or_else(|| input.cut(FIXED))?;
        let header_length = FIXED + route(input)?;
        if input.captured() < header_length {
            return Err(input.cut(header_length));
        }
        // The two first bits of frame control tell data from the ring's own frames.
        let data = octets::byte(input.bytes, 1).is_some_and(|control| control >> 6 == 1);
        Ok(Step {
            header_length,
            payload_length: input.after(header_length),
            next: data.then_some(Selector::Llc),
            fact: Fact::Link(addresses),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "IEEE 802.5 §3.2");
        fields.bits("priority", (0, 1), (0, 3), |v| v.to_string());
        fields.flag("token", (0, 1), 3, ("a frame", "a token"));
        fields.flag("monitor", (0, 1), 4, ("seen by the ring's monitor", ""));
        fields.bits("reservation", (0, 1), (5, 3), |v| v.to_string());
        fields.bits("frame type", (1, 1), (0, 2), |v| match v {
            0 => String::from("0: about the ring itself"),
            1 => String::from("1: data"),
            _ => v.to_string(),
        });
        fields.bits("control", (1, 1), (2, 6), |v| v.to_string());
        mac_address::explain(&mut fields, "destination address", (2, 6));
        mac_address::explain(&mut fields, "source address", (8, 6));
        if let Ok(length) = route(input) {
            fields.cite("IEEE 802.1D §C.3").raw("routing information", (FIXED, length), hex);
        }
        if let Some(LinkAddresses { source, destination }) = addresses(input.bytes) {
            let (from, to) = (mac_address::plain(&source), mac_address::plain(&destination));
            fields.summary(format!("{from} → {to}"));
        }
    }
}

/// Both ends, without the bit that is not part of the source address.
fn addresses(bytes: &[u8]) -> Option<LinkAddresses> {
    let mut source: [u8; 6] = octets::chunk(bytes, 8)?;
    let [first, ..] = &mut source;
    *first &= !ROUTED;
    Some(LinkAddresses { source, destination: octets::chunk(bytes, 2)? })
}

/// Bytes of routing information, which says its own length.
fn route(input: &Input<'_>) -> Result<u32, Stop> {
    if octets::byte(input.bytes, 8).unwrap_or(0) & ROUTED == 0 {
        return Ok(0);
    }
    let control = octets::byte(input.bytes, FIXED).ok_or_else(|| input.cut(FIXED + 2))?;
    match u32::from(control & 31) {
        0..2 => Err(Stop::Malformed("routing information shorter than its own length field")),
        length => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn data_is_found_behind_a_route_and_without_one() {
        let mut frame = vec![0x10, 0x40, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        frame.extend([0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0xcc]);
        let unknown = Some(Stop::Unknown(Selector::EtherType(0x88cc)));
        assert_eq!(Dissector::new().dissect(LinkType::TOKEN_RING, &frame, 22, 0).stop, unknown);
        frame[8] = 0x82;
        frame.splice(14..14, [0x06, 0x30, 1, 2, 3, 4]);
        let routed = Dissector::new().dissect(LinkType::TOKEN_RING, &frame, 28, 0);
        assert_eq!((routed.stop, routed.link.unwrap().source[0]), (unknown, 2));
    }
}
