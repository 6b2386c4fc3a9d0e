//! Connections beyond those that are listed, counted by server and outcome. Bounded, whatever is scanned or flooded.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::base::{Certainty, ConnId, Endpoint};
use crate::ladder::number::{counted, grouped};
use crate::ladder::outcome_words;
use crate::render::text::line::Paper;
use crate::render::text::{overview, palette};
use crate::track::{Connection, Outcome};

/// Counts of connections by server and outcome.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    groups: BTreeMap<(Endpoint, Outcome), Group>,
    /// Connections of groups beyond those that are kept apart.
    ungrouped: u64,
}

/// Connections to one server with one outcome.
#[derive(Clone, Copy, Debug)]
struct Group {
    count: u64,
    first: ConnId,
    /// Of the surest and of the least sure of them.
    certainty: (Certainty, Certainty),
}

impl Groups {
    /// Most groups that are kept apart.
    const MOST: usize = 4_096;
    /// Groups that are shown.
    const SHOWN: usize = 10;

    /// Whether nothing was counted.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.ungrouped == 0
    }

    /// Counts one connection.
    pub(super) fn count(&mut self, connection: &Connection) {
        let key = (connection.server, connection.handshake.outcome);
        let certainty = connection.handshake.certainty;
        if let Some(group) = self.groups.get_mut(&key) {
            group.count += 1;
            group.first = group.first.min(connection.id);
            group.certainty = (group.certainty.0.min(certainty), group.certainty.1.max(certainty));
        } else if self.groups.len() < Self::MOST {
            let group = Group { count: 1, first: connection.id, certainty: (certainty, certainty) };
            self.groups.insert(key, group);
        } else {
            self.ungrouped += 1;
        }
    }

    /// Failures first, then the largest groups, and how many connections there are beside them. Nothing where nothing was
    /// counted.
    pub(super) fn write(&self, paper: Paper, out: &mut dyn Write) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let total = self.groups.values().map(|group| group.count).sum::<u64>() + self.ungrouped;
        overview::more(paper, &format!("and {}, by server:", counted(total, "more connection")), out)?;
        let mut groups: Vec<_> =
            self.groups.iter().map(|((server, outcome), group)| (*server, *outcome, *group)).collect();
        groups.sort_by_key(|(server, outcome, group)| {
            (overview::is_quiet(*outcome), Reverse(group.count), *server, *outcome)
        });
        let mut shown = 0;
        for (server, outcome, group) in groups.iter().take(Self::SHOWN) {
            line(paper, *server, *outcome, *group, out)?;
            shown += group.count;
        }
        if total > shown {
            let mut line = paper.line();
            line.put_before(COUNT, palette::QUIET, &grouped(total - shown))
                .put(palette::QUIET, " more to other servers or with other outcomes");
            line.write(out)?;
        }
        Ok(())
    }
}

/// Counts end before this column.
const COUNT: usize = 13;

/// `1,950 × to 198.51.100.20:5038  half-open, first #101`.
fn line(
    paper: Paper,
    server: Endpoint,
    outcome: Outcome,
    group: Group,
    out: &mut dyn Write,
) -> io::Result<()> {
    let certainty = match group.certainty {
        (surest, least) if surest == least => overview::doubt(outcome, least),
        (_, least) => overview::doubt(outcome, least).map(|_| "not all proven"),
    };
    let certainty = certainty.map(|words| format!(", {words}")).unwrap_or_default();
    let style = if overview::is_quiet(outcome) { palette::PLAIN } else { palette::FAULT };
    let rest = format!("{certainty}, first #{}", group.first);
    let taken = COUNT + 8 + outcome_words(outcome).len() + rest.len();
    let server = paper.shorten(&server.to_string(), paper.width.saturating_sub(taken).max(16));
    let mut line = paper.line();
    line.put_before(COUNT, palette::STRONG, &grouped(group.count)).put(palette::PLAIN, " × to ");
    line.put(palette::PLAIN, &server).put(palette::QUIET, "  ");
    line.put(style, outcome_words(outcome));
    if line.width() + paper.width_of(&rest) > paper.width {
        line.put(palette::QUIET, ",").write(out)?;
        line = paper.line();
        line.to(COUNT + 3).put(palette::QUIET, rest.trim_start_matches(", "));
    } else {
        line.put(palette::QUIET, &rest);
    }
    line.write(out)
}
