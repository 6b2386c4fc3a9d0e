//! Packets that were recorded twice, as mirror ports, bridges and the interface `any` do.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::base::{SeqNum, Side, Timestamp};
use crate::track::record::Record;
use crate::track::segment::Segment;

/// What tells one packet from the next of the same sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fingerprint {
    at: Option<Timestamp>,
    identification: Option<u16>,
    seq: SeqNum,
    ack: Option<SeqNum>,
    flags: u16,
    window: u16,
    data_length: u32,
    timestamps: Option<(u32, u32)>,
    /// Frames of the other side before it.
    others_before: u64,
    /// The sender's packet before it was another one and had the same identification: it tells nothing.
    identification_stands_still: bool,
    /// Time to live or hop limit as captured.
    ttl: u8,
}

/// The latest packets of a connection, kept from when one was found to be recorded before and behind a router: there others come
/// between the two. Most connections need none.
#[derive(Debug, Default)]
pub(super) struct Taps(Option<Box<Passing>>);

/// The latest packets, in a ring.
#[derive(Debug, Default)]
struct Passing {
    ring: [Tapped; Taps::MOST],
    turn: usize,
}

/// A packet before the router.
#[derive(Clone, Copy, Debug, Default)]
struct Tapped {
    /// Capture time in ns.
    at: u64,
    /// Its sender, identification and numbers, hashed.
    packet: u32,
    ttl: u8,
}

impl Taps {
    /// Packets that may be on the way between two places at once, at most.
    const MOST: usize = 12;
    /// Bytes that they take beyond their own size, at most.
    pub(super) const BYTES_BESIDE: usize = size_of::<Passing>();

    /// Whether a packet of `from` was recorded before a router already, not long ago.
    fn have_seen(&self, from: Side, packet: &Fingerprint) -> bool {
        let Some((passing, later)) = self.0.as_ref().zip(Tapped::new(from, packet)) else {
            return false;
        };
        passing.ring.iter().any(|before| before.is_routed_to(&later))
    }

    fn remember(&mut self, from: Side, packet: &Fingerprint) {
        let telling = !packet.identification_stands_still;
        let tapped = Tapped::new(from, packet).filter(|_| telling);
        if let Some((Passing { ring, turn }, tapped)) = self.0.as_deref_mut().zip(tapped) {
            if let Some(oldest) = ring.get_mut(*turn) {
                *oldest = tapped;
            }
            *turn = (*turn + 1) % Self::MOST;
        }
    }

    /// From now on packets are remembered.
    fn watch(&mut self) {
        self.0.get_or_insert_default();
    }
}

impl Tapped {
    /// `None` where nothing tells the packet from others of its sender.
    fn new(from: Side, packet: &Fingerprint) -> Option<Self> {
        let mut hasher = DefaultHasher::new();
        (from == Side::Client, packet.identification?, packet.numbers()).hash(&mut hasher);
        let packet_hash = u32::try_from(hasher.finish() >> 32).unwrap_or(0);
        Some(Self { at: packet.at?.0, packet: packet_hash, ttl: packet.ttl })
    }

    /// Whether `later` is this packet behind a router: routers count its time to live down and leave the rest as it is (RFC 1812
    /// §5.3.1), while a segment that its end sends again has another identification (RFC 6864 §4.2) and begins with the same time to live.
    fn is_routed_to(&self, later: &Self) -> bool {
        let routers = self.ttl.checked_sub(later.ttl);
        self.packet == later.packet
            && routers.is_some_and(|routers| (1..=MOST_ROUTERS).contains(&routers))
            && self.at.abs_diff(later.at) <= APART_BEHIND_ROUTER
    }
}

impl Record {
    /// Whether the packet is one that was just recorded already, at the same place or at another on its way.
    pub(super) fn is_recorded_again(&mut self, segment: &Segment) -> bool {
        let others_before = self.connection.traffic(segment.from.other()).frames;
        let packet = Fingerprint::of(segment, others_before);
        let latest = self.end(segment.from).latest;
        let same = latest.filter(|latest| latest.is_same_packet(&packet));
        if same.is_none() && self.taps.have_seen(segment.from, &packet) {
            return true;
        }
        let packet = packet.behind(latest.as_ref(), same.is_some());
        if same.is_none() {
            self.taps.remember(segment.from, &packet);
        } else if same.is_some_and(|before| before.is_routed_to(&packet)) {
            self.taps.watch();
        }
        self.end_mut(segment.from).latest = Some(packet);
        same.is_some()
    }
}

/// Copies with the same, telling, IPv4 identification lie at most so far apart, in ns: the way between two taps.
const APART_WITH_IDENTIFICATION: u64 = 5_000_000;
/// Copies without one, in ns: less than any end's time to repeat a segment.
const APART_WITHOUT: u64 = 200_000;
/// Copies with the same, telling, identification of which the later passed a router lie at most so far apart, in ns: links may be slow,
/// and a segment that is sent again has not passed more routers than the first time.
const APART_BEHIND_ROUTER: u64 = 100_000_000;
/// Routers that lie between two places of one recording, at most.
const MOST_ROUTERS: u8 = 8;

impl Fingerprint {
    /// `others_before` counts the frames of the other side that came before.
    pub(super) fn of(segment: &Segment, others_before: u64) -> Self {
        Self {
            at: segment.at,
            identification: segment.identification.filter(|id| *id != 0),
            seq: segment.seq,
            ack: segment.ack,
            flags: segment.flags.0,
            window: segment.window,
            data_length: segment.data_length,
            timestamps: segment.options.timestamps,
            others_before,
            identification_stands_still: false,
            ttl: segment.ttl,
        }
    }

    /// The same behind `before`, the sender's packet before it, which was this very one or another.
    pub(super) fn behind(mut self, before: Option<&Self>, same: bool) -> Self {
        self.identification_stands_still = before.is_some_and(|before| {
            if same {
                before.identification_stands_still
            } else {
                before.identification == self.identification
            }
        });
        self
    }

    /// Whether the packet acknowledges everything before `number`, and nothing after.
    pub(super) fn acknowledges(&self, number: SeqNum) -> bool {
        self.ack == Some(number)
    }

    /// Whether `later` is the very same packet, captured again. A segment sent again by its end has another
    /// identification (RFC 6864 §4.1) or comes later; without one, nothing of the other side may lie between that could have
    /// called for it again, and a pure ACK cannot be told from a duplicate ACK.
    pub(super) fn is_same_packet(&self, later: &Self) -> bool {
        let (Some(first), Some(second)) = (self.at, later.at) else {
            return false;
        };
        if self.identification != later.identification || self.numbers() != later.numbers() {
            return false;
        }
        let apart = first.0.abs_diff(second.0);
        if self.identification.is_some() && !self.identification_stands_still {
            apart <= APART_WITH_IDENTIFICATION || self.is_routed_to(later)
        } else {
            apart <= APART_WITHOUT
                && self.others_before == later.others_before
                && (self.data_length > 0 || self.flags & 0x07 != 0)
        }
    }

    /// Whether `later` is this packet behind a router, where its identification tells.
    fn is_routed_to(&self, later: &Self) -> bool {
        let tapped = |packet| Tapped::new(Side::Client, packet).filter(|_| !self.identification_stands_still);
        tapped(self).zip(tapped(later)).is_some_and(|(first, second)| first.is_routed_to(&second))
    }

    /// What its sender leaves as it is only in the very same packet.
    fn numbers(&self) -> impl PartialEq + Hash + use<> {
        (self.seq, self.ack, self.flags, self.window, self.data_length, self.timestamps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(at_us: u64, seq: u32, identification: u16) -> Fingerprint {
        Fingerprint {
            at: Some(Timestamp(at_us * 1_000)),
            identification: Some(identification),
            seq: SeqNum(seq),
            ack: Some(SeqNum(1)),
            flags: 0x18,
            window: 100,
            data_length: 10,
            timestamps: None,
            others_before: 0,
            identification_stands_still: false,
            ttl: 64,
        }
    }

    #[test]
    fn an_identification_that_stands_still_tells_no_copy_from_what_is_sent_again() {
        let (first, second) = (packet(0, 1, 7), packet(2_000, 1, 7));
        assert!(first.is_same_packet(&second));
        let before = packet(0, 900, 7);
        let first = first.behind(Some(&before), false);
        assert!(!first.is_same_packet(&second));
        assert!(first.is_same_packet(&packet(100, 1, 7)));
        let copy = packet(100, 1, 7).behind(Some(&first), true);
        assert!(!copy.is_same_packet(&second));
    }

    fn behind_routers(at_us: u64, seq: u32, identification: u16, routers: u8) -> Fingerprint {
        Fingerprint { ttl: 64 - routers, ..packet(at_us, seq, identification) }
    }

    #[test]
    fn a_router_tells_a_copy_from_what_is_sent_again() {
        let first = packet(0, 1, 7);
        assert!(first.is_same_packet(&behind_routers(12_000, 1, 7, 1)));
        assert!(!first.is_same_packet(&packet(12_000, 1, 7)), "its end may send it again");
        assert!(!first.is_same_packet(&behind_routers(12_000, 1, 8, 1)), "another packet");
        assert!(!first.is_same_packet(&behind_routers(12_000, 2, 7, 1)), "other numbers");
        assert!(!first.is_same_packet(&behind_routers(12_000, 1, 7, 30)), "no way is so long");
        assert!(!first.is_same_packet(&behind_routers(120_000, 1, 7, 1)), "no way takes so long");
        assert!(!behind_routers(0, 1, 7, 1).is_same_packet(&packet(12_000, 1, 7)), "no router counts up");
    }

    #[test]
    fn packets_that_others_overtake_between_two_taps_are_found() {
        let mut taps = Taps::default();
        taps.remember(Side::Server, &packet(0, 1, 7));
        assert!(!taps.have_seen(Side::Server, &behind_routers(9_000, 1, 7, 1)), "nothing called for it yet");
        taps.watch();
        for n in 0..5 {
            taps.remember(Side::Server, &packet(n.into(), n.into(), n + 7));
        }
        assert!(taps.have_seen(Side::Server, &behind_routers(9_000, 1, 8, 1)));
        assert!(!taps.have_seen(Side::Client, &behind_routers(9_000, 1, 8, 1)));
        assert!(size_of::<Taps>() + Taps::BYTES_BESIDE <= 256, "{}", Taps::BYTES_BESIDE);
    }
}
