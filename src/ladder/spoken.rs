//! A message as a ladder keeps it: small, bounded, owned.

use crate::app::{Message, Remark, RemarkKind, Role};
use crate::base::convert::wide;
use crate::base::{Certainty, Duration, FrameNo, Rule, Severity, Side, Timestamp};
use crate::explain::OsiLayer;
use crate::ladder::number::{counted, span};
use crate::ladder::{Label, Mark, Note, Tone};
use crate::timeline::Placed;

/// How much of every message is kept and drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MessageDetail {
    /// A line each; runs of pings and pongs as one rung.
    #[default]
    Summary,
    /// Every message by itself, with its text and the way from bytes to text.
    Full,
}

/// A message as a ladder keeps it.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// Who sent it.
    pub from: Side,
    /// The last frame that carried it.
    pub frame: FrameNo,
    /// Time of that frame.
    pub time: Option<Timestamp>,
    /// What stands on its arrow, safe to print; at most [`Spoken::MOST_LABEL`] characters each.
    pub label: Label,
    /// What kind of thing it is.
    pub tone: Tone,
    /// What there is to say about it, safe to print.
    pub notes: Vec<Note>,
    /// The frame of the message that it answers, with its time.
    pub answers: Option<(FrameNo, Option<Timestamp>)>,
    /// Its text, where that is to be shown.
    pub text: Option<Excerpt>,
    /// That its bytes mean this is only the most likely reading.
    pub guessed: bool,
    /// Rules that fired on it.
    pub(super) rules: Vec<&'static Rule>,
    /// Frames that carried it.
    pub(super) frames: u64,
    pub(super) beat: Option<Beat>,
}

/// The beginning of a text from the network, as sent: whoever shows it must make it safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The beginning, at most [`Excerpt::MOST`] bytes.
    pub text: String,
    /// Bytes beyond it.
    pub more: u64,
}

/// A message that only keeps a connection going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    Ping,
    Pong,
}

impl Spoken {
    /// Most characters of the name and of the detail on an arrow.
    pub const MOST_LABEL: usize = 200;
    /// Most characters of a note.
    const MOST_NOTE: usize = 300;
    /// Most notes that its protocol may add.
    const MOST_NOTES: usize = 24;

    /// What a ladder needs of a message.
    #[must_use]
    pub fn new(placed: &Placed<'_>, detail: MessageDetail) -> Self {
        let message = placed.message;
        let headline = message.content.headline();
        let full = detail == MessageDetail::Full;
        Self {
            from: message.from,
            frame: placed.frame,
            time: placed.time,
            label: Label::shortening(
                bounded(&headline.name, Self::MOST_LABEL),
                bounded(&headline.detail, Self::MOST_LABEL),
            ),
            tone: tone(message),
            notes: notes(placed, full),
            answers: placed.answers,
            text: message.content.text().filter(|text| full && !text.is_empty()).map(Excerpt::new),
            guessed: message.certainty == Certainty::Guessed,
            rules: message.rules.clone(),
            frames: frames(placed),
            beat: beat(message).filter(|_| !full),
        }
    }

    /// How long after the message that it answers it came.
    pub(super) fn answer_time(&self) -> Option<Duration> {
        let (_, asked) = self.answers?;
        Some(self.time?.since(asked?))
    }

    /// The note on what it answers; shorter where that is the rung above.
    pub(super) fn answer(&self, above: Option<FrameNo>) -> Option<Note> {
        let (frame, _) = self.answers?;
        let after = self.answer_time().map(|time| match time {
            // An answer need not wait for the end of what it answers.
            Duration(..0) => " before that was complete".to_owned(),
            _ => format!(" after {}", span(time)),
        });
        let after = after.unwrap_or_default();
        Some(Note::new(if above == Some(frame) && !after.is_empty() {
            format!("answered{after}")
        } else {
            format!("answers frame\u{a0}{frame}{after}")
        }))
    }
}

impl Excerpt {
    /// Most bytes of a text that are kept.
    pub const MOST: usize = 8 << 10;

    fn new(text: &str) -> Self {
        let end = (0..=text.len().min(Self::MOST)).rev().find(|end| text.is_char_boundary(*end));
        let kept = text.get(..end.unwrap_or_default()).unwrap_or_default();
        Self { text: kept.to_owned(), more: wide(text.len().saturating_sub(kept.len())) }
    }
}

/// What kinds of messages, of whatever protocol, only keep a connection going.
const BEATS: [(&str, Beat); 2] = [("ping", Beat::Ping), ("pong", Beat::Pong)];

/// One that a rule fired on is worth a rung of its own.
fn beat(message: &Message) -> Option<Beat> {
    let plain = message.role == Role::Control && message.rules.is_empty();
    BEATS.iter().find(|(kind, _)| plain && *kind == message.kind).map(|(_, beat)| *beat)
}

fn tone(message: &Message) -> Tone {
    if message.rules.iter().any(|rule| rule.severity == Severity::Error) {
        return Tone::Fault;
    }
    match message.role {
        Role::Request | Role::Response => Tone::Exchange,
        Role::Data => Tone::Message,
        Role::Control => Tone::Control,
    }
}

fn notes(placed: &Placed<'_>, full: bool) -> Vec<Note> {
    let message = placed.message;
    let remarks = message.content.remarks();
    let mut notes: Vec<_> = remarks.iter().take(Spoken::MOST_NOTES).map(note).collect();
    // A remark of the protocol's own says it better.
    let failed = remarks.iter().any(|remark| remark.kind == RemarkKind::Wrong);
    let told = |rule: &Rule| {
        failed && rule.severity != Severity::Error
            || remarks.iter().any(|remark| remark.text.contains(rule.title))
    };
    notes.extend(message.rules.iter().filter(|rule| !told(rule)).map(|rule| {
        Note::marked(
            match rule.severity {
                Severity::Error => Mark::Wrong,
                Severity::Warning => Mark::Plain,
                Severity::Note => Mark::Aside,
            },
            rule.title,
        )
    }));
    if full {
        let layers = message.content.explain().into_iter();
        let chain = layers.filter(|layer| layer.osi == OsiLayer::Presentation && !layer.summary.is_empty());
        notes.extend(
            chain.map(|layer| Note::marked(Mark::Aside, bounded(&apart(&layer.summary), Spoken::MOST_NOTE))),
        );
    }
    notes.extend(placed.unasked.then(|| Note::new("pushed unasked")));
    notes.extend(several(placed).map(|text| Note::marked(Mark::Aside, text)));
    notes
}

/// Remarks of a layer's summary, separated as those of a note.
fn apart(summary: &str) -> String {
    summary.replace("   ", " · ")
}

/// Neighbours that are no checks side by side: whoever draws them breaks lines only where they find no room.
pub(super) fn joined(notes: Vec<Note>) -> Vec<Note> {
    let mut joined: Vec<Note> = Vec::with_capacity(notes.len());
    for note in notes {
        let quiet = |note: &Note| matches!(note.mark, Mark::Plain | Mark::Aside);
        match joined.last_mut().filter(|last| quiet(last) && quiet(&note)) {
            Some(last) => {
                last.text = format!("{} · {}", last.text, note.text);
                last.mark = if last.mark == note.mark { note.mark } else { Mark::Plain };
            }
            None => joined.push(note),
        }
    }
    joined
}

fn note(remark: &Remark) -> Note {
    let mark = match remark.kind {
        RemarkKind::Plain => Mark::Plain,
        RemarkKind::Right => Mark::Right,
        RemarkKind::Wrong => Mark::Wrong,
        RemarkKind::Aside => Mark::Aside,
    };
    Note::marked(mark, bounded(&remark.text, Spoken::MOST_NOTE))
}

fn frames(placed: &Placed<'_>) -> u64 {
    wide(placed.frames.len()).saturating_add(placed.frames_left_out)
}

/// `frames 10–14`, where there are several.
fn several(placed: &Placed<'_>) -> Option<String> {
    let count = frames(placed);
    let first = placed.frames.iter().min().filter(|_| count > 1)?.0;
    let last = placed.frame.0;
    Some(if last.checked_sub(first).is_some_and(|between| between + 1 == count) {
        format!("frames\u{a0}{first}–{last}")
    } else {
        format!("in {} from {first} to {last}", counted(count, "frame"))
    })
}

/// The beginning of a text.
fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
