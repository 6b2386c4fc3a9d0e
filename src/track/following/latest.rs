//! A bounded memory that forgets what came first.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// What is known of the latest `MOST` different keys; of the others, nothing.
#[derive(Debug)]
pub(in crate::track) struct Latest<K, V, const MOST: usize> {
    known: HashMap<K, V>,
    /// The keys, the oldest first.
    order: VecDeque<K>,
}

impl<K, V, const MOST: usize> Default for Latest<K, V, MOST> {
    /// Nothing known yet.
    fn default() -> Self {
        Self { known: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Copy + Eq + Hash, V, const MOST: usize> Latest<K, V, MOST> {
    /// Remembers what is known of a key. One that is remembered already keeps its place in the order.
    pub(in crate::track) fn remember(&mut self, key: K, value: V) {
        if self.known.insert(key, value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// What is known of a key.
    pub(in crate::track) fn look(&self, key: K) -> Option<&V> {
        self.known.get(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut latest: Latest<u32, u32, 100> = Latest::default();
        for key in 0..=100 {
            latest.remember(key, key);
            latest.remember(100, 7);
        }
        assert_eq!((latest.look(0), latest.look(1), latest.look(99)), (None, Some(&1), Some(&99)));
        assert_eq!((latest.look(2), latest.look(100)), (Some(&2), Some(&7)));
        assert_eq!((latest.known.len(), latest.order.len()), (100, 100));
    }
}
