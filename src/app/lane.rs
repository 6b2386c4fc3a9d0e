//! What one side of a conversation sent and no decoder has taken.

use crate::app::StreamEnd;

/// What one side sent and no decoder has taken.
pub(super) struct Lane {
    pub(super) unread: Vec<u8>,
    /// Place of the first unread byte.
    pub(super) offset: u64,
    /// So many bytes must be there before the decoder is asked again.
    pub(super) at_least: usize,
    pub(super) waits_for_other: bool,
    pub(super) from_start: bool,
    /// Bytes passed over while looking for something to understand.
    pub(super) passed_over: u64,
    /// How it ended, once it has: its end may wait to be told until the other side's was.
    pub(super) ended: Option<StreamEnd>,
    pub(super) is_end_told: bool,
}

impl Lane {
    /// A side of which nothing was heard yet.
    pub(super) fn new(from_start: bool) -> Self {
        Self {
            unread: Vec::new(),
            offset: 0,
            at_least: 0,
            waits_for_other: false,
            from_start,
            passed_over: 0,
            ended: None,
            is_end_told: false,
        }
    }

    /// Whether there is something that a decoder wants to see.
    pub(super) fn is_ready(&self) -> bool {
        !self.unread.is_empty() && !self.waits_for_other && self.unread.len() >= self.at_least
    }
}
