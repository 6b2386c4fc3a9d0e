//! Follows every connection of a capture.

use std::collections::VecDeque;

use crate::base::{Annotation, ConnId, Duration, Endpoint, FrameNo, SeqNum, Side, Timestamp};
use crate::track::following::Route;
use crate::track::following::latest::Latest;
use crate::track::following::table::{Key, Place, Table};
use crate::track::handshake::evidence::Evidence;
use crate::track::handshake::outcome::Surroundings;
use crate::track::icmp::IcmpReport;
use crate::track::multipath::Tokens;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::Hosts;
use crate::track::telling::scribe::Scribe;
use crate::track::{Connection, DataTold, Observer};
use crate::wire::Dissection;
use crate::wire::network::NetworkFact;
use crate::wire::transport::{LaterOptions, SynOptions, TcpHeader};

/// What bounds the tracker and what it tells.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes that the connections being followed may take together. At the bound the idlest are given up.
    pub max_memory: u64,
    /// Whether steps are wanted; without them only final connections are told.
    pub steps: bool,
    /// The longest run of data told as one step; `None` is unlimited.
    pub longest_run: Option<Duration>,
}

/// When and how a frame came.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Its number.
    pub number: FrameNo,
    /// Its capture time.
    pub time: Option<Timestamp>,
    /// Its length on the wire in bytes.
    pub wire_length: u32,
}

/// A frame's place in its connection.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// The connection.
    pub connection: ConnId,
    /// Who sent the frame.
    pub from: Side,
    /// ISN of the sender, where known so far.
    pub own_isn: Option<SeqNum>,
    /// ISN of the other side, where known so far.
    pub others_isn: Option<SeqNum>,
    /// The very same packet was recorded just before.
    pub duplicate: bool,
    pub(super) place: Place,
}

/// Follows every connection of a capture. Memory is bounded by [`Limits::max_memory`].
pub struct Tracker {
    pub(super) table: Table,
    /// Most connections that are followed at once.
    pub(super) most: usize,
    pub(super) scribe: Scribe,
    /// Closed connections by the time that they closed.
    pub(super) lingering: VecDeque<(Timestamp, Place)>,
    pub(super) evidence: Evidence,
    pub(super) hosts: Hosts,
    /// Endpoints of the connections that became final last, so that their next use can be told.
    pub(super) earlier: Latest<Key, (), { Tracker::MOST_EARLIER }>,
    /// Connections that the frame at hand made final. Boxed as in the table: at the capture's end they are all of them, and must
    /// not lie in memory twice.
    #[expect(clippy::vec_box, reason = "records are handed on as they lie, not copied")]
    pub(super) finals: Vec<Box<Record>>,
    /// Connections begun so far.
    pub(super) connections: u64,
    pub(super) evicted: u64,
    /// Frames that never reached the capture, as far as the source has said.
    pub(super) dropped: u64,
    /// Tokens of Multipath TCP.
    pub(super) tokens: Tokens,
    /// Time of the latest frame that has one.
    pub(super) now: Option<Timestamp>,
    /// What fired on the next segment before it came here.
    foretold: Vec<Annotation>,
}

impl Tracker {
    /// Most endpoints of earlier connections that are remembered.
    const MOST_EARLIER: usize = 1 << 11;

    /// A tracker that has seen nothing yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let bytes = usize::try_from(limits.max_memory).unwrap_or(usize::MAX);
        Self {
            table: Table::default(),
            most: (bytes / Table::BYTES_EACH).max(1),
            scribe: Scribe::new(limits.steps, limits.longest_run),
            lingering: VecDeque::new(),
            evidence: Evidence::default(),
            hosts: Hosts::default(),
            earlier: Latest::default(),
            finals: Vec::new(),
            connections: 0,
            evicted: 0,
            dropped: 0,
            tokens: Tokens::default(),
            now: None,
            foretold: Vec::new(),
        }
    }

    /// What fired on the packet of the next frame before it was taken: it is kept on the connection that the frame belongs to.
    pub fn foretell(&mut self, annotations: Vec<Annotation>) {
        self.foretold = annotations;
    }

    /// Connections given up to stay within the memory bound.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Takes one frame; says which connection it belongs to. The connections that it made final are told when
    /// [`tell_finals`](Self::tell_finals) asks for them.
    pub fn frame(
        &mut self,
        arrival: Arrival,
        bytes: &[u8],
        dissection: &Dissection,
        observer: &mut dyn Observer,
    ) -> Option<Membership> {
        self.now = arrival.time.or(self.now);
        self.expire();
        if let Some((network, header)) = dissection.network.zip(dissection.tcp) {
            let route = Route {
                source: Endpoint::new(network.addresses.source, header.source_port),
                destination: Endpoint::new(network.addresses.destination, header.destination_port),
                scope: dissection.scope,
            };
            let segment = segment(arrival, &header, &network, bytes);
            let membership = self.segment(&segment, route, dissection, observer)?;
            self.follow_multipath(&membership, &header, bytes);
            Some(membership)
        } else {
            self.evidence.take(dissection);
            if let Some(error) = dissection.icmp {
                let sender = dissection.network.map(|network| network.addresses.source);
                self.icmp(arrival, IcmpReport { error, sender, scope: dissection.scope }, observer);
            }
            None
        }
    }

    /// The connection that a frame just belonged to, as it is now.
    #[must_use]
    pub fn connection(&self, membership: &Membership) -> Option<&Connection> {
        self.table.peek(membership.place).map(|record| &record.connection)
    }

    /// Who tells what the data of a connection says, from the frame on that was just taken: no steps of mere data are told of a side
    /// whose data others tell.
    pub fn leave_data(&mut self, membership: &Membership, to_others: DataTold, observer: &mut dyn Observer) {
        if let Some(record) = self.table.record(membership.place) {
            record.leave_data(membership.from, to_others, &mut self.scribe);
            tell_steps(&mut self.scribe, record, observer);
        }
    }

    /// Nothing came for a moment: tells data that waits to be told.
    pub fn idle(&mut self, observer: &mut dyn Observer) {
        for record in self.table.records() {
            record.end_run(&mut self.scribe);
            tell_steps(&mut self.scribe, record, observer);
        }
    }

    /// So many frames never reached the capture: from now on, what seems absent is not proven to be.
    pub fn missed(&mut self, frames: u64) {
        self.dropped = frames;
    }

    /// The capture ended: every connection is final.
    pub fn finish(&mut self, observer: &mut dyn Observer) {
        for record in self.table.drain() {
            self.conclude(record, crate::track::FinalBecause::CaptureEnded);
        }
        self.tell_finals(None, observer);
    }

    fn segment(
        &mut self,
        segment: &Segment,
        route: Route,
        dissection: &Dissection,
        observer: &mut dyn Observer,
    ) -> Option<Membership> {
        self.scribe.fresh = None;
        let place = self.place_for(segment, route);
        let record = self.table.record(place)?;
        for found in self.foretold.drain(..) {
            record.annotate(found.rule, found.frame, found.about);
        }
        let (was_closed, was_established) = (record.is_closed(), record.is_established());
        let duplicate = record.accept(&Segment { from: route.side_on(record), ..*segment }, &mut self.scribe);
        if segment.flags.syn() && !duplicate {
            self.hosts.take(record, segment);
        }
        // Asked again: a SYN may have shown that the roles were guessed wrong.
        let from = route.side_on(record);
        let is_first_of_side = record.connection.traffic(from).frames == 1;
        if is_first_of_side {
            record.learn(from, dissection);
        }
        if is_first_of_side || !was_established {
            let replies_captured = self.evidence.shows_replies_to(record);
            record.judge(Surroundings { replies_captured, until: self.now, dropped: self.dropped });
        }
        tell_steps(&mut self.scribe, record, observer);
        let membership = Membership {
            connection: record.connection.id,
            from,
            own_isn: record.end(from).isn,
            others_isn: record.end(from.other()).isn,
            duplicate,
            place,
        };
        let closed_now = record.is_closed() && !was_closed;
        if closed_now {
            self.linger(place);
        }
        if is_first_of_side {
            self.evidence.take(dissection);
        }
        Some(membership)
    }
}

pub(super) fn tell_steps(scribe: &mut Scribe, record: &Record, observer: &mut dyn Observer) {
    for step in scribe.drain() {
        observer.step(&record.connection, &step);
    }
}

/// The segment in a frame; whose it is on its connection is found out later.
fn segment(arrival: Arrival, header: &TcpHeader, network: &NetworkFact, bytes: &[u8]) -> Segment {
    Segment {
        frame: arrival.number,
        at: arrival.time,
        from: Side::Client,
        seq: header.seq,
        ack: header.ack,
        window: header.window,
        flags: header.flags,
        options: if header.flags.syn() { SynOptions::of(header, bytes) } else { SynOptions::default() },
        later: if header.flags.syn() { LaterOptions::default() } else { LaterOptions::of(header, bytes) },
        data_length: header.data_length,
        identification: network.identification,
        ttl: network.ttl,
        ecn: network.ecn,
        wire_length: arrival.wire_length,
    }
}
