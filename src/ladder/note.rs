//! What there is to say about a step, with the arithmetic that was checked, in the numbers that were sent.

use crate::base::{Annotation, FrameNo, SeqNum, Severity, Side, ordinal};
use crate::ladder::icmp::icmp_error;
use crate::ladder::number::{counted, span};
use crate::ladder::offer::{answer_on_ecn, offer};
use crate::ladder::opening::Opening;
use crate::ladder::verdict::{is_none, is_split, is_stray};
use crate::track::{Connection, RstEffect, Step, StepKind, rules};
use crate::wire::transport::SynOptions;

/// One remark, without a full stop. Parts that may stand on different lines are separated by ` · `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The words.
    pub text: String,
    /// What kind of remark it is.
    pub mark: Mark,
}

impl Note {
    /// A plain remark.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), mark: Mark::Plain }
    }

    /// A remark of this kind.
    #[must_use]
    pub fn marked(mark: Mark, text: impl Into<String>) -> Self {
        Self { text: text.into(), mark }
    }
}

/// What kind of remark a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A fact.
    Plain,
    /// Beside the matter.
    Aside,
    /// A check that holds: shown with a tick.
    Right,
    /// A check that does not hold: shown with a cross.
    Wrong,
    /// Something that failed, without a sum to show.
    Fault,
}

/// Rules that say what the notes on a step say already, with more numbers.
const TOLD: [&str; 7] = [
    rules::SYN_SENT_AGAIN.id,
    rules::SYN_WITH_DATA.id,
    rules::SYN_ACK_SENT_AGAIN.id,
    rules::SIMULTANEOUS_OPEN.id,
    rules::SPLIT_HANDSHAKE.id,
    rules::RST_IGNORED.id,
    rules::RST_NOT_EXACT.id,
];

/// The notes on a step. `opening` is what the sender opened with before, where this step repeats it.
pub(super) fn notes(connection: &Connection, step: &Step, opening: Option<Opening>) -> Vec<Note> {
    let mut notes = match step.kind {
        StepKind::Syn { options, retry, data_length, simultaneous } => {
            let mut notes = opened(step, &options, opening.filter(|_| retry > 0), retry);
            if simultaneous {
                notes.push(Note::new(if is_split(connection) {
                    "a SYN of its own instead of a SYN-ACK"
                } else {
                    "sent before the other side's SYN had arrived: a simultaneous open"
                }));
            }
            notes.extend(data_on_syn(data_length));
            notes
        }
        StepKind::SynAck { options, repeat, expected_ack, data_acknowledged } => {
            let mut notes = match opening {
                // In a simultaneous open each side has said this with its SYN.
                Some(_) if repeat == 0 => Vec::new(),
                _ => opened(step, &options, opening, repeat),
            };
            notes.extend(syn_ack_check(connection, step, expected_ack, data_acknowledged));
            notes.extend(answer_on_ecn(connection, step));
            notes
        }
        StepKind::HandshakeAck { expected_ack, data_length } => {
            let mut notes: Vec<_> = match connection.handshake.syn_ack {
                Some(_) => check(step, expected_ack, 0).into_iter().collect(),
                // The number was taken from this very segment: there is nothing to check it against.
                None => vec![unseen_isn(step, expected_ack)],
            };
            notes.extend(carried(data_length));
            notes
        }
        StepKind::Data { segments, again, again_frames, .. } => {
            sent_before(segments, again, again_frames).into_iter().collect()
        }
        StepKind::Noted { .. } => Vec::new(),
        StepKind::Fin { .. } if is_none(connection) => {
            vec![Note::marked(Mark::Aside, "of no connection that the capture knows: it closes nothing")]
        }
        StepKind::Fin { data_length, both } => fin(step.from, both, data_length),
        StepKind::FinAck => vec![Note::new("acknowledges the FIN")],
        StepKind::Rst { effect } => reset(connection, step, effect),
        StepKind::Icmp { error, sender } => icmp_error(connection, step, &error, sender),
        StepKind::Midstream { data_length } => midstream(step, data_length),
    };
    let annotation = step.annotation.filter(|annotation| !TOLD.contains(&annotation.rule.id));
    notes.extend(annotation.map(|annotation| rule(&annotation, step)));
    notes
}

/// The sender's number and what it offers; of a repeat only how late it comes.
fn opened(step: &Step, options: &SynOptions, first: Option<Opening>, retry: u32) -> Vec<Note> {
    let Some(first) = first else {
        return vec![offer(step, options)];
    };
    let since = first.time.zip(step.time).map(|(first, now)| now.since(first));
    let after = since.map(|since| format!(", {} after the first", span(since)));
    let rank = ordinal(u64::from(retry) + 1);
    vec![Note::new(format!("sent again ({rank} try){}", after.unwrap_or_default()))]
}

fn data_on_syn(data_length: u32) -> Option<Note> {
    (data_length > 0)
        .then(|| Note::new(format!("carries {} of data already", counted(data_length.into(), "byte"))))
}

fn carried(data_length: u32) -> Option<Note> {
    (data_length > 0).then(|| Note::new(format!("with {} of data", counted(data_length.into(), "byte"))))
}

fn unseen_isn(step: &Step, expected: SeqNum) -> Note {
    let (isn, other) = (SeqNum(expected.0.wrapping_sub(1)), step.from.other().name());
    Note::marked(Mark::Aside, format!("ack {expected}: so the {other}'s ISN, not captured, is {isn}"))
}

fn syn_ack_check(connection: &Connection, step: &Step, expected: Option<SeqNum>, data: u32) -> Option<Note> {
    let recorded_later =
        connection.handshake.syn.filter(|syn| step.frame < syn.frame && step.ack == Some(syn.seq + 1));
    match (expected, recorded_later) {
        (Some(expected), _) => check(step, expected, data),
        (None, Some(syn)) => {
            let Note { text, mark } = check(step, syn.seq + 1, data)?;
            Some(Note::marked(mark, format!("{text}; its SYN was recorded later (frame\u{a0}{})", syn.frame)))
        }
        (None, None) => Some(Note::marked(Mark::Aside, "no SYN that it answers was captured before it")),
    }
}

/// Whether the acknowledgment number is the other side's ISN + 1 (RFC 9293 §3.5), or covers the data that came with its
/// SYN as well (RFC 7413 §4.2.2), with the sum.
fn check(step: &Step, expected: SeqNum, data: u32) -> Option<Note> {
    let ack = step.ack?;
    let other = step.from.other().name();
    let isn = SeqNum(expected.0.wrapping_sub(1));
    let round = if expected.0 == 0 || ack.0 < isn.0 { " (counting on after 4294967295 at 0)" } else { "" };
    Some(if ack == expected {
        Note::marked(Mark::Right, format!("ack {ack} = {other} ISN {isn} + 1{round}"))
    } else if data > 0 && ack == expected + data {
        Note::marked(Mark::Right, format!("ack {ack} = {other} ISN {isn} + 1 + {data} bytes of data{round}"))
    } else {
        Note::marked(Mark::Wrong, format!("ack {ack} ≠ {other} ISN {isn} + 1 = {expected}"))
    })
}

fn fin(from: Side, both: bool, data_length: u32) -> Vec<Note> {
    let text = if both {
        format!("the {} closes too", from.name())
    } else {
        format!("the {} closes: it will send nothing more", from.name())
    };
    let mut notes = vec![Note::new(text)];
    notes.extend(carried(data_length));
    notes
}

fn reset(connection: &Connection, step: &Step, effect: RstEffect) -> Vec<Note> {
    match effect {
        RstEffect::Refuses => refusal(connection, step),
        RstEffect::Rejects => {
            vec![Note::new("rejects the segment that acknowledged this number; the attempt goes on")]
        }
        RstEffect::EndsHandshake => {
            vec![Note::marked(Mark::Fault, "ends the attempt before the handshake was complete")]
        }
        RstEffect::Ends if step.frame == connection.first_frame => {
            vec![Note::marked(Mark::Aside, "what it ends is not in the capture")]
        }
        // The rule says the rest.
        RstEffect::Ends if is_stray(connection) => Vec::new(),
        RstEffect::Ends if is_none(connection) => {
            vec![Note::marked(Mark::Aside, "says that there is no such connection")]
        }
        RstEffect::Ends => {
            vec![Note::marked(Mark::Fault, "ends the connection at once; what was under way is lost")]
        }
        RstEffect::NotExact => vec![Note::marked(
            Mark::Aside,
            "in the window, but not exactly the number that comes next: today's receivers challenge it",
        )],
        RstEffect::AfterEnd => vec![Note::marked(Mark::Aside, "the connection had ended already")],
        RstEffect::Ignored => {
            vec![Note::marked(Mark::Aside, "its numbers do not fit: the receiver ignores it")]
        }
    }
}

fn refusal(connection: &Connection, step: &Step) -> Vec<Note> {
    let isn = match step.from {
        Side::Server => connection.handshake.client_isn,
        Side::Client => connection.handshake.server_isn,
    };
    let mut notes = vec![Note::marked(Mark::Fault, "answers the SYN: connection refused")];
    notes.extend(isn.and_then(|isn| check(step, isn + 1, 0)).filter(|note| note.mark == Mark::Right));
    notes
}

fn midstream(step: &Step, data_length: u32) -> Vec<Note> {
    let what = if data_length > 0 { "the first frame seen, with data" } else { "the first frame seen" };
    let mut notes = vec![Note::marked(Mark::Aside, format!("{what}: no SYN in the capture"))];
    // Without an ISN to count from the arrow itself has the numbers as sent.
    notes.extend(step.relative_seq.is_some().then(|| Note::marked(Mark::Aside, raw(step))));
    notes
}

fn raw(step: &Step) -> String {
    match step.ack {
        Some(ack) => format!("seq {} · ack {ack}", step.seq),
        None => format!("seq {}", step.seq),
    }
}

/// How much of a run of data the capture had before.
fn sent_before(segments: u32, again: u32, frames: [Option<FrameNo>; 2]) -> Option<Note> {
    let text = match again {
        0 => return None,
        1 if segments == 1 => "sent before: a retransmission".to_owned(),
        _ if again >= segments => "all of them sent before: retransmissions".to_owned(),
        _ => {
            let which = match frames {
                [Some(first), Some(second)] if again == 2 => format!(": frames\u{a0}{first} and {second}"),
                [Some(only), _] if again == 1 => format!(": frame\u{a0}{only}"),
                [Some(first), _] => format!(", the first in frame\u{a0}{first}"),
                [None, _] => String::new(),
            };
            format!("{} among them{which}", counted(again.into(), "retransmission"))
        }
    };
    Some(Note::new(text))
}

fn rule(annotation: &Annotation, step: &Step) -> Note {
    let mark = match annotation.rule.severity {
        Severity::Error => Mark::Fault,
        Severity::Warning | Severity::Note => Mark::Plain,
    };
    let after = match step.kind {
        StepKind::Noted { after, .. } => after,
        _ => None,
    };
    let about = annotation.about.map(|frame| match after {
        Some(after) => format!(", {} after frame\u{a0}{frame}", span(after)),
        None => format!(" (see frame\u{a0}{frame})"),
    });
    Note::marked(mark, format!("{}{}", annotation.rule.title, about.unwrap_or_default()))
}
