//! One connection above TCP: its two streams, what understands them, and what they carried.

use std::collections::{HashSet, VecDeque};
use std::mem;

use crate::app::rules::DATA_GIVEN_UP;
use crate::app::{Item, Message, MessageNo, Outbox, Role, StreamEnd, Upgrade};
use crate::base::convert::wide;
use crate::base::{Annotation, FrameNo, Rule, SeqNum, Side, StreamSpan, Timestamp};
use crate::pipeline::streams::{Segment, Streams};
use crate::stream::{Origin, Run};
use crate::timeline::{Carried, Dialogue, Event, Placed, PlacedUpgrade};
use crate::track::{Connection, Covered, DataTold};

/// One connection above TCP.
pub(super) struct Followed {
    streams: Option<Box<Streams>>,
    outbox: Outbox,
    pub(super) carried: Carried,
    /// The last messages, by number: the first of them has the number `placed_before`.
    placed: VecDeque<PlacedAt>,
    placed_before: u64,
    /// What the client said that the server may still be answering: messages of the client less those of the server.
    open: u64,
    /// Bytes of the client are missing: what the server says may answer what was said in them.
    client_misses: bool,
    /// Its messages told its data when last asked.
    was_told: bool,
    /// A message was told since then.
    has_told: bool,
    /// Bytes of memory it held when last asked.
    pub(super) memory: usize,
}

/// To whom what is found on a connection is told.
pub(super) struct Telling<'a> {
    /// The connection as it is now.
    pub(super) connection: &'a Connection,
    /// Whether messages are told, or only counted.
    pub(super) messages: bool,
    /// Takes what is told.
    pub(super) tell: &'a mut dyn FnMut(Event<'_>),
}

/// Where a message lies in the capture.
#[derive(Clone, Copy, Debug)]
struct PlacedAt {
    first: Origin,
    last: Origin,
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
            open: 0,
            client_misses: false,
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
            return DataTold { client: told, server: told, covered: Covered::Nothing };
        };
        let was_told = mem::replace(&mut self.was_told, true);
        DataTold {
            client: !conversation.is_lost(Side::Client),
            server: !conversation.is_lost(Side::Server),
            covered: match has_told {
                _ if !was_told && !conversation.has_passed_over() => Covered::Everything,
                true => Covered::Latest,
                false => Covered::Nothing,
            },
        }
    }

    /// Takes a segment and tells what it completes.
    pub(super) fn segment(&mut self, segment: &Segment<'_>, telling: &mut Telling<'_>) {
        let (from, to) = (segment.from, segment.from.other());
        let Some(streams) = self.streams.as_deref_mut() else { return };
        streams.hear(segment);
        self.drain(to, telling);
        let Some(streams) = self.streams.as_deref_mut() else { return };
        let run = (segment.piece.declared > 0).then(|| streams.of_mut(from).piece(&segment.piece)).flatten();
        if let Some(run) = run {
            self.run(from, run, telling);
        }
        if let (Some(streams), Some(fin)) = (self.streams.as_deref_mut(), segment.fin) {
            streams.of_mut(from).fin(fin);
        }
        self.drain(from, telling);
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

    /// Nothing more comes, for this reason; tells what was left to tell.
    pub(super) fn end(&mut self, how: StreamEnd, telling: &mut Telling<'_>) {
        let mut ends = [(Side::Client, how), (Side::Server, how)];
        let closed_unseen = telling.connection.close.inferred;
        for (side, end) in &mut ends {
            if let Some(streams) = self.streams.as_deref_mut() {
                if closed_unseen == Some(*side) {
                    streams.of_mut(*side).fin_was_acknowledged();
                }
                streams.of_mut(*side).finish();
            }
            // What the other side said last may be what this one's end waits for.
            while let Some(run) = self.ready(*side) {
                if matches!(run, Run::End) {
                    *end = StreamEnd::Fin;
                } else {
                    self.run(*side, run, telling);
                }
            }
        }
        // The side that ended by itself comes first.
        ends.sort_by_key(|(_, end)| *end != StreamEnd::Fin);
        for (side, end) in ends {
            if let Some(streams) = self.streams.as_deref_mut() {
                streams.conversation.end(side, end, &mut self.outbox);
            }
        }
        self.deliver(telling);
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
            + self.carried.upgrades.capacity() * size_of::<PlacedUpgrade>()
            + self.carried.upgrades.iter().map(|placed| placed.upgrade.memory()).sum::<usize>();
        self.memory = size_of::<Self>() + streams + carried + self.placed.capacity() * size_of::<PlacedAt>();
        self.memory
    }

    fn ready(&mut self, side: Side) -> Option<Run<'static>> {
        self.streams.as_deref_mut()?.of_mut(side).ready()
    }

    fn drain(&mut self, side: Side, telling: &mut Telling<'_>) {
        while let Some(run) = self.ready(side) {
            self.run(side, run, telling);
        }
        self.deliver(telling);
    }

    /// Takes a run and tells what it completes, before the next one can: little waits to be told, whatever lay behind a hole.
    fn run(&mut self, side: Side, run: Run<'_>, telling: &mut Telling<'_>) {
        if let Run::Gap(gap) = &run {
            self.client_misses |= side == Side::Client;
            *self.carried.missing.of_mut(side) += gap.missing.len();
        }
        if let Some(streams) = self.streams.as_deref_mut() {
            streams.run(side, run, &mut self.outbox);
        }
        self.deliver(telling);
    }

    /// Tells what was found since the last call.
    fn deliver(&mut self, telling: &mut Telling<'_>) {
        let mut outbox = mem::take(&mut self.outbox);
        for item in outbox.drain() {
            match item {
                Item::Message(number, message) => self.message(number, &message, telling),
                Item::Upgrade(upgrade) => self.upgrade(upgrade),
                Item::Closing(closing) => {
                    if self.carried.closings.len() < Carried::MOST_UPGRADES {
                        self.carried.closings.push(closing);
                    }
                }
                Item::Rule { rule, side, offset } => {
                    let frame = self.origin(side, offset).unwrap_or(telling.connection.last_frame);
                    self.annotate(rule, frame, None);
                }
                Item::RuleOnMessage { rule, message } => {
                    let placed = self.placed_at(message).map(|placed| placed.last.frame);
                    self.annotate(rule, placed.unwrap_or(telling.connection.last_frame), None);
                }
                Item::Protocol(name) => self.protocol(name),
            }
        }
        self.outbox = outbox;
        let Some(streams) = self.streams.as_deref_mut() else { return };
        let found: Vec<_> = streams.client.annotations().chain(streams.server.annotations()).collect();
        let unplaced: Vec<_> = streams.client.unplaced().chain(streams.server.unplaced()).collect();
        streams.forget();
        // Not before its last messages were placed in the frames that carried them.
        if streams.conversation.is_opaque() {
            self.streams = None;
        }
        for annotation in found {
            self.annotate(annotation.rule, annotation.frame, annotation.about);
        }
        for rule in unplaced {
            self.annotate(rule, telling.connection.last_frame, None);
        }
    }

    fn message(&mut self, number: MessageNo, message: &Message, telling: &mut Telling<'_>) {
        self.has_told = true;
        let origins = self.origins(message.from, message.span);
        let unknown = Origin { frame: telling.connection.last_frame, time: telling.connection.last_time };
        let placed = PlacedAt {
            first: origins.iter().min_by_key(|origin| origin.frame).copied().unwrap_or(unknown),
            last: origins.iter().max_by_key(|origin| origin.frame).copied().unwrap_or(unknown),
        };
        let answers = message.answers.and_then(|number| self.placed_at(number));
        let answers = answers.filter(|asked| !begins_behind(asked, &placed)).map(|asked| asked.last);
        self.protocol(message.protocol);
        let unasked = self.count(message, placed.last.time, telling.connection);
        for rule in &message.rules {
            self.annotate(rule, placed.last.frame, answers.map(|origin| origin.frame));
        }
        self.remember(placed);
        if !telling.messages {
            return;
        }
        let mut frames: Vec<_> = origins.iter().map(|origin| origin.frame).collect();
        frames.dedup();
        if !frames.is_sorted() {
            let mut listed = HashSet::new();
            frames.retain(|frame| listed.insert(*frame));
        }
        let left_out = frames.len().saturating_sub(Placed::MOST_FRAMES);
        frames.truncate(Placed::MOST_FRAMES);
        let placed = Placed {
            message,
            number,
            frame: placed.last.frame,
            frames: &frames,
            frames_left_out: wide(left_out),
            time: placed.last.time,
            answers: answers.map(|origin| (origin.frame, origin.time)),
            unasked,
        };
        (telling.tell)(Event::Message { connection: telling.connection, placed: &placed });
    }

    /// Counts a message; whether the server sent it unasked. Not said where a question may be missing in the capture.
    fn count(&mut self, message: &Message, time: Option<Timestamp>, connection: &Connection) -> bool {
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
                self.open += 1;
                false
            }
            Side::Server => {
                dialogue.server_messages += 1;
                let is_heard = !self.client_misses && connection.client_traffic.frames > 0;
                let unasked = message.role == Role::Data && self.open == 0 && is_heard;
                dialogue.unasked += u64::from(unasked);
                self.open = self.open.saturating_sub(1);
                unasked
            }
        }
    }

    fn upgrade(&mut self, upgrade: Upgrade) {
        if self.carried.upgrades.len() == Carried::MOST_UPGRADES {
            self.carried.upgrades_left_out += 1;
            return;
        }
        let frame = |number: MessageNo| self.placed_at(number).map(|placed| placed.last.frame);
        let placed = PlacedUpgrade {
            request_frame: frame(upgrade.request),
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

    fn remember(&mut self, placed: PlacedAt) {
        if self.placed.len() == Self::MOST_PLACED {
            self.placed.pop_front();
            self.placed_before += 1;
        }
        self.placed.push_back(placed);
    }

    fn placed_at(&self, number: MessageNo) -> Option<PlacedAt> {
        let rank = number.0.checked_sub(self.placed_before)?;
        self.placed.get(usize::try_from(rank).ok()?).copied()
    }
}

/// Whether a message begins only after the end of another, in time where that is known (records of a file may be out of order): then
/// the other cannot answer it (RFC 9112 §9.2).
fn begins_behind(asked: &PlacedAt, answer: &PlacedAt) -> bool {
    match (asked.first.time, answer.last.time) {
        (Some(asked), Some(answered)) => asked > answered,
        _ => asked.first.frame > answer.last.frame,
    }
}
