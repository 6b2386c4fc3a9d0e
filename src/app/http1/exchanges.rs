//! Requests that wait for their answers, in the order in which answers must come (RFC 9112 §9.3.2).

use std::collections::VecDeque;

use crate::app::http1::RequestHead;
use crate::app::{MessageNo, websocket};

/// A request that was made.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Its rank among the requests of the connection, from 1.
    pub(super) rank: u64,
    /// Its number once it is complete.
    pub(super) number: Option<MessageNo>,
    /// Method and target.
    pub(super) label: String,
    /// What it wants.
    pub(super) wish: Wish,
    /// The rest of its head is missing.
    pub(super) is_cut: bool,
    /// What the client says behind it was taken for HTTP, because its answer did not come in time.
    is_settled: bool,
}

/// What a request wants, as far as it matters for what follows the answer.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    /// An answer.
    Answer,
    /// An answer without its body: HEAD.
    HeadOnly,
    /// A tunnel: CONNECT.
    Tunnel,
    /// To go on with WebSocket.
    WebSocket(Box<RequestHead>),
    /// To go on with another protocol.
    Other,
    /// An answer, or to go on with WebSocket: the header fields that would tell are missing.
    Unknown(Box<RequestHead>),
}

/// Requests that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    waiting: VecDeque<Asked>,
    asked: u64,
    /// So many of the oldest ones were answered, as it seems, by answers that are not in the capture.
    unheard: usize,
    /// Requests that were made while there was no room for them, and are not answered yet.
    beyond: u64,
    room: Room,
    /// Requests for WebSocket of which nobody knows the answer.
    given_up: Vec<Asked>,
    /// Requests may be missing in the capture.
    requests_lost: bool,
    answers: Answers,
    /// The answer to a request to switch has begun and is not complete.
    is_switching: bool,
}

/// Whether answers may be missing in the capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answers {
    #[default]
    AllHeard,
    /// Since the last one that was read.
    JustLost,
    LostBefore,
}

/// Whether there was room for every request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Room {
    #[default]
    Enough,
    RanOut,
    /// The same, and a rule said so.
    Told,
}

impl Exchanges {
    /// Most requests that wait.
    const MOST_WAITING: usize = 1_024;

    /// A request begins; its rank.
    pub(super) fn ask(&mut self, head: &RequestHead) -> u64 {
        self.asked += 1;
        if self.waiting.len() >= Self::MOST_WAITING && self.unheard > 0 {
            self.forget(1);
        }
        if !self.has_room() {
            self.beyond += 1;
            if self.room == Room::Enough {
                self.room = Room::RanOut;
            }
            return self.asked;
        }
        let label: String = format!("{} {}", head.method, head.target).chars().take(80).collect();
        let wish = Wish::of(head);
        self.waiting.push_back(Asked {
            rank: self.asked,
            number: None,
            label,
            wish,
            is_cut: false,
            is_settled: false,
        });
        self.asked
    }

    /// The same of a request of whose head only this is there.
    pub(super) fn ask_in_part(&mut self, head: &RequestHead) -> u64 {
        let rank = self.ask(head);
        if let Some(asked) = self.waiting.back_mut().filter(|asked| asked.rank == rank) {
            asked.is_cut = true;
            if matches!(asked.wish, Wish::Answer) && head.method == "GET" && head.minor_version >= 1 {
                asked.wish = Wish::Unknown(Box::new(head.clone()));
            }
        }
        rank
    }

    /// Whether another request can wait.
    pub(super) fn has_room(&self) -> bool {
        self.beyond == 0 && (self.waiting.len() < Self::MOST_WAITING || self.unheard > 0)
    }

    /// Whether the last request was the first that found no room. Says so once.
    pub(super) fn ran_out_of_room(&mut self) -> bool {
        let is_first = self.room == Room::RanOut;
        if is_first {
            self.room = Room::Told;
        }
        is_first
    }

    /// What the client says behind the last request is HTTP, whatever its answer was.
    pub(super) fn settle_last(&mut self) {
        if let Some(asked) = self.waiting.back_mut() {
            asked.is_settled = true;
        }
    }

    /// The answer to the last request is not waited for any more; whether that asked for WebSocket. One of which nobody knows what
    /// it wants is taken for an ordinary one.
    pub(super) fn settle_unless_websocket(&mut self) -> bool {
        let Some(asked) = self.waiting.back_mut() else { return false };
        asked.is_settled = matches!(asked.wish, Wish::Unknown(_));
        matches!(asked.wish, Wish::WebSocket(_))
    }

    /// The request of this rank is complete.
    pub(super) fn complete(&mut self, rank: u64, number: MessageNo) {
        if let Some(asked) = self.waiting.iter_mut().rev().find(|asked| asked.rank == rank) {
            asked.number = Some(number);
        }
    }

    /// Whether a response may be told: the request that it answers is known (and complete, where the response is final), or never
    /// will be.
    pub(super) fn may_answer(&self, is_final: bool) -> bool {
        match self.waiting.get(self.next()) {
            Some(asked) => asked.number.is_some() || !is_final,
            None => self.requests_lost || self.beyond > 0,
        }
    }

    /// The request that a response answers, and whether that is certain. A final response answers it for good.
    pub(super) fn answer(&mut self, is_final: bool) -> (Option<Asked>, bool) {
        let mut is_certain = self.answers != Answers::JustLost || self.waiting.len() <= 1;
        if self.answers == Answers::JustLost {
            self.answers = Answers::LostBefore;
        }
        self.forget(self.next());
        if !self.waiting.is_empty() {
            is_certain &= !std::mem::take(&mut self.requests_lost);
        }
        if self.waiting.is_empty() && is_final {
            self.beyond = self.beyond.saturating_sub(1);
        }
        let asked = if is_final { self.waiting.pop_front() } else { self.waiting.front().cloned() };
        self.unheard = self.unheard.min(self.waiting.len());
        self.is_switching = is_final && asked.as_ref().is_some_and(|asked| asked.wish.is_to_switch());
        (asked, is_certain)
    }

    /// The response in hand is complete.
    pub(super) fn answered(&mut self) {
        self.is_switching = false;
    }

    /// Whether what follows the last request depends on its answer.
    pub(super) fn awaits_switch(&self) -> bool {
        let last = self.waiting.back().filter(|_| self.beyond == 0);
        self.is_switching
            || last
                .is_some_and(|asked| asked.wish.is_to_switch() && asked.number.is_some() && !asked.is_settled)
    }

    /// Whether the last request asks for WebSocket, and no answer to it has begun.
    pub(super) fn awaits_websocket(&self) -> bool {
        let last = self.waiting.back();
        let is_asked = last.is_some_and(|asked| matches!(asked.wish, Wish::WebSocket(_)));
        is_asked && !self.is_switching && self.awaits_switch()
    }

    /// Takes the last request out: its answer is not waited for any more.
    pub(super) fn give_up_last(&mut self) -> Option<Asked> {
        self.is_switching = false;
        self.waiting.pop_back()
    }

    /// Takes out the complete requests: no answer comes any more.
    pub(super) fn unanswered(&mut self) -> Vec<Asked> {
        let (complete, open): (VecDeque<_>, _) =
            self.waiting.drain(..).partition(|asked| asked.number.is_some());
        self.waiting = open;
        self.unheard = 0;
        let mut unanswered = std::mem::take(&mut self.given_up);
        unanswered.extend(complete);
        unanswered
    }

    /// Requests may be missing.
    pub(super) fn lose_requests(&mut self) {
        self.requests_lost = true;
    }

    /// Answers may be missing.
    pub(super) fn lose_answers(&mut self) {
        self.answers = Answers::JustLost;
    }

    /// An answer is missing: to the oldest request of which that is not known yet.
    pub(super) fn lose_answer(&mut self) {
        self.lose_answers();
        self.unheard = (self.unheard + 1).min(self.waiting.len());
    }

    /// Whether answers may be missing, to any request so far.
    pub(super) fn has_lost_answers(&self) -> bool {
        self.answers != Answers::AllHeard
    }

    /// Whether a response that answers none of the requests that wait answers no request at all.
    pub(super) fn knows_all(&self) -> bool {
        self.answers == Answers::AllHeard && self.room == Room::Enough
    }

    /// Place of the request that the next response answers: one behind those whose answers are missing, if there is one.
    fn next(&self) -> usize {
        self.unheard.min(self.waiting.len().saturating_sub(1))
    }

    /// Waits no longer for the oldest requests.
    fn forget(&mut self, count: usize) {
        self.unheard = self.unheard.saturating_sub(count);
        let gone = self.waiting.drain(..count.min(self.waiting.len()));
        let upgrades =
            gone.filter(|asked| matches!(asked.wish, Wish::WebSocket(_)) && asked.number.is_some());
        self.given_up.extend(upgrades.take(Self::MOST_WAITING.saturating_sub(self.given_up.len())));
    }

    /// Bytes of memory held beyond its own size.
    pub(super) fn memory(&self) -> usize {
        let asked = self.waiting.iter().chain(&self.given_up).map(Asked::memory);
        (self.waiting.capacity() + self.given_up.capacity()) * size_of::<Asked>() + asked.sum::<usize>()
    }
}

impl Asked {
    fn memory(&self) -> usize {
        let head = match &self.wish {
            Wish::WebSocket(head) | Wish::Unknown(head) => size_of::<RequestHead>() + head.headers.memory(),
            Wish::Answer | Wish::HeadOnly | Wish::Tunnel | Wish::Other => 0,
        };
        self.label.capacity() + head
    }
}

impl Wish {
    /// Whether another protocol follows if it is granted.
    fn is_to_switch(&self) -> bool {
        matches!(self, Self::Tunnel | Self::WebSocket(_) | Self::Other | Self::Unknown(_))
    }

    fn of(head: &RequestHead) -> Self {
        match head.method.as_str() {
            "HEAD" => Self::HeadOnly,
            "CONNECT" => Self::Tunnel,
            _ if websocket::is_asked_for(head) => Self::WebSocket(Box::new(head.clone())),
            _ if head.headers.names("Connection", "Upgrade") && head.headers.first("Upgrade").is_some() => {
                Self::Other
            }
            _ => Self::Answer,
        }
    }
}
