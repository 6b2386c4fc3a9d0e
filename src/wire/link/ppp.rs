//! The Point-to-Point Protocol (RFC 1661), with or without HDLC-like framing (RFC 1662).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::tunnel::ppp_number;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Address and control of HDLC-like framing (RFC 1662 §3.1).
const ALL_STATIONS: u8 = 0xff;
const UNNUMBERED_INFORMATION: u8 = 0x03;

/// A PPP header: what is there of address and control, and the protocol field.
pub struct Ppp;

impl Protocol for Ppp {
    fn name(&self) -> &'static str {
        "ppp"
    }

    fn title(&self) -> &'static str {
        "PPP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[
            Selector::Link(LinkType::PPP),
            Selector::Link(LinkType::PPP_HDLC),
            Selector::Link(LinkType::PPP_PPPD),
            Selector::Link(LinkType::PPP_WITH_DIRECTION),
        ]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        if is_cisco(input) {
            let next = Some(Selector::Link(LinkType::CISCO_HDLC));
            return Ok(Step { header_length: 0, payload_length: input.declared, next, fact: Fact::Nothing });
        }
        let front = Front::read(input);
        let (number, length) = protocol(input, front.end)?;
        let header_length = front.end + length;
        Ok(Step {
            header_length,
            payload_length: input.after(header_length),
            next: Some(Selector::PppProtocol(number)),
            fact: Fact::Nothing,
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        if is_cisco(input) {
            out.summary = String::from("Cisco's framing stands in its place");
            return;
        }
        let front = Front::read(input);
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_PPP_WITH_DIR");
        let direction = |v: u64| String::from(if v == 0 { "0 received" } else { "sent by this host" });
        fields.number("direction", (0, front.direction), direction);
        fields.cite("RFC 1662 §3.1");
        fields.number("address", (front.direction, front.address), |v| format!("0x{v:02x} all stations"));
        fields.number("control", (front.end - front.control, front.control), |v| {
            format!("0x{v:02x} unnumbered information")
        });
        if let Ok((number, length)) = protocol(input, front.end) {
            ppp_number::explain_number(&mut fields, (front.end, length));
            fields.summary(format!("carries {}", ppp_number::words(number)));
        }
    }
}

/// What is there before the protocol field: lengths in bytes, 0 or 1 each.
struct Front {
    direction: u32,
    address: u32,
    control: u32,
    /// Where the protocol field begins.
    end: u32,
}

impl Front {
    fn read(input: &Input<'_>) -> Self {
        let (direction, framed) = match input.selected_by {
            // The direction stands where the address would be.
            Selector::Link(LinkType::PPP_PPPD) => {
                let control = u32::from(octets::byte(input.bytes, 1) == Some(UNNUMBERED_INFORMATION));
                return Self { direction: 1, address: 0, control, end: 1 + control };
            }
            Selector::Link(LinkType::PPP_WITH_DIRECTION) => (1, begins_framed(input.bytes, 1)),
            _ => (0, begins_framed(input.bytes, 0)),
        };
        let framed = u32::from(framed);
        Self { direction, address: framed, control: framed, end: direction + 2 * framed }
    }
}

/// Address and control may be left out by agreement (RFC 1661 §6.6); no protocol number begins as they do.
fn begins_framed(bytes: &[u8], place: u32) -> bool {
    octets::chunk(bytes, place) == Some([ALL_STATIONS, UNNUMBERED_INFORMATION])
}

/// Whether a serial line was captured that speaks Cisco's framing, which has the same link type (RFC 1547 §4.3.1).
fn is_cisco(input: &Input<'_>) -> bool {
    let serial = input.selected_by == Selector::Link(LinkType::PPP_HDLC);
    serial && matches!(input.bytes, [0x0f | 0x8f, 0x00, ..])
}

/// The protocol number and the bytes it takes: one where it was compressed, which its odd first byte tells (RFC 1661 §2, §6.5).
fn protocol(input: &Input<'_>, place: u32) -> Result<(u16, u32), Stop> {
    let first = octets::byte(input.bytes, place).ok_or_else(|| input.cut(place + 1))?;
    if first & 1 == 1 {
        return Ok((u16::from(first), 1));
    }
    let number = octets::big_16(input.bytes, place).ok_or_else(|| input.cut(place + 2))?;
    Ok((number, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    fn stop(link_type: LinkType, frame: &[u8]) -> Option<Stop> {
        let length = u32::try_from(frame.len()).unwrap();
        Dissector::new().dissect(link_type, frame, length, 0).stop
    }

    #[test]
    fn address_control_and_half_of_the_protocol_may_be_missing() {
        let lcp = Some(Stop::Unknown(Selector::PppProtocol(0xc021)));
        assert_eq!(stop(LinkType::PPP, &[0xff, 0x03, 0xc0, 0x21, 1]), lcp);
        assert_eq!(stop(LinkType::PPP, &[0xc0, 0x21, 1]), lcp);
        assert_eq!(stop(LinkType::PPP_WITH_DIRECTION, &[1, 0xff, 0x03, 0xc0, 0x21, 1]), lcp);
        assert_eq!(stop(LinkType::PPP_PPPD, &[0, 0x03, 0xc0, 0x21, 1]), lcp);
        for front in [&[0x21][..], &[0, 0x21], &[0xff, 3, 0x21], &[0xff, 3, 0, 0x21]] {
            let frame = [front, &[0x45]].concat();
            assert!(matches!(stop(LinkType::PPP, &frame), Some(Stop::Cut { needed: 20, .. })));
        }
        assert!(matches!(stop(LinkType::PPP, &[0x57, 0x60]), Some(Stop::Cut { needed: 40, .. })));
    }

    #[test]
    fn a_serial_line_may_speak_ciscos_framing() {
        let frame = [0x0f, 0, 0x88, 0xcc];
        assert_eq!(stop(LinkType::PPP_HDLC, &frame), Some(Stop::Unknown(Selector::EtherType(0x88cc))));
    }

    #[test]
    fn what_is_agreed_on_is_named() {
        let layers = Dissector::new().explain(LinkType::PPP_HDLC, &[0xff, 3, 0xc0, 0x21, 1, 1, 0, 4], 8, 0);
        assert_eq!(layers[0].summary, "carries LCP (0xc021)");
    }
}
