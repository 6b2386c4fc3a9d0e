//! Drives decoders over both sides of one connection.

use crate::app::lane::Lane;
use crate::app::{Decoder, Input, Next, Outbox, PROTOCOLS, Probe, Seen, StreamProtocol};
use crate::base::convert::wide;
use crate::base::{Side, StreamSpan};

/// How a side's stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// By a FIN.
    Fin,
    /// By a RST, of either side.
    Reset,
    /// Not seen: the capture ended, or the connection was given up.
    Unseen,
}

/// Both sides of one connection, and whatever decoder understands them.
pub struct Conversation {
    client: Lane,
    server: Lane,
    state: State,
    protocols: &'static [&'static dyn StreamProtocol],
    recognised: Option<&'static str>,
    /// Streams inside streams so far.
    depth: u32,
    /// So many unread bytes of both sides must be there before protocols are asked again.
    probe_at: usize,
}

enum State {
    Probing,
    Decoding(Box<dyn Decoder>),
    Opaque,
}

impl Conversation {
    /// Most bytes of a side that wait to be understood; a decoder that needs more must take them piece by piece.
    pub const MOST_UNREAD: usize = 256 << 10;
    /// Most streams inside streams.
    pub const MOST_DEPTH: u32 = 16;

    /// Fewer unread bytes than these are shown to protocols whenever more of them come.
    const PROBED_FREELY: usize = 1 << 10;

    /// A conversation of which nothing was heard yet; `from_start` where the handshake says at which bytes it begins.
    #[must_use]
    pub fn new(from_start: bool) -> Self {
        Self::speaking(PROTOCOLS, from_start)
    }

    /// The same where only these protocols are looked for, in this order.
    #[must_use]
    pub fn speaking(protocols: &'static [&'static dyn StreamProtocol], from_start: bool) -> Self {
        let (client, server) = (Lane::new(from_start), Lane::new(from_start));
        Self { client, server, state: State::Probing, protocols, recognised: None, depth: 0, probe_at: 0 }
    }

    /// Whether a decoder is at work: what it does not tell, nobody can.
    #[must_use]
    pub fn is_decoding(&self) -> bool {
        matches!(self.state, State::Decoding(_))
    }

    /// Whether a decoder is at work and passes bytes of `side` over: no message will tell them.
    #[must_use]
    pub fn is_lost(&self, side: Side) -> bool {
        matches!(&self.state, State::Decoding(decoder) if decoder.is_lost(side))
    }

    /// Whether bytes of either side were passed over before a protocol was recognised.
    #[must_use]
    pub fn has_passed_over(&self) -> bool {
        self.client.passed_over + self.server.passed_over > 0
    }

    /// Short name of the protocol that was recognised last; another may have taken over from it since.
    #[must_use]
    pub fn recognised(&self) -> Option<&'static str> {
        self.recognised
    }

    /// Whether nothing more can be understood: bytes need not be put in order any more.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(self.state, State::Opaque)
    }

    /// Bytes of `side` before this place are not needed any more.
    #[must_use]
    pub fn needed_from(&self, side: Side) -> u64 {
        let unread = self.lane(side).offset;
        match &self.state {
            State::Decoding(decoder) => decoder.holding(side).map_or(unread, |held| held.min(unread)),
            _ => unread,
        }
    }

    /// Bytes of memory held beyond its own size.
    #[must_use]
    pub fn memory(&self) -> usize {
        let decoder = if let State::Decoding(decoder) = &self.state { decoder.memory() } else { 0 };
        self.client.unread.capacity() + self.server.unread.capacity() + decoder
    }

    /// The next bytes of `side`.
    pub fn bytes(&mut self, side: Side, bytes: &[u8], outbox: &mut Outbox) {
        if self.is_opaque() {
            return;
        }
        outbox.allowance.earn(wide(bytes.len()));
        let waited = self.lane_mut(side);
        if waited.unread.is_empty() && !waited.waits_for_other && self.is_decoding() {
            let offset = self.lane(side).offset;
            let mut input = Input::new(bytes, offset);
            let next = self.ask(side, &mut input, outbox);
            let lane = self.lane_mut(side);
            lane.offset = input.offset();
            lane.unread.extend_from_slice(input.rest());
            let taken = input.taken() > 0;
            if self.obey(side, next, taken) {
                self.run(outbox);
            }
        } else {
            self.lane_mut(side).unread.extend_from_slice(bytes);
            if self.lane(side).is_ready() {
                self.run(outbox);
            }
        }
        self.bound(side, outbox);
    }

    /// Bytes of `side` are missing here.
    pub fn gap(&mut self, side: Side, missing: StreamSpan, outbox: &mut Outbox) {
        self.settle(side, outbox);
        self.probe_at = 0;
        let lane = self.lane_mut(side);
        lane.from_start = false;
        let unread = std::mem::take(&mut lane.unread);
        let mut input = Input::final_call(&unread, lane.offset);
        lane.offset = missing.end;
        let next = match &mut self.state {
            State::Decoding(decoder) => decoder.gap(side, &mut input, missing, outbox),
            _ => return,
        };
        self.lane_mut(side).at_least = 0;
        if self.obey(side, next, true) {
            self.run(outbox);
        }
    }

    /// Nothing more comes from `side`. Where it waits for the other side, its end is told behind that of the other one.
    pub fn end(&mut self, side: Side, how: StreamEnd, outbox: &mut Outbox) {
        if self.lane_mut(side).ended.replace(how).is_some() {
            return;
        }
        if self.lane(side.other()).ended.is_none() && self.is_decoding() {
            // Bytes that wait for more of their own side may have to wait for the other side by now.
            self.lane_mut(side).at_least = 0;
            if self.feed(side, outbox) {
                self.run(outbox);
            }
        }
        let waits = self.lane(side).waits_for_other && !self.lane(side).unread.is_empty();
        if waits && self.lane(side.other()).ended.is_none() {
            return;
        }
        self.tell_end(side, how, outbox);
        let other = self.lane(side.other());
        match other.ended.filter(|_| !other.is_end_told) {
            Some(how) => self.tell_end(side.other(), how, outbox),
            None if other.waits_for_other => self.press_on(side.other(), outbox),
            None => {}
        }
    }

    /// The roles of both ends were guessed wrong.
    pub fn swap_sides(&mut self) {
        std::mem::swap(&mut self.client, &mut self.server);
        if self.is_decoding() {
            self.state = State::Probing;
        }
    }

    /// Gives up understanding, for want of memory.
    pub fn give_up(&mut self) {
        self.state = State::Opaque;
        self.client.unread = Vec::new();
        self.server.unread = Vec::new();
    }

    fn tell_end(&mut self, side: Side, how: StreamEnd, outbox: &mut Outbox) {
        self.settle(side, outbox);
        let lane = self.lane_mut(side);
        lane.is_end_told = true;
        let unread = std::mem::take(&mut lane.unread);
        let mut input = Input::final_call(&unread, lane.offset);
        lane.offset = lane.offset.saturating_add(wide(unread.len()));
        if let State::Decoding(decoder) = &mut self.state {
            decoder.end(side, &mut input, how, outbox);
        }
    }

    /// What there is of `side` must do: asks whoever may understand it for the last time.
    fn settle(&mut self, side: Side, outbox: &mut Outbox) {
        if matches!(self.state, State::Probing) {
            self.probe_at = 0;
            self.run(outbox);
        }
        self.press_on(side, outbox);
    }

    /// Asks decoders until nobody can go on.
    fn run(&mut self, outbox: &mut Outbox) {
        loop {
            let again = match self.state {
                State::Opaque => false,
                State::Probing => self.probe(),
                State::Decoding(_) => self.feed(Side::Client, outbox) | self.feed(Side::Server, outbox),
            };
            if !again {
                return;
            }
        }
    }

    /// Feeds one side what waits; whether to go round again.
    fn feed(&mut self, side: Side, outbox: &mut Outbox) -> bool {
        if !self.lane(side).is_ready() {
            return false;
        }
        let unread = std::mem::take(&mut self.lane_mut(side).unread);
        let mut input = Input::new(&unread, self.lane(side).offset);
        let next = self.ask(side, &mut input, outbox);
        let place = (input.taken(), input.offset());
        self.put_back(side, unread, place, next)
    }

    /// The same without waiting any longer.
    fn press_on(&mut self, side: Side, outbox: &mut Outbox) {
        if self.lane(side).unread.is_empty() || !self.is_decoding() {
            return;
        }
        let unread = std::mem::take(&mut self.lane_mut(side).unread);
        let mut input = Input::final_call(&unread, self.lane(side).offset);
        let next = self.ask(side, &mut input, outbox);
        let place = (input.taken(), input.offset());
        if self.put_back(side, unread, place, next) {
            self.run(outbox);
        }
    }

    fn put_back(
        &mut self,
        side: Side,
        mut unread: Vec<u8>,
        (taken, offset): (usize, u64),
        next: Next,
    ) -> bool {
        unread.drain(..taken);
        let lane = self.lane_mut(side);
        lane.unread = unread;
        lane.offset = offset;
        self.obey(side, next, taken > 0)
    }

    fn ask(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Next {
        match &mut self.state {
            State::Decoding(decoder) => decoder.feed(side, input, outbox),
            _ => Next::More { at_least: 0 },
        }
    }

    /// Does as the decoder says; whether there may be something to be asked again.
    fn obey(&mut self, side: Side, next: Next, taken: bool) -> bool {
        let lane = self.lane_mut(side);
        lane.waits_for_other = matches!(next, Next::WaitForOther);
        lane.at_least = 0;
        match next {
            Next::More { at_least } => lane.at_least = at_least.max(lane.unread.len() + 1),
            Next::WaitForOther => {}
            Next::Become(decoder) => return self.hand_over(State::Decoding(decoder)),
            Next::Probe => return self.hand_over(State::Probing),
            Next::Opaque => {
                self.give_up();
                return false;
            }
        }
        let other = self.lane_mut(side.other());
        let released = taken && other.waits_for_other;
        if released {
            other.waits_for_other = false;
        }
        released
    }

    fn hand_over(&mut self, state: State) -> bool {
        self.depth += 1;
        if self.depth > Self::MOST_DEPTH {
            self.give_up();
            return false;
        }
        for lane in [&mut self.client, &mut self.server] {
            lane.at_least = 0;
            lane.waits_for_other = false;
            lane.from_start |= matches!(state, State::Probing);
        }
        self.probe_at = 0;
        self.state = state;
        true
    }

    /// Asks every protocol; whether one answered.
    fn probe(&mut self) -> bool {
        let seen = Seen {
            client: &self.client.unread,
            server: &self.server.unread,
            client_from_start: self.client.from_start,
            server_from_start: self.server.from_start,
        };
        let unread = seen.client.len() + seen.server.len();
        if unread == 0 || unread < self.probe_at {
            return false;
        }
        let mut unsure = false;
        for protocol in self.protocols {
            match protocol.probe(&seen) {
                Probe::Certain => {
                    self.recognised = Some(protocol.name());
                    self.state = State::Decoding(protocol.open());
                    self.client.at_least = 0;
                    self.server.at_least = 0;
                    return true;
                }
                Probe::Unsure => unsure = true,
                Probe::No => {}
            }
        }
        if unsure {
            // Every probe may look at all of it: with little more they would say the same, and all probes together stay linear.
            self.probe_at = if unread < Self::PROBED_FREELY { 0 } else { unread + unread / 8 };
        } else {
            self.pass_over();
        }
        false
    }

    /// Nobody knows these bytes: from the beginning of a stream nobody ever will; else the next segment may begin a message.
    fn pass_over(&mut self) {
        self.probe_at = 0;
        let limit = wide(Self::MOST_UNREAD);
        let passed = self.client.passed_over + self.server.passed_over;
        if (self.client.from_start && self.server.from_start) || passed > limit {
            self.give_up();
            return;
        }
        for lane in [&mut self.client, &mut self.server] {
            let count = wide(lane.unread.len());
            lane.unread.clear();
            lane.passed_over += count;
            lane.offset = lane.offset.saturating_add(count);
            lane.from_start &= count == 0;
        }
    }

    /// Too much waits on one side: whoever it waits for must do without, and who still takes nothing is given up.
    fn bound(&mut self, side: Side, outbox: &mut Outbox) {
        if self.lane(side).unread.len() <= Self::MOST_UNREAD {
            return;
        }
        match self.state {
            State::Probing => {
                self.lane_mut(side).from_start = false;
                self.pass_over();
            }
            State::Decoding(_) => self.press_on(side, outbox),
            State::Opaque => {}
        }
        if self.lane(side).unread.len() > Self::MOST_UNREAD {
            self.give_up();
        }
    }

    fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn lane_mut(&mut self, side: Side) -> &mut Lane {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}
