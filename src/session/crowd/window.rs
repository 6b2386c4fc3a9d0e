//! So many different things within so much time: the threshold of every crowd.

use crate::base::{Duration, Timestamp};

/// The latest different things and when they were seen, at most as many as the threshold asks for; nothing once it was reached.
#[derive(Clone, Debug)]
pub(super) struct Window<T> {
    /// By time.
    latest: Vec<(Timestamp, T)>,
    reached: bool,
}

impl<T> Default for Window<T> {
    /// Nothing seen yet.
    fn default() -> Self {
        Self { latest: Vec::new(), reached: false }
    }
}

impl<T: PartialEq> Window<T> {
    /// Takes a thing that was seen at `at`: `most` different ones `within` that time reach the threshold. Things may come late: what
    /// counts is when they were seen.
    pub(super) fn take(&mut self, at: Timestamp, thing: T, most: usize, within: Duration) {
        if self.reached {
            return;
        }
        if let Some(place) = self.latest.iter().position(|(_, other)| *other == thing) {
            if self.latest.get(place).is_some_and(|(seen, _)| *seen >= at) {
                return;
            }
            self.latest.remove(place);
        }
        let place = self.latest.partition_point(|(seen, _)| *seen <= at);
        self.latest.insert(place, (at, thing));
        if self.latest.len() < most {
            return;
        }
        let ends = self.latest.first().zip(self.latest.last());
        self.reached = ends.is_some_and(|((first, _), (last, _))| last.since(*first) <= within);
        if self.reached {
            self.latest = Vec::new();
        } else {
            self.latest.remove(0);
        }
    }

    /// Whether the threshold was reached once.
    pub(super) fn is_reached(&self) -> bool {
        self.reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn reached(seen: &[(u64, u8)]) -> bool {
        let mut window = Window::default();
        for (at, thing) in seen {
            window.take(Timestamp(at * SECOND), *thing, 3, Duration::seconds(10));
        }
        window.is_reached()
    }

    #[test]
    fn enough_different_things_in_time_reach_the_threshold() {
        assert!(reached(&[(1, 1), (5, 2), (11, 3)]));
        assert!(reached(&[(11, 3), (1, 1), (5, 2)]));
        assert!(reached(&[(1, 1), (30, 2), (35, 3), (36, 4)]));
    }

    #[test]
    fn slow_ones_and_the_same_again_do_not() {
        assert!(!reached(&[(1, 1), (5, 2), (12, 3)]));
        assert!(!reached(&[(1, 1), (2, 1), (3, 2), (4, 2), (5, 1)]));
        assert!(!reached(&[(1, 1), (12, 2), (23, 3), (34, 4), (45, 5)]));
    }

    #[test]
    fn a_window_never_holds_more_than_its_threshold() {
        let mut window = Window::default();
        for thing in 0..10_000_u32 {
            window.take(Timestamp(u64::from(thing) * 8 * SECOND), thing, 3, Duration::seconds(10));
        }
        assert!(window.latest.len() < 3);
    }
}
