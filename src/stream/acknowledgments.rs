//! What the other side has acknowledged, and how long ago.

use std::collections::VecDeque;

use crate::base::{Duration, Timestamp};

/// What the other side has acknowledged, and how long ago. The acknowledgment of a segment may stand before it in the capture (two
/// taps, files with records swapped), so that only what was acknowledged a while ago and still is not there can be called missing.
#[derive(Debug, Default)]
pub(super) struct Acknowledgments {
    highest: u64,
    settled: u64,
    /// Segments of both sides so far.
    heard: u64,
    /// Acknowledgments of bytes that were not there, from at most [`PATIENCE_SEGMENTS`] segments ago.
    recent: VecDeque<Recent>,
}

#[derive(Clone, Copy, Debug)]
struct Recent {
    place: u64,
    time: Option<Timestamp>,
    /// Segments before it.
    heard: u64,
}

/// An acknowledgment is settled after so many further segments of both sides...
pub(super) const PATIENCE_SEGMENTS: u64 = 64;
/// ... or after so much capture time.
pub(super) const PATIENCE_TIME: Duration = Duration::seconds(1);

impl Acknowledgments {
    /// Every byte before this place was acknowledged.
    pub(super) fn highest(&self) -> u64 {
        self.highest
    }

    /// Every byte before this place was acknowledged a while ago.
    pub(super) fn settled(&self) -> u64 {
        self.settled
    }

    /// Another segment of either side; the bytes before `told` are there.
    pub(super) fn hear(&mut self, time: Option<Timestamp>, told: u64) {
        self.heard += 1;
        while let Some(first) = self.recent.front() {
            let passed = time.zip(first.time).map(|(now, then)| now.since(then));
            let is_settled = self.heard - first.heard >= PATIENCE_SEGMENTS
                || passed.is_some_and(|passed| passed >= PATIENCE_TIME);
            if !is_settled && first.place > told {
                return;
            }
            if is_settled {
                self.settled = self.settled.max(first.place);
            }
            self.recent.pop_front();
        }
    }

    /// Every byte before `place` is acknowledged; those before `told` are there.
    pub(super) fn advance(&mut self, place: u64, time: Option<Timestamp>, told: u64) {
        if place <= self.highest {
            return;
        }
        self.highest = place;
        if place > told {
            self.recent.push_back(Recent { place, time, heard: self.heard });
        }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.recent.capacity() * size_of::<Recent>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn an_acknowledgment_settles_after_a_second() {
        let mut acknowledgments = Acknowledgments::default();
        acknowledgments.advance(100, Some(Timestamp(0)), 10);
        acknowledgments.hear(Some(Timestamp(SECOND - 1)), 10);
        assert_eq!(acknowledgments.settled(), 0);
        acknowledgments.hear(Some(Timestamp(SECOND)), 10);
        assert_eq!(acknowledgments.settled(), 100);
    }

    #[test]
    fn an_acknowledgment_settles_after_many_segments_where_time_is_unknown() {
        let mut acknowledgments = Acknowledgments::default();
        acknowledgments.advance(100, None, 10);
        for _ in 1..PATIENCE_SEGMENTS {
            acknowledgments.hear(None, 10);
        }
        assert_eq!(acknowledgments.settled(), 0);
        acknowledgments.hear(None, 10);
        assert_eq!(acknowledgments.settled(), 100);
    }

    #[test]
    fn each_acknowledgment_settles_for_itself() {
        let mut acknowledgments = Acknowledgments::default();
        acknowledgments.advance(100, Some(Timestamp(0)), 10);
        acknowledgments.advance(200, Some(Timestamp(SECOND / 2)), 10);
        acknowledgments.hear(Some(Timestamp(SECOND)), 10);
        assert_eq!((acknowledgments.settled(), acknowledgments.highest()), (100, 200));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut acknowledgments = Acknowledgments::default();
        for place in 1..100_000 {
            acknowledgments.hear(None, 0);
            acknowledgments.advance(place, None, 0);
        }
        assert!(acknowledgments.recent.len() <= 64, "{}", acknowledgments.recent.len());
    }

    #[test]
    fn time_that_runs_backwards_settles_nothing() {
        let mut acknowledgments = Acknowledgments::default();
        acknowledgments.advance(100, Some(Timestamp(9 * SECOND)), 10);
        acknowledgments.hear(Some(Timestamp(0)), 10);
        assert_eq!(acknowledgments.settled(), 0);
    }
}
