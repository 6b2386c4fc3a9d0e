//! The picture of one connection before it has a medium: two lanes, and what goes between them. Computed once, drawn by every
//! face of the program. Texts are made of numbers, of synscope's own words, and of what decoders and [`printable`] made safe to
//! print; the one exception is an [`Excerpt`].
//!
//! [`printable`]: crate::explain::printable

mod analysis;
mod carried;
mod gist;
mod happenings;
mod heartbeats;
mod icmp;
mod label;
mod multipath;
mod note;
pub mod number;
mod offer;
mod opening;
mod probe;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
pub(crate) mod sample_messages;
mod signs;
mod speech;
mod spoken;
mod tracer;
mod verdict;
mod via;

pub use carried::carries;
pub use gist::{Gist, Trouble};
pub use happenings::{Happening, Happenings, LeftOut};
pub use heartbeats::Heartbeats;
pub use label::Label;
pub use note::{Mark, Note};
pub use speech::{Loudness, Speech};
pub use spoken::{Excerpt, MessageDetail, Spoken};
pub use tracer::Tracer;
pub use verdict::{came_to_be, closed, closing, outcome_words, verdict};
pub use via::via;

use crate::base::{ConnId, Duration, Endpoint, FrameNo, Rule, Side, Timestamp};
use crate::timeline::Carried;
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
    /// What carries it: `in VLAN 10`; empty where nothing does.
    pub via: String,
    /// What it was used for, where that is known: `WebSocket`.
    pub carries: Option<&'static str>,
    /// What came of the attempt to open it, as a sentence without a full stop.
    pub verdict: Note,
    /// Arrows and remarks, in the order of telling.
    pub rungs: Vec<Rung>,
    /// How it ended and what was carried, one sentence each.
    pub closing: Vec<Note>,
    /// Who spoke when, where that is worth a picture.
    pub speech: Option<Speech>,
}

impl Ladder {
    /// The picture of `connection`, which carried `carried`, from what happened on it; `began` is the capture's earliest time, from
    /// which the first rung's offset counts.
    #[must_use]
    pub fn new(
        connection: &Connection,
        carried: &Carried,
        happenings: &Happenings,
        began: Option<Timestamp>,
    ) -> Self {
        let mut tracer = Tracer::default();
        let mut rungs = Vec::new();
        for happening in happenings.first() {
            rungs.extend(tracer.rungs(connection, happening, began));
        }
        rungs.extend(tracer.fold(happenings.left_out()));
        for happening in happenings.last() {
            rungs.extend(tracer.rungs(connection, happening, began));
        }
        Self {
            id: connection.id,
            left: Lane { role: Side::Client, endpoint: connection.client },
            right: Lane { role: Side::Server, endpoint: connection.server },
            via: via(connection),
            carries: carries(carried),
            verdict: verdict(connection),
            rungs,
            closing: closing_of(connection, carried, happenings),
            speech: Speech::new(connection, &carried.dialogue),
        }
    }
}

fn closing_of(connection: &Connection, carried: &Carried, happenings: &Happenings) -> Vec<Note> {
    let (mut notes, mut traffic) = spoken_and_carried(connection, carried, &happenings.told());
    // Bare acknowledgments are in no happening: where there were some, that is said once.
    let once = |side| connection.traffic(side).frames.saturating_sub(connection.traffic(side).duplicates);
    if once(Side::Client).saturating_add(once(Side::Server)) > happenings.frames() {
        let text = "bare acknowledgments are not drawn";
        match &mut traffic {
            Some(note) => note.text = format!("{} · {text}", note.text),
            None => traffic = Some(Note::marked(Mark::Aside, text)),
        }
    }
    notes.extend(traffic);
    notes
}

/// What is to be said when a connection is final: what became of upgrades, how it ended, who spoke how often, which rules fired
/// that were not `told`, and how much was carried.
#[must_use]
pub fn spoken_of(connection: &Connection, carried: &Carried, told: &[(&'static Rule, FrameNo)]) -> Vec<Note> {
    let (mut notes, traffic) = spoken_and_carried(connection, carried, told);
    notes.extend(traffic);
    notes
}

/// The same with the last of it, how much was carried, apart.
fn spoken_and_carried(
    connection: &Connection,
    carried: &Carried,
    told: &[(&'static Rule, FrameNo)],
) -> (Vec<Note>, Option<Note>) {
    let mut notes = carried::agreements(carried);
    let mut own = closing(connection);
    let traffic = own.pop_if(|note| note.mark == Mark::Aside);
    if carries(carried).is_some() {
        // Two endings, of which one lies above the other.
        for note in &mut own {
            note.text.insert_str(0, "TCP: ");
        }
    }
    notes.extend(own);
    notes.extend(carried::dialogue(&carried.dialogue));
    notes.extend(carried::missing(carried.missing));
    notes.extend(carried::untold(carried, told));
    notes.extend(signs::signs(connection));
    (notes, traffic)
}

/// What of that is about more than TCP and cannot be seen from the messages alone.
#[must_use]
pub fn spoken_above(carried: &Carried, told: &[(&'static Rule, FrameNo)]) -> Vec<Note> {
    let mut notes = carried::agreements(carried);
    notes.extend(carried::untold(carried, told));
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
    /// Pings and pongs of both sides.
    Heartbeats(Beats),
    /// What was left out here.
    Fold(LeftOut),
}

/// Something that one end sent.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// The frame; of a run of segments the first, of a message the last.
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
    /// Its text, where that is to be shown.
    pub text: Option<Excerpt>,
}

/// Several messages of both sides in one row.
#[derive(Clone, Debug)]
pub struct Beats {
    /// The frame of the first.
    pub frame: FrameNo,
    /// When the first came.
    pub time: RungTime,
    /// What stands between the lanes.
    pub label: Label,
    /// What kind of thing it is.
    pub tone: Tone,
    /// What there is to say about it.
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
    /// Carries data that nobody reads.
    Data,
    /// A question or its answer.
    Exchange,
    /// Something that one side said.
    Message,
    /// Keeps a dialogue going or ends it.
    Control,
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
