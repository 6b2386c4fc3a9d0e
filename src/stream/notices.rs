//! Rules that fired and have not been fetched.

use crate::base::{Annotation, FrameNo, Rule};

/// Rules that fired and have not been fetched.
#[derive(Debug, Default)]
pub(super) struct Notices {
    found: Vec<Annotation>,
    /// Rules about bytes of which the capture has no frame at all.
    unplaced: Vec<&'static Rule>,
    /// Those that are said once for a side, and have been.
    said: Vec<&'static str>,
}

impl Notices {
    /// A rule fired.
    pub(super) fn raise(&mut self, rule: &'static Rule, frame: FrameNo, about: Option<FrameNo>) {
        self.found.push(Annotation { rule, frame, about });
    }

    /// A rule fired that is worth saying once.
    pub(super) fn raise_once(&mut self, rule: &'static Rule, frame: FrameNo, about: Option<FrameNo>) {
        if !self.said.contains(&rule.id) {
            self.said.push(rule.id);
            self.raise(rule, frame, about);
        }
    }

    /// A rule fired about bytes around which the capture has no frame of the side.
    pub(super) fn raise_unplaced(&mut self, rule: &'static Rule) {
        self.unplaced.push(rule);
    }

    /// Such rules since the last call.
    pub(super) fn fetch_unplaced(&mut self) -> impl Iterator<Item = &'static Rule> + '_ {
        self.unplaced.drain(..)
    }

    /// What fired since the last call.
    pub(super) fn fetch(&mut self) -> impl Iterator<Item = Annotation> + '_ {
        self.found.drain(..)
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.found.capacity() * size_of::<Annotation>() + self.said.capacity() * size_of::<&str>()
    }
}
