//! What is odd about a capture as a whole, for the notes of its summary.

use crate::base::{FrameNo, Timestamp};
use crate::capture::Frame;

/// What is odd about a capture as a whole.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    /// Time of the latest frame that has one.
    latest: Option<Timestamp>,
    /// Frames with an earlier time than the frame before them.
    backwards: u64,
    /// The first of them.
    first_backwards: Option<FrameNo>,
}

impl Oddities {
    /// Takes the next frame.
    pub(super) fn watch(&mut self, frame: &Frame<'_>) {
        if frame.time.zip(self.latest).is_some_and(|(now, before)| now < before) {
            self.backwards += 1;
            self.first_backwards.get_or_insert(frame.number);
        }
        self.latest = frame.time.or(self.latest);
    }

    /// Plain sentences on what was odd.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        self.out_of_order().into_iter()
    }

    fn out_of_order(&self) -> Option<String> {
        let first = self.first_backwards?;
        let frames = if self.backwards == 1 { "frame has an" } else { "frames have an" };
        Some(format!(
            "time runs backwards: {} {frames} earlier time than the frame before, the first is frame {first}; durations \
             across them may be wrong",
            self.backwards
        ))
    }
}
