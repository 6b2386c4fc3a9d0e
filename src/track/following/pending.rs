//! A SYN inside a connection that may be the first of the next one of the same endpoints.

use crate::base::{FrameNo, Timestamp};
use crate::track::Traffic;
use crate::track::record::Record;
use crate::track::segment::Segment;

/// A SYN inside a connection that may be the first of the next one.
#[derive(Clone, Copy, Debug)]
pub(in crate::track) struct PendingSyn {
    pub(in crate::track) first: Segment,
    /// How often it was sent.
    pub(in crate::track) count: u32,
    /// The other end answered it with a challenge ACK: it stays part of the connection.
    pub(in crate::track) challenged: bool,
    /// What these SYNs are of the traffic of the connection that they are inside of.
    traffic: Traffic,
    /// The latest of them.
    latest: Moment,
    /// The last frame of the connection before them.
    before: Moment,
}

/// A frame and its time.
type Moment = (FrameNo, Option<Timestamp>);

impl PendingSyn {
    /// The first of them.
    pub(in crate::track) fn new(first: &Segment) -> Self {
        let moment = (first.frame, first.at);
        let traffic = Traffic::default();
        let mut syn =
            Self { first: *first, count: 0, challenged: false, traffic, latest: moment, before: moment };
        syn.take(first);
        syn
    }

    /// The same SYN once more.
    pub(in crate::track) fn take(&mut self, syn: &Segment) {
        self.count += 1;
        self.traffic.frames += 1;
        self.traffic.data_bytes += u64::from(syn.data_length);
        self.traffic.wire_bytes += u64::from(syn.wire_length);
        self.latest = (syn.frame, syn.at);
    }

    /// Whether a segment shows that the SYN opened a connection: a SYN-ACK that acknowledges it, the same SYN again, or its
    /// sender going on with the next number.
    pub(in crate::track) fn is_continued_by(&self, segment: &Segment) -> bool {
        if segment.from == self.first.from {
            let again = segment.opens() && segment.seq == self.first.seq;
            let goes_on = segment.ack.is_some() && !segment.flags.rst() && segment.seq == self.first.end();
            again || (goes_on && !self.challenged)
        } else {
            segment.answers()
                && segment.ack.is_some_and(|ack| ack.since(self.first.seq + 1) <= self.first.data_length)
        }
    }
}

impl Record {
    /// Where it ends so far.
    pub(in crate::track) fn moment(&self) -> Moment {
        (self.connection.last_frame, self.connection.last_time)
    }

    /// Remembers where it ended before the SYN in `frame`, if that is one that may not belong to it.
    pub(in crate::track) fn ended_before(&mut self, frame: FrameNo, before: Moment) {
        if let Some(pending) = self.pending.as_mut().filter(|pending| pending.first.frame == frame) {
            pending.before = before;
        }
    }

    /// These SYNs turned out to belong to the next connection: no frame counts on both.
    pub(in crate::track) fn gives_away(&mut self, syns: &PendingSyn) {
        let own = self.traffic_mut(syns.first.from);
        own.frames = own.frames.saturating_sub(syns.traffic.frames);
        own.data_bytes = own.data_bytes.saturating_sub(syns.traffic.data_bytes);
        own.wire_bytes = own.wire_bytes.saturating_sub(syns.traffic.wire_bytes);
        if self.connection.last_frame == syns.latest.0 {
            (self.connection.last_frame, self.connection.last_time) = syns.before;
        }
    }

    /// It began with these SYNs of its client, of which it has taken the first.
    pub(in crate::track) fn began_with(&mut self, syns: &PendingSyn) {
        let own = &mut self.connection.client_traffic;
        own.frames = syns.traffic.frames;
        own.data_bytes = syns.traffic.data_bytes;
        own.wire_bytes = syns.traffic.wire_bytes;
        self.connection.handshake.syn_count = syns.count;
        (self.connection.last_frame, self.connection.last_time) = syns.latest;
    }
}
