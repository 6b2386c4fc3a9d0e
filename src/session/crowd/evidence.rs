//! The frames that a finding rests on: the first ones, and how many more there are.

use crate::base::convert::wide;
use crate::base::{Finding, FrameNo};

/// The first frames that show something, and how many there are in all.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    first: Vec<FrameNo>,
    count: u64,
}

impl Evidence {
    /// Takes one more frame.
    pub(super) fn take(&mut self, frame: FrameNo) {
        self.count += 1;
        let place = self.first.partition_point(|other| *other < frame);
        if place < Finding::MOST_FRAMES {
            self.first.insert(place, frame);
            self.first.truncate(Finding::MOST_FRAMES);
        }
    }

    /// Takes what another one holds.
    pub(super) fn join(&mut self, other: &Self) {
        for frame in &other.first {
            self.take(*frame);
        }
        self.count += other.count - wide(other.first.len());
    }

    /// The first frames and how many more there are.
    pub(super) fn frames(&self) -> (Vec<FrameNo>, u64) {
        (self.first.clone(), self.count - wide(self.first.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_frames_are_kept_in_whatever_order_they_come() {
        let mut evidence = Evidence::default();
        for frame in (1..=100).rev() {
            evidence.take(FrameNo(frame));
        }
        let (frames, more) = evidence.frames();
        assert_eq!(frames, (1..=16).map(FrameNo).collect::<Vec<_>>());
        assert_eq!(more, 84);
        evidence.join(&evidence.clone());
        assert_eq!(evidence.frames().1, 184);
    }
}
