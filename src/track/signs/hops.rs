//! How far away the sender of a segment seems to be (RFC 9293 has no say in it; RFC 1122 §3.2.1.7 has the counter).

use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::{Once, rules};

/// What an end's segments say of its distance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Distance {
    /// Time to live of its latest segment without RST; 0 where there was none.
    ttl: u8,
    /// How many segments in a row had it, up to 255.
    steady: u8,
    /// Identification of that segment (RFC 6864); `None` for IPv6.
    identification: Option<u16>,
}

/// Systems begin with one of these (RFC 1700 recommends 64; others are in use).
const INITIAL: [u8; 4] = [32, 64, 128, 255];
/// Segments that passed as many routers, give or take this, may well be one machine's: routes differ a little, all the more where
/// several share the traffic.
const SAME_WAY: u8 = 1;
/// So many segments must agree on a time to live before one that differs means anything.
const STEADY: u8 = 2;
/// An identification at most so far ahead of the latest one continues the same counter.
const SAME_COUNTER: u16 = 256;

impl Record {
    /// Holds a segment's time to live against those of its sender so far.
    pub(super) fn notice_distance(&mut self, segment: &Segment) {
        let habits = self.signs.of(segment.from);
        let before = habits.distance;
        if segment.flags.rst() {
            if !habits.was_told(Once::TtlJump) && before.is_foreign(segment) {
                self.annotate_once(Once::ForeignRst, &rules::RST_FROM_ANOTHER_TTL, segment, None);
            }
            return;
        }
        // A segment that was sent before may be a copy from another place of the way.
        let fresh = self.end(segment.from).next.is_some_and(|next| segment.seq == next);
        let copied = self.connection.traffic(segment.from).duplicates > 0;
        // Once both have sent FIN the system may answer in the socket's place, and begins with a value of its own.
        let by_socket = !self.is_closed();
        if before.ttl != 0 && !before.came_the_same_way(segment.ttl) && fresh && !copied && by_socket {
            self.annotate_once(Once::TtlJump, &rules::TTL_JUMP, segment, None);
        }
        self.signs.of_mut(segment.from).distance = before.after(segment);
    }
}

impl Distance {
    fn after(self, segment: &Segment) -> Self {
        let steady = if self.ttl == segment.ttl { self.steady.saturating_add(1) } else { 1 };
        Self { ttl: segment.ttl, steady, identification: segment.identification }
    }

    /// Whether a RST came another way than its sender's other segments, and does not continue their numbering.
    fn is_foreign(self, rst: &Segment) -> bool {
        self.steady >= STEADY
            && rst.ttl != 0
            && routers(self.ttl).abs_diff(routers(rst.ttl)) > SAME_WAY
            && !self.continues(rst.identification)
    }

    /// Whether a segment that is no RST began with the same value, and passed about as many routers.
    fn came_the_same_way(self, ttl: u8) -> bool {
        initial(self.ttl) == initial(ttl) && self.ttl.abs_diff(ttl) <= SAME_WAY
    }

    /// Whether the same machine may have given this identification: the same counter goes on, or both never count.
    fn continues(self, identification: Option<u16>) -> bool {
        match (self.identification, identification) {
            (Some(0), Some(0)) => true,
            (Some(latest), Some(next)) => {
                latest != 0 && next != 0 && next.wrapping_sub(latest) <= SAME_COUNTER
            }
            _ => false,
        }
    }
}

/// Routers that a packet seems to have passed: what is missing up to the next usual initial value.
fn routers(ttl: u8) -> u8 {
    initial(ttl) - ttl
}

/// The initial value that a packet seems to have had.
fn initial(ttl: u8) -> u8 {
    INITIAL.into_iter().find(|initial| *initial >= ttl).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routers_count_from_the_next_usual_beginning() {
        assert_eq!([64, 63, 128, 118, 255, 246, 30, 1].map(routers), [0, 1, 0, 10, 0, 9, 2, 31]);
    }

    #[test]
    fn the_same_machine_may_begin_with_another_value() {
        let habits = Distance { ttl: 54, steady: 9, identification: None };
        for (ttl, foreign) in [(54, false), (118, false), (245, false), (55, false), (48, true), (250, true)]
        {
            assert_eq!(routers(habits.ttl).abs_diff(routers(ttl)) > SAME_WAY, foreign, "{ttl}");
        }
    }

    #[test]
    fn a_route_may_become_a_little_longer() {
        let habits = Distance { ttl: 54, steady: 9, identification: None };
        assert!([53, 54, 55].into_iter().all(|ttl| habits.came_the_same_way(ttl)));
        assert!(![52, 56, 118, 245].into_iter().any(|ttl| habits.came_the_same_way(ttl)));
    }

    #[test]
    fn a_counter_that_goes_on_is_the_same_machines() {
        let of = |id| Distance { ttl: 54, steady: 9, identification: Some(id) };
        assert!(of(100).continues(Some(101)) && of(0xffff).continues(Some(3)) && of(0).continues(Some(0)));
        assert!(!of(100).continues(Some(0)) && !of(100).continues(Some(40_000)) && !of(0).continues(Some(7)));
    }
}
