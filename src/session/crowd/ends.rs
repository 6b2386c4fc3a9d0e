//! When the first and the last of many things happened.

use crate::base::{Duration, Timestamp};

/// When the first and the last of many things happened, in whatever order they are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends(Option<(Timestamp, Timestamp)>);

impl Ends {
    /// Takes one more thing.
    pub(super) fn take(&mut self, at: Timestamp) {
        *self = self.and(Self(Some((at, at))));
    }

    /// The ends of both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Some((first, last)), Some((begun, ended))) => Some((first.min(begun), last.max(ended))),
            (ends, others) => ends.or(others),
        })
    }

    /// The first and the last; `None` where nothing happened.
    pub(super) fn both(self) -> Option<(Timestamp, Timestamp)> {
        self.0
    }

    /// From the first to the last.
    pub(super) fn length(self) -> Option<Duration> {
        self.0.map(|(first, last)| last.since(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_in_which_things_are_told_makes_no_difference() {
        let of = |times: &[u64]| {
            let mut ends = Ends::default();
            for at in times {
                ends.take(Timestamp(*at));
            }
            ends
        };
        assert_eq!(of(&[5, 2, 9]).both(), Some((Timestamp(2), Timestamp(9))));
        assert_eq!(of(&[5, 2]).and(of(&[9])), of(&[9, 5, 2]));
        assert_eq!(of(&[]).and(of(&[4])).length(), Some(Duration(0)));
        assert_eq!(of(&[]).length(), None);
    }
}
