//! Connections of the same two endpoints in different networks: which there are, and which of them a stray direction joins.
//!
//! Captures may show one direction with a VLAN tag or in a tunnel and the other one without. So a segment that finds no
//! connection in its own scope may join one of another scope: if its direction was never seen there, and its numbers fit.

use std::collections::HashMap;

use crate::base::{Endpoint, SeqNum};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::wire::tunnel::Scope;

/// Most connections of the same endpoints that are considered; of more, the latest.
const MOST: usize = 8;

/// How far a number may lie from what the other side has shown where no handshake tells: a large window.
const NEAR: u32 = 1 << 24;

/// Two endpoints in a fixed order.
type Ends = (Endpoint, Endpoint);

/// Connections by their endpoints alone. Empty until a capture shows a second scope: most never do.
#[derive(Debug, Default)]
pub(in crate::track) struct Siblings {
    only: Option<Scope>,
    by_ends: HashMap<Ends, Vec<u32>>,
    are_kept: bool,
}

impl Siblings {
    /// What they cost for one connection in bytes, at the worst load of the map.
    pub(in crate::track) const BYTES_EACH: usize =
        2 * (size_of::<Ends>() + size_of::<Vec<u32>>() + 8) + MOST * 4;

    /// Takes the scope of a segment; whether it is the first that differs: those before it must be put in now.
    pub(in crate::track) fn begin_with(&mut self, scope: Scope) -> bool {
        let begins = !self.are_kept && *self.only.get_or_insert(scope) != scope;
        self.are_kept |= begins;
        begins
    }

    /// Puts in the connection in this slot.
    pub(in crate::track) fn add(&mut self, ends: Ends, slot: u32) {
        if self.are_kept {
            let slots = self.by_ends.entry(ends).or_default();
            if slots.len() >= MOST {
                slots.remove(0);
            }
            slots.push(slot);
        }
    }

    pub(in crate::track) fn remove(&mut self, ends: Ends, slot: u32) {
        if let Some(slots) = self.by_ends.get_mut(&ends) {
            slots.retain(|other| *other != slot);
            if slots.is_empty() {
                self.by_ends.remove(&ends);
            }
        }
    }

    /// Slots of the connections of these endpoints, the latest first.
    pub(in crate::track) fn of(&self, ends: Ends) -> impl Iterator<Item = u32> {
        self.by_ends.get(&ends).into_iter().flatten().rev().copied()
    }

    pub(in crate::track) fn clear(&mut self) {
        self.by_ends.clear();
    }
}

impl Record {
    /// Whether a segment of another scope is the first one of its direction here: it does not open, its side was never seen, and
    /// it goes on from what the other side sent.
    pub(in crate::track) fn takes_in(&self, segment: &Segment) -> bool {
        let other = self.end(segment.from.other());
        let acknowledges = match (segment.ack, other.isn, other.next) {
            (Some(ack), Some(isn), Some(next)) => ack != isn && is_between(ack, isn, next),
            (Some(ack), None, Some(next)) => is_near(ack, next),
            // Only a RST has no acknowledgment; one that answers a SYN has (RFC 9293 §3.5.2).
            (None, ..) => segment.flags.rst() && other.acknowledged.is_some(),
            (Some(_), _, None) => false,
        };
        let goes_on = other.acknowledged.is_none_or(|number| is_near(segment.seq, number));
        !segment.opens() && !self.end(segment.from).is_seen() && acknowledges && goes_on
    }

    /// Whether the segment that an ICMP error quotes may be one that this end sent.
    pub(in crate::track) fn may_have_sent(&self, sender: Endpoint, seq: SeqNum) -> bool {
        let end = if sender == self.connection.client { &self.client } else { &self.server };
        end.next.is_some_and(|next| is_near(seq, next))
    }
}

fn is_near(number: SeqNum, other: SeqNum) -> bool {
    number.since(other) <= NEAR || other.since(number) <= NEAR
}

fn is_between(number: SeqNum, first: SeqNum, last: SeqNum) -> bool {
    number.since(first) <= last.since(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tunnel::{Carrier, CarrierKind};

    fn ends() -> Ends {
        let end = |last, port| Endpoint::new([10, 0, 0, last].into(), port);
        (end(1, 40_000), end(2, 80))
    }

    #[test]
    fn nothing_is_kept_while_there_is_one_scope_only() {
        let mut siblings = Siblings::default();
        let other = Scope::default().within(Carrier { kind: CarrierKind::Vlan, id: Some(10) });
        assert!(!siblings.begin_with(Scope::default()));
        siblings.add(ends(), 0);
        assert_eq!(siblings.of(ends()).count(), 0);
        assert!(siblings.begin_with(other));
        assert!(!siblings.begin_with(Scope::default()), "once is enough");
        siblings.add(ends(), 1);
        assert_eq!(siblings.of(ends()).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn of_many_the_latest_are_considered_first() {
        let mut siblings = Siblings { are_kept: true, ..Siblings::default() };
        for slot in 0..100 {
            siblings.add(ends(), slot);
        }
        assert_eq!(siblings.of(ends()).collect::<Vec<_>>(), [99, 98, 97, 96, 95, 94, 93, 92]);
        (0..100).for_each(|slot| siblings.remove(ends(), slot));
        assert!(siblings.by_ends.is_empty());
    }

    #[test]
    fn numbers_are_compared_around_the_circle() {
        assert!(is_near(SeqNum(5), SeqNum(u32::MAX)) && is_near(SeqNum(u32::MAX), SeqNum(5)));
        assert!(!is_near(SeqNum(0), SeqNum(1 << 30)));
        assert!(is_between(SeqNum(2), SeqNum(u32::MAX), SeqNum(5)));
        assert!(!is_between(SeqNum(6), SeqNum(u32::MAX), SeqNum(5)));
    }
}
