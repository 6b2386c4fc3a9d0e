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
