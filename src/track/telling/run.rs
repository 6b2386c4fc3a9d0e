//! Data of one side told as one step: what a ladder can show of a transfer.

use crate::base::{Duration, FrameNo, Side, Timestamp};
use crate::track::StepKind;
use crate::track::segment::Segment;
use crate::track::state::State;
use crate::track::telling::scribe::Scribe;

/// Segments with data of one side, with nothing but acknowledgments between them.
#[derive(Clone, Copy, Debug)]
pub(in crate::track) struct DataRun {
    first: Segment,
    flags: u16,
    segments: u32,
    again: u32,
    again_frames: [Option<FrameNo>; 2],
    bytes: u64,
    last_frame: FrameNo,
    last_time: Option<Timestamp>,
    /// States of client and server while the data flowed: what ends the run may already have changed them.
    states: (State, State),
}

/// A pause that is long enough to be seen on its own.
const PAUSE: Duration = Duration(200_000_000);

impl DataRun {
    /// A run that begins with this segment, while client and server are in these states.
    pub(in crate::track) fn new(first: &Segment, states: (State, State)) -> Self {
        Self {
            first: *first,
            flags: first.flags.0,
            segments: 1,
            again: 0,
            again_frames: [None; 2],
            bytes: u64::from(first.data_length),
            last_frame: first.frame,
            last_time: first.at,
            states,
        }
    }

    /// Adds a segment; whether it belongs to the run: of the same side, and not too late to be told in the same step.
    pub(in crate::track) fn takes(&mut self, segment: &Segment, scribe: &Scribe) -> bool {
        if self.first.from != segment.from || self.is_over(segment, scribe) {
            return false;
        }
        self.segments = self.segments.saturating_add(1);
        self.bytes += u64::from(segment.data_length);
        self.flags |= segment.flags.0;
        self.last_frame = segment.frame;
        self.last_time = segment.at.or(self.last_time);
        true
    }

    /// The data of this segment was sent before, if it is the last of the run.
    pub(in crate::track) fn count_again(&mut self, segment: &Segment) {
        if self.last_frame != segment.frame {
            return;
        }
        self.again = self.again.saturating_add(1);
        if let Some(place) = self.again_frames.iter_mut().find(|place| place.is_none()) {
            *place = Some(segment.frame);
        }
    }

    /// The step that tells it, as if of one segment; with the states of client and server.
    pub(in crate::track) fn told(&self) -> (Segment, StepKind, (State, State)) {
        let mut segment = self.first;
        segment.flags.0 = self.flags;
        let kind = StepKind::Data {
            segments: self.segments,
            bytes: self.bytes,
            last_frame: self.last_frame,
            last_time: self.last_time,
            again: self.again,
            again_frames: self.again_frames,
        };
        (segment, kind, self.states)
    }

    /// Whether it is one segment so far.
    pub(in crate::track) fn is_single(&self) -> bool {
        self.segments == 1
    }

    /// Who sent it.
    pub(in crate::track) fn side(&self) -> Side {
        self.first.from
    }

    /// Time of its last segment, where known.
    pub(in crate::track) fn last_time(&self) -> Option<Timestamp> {
        self.last_time
    }

    /// The same run told of the other side.
    pub(in crate::track) fn told_of_other_side(mut self) -> Self {
        self.first.from = self.first.from.other();
        self.states = (self.states.1, self.states.0);
        self
    }

    fn is_over(&self, segment: &Segment, scribe: &Scribe) -> bool {
        let pause = segment.at.zip(self.last_time).map(|(now, last)| now.since(last));
        pause.is_some_and(|pause| pause >= PAUSE) || scribe.is_too_long(self.first.at, segment.at)
    }
}
