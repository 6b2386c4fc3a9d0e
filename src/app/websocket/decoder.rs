//! Reads both sides of a WebSocket and tells what they say to each other.

use std::collections::VecDeque;

use crate::app::websocket::closing::{CloseCode, Ends};
use crate::app::websocket::content::{Part, WebSocketMessage};
use crate::app::websocket::direction::{Direction, Step};
use crate::app::websocket::frame::Opcode;
use crate::app::websocket::message::{Draft, Ending, Finished};
use crate::app::websocket::rules;
use crate::app::{Decoder, Input, Message, MessageNo, Next, Outbox, Role, StreamEnd};
use crate::base::{Certainty, Side, StreamSpan};

/// Both sides of a WebSocket.
#[derive(Debug)]
pub(super) struct WebSocketDecoder {
    client: Speaker,
    server: Speaker,
    ends: Ends,
    /// The answer to the upgrade was one that makes a client give up.
    is_invalid: bool,
}

/// One side, and what is remembered of what it said.
#[derive(Debug)]
struct Speaker {
    direction: Direction,
    /// Messages so far.
    told: u64,
    /// Pings that no pong has answered, oldest first.
    pings: VecDeque<Ping>,
    /// Pings that were too many to be remembered, less the pongs that may answer them.
    forgotten: u64,
    /// Its pongs that answer no ping so far as is known: a ping may still turn out to be missing.
    unasked: VecDeque<MessageNo>,
}

#[derive(Clone, Copy, Debug)]
struct Ping {
    digest: [u8; 32],
    number: MessageNo,
    /// A pong came that answers a later one, or one with the same body: this one needs none (§5.5.3).
    is_excused: bool,
    /// Data messages of the other side since.
    passed_over: u32,
}

impl WebSocketDecoder {
    /// So many messages later a pong without a ping waits no longer for more to be known: who is told still knows its frame.
    const PATIENCE: u64 = 512;

    /// A WebSocket whose opening handshake was seen; `inflates` where it negotiated permessage-deflate.
    pub(super) fn new(inflates: bool) -> Self {
        Self::between(|side| Direction::new(side, inflates))
    }

    /// The same behind a 101 that makes a client give up: unless the client goes on all the same, no WebSocket was ever open.
    pub(super) fn invalid(inflates: bool) -> Self {
        Self { is_invalid: true, ..Self::new(inflates) }
    }

    /// A WebSocket that follows an answer which nobody saw; `inflates` where permessage-deflate was offered.
    pub(super) fn assumed(inflates: bool) -> Self {
        Self::between(|side| Direction::assumed(side, inflates))
    }

    /// A WebSocket whose beginning is not in the capture.
    pub(super) fn midstream() -> Self {
        Self::between(Direction::midstream)
    }

    fn between(direction: impl Fn(Side) -> Direction) -> Self {
        let speaker = |side| Speaker::new(direction(side));
        let (client, server) = (speaker(Side::Client), speaker(Side::Server));
        Self { client, server, ends: Ends::default(), is_invalid: false }
    }

    fn speaker(&self, side: Side) -> &Speaker {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn speaker_mut(&mut self, side: Side) -> &mut Speaker {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Tells a message that ended.
    fn tell(&mut self, side: Side, mut draft: Draft, ending: Ending, outbox: &mut Outbox) {
        let speaker = self.speaker_mut(side);
        let finished = speaker.direction.finish(&mut draft, ending, &mut outbox.allowance);
        speaker.told += 1;
        let (rank, certainty) = (speaker.told, speaker.direction.certainty);
        let (answers, part) = self.place_in_dialogue(side, &draft, &finished);
        let role = if draft.opcode.is_control() { Role::Control } else { Role::Data };
        let (opcode, span) = (draft.opcode, draft.span);
        let digest = finished.digest;
        let is_unasked = answers.is_none() && certainty == Certainty::Proven && !draft.is_incomplete();
        let code = match finished.close.as_ref().map(|close| close.code) {
            Some(Some(code)) => CloseCode::Given(code),
            Some(None) => CloseCode::Absent,
            None => CloseCode::Unseen,
        };
        let number = outbox.message(Message {
            from: side,
            span,
            protocol: "websocket",
            kind: opcode.word(),
            stream: None,
            role,
            answers,
            certainty,
            rules: draft.rules.clone(),
            content: Box::new(WebSocketMessage::new(side, rank, draft, finished, part)),
        });
        match opcode {
            Opcode::PING => {
                self.speaker_mut(side).remember(Ping { digest, number, is_excused: false, passed_over: 0 });
            }
            Opcode::PONG if is_unasked => self.unasked(side, number),
            Opcode::CLOSE => self.ends.close(side, number, code),
            _ => {}
        }
        self.tell_unasked(number.0.saturating_sub(Self::PATIENCE), outbox);
    }

    /// What it answers and what part it has, by what the other side said before.
    fn place_in_dialogue(
        &mut self,
        side: Side,
        draft: &Draft,
        finished: &Finished,
    ) -> (Option<MessageNo>, Part) {
        match draft.opcode {
            // Nobody knows which ping it answers.
            Opcode::PONG if draft.is_incomplete() => (None, Part::None),
            Opcode::PONG => (self.speaker_mut(side.other()).answered(&finished.digest), Part::None),
            Opcode::CLOSE => self.ends.part(side),
            opcode if !opcode.is_control() => {
                for ping in &mut self.speaker_mut(side.other()).pings {
                    ping.passed_over = ping.passed_over.saturating_add(1);
                }
                (None, Part::None)
            }
            _ => (None, Part::None),
        }
    }

    /// A pong of `side` answers no ping. That is not said before it must be: holes in what the other side sent are given up late.
    fn unasked(&mut self, side: Side, pong: MessageNo) {
        if !self.speaker_mut(side.other()).has_forgotten_a_ping() {
            self.speaker_mut(side).unasked.push_back(pong);
        }
    }

    /// Says of pongs before this message that nobody asked for them, unless a ping for them may be missing.
    fn tell_unasked(&mut self, before: u64, outbox: &mut Outbox) {
        for side in [Side::Client, Side::Server] {
            let may_be_asked = self.speaker(side.other()).direction.trust().may_hide_frames;
            let pongs = &mut self.speaker_mut(side).unasked;
            while let Some(pong) = pongs.pop_front_if(|pong| pong.0 < before) {
                if !may_be_asked {
                    outbox.rule_on_message(&rules::PONG_UNASKED, pong);
                }
            }
        }
    }

    /// Tells what is in `input`; how many bytes are needed for more.
    fn read(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> usize {
        loop {
            match self.speaker_mut(side).direction.step(input, &mut outbox.allowance) {
                Step::Needs(count) => return count,
                Step::Ended(draft, ending) => self.tell(side, *draft, ending, outbox),
            }
        }
    }

    /// Both sides ended: what is left to be said.
    fn conclude(&mut self, outbox: &mut Outbox) {
        self.tell_unasked(u64::MAX, outbox);
        if self.is_invalid && self.client.told == 0 {
            return;
        }
        for side in [Side::Client, Side::Server] {
            let (speaker, other) = (self.speaker(side), self.speaker(side.other()));
            let is_ping_sure = speaker.direction.certainty == Certainty::Proven;
            let is_pong_missing = is_ping_sure && !other.direction.trust().may_hide_frames;
            let latest = speaker.pings.back().filter(|ping| ping.is_ignored());
            if let Some(ping) = latest.filter(|_| is_pong_missing) {
                outbox.rule_on_message(&rules::PING_NOT_ANSWERED, ping.number);
            }
        }
        self.ends.conclude(outbox);
    }
}

impl Decoder for WebSocketDecoder {
    fn feed(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Next {
        Next::More { at_least: self.read(side, input, outbox) }
    }

    fn gap(&mut self, side: Side, input: &mut Input<'_>, missing: StreamSpan, outbox: &mut Outbox) -> Next {
        self.read(side, input, outbox);
        let ended = self.speaker_mut(side).direction.gap(missing);
        for draft in ended {
            self.tell(side, draft, Ending::Lost, outbox);
        }
        let mut nothing = Input::new(&[], missing.end);
        Next::More { at_least: self.read(side, &mut nothing, outbox) }
    }

    fn end(&mut self, side: Side, input: &mut Input<'_>, how: StreamEnd, outbox: &mut Outbox) {
        self.read(side, input, outbox);
        let direction = &mut self.speaker_mut(side).direction;
        let offset = input.offset();
        let begun = direction.abandon().map(|draft| draft.span.start).min();
        let begun = begun.or((!input.rest().is_empty()).then_some(offset));
        if let Some(start) = begun {
            outbox.rule(&rules::MESSAGE_UNFINISHED, side, start);
        }
        let trust = direction.trust();
        self.ends.end(side, how, offset, trust);
        if self.ends.is_over() {
            self.conclude(outbox);
        }
    }

    fn holding(&self, side: Side) -> Option<u64> {
        self.speaker(side).direction.holding()
    }

    fn is_lost(&self, side: Side) -> bool {
        self.speaker(side).direction.is_lost()
    }

    fn memory(&self) -> usize {
        size_of::<Self>() + self.client.memory() + self.server.memory()
    }
}

impl Speaker {
    /// Pings that wait for their pongs.
    const MOST_PINGS: usize = 64;

    fn new(direction: Direction) -> Self {
        Self { direction, told: 0, pings: VecDeque::new(), forgotten: 0, unasked: VecDeque::new() }
    }

    /// Bytes of memory held beyond its own size.
    fn memory(&self) -> usize {
        let remembered =
            self.pings.capacity() * size_of::<Ping>() + self.unasked.capacity() * size_of::<MessageNo>();
        self.direction.memory() + remembered
    }

    fn remember(&mut self, ping: Ping) {
        if self.pings.len() == Self::MOST_PINGS {
            self.pings.pop_front();
            self.forgotten += 1;
        }
        self.pings.push_back(ping);
    }

    /// A pong with this digest came: the oldest ping that it may answer. Later ones with the same body may have pongs of their own, or
    /// none: only the latest ping needs one (§5.5.3).
    fn answered(&mut self, digest: &[u8; 32]) -> Option<MessageNo> {
        let oldest = self.pings.iter().position(|ping| ping.digest == *digest)?;
        let latest = self.pings.iter().rposition(|ping| ping.digest == *digest)?;
        for ping in self.pings.iter_mut().take(latest + 1) {
            ping.is_excused = true;
        }
        self.pings.remove(oldest).map(|ping| ping.number)
    }

    /// Whether a pong that answers no ping that is remembered may answer one that is not; each may be answered once.
    fn has_forgotten_a_ping(&mut self) -> bool {
        let has_forgotten = self.forgotten > 0;
        self.forgotten = self.forgotten.saturating_sub(1);
        has_forgotten
    }
}

impl Ping {
    /// So many messages of the other side behind a ping cannot have been under way when it came.
    const MANY_SINCE: u32 = 2;

    /// Whether the other side went on without a pong that it owes.
    fn is_ignored(&self) -> bool {
        !self.is_excused && self.passed_over >= Self::MANY_SINCE
    }
}
