//! Netlink messages of the Netfilter family, as `LINKTYPE_NETLINK` captures them (Linux `netlink.h`, `nfnetlink.h`): those that
//! log or queue a packet carry it.

use crate::base::ByteSpan;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::netfilter_attributes::{self, List};
use crate::wire::link::netfilter_log;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Length, type, flags, sequence number and port identifier: 16 bytes.
const HEADER: u32 = 16;
/// General Netfilter header behind it: 4 bytes.
const GENERAL: u32 = 4;

/// A netlink message and the attributes up to the packet that it carries.
pub struct NetfilterMessage;

impl Protocol for NetfilterMessage {
    fn name(&self) -> &'static str {
        "netfilter_message"
    }

    fn title(&self) -> &'static str {
        "Netfilter message"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Netfilter]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        if input.captured() < HEADER {
            return Err(input.cut(HEADER));
        }
        let message = Message::read(input);
        if message.length < HEADER {
            return Err(Stop::Malformed("the netlink message's length is below that of its header"));
        }
        let length = message.length.min(input.declared);
        match message.list() {
            Some(list) if length >= HEADER + GENERAL => {
                let bytes = ByteSpan::new(0, length).of(input.bytes);
                let own = Input { bytes, declared: length, ..*input };
                netfilter_log::dissect(&own, HEADER, list)
            }
            _ => Ok(Step {
                header_length: HEADER,
                payload_length: length.saturating_sub(HEADER),
                next: None,
                fact: Fact::Nothing,
            }),
        }
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "Linux netlink.h");
        if input.captured() < HEADER {
            return;
        }
        let message = Message::read(input);
        message.explain(&mut fields);
        if let Some(list) = message.list() {
            let mut fields = fields.part(0, message.length);
            netfilter_log::explain(fields.cite("Linux nfnetlink.h"), HEADER);
            netfilter_attributes::explain(&mut fields, HEADER + GENERAL, list);
        }
        let end = message.length.saturating_add(3) & !3;
        if end >= HEADER && end < input.declared {
            fields
                .note("Several messages are in this frame. The first is shown, the others are not followed.");
        }
        fields.summary(String::from(message.words()));
    }
}

/// The numbers of a message's header, which are in the order of the machine that captured.
struct Message {
    little: bool,
    length: u32,
    subsystem: u8,
    kind: u8,
}

impl Message {
    /// Of the two orders the one that gives the smaller length: no message is longer than 64 KiB.
    fn read(input: &Input<'_>) -> Self {
        let (small, big) = (octets::little_32(input.bytes, 0), octets::big_32(input.bytes, 0));
        let little = small <= big;
        let length = if little { small } else { big }.unwrap_or(0);
        let [first, second] = octets::chunk(input.bytes, 4).unwrap_or_default();
        let (subsystem, kind) = if little { (second, first) } else { (first, second) };
        Self { little, length, subsystem, kind }
    }

    fn list(&self) -> Option<List> {
        match (self.subsystem, self.kind) {
            (3, 0) => Some(List::Queue),
            (4, 0) => Some(List::Log),
            _ => None,
        }
    }

    fn words(&self) -> &'static str {
        match (self.subsystem, self.kind) {
            (0, 2) => "an acknowledgment or an error",
            (0, 3) => "the end of a list",
            (1 | 2, _) => "on tracked connections",
            (3, 0) => "a packet that waits for a program's decision",
            (3, 1 | 3) => "a program's decision on a packet",
            (4, 0) => "a packet that a rule logged",
            (10, _) => "on the rules of nftables",
            _ => "to or from the packet filter",
        }
    }

    fn explain(&self, fields: &mut FieldWriter<'_>) {
        let mut number = |name, place, text: fn(u64) -> String| {
            if self.little { fields.little(name, place, text) } else { fields.number(name, place, text) }
        };
        number("length", (0, 4), |v| format!("{v} bytes"));
        number("type", (4, 2), |v| format!("subsystem {}, message {}", v >> 8, v & 0xff));
        number("flags", (6, 2), |v| format!("0x{v:04x}"));
        number("sequence number", (8, 4), |v| v.to_string());
        number("port identifier", (12, 4), |v| v.to_string());
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::Dissector;

    /// A cooked header and a message with an IPv4 packet in the attribute of that type.
    fn frame(kind: [u8; 2], attribute: u8) -> Vec<u8> {
        let mut frame = vec![0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12];
        frame.extend([44, 0, 0, 0, kind[0], kind[1], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1]);
        frame.extend([
            24, 0, attribute, 0, 0x45, 0, 0, 20, 0, 0, 0, 0, 9, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
        ]);
        frame
    }

    fn ttl(kind: [u8; 2], attribute: u8) -> Option<u8> {
        let dissection = Dissector::new().dissect(LinkType::NETLINK, &frame(kind, attribute), 60, 0);
        dissection.network.map(|network| network.ttl)
    }

    #[test]
    fn logged_and_queued_packets_are_found() {
        assert_eq!((ttl([0, 4], 9), ttl([0, 3], 10)), (Some(9), Some(9)));
        assert_eq!((ttl([0, 4], 10), ttl([1, 3], 10)), (None, None));
    }

    #[test]
    fn further_messages_in_the_frame_are_said_to_be_there() {
        let mut two = frame([0, 4], 9);
        two.extend([0; 20]);
        let layers = Dissector::new().explain(LinkType::NETLINK, &two, 80, 0);
        assert_eq!(layers[1].summary, "a packet that a rule logged");
        assert!(layers[1].notes[0].starts_with("Several messages"));
    }
}
