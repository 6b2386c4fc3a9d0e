//! A side of which one does not know what comes next: passes bytes over until a head begins.

use std::ops::ControlFlow;

use crate::app::http1::decoder::{Flow, Http1Decoder, State, more};
use crate::app::http1::first_line::{self, Found};
use crate::app::http1::rules;
use crate::app::{Input, Next, Outbox};
use crate::base::{Rule, Side};

impl Http1Decoder {
    /// One does not know what comes next: looks for a head.
    pub(super) fn search(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Flow {
        let held = match side {
            Side::Client => self.hold_back(input, outbox),
            Side::Server => self.behind_lost_answer(input, outbox),
        };
        if let Some(next) = held {
            return ControlFlow::Break(next);
        }
        match first_line::search(side, input.rest()) {
            Found::Head(at) => {
                input.take(at);
                let lane = self.lane_mut(side);
                lane.scanned = 0;
                lane.state = State::Head;
                ControlFlow::Continue(())
            }
            Found::Perhaps(at) => {
                input.take(at);
                if at > 0 {
                    self.pass_over(side);
                }
                more(input.rest().len() + 1)
            }
            Found::Nothing => {
                if !input.rest().is_empty() {
                    self.pass_over(side);
                }
                input.take(usize::MAX);
                more(1)
            }
        }
    }

    /// Here should be a head, and is none.
    pub(super) fn no_head(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Flow {
        if self.lane(side).has_spoken {
            return self.refuse(&rules::HEAD_MALFORMED, side, input, outbox);
        }
        if side == Side::Client && self.from_start && !self.is_announced {
            return ControlFlow::Break(Next::Opaque);
        }
        self.lose(side);
        ControlFlow::Continue(())
    }

    /// A head is not understood. Only this side is lost: what the other one says is as good as before.
    pub(super) fn refuse(
        &mut self,
        rule: &'static Rule,
        side: Side,
        input: &mut Input<'_>,
        outbox: &mut Outbox,
    ) -> Flow {
        outbox.rule(rule, side, input.offset());
        // So that a line that looks like a head from afar is not tried again.
        input.take(1);
        self.lose_head(side);
        self.pass_over(side);
        ControlFlow::Continue(())
    }

    /// One does not know any more what comes next on this side.
    pub(super) fn lose(&mut self, side: Side) {
        self.lane_mut(side).state = State::Lost { has_passed: false };
        match side {
            Side::Client => self.exchanges.lose_requests(),
            Side::Server => self.exchanges.lose_answers(),
        }
    }

    /// The same where a head was to begin: at least one message is lost.
    pub(super) fn lose_head(&mut self, side: Side) {
        if side == Side::Server {
            self.exchanges.lose_answer();
        }
        if !matches!(self.lane(side).state, State::Lost { .. }) {
            self.lose(side);
        }
    }

    /// Bytes of this side are told by no message.
    pub(super) fn pass_over(&mut self, side: Side) {
        self.lane_mut(side).state = State::Lost { has_passed: true };
    }
}
