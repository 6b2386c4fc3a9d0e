//! Reads both sides of a connection that speaks HTTP/1.

use std::mem;
use std::ops::ControlFlow;

use crate::app::http1::content::Head;
use crate::app::http1::draft::{Draft, Taken};
use crate::app::http1::exchanges::Exchanges;
use crate::app::http1::first_line;
use crate::app::http1::head_reader::{self, LONGEST_HEAD, Refused};
use crate::app::http1::{NAME, framing, rules};
use crate::app::{Decoder, Input, Next, Outbox, Probe, StreamEnd};
use crate::base::{Rule, Side, StreamSpan};

/// Bytes of a status line from which one knows whether the response is final: `HTTP/1.1 200`.
const STATUS_ENDS_AT: usize = 12;

/// Both sides of a connection that speaks HTTP/1.
#[derive(Default)]
pub(super) struct Http1Decoder {
    pub(super) client: Lane,
    pub(super) server: Lane,
    pub(super) exchanges: Exchanges,
    /// The client's side is not in the capture: nobody waits for it.
    one_sided: bool,
    /// Both sides are read from their beginning.
    pub(super) from_start: bool,
    pub(super) is_announced: bool,
}

/// One side.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) state: State,
    /// Unread bytes that were searched for the end of a head.
    pub(super) scanned: usize,
    /// Whether a head was read on this side.
    pub(super) has_spoken: bool,
    end: Option<StreamEnd>,
}

#[derive(Default)]
pub(super) enum State {
    /// A head comes next.
    #[default]
    Head,
    /// Bytes of a body come next.
    Body(Box<Draft>),
    /// One does not know what comes next; whether bytes were passed over already.
    Lost { has_passed: bool },
}

/// Goes on, or says what is waited for.
pub(super) type Flow = ControlFlow<Next>;

impl Decoder for Http1Decoder {
    fn feed(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Next {
        loop {
            let flow = match self.lane(side).state {
                State::Head => self.head(side, input, outbox),
                State::Body(_) => self.body(side, input, outbox),
                State::Lost { .. } => self.search(side, input, outbox),
            };
            if let ControlFlow::Break(next) = flow {
                return next;
            }
        }
    }

    fn gap(&mut self, side: Side, input: &mut Input<'_>, missing: StreamSpan, outbox: &mut Outbox) -> Next {
        let place = input.offset();
        let lane = self.lane_mut(side);
        lane.scanned = 0;
        let flow = match &mut lane.state {
            State::Body(draft) => {
                if draft.gap(missing.len()) {
                    ControlFlow::Continue(())
                } else {
                    self.cut_short(side, missing.start, &rules::BODY_NOT_CAPTURED, outbox)
                }
            }
            State::Head if !input.rest().is_empty() => {
                self.cut_head(side, input.rest(), StreamSpan::new(place, missing.start), outbox)
            }
            State::Head | State::Lost { .. } => {
                self.lose_head(side);
                ControlFlow::Continue(())
            }
        };
        match flow {
            ControlFlow::Break(next) => next,
            ControlFlow::Continue(()) => Next::More { at_least: 1 },
        }
    }

    fn end(&mut self, side: Side, input: &mut Input<'_>, how: StreamEnd, outbox: &mut Outbox) {
        let place = input.offset();
        let waits = side == Side::Client && self.exchanges.awaits_switch();
        let lane = self.lane_mut(side);
        lane.end = Some(how);
        match &lane.state {
            State::Head if !waits && !input.rest().is_empty() => {
                self.announce(outbox);
                outbox.rule(&rules::HEAD_INCOMPLETE, side, place);
            }
            State::Head | State::Lost { .. } => {}
            State::Body(draft) if draft.ends_with_connection() && how == StreamEnd::Fin => {
                let _ = self.finish(side, place, true, outbox);
            }
            State::Body(_) => {
                let rule =
                    if how == StreamEnd::Unseen { &rules::BODY_NOT_CAPTURED } else { &rules::BODY_CUT_OFF };
                let _ = self.cut_short(side, place, rule, outbox);
            }
        }
        if let Some(how) = self.server.end {
            let was_heard = self.server.has_spoken || self.from_start && how == StreamEnd::Fin;
            let is_known =
                was_heard && how != StreamEnd::Unseen && !matches!(self.server.state, State::Lost { .. });
            self.conclude(is_known.then_some(how), outbox);
        }
    }

    fn holding(&self, side: Side) -> Option<u64> {
        match &self.lane(side).state {
            State::Body(draft) => Some(draft.start),
            State::Head | State::Lost { .. } => None,
        }
    }

    fn is_lost(&self, side: Side) -> bool {
        matches!(self.lane(side).state, State::Lost { has_passed: true })
    }

    fn memory(&self) -> usize {
        let draft = |lane: &Lane| if let State::Body(draft) = &lane.state { draft.memory() } else { 0 };
        draft(&self.client) + draft(&self.server) + self.exchanges.memory()
    }
}

impl Http1Decoder {
    /// A decoder that has seen nothing yet; requests before it may be missing unless it reads `from_start`.
    pub(super) fn new(from_start: bool) -> Self {
        let mut decoder = Self { from_start, ..Self::default() };
        if !from_start {
            decoder.exchanges.lose_requests();
        }
        decoder
    }

    /// A head comes next.
    fn head(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Flow {
        if input.rest().is_empty() {
            return more(1);
        }
        if side == Side::Client {
            if let Some(next) = self.hold_back(input, outbox) {
                return ControlFlow::Break(next);
            }
            if !self.exchanges.has_room() && !input.must_go_on() {
                return ControlFlow::Break(Next::WaitForOther);
            }
        }
        let empty_lines = input.rest().iter().take_while(|byte| first_line::is_line_end(**byte)).count();
        if empty_lines > 0 {
            input.take(empty_lines);
            self.lane_mut(side).scanned = 0;
        }
        let rest = input.rest();
        if !self.may_begin_head(side, rest) {
            return self.no_head(side, input, outbox);
        }
        if side == Side::Server {
            if rest.len() < STATUS_ENDS_AT {
                return more(rest.len() + 1);
            }
            if !self.may_answer(is_final(rest), input.must_go_on()) {
                return ControlFlow::Break(Next::WaitForOther);
            }
        }
        match head_reader::end(rest, &mut self.lane_mut(side).scanned) {
            Some(end) if end <= LONGEST_HEAD => self.read_head(side, end, input, outbox),
            None if rest.len() < LONGEST_HEAD => more(rest.len() + 1),
            _ => self.refuse(&rules::HEAD_TOO_LONG, side, input, outbox),
        }
    }

    /// A whole head of `length` bytes is there.
    fn read_head(&mut self, side: Side, length: usize, input: &mut Input<'_>, outbox: &mut Outbox) -> Flow {
        let start = input.offset();
        let bytes = input.rest().get(..length).unwrap_or_default();
        let draft = match side {
            Side::Client => self.request(bytes, start),
            Side::Server => self.response(bytes, start),
        };
        match draft {
            Ok(draft) => {
                self.announce(outbox);
                input.take(length);
                let lane = self.lane_mut(side);
                lane.scanned = 0;
                lane.has_spoken = true;
                lane.state = State::Body(Box::new(draft));
                ControlFlow::Continue(())
            }
            Err(Refused::TooManyFields) => self.refuse(&rules::HEAD_TOO_LONG, side, input, outbox),
            Err(Refused::Malformed) => self.refuse(&rules::HEAD_MALFORMED, side, input, outbox),
        }
    }

    fn request(&mut self, bytes: &[u8], start: u64) -> Result<Draft, Refused> {
        let understood = head_reader::request(bytes)?;
        let rank = self.exchanges.ask(&understood.head);
        let decided = framing::of_request(&understood.head);
        let mut draft = Draft::new(start, Head::Request(understood.head), decided);
        draft.rank = Some(rank);
        if self.exchanges.ran_out_of_room() {
            draft.note(&rules::REQUESTS_TOO_MANY);
        }
        if understood.is_loose {
            draft.note(&rules::HEAD_LOOSE);
        }
        Ok(draft)
    }

    fn response(&mut self, bytes: &[u8], start: u64) -> Result<Draft, Refused> {
        let understood = head_reader::response(bytes)?;
        let status = understood.head.status;
        let (asked, is_certain) = self.exchanges.answer(status == 101 || status >= 200);
        let decided = framing::of_response(&understood.head, asked.as_ref().map(|asked| &asked.wish));
        let mut draft = Draft::new(start, Head::Response(understood.head), decided);
        draft.is_certain = is_certain;
        draft.rank = asked.as_ref().map(|asked| asked.rank);
        if asked.is_none() && self.exchanges.knows_all() {
            draft.note(&rules::RESPONSE_WITHOUT_REQUEST);
        }
        draft.asked = asked;
        if understood.is_loose {
            draft.note(&rules::HEAD_LOOSE);
        }
        Ok(draft)
    }

    /// Bytes of a body come next.
    fn body(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Flow {
        let State::Body(draft) = &mut self.lane_mut(side).state else { return more(1) };
        match draft.take(input, &mut outbox.allowance) {
            Taken::More(at_least) => more(at_least),
            Taken::End => self.finish(side, input.offset(), true, outbox),
            Taken::Broken => self.cut_short(side, input.offset(), &rules::CHUNKS_BROKEN, outbox),
        }
    }

    /// Whether these bytes can be the first of a head. The very first line is looked at as a whole: until it is there, one knows
    /// of the other side only that this is HTTP.
    fn may_begin_head(&self, side: Side, bytes: &[u8]) -> bool {
        if self.lane(side).has_spoken {
            first_line::may_begin_head(side, bytes)
        } else {
            first_line::begins_head(side, bytes) != Probe::No
        }
    }

    /// Says that this is HTTP, once: before any message, which may never be complete.
    pub(super) fn announce(&mut self, outbox: &mut Outbox) {
        if !mem::replace(&mut self.is_announced, true) {
            outbox.protocol(NAME);
        }
    }

    /// Whether a response may be told now.
    fn may_answer(&mut self, is_final: bool, must_go_on: bool) -> bool {
        if self.exchanges.may_answer(is_final) || self.one_sided && !self.client.has_spoken {
            return true;
        }
        self.one_sided |= must_go_on;
        must_go_on
    }

    /// A message ends at this place, complete or not.
    pub(super) fn finish(&mut self, side: Side, end: u64, is_complete: bool, outbox: &mut Outbox) -> Flow {
        let State::Body(draft) = mem::take(&mut self.lane_mut(side).state) else { return more(1) };
        let finished = draft.finish(is_complete);
        let span = StreamSpan::new(finished.start, end);
        match side {
            Side::Client => self.tell_request(finished, span, outbox),
            Side::Server => self.tell_response(finished, span, outbox),
        }
    }

    /// The same for a message that is not complete, for this reason; what follows is not known.
    fn cut_short(&mut self, side: Side, end: u64, rule: &'static Rule, outbox: &mut Outbox) -> Flow {
        if let State::Body(draft) = &mut self.lane_mut(side).state {
            draft.note(rule);
        }
        let flow = self.finish(side, end, false, outbox);
        self.lose(side);
        flow
    }

    pub(super) fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    pub(super) fn lane_mut(&mut self, side: Side) -> &mut Lane {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// Whether the status line of a response that says enough of it names a final status, or 101.
fn is_final(status_line: &[u8]) -> bool {
    let status = status_line.get(STATUS_ENDS_AT - 3..STATUS_ENDS_AT).unwrap_or_default();
    !status.starts_with(b"1") || status == b"101"
}

/// More bytes, so many unread ones at least.
pub(super) fn more(at_least: usize) -> Flow {
    ControlFlow::Break(Next::More { at_least })
}
