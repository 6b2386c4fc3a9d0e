//! Packets that the BSDs' packet filter logs (`LINKTYPE_PFLOG`): the rule that did it, then the packet.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex, printable};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Shortest header: up to the interface's name and the two names behind it.
const SHORTEST: u32 = 45;

/// A pflog header.
pub struct PacketFilterLog;

impl Protocol for PacketFilterLog {
    fn name(&self) -> &'static str {
        "pflog"
    }

    fn title(&self) -> &'static str {
        "pf log"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::PFLOG)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let [length, family] = octets::chunk(input.bytes, 0).ok_or_else(|| input.cut(SHORTEST))?;
        if u32::from(length) < SHORTEST {
            return Err(Stop::Malformed("pflog header length below 45 bytes"));
        }
        // The header says its length without the filling behind it.
        let header_length = u32::from(length).next_multiple_of(4);
        if input.captured() < header_length {
            return Err(input.cut(header_length));
        }
        let next = match family {
            2 => Some(Selector::EtherType(ether_type::IPV4)),
            24 | 28 | 30 => Some(Selector::EtherType(ether_type::IPV6)),
            _ => None,
        };
        let payload_length = input.after(header_length);
        Ok(Step { header_length, payload_length, next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "OpenBSD if_pflog.h");
        fields.number("length", (0, 1), |v| format!("{v} bytes"));
        fields.number("address family", (1, 1), |v| v.to_string());
        fields.number("action", (2, 1), |v| format!("{v} {}", action(v)));
        fields.number("reason", (3, 1), |v| v.to_string());
        fields.text("interface name", (4, 16), text);
        fields.text("rule set", (20, 16), text);
        fields.number("rule number", (36, 4), |v| v.to_string());
        let length = input.bytes.first().map_or(0, |length| u32::from(*length).next_multiple_of(4));
        fields.part(0, length).raw("further fields", (40, u32::MAX), hex);
        let interface = fields.at((4, 16)).map(text).unwrap_or_default();
        let action = octets::byte(input.bytes, 2).map_or("logged", |code| action(u64::from(code)));
        fields.summary(format!("{action} on interface {interface}"));
    }
}

fn text(bytes: &[u8]) -> String {
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    if name.is_empty() {
        String::from("none")
    } else {
        printable(&String::from_utf8_lossy(name)).into_owned()
    }
}

fn action(code: u64) -> &'static str {
    match code {
        0 => "passed",
        1 => "dropped",
        2 => "scrubbed",
        4 => "translated",
        _ => "logged",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn a_logged_packet_follows_the_filled_up_header() {
        let mut frame = vec![0; 64];
        frame[..8].copy_from_slice(&[61, 2, 1, 0, b'e', b'm', b'0', 0]);
        frame.push(0x45);
        let stop = Dissector::new().dissect(LinkType::PFLOG, &frame, 65, 0).stop;
        assert!(matches!(stop, Some(Stop::Cut { needed: 20, .. })), "{stop:?}");
        let layers = Dissector::new().explain(LinkType::PFLOG, &frame, 65, 0);
        assert_eq!(layers[0].summary, "dropped on interface em0");
    }
}
