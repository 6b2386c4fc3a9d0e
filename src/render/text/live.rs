//! An interface on a terminal: rungs as they happen.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::base::{ConnId, Finding, FrameNo, Rule, Side, Timestamp};
use crate::ladder::{
    Gist, Lane, Note, Rung, Spoken, Tracer, came_to_be, carries, closed, spoken_above, spoken_of, verdict,
    via,
};
use crate::render::text::layout::Layout;
use crate::render::text::line::Paper;
use crate::render::text::listing::Listing;
use crate::render::text::overview::Overview;
use crate::render::text::{TextOptions, finding, heading, ladder, palette, summary};
use crate::timeline::{Audience, Carried, Event, Placed, Summary};
use crate::track::{CloseHow, Connection, FinalBecause, RstEffect, Step, StepKind};

/// Shows what is being sniffed. Remembers little of each connection, and of at most 4,096 of them.
#[derive(Debug)]
pub struct LiveText<W: Write> {
    out: W,
    options: TextOptions,
    paper: Paper,
    layout: Layout,
    /// Digits of the frame numbers that the layout has room for.
    digits: usize,
    shown: BTreeMap<ConnId, Shown>,
    /// Connections without an end when sniffing ended.
    left: Vec<Left>,
    /// Of connections whose end was told, how many said more of what they carried when sniffing ended.
    said_more: usize,
    /// The same, where they are too many for sentences.
    listing: Option<Listing>,
    /// Link types that were said at the start.
    link_types: usize,
    /// The connection that the latest line was about.
    latest: Option<ConnId>,
    began: Option<Timestamp>,
    /// What was concluded: told before the totals.
    findings: Vec<Finding>,
}

/// A connection of which something was drawn.
#[derive(Clone, Debug, Default)]
struct Shown {
    tracer: Tracer,
    /// How it ended was told.
    told: bool,
    /// Rules that its rungs told of, as many as a connection keeps.
    rules: Vec<(&'static Rule, FrameNo)>,
}

/// A connection without an end, and what is to be said of it.
#[derive(Clone, Debug)]
struct Left {
    connection: Connection,
    gist: Gist,
    notes: Vec<Note>,
}

impl<W: Write> LiveText<W> {
    /// Most connections that are remembered.
    pub const MOST: usize = 4_096;

    /// Most connections that get sentences of their own when sniffing ends; more get a table.
    const SENTENCES: usize = 8;
    /// Digits of a frame number for which columns of times need not move.
    const DIGITS: usize = 7;

    /// Shows what is being sniffed on `out`.
    pub fn new(out: W, options: TextOptions) -> Self {
        let paper = options.paper();
        Self {
            out,
            options,
            paper,
            layout: Layout::new(paper, 0, true),
            digits: Self::DIGITS,
            shown: BTreeMap::new(),
            left: Vec::new(),
            said_more: 0,
            listing: None,
            link_types: 0,
            latest: None,
            began: None,
            findings: Vec::new(),
        }
    }

    /// The output, for who wants it back.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn step(&mut self, connection: &Connection, step: &Step) -> io::Result<()> {
        self.make_ready(connection, step.frame, step.time)?;
        let began = self.began;
        let rungs = self.shown(connection).tracer.step(connection, step, began);
        self.draw(&rungs)?;
        match ending(connection, step) {
            Ending::Told => self.shown(connection).told = true,
            Ending::None => {
                let opens = matches!(
                    step.kind,
                    StepKind::Syn { .. } | StepKind::SynAck { .. } | StepKind::HandshakeAck { .. }
                );
                self.shown(connection).told &= !opens;
            }
            Ending::Now if self.shown(connection).told => {}
            Ending::Now => {
                self.shown(connection).told = true;
                self.latest = None;
                writeln!(self.out)?;
                self.sentences(&closed(connection))?;
            }
        }
        self.out.flush()
    }

    /// A message is drawn when it comes: pings and pongs too, since nobody knows how many will follow.
    fn message(&mut self, connection: &Connection, placed: &Placed<'_>) -> io::Result<()> {
        self.make_ready(connection, placed.frame, placed.time)?;
        let spoken = Spoken::new(placed, self.options.messages);
        let began = self.began;
        let shown = self.shown(connection);
        let rung = shown.tracer.message(connection, &spoken, began);
        let room = Connection::MOST_ANNOTATIONS.saturating_sub(shown.rules.len());
        shown.rules.extend(placed.message.rules.iter().take(room).map(|rule| (*rule, placed.frame)));
        self.draw(&[rung])?;
        self.out.flush()
    }

    /// Turns to the connection, with columns that have room for this frame's number.
    fn make_ready(
        &mut self,
        connection: &Connection,
        frame: FrameNo,
        time: Option<Timestamp>,
    ) -> io::Result<()> {
        self.began = self.began.or(time);
        let digits = frame.0.to_string().len();
        if digits > self.digits {
            (self.digits, self.layout) = (digits, Layout::new(self.paper, digits, true));
        }
        let known = self.shown.contains_key(&connection.id);
        if self.latest != Some(connection.id) {
            self.turn_to(connection, known)?;
        }
        if !known && self.shown.len() >= Self::MOST {
            self.shown.pop_first();
        }
        Ok(())
    }

    fn shown(&mut self, connection: &Connection) -> &mut Shown {
        self.shown.entry(connection.id).or_default()
    }

    fn draw(&mut self, rungs: &[Rung]) -> io::Result<()> {
        let lines = rungs.iter().flat_map(|rung| ladder::rung(&self.layout, rung));
        lines.into_iter().try_for_each(|line| line.write(&mut self.out))
    }

    fn sentences(&mut self, notes: &[Note]) -> io::Result<()> {
        let lines = notes.iter().flat_map(|note| heading::sentence(self.paper, note));
        lines.into_iter().try_for_each(|line| line.write(&mut self.out))
    }

    /// Says which connection the next rungs belong to; a new one gets the names of its lanes.
    fn turn_to(&mut self, connection: &Connection, known: bool) -> io::Result<()> {
        self.latest = Some(connection.id);
        let (left, right) = lanes(connection);
        writeln!(self.out)?;
        let mut lines = heading::pair(self.paper, &format!("#{}", connection.id), left, right);
        heading::put_via(self.paper, &mut lines, &via(connection));
        if let Some(line) = lines.last_mut().filter(|_| known) {
            line.put(palette::QUIET, "  goes on");
        }
        if !known {
            lines.extend(heading::lanes(&self.layout, left, right));
        }
        lines.iter().try_for_each(|line| line.write(&mut self.out))
    }

    fn connection(&mut self, connection: &Connection, carried: &Carried) -> io::Result<()> {
        let known = self.shown.remove(&connection.id);
        let shown = known.is_some();
        let known = known.unwrap_or_default();
        if known.told {
            return self.say_more(connection, carried, &known.rules);
        }
        let notes = spoken_of(connection, carried, &known.rules);
        let left = Left { connection: connection.clone(), gist: Gist::new(connection, carried), notes };
        if connection.final_because == Some(FinalBecause::CaptureEnded) {
            // A finding tells of crowds.
            return if carried.crowd.is_some() { Ok(()) } else { self.leave(left) };
        }
        self.tell(&left, shown)?;
        self.out.flush()
    }

    /// What is known only now of a connection whose end was told.
    fn say_more(
        &mut self,
        connection: &Connection,
        carried: &Carried,
        told: &[(&'static Rule, FrameNo)],
    ) -> io::Result<()> {
        let notes = spoken_above(carried, told);
        let at_end = connection.final_because == Some(FinalBecause::CaptureEnded);
        if notes.is_empty() || at_end && self.said_more >= Self::SENTENCES {
            return Ok(());
        }
        self.said_more += usize::from(at_end);
        self.name(connection, carries(carried))?;
        self.latest = None;
        self.sentences(&notes)?;
        self.out.flush()
    }

    /// Nothing ended it before sniffing ended: a few get sentences, many a table.
    fn leave(&mut self, left: Left) -> io::Result<()> {
        if let Some(listing) = &mut self.listing {
            return listing.take(&left.connection, &left.gist, &mut self.out);
        }
        self.left.push(left);
        if self.left.len() <= Self::SENTENCES {
            return Ok(());
        }
        let mut listing = Listing::new(self.options, Overview::WIDEST);
        writeln!(self.out)?;
        for left in std::mem::take(&mut self.left) {
            listing.take(&left.connection, &left.gist, &mut self.out)?;
        }
        self.listing = Some(listing);
        Ok(())
    }

    /// Says which connection the next sentences are about.
    fn name(&mut self, connection: &Connection, carries: Option<&'static str>) -> io::Result<()> {
        let (left, right) = lanes(connection);
        writeln!(self.out)?;
        let mut lines = heading::pair(self.paper, &format!("#{}", connection.id), left, right);
        heading::put_via(self.paper, &mut lines, &via(connection));
        if let Some(carries) = carries {
            heading::put_carries(self.paper, &mut lines, carries);
        }
        lines.iter().try_for_each(|line| line.write(&mut self.out))
    }

    fn tell(&mut self, left: &Left, shown: bool) -> io::Result<()> {
        let connection = &left.connection;
        if self.latest != Some(connection.id) || !shown {
            self.name(connection, left.gist.carries)?;
        } else {
            writeln!(self.out)?;
        }
        self.latest = None;
        if came_to_be(connection.handshake.outcome) && !left.notes.is_empty() {
            self.sentences(&left.notes)
        } else {
            self.sentences(&[verdict(connection)])
        }
    }

    fn summary(&mut self, totals: &Summary) -> io::Result<()> {
        for left in std::mem::take(&mut self.left) {
            self.tell(&left, true)?;
        }
        if let Some(mut listing) = self.listing.take() {
            listing.finish(&mut self.out)?;
        }
        finding::write_all(self.paper, &self.findings, &mut self.out)?;
        writeln!(self.out)?;
        summary::overview(self.paper, totals, &mut self.out)?;
        summary::remarks(self.paper, totals, self.link_types, &mut self.out)?;
        self.out.flush()
    }
}

impl<W: Write> Audience for LiveText<W> {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture { identity, link_types } => {
                self.link_types = link_types.len();
                summary::identity(self.paper, identity, link_types).write(&mut self.out)?;
                self.out.flush()
            }
            Event::FirstFrame(time) => {
                self.began = time;
                Ok(())
            }
            Event::Step { connection, step } => self.step(connection, step),
            Event::Message { connection, placed } => self.message(connection, placed),
            Event::Connection { connection, carried } => self.connection(connection, carried),
            Event::Finding(finding) => {
                self.findings.push(finding.clone());
                Ok(())
            }
            Event::Idle => self.out.flush(),
            Event::Summary(totals) => self.summary(totals),
        }
    }
}

fn lanes(connection: &Connection) -> (Lane, Lane) {
    let lane = |role| Lane { role, endpoint: connection.endpoint(role) };
    (lane(Side::Client), lane(Side::Server))
}

/// What is to be said of an end after a step.
enum Ending {
    /// It is no end.
    None,
    /// Its rung says it all.
    Told,
    /// How the connection ended, and what it carried.
    Now,
}

fn ending(connection: &Connection, step: &Step) -> Ending {
    let over = |state| matches!(state, Some("CLOSED" | "TIME-WAIT"));
    match (step.kind, connection.close.how) {
        (StepKind::Rst { effect: RstEffect::Refuses | RstEffect::EndsHandshake }, _) => Ending::Told,
        (StepKind::Rst { effect: RstEffect::Ends }, CloseHow::Reset | CloseHow::FinThenReset) => Ending::Now,
        (StepKind::FinAck, CloseHow::Fin) if over(step.client_state) && over(step.server_state) => {
            Ending::Now
        }
        _ => Ending::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::capture::{Drops, Identity};
    use crate::ladder::sample::{Talk, chat};
    use crate::ladder::sample_messages::websocket;
    use crate::timeline::Carried;
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
                audience
                    .hear(Event::Connection { connection: &talk.connection, carried: &Carried::default() })
                    .unwrap();
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
    fn an_end_is_told_when_it_comes_and_never_again() {
        let mut chat = chat();
        chat.connection.final_because = None;
        let text = heard(&[(&chat, 0..9, true)], 100);
        assert_eq!(text.matches("closed by the client (FIN)").count(), 1, "{text}");
        let last_rung = text.find("acknowledges the FIN").unwrap();
        assert!(text.find("closed by the client").unwrap() > last_rung, "{text}");
    }

    #[test]
    fn messages_are_drawn_as_they_come_and_what_became_of_them_at_the_end() {
        let talk = websocket();
        let mut audience = LiveText::new(Vec::new(), TextOptions { width: 110, ..TextOptions::default() });
        let mut drawn = Vec::new();
        talk.tell(&mut |event| {
            audience.hear(event).unwrap();
            drawn.push(audience.out.len());
        });
        assert!(drawn.is_sorted_by(|before, after| before < after), "nothing is held back");
        audience.hear(Event::Connection { connection: &talk.connection, carried: &talk.carried }).unwrap();
        audience.hear(Event::Summary(&Summary::default())).unwrap();
        let text = String::from_utf8(audience.into_inner()).unwrap();
        assert_eq!(text.matches(" ping  4 bytes ").count(), 4);
        assert_snapshot!(text);
    }

    #[test]
    fn the_end_of_a_scan_is_short() {
        let talks: Vec<_> = (0..200)
            .map(|n| {
                Talk::between("10.1.0.2:40000", &format!("10.1.0.1:{}", 1_000 + n))
                    .at_frame(n + 1)
                    .syn(0, 0)
                    .ended(Outcome::NoAnswer)
            })
            .collect();
        let mut audience = LiveText::new(Vec::new(), TextOptions::default());
        for talk in &talks {
            audience.hear(Event::Step { connection: &talk.connection, step: &talk.steps[0] }).unwrap();
        }
        let drawn = audience.out.len();
        for talk in &talks {
            audience
                .hear(Event::Connection { connection: &talk.connection, carried: &Carried::default() })
                .unwrap();
        }
        audience.hear(Event::Summary(&Summary::default())).unwrap();
        let text = String::from_utf8(audience.into_inner().split_off(drawn)).unwrap();
        assert!(text.lines().count() < 75, "{text}");
        assert!(text.contains("and 150 more connections"), "{text}");
    }

    #[test]
    fn only_so_many_connections_are_remembered() {
        let mut audience = LiveText::new(Vec::new(), TextOptions::default());
        for frame in 1..=5_000 {
            let talk = Talk::on_ipv4().at_frame(frame).syn(0, 0);
            audience.hear(Event::Step { connection: &talk.connection, step: &talk.steps[0] }).unwrap();
        }
        assert_eq!(audience.shown.len(), LiveText::<Vec<u8>>::MOST);
    }
}
