//! One connection above TCP: its two streams, what understands them, and what they carried.

use std::collections::VecDeque;
use std::mem;

use crate::app::rules::DATA_GIVEN_UP;
use crate::app::{Item, Message, MessageNo, Outbox, Role, StreamEnd, Upgrade};
use crate::base::{Annotation, FrameNo, Rule, SeqNum, Side, StreamSpan, Timestamp};
use crate::pipeline::streams::{Segment, Streams};
use crate::stream::Origin;
use crate::timeline::{Carried, Dialogue, Event, Placed, PlacedUpgrade};
use crate::track::{Connection, DataTold};

/// One connection above TCP.
pub(super) struct Followed {
    streams: Option<Box<Streams>>,
    outbox: Outbox,
    pub(super) carried: Carried,
    /// The last messages, by number: the first of them has the number `placed_before`.
    placed: VecDeque<Origin>,
    placed_before: u64,
    /// The client has said something since the server's last message.
    asked: bool,
    /// Its messages told its data when last asked.
    was_told: bool,
    /// A message was told since then.
    has_told: bool,
    /// Bytes of memory it held when last asked.
    pub(super) memory: usize,
}

impl Followed {
    /// Messages whose frames are remembered for later ones to refer to.
    const MOST_PLACED: usize = 1_024;

    /// A connection of which no data was seen yet.
    pub(super) fn new(from_start: bool) -> Self {
        Self {
            streams: Some(Box::new(Streams::new(from_start))),
            outbox: Outbox::default(),
            carried: Carried::default(),
            placed: VecDeque::new(),
            placed_before: 0,
            asked: false,
            was_told: false,
            has_told: false,
            memory: 0,
        }
    }

    /// What decoders hand on.
    pub(super) fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    /// Whose data its messages tell, since the last segment.
    pub(super) fn told(&mut self) -> DataTold {
        let has_told = mem::take(&mut self.has_told);
        let conversation = self.streams.as_ref().map(|streams| &streams.conversation);
        let Some(conversation) = conversation.filter(|conversation| conversation.is_decoding()) else {
            // What ended the decoding was a message, and brought by this segment.
            let told = mem::take(&mut self.was_told) && has_told;
            return DataTold { client: told, server: told, covered: false };
        };
        let was_told = mem::replace(&mut self.was_told, true);
        DataTold {
            client: !conversation.is_lost(Side::Client),
            server: !conversation.is_lost(Side::Server),
            covered: !was_told && !conversation.has_passed_over(),
        }
    }

    /// Takes a segment.
    pub(super) fn segment(&mut self, segment: &Segment<'_>) {
        let Some(streams) = self.streams.as_deref_mut() else { return };
        streams.take(segment, &mut self.outbox);
    }

    /// Where data of `side` lie that begin with this number; `None` where the side's data are not (or no longer) put in order.
    pub(super) fn place(&self, side: Side, first: SeqNum, count: u32) -> Option<StreamSpan> {
        let start = self.streams.as_ref()?.of(side).place(first)?;
        Some(StreamSpan::new(start, start.saturating_add(count.into())))
    }

    /// Everything of `side` before this place was put in order; `None` as above.
    pub(super) fn ordered_to(&self, side: Side) -> Option<u64> {
        self.streams.as_ref()?.of(side).ordered_to()
    }

    /// Everything of `side` before this place was told or passed over; `None` as above.
    pub(super) fn told_to(&self, side: Side) -> Option<u64> {
        self.streams.as_ref().map(|streams| streams.conversation.needed_from(side))
    }

    /// Short name of the protocol that was spoken last, where one is.
    pub(super) fn spoken(&self) -> Option<&'static str> {
        let recognised = || self.streams.as_ref()?.conversation.recognised();
        self.carried.protocols.last().copied().or_else(recognised)
    }

    /// Frames that brought bytes of `span`, in stream order, where these are still known.
    pub(super) fn frames(&self, side: Side, span: StreamSpan) -> impl Iterator<Item = FrameNo> + '_ {
        self.streams.iter().flat_map(move |streams| streams.of(side).frames(span)).map(|origin| origin.frame)
    }

    /// Nothing more comes, for this reason.
    pub(super) fn end(&mut self, how: StreamEnd) {
        if let Some(streams) = self.streams.as_deref_mut() {
            streams.end(how, &mut self.outbox);
        }
    }

    /// The roles of both ends were guessed wrong.
    pub(super) fn swap_sides(&mut self) {
        if let Some(streams) = self.streams.as_deref_mut() {
            std::mem::swap(&mut streams.client, &mut streams.server);
            streams.conversation.swap_sides();
        }
    }

    /// Whether its data is still put in order and read.
    pub(super) fn is_read(&self) -> bool {
        self.streams.is_some()
    }

    /// Gives up understanding, for want of memory, after this frame.
    pub(super) fn give_up(&mut self, frame: FrameNo) {
        if self.streams.take().is_some() {
            self.placed = VecDeque::new();
            self.annotate(&DATA_GIVEN_UP, frame, None);
        }
    }

    /// Bytes of memory, counted anew.
    pub(super) fn measure(&mut self) -> usize {
        let streams = self.streams.as_ref().map_or(0, |streams| streams.memory());
        let carried = self.carried.dialogue.turns.capacity() * size_of::<(Side, Option<Timestamp>)>()
            + self.carried.annotations.capacity() * size_of::<Annotation>()
            + self.carried.upgrades.capacity() * size_of::<PlacedUpgrade>();
        self.memory = size_of::<Self>() + streams + carried + self.placed.capacity() * size_of::<Origin>();
        self.memory
    }

    /// Tells what was found since the last call; without `messages` these are only counted.
    pub(super) fn deliver(
        &mut self,
        connection: &Connection,
        messages: bool,
        tell: &mut dyn FnMut(Event<'_>),
    ) {
        let mut outbox = std::mem::take(&mut self.outbox);
        for item in outbox.drain() {
            match item {
                Item::Message(number, message) => {
                    self.message(number, &message, messages.then_some(connection), tell);
                }
                Item::Upgrade(upgrade) => self.upgrade(upgrade),
                Item::Closing(closing) => {
                    if self.carried.closings.len() < Carried::MOST_UPGRADES {
                        self.carried.closings.push(closing);
                    }
                }
                Item::Rule { rule, side, offset } => {
                    let origin = self.origin(side, offset).unwrap_or(connection.last_frame);
                    self.annotate(rule, origin, None);
                }
                Item::RuleOnMessage { rule, message } => {
                    let frame = self.placed_at(message).map_or(connection.last_frame, |origin| origin.frame);
                    self.annotate(rule, frame, None);
                }
                Item::Protocol(name) => self.protocol(name),
            }
        }
        self.outbox = outbox;
        if let Some(streams) = self.streams.as_deref_mut() {
            let found: Vec<_> = streams.client.annotations().chain(streams.server.annotations()).collect();
            streams.forget();
            // Not before its last messages were placed in the frames that carried them.
            if streams.conversation.is_opaque() {
                self.streams = None;
            }
            for annotation in found {
                self.annotate(annotation.rule, annotation.frame, annotation.about);
            }
        }
    }

    fn message(
        &mut self,
        number: MessageNo,
        message: &Message,
        connection: Option<&Connection>,
        tell: &mut dyn FnMut(Event<'_>),
    ) {
        self.has_told = true;
        let origins = self.origins(message.from, message.span);
        let last = origins.iter().max_by_key(|origin| origin.frame).copied();
        let last = last.unwrap_or(Origin { frame: FrameNo(0), time: None });
        let answers = message.answers.and_then(|number| self.placed_at(number));
        self.protocol(message.protocol);
        let unasked = self.count(message, last.time);
        for rule in &message.rules {
            self.annotate(rule, last.frame, answers.map(|origin| origin.frame));
        }
        self.remember(last);
        if let Some(connection) = connection {
            let mut frames: Vec<_> = origins.iter().map(|origin| origin.frame).collect();
            frames.dedup();
            let left_out = frames.len().saturating_sub(Placed::MOST_FRAMES);
            frames.truncate(Placed::MOST_FRAMES);
            let placed = Placed {
                message,
                number,
                frame: last.frame,
                frames: &frames,
                frames_left_out: crate::base::convert::wide(left_out),
                time: last.time,
                answers: answers.map(|origin| (origin.frame, origin.time)),
                unasked,
            };
            tell(Event::Message { connection, placed: &placed });
        }
    }

    /// Counts a message; whether the server sent it unasked.
    fn count(&mut self, message: &Message, time: Option<Timestamp>) -> bool {
        if message.role == Role::Control {
            return false;
        }
        let dialogue = &mut self.carried.dialogue;
        if dialogue.turns.len() < Dialogue::MOST_TURNS {
            dialogue.turns.push((message.from, time));
        }
        match message.from {
            Side::Client => {
                dialogue.client_messages += 1;
                self.asked = true;
                false
            }
            Side::Server => {
                dialogue.server_messages += 1;
                let unasked = message.role == Role::Data && !self.asked;
                dialogue.unasked += u64::from(unasked);
                self.asked = false;
                unasked
            }
        }
    }

    fn upgrade(&mut self, upgrade: Upgrade) {
        if self.carried.upgrades.len() == Carried::MOST_UPGRADES {
            self.carried.upgrades_left_out += 1;
            return;
        }
        let frame = |number: MessageNo| self.placed_at(number).map(|origin| origin.frame);
        let placed = PlacedUpgrade {
            request_frame: frame(upgrade.request).unwrap_or(FrameNo(0)),
            response_frame: upgrade.response.and_then(frame),
            upgrade,
        };
        self.carried.upgrades.push(placed);
    }

    fn protocol(&mut self, name: &'static str) {
        if !self.carried.protocols.contains(&name) {
            self.carried.protocols.push(name);
        }
    }

    fn annotate(&mut self, rule: &'static Rule, frame: FrameNo, about: Option<FrameNo>) {
        if self.carried.annotations.len() < Connection::MOST_ANNOTATIONS {
            self.carried.annotations.push(Annotation { rule, frame, about });
        } else {
            self.carried.annotations_left_out += 1;
        }
    }

    fn origins(&self, side: Side, span: StreamSpan) -> Vec<Origin> {
        // What is empty lies where the byte before it does.
        let span =
            if span.is_empty() { StreamSpan::new(span.start.saturating_sub(1), span.end) } else { span };
        self.streams.as_ref().map_or_else(Vec::new, |streams| streams.of(side).frames(span).collect())
    }

    fn origin(&self, side: Side, offset: u64) -> Option<FrameNo> {
        let span = StreamSpan::new(offset, offset.saturating_add(1));
        self.origins(side, span).last().map(|origin| origin.frame)
    }

    fn remember(&mut self, origin: Origin) {
        if self.placed.len() == Self::MOST_PLACED {
            self.placed.pop_front();
            self.placed_before += 1;
        }
        self.placed.push_back(origin);
    }

    fn placed_at(&self, number: MessageNo) -> Option<Origin> {
        let rank = number.0.checked_sub(self.placed_before)?;
        self.placed.get(usize::try_from(rank).ok()?).copied()
    }
}
