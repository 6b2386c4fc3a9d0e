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
    /// Its first byte.
    pub(super) start: u64,
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
    /// Requests may be missing in the capture.
    requests_lost: bool,
    /// Answers may be missing in the capture.
    answers_lost: bool,
    /// The answer to a request to switch has begun and is not complete.
    is_switching: bool,
}

impl Exchanges {
    /// Most requests that wait; the oldest are forgotten first.
    const MOST_WAITING: usize = 1_024;

    /// A request begins at this byte; its rank.
    pub(super) fn ask(&mut self, head: &RequestHead, start: u64) -> u64 {
        self.asked += 1;
        if self.waiting.len() >= Self::MOST_WAITING {
            self.waiting.pop_front();
        }
        let label: String = format!("{} {}", head.method, head.target).chars().take(80).collect();
        let wish = Wish::of(head);
        self.waiting.push_back(Asked {
            rank: self.asked,
            number: None,
            start,
            label,
            wish,
            is_cut: false,
            is_settled: false,
        });
        self.asked
    }

    /// The same of a request of whose head only this is there.
    pub(super) fn ask_in_part(&mut self, head: &RequestHead, start: u64) -> u64 {
        let rank = self.ask(head, start);
        if let Some(asked) = self.waiting.back_mut() {
            asked.is_cut = true;
            if matches!(asked.wish, Wish::Answer) && head.method == "GET" && head.minor_version >= 1 {
                asked.wish = Wish::Unknown(Box::new(head.clone()));
            }
        }
        rank
    }

    /// The answer to the last request is not waited for any more; whether that asked for WebSocket. One of which nobody knows what
    /// it wants is taken for an ordinary one.
    pub(super) fn settle_last(&mut self) -> bool {
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
        match self.waiting.front() {
            Some(asked) => asked.number.is_some() || !is_final,
            None => self.requests_lost,
        }
    }

    /// The request that a response answers, and whether that is certain. A final response answers it for good.
    pub(super) fn answer(&mut self, is_final: bool) -> (Option<Asked>, bool) {
        let mut is_certain = true;
        if std::mem::take(&mut self.answers_lost) && self.waiting.len() > 1 {
            self.waiting.drain(..self.waiting.len() - 1);
            is_certain = false;
        }
        if !self.waiting.is_empty() {
            is_certain &= !std::mem::take(&mut self.requests_lost);
        }
        let asked = if is_final { self.waiting.pop_front() } else { self.waiting.front().cloned() };
        self.is_switching = is_final && asked.as_ref().is_some_and(|asked| asked.wish.is_to_switch());
        (asked, is_certain)
    }

    /// The response in hand is complete.
    pub(super) fn answered(&mut self) {
        self.is_switching = false;
    }

    /// Whether what follows the last request depends on its answer.
    pub(super) fn awaits_switch(&self) -> bool {
        let last = self.waiting.back();
        self.is_switching
            || last
                .is_some_and(|asked| asked.wish.is_to_switch() && asked.number.is_some() && !asked.is_settled)
    }

    /// Takes the last request out: its answer is not waited for any more.
    pub(super) fn give_up_last(&mut self) -> Option<Asked> {
        self.is_switching = false;
        self.waiting.pop_back()
    }

    /// Takes out the complete requests: no answer comes any more.
    pub(super) fn unanswered(&mut self) -> Vec<Asked> {
        let (complete, open) = self.waiting.drain(..).partition(|asked| asked.number.is_some());
        self.waiting = open;
        Vec::from(complete)
    }

    /// Requests may be missing.
    pub(super) fn lose_requests(&mut self) {
        self.requests_lost = true;
    }

    /// Answers may be missing.
    pub(super) fn lose_answers(&mut self) {
        self.answers_lost = true;
    }

    /// Bytes of memory held beyond its own size.
    pub(super) fn memory(&self) -> usize {
        self.waiting.capacity() * size_of::<Asked>() + self.waiting.len() * 128
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
