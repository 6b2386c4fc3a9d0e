//! Follows every connection of a capture.

use std::collections::VecDeque;

use crate::base::{Annotation, ConnId, Duration, Endpoint, FrameNo, SeqNum, Side, Timestamp};
use crate::track::earlier::Earlier;
use crate::track::evidence::Evidence;
use crate::track::outcome::Surroundings;
use crate::track::record::Record;
use crate::track::routing::Route;
use crate::track::scribe::Scribe;
use crate::track::segment::Segment;
use crate::track::signs::Hosts;
use crate::track::table::{Key, Place, Table};
use crate::track::{Connection, DataTold, IcmpAnswer, Observer, StepKind};
use crate::wire::Dissection;
use crate::wire::network::{IcmpError, NetworkFact};
use crate::wire::transport::{LaterOptions, SynOptions, TcpHeader};
use crate::wire::tunnel::Scope;

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
    pub(super) earlier: Earlier,
    /// Connections that the frame at hand made final. Boxed as in the table: at the capture's end they are all of them, and must
    /// not lie in memory twice.
    #[expect(clippy::vec_box, reason = "records are handed on as they lie, not copied")]
    pub(super) finals: Vec<Box<Record>>,
    /// Connections begun so far.
    pub(super) connections: u64,
    pub(super) evicted: u64,
    /// Time of the latest frame that has one.
    pub(super) now: Option<Timestamp>,
    /// What fired on the next segment before it came here.
    foretold: Vec<Annotation>,
}

impl Tracker {
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
            earlier: Earlier::default(),
            finals: Vec::new(),
            connections: 0,
            evicted: 0,
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
            self.segment(&segment(arrival, &header, &network, bytes), route, dissection, observer)
        } else {
            self.evidence.take(dissection);
            if let Some(error) = dissection.icmp {
                self.icmp(arrival, error, dissection.scope, observer);
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
            record.judge(Surroundings { replies_captured, until: self.now });
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

    /// An ICMP error: about a SYN it answers the attempt, about a later segment it is told.
    fn icmp(
        &mut self,
        arrival: Arrival,
        error: IcmpError,
        scope: Scope,
        observer: &mut dyn Observer,
    ) -> Option<()> {
        let sender = Endpoint::new(error.quoted.source, error.quoted_ports.0);
        let receiver = Endpoint::new(error.quoted.destination, error.quoted_ports.1);
        let key = Key::of(sender, receiver, scope);
        self.table.note_scope(scope);
        let place = match self.table.find(key) {
            Some((place, _)) => place,
            None => self.table.sibling(key, |record| record.may_have_sent(sender, error.quoted_seq))?,
        };
        let record = self.table.record(place)?;
        let handshake = &mut record.connection.handshake;
        let from = if sender == record.connection.client { Side::Server } else { Side::Client };
        if from == Side::Server && handshake.client_isn == Some(error.quoted_seq) {
            handshake.icmp.get_or_insert(IcmpAnswer { frame: arrival.number, error });
        }
        record.notice_size_error(arrival.number, &error, from.other());
        record.connection.last_frame = arrival.number;
        record.connection.last_time = arrival.time.or(record.connection.last_time);
        record.judge(Surroundings { replies_captured: true, until: self.now });
        record.write(
            &Segment::of_icmp(arrival, from, error.quoted_seq),
            StepKind::Icmp { error },
            &mut self.scribe,
        );
        tell_steps(&mut self.scribe, record, observer);
        Some(())
    }
}

fn tell_steps(scribe: &mut Scribe, record: &Record, observer: &mut dyn Observer) {
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
