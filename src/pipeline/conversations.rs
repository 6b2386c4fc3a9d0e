//! Every connection above TCP, in bounded memory.

use std::collections::HashMap;

use crate::app::{Allowance, StreamEnd};
use crate::base::convert::index;
use crate::base::{ConnId, Endpoint, FrameNo, Timestamp};
use crate::capture::Frame;
use crate::pipeline::followed::{Followed, Telling};
use crate::pipeline::streams::Segment;
use crate::stream::Piece;
use crate::timeline::{Carried, Event};
use crate::track::{CloseHow, Connection, DataTold, Membership};
use crate::wire::Dissection;

/// Every connection above TCP.
pub(super) struct Conversations {
    followed: HashMap<ConnId, Entry>,
    /// Bytes of memory that they may hold together.
    most_memory: usize,
    memory: usize,
    /// Above this, room is made.
    make_room_above: usize,
    allowance: Allowance,
    /// Whether messages are told, or only counted.
    messages: bool,
    /// Connections whose data was given up for want of memory.
    given_up: u64,
}

struct Entry {
    followed: Box<Followed>,
    client: Endpoint,
    reset: bool,
    latest: Option<Timestamp>,
    last_frame: FrameNo,
}

impl Conversations {
    /// Holds at most `max_memory` bytes.
    pub(super) fn new(max_memory: u64, messages: bool) -> Self {
        let most_memory = usize::try_from(max_memory).unwrap_or(usize::MAX);
        Self {
            followed: HashMap::new(),
            most_memory,
            memory: 0,
            make_room_above: most_memory,
            allowance: Allowance::default(),
            messages,
            given_up: 0,
        }
    }

    /// Takes a segment; who tells of the connection's data from now on.
    pub(super) fn segment(
        &mut self,
        (frame, dissection): (&Frame<'_>, &Dissection),
        membership: &Membership,
        connection: &Connection,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> DataTold {
        let Some(mut segment) = segment(frame, dissection, membership) else { return DataTold::default() };
        if connection.client == connection.server {
            // A socket connected to itself has no other side whose data it could acknowledge.
            segment.ack = None;
        }
        if segment.piece.declared == 0 && !self.followed.contains_key(&membership.connection) {
            return DataTold::default();
        }
        let entry = self.followed.entry(membership.connection).or_insert_with(|| Entry {
            followed: Box::new(Followed::new(membership.own_isn.is_some())),
            client: connection.client,
            reset: false,
            latest: None,
            last_frame: frame.number,
        });
        if entry.client != connection.client {
            entry.client = connection.client;
            entry.followed.swap_sides();
        }
        entry.latest = frame.time.or(entry.latest);
        entry.last_frame = frame.number;
        let followed = &mut entry.followed;
        let mut telling = Telling { connection, messages: self.messages, tell };
        followed.outbox().allowance = self.allowance;
        if !membership.duplicate {
            followed.segment(&segment, &mut telling);
        }
        if !entry.reset && is_reset(connection) {
            entry.reset = true;
            followed.end(StreamEnd::Reset, &mut telling);
        }
        self.allowance = followed.outbox().allowance;
        let before = followed.memory;
        self.memory = self.memory.saturating_sub(before).saturating_add(followed.measure());
        if self.memory > self.make_room_above {
            self.make_room();
        }
        let entry = self.followed.get_mut(&membership.connection).filter(|_| self.messages);
        entry.map_or_else(DataTold::default, |entry| entry.followed.told())
    }

    /// A connection is final: tells what was left to tell of it; what it carried.
    pub(super) fn conclude(&mut self, connection: &Connection, tell: &mut dyn FnMut(Event<'_>)) -> Carried {
        let Some(mut entry) = self.followed.remove(&connection.id) else { return Carried::default() };
        self.memory = self.memory.saturating_sub(entry.followed.memory);
        entry.followed.outbox().allowance = self.allowance;
        let how = if is_reset(connection) { StreamEnd::Reset } else { StreamEnd::Unseen };
        entry.followed.end(how, &mut Telling { connection, messages: self.messages, tell });
        self.allowance = entry.followed.outbox().allowance;
        entry.followed.carried
    }

    /// A connection above TCP, where it is followed.
    pub(super) fn look(&self, connection: ConnId) -> Option<&Followed> {
        self.followed.get(&connection).map(|entry| &*entry.followed)
    }

    /// What was given up, for the notes of the summary.
    pub(super) fn note(&self) -> Option<String> {
        (self.given_up > 0).then(|| {
            let (count, s) = (self.given_up, if self.given_up == 1 { "" } else { "s" });
            format!(
                "the memory bound was reached: what {count} connection{s} carried from then on was not read; raise --max-memory"
            )
        })
    }

    /// Gives up the data of connections, the idlest first, until a quarter of the memory is free. What stays of them is not freed by
    /// that: where this is too much already, the next time is only after as much more came, so that the work stays linear.
    fn make_room(&mut self) {
        let read = self.followed.iter().filter(|(_, entry)| entry.followed.is_read());
        let mut idlest: Vec<_> = read.map(|(id, entry)| (entry.latest, *id)).collect();
        idlest.sort_unstable();
        let quarter = self.most_memory / 4;
        for (_, id) in idlest {
            if self.memory <= quarter.saturating_mul(3) {
                break;
            }
            if let Some(entry) = self.followed.get_mut(&id) {
                let before = entry.followed.memory;
                entry.followed.give_up(entry.last_frame);
                self.given_up += 1;
                self.memory = self.memory.saturating_sub(before).saturating_add(entry.followed.measure());
            }
        }
        self.make_room_above = self.most_memory.max(self.memory.saturating_add(quarter));
    }
}

fn is_reset(connection: &Connection) -> bool {
    matches!(connection.close.how, CloseHow::Reset | CloseHow::FinThenReset)
}

/// What of a frame concerns its connection's streams.
fn segment<'a>(frame: &Frame<'a>, dissection: &Dissection, membership: &Membership) -> Option<Segment<'a>> {
    let header = dissection.tcp?;
    let first = header.seq + u32::from(header.flags.syn());
    // Data of a RST may say why it was sent; it is not part of the stream (RFC 9293 §3.5.3).
    let declared = if header.flags.rst() { 0 } else { header.data_length };
    let captured = dissection.payload.of(frame.bytes);
    let bytes = captured.get(..index(declared)).unwrap_or(captured);
    Some(Segment {
        from: membership.from,
        piece: Piece { frame: frame.number, time: frame.time, seq: first, declared, bytes },
        ack: header.ack,
        fin: header.flags.fin().then_some(first + header.data_length),
        isns: (membership.own_isn, membership.others_isn),
    })
}
