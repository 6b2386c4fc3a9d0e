//! What the headers of a connection betray of its surroundings: the stack that retries, cookies in place of state, middleboxes on the
//! way. Signs, never proof: the words say "looks like".

pub(super) mod rules;

use crate::track::segment::Segment;

/// What was noticed of the surroundings of one connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {}

impl Signs {
    /// Takes the next segment.
    pub(super) fn take(&mut self, _segment: &Segment) {}
}
