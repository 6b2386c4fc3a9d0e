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

/// The frames that brought the bytes from some place on, in stream order.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    brought: VecDeque<(StreamSpan, Origin)>,
}

impl Origins {
    /// These bytes came with this frame.
    pub(super) fn push(&mut self, span: StreamSpan, origin: Origin) {
        self.brought.push_back((span, origin));
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
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.brought.capacity() * size_of::<(StreamSpan, Origin)>()
    }
}
