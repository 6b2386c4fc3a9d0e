//! Turns what happens into steps, where somebody wants them.

use crate::base::{Duration, Timestamp};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::state::State;
use crate::track::{Step, StepKind};

/// Collects the steps of one frame until they are told; does nothing where nobody wants them.
#[derive(Debug)]
pub(super) struct Scribe {
    wanted: bool,
    longest_run: Option<Duration>,
    steps: Vec<Step>,
}

impl Scribe {
    pub(super) fn new(wanted: bool, longest_run: Option<Duration>) -> Self {
        Self { wanted, longest_run, steps: Vec::new() }
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

    /// The steps since the last call, in order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Step> + '_ {
        self.steps.drain(..)
    }
}

impl Record {
    /// Tells a step, after the data that came before it.
    pub(super) fn write(&mut self, segment: &Segment, kind: StepKind, scribe: &mut Scribe) {
        if scribe.wanted {
            self.end_run(scribe);
            self.tell_in((self.client.state, self.server.state), segment, kind, scribe);
        }
    }

    /// Tells a step that client and server were in these states after.
    pub(super) fn tell_in(
        &mut self,
        states: (State, State),
        segment: &Segment,
        kind: StepKind,
        scribe: &mut Scribe,
    ) {
        let state = &mut self.scribe_state;
        let since_previous = segment.at.zip(state.last_time).map(|(now, before)| now.since(before));
        state.last_time = segment.at.or(state.last_time);
        // The number of a SYN is the ISN, also where it is not (yet) the one that counts.
        let own_isn = self.end(segment.from).isn.or(segment.flags.syn().then_some(segment.seq));
        let others_isn = self.end(segment.from.other()).isn;
        let annotation = self.connection.annotations.iter().rev().take_while(|a| a.frame == segment.frame);
        scribe.steps.push(Step {
            frame: segment.frame,
            time: segment.at,
            since_previous,
            from: segment.from,
            seq: segment.seq,
            relative_seq: own_isn.map(|isn| segment.seq.since(isn)),
            ack: segment.ack,
            relative_ack: segment.ack.zip(others_isn).map(|(ack, isn)| ack.since(isn)),
            window: segment.window,
            flags: segment.flags,
            kind,
            client_state: states.0.name(),
            server_state: states.1.name(),
            annotation: annotation.max_by_key(|a| a.rule.severity).copied(),
        });
    }
}
