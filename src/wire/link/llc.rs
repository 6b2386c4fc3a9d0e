//! Logical link control and its sub-network access protocol (IEEE 802.2, IEEE 802 §9).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::link::{bridged, ether_type};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Destination and source service access point.
const SNAP: u8 = 0xaa;
/// Control field of an unnumbered-information frame.
const UNNUMBERED_INFORMATION: u8 = 0x03;

/// Bytes before a bridged frame that bring its data to a multiple of four (RFC 2684 §5.2).
const FILLING: u32 = 2;

/// An 802.2 header, with the five bytes of SNAP where it announces them.
pub struct Llc;

impl Protocol for Llc {
    fn name(&self) -> &'static str {
        "llc"
    }

    fn title(&self) -> &'static str {
        "LLC"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Llc, Selector::Link(LinkType::ATM_RFC1483)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = header_length(input)?;
        let (next, check_sequence) = match input.bytes {
            [SNAP, SNAP, UNNUMBERED_INFORMATION, snap @ ..] => {
                octets::chunk(snap, 0).map_or((None, 0), bridged::carried)
            }
            [0x06, 0x06, UNNUMBERED_INFORMATION, ..] => (Some(Selector::EtherType(ether_type::IPV4)), 0),
            _ => (None, 0),
        };
        let filling = if next == Some(Selector::Ethernet) { FILLING } else { 0 };
        let header_length = header_length + filling;
        if input.captured() < header_length {
            return Err(input.cut(header_length));
        }
        let payload_length = input.after(header_length).saturating_sub(check_sequence);
        let fact = if check_sequence == 0 { Fact::Nothing } else { Fact::CheckSequence(check_sequence) };
        Ok(Step { header_length, payload_length, next, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "IEEE 802.2 §3.2");
        let point = |v: u64| format!("0x{v:02x} {}", service(v));
        fields.number("destination service access point", (0, 1), point);
        fields.number("source service access point", (1, 1), point);
        let control = if unnumbered(input) { 1 } else { 2 };
        fields.number("control", (2, control), |v| format!("0x{v:02x} {}", control_words(v, control)));
        let Ok(length) = header_length(input) else { return };
        let mut summary = input.bytes.first().map_or("", |point| service(u64::from(*point))).to_owned();
        if length == 8 {
            fields.cite("IEEE 802 §9.2");
            fields.raw("organizationally unique identifier", (3, 3), hex);
            fields.number("protocol identifier", (6, 2), |v| match u16::try_from(v) {
                Ok(number) if number >= ether_type::SMALLEST => ether_type::text(number),
                _ => format!("0x{v:04x}"),
            });
            match self.dissect(input) {
                Ok(Step { next: Some(Selector::EtherType(number)), .. }) => {
                    summary = format!("SNAP   {}", ether_type::carries(number));
                }
                Ok(Step { next: Some(Selector::Ethernet), .. }) => {
                    fields.cite("RFC 2684 §5.2").raw("filling", (8, FILLING), hex);
                    summary = String::from("SNAP   carries a bridged Ethernet frame");
                }
                _ => {}
            }
        }
        fields.summary(summary);
    }
}

fn unnumbered(input: &Input<'_>) -> bool {
    input.bytes.get(2).is_some_and(|control| control & 3 == 3)
}

/// 3 bytes, 4 where frames are numbered, 8 with SNAP.
fn header_length(input: &Input<'_>) -> Result<u32, Stop> {
    let needed = match input.bytes {
        [SNAP, SNAP, UNNUMBERED_INFORMATION, ..] => 8,
        [_, _, control, ..] if control & 3 != 3 => 4,
        _ => 3,
    };
    if input.captured() < needed { Err(input.cut(needed)) } else { Ok(needed) }
}

fn service(point: u64) -> &'static str {
    match point & 0xfe {
        0x00 => "null",
        0x04 => "SNA",
        0x06 => "IP",
        0x42 => "Spanning Tree",
        0x98 => "ARP",
        0xaa => "SNAP",
        0xe0 => "IPX",
        0xf0 => "NetBIOS",
        0xfe if point == 0xff => "broadcast, or IPX without 802.2",
        0xfe => "OSI network layer",
        _ => "a service synscope does not know",
    }
}

fn control_words(control: u64, length: u32) -> &'static str {
    match (length, control) {
        (1, 0x03) => "unnumbered information: data without connection",
        (1, 0xaf | 0xbf) => "exchange identification",
        (1, 0xe3 | 0xf3) => "test",
        (1, _) => "unnumbered",
        _ if control & 0x0100 == 0 => "information, numbered",
        _ => "supervisory",
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::{Dissector, Selector, Stop};

    #[test]
    fn snap_with_a_zero_organization_carries_an_ethertype() {
        let mut frame = vec![0; 12];
        frame.extend([0x00, 0x08, 0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x88, 0xcc]);
        let dissection = Dissector::new().dissect(LinkType::ETHERNET, &frame, 22, 0);
        assert_eq!(dissection.stop, Some(Stop::Unknown(Selector::EtherType(0x88cc))));
        let layers = Dissector::new().explain(LinkType::ETHERNET, &frame, 22, 0);
        assert_eq!(layers[1].summary, "SNAP   carries LLDP (0x88cc)");
    }
}
