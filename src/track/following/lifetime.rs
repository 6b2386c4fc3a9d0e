//! When a connection's record can no longer change.

use std::collections::HashSet;

use crate::base::{ConnId, Duration, Side};
use crate::track::following::pending::PendingSyn;
use crate::track::following::table::Place;
use crate::track::handshake::outcome::Surroundings;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::telling::scribe::Scribe;
use crate::track::{FinalBecause, Observer, Tracker};

/// How long a closed connection is kept for late segments, in capture time.
const LINGER: Duration = Duration::seconds(60);

impl Tracker {
    /// Remembers that a connection closed just now.
    pub(in crate::track) fn linger(&mut self, place: Place) {
        // Those that were used again or closed twice leave their place in the queue behind; where the capture's time stands
        // still, nothing else would take it out.
        if self.lingering.len() >= 2 * self.table.len() + 1_024 {
            let table = &self.table;
            let mut seen = HashSet::new();
            self.lingering.retain(|(_, place)| table.holds(*place) && seen.insert(*place));
        }
        if let Some(now) = self.now {
            self.lingering.push_back((now, place));
        }
    }

    /// Closed connections that have lingered are final.
    pub(in crate::track) fn expire(&mut self) {
        let Some(now) = self.now else { return };
        while let Some((closed, place)) = self.lingering.front().copied() {
            let passed = now.since(closed);
            if passed.0.saturating_abs() < LINGER.0 {
                break;
            }
            self.lingering.pop_front();
            if passed.0 < 0 {
                // It closed in a frame with a time far ahead; whoever waits behind it must not wait for that time. One for each
                // frame is enough, and a clock that jumps to and fro cannot make this dear.
                self.lingering.push_back((now, place));
                break;
            }
            let Some(record) = self.table.record(place).filter(|record| record.is_closed()) else {
                continue;
            };
            match record.connection.last_time.filter(|last| now.since(*last).0.saturating_abs() < LINGER.0) {
                Some(last) => self.lingering.push_back((last, place)),
                None => {
                    if let Some(record) = self.table.remove(place) {
                        self.conclude(record, FinalBecause::Lingered);
                    }
                }
            }
        }
    }

    /// Makes a record final.
    pub(in crate::track) fn conclude(&mut self, mut record: Box<Record>, because: FinalBecause) {
        let pending = record.pending.take_if(|pending| !pending.challenged);
        if let Some(pending) = &pending {
            record.gives_away(pending);
        }
        record.settle(self.surroundings(&record));
        self.hosts.conclude(&mut record, self.now);
        record.conclude_states(because);
        record.connection.final_because = Some(because);
        record.close_windows();
        self.earlier.remember(record.key(), ());
        if let Some(pending) = pending {
            self.conclude_pending(&pending, &record, because);
        }
        self.finals.push(record);
    }

    /// A SYN that still waited for an answer in another connection's record was an attempt of its own.
    fn conclude_pending(&mut self, pending: &PendingSyn, record: &Record, because: FinalBecause) {
        let first = &pending.first;
        let (client, server) =
            (record.connection.endpoint(first.from), record.connection.endpoint(first.from.other()));
        let mut attempt = Record::new(self.connections, client, server, first);
        self.connections += 1;
        attempt.accept(&Segment { from: Side::Client, ..*first }, &mut Scribe::new(false, None));
        attempt.began_with(pending);
        attempt.connection.layers.clone_from(&record.connection.layers);
        attempt.connection.via.clone_from(&record.connection.via);
        attempt.scope = record.scope;
        attempt.settle(self.surroundings(&attempt));
        attempt.conclude_states(because);
        attempt.connection.final_because = Some(because);
        self.finals.push(Box::new(attempt));
    }

    /// What the capture says about an attempt beside its own segments.
    pub(in crate::track) fn surroundings(&self, record: &Record) -> Surroundings {
        Surroundings {
            replies_captured: self.evidence.shows_replies_to(record),
            until: self.now,
            dropped: self.dropped,
        }
    }

    /// Tells the connections that the latest frame made final, in the order of their names: those before the connection `until`, or
    /// all of them.
    pub fn tell_finals(&mut self, until: Option<ConnId>, observer: &mut dyn Observer) {
        self.finals.sort_by_key(|record| record.connection.id);
        let count = until.map_or(self.finals.len(), |until| {
            self.finals.partition_point(|record| record.connection.id < until)
        });
        for record in self.finals.iter().take(count) {
            observer.foresee(&record.connection);
        }
        for mut record in self.finals.drain(..count) {
            record.end_run(&mut self.scribe);
            for step in self.scribe.drain() {
                observer.step(&record.connection, &step);
            }
            observer.connection(&record.connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::base::{FrameNo, LinkType};
    use crate::track::{Arrival, Connection, Limits, Step};
    use crate::wire::Dissector;

    /// Remembers which connections became final, and why.
    #[derive(Default)]
    struct Finals(Vec<(u64, FinalBecause)>);

    impl Observer for Finals {
        fn step(&mut self, _: &Connection, _: &Step) {}
        fn connection(&mut self, connection: &Connection) {
            self.0.push((connection.id.0.0, connection.final_because.unwrap()));
        }
    }

    /// A tracker that is fed segments without data between two hosts.
    struct Wire(Tracker, Finals, u64);

    impl Wire {
        fn new() -> Self {
            let limits = Limits { max_memory: 1 << 30, steps: false, longest_run: None };
            Self(Tracker::new(limits), Finals::default(), 0)
        }

        /// One segment, `at` so many seconds; `back` from the server's port 80.
        fn segment(&mut self, at: u64, port: u16, numbers: (u32, u32), flags: u8) {
            let (mut source, mut destination) = ([10, 0, 0, 1], [10, 0, 0, 2]);
            let (mut from, mut to) = (port, 80_u16);
            // A RST comes from the server.
            if flags & 0x04 != 0 {
                std::mem::swap(&mut source, &mut destination);
                std::mem::swap(&mut from, &mut to);
            }
            let mut bytes = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0];
            bytes.extend(source.into_iter().chain(destination));
            bytes.extend(from.to_be_bytes().into_iter().chain(to.to_be_bytes()));
            bytes.extend(numbers.0.to_be_bytes().into_iter().chain(numbers.1.to_be_bytes()));
            bytes.extend([0x50, flags, 4, 0, 0, 0, 0, 0]);
            self.2 += 1;
            let dissection = Dissector::new().dissect(LinkType::RAW, &bytes, 40, 0);
            let time = Some(Timestamp(at * 1_000_000_000));
            let arrival = Arrival { number: FrameNo(self.2), time, wire_length: 40 };
            self.0.frame(arrival, &bytes, &dissection, &mut self.1);
            self.0.tell_finals(None, &mut self.1);
        }

        fn refused(&mut self, at: u64, port: u16, seq: u32) {
            self.segment(at, port, (seq, 0), 0x02);
            self.segment(at, port, (0, seq.wrapping_add(1)), 0x14);
        }
    }

    #[test]
    fn connections_that_reuse_their_endpoints_while_time_stands_still_take_no_memory_for_ever() {
        let mut wire = Wire::new();
        for attempt in 0..5_000_u32 {
            wire.refused(7, 5_000, attempt.wrapping_mul(1_000_003));
        }
        assert_eq!(wire.1.0.len(), 4_999);
        assert!(wire.0.lingering.len() <= 1_100, "{}", wire.0.lingering.len());
    }

    #[test]
    fn one_frame_with_a_time_far_ahead_keeps_no_other_connection_from_becoming_final() {
        let mut wire = Wire::new();
        wire.refused(4_000_000_000, 1_000, 1);
        wire.refused(7, 1_001, 1);
        for second in 8..200 {
            wire.segment(second, 2_000, (1, 1), 0x10);
        }
        let early: Vec<_> = wire.1.0.clone();
        assert_eq!(early, [(1, FinalBecause::Lingered), (3, FinalBecause::Lingered)]);
    }

    #[test]
    fn a_clock_that_jumps_to_and_fro_costs_each_frame_little() {
        let mut wire = Wire::new();
        for port in 1_000..4_000 {
            wire.refused(100_000, port, 1);
        }
        for turn in 0..20_000 {
            wire.segment(if turn % 2 == 0 { 7 } else { 100_000 }, 1_000, (3, 3), 0x10);
        }
        assert!(wire.0.lingering.len() <= 2 * wire.0.table.len() + 1_024, "{}", wire.0.lingering.len());
    }
}
