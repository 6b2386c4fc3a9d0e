//! What a repeated SYN repeats.

use crate::base::{SeqNum, Timestamp};

/// The number that a side opened with, and when it did so first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub(super) seq: SeqNum,
    pub(super) time: Option<Timestamp>,
}
