//! Every packet whose fragments are coming in, in bounded memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Bound;

use crate::base::convert::index;
use crate::base::{Annotation, Duration, FrameNo, LinkType, Timestamp};
use crate::fragments::datagram::{Datagram, Part};
use crate::fragments::key::{Ends, Key};
use crate::fragments::note::Incomplete;
use crate::fragments::{Packet, Tally, first_part, rules};
use crate::wire::{Dissection, FragmentAt};

/// What brought a fragment: a frame, or a packet put together that holds one in turn.
#[derive(Clone, Copy, Debug)]
pub struct Carrier<'a> {
    /// The frame.
    pub number: FrameNo,
    /// Its capture time.
    pub time: Option<Timestamp>,
    /// Its link type.
    pub link_type: LinkType,
    /// Its length on the wire in bytes.
    pub wire_length: u32,
    /// What the dissection's spans count in.
    pub bytes: &'a [u8],
}

/// A first fragment whose TCP segment is to be followed without its companions.
pub struct Held {
    /// The frame.
    pub number: FrameNo,
    /// Its capture time.
    pub time: Option<Timestamp>,
    /// Its link type.
    pub link_type: LinkType,
    /// Its length on the wire in bytes.
    pub wire_length: u32,
    /// What the dissection's spans count in.
    pub bytes: Vec<u8>,
    /// Its layers.
    pub dissection: Dissection,
}

/// Every packet whose fragments are coming in.
#[derive(Default)]
pub struct Reassembly {
    datagrams: HashMap<Key, Entry>,
    /// The same, the oldest first; those that took another's place have another number.
    order: VecDeque<(Key, u64)>,
    begun: u64,
    /// First fragments that are held, by their connection and the sender of their packet.
    held: BTreeMap<HeldAt, Key>,
    /// First fragments that are to be followed now.
    due: VecDeque<Held>,
    /// Time of the latest frame that has one.
    now: Option<Timestamp>,
    memory: usize,
    tally: Tally,
}

/// A connection, the address that sends a packet of it in fragments, and the number of that packet.
type HeldAt = (Ends, IpAddr, u64);

/// The first address in their order, and the last.
const ADDRESSES: (IpAddr, IpAddr) =
    (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)));

/// A packet in the table.
struct Entry {
    number: u64,
    /// When and with which frame it began.
    begun: (Option<Timestamp>, FrameNo),
    datagram: Datagram,
    /// It was complete: only kept to know copies of its fragments.
    is_done: bool,
    /// The complete one with the same key, as long as all fragments are copies of its own.
    copied: Option<Datagram>,
    held: Option<(Ends, Box<Held>)>,
    /// Octets of its segment that were followed with the first fragment alone.
    given: Option<u32>,
}

impl Reassembly {
    /// Packets whose fragments are kept at once.
    pub const MOST_PACKETS: usize = 8_192;
    /// Bytes of memory that they take.
    pub const MOST_MEMORY: usize = 16 << 20;
    /// How long a packet waits for its fragments, in capture time (RFC 8200 §4.5; RFC 1122 §3.3.2 says 60 s to 120 s).
    pub const PATIENCE: Duration = Duration(60_000_000_000);
    /// So long after the latest fragment, one that contradicts it is of another packet with the same identification: fragments of one
    /// packet leave their sender together.
    const USED_AGAIN_AFTER: Duration = Duration(1_000_000_000);

    /// Whether nothing is waited for, so that a packet that is no fragment is nothing to it.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.order.is_empty()
    }

    /// Takes a fragment; the packet that it completes.
    pub fn take(&mut self, carrier: &Carrier<'_>, dissection: &Dissection) -> Option<Packet> {
        self.clock(carrier.time);
        let at = dissection.fragment?;
        let Some(part) = part(carrier, &at).sound() else {
            self.tally.unsound += 1;
            return None;
        };
        let key = Key::of(&at);
        self.make_place(key, &part, carrier);
        let entry = self.datagrams.get_mut(&key)?;
        let before = entry.memory();
        entry.add(&part, carrier);
        if part.offset == 0 && entry.datagram.header.is_none() {
            entry.datagram.header = Some(at.header.of(carrier.bytes).to_vec());
            entry.hold(carrier, dissection);
            if let Some((ends, _)) = &entry.held {
                self.held.insert((*ends, key.source, entry.number), key);
            }
        }
        let packet = entry.datagram.is_whole().then(|| entry.complete(&at, carrier));
        if let Some((ends, _)) = entry.held.take_if(|_| packet.is_some()) {
            self.held.remove(&(ends, key.source, entry.number));
        }
        self.memory = self.memory.saturating_sub(before).saturating_add(entry.memory());
        while self.memory > Self::MOST_MEMORY && self.give_up_oldest(true) {}
        packet
    }

    /// A packet that is no fragment, or was put together (`is_whole`), is about to be followed: first fragments of its connection that came
    /// before it are due. A packet put together does not push those of the same sender, whose companions may only be interleaved.
    pub fn pass(&mut self, time: Option<Timestamp>, dissection: &Dissection, is_whole: bool) {
        self.clock(time);
        if self.held.is_empty() {
            return;
        }
        let Some(ends) = Ends::of(dissection) else { return };
        let sender = dissection.network.map(|network| network.addresses.source).filter(|_| is_whole);
        let mut due = Vec::new();
        for (of, key) in self.held_of(ends, sender) {
            let Some(entry) = self.datagrams.get_mut(&key) else { continue };
            self.held.remove(&of);
            self.memory = self.memory.saturating_sub(entry.memory());
            due.extend(entry.release());
            self.memory = self.memory.saturating_add(entry.memory());
        }
        due.sort_by_key(|held| held.number);
        self.due.extend(due);
    }

    /// The next first fragment that is to be followed before anything else.
    pub fn next_due(&mut self) -> Option<Held> {
        self.due.pop_front()
    }

    /// The capture ended: what is not complete never will be.
    pub fn finish(&mut self) {
        while self.give_up_oldest(false) {}
        self.due.make_contiguous().sort_by_key(|held| held.number);
    }

    /// Rules fired on a packet that belongs to no connection.
    pub fn unplaced(&mut self, annotations: &[Annotation]) {
        let overlaps = |found: &&Annotation| found.rule.id == rules::FRAGMENTS_OVERLAP.id;
        if let Some(found) = annotations.iter().find(overlaps) {
            self.tally.overlap(found.about.unwrap_or(found.frame));
        }
    }

    /// Bytes of memory that packets in the table take.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// What became of the fragments so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// First fragments that are held of a connection, without those of one sender. These are not looked at: they may be very many, and
    /// they stay.
    fn held_of(&self, ends: Ends, but: Option<IpAddr>) -> Vec<(HeldAt, Key)> {
        let (first, last) = ((ends, ADDRESSES.0, 0), (ends, ADDRESSES.1, u64::MAX));
        let below = Bound::Excluded(but.map_or(last, |sender| (ends, sender, 0)));
        let above = but.map(|sender| (Bound::Excluded((ends, sender, u64::MAX)), Bound::Included(last)));
        let held = self.held.range((Bound::Included(first), below));
        let rest = above.into_iter().flat_map(|above| self.held.range(above));
        held.chain(rest).map(|(of, key)| (*of, *key)).collect()
    }

    /// Moves the clock on and gives up what waited for too long.
    fn clock(&mut self, time: Option<Timestamp>) {
        self.now = self.now.max(time);
        while let Some((key, number)) = self.order.front() {
            let entry = self.datagrams.get(key).filter(|entry| entry.number == *number);
            let waited = entry.and_then(|entry| entry.begun.0).zip(self.now).map(|(from, to)| to.since(from));
            if entry.is_some() && waited.is_none_or(|waited| waited <= Self::PATIENCE) {
                break;
            }
            self.give_up_oldest(false);
        }
    }

    /// Sees to it that there is an entry that the fragment belongs to.
    fn make_place(&mut self, key: Key, part: &Part<'_>, carrier: &Carrier<'_>) {
        let mut copied = None;
        match self.datagrams.get(&key) {
            Some(entry) if entry.is_done => {
                self.memory = self.memory.saturating_sub(entry.memory());
                let done = self.datagrams.remove(&key);
                copied = done.map(|done| done.datagram).filter(|before| before.has(part));
            }
            Some(entry) if entry.is_another(part, carrier.time) => self.remove(key, false),
            Some(_) => return,
            None => {}
        }
        if self.order.len() >= Self::MOST_PACKETS {
            self.give_up_oldest(true);
        }
        self.begun += 1;
        let begun = (carrier.time, carrier.number);
        let entry = Entry {
            number: self.begun,
            begun,
            datagram: Datagram::default(),
            is_done: false,
            copied,
            held: None,
            given: None,
        };
        self.memory = self.memory.saturating_add(entry.memory());
        self.order.push_back((key, entry.number));
        self.datagrams.insert(key, entry);
    }

    /// Whether there was one.
    fn give_up_oldest(&mut self, is_early: bool) -> bool {
        let Some((key, number)) = self.order.pop_front() else { return false };
        if self.datagrams.get(&key).is_some_and(|entry| entry.number == number) {
            self.remove(key, is_early);
        }
        true
    }

    fn remove(&mut self, key: Key, is_early: bool) {
        let Some(mut entry) = self.datagrams.remove(&key) else { return };
        self.memory = self.memory.saturating_sub(entry.memory());
        if entry.is_done {
            return;
        }
        if let Some((ends, _)) = &entry.held {
            self.held.remove(&(*ends, key.source, entry.number));
        }
        self.due.extend(entry.release());
        if entry.copied.is_some() {
            return;
        }
        let Tally { incomplete, evicted, first, .. } = &mut self.tally;
        *incomplete += 1;
        *evicted += u64::from(is_early);
        first.get_or_insert(Incomplete {
            frame: entry.begun.1,
            source: key.source,
            destination: key.destination,
            identification: key.identification,
            missing: entry.datagram.first_missing(),
        });
        if let Some((frame, _)) = entry.datagram.overlap {
            self.tally.overlap(frame);
        }
    }
}

impl Entry {
    fn memory(&self) -> usize {
        let held = self.held.as_ref().map_or(0, |(_, held)| held.bytes.len() + size_of::<Held>());
        let copied = self.copied.as_ref().map_or(0, Datagram::memory);
        size_of::<Self>() + self.datagram.memory() + copied + held
    }

    /// Whether a fragment is of another packet that has the same identification.
    fn is_another(&self, part: &Part<'_>, now: Option<Timestamp>) -> bool {
        let apart = now.zip(self.datagram.latest).map(|(now, latest)| now.since(latest));
        apart.is_some_and(|apart| apart >= Reassembly::USED_AGAIN_AFTER)
            && self.datagram.contradicted(part).is_some()
    }

    fn add(&mut self, part: &Part<'_>, carrier: &Carrier<'_>) {
        self.copied = self.copied.take().filter(|before| before.has(part));
        if self.datagram.take(part) {
            self.datagram.wire_length = self.datagram.wire_length.saturating_add(carrier.wire_length);
        }
        self.datagram.latest = self.datagram.latest.max(carrier.time);
    }

    /// Holds a first fragment that shows a TCP header.
    fn hold(&mut self, carrier: &Carrier<'_>, dissection: &Dissection) {
        let Some(ends) = Ends::of(dissection) else { return };
        let mut dissection = dissection.clone();
        first_part(&mut dissection);
        let held = Held {
            number: carrier.number,
            time: carrier.time,
            link_type: carrier.link_type,
            wire_length: carrier.wire_length,
            bytes: carrier.bytes.to_vec(),
            dissection,
        };
        self.held = Some((ends, Box::new(held)));
    }

    /// The first fragment that was held, to be followed alone; none where it is a copy of one that was followed.
    fn release(&mut self) -> Option<Held> {
        let (_, held) = self.held.take()?;
        let is_new = self.copied.is_none();
        self.given = held.dissection.tcp.map(|tcp| tcp.data_length).filter(|_| is_new);
        is_new.then_some(*held)
    }

    fn complete(&mut self, at: &FragmentAt, carrier: &Carrier<'_>) -> Packet {
        let length = self.datagram.length().unwrap_or_default();
        let header = self.datagram.header.take().unwrap_or_default();
        let mut packet = Packet::new(at, carrier.bytes, header, &self.datagram.bytes(), length);
        packet.wire_length = self.datagram.wire_length;
        packet.fragments = self.datagram.carried();
        packet.given = self.given;
        packet.annotations.extend(self.datagram.overlap.map(|(frame, earlier)| {
            let about = if frame == carrier.number { earlier } else { frame };
            Annotation { rule: &rules::FRAGMENTS_OVERLAP, frame: carrier.number, about: Some(about) }
        }));
        self.datagram.forget();
        self.copied = None;
        self.is_done = true;
        packet
    }
}

fn part<'a>(carrier: &Carrier<'a>, at: &FragmentAt) -> Part<'a> {
    let bytes = at.data.of(carrier.bytes);
    Part {
        frame: carrier.number,
        offset: at.fragment.offset,
        length: at.data_length,
        bytes: bytes.get(..index(at.data_length)).unwrap_or(bytes),
        more: at.fragment.more,
        strict: at.addresses.source.is_ipv6(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    /// The first fragment of a packet from `source`, with this identification and a TCP header.
    fn first_fragment(source: [u8; 4], identification: u16) -> Vec<u8> {
        let [high, low] = identification.to_be_bytes();
        let mut bytes = vec![0x45, 0, 0, 44, high, low, 0x20, 0, 64, 6, 0, 0];
        bytes.extend(source.into_iter().chain([10, 0, 0, 2]));
        bytes.extend([0x9c, 0x40, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn of_a_connection_the_first_fragments_of_one_sender_are_left_alone_whoever_that_is() {
        let mut fragments = Reassembly::default();
        let mut ends = None;
        for (number, source) in [[0, 0, 0, 0], [10, 0, 0, 1], [255, 255, 255, 255]].into_iter().enumerate() {
            for identification in 0..5 {
                let bytes = first_fragment(source, identification);
                let dissection = Dissector::new().dissect(LinkType::RAW, &bytes, 44, 0);
                let carrier = Carrier {
                    number: FrameNo(1),
                    time: None,
                    link_type: LinkType::RAW,
                    wire_length: 44,
                    bytes: &bytes,
                };
                assert!(fragments.take(&carrier, &dissection).is_none());
                ends = ends.or(Ends::of(&dissection).filter(|_| number == 1));
            }
        }
        assert_eq!(fragments.held.len(), 15);
        // As if each of them sent for the same connection, which those in tunnels do.
        let ends = ends.unwrap();
        fragments.held =
            fragments.held.into_iter().map(|((_, of, nth), key)| ((ends, of, nth), key)).collect();
        assert_eq!(fragments.held_of(ends, None).len(), 15);
        for sender in [[0, 0, 0, 0], [10, 0, 0, 1], [255, 255, 255, 255]].map(IpAddr::from) {
            let others = fragments.held_of(ends, Some(sender));
            assert_eq!(others.len(), 10);
            assert!(others.iter().all(|(_, key)| key.source != sender));
        }
        let stranger = IpAddr::V6(Ipv6Addr::from_bits(u128::MAX));
        assert_eq!(fragments.held_of(ends, Some(stranger)).len(), 15);
    }
}
