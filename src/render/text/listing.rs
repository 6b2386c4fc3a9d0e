//! Connections as rows of a table, bounded: so many of each kind, the rest counted by server and outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::base::{ConnId, Endpoint, Severity};
use crate::ladder::Gist;
use crate::render::text::groups::Groups;
use crate::render::text::line::Paper;
use crate::render::text::overview::{self, Overview};
use crate::render::text::{Detail, TextOptions, palette};
use crate::track::{Connection, Outcome};

/// Writes rows as they come. Where the user asked for no certain number of them, a server's connections with one outcome get
/// at most 10 at once; those beyond wait for the end, where they are listed if there is room for all, else counted.
#[derive(Debug)]
pub(super) struct Listing {
    paper: Paper,
    table: Overview,
    /// Most rows; `None` is all.
    limit: Option<usize>,
    /// Most rows of one kind that are written at once.
    of_one_kind: usize,
    rows: usize,
    /// Rows written of each kind.
    written: BTreeMap<(Endpoint, Outcome), usize>,
    /// With what they carry.
    waiting: Vec<(Connection, Gist)>,
    groups: Groups,
    latest: Option<ConnId>,
    /// A row came after one with a larger number.
    out_of_order: bool,
    /// Rows told of things that went wrong and matter so much.
    troubles: BTreeSet<Severity>,
}

impl Listing {
    /// Rows that a user gets unasked.
    const UNASKED: usize = 50;
    /// Rows of one server and outcome that are written at once.
    const OF_ONE_KIND: usize = 10;
    /// Rows that are shown at once; a long table need not be shown row by row.
    const AT_ONCE: usize = 100;

    /// A table of which no row is longer than its endpoints need; `longest` is that of the endpoints known so far.
    pub(super) fn new(options: TextOptions, longest: usize) -> Self {
        let paper = options.paper();
        Self {
            paper,
            table: Overview::new(paper, longest),
            limit: options.limit,
            of_one_kind: match (options.detail, options.limit) {
                (Detail::Fit, Some(..=Self::UNASKED)) => Self::OF_ONE_KIND,
                _ => usize::MAX,
            },
            rows: 0,
            written: BTreeMap::new(),
            waiting: Vec::new(),
            groups: Groups::default(),
            latest: None,
            out_of_order: false,
            troubles: BTreeSet::new(),
        }
    }

    /// The next connection: a row now, at the end, or counted.
    pub(super) fn take(
        &mut self,
        connection: &Connection,
        gist: &Gist,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.limit.is_some_and(|limit| self.rows >= limit) {
            self.give_up_waiting();
            self.groups.count(connection);
            return Ok(());
        }
        if !self.is_one_of_few(connection) {
            self.wait(connection, gist);
            return Ok(());
        }
        self.row(connection, gist, out)?;
        if self.rows <= Self::AT_ONCE { out.flush() } else { Ok(()) }
    }

    /// The rows that waited, or the counts of what is not listed; then what to know about the table.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let room = self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.rows));
        if !self.groups.is_empty() || self.waiting.len() > room {
            self.give_up_waiting();
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|(connection, _)| connection.id);
        for (connection, gist) in &waiting {
            self.row(connection, gist, out)?;
        }
        self.groups.write(self.paper, out)?;
        if !self.troubles.is_empty() {
            self.table.legend(&self.troubles, out)?;
        }
        if self.out_of_order {
            overview::remark(
                self.paper,
                "rows stand in the order in which the connections became final",
                out,
            )?;
        }
        Ok(())
    }

    /// Says how to see more of one of them.
    pub(super) fn advise(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut line = self.paper.line();
        line.put(palette::QUIET, "draw one with --connection ID");
        line.write(out)
    }

    fn row(&mut self, connection: &Connection, gist: &Gist, out: &mut dyn Write) -> io::Result<()> {
        if self.rows == 0 {
            self.table.header(out)?;
        }
        self.rows += 1;
        self.out_of_order |= self.latest.is_some_and(|latest| latest > connection.id);
        self.latest = Some(connection.id);
        self.troubles.extend(gist.trouble.as_ref().map(|trouble| trouble.severity));
        self.table.row(connection, gist, out)
    }

    fn is_one_of_few(&mut self, connection: &Connection) -> bool {
        if self.of_one_kind == usize::MAX {
            return true;
        }
        let kind = (connection.server, connection.handshake.outcome);
        let written = self.written.entry(kind).or_default();
        *written += 1;
        *written <= self.of_one_kind
    }

    fn wait(&mut self, connection: &Connection, gist: &Gist) {
        let room = self.limit.map_or(0, |limit| limit.saturating_sub(self.rows));
        if self.groups.is_empty() && self.waiting.len() < room {
            self.waiting.push((connection.clone(), gist.clone()));
        } else {
            self.give_up_waiting();
            self.groups.count(connection);
        }
    }

    /// There is no room for all of them: none is listed.
    fn give_up_waiting(&mut self) {
        for (connection, _) in std::mem::take(&mut self.waiting) {
            self.groups.count(&connection);
        }
    }
}
