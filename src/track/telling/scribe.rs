//! Steps on the way from a connection to whoever wants them.

use crate::base::{Duration, Timestamp};
use crate::track::Step;
use crate::track::segment::Segment;

/// Collects the steps of one frame until they are told; does nothing where nobody wants them.
#[derive(Debug)]
pub(in crate::track) struct Scribe {
    wanted: bool,
    longest_run: Option<Duration>,
    steps: Vec<Step>,
    /// The segment with data in this frame, where others told the data of its side so far.
    pub(in crate::track) fresh: Option<Segment>,
}

impl Scribe {
    pub(in crate::track) fn new(wanted: bool, longest_run: Option<Duration>) -> Self {
        Self { wanted, longest_run, steps: Vec::new(), fresh: None }
    }

    /// Whether data from `first` to `now` is too long for one step.
    pub(in crate::track) fn is_too_long(&self, first: Option<Timestamp>, now: Option<Timestamp>) -> bool {
        let Some((first, now, longest)) = first.zip(now).zip(self.longest_run).map(|((f, n), l)| (f, n, l))
        else {
            return false;
        };
        now.since(first) > longest
    }

    pub(in crate::track) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Takes a step.
    pub(in crate::track) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The steps since the last call, in order.
    pub(in crate::track) fn drain(&mut self) -> impl Iterator<Item = Step> + '_ {
        self.steps.drain(..)
    }
}
