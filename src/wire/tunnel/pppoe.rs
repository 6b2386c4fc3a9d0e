//! PPP over Ethernet: finding a concentrator, and the session with it (RFC 2516).

use crate::base::{ByteSpan, LinkType};
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::tunnel::ppp_number::{self, PppNumber};
use crate::wire::tunnel::{Carrier, CarrierKind, pppoe_tag};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Header length in bytes, without the PPP protocol number behind it.
const HEADER: u32 = 6;
/// Place of the session identifier.
const SESSION: u32 = 2;

/// A discovery packet with its tags.
pub struct PppoeDiscovery;

/// A session packet's header with the number of what PPP carries.
pub struct PppoeSession;

impl Protocol for PppoeDiscovery {
    fn name(&self) -> &'static str {
        "pppoe_discovery"
    }

    fn title(&self) -> &'static str {
        "PPPoE discovery"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::EtherType(0x8863)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = HEADER + payload_length(input)?;
        Ok(Step { header_length, payload_length: 0, next: None, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 2516 §4");
        explain_header(&mut fields, input);
        let Ok(length) = payload_length(input) else {
            return;
        };
        let service = pppoe_tag::explain(&mut fields.part(HEADER, length));
        if let [_, code, high, low, ..] = input.bytes {
            let mut parts = vec![code_text((*code).into())];
            match u16::from_be_bytes([*high, *low]) {
                0 => {}
                session => parts.push(format!("session {session}")),
            }
            parts.extend(service);
            fields.summary(parts.join("   "));
        }
    }
}

impl Protocol for PppoeSession {
    fn name(&self) -> &'static str {
        "pppoe"
    }

    fn title(&self) -> &'static str {
        "PPPoE session"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::EtherType(0x8864), Selector::Link(LinkType::PPP_ETHERNET)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let payload = payload_length(input)?;
        let id = octets::big_16(input.bytes, SESSION);
        let frame = ByteSpan::new(HEADER, payload).of(input.bytes);
        let ppp = match PppNumber::read(frame) {
            Some(ppp) => ppp,
            None if payload < 2 => {
                return Err(Stop::Malformed("no PPP protocol number in the session packet"));
            }
            None => return Err(input.cut(HEADER + 2)),
        };
        Ok(Step {
            header_length: HEADER + ppp.header_length(),
            payload_length: payload.saturating_sub(ppp.header_length()),
            next: Some(ppp.selector()),
            fact: Fact::Carrier(Carrier { kind: CarrierKind::Pppoe, id: id.map(u32::from) }),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 2516 §4");
        explain_header(&mut fields, input);
        ppp_number::explain(&mut fields.part(HEADER, u32::MAX));
        let behind = ByteSpan::new(HEADER, u32::MAX).of(input.bytes);
        if let (Some(session), Some(ppp)) = (octets::big_16(input.bytes, SESSION), PppNumber::read(behind)) {
            fields.summary(format!("session {session}   carries {}", ppp_number::words(ppp.number)));
        }
    }
}

/// Bytes behind the header as its length says: what Ethernet puts behind them is padding.
fn payload_length(input: &Input<'_>) -> Result<u32, Stop> {
    let [first, _, _, _, high, low] = *input.bytes.first_chunk::<6>().ok_or_else(|| input.cut(HEADER))?;
    if first != 0x11 {
        return Err(Stop::Malformed("PPPoE version and type are not both 1"));
    }
    Ok(u32::from(u16::from_be_bytes([high, low])).min(input.after(HEADER)))
}

fn explain_header(fields: &mut FieldWriter<'_>, input: &Input<'_>) {
    fields.bits("version", (0, 1), (0, 4), |v| v.to_string());
    fields.bits("type", (0, 1), (4, 4), |v| v.to_string());
    fields.number("code", (1, 1), |v| format!("0x{v:02x} {}", code_text(v)));
    fields.number("session ID", (2, 2), |v| v.to_string());
    fields.number("length", (4, 2), |v| counted(v, "byte"));
    if let [_, _, _, _, high, low, ..] = input.bytes {
        let (length, there) = (u32::from(u16::from_be_bytes([*high, *low])), input.after(HEADER));
        if length > there {
            let there = counted(there.into(), "byte");
            fields.note(format!("The length claims {length} bytes, but the frame has only {there} more."));
        }
    }
}

fn code_text(code: u64) -> String {
    let name = match code {
        0x00 => "session data",
        0x07 => "offer (PADO): a concentrator answers",
        0x09 => "initiation (PADI): looking for a concentrator",
        0x19 => "request (PADR): asks one for a session",
        0x65 => "session confirmation (PADS)",
        0xa7 => "termination (PADT): the session is over",
        _ => "code that synscope does not know",
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::wire::Stop;
    use crate::wire::tunnel::testing::{dissect_frame, ethernet, ipv4, names, tcp};

    #[test]
    fn a_session_carries_ip_and_padding_is_none_of_it() {
        let packet = ipv4(6, &tcp());
        let header = [0x11, 0, 0, 5, 0, 42, 0, 0x21];
        let mut frame = ethernet(0x8864, &[&header[..], &packet].concat());
        frame.resize(70, 0);
        let dissection = dissect_frame(&frame);
        assert_eq!(names(&dissection), ["ethernet", "pppoe", "ipv4", "tcp"]);
        assert_eq!(dissection.carriers.iter().next().unwrap().to_string(), "PPPoE session 5");
        assert_eq!((dissection.payload.len, dissection.trailer.len), (0, 8));
    }

    #[test]
    fn a_wrong_version_is_malformed() {
        let dissection = dissect_frame(&ethernet(0x8864, &[0x21, 0, 0, 5, 0, 2, 0, 0x21]));
        assert!(matches!(dissection.stop, Some(Stop::Malformed(_))));
    }
}
