//! How often each label was given on one connection.

use crate::base::{Duration, Side};
use crate::track::analysis::label::{Label, Labels, place};

/// How many segments of a connection were given each label, and how long each side had no room. Takes no memory to speak of
/// where nothing was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Analysis(Option<Box<Tally>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tally {
    counts: [u32; Label::ALL.len()],
    /// Of these, the segments that opened or ended nothing.
    exchanging: [u32; Label::ALL.len()],
    /// How long the client's and the server's window was closed.
    closed: (Duration, Duration),
    /// Data octets that the client and the server sent again.
    again: (u64, u64),
}

impl Analysis {
    /// Counts one segment with these labels; `exchanging` where it opens and ends nothing.
    pub(in crate::track) fn count(&mut self, labels: Labels, exchanging: bool) {
        for label in labels.iter() {
            let Tally { counts, exchanging: others, .. } = &mut **self.0.get_or_insert_default();
            add_one(counts, label);
            if exchanging {
                add_one(others, label);
            }
        }
    }

    /// Counts the SYN of a connection with this label.
    pub(in crate::track) fn count_syn(&mut self, label: Label) {
        add_one(&mut self.0.get_or_insert_default().counts, label);
    }

    /// The window of `side` was closed so long.
    pub(in crate::track) fn window_was_closed(&mut self, side: Side, time: Duration) {
        let closed = &mut self.0.get_or_insert_default().closed;
        let closed = if side == Side::Client { &mut closed.0 } else { &mut closed.1 };
        closed.0 = closed.0.saturating_add(time.0.max(0));
    }

    /// This side sent so many data octets again.
    pub(in crate::track) fn sent_again(&mut self, side: Side, octets: u32) {
        let again = &mut self.0.get_or_insert_default().again;
        let again = if side == Side::Client { &mut again.0 } else { &mut again.1 };
        *again = again.saturating_add(u64::from(octets));
    }

    /// What was counted of the client is the server's, and the other way round.
    pub(in crate::track) fn swap_roles(&mut self) {
        if let Some(tally) = &mut self.0 {
            tally.closed = (tally.closed.1, tally.closed.0);
            tally.again = (tally.again.1, tally.again.0);
        }
    }

    /// An analysis in which each label was given so often, and the server's window was closed so long.
    #[cfg(test)]
    pub(crate) fn sample(labels: &[(Label, u32)], closed: Duration) -> Self {
        let mut tally = Tally { closed: (Duration(0), closed), ..Tally::default() };
        for (label, times) in labels {
            tally.counts[place(*label)] = *times;
            tally.exchanging[place(*label)] = *times;
        }
        Self(Some(Box::new(tally)))
    }

    /// Every label with the number of segments that were given it, in the order of [`Label::ALL`].
    pub fn counts(&self) -> impl Iterator<Item = (Label, u32)> + '_ {
        Label::ALL.into_iter().map(|label| (label, self.of(label)))
    }

    /// How many segments were given this label.
    #[must_use]
    pub fn of(&self, label: Label) -> u32 {
        self.0.as_ref().and_then(|tally| tally.counts.get(place(label)).copied()).unwrap_or(0)
    }

    /// How many segments were given this label while the connection was established, FIN and RST left out: what happened to the
    /// handshake and to the ending is told on their own.
    #[must_use]
    pub fn while_exchanging(&self, label: Label) -> u32 {
        self.0.as_ref().and_then(|tally| tally.exchanging.get(place(label)).copied()).unwrap_or(0)
    }

    /// How long the window of this side was closed: from each segment that announced a window of 0 to the first that announced
    /// room again, or to the side's last.
    #[must_use]
    pub fn window_closed(&self, side: Side) -> Duration {
        let closed = self.0.as_ref().map(|tally| tally.closed).unwrap_or_default();
        if side == Side::Client { closed.0 } else { closed.1 }
    }

    /// Data octets in the segments of this side that were labelled as a retransmission of any kind.
    #[must_use]
    pub fn bytes_again(&self, side: Side) -> u64 {
        let again = self.0.as_ref().map(|tally| tally.again).unwrap_or_default();
        if side == Side::Client { again.0 } else { again.1 }
    }
}

fn add_one(counts: &mut [u32; Label::ALL.len()], label: Label) {
    if let Some(count) = counts.get_mut(place(label)) {
        *count = count.saturating_add(1);
    }
}
