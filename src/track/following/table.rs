//! Every connection that is being followed, found by its two endpoints and the scope that these mean a host in, bounded in
//! number.

use std::collections::HashMap;

use crate::base::Endpoint;
use crate::base::convert::{index, narrow};
use crate::track::analysis::Watch;
use crate::track::duplicate::Taps;
use crate::track::following::siblings::Siblings;
use crate::track::record::Record;
use crate::wire::tunnel::Scope;

/// Two endpoints in a fixed order, so that both directions find the same connection, and where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::track) struct Key {
    low: Endpoint,
    high: Endpoint,
    scope: Scope,
}

impl Key {
    pub(in crate::track) fn of(a: Endpoint, b: Endpoint, scope: Scope) -> Self {
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        Self { low, high, scope }
    }

    fn ends(self) -> (Endpoint, Endpoint) {
        (self.low, self.high)
    }
}

/// Where a connection lies; stale once the connection there was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::track) struct Place {
    slot: u32,
    generation: u32,
}

/// The connections, in slots that are used again. The map from endpoints uses the standard keyed hash, so nobody can choose
/// addresses that collide.
#[derive(Debug, Default)]
pub(in crate::track) struct Table {
    by_key: HashMap<Key, u32>,
    siblings: Siblings,
    slots: Vec<Slot>,
    free: Vec<u32>,
    hand: u32,
}

#[derive(Debug, Default)]
struct Slot {
    record: Option<Box<Record>>,
    generation: u32,
    touched: bool,
    /// Scope of the other direction, where that is another one.
    adopted: Option<Scope>,
}

impl Table {
    /// What one connection costs in bytes: its record with the lists it usually owns and what is remembered to label its segments, its
    /// slot, and its entry in the map at the worst load.
    pub(in crate::track) const BYTES_EACH: usize = size_of::<Record>()
        + Watch::BYTES_BESIDE
        + Taps::BYTES_BESIDE
        + 256
        + size_of::<Slot>()
        + 2 * (size_of::<Key>() + 8)
        + Siblings::BYTES_EACH;

    pub(in crate::track) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Takes notice of the scope of a segment or an error.
    pub(in crate::track) fn note_scope(&mut self, scope: Scope) {
        if self.siblings.begin_with(scope) {
            for (slot, place) in (0..).zip(&self.slots) {
                if let Some(record) = &place.record {
                    let key = Key::of(record.connection.client, record.connection.server, record.scope);
                    self.siblings.add(key.ends(), slot);
                }
            }
        }
    }

    /// The latest connection of these endpoints in any scope that `fits`.
    pub(in crate::track) fn sibling(&self, key: Key, fits: impl Fn(&Record) -> bool) -> Option<Place> {
        self.siblings.of(key.ends()).find_map(|slot| {
            let place = self.slots.get(index(slot))?;
            let record = place.record.as_deref().filter(|record| fits(record));
            record.map(|_| Place { slot, generation: place.generation })
        })
    }

    /// Lets a connection be found in a second scope too: that of its other direction.
    pub(in crate::track) fn adopt(&mut self, place: Place, key: Key) {
        if let Some(slot) = self.slots.get_mut(index(place.slot)) {
            slot.adopted = Some(key.scope);
            self.by_key.insert(key, place.slot);
        }
    }

    /// Whether the connection that is found by this key only has one direction in its scope.
    pub(in crate::track) fn is_adopted(&self, key: Key) -> bool {
        let slot = self.by_key.get(&key).and_then(|slot| self.slots.get(index(*slot)));
        slot.is_some_and(|slot| slot.record.as_ref().is_some_and(|record| record.scope != key.scope))
    }

    /// The connection of these endpoints in this scope.
    pub(in crate::track) fn find(&mut self, key: Key) -> Option<(Place, &mut Record)> {
        let slot = *self.by_key.get(&key)?;
        let found = self.slots.get_mut(index(slot))?;
        found.touched = true;
        Some((Place { slot, generation: found.generation }, found.record.as_deref_mut()?))
    }

    /// Whether the connection that was put there is there still.
    pub(in crate::track) fn holds(&self, place: Place) -> bool {
        let slot = self.slots.get(index(place.slot)).filter(|slot| slot.generation == place.generation);
        slot.is_some_and(|slot| slot.record.is_some())
    }

    /// The connection that was put there, without counting as a use of it.
    pub(in crate::track) fn peek(&self, place: Place) -> Option<&Record> {
        let slot = self.slots.get(index(place.slot)).filter(|slot| slot.generation == place.generation)?;
        slot.record.as_deref()
    }

    pub(in crate::track) fn record(&mut self, place: Place) -> Option<&mut Record> {
        let slot =
            self.slots.get_mut(index(place.slot)).filter(|slot| slot.generation == place.generation)?;
        slot.touched = true;
        slot.record.as_deref_mut()
    }

    /// Puts a connection in. One with the same endpoints in the same scope must have been taken out before.
    pub(in crate::track) fn insert(&mut self, key: Key, record: Record) -> Place {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            narrow(self.slots.len() - 1)
        });
        let mut generation = 0;
        if let Some(place) = self.slots.get_mut(index(slot)) {
            place.record = Some(Box::new(record));
            place.touched = false;
            place.adopted = None;
            generation = place.generation;
        }
        self.by_key.insert(key, slot);
        self.siblings.add(key.ends(), slot);
        Place { slot, generation }
    }

    pub(in crate::track) fn remove(&mut self, place: Place) -> Option<Box<Record>> {
        let slot =
            self.slots.get_mut(index(place.slot)).filter(|slot| slot.generation == place.generation)?;
        let record = slot.record.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(place.slot);
        for scope in [Some(record.scope), slot.adopted].into_iter().flatten() {
            let key = Key::of(record.connection.client, record.connection.server, scope);
            self.siblings.remove(key.ends(), place.slot);
            // A connection that began in the scope of its other direction has taken that entry over.
            if self.by_key.get(&key) == Some(&place.slot) {
                self.by_key.remove(&key);
            }
        }
        Some(record)
    }

    /// The connection to give up when there are too many: in turn, the first that is not established or has been idle since
    /// the last turn.
    pub(in crate::track) fn idlest(&mut self) -> Option<Place> {
        for _ in 0..2 * self.slots.len() {
            let slot = self.hand;
            self.hand = if index(slot) + 1 < self.slots.len() { slot + 1 } else { 0 };
            let Some(place) = self.slots.get_mut(index(slot)) else {
                continue;
            };
            let Some(record) = &place.record else { continue };
            if !place.touched || !record.is_established() {
                return Some(Place { slot, generation: place.generation });
            }
            place.touched = false;
        }
        None
    }

    /// All connections, in the order of their slots.
    pub(in crate::track) fn records(&mut self) -> impl Iterator<Item = &mut Record> {
        self.slots.iter_mut().filter_map(|slot| slot.record.as_deref_mut())
    }

    /// Takes all connections out.
    pub(in crate::track) fn drain(&mut self) -> impl Iterator<Item = Box<Record>> + use<> {
        self.by_key.clear();
        self.siblings.clear();
        self.free.clear();
        std::mem::take(&mut self.slots).into_iter().filter_map(|slot| slot.record)
    }
}
