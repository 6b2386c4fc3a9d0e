//! The totals of a capture.

use crate::base::{LinkType, Timestamp};
use crate::capture::{Damage, Drops};
use crate::track::Outcome;

/// The totals of a capture.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Frames read.
    pub frames: u64,
    /// Bytes captured.
    pub captured_bytes: u64,
    /// Bytes that those frames had on the wire.
    pub wire_bytes: u64,
    /// Earliest time in the capture.
    pub first_time: Option<Timestamp>,
    /// Latest time in the capture.
    pub last_time: Option<Timestamp>,
    /// Link types of its frames, in order of first sight.
    pub link_types: Vec<LinkType>,
    /// Connections by outcome, in the order of [`Outcome::ALL`].
    outcomes: [u64; Outcome::ALL.len()],
    /// Frames cut by a snap length.
    pub cut_frames: u64,
    /// Frames in which no layer above the link could be read.
    pub undecoded_frames: u64,
    /// Frames cut off inside a header above the link layer, so that what they carry cannot be followed.
    pub headers_cut: u64,
    /// Frames that never reached the capture, where somebody counted.
    pub drops: Option<Drops>,
    /// Connections given up to stay within the memory bound.
    pub evicted: u64,
    /// Where and why reading stopped before the end.
    pub damage: Option<Damage>,
    /// What else the user should know, in plain sentences.
    pub notes: Vec<String>,
}

impl Summary {
    /// Counts one final connection.
    pub fn count(&mut self, outcome: Outcome) {
        for (slot, _) in self.outcomes.iter_mut().zip(Outcome::ALL).filter(|(_, o)| *o == outcome) {
            *slot += 1;
        }
    }

    /// Counts one frame: its captured length and its length on the wire in bytes.
    pub fn count_frame(&mut self, link_type: LinkType, time: Option<Timestamp>, captured: u64, wire: u64) {
        self.frames += 1;
        self.captured_bytes = self.captured_bytes.saturating_add(captured);
        self.wire_bytes = self.wire_bytes.saturating_add(wire);
        self.cut_frames += u64::from(captured < wire);
        if self.link_types.last() != Some(&link_type) && !self.link_types.contains(&link_type) {
            self.link_types.push(link_type);
        }
        if let Some(time) = time {
            self.first_time = Some(self.first_time.map_or(time, |first| first.min(time)));
            self.last_time = Some(self.last_time.map_or(time, |last| last.max(time)));
        }
    }

    /// Connections by outcome, those that occurred, in the order of [`Outcome::ALL`].
    pub fn outcomes(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::ALL.into_iter().zip(self.outcomes).filter(|(_, n)| *n > 0)
    }

    /// All connections.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.outcomes.iter().sum()
    }
}
