//! What follows a request to go on with another protocol while its answer is not there.

use crate::app::http1::decoder::{Http1Decoder, State};
use crate::app::http1::exchanges::Wish;
use crate::app::http1::{cut, first_line};
use crate::app::websocket;
use crate::app::{Input, Next, Outbox, Probe};
use crate::base::{Side, StreamSpan};

impl Http1Decoder {
    /// Holds the client back behind a request to switch until the answer is there. Where that will never be, it goes on as its bytes
    /// say; `None` where that is HTTP.
    pub(super) fn hold_back(&mut self, input: &Input<'_>, outbox: &mut Outbox) -> Option<Next> {
        if input.rest().is_empty() || !self.exchanges.awaits_switch() {
            return None;
        }
        if matches!(self.server.state, State::Lost { .. }) && self.exchanges.awaits_websocket() {
            match follows(Side::Client, input.rest()) {
                Follows::WebSocket => return Some(self.go_on_without_answer(outbox)),
                Follows::Http => {
                    self.exchanges.settle_last();
                    return None;
                }
                Follows::Unsure if !input.must_go_on() => return Some(one_more(input)),
                Follows::Unsure | Follows::Nothing => {}
            }
        }
        if !input.must_go_on() {
            return Some(Next::WaitForOther);
        }
        let is_lost = matches!(self.client.state, State::Lost { .. });
        if is_lost && !self.exchanges.settle_unless_websocket() {
            return None;
        }
        Some(self.go_on_without_answer(outbox))
    }

    /// What to do about bytes of the server that are the first behind missing ones, where the answer to a request for WebSocket may
    /// be among the missing; `None` to look for a response.
    pub(super) fn behind_lost_answer(&mut self, input: &Input<'_>, outbox: &mut Outbox) -> Option<Next> {
        let is_first = matches!(self.server.state, State::Lost { has_passed: false });
        if !is_first || input.rest().is_empty() || !self.exchanges.awaits_websocket() {
            return None;
        }
        match follows(Side::Server, input.rest()) {
            Follows::WebSocket => Some(self.go_on_without_answer(outbox)),
            Follows::Unsure if !input.must_go_on() => Some(one_more(input)),
            _ => None,
        }
    }

    /// Both sides go on behind a request to switch, and the answer will never be known.
    fn go_on_without_answer(&mut self, outbox: &mut Outbox) -> Next {
        let Some(asked) = self.exchanges.give_up_last() else { return Next::Opaque };
        let (Wish::WebSocket(head), Some(number)) = (&asked.wish, asked.number) else { return Next::Probe };
        let mut judged = websocket::judge(head, None, number);
        cut::be_lenient(&mut judged, &asked, None);
        outbox.upgrade(judged.upgrade);
        let Some(mut decoder) = judged.decoder else { return Next::Probe };
        // Bytes were passed over: the next frame does not begin where the next bytes do.
        if matches!(self.server.state, State::Lost { has_passed: true }) {
            decoder.gap(Side::Server, &mut Input::new(&[], 0), StreamSpan::new(0, 0), outbox);
        }
        Next::Become(decoder)
    }
}

/// How a side goes on, by the first bytes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    WebSocket,
    Http,
    /// More bytes will tell.
    Unsure,
    /// Like neither.
    Nothing,
}

fn follows(side: Side, bytes: &[u8]) -> Follows {
    match (first_line::begins_head(side, bytes), websocket::may_begin_frame(side, bytes)) {
        (Probe::Certain, _) => Follows::Http,
        (Probe::No, Probe::Certain) => Follows::WebSocket,
        (Probe::Unsure, _) | (_, Probe::Unsure) => Follows::Unsure,
        (Probe::No, Probe::No) => Follows::Nothing,
    }
}

fn one_more(input: &Input<'_>) -> Next {
    Next::More { at_least: input.rest().len() + 1 }
}
