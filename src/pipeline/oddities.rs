//! What is odd about a capture as a whole, for the notes of its summary.

use crate::base::{FrameNo, Timestamp};
use crate::capture::Frame;
use crate::wire::Dissection;

/// What is odd about a capture as a whole.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    /// Time of the latest frame that has one.
    latest: Option<Timestamp>,
    /// Frames with an earlier time than the frame before them.
    backwards: u64,
    /// The first of them.
    first_backwards: Option<FrameNo>,
    /// IP fragments that are not whole packets.
    fragments: u64,
}

impl Oddities {
    /// Takes the next frame.
    pub(super) fn watch(&mut self, frame: &Frame<'_>, dissection: &Dissection) {
        if frame.time.zip(self.latest).is_some_and(|(now, before)| now < before) {
            self.backwards += 1;
            self.first_backwards.get_or_insert(frame.number);
        }
        self.latest = frame.time.or(self.latest);
        let fragment = dissection.network.and_then(|network| network.fragment);
        self.fragments += u64::from(fragment.is_some_and(|fragment| fragment.more || fragment.offset > 0));
    }

    /// Plain sentences on what was odd.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        self.unassembled().into_iter().chain(self.out_of_order())
    }

    fn unassembled(&self) -> Option<String> {
        let fragments = match self.fragments {
            0 => return None,
            1 => "1 IP fragment is".to_owned(),
            more => format!("{more} IP fragments are"),
        };
        Some(format!(
            "{fragments} not put together: what they carry is followed only as far as the first fragment shows it, so bytes and \
             segments may be missing"
        ))
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
