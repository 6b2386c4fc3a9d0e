//! 802.11 frames (IEEE 802.11 §9): the header of every kind, and what a data frame carries.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::ieee80211_words as words;
use crate::wire::link::{LinkAddresses, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Frame control and duration, with which every frame begins: 4 bytes.
const SHORTEST: u32 = 4;
/// Three addresses and sequence control behind them, as management and data frames have: 24 bytes.
const FULL: u32 = 24;
/// Two addresses and the length of an aggregated part, before its 802.2 header (§9.3.2.2): 14 bytes.
const PART: u32 = 14;

/// Bits of the second byte of frame control (§9.2.4.1).
const TO_DS: u8 = 0x01;
const FROM_DS: u8 = 0x02;
const MORE_FRAGMENTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const HT_CONTROL: u8 = 0x80;

/// An 802.11 frame from its frame control on, without its check sequence.
pub struct Ieee80211;

impl Protocol for Ieee80211 {
    fn name(&self) -> &'static str {
        "ieee80211"
    }

    fn title(&self) -> &'static str {
        "IEEE 802.11"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::IEEE802_11), Selector::Ieee80211, Selector::PaddedIeee80211]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = Header::read(input)?;
        let length = header.length(input);
        if input.captured() < length {
            return Err(input.cut(length));
        }
        let fact = header.addresses(input).map_or(Fact::Nothing, Fact::Link);
        let step = Step { header_length: length, payload_length: input.after(length), next: None, fact };
        if !header.is_readable(input) {
            return Ok(step);
        }
        let next = Some(Selector::Llc);
        if !header.is_aggregate(input) {
            return Ok(Step { next, ..step });
        }
        let part = Part::read(input, length).ok_or_else(|| input.cut(length + PART))?;
        Ok(Step {
            header_length: length + PART,
            payload_length: input.after(length + PART).min(part.length),
            next,
            fact: Fact::Link(part.addresses),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "IEEE 802.11 §9.2.4.1");
        explain_control(&mut fields);
        let Ok(header) = Header::read(input) else { return };
        fields.cite("IEEE 802.11 §9.2.4.2").little("duration or identifier", (2, 2), words::duration);
        explain_addresses(&mut fields, header);
        let mut place = header.addresses_end();
        if header.kind == Kind::Data && header.is_quality() {
            explain_quality(&mut fields, place);
            place += 2;
        }
        if header.has_ht_control() {
            fields.cite("IEEE 802.11 §9.2.4.6").little("HT control", (place, 4), |v| format!("0x{v:08x}"));
            place += 4;
        }
        let length = header.length(input);
        fields.raw("filling", (place, length - place), |_| String::from("up to a multiple of four bytes"));
        if header.is_readable(input) && header.is_aggregate(input) {
            explain_part(&mut fields, input, length);
        }
        note_payload(&mut fields, header, input);
        fields.summary(summary(header, input));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Management,
    Control,
    Data,
    Extension,
}

/// The two bytes of frame control.
#[derive(Clone, Copy)]
struct Header {
    kind: Kind,
    subtype: u8,
    flags: u8,
}

impl Header {
    fn read(input: &Input<'_>) -> Result<Self, Stop> {
        let [first, flags] = octets::chunk(input.bytes, 0).ok_or_else(|| input.cut(SHORTEST))?;
        if first & 3 != 0 {
            return Err(Stop::Malformed("the 802.11 protocol version is not 0"));
        }
        let kind = match first >> 2 & 3 {
            0 => Kind::Management,
            1 => Kind::Control,
            2 => Kind::Data,
            _ => Kind::Extension,
        };
        Ok(Self { kind, subtype: first >> 4, flags })
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Data frames with a control field for quality of service (§9.2.4.1.3).
    fn is_quality(self) -> bool {
        self.subtype & 8 != 0
    }

    fn has_ht_control(self) -> bool {
        let place = self.kind == Kind::Management || self.kind == Kind::Data && self.is_quality();
        place && self.has(HT_CONTROL)
    }

    fn has_four_addresses(self) -> bool {
        self.kind == Kind::Data && self.flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS
    }

    /// Length in bytes up to the last address, sequence control included.
    fn addresses_end(self) -> u32 {
        match (self.kind, self.subtype) {
            (Kind::Management, _) => FULL,
            (Kind::Data, _) => FULL + if self.has_four_addresses() { 6 } else { 0 },
            // Trigger, beamforming report poll, NDP announcement, block ack and its request, PS-Poll, RTS, CF-End (§9.3.1).
            (Kind::Control, 2 | 4 | 5 | 8..=11 | 14 | 15) => 16,
            (Kind::Control, _) => 10,
            (Kind::Extension, _) => SHORTEST,
        }
    }

    fn length(self, input: &Input<'_>) -> u32 {
        let quality = if self.kind == Kind::Data && self.is_quality() { 2 } else { 0 };
        let ht_control = if self.has_ht_control() { 4 } else { 0 };
        let length = self.addresses_end() + quality + ht_control;
        let padded = input.selected_by == Selector::PaddedIeee80211 && self.kind == Kind::Data;
        if padded { length.next_multiple_of(4) } else { length }
    }

    /// Who sent the data to whom, beyond the access points between them (§9.3.2.1, table 9-30).
    fn addresses(self, input: &Input<'_>) -> Option<LinkAddresses> {
        if self.kind != Kind::Data && self.kind != Kind::Management {
            return None;
        }
        let (destination, source) = match (self.has(TO_DS), self.has(FROM_DS)) {
            _ if self.kind == Kind::Management => (4, 10),
            (false, false) => (4, 10),
            (false, true) => (4, 16),
            (true, false) => (16, 10),
            (true, true) => (16, 24),
        };
        Some(LinkAddresses {
            source: octets::chunk(input.bytes, source)?,
            destination: octets::chunk(input.bytes, destination)?,
        })
    }

    /// Whether it is one of several frames that make up a whole (§10.4).
    fn is_fragment(self, input: &Input<'_>) -> bool {
        let number = octets::byte(input.bytes, 22).map_or(0, |control| control & 15);
        self.kind == Kind::Data && (self.has(MORE_FRAGMENTS) || number > 0)
    }

    /// Whether data follows that can be read from this frame alone.
    fn is_readable(self, input: &Input<'_>) -> bool {
        self.carries_data() && !self.has(PROTECTED) && !self.is_fragment(input)
    }

    fn carries_data(self) -> bool {
        self.kind == Kind::Data && self.subtype & 4 == 0
    }

    /// The control field for quality of service says that several parts follow, each with addresses of its own (§9.2.4.5.9).
    fn is_aggregate(self, input: &Input<'_>) -> bool {
        let control = octets::byte(input.bytes, self.addresses_end()).unwrap_or(0);
        self.is_quality() && control & 0x80 != 0
    }
}

/// The first part of an aggregate (§9.3.2.2).
struct Part {
    addresses: LinkAddresses,
    /// Bytes of data behind its header.
    length: u32,
}

impl Part {
    fn read(input: &Input<'_>, start: u32) -> Option<Self> {
        let destination = octets::chunk(input.bytes, start)?;
        let source = octets::chunk(input.bytes, start + 6)?;
        let length = octets::big_16(input.bytes, start + 12)?;
        Some(Self { addresses: LinkAddresses { source, destination }, length: u32::from(length) })
    }
}

fn explain_control(fields: &mut FieldWriter<'_>) {
    let first = fields.at((0, 1)).and_then(<[u8]>::first).copied().unwrap_or_default();
    let kind = first >> 2 & 3;
    fields.bits("subtype", (0, 1), (0, 4), |v| format!("{v} {}", words::subtype(kind, v)));
    fields.bits("type", (0, 1), (4, 2), |v| format!("{v} {}", words::kind(v)));
    fields.bits("protocol version", (0, 1), (6, 2), |v| v.to_string());
    fields.flag("HT control or strict order", (1, 1), 0, ("an HT control field, or strictly ordered", ""));
    fields.flag("protected frame", (1, 1), 1, ("what follows is encrypted", "not encrypted"));
    fields.flag("more data", (1, 1), 2, ("more is kept for a sleeping receiver", ""));
    fields.flag("power management", (1, 1), 3, ("the sender will sleep", ""));
    fields.flag("retry", (1, 1), 4, ("sent again: no acknowledgment of the last one came on the air", ""));
    fields.flag("more fragments", (1, 1), 5, ("more fragments of it follow", ""));
    fields.flag("from DS", (1, 1), 6, ("leaves the distribution system", ""));
    fields.flag("to DS", (1, 1), 7, ("for the distribution system", ""));
}

fn explain_addresses(fields: &mut FieldWriter<'_>, header: Header) {
    fields.cite("IEEE 802.11 §9.2.4.3");
    let both = (header.has(TO_DS), header.has(FROM_DS));
    let end = header.addresses_end();
    let (first, second, third) = words::addresses(header.kind == Kind::Data, both);
    mac_address::explain(fields, first, (4, if end > SHORTEST { 6 } else { 0 }));
    mac_address::explain(fields, second, (10, if end > 10 { 6 } else { 0 }));
    if end >= FULL {
        mac_address::explain(fields, third, (16, 6));
        fields.cite("IEEE 802.11 §9.2.4.4").little("sequence control", (22, 2), |v| {
            format!("sequence number {}, fragment {}", v >> 4, v & 15)
        });
    }
    if header.has_four_addresses() {
        mac_address::explain(fields.cite("IEEE 802.11 §9.2.4.3"), "source address", (24, 6));
    }
}

fn explain_quality(fields: &mut FieldWriter<'_>, place: u32) {
    fields.cite("IEEE 802.11 §9.2.4.5");
    fields.flag("A-MSDU present", (place, 1), 0, ("several packets follow, each with its addresses", ""));
    fields.bits("ack policy", (place, 1), (1, 2), |v| format!("{v} {}", words::ack_policy(v)));
    fields.flag("end of service period", (place, 1), 3, ("for the end of a service period", ""));
    fields.bits("traffic identifier", (place, 1), (4, 4), |v| v.to_string());
    fields.number("queue size or limit", (place + 1, 1), |v| v.to_string());
}

fn explain_part(fields: &mut FieldWriter<'_>, input: &Input<'_>, start: u32) {
    fields.cite("IEEE 802.11 §9.3.2.2");
    mac_address::explain(fields, "A-MSDU destination address", (start, 6));
    mac_address::explain(fields, "A-MSDU source address", (start + 6, 6));
    fields.number("A-MSDU length", (start + 12, 2), |v| format!("{v} bytes"));
    if Part::read(input, start).is_some_and(|part| part.length < input.after(start + PART)) {
        fields.note(
            "An aggregate (A-MSDU): the frame carries several packets. The first is shown, the others are not followed.",
        );
    }
}

fn note_payload(fields: &mut FieldWriter<'_>, header: Header, input: &Input<'_>) {
    if header.has(PROTECTED) && (header.carries_data() || header.kind == Kind::Management) {
        fields.note("The payload is encrypted on the air: what it carries cannot be told without the key.");
    } else if header.carries_data() && header.is_fragment(input) {
        fields
            .note("A fragment of a longer frame: synscope does not put fragments of 802.11 together again.");
    }
}

fn summary(header: Header, input: &Input<'_>) -> String {
    let kind = match header.kind {
        Kind::Management => 0,
        Kind::Control => 1,
        Kind::Data => 2,
        Kind::Extension => 3,
    };
    let what = words::subtype(kind, u64::from(header.subtype));
    let encrypted = if header.has(PROTECTED) { ", encrypted" } else { "" };
    let ends = header.addresses(input).map_or_else(String::new, |ends| {
        let (from, to) = (mac_address::plain(&ends.source), mac_address::plain(&ends.destination));
        format!("{from} → {to}   ")
    });
    format!("{ends}{what}{encrypted}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    /// A data frame with its flags, an optional `QoS` control field, and what follows.
    fn data(first: u8, flags: u8, behind: &[u8]) -> Vec<u8> {
        let mut frame = vec![first, flags, 0, 0];
        for number in 1..=3 {
            frame.extend([2, 0, 0, 0, 0, number]);
        }
        frame.extend([0x10, 0]);
        frame.extend(behind);
        frame
    }

    const SNAP_IPV6: [u8; 8] = [0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd];

    fn names(frame: &[u8]) -> Vec<&'static str> {
        let length = u32::try_from(frame.len()).unwrap();
        let dissection = Dissector::new().dissect(LinkType::IEEE802_11, frame, length, 0);
        dissection.layers().map(|layer| layer.protocol.name()).collect()
    }

    fn ends(flags: u8) -> (u8, u8) {
        let frame = data(0x08, flags, &[2, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
        let dissection = Dissector::new().dissect(LinkType::IEEE802_11, &frame, 34, 0);
        let link = dissection.link.unwrap();
        (link.source[5], link.destination[5])
    }

    #[test]
    fn the_roles_of_the_addresses_follow_the_distribution_bits() {
        assert_eq!(ends(0), (2, 1));
        assert_eq!(ends(FROM_DS), (3, 1));
        assert_eq!(ends(TO_DS), (2, 3));
        assert_eq!(ends(TO_DS | FROM_DS), (4, 3));
    }

    #[test]
    fn data_with_quality_of_service_and_ht_control_is_read() {
        assert_eq!(names(&data(0x08, TO_DS, &SNAP_IPV6)), ["ieee80211", "llc"]);
        let mut behind = vec![0, 0];
        behind.extend(SNAP_IPV6);
        assert_eq!(names(&data(0x88, TO_DS, &behind)), ["ieee80211", "llc"]);
        let mut behind = vec![0, 0, 1, 2, 3, 4];
        behind.extend(SNAP_IPV6);
        assert_eq!(names(&data(0x88, TO_DS | HT_CONTROL, &behind)), ["ieee80211", "llc"]);
    }

    #[test]
    fn encrypted_data_fragments_and_frames_without_data_end_there() {
        let encrypted = data(0x08, TO_DS | PROTECTED, &SNAP_IPV6);
        assert_eq!(names(&encrypted), ["ieee80211"]);
        let layers = Dissector::new().explain(LinkType::IEEE802_11, &encrypted, 32, 0);
        assert!(layers[0].notes[0].starts_with("The payload is encrypted"));
        assert!(layers[0].summary.ends_with("data, encrypted"), "{}", layers[0].summary);
        assert_eq!(names(&data(0x08, TO_DS | MORE_FRAGMENTS, &SNAP_IPV6)), ["ieee80211"]);
        assert_eq!(names(&data(0x48, TO_DS, &[])), ["ieee80211"]);
    }

    #[test]
    fn the_first_part_of_an_aggregate_is_read_with_its_own_addresses() {
        let mut behind = vec![0x80, 0, 2, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 9, 0, 8];
        behind.extend(SNAP_IPV6);
        behind.extend([0; 20]);
        let frame = data(0x88, FROM_DS, &behind);
        assert_eq!(names(&frame), ["ieee80211", "llc"]);
        let length = u32::try_from(frame.len()).unwrap();
        let dissection = Dissector::new().dissect(LinkType::IEEE802_11, &frame, length, 0);
        assert_eq!(dissection.link.unwrap().source[5], 9);
        assert_eq!(dissection.payload.len, 0);
        let layers = Dissector::new().explain(LinkType::IEEE802_11, &frame, length, 0);
        assert!(layers[0].notes[0].starts_with("An aggregate"));
    }

    #[test]
    fn management_and_control_frames_are_named() {
        let beacon = data(0x80, 0, &[0; 12]);
        let layers = Dissector::new().explain(LinkType::IEEE802_11, &beacon, 36, 0);
        assert!(layers[0].summary.ends_with("beacon"), "{}", layers[0].summary);
        let acknowledgment = [0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1];
        let layers = Dissector::new().explain(LinkType::IEEE802_11, &acknowledgment, 10, 0);
        assert_eq!(layers[0].summary, "acknowledgment");
    }
}
