//! Follows every connection of a capture.

use std::collections::{HashSet, VecDeque};
use std::net::IpAddr;

use crate::base::{Duration, Endpoint, FrameNo, SeqNum, Side, Timestamp};
use crate::track::outcome::Surroundings;
use crate::track::record::{PendingSyn, Record};
use crate::track::scribe::Scribe;
use crate::track::segment::Segment;
use crate::track::table::{Key, Place, Table};
use crate::track::{FinalBecause, IcmpAnswer, Observer, StepKind};
use crate::wire::Dissection;
use crate::wire::network::IcmpError;
use crate::wire::transport::{SynOptions, TcpHeader};

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
    /// First frame of the connection.
    pub connection: FrameNo,
    /// Who sent the frame.
    pub from: Side,
    /// ISN of the sender, where known so far.
    pub own_isn: Option<SeqNum>,
    /// ISN of the other side, where known so far.
    pub others_isn: Option<SeqNum>,
}

/// Follows every connection of a capture. Memory is bounded by [`Limits::max_memory`].
pub struct Tracker {
    table: Table,
    most: usize,
    scribe: Scribe,
    /// Closed connections by the time that they closed.
    lingering: VecDeque<(Timestamp, Place)>,
    /// Addresses that frames were captured to: who would have been heard being answered. Bounded.
    reached: HashSet<IpAddr>,
    finals: Vec<Record>,
    connections: u64,
    evicted: u64,
    now: Option<Timestamp>,
}

/// How long a closed connection is kept for late segments, in capture time.
const LINGER: Duration = Duration::seconds(60);
/// Most addresses that are remembered as reached.
const MOST_REACHED: usize = 1 << 16;

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
            reached: HashSet::new(),
            finals: Vec::new(),
            connections: 0,
            evicted: 0,
            now: None,
        }
    }

    /// Connections given up to stay within the memory bound.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Takes one frame; says which connection it belongs to.
    pub fn frame(
        &mut self,
        arrival: Arrival,
        bytes: &[u8],
        dissection: &Dissection,
        observer: &mut dyn Observer,
    ) -> Option<Membership> {
        self.now = arrival.time.or(self.now);
        self.expire();
        let membership = match (dissection.network, dissection.tcp) {
            (Some(network), Some(header)) => {
                let addresses = (network.addresses.source, network.addresses.destination);
                let segment = segment(arrival, &header, bytes, network.identification);
                let source = Endpoint::new(addresses.0, header.source_port);
                let destination = Endpoint::new(addresses.1, header.destination_port);
                self.segment(segment, source, destination, dissection, observer)
            }
            _ => {
                self.other(arrival, dissection, observer);
                None
            }
        };
        self.tell_finals(observer);
        membership
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
            self.conclude(*record, FinalBecause::CaptureEnded);
        }
        self.tell_finals(observer);
    }

    fn segment(
        &mut self,
        mut segment: Segment,
        source: Endpoint,
        destination: Endpoint,
        dissection: &Dissection,
        observer: &mut dyn Observer,
    ) -> Option<Membership> {
        let key = Key::of(source, destination);
        let place = self.place_for(&mut segment, key, source, destination);
        let record = self.table.record(place)?;
        if record.connection.client != record.connection.server {
            segment.from = if record.connection.client == source {
                Side::Client
            } else {
                Side::Server
            };
        }
        let was_closed = record.is_closed();
        record.accept(&segment, &mut self.scribe);
        let from = if record.connection.client == source {
            Side::Client
        } else {
            Side::Server
        };
        let sent = record.connection.traffic(from).frames;
        if sent == 1 {
            record.learn_layers(dissection);
        }
        if !record.is_established() || sent == 1 {
            let replies_captured = self.reached.contains(&record.connection.client.address);
            record.judge(Surroundings {
                replies_captured,
                until: self.now,
            });
        }
        tell_steps(&mut self.scribe, record, observer);
        let membership = Membership {
            connection: record.connection.first_frame,
            from,
            own_isn: record.end(from).isn,
            others_isn: record.end(from.other()).isn,
        };
        if record.is_closed()
            && !was_closed
            && let Some(now) = self.now
        {
            self.lingering.push_back((now, place));
        }
        if sent == 1 {
            self.reach(destination.address);
        }
        Some(membership)
    }

    /// The connection that a segment belongs to: the one of its endpoints, or a new one.
    fn place_for(
        &mut self,
        segment: &mut Segment,
        key: Key,
        source: Endpoint,
        destination: Endpoint,
    ) -> Place {
        let Some(place) = self.table.find(key) else {
            return self.open(segment, key, source, destination);
        };
        let Some(record) = self.table.record(place) else {
            return self.open(segment, key, source, destination);
        };
        segment.from = if record.connection.client == source {
            Side::Client
        } else {
            Side::Server
        };
        let pending = record.pending.as_deref().copied();
        let earlier = pending.filter(|p| p.is_continued_by(segment));
        let follows = segment.opens() && record.is_followed_by(segment);
        if !follows && earlier.is_none_or(|_| segment.opens()) {
            return place;
        }
        if let Some(mut record) = self.table.remove(place) {
            if earlier.is_some() {
                record.pending = None;
            }
            self.conclude(*record, FinalBecause::Reused);
        }
        match earlier {
            Some(pending) => self.reopen(&pending, key, segment, source, destination),
            None => self.open(segment, key, source, destination),
        }
    }

    /// Begins a connection with this segment.
    fn open(&mut self, segment: &Segment, key: Key, source: Endpoint, destination: Endpoint) -> Place {
        while self.table.len() >= self.most {
            let Some(record) = self.table.idlest().and_then(|place| self.table.remove(place)) else {
                break;
            };
            self.evicted += 1;
            self.conclude(*record, FinalBecause::Evicted);
        }
        let (client, server) = roles(segment, source, destination);
        let record = Record::new(self.connections, client, server, segment);
        self.connections += 1;
        self.table.insert(key, record)
    }

    /// Begins a connection with a SYN that was first taken for a stray one of the connection before it.
    fn reopen(
        &mut self,
        pending: &PendingSyn,
        key: Key,
        segment: &Segment,
        source: Endpoint,
        destination: Endpoint,
    ) -> Place {
        let (client, server) = if pending.first.from == segment.from {
            (source, destination)
        } else {
            (destination, source)
        };
        let place = self.open(&pending.first, key, client, server);
        if let Some(record) = self.table.record(place) {
            record.accept(
                &Segment {
                    from: Side::Client,
                    ..pending.first
                },
                &mut self.scribe,
            );
            record.connection.handshake.syn_count = pending.count;
        }
        place
    }

    /// A frame without TCP: an ICMP error about a segment, or a sign that somebody is being reached.
    fn other(&mut self, arrival: Arrival, dissection: &Dissection, observer: &mut dyn Observer) {
        if let Some(network) = dissection.network {
            self.reach(network.addresses.destination);
        }
        if let Some(receiver) = dissection.arp_receiver {
            self.reach(IpAddr::V4(receiver));
        }
        if let Some(error) = dissection.icmp {
            self.icmp(arrival, error, observer);
        }
    }

    fn icmp(&mut self, arrival: Arrival, error: IcmpError, observer: &mut dyn Observer) -> Option<()> {
        let sender = Endpoint::new(error.quoted.source, error.quoted_ports.0);
        let receiver = Endpoint::new(error.quoted.destination, error.quoted_ports.1);
        let record = self
            .table
            .find(Key::of(sender, receiver))
            .and_then(|place| self.table.record(place))?;
        let handshake = &mut record.connection.handshake;
        let about_syn = sender == record.connection.client && handshake.client_isn == Some(error.quoted_seq);
        if about_syn {
            handshake.icmp.get_or_insert(IcmpAnswer {
                frame: arrival.number,
                error,
            });
        }
        record.connection.last_frame = arrival.number;
        record.connection.last_time = arrival.time.or(record.connection.last_time);
        let from = if sender == record.connection.client {
            Side::Server
        } else {
            Side::Client
        };
        record.judge(Surroundings {
            replies_captured: true,
            until: self.now,
        });
        record.write(
            &Segment::of_icmp(arrival, from, error.quoted_seq),
            StepKind::Icmp { error },
            &mut self.scribe,
        );
        tell_steps(&mut self.scribe, record, observer);
        Some(())
    }

    fn reach(&mut self, address: IpAddr) {
        if self.reached.len() < MOST_REACHED {
            self.reached.insert(address);
        }
    }

    /// Closed connections that have lingered are final.
    fn expire(&mut self) {
        let Some(now) = self.now else { return };
        while let Some((closed, place)) = self.lingering.front().copied() {
            if now.since(closed) < LINGER {
                return;
            }
            self.lingering.pop_front();
            let Some(record) = self.table.record(place) else {
                continue;
            };
            match record
                .connection
                .last_time
                .filter(|last| now.since(*last) < LINGER)
            {
                Some(last) => self.lingering.push_back((last, place)),
                None => {
                    if let Some(record) = self.table.remove(place) {
                        self.conclude(*record, FinalBecause::Lingered);
                    }
                }
            }
        }
    }

    /// Makes a record final; a SYN that still waits in it unanswered is a connection of its own.
    fn conclude(&mut self, mut record: Record, because: FinalBecause) {
        let surroundings = Surroundings {
            replies_captured: self.reached.contains(&record.connection.client.address),
            until: self.now,
        };
        record.judge(surroundings);
        record.connection.final_because = Some(because);
        if let Some(pending) = record.pending.take().filter(|pending| !pending.challenged) {
            let (client, server) = (
                record.connection.endpoint(pending.first.from),
                record.connection.endpoint(pending.first.from.other()),
            );
            let mut attempt = Record::new(self.connections, client, server, &pending.first);
            self.connections += 1;
            attempt.accept(
                &Segment {
                    from: Side::Client,
                    ..pending.first
                },
                &mut Scribe::new(false, None),
            );
            attempt.connection.handshake.syn_count = pending.count;
            attempt.connection.layers.clone_from(&record.connection.layers);
            attempt.judge(surroundings);
            attempt.connection.final_because = Some(because);
            self.finals.push(attempt);
        }
        self.finals.push(record);
    }

    /// Tells the connections that this frame made final, in the order of their names.
    fn tell_finals(&mut self, observer: &mut dyn Observer) {
        self.finals.sort_by_key(|record| record.connection.id);
        for mut record in self.finals.drain(..) {
            record.end_run(&mut self.scribe);
            tell_steps(&mut self.scribe, &record, observer);
            observer.connection(&record.connection);
        }
    }
}

fn tell_steps(scribe: &mut Scribe, record: &Record, observer: &mut dyn Observer) {
    for step in scribe.drain() {
        observer.step(&record.connection, &step);
    }
}

fn segment(arrival: Arrival, header: &TcpHeader, bytes: &[u8], identification: Option<u16>) -> Segment {
    Segment {
        frame: arrival.number,
        at: arrival.time,
        from: Side::Client,
        seq: header.seq,
        ack: header.ack,
        window: header.window,
        flags: header.flags,
        options: if header.flags.syn() {
            SynOptions::of(header, bytes)
        } else {
            SynOptions::default()
        },
        data_length: header.data_length,
        identification,
        wire_length: arrival.wire_length,
    }
}

/// Client and server of a connection that begins with this segment: the sender of a SYN, the receiver of a SYN-ACK; else a
/// guess by the ports, for servers listen below the range that systems choose client ports from (RFC 6335 §6).
fn roles(segment: &Segment, source: Endpoint, destination: Endpoint) -> (Endpoint, Endpoint) {
    const CLIENT_PORTS: u16 = 32768;
    if segment.opens() {
        return (source, destination);
    }
    let to_server = match (source.port, destination.port) {
        _ if segment.answers() => false,
        (s, d) if (s < 1024) != (d < 1024) => d < 1024,
        (s, d) if (s < CLIENT_PORTS) != (d < CLIENT_PORTS) => d < CLIENT_PORTS,
        _ => true,
    };
    if to_server {
        (source, destination)
    } else {
        (destination, source)
    }
}
