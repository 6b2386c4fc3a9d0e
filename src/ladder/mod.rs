//! The picture of one connection before it has a medium: two lanes, and what goes between them. Computed once, drawn by every
//! face of the program. All texts are made of numbers and of synscope's own words, never of bytes from the network.

mod label;
mod note;
pub mod number;
mod offer;
mod opening;
#[cfg(test)]
pub(crate) mod sample;
mod steps;
mod tracer;
mod verdict;

pub use label::Label;
pub use note::{Mark, Note};
pub use steps::Steps;
pub use tracer::Tracer;
pub use verdict::{came_to_be, closed, closing, outcome_words, verdict};

use crate::base::{ConnId, Duration, Endpoint, FrameNo, Side, Timestamp};
use crate::track::Connection;

/// One connection as a sequence diagram.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// The connection.
    pub id: ConnId,
    /// The client's lane.
    pub left: Lane,
    /// The server's lane.
    pub right: Lane,
    /// What came of the attempt to open it, as a sentence without a full stop.
    pub verdict: Note,
    /// Arrows and remarks, in capture order.
    pub rungs: Vec<Rung>,
    /// How it ended and what was carried, one sentence each.
    pub closing: Vec<Note>,
}

impl Ladder {
    /// The picture of `connection` from what happened on it; `began` is the capture's earliest time, from which the first
    /// rung's offset counts.
    #[must_use]
    pub fn new(connection: &Connection, steps: &Steps, began: Option<Timestamp>) -> Self {
        let mut tracer = Tracer::default();
        let mut rungs = Vec::new();
        for step in steps.first() {
            rungs.extend(tracer.rungs(connection, step, began));
        }
        if steps.left_out() > 0 {
            rungs.push(tracer.fold(steps.left_out()));
        }
        for step in steps.last() {
            rungs.extend(tracer.rungs(connection, step, began));
        }
        Self {
            id: connection.id,
            left: Lane { role: Side::Client, endpoint: connection.client },
            right: Lane { role: Side::Server, endpoint: connection.server },
            verdict: verdict(connection),
            rungs,
            closing: closing_of(connection, steps),
        }
    }
}

/// Bare acknowledgments are in no step: where there were some, that is said once.
fn closing_of(connection: &Connection, steps: &Steps) -> Vec<Note> {
    let mut notes = closing(connection);
    let once = |side| connection.traffic(side).frames.saturating_sub(connection.traffic(side).duplicates);
    if once(Side::Client).saturating_add(once(Side::Server)) > steps.frames() {
        let text = "bare acknowledgments are not drawn";
        match notes.last_mut().filter(|note| note.mark == Mark::Aside) {
            Some(last) => last.text = format!("{} · {text}", last.text),
            None => notes.push(Note::marked(Mark::Aside, text)),
        }
    }
    notes
}

/// One end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which end.
    pub role: Side,
    /// Its address and port.
    pub endpoint: Endpoint,
}

/// One row of the ladder.
#[derive(Clone, Debug)]
pub struct Rung {
    /// What it shows.
    pub kind: RungKind,
    /// The lanes from here on: client, server.
    pub lifelines: [Lifeline; 2],
}

/// What a rung shows.
#[derive(Clone, Debug)]
pub enum RungKind {
    /// Something that one end sent.
    Arrow(Arrow),
    /// Something that the rungs above it add up to.
    Brace(Brace),
    /// Steps that were left out here.
    Fold {
        /// How many.
        steps: u64,
    },
}

/// Something that one end sent.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// The frame; of a run, the first.
    pub frame: FrameNo,
    /// When.
    pub time: RungTime,
    /// Who sent it: the arrow points to the other lane.
    pub from: Side,
    /// What stands on the arrow.
    pub label: Label,
    /// What kind of thing it is.
    pub tone: Tone,
    /// The client's state, where this changed it (RFC 9293 §3.3.2).
    pub client_state: Option<&'static str>,
    /// The server's state, where this changed it.
    pub server_state: Option<&'static str>,
    /// What there is to say about it, most important first.
    pub notes: Vec<Note>,
}

/// Something that the rungs above it add up to.
#[derive(Clone, Debug)]
pub struct Brace {
    /// The time that it spans.
    pub span: Option<Duration>,
    /// What was reached.
    pub label: String,
    /// What there is to say about it.
    pub notes: Vec<Note>,
}

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungTime {
    /// The capture does not say.
    Unknown,
    /// Since the capture began: the first rung of a connection.
    Offset(Duration),
    /// Since the rung before it.
    Since(Duration),
}

/// What an arrow is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Opens the connection.
    Handshake,
    /// Carries data.
    Data,
    /// Closes the connection in order.
    Close,
    /// Something went wrong.
    Fault,
    /// Beside the matter.
    Aside,
}

/// How a lane is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifeline {
    /// Opening, closing or closed.
    Dotted,
    /// Established.
    Solid,
}
