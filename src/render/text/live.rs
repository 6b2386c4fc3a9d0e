//! An interface on a terminal: rungs as they happen.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::base::{ConnId, Side, Timestamp};
use crate::ladder::{Lane, Mark, Note, Tracer, came_to_be, closing, verdict};
use crate::render::text::layout::Layout;
use crate::render::text::line::Paper;
use crate::render::text::{TextOptions, heading, ladder, palette, summary};
use crate::timeline::{Audience, Event, Summary};
use crate::track::{Connection, Step};

/// Shows what is being sniffed. Remembers little of each connection, and of at most 4,096 of them.
#[derive(Debug)]
pub struct LiveText<W: Write> {
    out: W,
    paper: Paper,
    layout: Layout,
    tracers: BTreeMap<ConnId, Tracer>,
    /// The connection that the latest line was about.
    latest: Option<ConnId>,
    began: Option<Timestamp>,
}

/// Frame numbers of up to seven digits stand in line.
const FRAME_DIGITS: usize = 7;

impl<W: Write> LiveText<W> {
    /// Most connections that are remembered.
    pub const MOST: usize = 4_096;

    /// Shows what is being sniffed on `out`.
    pub fn new(out: W, options: TextOptions) -> Self {
        let paper = options.paper();
        let layout = Layout::new(paper, FRAME_DIGITS);
        Self { out, paper, layout, tracers: BTreeMap::new(), latest: None, began: None }
    }

    /// The output, for who wants it back.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn step(&mut self, connection: &Connection, step: &Step) -> io::Result<()> {
        self.began = self.began.or(step.time);
        let known = self.tracers.contains_key(&connection.id);
        if self.latest != Some(connection.id) {
            self.turn_to(connection, known)?;
        }
        if !known && self.tracers.len() >= Self::MOST {
            self.tracers.pop_first();
        }
        let tracer = self.tracers.entry(connection.id).or_default();
        for rung in tracer.rungs(connection, step, self.began) {
            for line in ladder::rung(&self.layout, &rung) {
                line.write(&mut self.out)?;
            }
        }
        self.out.flush()
    }

    /// Says which connection the next rungs belong to; a new one gets the names of its lanes.
    fn turn_to(&mut self, connection: &Connection, known: bool) -> io::Result<()> {
        self.latest = Some(connection.id);
        let (left, right) = lanes(connection);
        writeln!(self.out)?;
        let mut lines = heading::pair(self.paper, &format!("#{}", connection.id), left, right);
        if let Some(line) = lines.last_mut().filter(|_| known) {
            line.put(palette::QUIET, "  goes on");
        }
        if !known {
            lines.extend(heading::lanes(&self.layout, left, right));
        }
        lines.iter().try_for_each(|line| line.write(&mut self.out))
    }

    fn connection(&mut self, connection: &Connection) -> io::Result<()> {
        let shown = self.tracers.remove(&connection.id).is_some();
        if self.latest != Some(connection.id) || !shown {
            let (left, right) = lanes(connection);
            writeln!(self.out)?;
            for line in heading::pair(self.paper, &format!("#{}", connection.id), left, right) {
                line.write(&mut self.out)?;
            }
        }
        self.latest = None;
        for line in heading::sentence(self.paper, &end(connection)) {
            line.write(&mut self.out)?;
        }
        self.out.flush()
    }

    fn summary(&mut self, totals: &Summary) -> io::Result<()> {
        writeln!(self.out)?;
        summary::overview(self.paper, totals, &mut self.out)?;
        summary::remarks(self.paper, totals, &mut self.out)?;
        self.out.flush()
    }
}

impl<W: Write> Audience for LiveText<W> {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture { identity, link_types } => {
                summary::identity(self.paper, identity, link_types).write(&mut self.out)?;
                self.out.flush()
            }
            Event::FirstFrame(time) => {
                self.began = time;
                Ok(())
            }
            Event::Step { connection, step } => self.step(connection, step),
            Event::Connection(connection) => self.connection(connection),
            Event::Idle => self.out.flush(),
            Event::Summary(totals) => self.summary(totals),
        }
    }
}

fn lanes(connection: &Connection) -> (Lane, Lane) {
    let lane = |role| Lane { role, endpoint: connection.endpoint(role) };
    (lane(Side::Client), lane(Side::Server))
}

/// One sentence: what came of an attempt that failed, how a connection ended that was one.
fn end(connection: &Connection) -> Note {
    if !came_to_be(connection.handshake.outcome) {
        return verdict(connection);
    }
    let notes = closing(connection);
    let mark = notes.first().map_or(Mark::Plain, |note| note.mark);
    Note::marked(mark, notes.into_iter().map(|note| note.text).collect::<Vec<_>>().join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::capture::{Drops, Identity};
    use crate::ladder::sample::{Talk, chat};
    use crate::track::Outcome;
    use insta::assert_snapshot;

    fn heard(events: &[(&Talk, std::ops::Range<usize>, bool)], width: usize) -> String {
        let mut audience = LiveText::new(Vec::new(), TextOptions { width, ..TextOptions::default() });
        let interface = Some("eth0\u{1b}]0;pwned\u{7}".to_owned());
        let identity = Identity { file: None, format: "live", compression: None, interface };
        audience.hear(Event::Capture { identity: &identity, link_types: &[LinkType::ETHERNET] }).unwrap();
        for (talk, steps, done) in events {
            for step in &talk.steps[steps.clone()] {
                audience.hear(Event::Step { connection: &talk.connection, step }).unwrap();
            }
            if *done {
                audience.hear(Event::Connection(&talk.connection)).unwrap();
            }
        }
        let mut summary = Summary::default();
        (summary.frames, summary.drops) = (30, Some(Drops::default()));
        summary.count(Outcome::Established);
        audience.hear(Event::Summary(&summary)).unwrap();
        String::from_utf8(audience.into_inner()).unwrap()
    }

    #[test]
    fn rungs_of_two_connections_are_told_apart() {
        let first = chat();
        let second = Talk::between("10.1.0.7:51000", "10.1.0.1:3000").at_frame(5).handshake();
        let events =
            [(&first, 0..4, false), (&second, 0..3, false), (&first, 4..9, true), (&second, 0..0, true)];
        let text = heard(&events, 140);
        assert!(!text.contains('\u{1b}'));
        assert_snapshot!(text);
    }

    #[test]
    fn only_so_many_connections_are_remembered() {
        let mut audience = LiveText::new(Vec::new(), TextOptions::default());
        for frame in 1..=5_000 {
            let talk = Talk::on_ipv4().at_frame(frame).syn(0, 0);
            audience.hear(Event::Step { connection: &talk.connection, step: &talk.steps[0] }).unwrap();
        }
        assert_eq!(audience.tracers.len(), LiveText::<Vec<u8>>::MOST);
    }
}
