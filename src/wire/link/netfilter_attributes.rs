//! The attributes of a logged or queued packet (Linux `nfnetlink_log.h`, `nfnetlink_queue.h`): the packet is one of them.

use crate::base::convert::narrow;
use crate::explain::{FieldWriter, hex, printable};
use crate::wire::link::ether_type;
use crate::wire::{Input, Selector, Stop, octets};

/// An attribute's length and type: 4 bytes.
const HEADER: u32 = 4;
/// Bits of the type that are flags (Linux `netlink.h`).
const TYPE: u16 = 0x3fff;
/// Attribute with the packet's EtherType, in either list.
const PACKET_HEADER: u16 = 1;
/// Attribute with a logged packet's mark that the user chose.
const LOG_PREFIX: u16 = 10;
/// Address families (Linux `socket.h`).
const INET: u8 = 2;
const INET6: u8 = 10;

/// Which list of attributes a message has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// A packet that a rule logs.
    Log,
    /// A packet that waits for a program's decision.
    Queue,
}

impl List {
    fn payload(self) -> u16 {
        match self {
            Self::Log => 9,
            Self::Queue => 10,
        }
    }

    /// Where the EtherType is in the packet header attribute.
    fn ether_type(self) -> u32 {
        match self {
            Self::Log => 0,
            Self::Queue => 4,
        }
    }
}

/// Where the logged packet is, and what it is.
pub(super) struct Packet {
    /// First byte of the packet.
    pub(super) start: u32,
    /// Its bytes, as its attribute declares.
    pub(super) length: u32,
    /// What reads it.
    pub(super) next: Option<Selector>,
}

impl Packet {
    /// Finds the packet among the attributes from `start` on; `family` is the message's address family.
    pub(super) fn find(input: &Input<'_>, start: u32, list: List, family: u8) -> Result<Option<Self>, Stop> {
        let mut number = None;
        for attribute in attributes(input.bytes, start) {
            if attribute.kind == PACKET_HEADER {
                number = octets::big_16(input.bytes, attribute.value + list.ether_type());
            }
            if attribute.kind == list.payload() {
                let next = match (family, number) {
                    (INET, _) => Some(Selector::EtherType(ether_type::IPV4)),
                    (INET6, _) => Some(Selector::EtherType(ether_type::IPV6)),
                    (_, Some(number)) if number >= ether_type::SMALLEST => Some(Selector::EtherType(number)),
                    _ => None,
                };
                return Ok(Some(Self { start: attribute.value, length: attribute.length, next }));
            }
        }
        let unread = end(input.bytes, start);
        if input.captured() < input.declared && unread < input.declared {
            return Err(input.cut(unread.saturating_add(HEADER).max(input.captured().saturating_add(1))));
        }
        Ok(None)
    }
}

/// One attribute whose header was captured.
struct Attribute {
    kind: u16,
    /// Where its value begins.
    value: u32,
    /// Bytes of the value, as declared.
    length: u32,
}

/// The attributes from `start` on; a length below its own header's ends the list, so it is never longer than the bytes.
fn attributes(bytes: &[u8], start: u32) -> impl Iterator<Item = Attribute> {
    let little = is_little(bytes, start);
    let number = move |place| {
        if little { octets::little_16(bytes, place) } else { octets::big_16(bytes, place) }
    };
    let mut place = start;
    std::iter::from_fn(move || {
        let length = u32::from(number(place)?).checked_sub(HEADER)?;
        let kind = number(place.saturating_add(2))? & TYPE;
        let value = place.saturating_add(HEADER);
        place = value.saturating_add(length.next_multiple_of(4));
        Some(Attribute { kind, value, length })
    })
}

/// Numbers are in the order of the machine that captured: the one in which the first attribute's length is the smaller.
fn is_little(bytes: &[u8], start: u32) -> bool {
    octets::little_16(bytes, start) <= octets::big_16(bytes, start)
}

fn end(bytes: &[u8], start: u32) -> u32 {
    attributes(bytes, start).last().map_or(start, |last| last.value.saturating_add(last.length))
}

/// Writes the attributes up to the packet.
pub(super) fn explain(fields: &mut FieldWriter<'_>, start: u32, list: List) {
    let bytes = fields.bytes();
    let source = match list {
        List::Log => "Linux nfnetlink_log.h",
        List::Queue => "Linux nfnetlink_queue.h",
    };
    fields.cite(source);
    for Attribute { kind, value, length } in attributes(bytes, start) {
        if kind == list.payload() {
            fields.raw("payload attribute", (value - HEADER, HEADER), |_| {
                format!("a packet of {length} bytes")
            });
            return;
        }
        if value.saturating_add(length) > narrow(bytes.len()) {
            return;
        }
        let place = (value, length);
        match (kind, list) {
            (PACKET_HEADER, _) => explain_packet_header(fields, value, list),
            (LOG_PREFIX, List::Log) => fields.text("prefix", place, words),
            (kind, list) => fields.raw(name(kind, list), place, hex),
        }
    }
}

fn explain_packet_header(fields: &mut FieldWriter<'_>, place: u32, list: List) {
    let number = place + list.ether_type();
    fields.number("packet identifier", (place, list.ether_type()), |v| v.to_string());
    fields.number("hardware protocol", (number, 2), |v| match u16::try_from(v) {
        Ok(number) if number >= ether_type::SMALLEST => ether_type::text(number),
        _ => format!("0x{v:04x}"),
    });
    fields.number("hook", (number + 2, 1), |v| format!("{v} {}", hook(v)));
}

fn words(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    if text.is_empty() {
        String::from("none")
    } else {
        printable(&String::from_utf8_lossy(text)).into_owned()
    }
}

fn hook(number: u64) -> &'static str {
    match number {
        0 => "before routing",
        1 => "to this host",
        2 => "forwarded",
        3 => "from this host",
        4 => "after routing",
        _ => "elsewhere",
    }
}

fn name(kind: u16, list: List) -> &'static str {
    match (kind, list) {
        (2, List::Log) | (3, List::Queue) => "mark",
        (2, List::Queue) => "verdict",
        (3, List::Log) | (4, List::Queue) => "time",
        (4, List::Log) | (5, List::Queue) => "interface of arrival",
        (5, List::Log) | (6, List::Queue) => "interface of departure",
        (6, List::Log) | (7, List::Queue) => "bridge port of arrival",
        (7, List::Log) | (8, List::Queue) => "bridge port of departure",
        (8, List::Log) | (9, List::Queue) => "sender's hardware address",
        (11, List::Log) | (16, List::Queue) => "user identifier",
        (14, List::Log) | (17, List::Queue) => "group identifier",
        (12, List::Log) => "sequence number",
        (13, List::Log) => "sequence number of all groups",
        (15, List::Log) => "hardware type",
        (16, List::Log) => "hardware header",
        (17, List::Log) => "hardware header length",
        (18, List::Log) | (11, List::Queue) => "tracked connection",
        (19, List::Log) | (12, List::Queue) => "state of the tracked connection",
        (13, List::Queue) => "captured length",
        (14, List::Queue) => "offload",
        _ => "attribute",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_in_both_byte_orders() {
        for bytes in [
            [8, 0, 1, 0, 0x86, 0xdd, 0, 0, 6, 0, 9, 0, 7, 7],
            [0, 8, 0, 1, 0x86, 0xdd, 0, 0, 0, 6, 0, 9, 7, 7],
        ] {
            let found: Vec<_> = attributes(&bytes, 0).map(|a| (a.kind, a.value, a.length)).collect();
            assert_eq!(found, [(1, 4, 4), (9, 12, 2)]);
        }
    }

    #[test]
    fn a_length_of_nothing_ends_the_list() {
        assert_eq!(attributes(&[0; 400], 0).count(), 0);
        assert_eq!(attributes(&[4, 0, 3, 0].repeat(100), 0).count(), 100);
    }
}
