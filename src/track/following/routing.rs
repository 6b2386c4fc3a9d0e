//! Which connection a segment belongs to.

use crate::base::{Endpoint, Side};
use crate::track::following::pending::PendingSyn;
use crate::track::following::table::{Key, Place};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::{FinalBecause, Tracker};
use crate::wire::tunnel::Scope;

/// Where a segment comes from and goes to.
#[derive(Clone, Copy, Debug)]
pub(in crate::track) struct Route {
    pub(in crate::track) source: Endpoint,
    pub(in crate::track) destination: Endpoint,
    /// Within which network these mean a host.
    pub(in crate::track) scope: Scope,
}

impl Route {
    fn key(self) -> Key {
        Key::of(self.source, self.destination, self.scope)
    }

    fn back(self) -> Self {
        Self { source: self.destination, destination: self.source, ..self }
    }

    /// Whose segment it is on a connection.
    pub(in crate::track) fn side_on(self, record: &Record) -> Side {
        if record.connection.client == self.source { Side::Client } else { Side::Server }
    }

    /// Client and server of a connection that begins with this segment: the sender of a SYN, the receiver of a SYN-ACK; else
    /// a guess by the ports, for servers listen below the range that systems choose client ports from (RFC 6335 §6).
    fn roles(self, segment: &Segment) -> (Endpoint, Endpoint) {
        const CLIENT_PORTS: u16 = 32768;
        let to_server = match (self.source.port, self.destination.port) {
            _ if segment.opens() => true,
            _ if segment.answers() => false,
            (s, d) if (s < 1024) != (d < 1024) => d < 1024,
            (s, d) if (s < CLIENT_PORTS) != (d < CLIENT_PORTS) => d < CLIENT_PORTS,
            _ => true,
        };
        if to_server { (self.source, self.destination) } else { (self.destination, self.source) }
    }
}

impl Tracker {
    /// The connection that a segment belongs to: the one of its endpoints in its scope, one that was seen from one side only in
    /// another scope, or a new one.
    pub(in crate::track) fn place_for(&mut self, segment: &Segment, route: Route) -> Place {
        let key = route.key();
        self.table.note_scope(route.scope);
        if segment.opens() && self.table.is_adopted(key) {
            return self.open(segment, route);
        }
        let Some((place, record)) = self.table.find(key) else {
            let fits =
                |record: &Record| record.takes_in(&Segment { from: route.side_on(record), ..*segment });
            let Some(place) = self.table.sibling(key, fits) else {
                return self.open(segment, route);
            };
            self.table.adopt(place, key);
            return place;
        };
        let segment = Segment { from: route.side_on(record), ..*segment };
        let home = Route { scope: record.scope, ..route };
        let crossing = record.opened_instead_by(&segment);
        let pending = record.pending.as_deref().copied().filter(|pending| pending.is_continued_by(&segment));
        let earlier = crossing.or(pending);
        let follows = record.is_followed_by(&segment);
        if !follows && (earlier.is_none() || segment.opens()) {
            return place;
        }
        let mut before = None;
        if let Some(mut record) = self.table.remove(place) {
            if let Some(pending) = &earlier {
                record.pending = None;
                record.gives_away(pending);
            }
            if crossing.is_some() {
                record.forget_crossing();
            }
            before = Some(record.leaves());
            self.conclude(record, FinalBecause::Reused);
        }
        let first = earlier.as_ref().map_or(segment, |pending| pending.first);
        let place = match earlier {
            Some(pending) => {
                let place = self.reopen(&pending, &segment, home);
                if home.scope != route.scope {
                    self.table.adopt(place, key);
                }
                place
            }
            None => self.open(&segment, route),
        };
        if let Some((before, record)) = before.zip(self.table.record(place)) {
            record.follows(before, &first);
        }
        place
    }

    /// Begins a connection with this segment.
    fn open(&mut self, segment: &Segment, route: Route) -> Place {
        while self.table.len() >= self.most {
            let Some(record) = self.table.idlest().and_then(|place| self.table.remove(place)) else {
                break;
            };
            self.evicted += 1;
            self.conclude(record, FinalBecause::Evicted);
        }
        let (client, server) = route.roles(segment);
        let mut record = Record::new(self.connections, client, server, segment);
        record.scope = route.scope;
        if segment.opens() && self.earlier.look(route.key()).is_some() {
            record.uses_ports_again();
        }
        self.connections += 1;
        self.table.insert(route.key(), record)
    }

    /// Begins a connection with a SYN that was first taken for a stray one of the connection before it.
    fn reopen(&mut self, pending: &PendingSyn, segment: &Segment, route: Route) -> Place {
        let to_server = if pending.first.from == segment.from { route } else { route.back() };
        let place = self.open(&pending.first, to_server);
        if let Some(record) = self.table.record(place) {
            record.accept(&Segment { from: Side::Client, ..pending.first }, &mut self.scribe);
            record.began_with(pending);
        }
        place
    }
}
