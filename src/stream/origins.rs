//! Which frames brought which bytes.

use std::collections::VecDeque;

use crate::base::{FrameNo, StreamSpan, Timestamp};

/// A frame that brought bytes of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The frame.
    pub frame: FrameNo,
    /// Its capture time.
    pub time: Option<Timestamp>,
}

/// The frames that brought the bytes from some place on, in stream order. At most [`MOST_ORIGINS`] of them: where there would be
/// more, the middle two of every four are dropped, and their bytes count as those of their neighbours.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    brought: VecDeque<(StreamSpan, Origin)>,
}

/// Most frames that are remembered for one side.
pub(super) const MOST_ORIGINS: usize = 65_536;
/// So much room may stay although it is not needed.
const IDLE_ORIGINS: usize = 64;

impl Origins {
    /// These bytes came with this frame. They lie behind all others.
    pub(super) fn push(&mut self, span: StreamSpan, origin: Origin) {
        match self.brought.back_mut() {
            Some((last, by)) if by.frame == origin.frame && last.end == span.start => last.end = span.end,
            _ => {
                if self.brought.len() >= MOST_ORIGINS {
                    self.thin();
                }
                self.brought.push_back((span, origin));
            }
        }
    }

    /// Frames that brought bytes of `span`, in stream order.
    pub(super) fn of(&self, span: StreamSpan) -> impl Iterator<Item = Origin> + '_ {
        let first = self.brought.partition_point(|(bytes, _)| bytes.end <= span.start);
        self.brought.range(first..).take_while(move |(bytes, _)| bytes.start < span.end).map(|(_, o)| *o)
    }

    /// Bytes before this place are not asked for any more.
    pub(super) fn forget(&mut self, before: u64) {
        while self.brought.front().is_some_and(|(bytes, _)| bytes.end <= before) {
            self.brought.pop_front();
        }
        let room = self.brought.capacity();
        if room > IDLE_ORIGINS && self.brought.len() < room / 4 {
            self.brought.shrink_to(room / 2);
        }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.brought.capacity() * size_of::<(StreamSpan, Origin)>()
    }

    fn thin(&mut self) {
        let (fours, rest) = self.brought.make_contiguous().as_chunks();
        let mut kept = VecDeque::with_capacity(fours.len() * 2 + rest.len() + 1);
        for [first, second, third, last] in fours {
            kept.push_back((StreamSpan::new(first.0.start, second.0.end), first.1));
            kept.push_back((StreamSpan::new(third.0.start, last.0.end), last.1));
        }
        kept.extend(rest);
        self.brought = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(frame: u64) -> Origin {
        Origin { frame: FrameNo(frame), time: None }
    }

    fn frames(origins: &Origins, start: u64, end: u64) -> Vec<u64> {
        origins.of(StreamSpan::new(start, end)).map(|origin| origin.frame.0).collect()
    }

    #[test]
    fn bytes_belong_to_the_frames_that_brought_them() {
        let mut origins = Origins::default();
        origins.push(StreamSpan::new(0, 5), by(1));
        origins.push(StreamSpan::new(5, 8), by(4));
        origins.push(StreamSpan::new(8, 9), by(4));
        origins.push(StreamSpan::new(20, 30), by(2));
        assert_eq!(frames(&origins, 0, 30), [1, 4, 2]);
        assert_eq!(frames(&origins, 4, 5), [1]);
        assert_eq!(frames(&origins, 5, 20), [4]);
        assert!(frames(&origins, 9, 20).is_empty());
        origins.forget(6);
        assert_eq!(frames(&origins, 0, 30), [4, 2]);
    }

    #[test]
    fn too_many_frames_are_thinned_out_but_every_byte_keeps_one() {
        let mut origins = Origins::default();
        let count = 500_000;
        for frame in 0..count {
            origins.push(StreamSpan::new(frame, frame + 1), by(frame));
            assert!(origins.brought.len() <= MOST_ORIGINS);
        }
        assert_eq!(frames(&origins, 0, 1), [0]);
        assert_eq!(frames(&origins, count - 1, count), [count - 1]);
        for place in (0..count).step_by(997) {
            assert_eq!(frames(&origins, place, place + 1).len(), 1, "{place}");
        }
    }

    #[test]
    fn memory_is_given_back_when_origins_are_forgotten() {
        let mut origins = Origins::default();
        for frame in 0..10_000 {
            origins.push(StreamSpan::new(frame, frame + 1), by(frame));
        }
        assert!(origins.memory() >= 10_000 * 32);
        for place in 0..=10_000 {
            origins.forget(place);
        }
        assert!(origins.memory() < 10_000, "{}", origins.memory());
    }
}
