//! How often each label was given on one connection.

use crate::base::{Duration, Side};
use crate::track::analysis::label::{Label, Labels, place};
use crate::track::analysis::word::{Word, Words};
use crate::wire::transport::TcpFlags;

/// How many segments of a connection were given each label, and how long each side had no room. Takes no memory to speak of
/// where nothing was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Analysis(Option<Box<Tally>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tally {
    counts: [u32; Label::ALL.len()],
    /// What was said of segments that opened and ended nothing, and how often; each word once.
    said: Vec<(Word, u32)>,
    repeated: Repeated,
    /// How long the client's and the server's window was closed.
    closed: (Duration, Duration),
    /// Data octets that the client and the server sent again.
    again: (u64, u64),
}

/// Segments that open and end a connection, sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// SYNs without ACK.
    pub syns: u32,
    /// SYNs with ACK.
    pub syn_acks: u32,
    /// FINs, also with data.
    pub fins: u32,
}

impl Analysis {
    /// Annotations of one rule that may fire on very many frames, on one connection: the counts tell the rest, and what is odd about the
    /// handshake must not be crowded out.
    pub const MOST_OF_EACH: u32 = 2;

    /// Counts one segment with these labels.
    pub(in crate::track) fn count(&mut self, labels: Labels) {
        for label in labels.iter() {
            add_one(&mut self.0.get_or_insert_default().counts, label);
        }
    }

    /// Counts what is said of a segment that opens and ends nothing.
    pub(in crate::track) fn say(&mut self, words: Words) {
        for word in words.iter() {
            let said = &mut self.0.get_or_insert_default().said;
            match said.iter_mut().find(|(known, _)| *known == word) {
                Some((_, times)) => *times = times.saturating_add(1),
                None => said.push((word, 1)),
            }
        }
    }

    /// A segment with these control bits was sent again.
    pub(in crate::track) fn repeat(&mut self, flags: TcpFlags) {
        let Repeated { syns, syn_acks, fins } = &mut self.0.get_or_insert_default().repeated;
        let of_its_kind = match (flags.syn(), flags.ack(), flags.fin()) {
            (true, false, _) => syns,
            (true, true, _) => syn_acks,
            (false, _, true) => fins,
            (false, _, false) => return,
        };
        *of_its_kind = of_its_kind.saturating_add(1);
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

    /// So many data octets of this side were captured before.
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

    /// An analysis in which each of these was said so often, and the server's window was closed so long.
    #[cfg(test)]
    pub(crate) fn sample(said: &[(Word, u32)], repeated: Repeated, closed: Duration) -> Self {
        let closed = (Duration(0), closed);
        Self(Some(Box::new(Tally { said: said.to_vec(), repeated, closed, ..Tally::default() })))
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

    /// Of how many segments this was said while the connection was established, FIN and RST left out: what happened to the handshake
    /// and to the ending is told on their own.
    #[must_use]
    pub fn said(&self, word: Word) -> u32 {
        let said = self.0.as_ref().map(|tally| tally.said.as_slice()).unwrap_or_default();
        said.iter().find(|(known, _)| *known == word).map_or(0, |(_, times)| *times)
    }

    /// Whether something was said more often than it is annotated: of each, only the first [`Analysis::MOST_OF_EACH`] segments are.
    #[must_use]
    pub fn is_annotated_in_part(&self) -> bool {
        let said = self.0.as_ref().map(|tally| tally.said.as_slice()).unwrap_or_default();
        said.iter().any(|(_, times)| *times > Self::MOST_OF_EACH)
    }

    /// Segments that open and end the connection, sent again.
    #[must_use]
    pub fn repeated(&self) -> Repeated {
        self.0.as_ref().map(|tally| tally.repeated).unwrap_or_default()
    }

    /// How long the window of this side was closed: from each segment that announced a window of 0 to the first that announced
    /// room again, or to the side's last.
    #[must_use]
    pub fn window_closed(&self, side: Side) -> Duration {
        let closed = self.0.as_ref().map(|tally| tally.closed).unwrap_or_default();
        if side == Side::Client { closed.0 } else { closed.1 }
    }

    /// Data octets of this side that were captured before, each as often as it came again: all of its data without these are its stream,
    /// as far as it was captured. Exact while at most 8 gaps are open at a time and nothing comes again more than 2^29 octets late;
    /// beyond that, octets in segments that are labelled as a retransmission.
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
