//! Runs of pings and pongs as one rung: that a connection is alive is said once.

use crate::base::{Duration, FrameNo, Side, Timestamp};
use crate::ladder::number::{counted, span};
use crate::ladder::spoken::Beat;
use crate::ladder::{Label, Mark, Note, Spoken};

/// Pings and pongs with no other message between them.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeats {
    /// The first frame.
    pub(super) first: (FrameNo, Option<Timestamp>),
    /// The last one.
    pub(super) last: (FrameNo, Option<Timestamp>),
    /// Pings of client and server.
    pings: [u64; 2],
    pongs: u64,
    /// Pongs that answer a ping.
    answers: u64,
    slowest: Option<Duration>,
    pub(super) frames: u64,
}

impl Heartbeats {
    /// A run that begins with this message; `None` where it is not of that kind.
    pub(super) fn new(spoken: &Spoken) -> Option<Self> {
        let place = (spoken.frame, spoken.time);
        let mut run =
            Self { first: place, last: place, pings: [0; 2], pongs: 0, answers: 0, slowest: None, frames: 0 };
        run.take(spoken).then_some(run)
    }

    /// Takes the next message; `false` where it is not of that kind.
    pub(super) fn take(&mut self, spoken: &Spoken) -> bool {
        let Some(beat) = spoken.beat else { return false };
        let [client, server] = &mut self.pings;
        match (beat, spoken.from) {
            (Beat::Ping, Side::Client) => *client += 1,
            (Beat::Ping, Side::Server) => *server += 1,
            (Beat::Pong, _) => {
                self.pongs += 1;
                self.answers += u64::from(spoken.answers.is_some());
                self.slowest = self.slowest.max(spoken.answer_time());
            }
        }
        self.last = (spoken.frame, spoken.time.or(self.last.1));
        self.frames = self.frames.saturating_add(spoken.frames);
        true
    }

    /// How many messages it stands for.
    pub(super) fn messages(&self) -> u64 {
        self.pings().saturating_add(self.pongs)
    }

    /// `3 pings, all answered  slowest 1.2 ms`.
    pub(super) fn label(&self) -> Label {
        let pings = self.pings();
        let answered = self.answers.min(pings);
        let mut parts = Vec::new();
        if pings > 0 {
            parts.push(counted(pings, "ping"));
            parts.push(match answered {
                0 => "none answered".to_owned(),
                _ if answered == pings => "all answered".to_owned(),
                _ => format!("{answered} answered"),
            });
        }
        let others = self.pongs.saturating_sub(answered);
        parts.extend((others > 0).then(|| counted(others, "unasked pong")));
        let slowest = self.slowest.map(|time| format!("slowest {}", span(time)));
        Label { name: parts.join(", "), detail: slowest.unwrap_or_default(), shortens: false }
    }

    /// Who pings, and in which frames.
    pub(super) fn notes(&self) -> Vec<Note> {
        let who = match self.pings {
            [0, 0] => None,
            [_, 0] => Some("the client pings"),
            [0, _] => Some("the server pings"),
            _ => Some("both sides ping"),
        };
        let frames = format!("frames\u{a0}{}–{}", self.first.0, self.last.0);
        let parts: Vec<_> = who.map(str::to_owned).into_iter().chain([frames]).collect();
        vec![Note::marked(Mark::Aside, parts.join(" · "))]
    }

    fn pings(&self) -> u64 {
        let [client, server] = self.pings;
        client.saturating_add(server)
    }
}
