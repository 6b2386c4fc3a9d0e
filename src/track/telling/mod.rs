//! What happens on a connection, told as steps.

pub(super) mod run;
pub(super) mod scribe;

use crate::base::Side;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::state::State;
use crate::track::telling::run::DataRun;
use crate::track::telling::scribe::Scribe;
use crate::track::{Covered, DataTold, Step, StepKind};

impl Record {
    /// Tells a step, after the data that came before it.
    pub(super) fn write(&mut self, segment: &Segment, kind: StepKind, scribe: &mut Scribe) {
        if scribe.is_wanted() {
            self.end_run(scribe);
            self.tell_in((self.client.state, self.server.state), segment, kind, scribe);
        }
    }

    /// Adds a segment with data to the run of its side; ends the other side's run.
    pub(super) fn add_to_run(&mut self, segment: &Segment, scribe: &mut Scribe) {
        if !scribe.is_wanted() {
            return;
        }
        if self.is_told_by_others(segment.from) {
            scribe.fresh = Some(*segment);
        } else if !self.run.as_mut().is_some_and(|run| run.takes(segment, scribe)) {
            self.end_run(scribe);
            self.run = Some(DataRun::new(segment, (self.client.state, self.server.state)));
        }
    }

    /// Who tells the data of each side from now on. Data that waits to be told is told by others too where `covered`, else here.
    pub(super) fn leave_data(&mut self, from: Side, to_others: DataTold, scribe: &mut Scribe) {
        self.told_by_others = (to_others.client, to_others.server);
        let fresh = scribe.fresh.take().filter(|_| !self.is_told_by_others(from));
        if let Some(segment) = fresh {
            self.add_to_run(&Segment { from, ..segment }, scribe);
        } else if let Some(run) = self.run.as_ref().filter(|run| self.is_told_by_others(run.side())) {
            let is_latest = run.is_single() && run.side() == from;
            let covered = to_others.covered;
            if covered == Covered::Everything || (covered == Covered::Latest && is_latest) {
                self.run = None;
            }
            self.end_run(scribe);
        }
    }

    fn is_told_by_others(&self, side: Side) -> bool {
        match side {
            Side::Client => self.told_by_others.0,
            Side::Server => self.told_by_others.1,
        }
    }

    /// Tells the run that is under way, if there is one.
    pub(super) fn end_run(&mut self, scribe: &mut Scribe) {
        let Some(run) = self.run.take() else { return };
        let (segment, kind, states) = run.told();
        self.tell_in(states, &segment, kind, scribe);
        self.scribe_state.last_time = run.last_time().or(self.scribe_state.last_time);
    }

    /// Tells a step that client and server were in these states after.
    fn tell_in(&mut self, states: (State, State), segment: &Segment, kind: StepKind, scribe: &mut Scribe) {
        let state = &mut self.scribe_state;
        let since_previous = segment.at.zip(state.last_time).map(|(now, before)| now.since(before));
        state.last_time = segment.at.or(state.last_time);
        // The number of a SYN is the ISN, also where it is not (yet) the one that counts.
        let own_isn = self.end(segment.from).isn.or(segment.flags.syn().then_some(segment.seq));
        let others_isn = self.end(segment.from.other()).isn;
        let annotation = self.connection.annotations.iter().rev().take_while(|a| a.frame == segment.frame);
        scribe.push(Step {
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
            client_state: self.client.state_shown(states.0),
            server_state: self.server.state_shown(states.1),
            annotation: annotation.max_by_key(|a| a.rule.severity).copied(),
        });
    }
}
