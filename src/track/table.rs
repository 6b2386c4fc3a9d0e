//! Every connection that is being followed, found by its two endpoints, bounded in number.

use std::collections::HashMap;

use crate::base::Endpoint;
use crate::base::convert::{index, narrow};
use crate::track::analysis::Watch;
use crate::track::record::Record;

/// Two endpoints in a fixed order, so that both directions find the same connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    low: Endpoint,
    high: Endpoint,
}

impl Key {
    pub(super) fn of(a: Endpoint, b: Endpoint) -> Self {
        if a <= b { Self { low: a, high: b } } else { Self { low: b, high: a } }
    }
}

/// Where a connection lies; stale once the connection there was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    slot: u32,
    generation: u32,
}

/// The connections, in slots that are used again. The map from endpoints uses the standard keyed hash, so nobody can choose
/// addresses that collide.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_key: HashMap<Key, u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    hand: u32,
}

#[derive(Debug, Default)]
struct Slot {
    record: Option<Box<Record>>,
    generation: u32,
    touched: bool,
}

impl Table {
    /// What one connection costs in bytes: its record with the lists it usually owns and what is remembered to label its segments, its
    /// slot, and its entry in the map at the worst load.
    pub(super) const BYTES_EACH: usize =
        size_of::<Record>() + Watch::BYTES_BESIDE + 256 + size_of::<Slot>() + 2 * (size_of::<Key>() + 8);

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// The connection of these endpoints.
    pub(super) fn find(&mut self, key: Key) -> Option<(Place, &mut Record)> {
        let slot = *self.by_key.get(&key)?;
        let found = self.slots.get_mut(index(slot))?;
        found.touched = true;
        Some((Place { slot, generation: found.generation }, found.record.as_deref_mut()?))
    }

    /// Whether the connection that was put there is there still.
    pub(super) fn holds(&self, place: Place) -> bool {
        let slot = self.slots.get(index(place.slot)).filter(|slot| slot.generation == place.generation);
        slot.is_some_and(|slot| slot.record.is_some())
    }

    /// The connection that was put there, without counting as a use of it.
    pub(super) fn peek(&self, place: Place) -> Option<&Record> {
        let slot = self.slots.get(index(place.slot)).filter(|slot| slot.generation == place.generation)?;
        slot.record.as_deref()
    }

    pub(super) fn record(&mut self, place: Place) -> Option<&mut Record> {
        let slot =
            self.slots.get_mut(index(place.slot)).filter(|slot| slot.generation == place.generation)?;
        slot.touched = true;
        slot.record.as_deref_mut()
    }

    /// Puts a connection in. One with the same endpoints must have been taken out before.
    pub(super) fn insert(&mut self, key: Key, record: Record) -> Place {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            narrow(self.slots.len() - 1)
        });
        let mut generation = 0;
        if let Some(place) = self.slots.get_mut(index(slot)) {
            place.record = Some(Box::new(record));
            place.touched = false;
            generation = place.generation;
        }
        self.by_key.insert(key, slot);
        Place { slot, generation }
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<Box<Record>> {
        let slot =
            self.slots.get_mut(index(place.slot)).filter(|slot| slot.generation == place.generation)?;
        let record = slot.record.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(place.slot);
        self.by_key.remove(&record.key());
        Some(record)
    }

    /// The connection to give up when there are too many: in turn, the first that is not established or has been idle since
    /// the last turn.
    pub(super) fn idlest(&mut self) -> Option<Place> {
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
    pub(super) fn records(&mut self) -> impl Iterator<Item = &mut Record> {
        self.slots.iter_mut().filter_map(|slot| slot.record.as_deref_mut())
    }

    /// Takes all connections out.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Box<Record>> + use<> {
        self.by_key.clear();
        self.free.clear();
        std::mem::take(&mut self.slots).into_iter().filter_map(|slot| slot.record)
    }
}
