//! Steps on the way from a connection to whoever wants them.

use crate::base::{Duration, Timestamp};
use crate::track::Step;
use crate::track::segment::Segment;

/// Collects the steps of one frame until they are told; does nothing where nobody wants them.
#[derive(Debug)]
pub(super) struct Scribe {
    wanted: bool,
    longest_run: Option<Duration>,
    steps: Vec<Step>,
    /// The segment with data in this frame, where others told the data of its side so far.
    pub(super) fresh: Option<Segment>,
}

impl Scribe {
    pub(super) fn new(wanted: bool, longest_run: Option<Duration>) -> Self {
        Self { wanted, longest_run, steps: Vec::new(), fresh: None }
    }

    /// Whether data from `first` to `now` is too long for one step.
    pub(super) fn is_too_long(&self, first: Option<Timestamp>, now: Option<Timestamp>) -> bool {
        let Some((first, now, longest)) = first.zip(now).zip(self.longest_run).map(|((f, n), l)| (f, n, l))
        else {
            return false;
        };
        now.since(first) > longest
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Takes a step.
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The steps since the last call, in order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Step> + '_ {
        self.steps.drain(..)
    }
}
