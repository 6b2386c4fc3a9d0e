//! Happenings into rungs, one after the other: what `live` draws as it happens and a whole ladder is made of.

use crate::base::{FrameNo, Side, Timestamp};
use crate::ladder::note::notes;
use crate::ladder::number::span;
use crate::ladder::offer::agreed;
use crate::ladder::opening::Opening;
use crate::ladder::spoken::joined;
use crate::ladder::verdict::is_none;
use crate::ladder::{
    Arrow, Beats, Brace, Happening, Heartbeats, LeftOut, Lifeline, Mark, Note, Rung, RungKind, RungTime,
    Spoken, Tone, came_to_be, label,
};
use crate::track::{Connection, Doubt, Step, StepKind};

/// What must be remembered of a connection to draw its next rung. Small and `Copy`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracer {
    client_state: Option<&'static str>,
    server_state: Option<&'static str>,
    /// What each side opened with: client, server.
    openings: [Option<Opening>; 2],
    begun: bool,
    complete: bool,
    /// The frame of the rung before, and the time at which it ended.
    latest: Option<FrameNo>,
    latest_time: Option<Timestamp>,
    /// The message before was a guess.
    guessed: bool,
}

impl Tracer {
    /// The rungs of what happened next. `began` is the capture's earliest time.
    pub fn rungs(
        &mut self,
        connection: &Connection,
        happening: &Happening,
        began: Option<Timestamp>,
    ) -> Vec<Rung> {
        match happening {
            Happening::Step(step) => self.step(connection, step, began),
            Happening::Message(spoken) => vec![self.message(connection, spoken, began)],
            Happening::Heartbeats(run) => vec![self.heartbeats(run, began)],
        }
    }

    /// The rungs of the connection's next step: its arrow, and what it completes.
    pub fn step(&mut self, connection: &Connection, step: &Step, began: Option<Timestamp>) -> Vec<Rung> {
        let opening = self.remember_opening(step);
        let (client_state, server_state) = self.states(step);
        // What belongs to no connection puts no end into a state.
        let none = is_none(connection);
        let shown = |now: Option<&'static str>, known| now.filter(|state| !none && known != Some(*state));
        let arrow = Arrow {
            frame: step.frame,
            time: self.time(step.time, began),
            from: step.from,
            label: label::label(step),
            tone: label::tone(step),
            client_state: shown(step.client_state, self.client_state),
            server_state: shown(step.server_state, self.server_state),
            notes: notes(connection, step, opening),
            text: None,
        };
        let ended = match step.kind {
            StepKind::Data { last_time, .. } => last_time.or(step.time),
            _ => step.time,
        };
        self.remember(step.frame, ended);
        self.client_state = client_state.or(self.client_state);
        self.server_state = server_state.or(self.server_state);
        let lifelines = self.lifelines();
        let mut rungs = vec![Rung { kind: RungKind::Arrow(arrow), lifelines }];
        if !self.complete && completes(connection, step) {
            self.complete = true;
            rungs.push(Rung { kind: RungKind::Brace(handshake_brace(connection)), lifelines });
        }
        rungs
    }

    /// The rung of the connection's next message.
    pub fn message(&mut self, connection: &Connection, spoken: &Spoken, began: Option<Timestamp>) -> Rung {
        self.data_flows(connection);
        // Between what is said plainly and what is beside the matter.
        let (mut notes, aside): (Vec<_>, Vec<_>) =
            spoken.notes.iter().cloned().partition(|note| note.mark != Mark::Aside);
        notes.extend(spoken.answer(self.latest));
        notes.extend(aside);
        if spoken.guessed && !self.guessed {
            notes.push(Note::marked(Mark::Aside, "a guess from here on"));
        }
        self.guessed = spoken.guessed;
        let arrow = Arrow {
            frame: spoken.frame,
            time: self.time(spoken.time, began),
            from: spoken.from,
            label: spoken.label.clone(),
            tone: spoken.tone,
            client_state: None,
            server_state: None,
            notes: joined(notes),
            text: spoken.text.clone(),
        };
        self.remember(spoken.frame, spoken.time);
        Rung { kind: RungKind::Arrow(arrow), lifelines: self.lifelines() }
    }

    fn heartbeats(&mut self, run: &Heartbeats, began: Option<Timestamp>) -> Rung {
        let beats = Beats {
            frame: run.first.0,
            time: self.time(run.first.1, began),
            label: run.label(),
            tone: Tone::Control,
            notes: run.notes(),
        };
        self.remember(run.last.0, run.last.1);
        Rung { kind: RungKind::Heartbeats(beats), lifelines: self.lifelines() }
    }

    /// A rung that says how much was left out here, if anything was.
    pub(super) fn fold(&self, left_out: LeftOut) -> Option<Rung> {
        (left_out != LeftOut::default())
            .then(|| Rung { kind: RungKind::Fold(left_out), lifelines: self.lifelines() })
    }

    fn time(self, now: Option<Timestamp>, began: Option<Timestamp>) -> RungTime {
        if let Some((now, before)) = now.zip(self.latest_time).filter(|_| self.begun) {
            return RungTime::Since(now.since(before));
        }
        match (now, began) {
            (Some(time), Some(began)) => RungTime::Offset(time.since(began)),
            _ => RungTime::Unknown,
        }
    }

    fn remember(&mut self, frame: FrameNo, ended: Option<Timestamp>) {
        self.begun = true;
        self.latest = Some(frame);
        self.latest_time = ended.or(self.latest_time);
    }

    /// Data can complete a handshake.
    fn data_flows(&mut self, connection: &Connection) {
        let opening = |state| matches!(state, Some("SYN-SENT" | "SYN-RECEIVED"));
        if came_to_be(connection.handshake.outcome)
            && connection.handshake.doubt != Some(Doubt::ServerStillWaits)
            && (opening(self.client_state) || opening(self.server_state))
        {
            (self.client_state, self.server_state) = (Some("ESTABLISHED"), Some("ESTABLISHED"));
        }
    }

    /// States after the step. A run of data is told when something else ends it, and by then that may have changed them: data
    /// alone changes none, except that it can complete a handshake.
    fn states(self, step: &Step) -> (Option<&'static str>, Option<&'static str>) {
        let after = |known: Option<&'static str>, told: Option<&'static str>| {
            told.filter(|state| known.is_none() || *state == "ESTABLISHED").or(known)
        };
        match step.kind {
            StepKind::Data { .. } => {
                (after(self.client_state, step.client_state), after(self.server_state, step.server_state))
            }
            _ => (step.client_state, step.server_state),
        }
    }

    /// What the sender opened with before this step, where the step repeats that number.
    fn remember_opening(&mut self, step: &Step) -> Option<Opening> {
        let [client, server] = &mut self.openings;
        let slot = match step.from {
            Side::Client => client,
            Side::Server => server,
        };
        let opens = matches!(step.kind, StepKind::Syn { .. } | StepKind::SynAck { .. });
        let known = slot.filter(|opening| opening.seq == step.seq);
        if opens && known.is_none() {
            *slot = Some(Opening { seq: step.seq, time: step.time });
        }
        known
    }

    /// The lane of a side whose state is not known is drawn as that of the other.
    fn lifelines(self) -> [Lifeline; 2] {
        let unopened = self.openings.iter().all(Option::is_none);
        let line = |own: Option<&str>, other: Option<&str>| match own.or(other) {
            Some("ESTABLISHED") => Lifeline::Solid,
            None if unopened => Lifeline::Solid,
            _ => Lifeline::Dotted,
        };
        [line(self.client_state, self.server_state), line(self.server_state, self.client_state)]
    }
}

/// The outcome is not asked: while steps are still coming it is that of a moment ago.
fn completes(connection: &Connection, step: &Step) -> bool {
    let numbers_fit = match step.kind {
        StepKind::HandshakeAck { expected_ack, .. } => step.ack == Some(expected_ack),
        // The second SYN-ACK of a simultaneous open (RFC 9293 §3.5, figure 7).
        StepKind::SynAck { .. } => true,
        _ => false,
    };
    // Of a side that was not captured no state is known: the other side's says it.
    let handshake = &connection.handshake;
    let is_complete = handshake.syn.is_some() && handshake.syn_ack.is_some() && handshake.ack.is_some();
    let known = [step.client_state, step.server_state];
    let established = known != [None; 2] && known.into_iter().flatten().all(|state| state == "ESTABLISHED");
    numbers_fit && established && (handshake.connect.is_some() || is_complete)
}

fn handshake_brace(connection: &Connection) -> Brace {
    let handshake = &connection.handshake;
    let mut notes = Vec::new();
    let known: Vec<_> = [(handshake.server_rtt, Side::Server), (handshake.client_rtt, Side::Client)]
        .into_iter()
        .filter_map(|(rtt, side)| Some(format!("{} to the {} and back", span(rtt?), side.name())))
        .collect();
    notes.extend((!known.is_empty()).then(|| Note::new(known.join(" · "))));
    if handshake.server_rtt.is_none() && handshake.syn_count > 1 {
        notes.push(Note::marked(
            Mark::Aside,
            "the SYN was sent more than once, so the time to the server and back cannot be told",
        ));
    }
    if handshake.syn.zip(handshake.syn_ack).is_some_and(|(syn, answer)| answer.frame < syn.frame) {
        let text = "the SYN-ACK was recorded before its SYN, so the time that it took cannot be told";
        notes.push(Note::marked(Mark::Aside, text));
    }
    let is_ipv6 = connection.client.address.is_ipv6();
    notes.extend(handshake.negotiated.as_ref().map(|negotiated| agreed(negotiated, is_ipv6)));
    let label = match handshake.connect {
        Some(connect) => format!("handshake complete in {}", span(connect)),
        None => "handshake complete".to_owned(),
    };
    Brace { span: handshake.connect, label, notes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Duration;
    use crate::ladder::sample::{Talk, chat};
    use crate::ladder::{Happenings, Ladder};
    use crate::timeline::Carried;

    fn one_way() -> Ladder {
        let mut talk = chat();
        talk.steps.retain(|step| step.from == Side::Client);
        for step in &mut talk.steps {
            step.server_state = None;
        }
        Ladder::new(&talk.connection, &Carried::default(), &talk.steps.iter().collect::<Happenings>(), None)
    }

    #[test]
    fn the_lane_of_an_unseen_side_is_drawn_as_the_other() {
        let lanes: Vec<_> = one_way().rungs.iter().map(|rung| rung.lifelines).collect();
        assert!(lanes.iter().all(|[left, right]| left == right), "{lanes:?}");
        assert!(lanes.contains(&[Lifeline::Solid; 2]), "{lanes:?}");
        assert!(lanes.contains(&[Lifeline::Dotted; 2]), "{lanes:?}");
    }

    #[test]
    fn a_handshake_of_which_one_side_was_seen_is_summed_up_once() {
        let braces = one_way().rungs.iter().filter(|rung| matches!(rung.kind, RungKind::Brace(_))).count();
        assert_eq!(braces, 1);
    }

    #[test]
    fn data_that_completes_a_handshake_makes_the_lanes_solid() {
        let talk = Talk::on_ipv4().syn(0, 0).data(1_000, Side::Client, 1, 9);
        let lanes: Vec<_> = talk.ladder().rungs.iter().map(|rung| rung.lifelines).collect();
        assert_eq!(lanes, [[Lifeline::Dotted; 2], [Lifeline::Solid; 2]]);
    }

    #[test]
    fn one_known_round_trip_is_told_without_the_other() {
        let mut talk = chat();
        let told = |talk: &Talk| handshake_brace(&talk.connection).notes[0].text.clone();
        talk.connection.handshake.client_rtt = None;
        assert_eq!(told(&talk), "0.402 ms to the server and back");
        talk.connection.handshake.client_rtt = Some(Duration(36_000));
        talk.connection.handshake.server_rtt = None;
        assert_eq!(told(&talk), "36 µs to the client and back");
    }

    #[test]
    fn data_that_no_message_tells_keep_their_place_between_messages() {
        let text = (crate::app::Role::Data, "text");
        let talk = Talk::on_ipv4()
            .handshake()
            .says(1_000, Side::Client, text, ("text", "a"))
            .data(2_000_000, Side::Client, 3, 4_344)
            .says(1_000, Side::Server, text, ("text", "b"));
        let rungs = talk.ladder().rungs;
        let arrows = rungs.iter().filter_map(|rung| match &rung.kind {
            RungKind::Arrow(arrow) => Some((arrow.label.name.as_str(), arrow.tone)),
            _ => None,
        });
        let told: Vec<_> = arrows.skip(3).collect();
        let data = ("3 segments, 4,344 bytes", Tone::Data);
        assert_eq!(told, [("text", Tone::Message), data, ("text", Tone::Message)]);
        assert!(rungs.last().unwrap().lifelines == [Lifeline::Solid; 2]);
    }
}
