//! Data of one side told as one step: what a ladder can show of a transfer.

use crate::base::{Duration, FrameNo, Timestamp};
use crate::track::StepKind;
use crate::track::record::Record;
use crate::track::scribe::Scribe;
use crate::track::segment::Segment;
use crate::track::state::State;

/// Segments with data of one side, with nothing but acknowledgments between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct DataRun {
    first: Segment,
    flags: u16,
    segments: u32,
    bytes: u64,
    last_frame: FrameNo,
    last_time: Option<Timestamp>,
    /// States of client and server while the data flowed: what ends the run may already have changed them.
    states: (State, State),
}

/// A pause that is long enough to be seen on its own.
const PAUSE: Duration = Duration(200_000_000);

impl DataRun {
    /// Whether a further segment comes too late to be told in the same step.
    fn is_over(&self, segment: &Segment, scribe: &Scribe) -> bool {
        let pause = segment.at.zip(self.last_time).map(|(now, last)| now.since(last));
        pause.is_some_and(|pause| pause >= PAUSE) || scribe.is_too_long(self.first.at, segment.at)
    }

    /// The same run told of the other side.
    pub(super) fn told_of_other_side(mut self) -> Self {
        self.first.from = self.first.from.other();
        self.states = (self.states.1, self.states.0);
        self
    }
}

impl Record {
    /// Adds a segment with data to the run of its side; ends the other side's run.
    pub(super) fn add_to_run(&mut self, segment: &Segment, scribe: &mut Scribe) {
        if !scribe.is_wanted() {
            return;
        }
        let states = (self.client.state, self.server.state);
        match &mut self.run {
            Some(run) if run.first.from == segment.from && !run.is_over(segment, scribe) => {
                run.segments = run.segments.saturating_add(1);
                run.bytes += u64::from(segment.data_length);
                run.flags |= segment.flags.0;
                run.last_frame = segment.frame;
                run.last_time = segment.at.or(run.last_time);
            }
            _ => {
                self.end_run(scribe);
                self.run = Some(DataRun {
                    first: *segment,
                    flags: segment.flags.0,
                    segments: 1,
                    bytes: u64::from(segment.data_length),
                    last_frame: segment.frame,
                    last_time: segment.at,
                    states,
                });
            }
        }
    }

    /// Tells the run that is under way, if there is one.
    pub(super) fn end_run(&mut self, scribe: &mut Scribe) {
        let Some(run) = self.run.take() else { return };
        let mut segment = run.first;
        segment.flags.0 = run.flags;
        let kind = StepKind::Data {
            segments: run.segments,
            bytes: run.bytes,
            last_frame: run.last_frame,
            last_time: run.last_time,
        };
        self.tell_in(run.states, &segment, kind, scribe);
        self.scribe_state.last_time = run.last_time.or(self.scribe_state.last_time);
    }
}
