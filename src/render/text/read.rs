//! A saved capture on a terminal: ladders where there are few connections, else a table that streams.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::base::ConnId;
use crate::ladder::{Ladder, Steps};
use crate::render::text::groups::Groups;
use crate::render::text::line::Paper;
use crate::render::text::overview::Overview;
use crate::render::text::{Detail, TextOptions, ladder, overview, summary};
use crate::timeline::{Audience, Event, Summary};
use crate::track::{Connection, Step};

/// Shows a saved capture. Holds what its ladders need of at most 8 connections (200 where the user chose them), and of each
/// its beginning and its end.
#[derive(Debug)]
pub struct ReadText<W: Write> {
    out: W,
    options: TextOptions,
    paper: Paper,
    table: Overview,
    /// Connections whose ladders may still be drawn.
    held: BTreeMap<ConnId, Held>,
    /// Held connections that are final, in the order in which they became so.
    order: Vec<ConnId>,
    /// There are too many connections for ladders: rows are written as they come.
    streaming: bool,
    rows: usize,
    groups: Groups,
    /// Connections whose ladders were not kept although the user chose them.
    undrawn: u64,
}

#[derive(Debug, Default)]
struct Held {
    steps: Steps,
    connection: Option<Connection>,
}

impl<W: Write> ReadText<W> {
    /// Most connections whose ladders are drawn unasked.
    pub const FIT: usize = 8;
    /// Most connections whose ladders are drawn when asked.
    pub const ALWAYS: usize = 200;

    /// Shows a capture on `out`.
    pub fn new(out: W, options: TextOptions) -> Self {
        let paper = options.paper();
        Self {
            out,
            options,
            paper,
            table: Overview::new(paper),
            held: BTreeMap::new(),
            order: Vec::new(),
            streaming: false,
            rows: 0,
            groups: Groups::default(),
            undrawn: 0,
        }
    }

    /// The output, for who wants it back.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn step(&mut self, id: ConnId, step: &Step) -> io::Result<()> {
        if let Some(held) = self.hold(id)? {
            held.steps.push(*step);
        }
        Ok(())
    }

    /// Where to keep what is known of a connection; `None` where there is no room for it.
    fn hold(&mut self, id: ConnId) -> io::Result<Option<&mut Held>> {
        if self.streaming {
            return Ok(None);
        }
        let most = match self.options.detail {
            Detail::Fit => Self::FIT,
            Detail::Always => Self::ALWAYS,
        };
        if self.held.len() < most || self.held.contains_key(&id) {
            return Ok(Some(self.held.entry(id).or_default()));
        }
        if self.options.detail == Detail::Fit {
            self.stream()?;
        }
        Ok(None)
    }

    /// From here on rows only: those that were held back first.
    fn stream(&mut self) -> io::Result<()> {
        self.streaming = true;
        writeln!(self.out)?;
        self.table.header(&mut self.out)?;
        let held = std::mem::take(&mut self.held);
        for id in std::mem::take(&mut self.order) {
            if let Some(connection) = held.get(&id).and_then(|held| held.connection.as_ref()) {
                self.row(connection)?;
            }
        }
        Ok(())
    }

    fn connection(&mut self, connection: &Connection) -> io::Result<()> {
        if let Some(held) = self.hold(connection.id)? {
            held.connection = Some(connection.clone());
            self.order.push(connection.id);
        } else if self.streaming {
            self.row(connection)?;
        } else {
            self.undrawn += 1;
            self.groups.count(connection);
        }
        Ok(())
    }

    fn row(&mut self, connection: &Connection) -> io::Result<()> {
        if self.options.limit.is_some_and(|limit| self.rows >= limit) {
            self.groups.count(connection);
            return Ok(());
        }
        self.rows += 1;
        self.table.row(connection, &mut self.out)
    }

    fn summary(&mut self, totals: &Summary) -> io::Result<()> {
        if self.streaming {
            self.groups.write(self.paper, &mut self.out)?;
            writeln!(self.out)?;
            summary::overview(self.paper, totals).write(&mut self.out)?;
        } else {
            summary::overview(self.paper, totals).write(&mut self.out)?;
            self.rows_of_held()?;
            self.ladders(totals)?;
            writeln!(self.out)?;
        }
        summary::remarks(self.paper, totals, &mut self.out)?;
        self.out.flush()
    }

    fn rows_of_held(&mut self) -> io::Result<()> {
        if self.held.len() < 2 {
            return Ok(());
        }
        writeln!(self.out)?;
        self.table.header(&mut self.out)?;
        let held = std::mem::take(&mut self.held);
        for connection in held.values().filter_map(|held| held.connection.as_ref()) {
            self.row(connection)?;
        }
        self.held = held;
        self.groups.write(self.paper, &mut self.out)
    }

    fn ladders(&mut self, totals: &Summary) -> io::Result<()> {
        for held in std::mem::take(&mut self.held).into_values() {
            let Some(connection) = held.connection else {
                continue;
            };
            writeln!(self.out)?;
            for line in ladder::ladder(
                self.paper,
                &Ladder::new(&connection, &held.steps, totals.first_time),
            ) {
                line.write(&mut self.out)?;
            }
        }
        if self.undrawn > 0 {
            writeln!(self.out)?;
            let more = crate::ladder::number::counted(self.undrawn, "more connection");
            overview::more(
                self.paper,
                &format!("{more} without a timeline: choose fewer at a time"),
                &mut self.out,
            )?;
        }
        Ok(())
    }
}

impl<W: Write> Audience for ReadText<W> {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture { identity, link_types } => {
                summary::identity(self.paper, identity, link_types).write(&mut self.out)?;
                // A pipe that is read slowly should show at once that something is being read.
                self.out.flush()
            }
            Event::Step { connection, step } => self.step(connection.id, step),
            Event::Connection(connection) => self.connection(connection),
            Event::Idle => Ok(()),
            Event::Summary(totals) => self.summary(totals),
        }
    }
}
