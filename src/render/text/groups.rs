//! Connections beyond those that are listed, counted by server and outcome. Bounded, whatever is scanned or flooded.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::base::Endpoint;
use crate::ladder::number::{counted, grouped};
use crate::ladder::outcome_words;
use crate::render::text::line::Paper;
use crate::render::text::{overview, palette};
use crate::track::{Connection, Outcome};

/// Counts of connections by server and outcome.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    counts: BTreeMap<(Endpoint, Outcome), u64>,
    /// Connections of groups beyond those that are kept apart.
    ungrouped: u64,
}

impl Groups {
    /// Most groups that are kept apart.
    const MOST: usize = 4_096;
    /// Groups that are shown.
    const SHOWN: usize = 10;

    /// Counts one connection.
    pub(super) fn count(&mut self, connection: &Connection) {
        let key = (connection.server, connection.handshake.outcome);
        if let Some(count) = self.counts.get_mut(&key) {
            *count += 1;
        } else if self.counts.len() < Self::MOST {
            self.counts.insert(key, 1);
        } else {
            self.ungrouped += 1;
        }
    }

    /// The largest groups, and how many connections there are beside them. Nothing where nothing was counted.
    pub(super) fn write(&self, paper: Paper, out: &mut dyn Write) -> io::Result<()> {
        let mut groups: Vec<_> =
            self.counts.iter().map(|((server, outcome), count)| (*count, *server, *outcome)).collect();
        let total = groups.iter().map(|(count, ..)| count).sum::<u64>() + self.ungrouped;
        if total == 0 {
            return Ok(());
        }
        overview::more(paper, &format!("and {}, by server:", counted(total, "more connection")), out)?;
        groups.sort_by_key(|(count, server, outcome)| (Reverse(*count), *server, *outcome));
        let mut shown = 0;
        for (count, server, outcome) in groups.iter().take(Self::SHOWN) {
            let mut line = paper.line();
            let server = paper.shorten(&server.to_string(), paper.width.saturating_sub(46).max(24));
            line.put_before(18, palette::STRONG, &grouped(*count)).put(palette::PLAIN, " × to ");
            line.put(palette::PLAIN, &server)
                .put(palette::QUIET, "  ")
                .put(palette::PLAIN, outcome_words(*outcome));
            line.write(out)?;
            shown += count;
        }
        if total > shown {
            let mut line = paper.line();
            line.put_before(18, palette::QUIET, &grouped(total - shown))
                .put(palette::QUIET, " more to other servers or with other outcomes");
            line.write(out)?;
        }
        Ok(())
    }
}
