//! When a connection's record can no longer change.

use std::collections::HashSet;

use crate::base::{Duration, Side};
use crate::track::outcome::Surroundings;
use crate::track::record::{PendingSyn, Record};
use crate::track::scribe::Scribe;
use crate::track::segment::Segment;
use crate::track::table::Place;
use crate::track::{FinalBecause, Observer, Tracker};

/// How long a closed connection is kept for late segments, in capture time.
const LINGER: Duration = Duration::seconds(60);

impl Tracker {
    /// Remembers that a connection closed just now.
    pub(super) fn linger(&mut self, place: Place) {
        // Those that were used again or closed twice leave their place in the queue behind; where the capture's time stands
        // still, nothing else would take it out.
        if self.lingering.len() >= 2 * self.most.max(self.table.len()) {
            let table = &self.table;
            let mut seen = HashSet::new();
            self.lingering.retain(|(_, place)| table.holds(*place) && seen.insert(*place));
        }
        if let Some(now) = self.now {
            self.lingering.push_back((now, place));
        }
    }

    /// Closed connections that have lingered are final.
    pub(super) fn expire(&mut self) {
        let Some(now) = self.now else { return };
        while let Some((closed, place)) = self.lingering.front().copied() {
            if now.since(closed) < LINGER {
                return;
            }
            self.lingering.pop_front();
            let Some(record) = self.table.record(place).filter(|record| record.is_closed()) else {
                continue;
            };
            match record.connection.last_time.filter(|last| now.since(*last) < LINGER) {
                Some(last) => self.lingering.push_back((last, place)),
                None => {
                    if let Some(record) = self.table.remove(place) {
                        self.conclude(*record, FinalBecause::Lingered);
                    }
                }
            }
        }
    }

    /// Makes a record final.
    pub(super) fn conclude(&mut self, mut record: Record, because: FinalBecause) {
        record.settle(self.surroundings(&record));
        record.connection.final_because = Some(because);
        if let Some(pending) = record.pending.take().filter(|pending| !pending.challenged) {
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
        attempt.connection.handshake.syn_count = pending.count;
        attempt.connection.layers.clone_from(&record.connection.layers);
        attempt.settle(self.surroundings(&attempt));
        attempt.connection.final_because = Some(because);
        self.finals.push(attempt);
    }

    /// What the capture says about an attempt beside its own segments.
    pub(super) fn surroundings(&self, record: &Record) -> Surroundings {
        Surroundings { replies_captured: self.evidence.shows_replies_to(record), until: self.now }
    }

    /// Tells the connections that this frame made final, in the order of their names.
    pub(super) fn tell_finals(&mut self, observer: &mut dyn Observer) {
        self.finals.sort_by_key(|record| record.connection.id);
        for mut record in self.finals.drain(..) {
            record.end_run(&mut self.scribe);
            for step in self.scribe.drain() {
                observer.step(&record.connection, &step);
            }
            observer.connection(&record.connection);
        }
    }
}
