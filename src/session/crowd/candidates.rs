//! What may turn out to be a crowd: bounded, and what was seen only once is forgotten first.

use std::collections::{BTreeMap, VecDeque};

/// Candidates by their keys. Ordered, so that no order of hashing reaches the output.
#[derive(Clone, Debug)]
pub(super) struct Candidates<K, V> {
    found: BTreeMap<K, Entry<V>>,
    /// Those that may be forgotten, in turn.
    turn: VecDeque<K>,
    most: usize,
    kept: usize,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    value: V,
    /// Seen again since its last turn.
    touched: bool,
    kept: bool,
}

impl<K: Ord + Copy, V: Default> Candidates<K, V> {
    /// Room for `most` candidates; half of them may be kept for good.
    pub(super) fn new(most: usize) -> Self {
        Self { found: BTreeMap::new(), turn: VecDeque::new(), most, kept: 0 }
    }

    /// The candidate with this key, a new one where it was not seen yet or was forgotten.
    pub(super) fn take(&mut self, key: K) -> Option<&mut V> {
        if !self.found.contains_key(&key) {
            self.make_room();
            self.found.insert(key, Entry { value: V::default(), touched: false, kept: false });
            self.turn.push_back(key);
            return self.found.get_mut(&key).map(|entry| &mut entry.value);
        }
        let entry = self.found.get_mut(&key)?;
        entry.touched = true;
        Some(&mut entry.value)
    }

    /// The candidate with this key, as it is.
    pub(super) fn look(&self, key: K) -> Option<&V> {
        self.found.get(&key).map(|entry| &entry.value)
    }

    /// The same, to change it without counting as seen again.
    pub(super) fn look_mut(&mut self, key: K) -> Option<&mut V> {
        self.found.get_mut(&key).map(|entry| &mut entry.value)
    }

    /// Never forgets the candidate with this key, if there is room for that; whether there is.
    pub(super) fn keep(&mut self, key: K) -> bool {
        let Some(entry) = self.found.get_mut(&key) else { return false };
        if !entry.kept && self.kept < self.most / 2 {
            entry.kept = true;
            self.kept += 1;
        }
        entry.kept
    }

    /// All of them, by key.
    pub(super) fn all(&self) -> impl Iterator<Item = (K, &V)> {
        self.found.iter().map(|(key, entry)| (*key, &entry.value))
    }

    /// Forgets the first in turn that was not seen again. What is kept leaves the turn, and what was seen again has had its turn: the
    /// work is never more than what was taken.
    fn make_room(&mut self) {
        while self.found.len() >= self.most {
            let Some(key) = self.turn.pop_front() else { return };
            match self.found.get_mut(&key) {
                Some(entry) if entry.kept => {}
                Some(entry) if entry.touched => {
                    entry.touched = false;
                    self.turn.push_back(key);
                }
                _ => {
                    self.found.remove(&key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_once_is_forgotten_before_what_is_seen_again() {
        let mut candidates: Candidates<u32, u32> = Candidates::new(100);
        for once in 1_000..100_000 {
            candidates.take(once);
            if once % 50 == 0 {
                *candidates.take(1).unwrap() += 1;
            }
        }
        assert_eq!(candidates.look(1), Some(&1_980));
        assert!(candidates.found.len() <= 100 && candidates.turn.len() <= 100);
    }

    #[test]
    fn only_half_may_be_kept_for_good() {
        let mut candidates: Candidates<u32, u32> = Candidates::new(100);
        for key in 0..10_000 {
            candidates.take(key);
            candidates.keep(key);
        }
        assert_eq!(candidates.kept, 50);
        assert!((0..50).all(|key| candidates.look(key).is_some()));
        assert!(candidates.look(9_999).is_some());
        assert_eq!(candidates.found.len(), 100);
    }
}
