//! On loopback a raw socket is given every packet twice: once as sent, once as received. Of each pair one is kept.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};

/// Frames whose other copy is awaited. More than the kernel's queue between sending and receiving holds by default
/// (`net.core.netdev_max_backlog`).
const AWAITED: usize = 1_024;

/// Remembers, as a keyed hash, each frame whose second copy has not come yet. Bounded: the oldest are forgotten.
#[derive(Debug, Default)]
pub(super) struct Duplicates {
    awaited: VecDeque<u64>,
    /// Keyed, so that nobody can craft frames that are taken for copies of each other.
    hasher: RandomState,
}

impl Duplicates {
    /// Whether `frame` is the second copy of one seen before. Copies come in pairs: a third is a first one again, so that a
    /// retransmission of the same bytes is not lost.
    pub(super) fn is_second(&mut self, frame: &[u8]) -> bool {
        let hash = self.hasher.hash_one(frame);
        // Copies come in the order of sending, so the one looked for is nearly always the first.
        if let Some(found) = self.awaited.iter().position(|awaited| *awaited == hash) {
            self.awaited.remove(found);
            return true;
        }
        if self.awaited.len() >= AWAITED {
            self.awaited.pop_front();
        }
        self.awaited.push_back(hash);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_pair_one_is_kept_also_when_pairs_are_interleaved() {
        let mut duplicates = Duplicates::default();
        let kept: Vec<bool> = ["a", "b", "a", "c", "b", "c"]
            .iter()
            .map(|frame| !duplicates.is_second(frame.as_bytes()))
            .collect();
        assert_eq!(kept, [true, true, false, true, false, false]);
    }

    #[test]
    fn the_same_bytes_sent_again_are_kept_again() {
        let mut duplicates = Duplicates::default();
        let kept = (0..6).filter(|_| !duplicates.is_second(b"keep-alive")).count();
        assert_eq!(kept, 3);
    }

    #[test]
    fn memory_is_bounded_when_second_copies_never_come() {
        let mut duplicates = Duplicates::default();
        for number in 0_u32..10_000 {
            assert!(!duplicates.is_second(&number.to_be_bytes()));
        }
        assert_eq!(duplicates.awaited.len(), AWAITED);
    }
}
