//! Connections beyond those that are listed, counted by server and outcome. Bounded, whatever is scanned or flooded.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::net::IpAddr;

use crate::base::{Certainty, ConnId, Endpoint};
use crate::ladder::number::{counted, grouped};
use crate::ladder::outcome_words;
use crate::render::text::line::Paper;
use crate::render::text::{overview, palette};
use crate::track::{Connection, Outcome};

/// Counts of connections by server and outcome.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    apart: BTreeMap<(Endpoint, Outcome), Group>,
    /// Connections to ports beyond those that are kept apart.
    elsewhere: BTreeMap<(IpAddr, Outcome), Group>,
    /// Connections of groups beyond those that are kept at all.
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

impl Group {
    fn of(connection: &Connection) -> Self {
        let certainty = connection.handshake.certainty;
        Self { count: 1, first: connection.id, certainty: (certainty, certainty) }
    }

    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.min(other.first);
        self.certainty = (self.certainty.0.min(other.certainty.0), self.certainty.1.max(other.certainty.1));
    }
}

/// One line: a group, or all groups of one address with many ports.
#[derive(Clone, Debug)]
struct Row {
    server: Server,
    outcome: Outcome,
    group: Group,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Server {
    Port(Endpoint),
    Ports {
        address: IpAddr,
        /// So many different ones, at least.
        ports: usize,
        /// There may be more than those that were counted.
        more: bool,
    },
}

impl Groups {
    /// Most groups that are kept apart, and most addresses beside them.
    const MOST: usize = 4_096;
    /// Groups that are shown: at least as many as there are outcomes.
    const SHOWN: usize = Outcome::ALL.len();
    /// Most ports of one address and outcome that are shown one by one; more look like a scan.
    const PORTS: usize = 3;

    /// Whether nothing was counted.
    pub(super) fn is_empty(&self) -> bool {
        self.apart.is_empty() && self.ungrouped == 0
    }

    /// Counts one connection.
    pub(super) fn count(&mut self, connection: &Connection) {
        let (server, outcome) = (connection.server, connection.handshake.outcome);
        let new = Group::of(connection);
        if !add(&mut self.apart, (server, outcome), new)
            && !add(&mut self.elsewhere, (server.address, outcome), new)
        {
            self.ungrouped += 1;
        }
    }

    /// Failures first, then the largest groups, and how many connections there are beside them; of each outcome at least the
    /// largest group. Nothing where nothing was counted.
    pub(super) fn write(&self, paper: Paper, out: &mut dyn Write) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let rows = self.rows();
        let total = rows.iter().map(|row| row.group.count).sum::<u64>() + self.ungrouped;
        overview::more(paper, &format!("and {}, by server:", counted(total, "more connection")), out)?;
        let mut shown = 0;
        for row in chosen(&rows) {
            line(paper, row, out)?;
            shown += row.group.count;
        }
        if total > shown {
            let mut line = paper.line();
            line.put_before(COUNT, palette::QUIET, &grouped(total - shown))
                .put(palette::QUIET, " more to other servers or with other outcomes");
            line.write(out)?;
        }
        Ok(())
    }

    /// Failures first, then the largest.
    fn rows(&self) -> Vec<Row> {
        let mut ports: BTreeMap<(IpAddr, Outcome), (usize, Option<Group>)> = BTreeMap::new();
        for (key, group) in &self.elsewhere {
            ports.insert(*key, (0, Some(*group)));
        }
        for (server, outcome) in self.apart.keys() {
            ports.entry((server.address, *outcome)).or_default().0 += 1;
        }
        let mut rows = Vec::new();
        for ((server, outcome), group) in &self.apart {
            match ports.get_mut(&(server.address, *outcome)) {
                Some((count, merged)) if *count > Self::PORTS || merged.is_some() => match merged {
                    Some(merged) => merged.add(*group),
                    None => *merged = Some(*group),
                },
                _ => rows.push(Row { server: Server::Port(*server), outcome: *outcome, group: *group }),
            }
        }
        rows.extend(ports.into_iter().filter_map(|((address, outcome), (ports, group))| {
            let more = self.elsewhere.contains_key(&(address, outcome));
            Some(Row { server: Server::Ports { address, ports, more }, outcome, group: group? })
        }));
        rows.sort_by_key(|row| {
            (overview::is_quiet(row.outcome), Reverse(row.group.count), row.server, row.outcome)
        });
        rows
    }
}

/// Adds to the group of this key; `false` where there is none and no room for one.
fn add<K: Ord>(groups: &mut BTreeMap<K, Group>, key: K, new: Group) -> bool {
    if let Some(group) = groups.get_mut(&key) {
        group.add(new);
        return true;
    }
    let room = groups.len() < Groups::MOST;
    if room {
        groups.insert(key, new);
    }
    room
}

/// The first row of each outcome, however small, and the first of the others as far as there is room.
fn chosen(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let mut outcomes = BTreeSet::new();
    let firsts: Vec<bool> = rows.iter().map(|row| outcomes.insert(row.outcome)).collect();
    let mut others = Groups::SHOWN.saturating_sub(outcomes.len());
    rows.iter().zip(firsts).filter_map(move |(row, first)| {
        if !first {
            others = others.checked_sub(1)?;
        }
        Some(row)
    })
}

/// Counts end before this column.
const COUNT: usize = 13;

/// `1,950 × to 198.51.100.20:5038  half-open, first #101`.
fn line(paper: Paper, row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let Row { server, outcome, group } = row;
    let certainty = match group.certainty {
        (surest, least) if surest == least => overview::doubt(*outcome, least),
        (_, least) => overview::doubt(*outcome, least).map(|_| "not all proven"),
    };
    let certainty = certainty.map(|words| format!(", {words}")).unwrap_or_default();
    let style = if overview::is_quiet(*outcome) { palette::PLAIN } else { palette::FAULT };
    let rest = format!("{certainty}, first #{}", group.first);
    let taken = COUNT + 8 + outcome_words(*outcome).len() + rest.len();
    let server = name(paper, *server, paper.width.saturating_sub(taken));
    let mut line = paper.line();
    line.put_before(COUNT, palette::STRONG, &grouped(group.count)).put(palette::PLAIN, " × to ");
    line.put(palette::PLAIN, &server).put(palette::QUIET, "  ");
    line.put(style, outcome_words(*outcome));
    if line.width() + paper.width_of(&rest) > paper.width {
        line.put(palette::QUIET, ",").write(out)?;
        line = paper.line();
        line.to(COUNT + 3).put(palette::QUIET, rest.trim_start_matches(", "));
    } else {
        line.put(palette::QUIET, &rest);
    }
    line.write(out)
}

/// `198.51.100.20:5038`, or `198.51.100.20, 430 ports`: the address is shortened, the number never.
fn name(paper: Paper, server: Server, room: usize) -> String {
    match server {
        Server::Port(endpoint) => paper.shorten(&endpoint.to_string(), room.max(16)),
        Server::Ports { address, ports, more } => {
            let number = grouped(ports.try_into().unwrap_or(u64::MAX));
            let ports = match (ports, more) {
                (0, _) => ", ports not counted".to_owned(),
                (_, true) => format!(", {number} ports or more"),
                (_, false) => format!(", {number} ports"),
            };
            format!(
                "{}{ports}",
                paper.shorten(&address.to_string(), room.saturating_sub(ports.len()).max(16))
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::sample::Talk;

    fn written(talks: impl IntoIterator<Item = (String, Outcome)>) -> String {
        let mut groups = Groups::default();
        for (frame, (server, outcome)) in (1..).zip(talks) {
            let talk = Talk::between("198.51.100.99:47141", &server).at_frame(frame).ended(outcome);
            groups.count(&talk.connection);
        }
        let mut out = Vec::new();
        groups.write(Paper { width: 80, ascii: false, colour: false }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn scan(ports: std::ops::Range<u32>, outcome: Outcome) -> impl Iterator<Item = (String, Outcome)> {
        ports.map(move |port| (format!("198.51.100.20:{port}"), outcome))
    }

    #[test]
    fn many_ports_of_one_address_are_one_line() {
        let text = written(scan(1_000..1_430, Outcome::Refused).chain(scan(1..4, Outcome::Reset)));
        assert!(text.contains("430 × to 198.51.100.20, 430 ports  refused, first #1\n"), "{text}");
        assert!(text.contains("1 × to 198.51.100.20:3  reset, first #433\n"), "{text}");
        assert_eq!(text.lines().count(), 5, "{text}");
    }

    #[test]
    fn a_rare_outcome_is_shown_beside_many_large_groups() {
        let large = (0..400).map(|n| (format!("10.0.0.{}:80", n % 20), Outcome::Refused));
        let text = written(large.chain(scan(5..6, Outcome::Undecided)).chain(scan(6..7, Outcome::Reset)));
        assert!(text.contains("198.51.100.20:5  undecided"), "{text}");
        assert!(text.contains("198.51.100.20:6  reset"), "{text}");
        assert_eq!(text.lines().count(), 1 + 10 + 1, "{text}");
    }

    #[test]
    fn a_scan_of_all_ports_stays_bounded_with_its_outcomes() {
        let text = written(scan(1..60_000, Outcome::Refused).chain(scan(60_000..60_001, Outcome::Reset)));
        assert!(text.contains("59,999 × to 198.51.100.20, 4,096 ports or more  refused"), "{text}");
        assert!(text.contains("1 × to 198.51.100.20, ports not counted  reset, first #60000"), "{text}");
    }
}
