//! The steps of one connection, bounded: a long one keeps its beginning and its end.

use std::collections::VecDeque;

use crate::track::{Step, StepKind};

/// The steps of one connection: the first 44 and the last 16, with the number of those between that were left out.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    first: Vec<Step>,
    last: VecDeque<Step>,
    left_out: u64,
    frames: u64,
}

impl Steps {
    /// How many are kept from the beginning.
    pub const FIRST: usize = 44;
    /// How many are kept from the end.
    pub const LAST: usize = 16;

    /// Takes the next step.
    pub fn push(&mut self, step: Step) {
        self.frames = self.frames.saturating_add(frames(&step));
        if self.first.len() < Self::FIRST {
            self.first.push(step);
            return;
        }
        if self.last.len() == Self::LAST {
            self.last.pop_front();
            self.left_out += 1;
        }
        self.last.push_back(step);
    }

    /// Those of the beginning, in capture order.
    pub fn first(&self) -> impl Iterator<Item = &Step> {
        self.first.iter()
    }

    /// Those of the end, in capture order.
    pub fn last(&self) -> impl Iterator<Item = &Step> {
        self.last.iter()
    }

    /// Frames of the two ends that all steps stand for, with those that were left out.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// How many lie between the two and were left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

fn frames(step: &Step) -> u64 {
    match step.kind {
        StepKind::Data { segments, .. } => segments.into(),
        StepKind::Icmp { .. } => 0,
        _ => 1,
    }
}

impl<'a> FromIterator<&'a Step> for Steps {
    fn from_iter<I: IntoIterator<Item = &'a Step>>(steps: I) -> Self {
        let mut kept = Self::default();
        for step in steps {
            kept.push(*step);
        }
        kept
    }
}
