//! What is remembered of both sides of a connection to label its next segment.

use crate::track::analysis::Analysis;
use crate::track::segment::Segment;

/// Both sides of a connection as far as the labels depend on them.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::track) struct Watch {
    pub(in crate::track) analysis: Analysis,
}

impl Watch {
    /// Labels the next segment.
    pub(in crate::track) fn take(&mut self, _segment: &Segment) {}
}
