//! Who spoke when over the life of a connection: full duplex at a glance.

use crate::base::{Duration, Side};
use crate::timeline::Dialogue;
use crate::track::Connection;

/// Who spoke when, in equal slices of a connection's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// What the client said in each of [`Speech::SLICES`] slices.
    pub client: Vec<Loudness>,
    /// What the server said.
    pub server: Vec<Loudness>,
    /// The time of all slices together.
    pub span: Duration,
    /// Messages beyond those whose times were kept: the end of the picture lacks them.
    pub left_out: u64,
}

/// How much one side said in one slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loudness {
    /// No message.
    Silent,
    /// Some, at most half of the most that either side said in one slice.
    Some,
    /// More.
    Much,
}

impl Speech {
    /// Slices of a connection's life.
    pub const SLICES: usize = 56;
    /// Fewer messages of a side, or fewer slices in which anybody spoke, are no picture.
    const FEWEST: usize = 4;

    /// The picture of a dialogue; `None` where there is not enough to be seen.
    pub(super) fn new(connection: &Connection, dialogue: &Dialogue) -> Option<Self> {
        let began = connection.first_time?;
        let span = connection.last_time?.since(began);
        let whole = u128::try_from(span.0).ok().filter(|whole| *whole > 0)?;
        let mut counts = [[0_u32; Self::SLICES]; 2];
        for (side, time) in &dialogue.turns {
            let Ok(passed) = u128::try_from(time.as_ref()?.since(began).0) else { continue };
            let slice = passed.saturating_mul(u128::try_from(Self::SLICES).ok()?) / whole;
            let slice = usize::try_from(slice).unwrap_or(usize::MAX).min(Self::SLICES - 1);
            let [client, server] = &mut counts;
            let row = if *side == Side::Client { client } else { server };
            if let Some(count) = row.get_mut(slice) {
                *count += 1;
            }
        }
        let spoke = |row: &[u32]| row.iter().filter(|count| **count > 0).count();
        let [client, server] = &counts;
        let slices = client.iter().zip(server).filter(|(client, server)| **client + **server > 0).count();
        let few = |row: &[u32]| {
            row.iter().map(|count| usize::try_from(*count).unwrap_or(usize::MAX)).sum::<usize>()
                < Self::FEWEST
        };
        if few(client) || few(server) || spoke(client) < 2 || spoke(server) < 2 || slices < Self::FEWEST {
            return None;
        }
        let most = counts.iter().flatten().copied().max().unwrap_or_default();
        let row = |counts: &[u32]| counts.iter().map(|count| Loudness::of(*count, most)).collect();
        let told = dialogue.client_messages.saturating_add(dialogue.server_messages);
        let kept = u64::try_from(dialogue.turns.len()).unwrap_or(u64::MAX);
        Some(Self { client: row(client), server: row(server), span, left_out: told.saturating_sub(kept) })
    }
}

impl Loudness {
    fn of(count: u32, most: u32) -> Self {
        match count {
            0 => Self::Silent,
            _ if most > 1 && count > most / 2 => Self::Much,
            _ => Self::Some,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Role;
    use crate::ladder::sample::Talk;

    fn talk(turns: &[(u64, Side)]) -> Talk {
        turns.iter().fold(Talk::on_ipv4().handshake(), |talk, (ns, side)| {
            talk.says(*ns, *side, (Role::Data, "text"), ("text", ""))
        })
    }

    fn of(talk: &Talk) -> Option<Speech> {
        Speech::new(&talk.connection, &talk.carried.dialogue)
    }

    #[test]
    fn both_sides_are_seen_where_they_spoke() {
        let turn = |side| (1_000_000_000, side);
        let alternating: Vec<_> =
            [Side::Client, Side::Server].into_iter().cycle().take(10).map(turn).collect();
        let speech = of(&talk(&alternating)).unwrap();
        let spoke = |row: &[Loudness]| row.iter().filter(|slice| **slice == Loudness::Some).count();
        assert_eq!((spoke(&speech.client), spoke(&speech.server)), (5, 5));
        assert_eq!(speech.server.last(), Some(&Loudness::Some));
        assert!(speech.client.iter().zip(&speech.server).all(|(c, s)| [*c, *s].contains(&Loudness::Silent)));
    }

    #[test]
    fn a_slice_with_much_more_is_louder() {
        let mut turns: Vec<_> =
            (0..4).flat_map(|_| [(1_000_000_000, Side::Client), (1, Side::Server)]).collect();
        turns.extend((0..9).map(|_| (1, Side::Server)));
        let speech = of(&talk(&turns)).unwrap();
        assert_eq!(speech.server.iter().filter(|slice| **slice == Loudness::Much).count(), 1);
        assert!(!speech.client.contains(&Loudness::Much));
    }

    #[test]
    fn few_words_or_one_moment_are_no_picture() {
        assert_eq!(of(&talk(&[(5, Side::Client), (5, Side::Server)])), None);
        let burst: Vec<_> =
            (0..20).map(|n| (1, if n % 2 == 0 { Side::Client } else { Side::Server })).collect();
        assert_eq!(of(&talk(&burst)), None);
    }
}
