//! What came of an attempt, and how sure that is. A later success wins; then RST, then ICMP, then silence.

use crate::base::{Certainty, Duration, Side, Timestamp};
use crate::track::handshake::waiting::ServerWaits;
use crate::track::record::Record;
use crate::track::{Close, CloseHow, Doubt, Outcome};

/// Silence counts as an answer that did not come after this time: a second (INTERFACE: `no_answer`).
const SILENCE: Duration = Duration::seconds(1);
/// Silence that no stack waits through before it repeats its SYN (RFC 6298 §2, §5.7: 1 s, formerly 3 s).
const RETRY_WINDOW: Duration = Duration::seconds(3);

/// What the rest of the capture says about an attempt.
#[derive(Clone, Copy, Debug)]
pub(in crate::track) struct Surroundings {
    /// Frames towards the client were being captured.
    pub(in crate::track) replies_captured: bool,
    /// The latest time that the attempt was watched.
    pub(in crate::track) until: Option<Timestamp>,
    /// Frames that are known to have been dropped, which is told when the capture ends.
    pub(in crate::track) dropped: u64,
}

impl Record {
    /// Sets outcome and certainty from everything seen so far.
    pub(in crate::track) fn judge(&mut self, surroundings: Surroundings) {
        let (outcome, certainty) = self.verdict(surroundings);
        let doubt = self.doubt_about(outcome, surroundings);
        let handshake = &mut self.connection.handshake;
        handshake.outcome = outcome;
        handshake.certainty = match certainty {
            Certainty::Proven if doubt.is_some() => Certainty::Inferred,
            certainty => certainty,
        };
        handshake.doubt = doubt;
    }

    /// Nothing more can come: a RST in the handshake that might have been followed by a success ended the attempt.
    pub(in crate::track) fn settle(&mut self, surroundings: Surroundings) {
        self.judge(surroundings);
        self.infer_fin();
        self.check_unacknowledged_fin();
        self.settle_probe();
        if let Some((side, frame)) = self.connection.handshake.reset
            && !self.is_established()
            && self.connection.close.how == CloseHow::Open
        {
            self.connection.close =
                Close { how: CloseHow::Reset, first: Some(side), frame: Some(frame), ..Close::default() };
        }
    }

    fn verdict(&self, surroundings: Surroundings) -> (Outcome, Certainty) {
        let handshake = &self.connection.handshake;
        if self.is_established() {
            let all = handshake.syn.is_some() && handshake.syn_ack.is_some() && handshake.ack.is_some();
            let certainty = if all && !self.clues.split { Certainty::Proven } else { Certainty::Inferred };
            let both_opened = self.simultaneous || self.is_to_itself();
            return (if both_opened { Outcome::SimultaneousOpen } else { Outcome::Established }, certainty);
        }
        if self.is_midstream() {
            return (Outcome::NotCaptured, Certainty::Guessed);
        }
        let answered = handshake.syn_ack.is_some();
        let without_syn = if handshake.syn.is_some() { Certainty::Proven } else { Certainty::Inferred };
        let answered_at = handshake.syn_ack.map(|answer| answer.frame);
        match handshake.reset {
            Some((_, frame)) if answered_at.is_some_and(|answer| answer < frame) => {
                return (Outcome::Reset, without_syn);
            }
            Some((Side::Server, _)) => return (Outcome::Refused, Certainty::Proven),
            Some((Side::Client, _)) => return (Outcome::Abandoned, self.certainty_of_silence(surroundings)),
            None => {}
        }
        if self.abandoned {
            (Outcome::Abandoned, self.certainty_of_silence(surroundings))
        } else if answered {
            (Outcome::HalfOpen, self.certainty_of_half_open(surroundings))
        } else if handshake.icmp.is_some() {
            (Outcome::Unreachable, Certainty::Proven)
        } else {
            self.silence(surroundings)
        }
    }

    /// What may be otherwise than it looks: an absence where frames are missing, a success that one end does not share yet.
    fn doubt_about(&self, outcome: Outcome, surroundings: Surroundings) -> Option<Doubt> {
        match outcome {
            Outcome::Established if self.clues.server_waits == ServerWaits::Yes => {
                Some(Doubt::ServerStillWaits)
            }
            Outcome::HalfOpen | Outcome::NoAnswer | Outcome::Abandoned | Outcome::Undecided => {
                match surroundings.dropped {
                    _ if self.clues.has_hole => Some(Doubt::SegmentNotCaptured),
                    0 => None,
                    dropped => Some(Doubt::FramesDropped(dropped)),
                }
            }
            _ => None,
        }
    }

    fn silence(&self, surroundings: Surroundings) -> (Outcome, Certainty) {
        let first = self.connection.handshake.syn.and_then(|syn| syn.time);
        let server = &self.connection.server_traffic;
        let heard = surroundings.replies_captured || server.frames > 0;
        // Something came back that is more than a word about another connection.
        let answered = self.client.syn_acknowledged || server.data_bytes > 0;
        if heard && !answered && passed(first, surroundings.until, SILENCE) {
            (Outcome::NoAnswer, self.certainty_of_silence(surroundings))
        } else {
            (Outcome::Undecided, Certainty::Guessed)
        }
    }

    /// Nothing came back: proven where it would have been captured and the time to wait for it passed.
    fn certainty_of_silence(&self, surroundings: Surroundings) -> Certainty {
        let first = self.connection.handshake.syn.and_then(|syn| syn.time);
        match surroundings.replies_captured {
            true if passed(first, surroundings.until, RETRY_WINDOW) => Certainty::Proven,
            true => Certainty::Inferred,
            false => Certainty::Guessed,
        }
    }

    /// The acknowledgment never came: proven where the client's direction was captured and it had the time.
    fn certainty_of_half_open(&self, surroundings: Surroundings) -> Certainty {
        let handshake = &self.connection.handshake;
        let last = handshake.syn_ack.and_then(|s| s.time);
        if handshake.syn.is_some() && passed(last, surroundings.until, SILENCE) {
            Certainty::Proven
        } else {
            Certainty::Inferred
        }
    }
}

fn passed(from: Option<Timestamp>, until: Option<Timestamp>, at_least: Duration) -> bool {
    from.zip(until).is_some_and(|(from, until)| until.since(from) >= at_least)
}
