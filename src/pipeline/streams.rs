//! The two streams of one connection, put in order and handed to whatever understands them.

use std::borrow::Cow;

use crate::app::{Conversation, Outbox, StreamEnd};
use crate::base::{SeqNum, Side};
use crate::stream::{Assembler, Piece, Run};

/// Both sides, and what understands them.
pub(super) struct Streams {
    pub(super) client: Assembler,
    pub(super) server: Assembler,
    pub(super) conversation: Conversation,
}

/// What of a segment concerns the streams.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub(super) from: Side,
    pub(super) piece: Piece<'a>,
    pub(super) ack: Option<SeqNum>,
    /// Number of the FIN.
    pub(super) fin: Option<SeqNum>,
    /// Initial sequence numbers of the sender and of the other side.
    pub(super) isns: (Option<SeqNum>, Option<SeqNum>),
}

impl Streams {
    /// Streams of which nothing was seen yet; `from_start` where the handshake says at which bytes they begin.
    pub(super) fn new(from_start: bool) -> Self {
        Self {
            client: Assembler::default(),
            server: Assembler::default(),
            conversation: Conversation::new(from_start),
        }
    }

    /// The stream of this side.
    pub(super) fn of(&self, side: Side) -> &Assembler {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    /// The same, to change it.
    pub(super) fn of_mut(&mut self, side: Side) -> &mut Assembler {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Takes what a segment says of the numbers of both sides.
    pub(super) fn hear(&mut self, segment: &Segment<'_>) {
        let (from, to) = (segment.from, segment.from.other());
        if let Some(isn) = segment.isns.0 {
            self.of_mut(from).begin(isn + 1);
        }
        if let Some(isn) = segment.isns.1 {
            self.of_mut(to).begin(isn + 1);
        }
        if let Some(ack) = segment.ack {
            self.of_mut(to).acknowledged(ack, segment.piece.time);
        }
    }

    /// Hands a run on to whatever understands it.
    pub(super) fn run(&mut self, side: Side, run: Run<'_>, outbox: &mut Outbox) {
        match run {
            Run::Bytes { bytes: Cow::Borrowed(bytes), .. } => self.conversation.bytes(side, bytes, outbox),
            Run::Bytes { bytes: Cow::Owned(bytes), .. } => self.conversation.bytes(side, &bytes, outbox),
            Run::Gap(gap) => self.conversation.gap(side, gap.missing, outbox),
            Run::End => self.conversation.end(side, StreamEnd::Fin, outbox),
        }
    }

    /// Forgets where bytes came from that were told or passed over.
    pub(super) fn forget(&mut self) {
        for side in [Side::Client, Side::Server] {
            let before = self.conversation.needed_from(side);
            // One byte more, for what is empty and lies behind it.
            self.of_mut(side).forget(before.saturating_sub(1));
        }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.client.memory() + self.server.memory() + self.conversation.memory()
    }
}
