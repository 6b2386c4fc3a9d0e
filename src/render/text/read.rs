//! A saved capture on a terminal: ladders where there are few connections, else a table that streams.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::base::{ConnId, Finding, Timestamp};
use crate::ladder::{Gist, Happenings, Ladder, MessageDetail};
use crate::render::text::groups::Groups;
use crate::render::text::line::Paper;
use crate::render::text::listing::Listing;
use crate::render::text::{Detail, TextOptions, finding, ladder, overview, summary};
use crate::timeline::{Audience, Carried, Event, Placed, Summary};
use crate::track::{Connection, Step};

/// Shows a saved capture. Holds what its ladders need of at most 8 connections (200 where the user chose them), and of each
/// its beginning and its end.
#[derive(Debug)]
pub struct ReadText<W: Write> {
    out: W,
    options: TextOptions,
    paper: Paper,
    /// Connections whose ladders may still be drawn.
    held: BTreeMap<ConnId, Held>,
    /// When the first frame was captured.
    began: Option<Timestamp>,
    /// There are too many connections for ladders: rows are written as they come.
    listing: Option<Listing>,
    /// Connections whose ladders were not kept although the user chose them.
    undrawn: Groups,
    undrawn_count: u64,
    /// Link types that were said at the start.
    link_types: usize,
    /// What was concluded: told between the table and the totals.
    findings: Vec<Finding>,
    /// Connections that a finding tells of, so that the table does not.
    crowded: u64,
}

#[derive(Debug)]
struct Held {
    /// What happened so far; empty once the connection is final.
    happenings: Happenings,
    /// The connection, once it is final.
    done: Option<Done>,
}

impl Held {
    fn new(detail: MessageDetail) -> Self {
        Self { happenings: Happenings::new(detail), done: None }
    }
}

#[derive(Debug)]
struct Done {
    connection: Connection,
    gist: Gist,
    ladder: Ladder,
}

impl<W: Write> ReadText<W> {
    /// Most connections whose ladders are drawn unasked.
    pub const FIT: usize = 8;
    /// Most connections whose ladders are drawn when asked.
    pub const ALWAYS: usize = 200;

    /// What most endpoints take: any of IPv4, and short ones of IPv6.
    const USUAL_ENDPOINT: usize = 27;

    /// Shows a capture on `out`.
    pub fn new(out: W, options: TextOptions) -> Self {
        let paper = options.paper();
        Self {
            out,
            options,
            paper,
            held: BTreeMap::new(),
            began: None,
            listing: None,
            undrawn: Groups::default(),
            undrawn_count: 0,
            link_types: 0,
            findings: Vec::new(),
            crowded: 0,
        }
    }

    /// The output, for who wants it back.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn step(&mut self, id: ConnId, step: &Step) -> io::Result<()> {
        if let Some(held) = self.hold(id)? {
            held.happenings.step(*step);
        }
        Ok(())
    }

    fn message(&mut self, id: ConnId, placed: &Placed<'_>) -> io::Result<()> {
        let detail = self.options.messages;
        if let Some(held) = self.hold(id)? {
            held.happenings.message(placed, detail);
        }
        Ok(())
    }

    /// Where to keep what is known of a connection; `None` where there is no room for it.
    fn hold(&mut self, id: ConnId) -> io::Result<Option<&mut Held>> {
        if self.listing.is_some() {
            return Ok(None);
        }
        let most = match self.options.detail {
            Detail::Fit => Self::FIT,
            Detail::Always => Self::ALWAYS,
        };
        if self.held.len() < most || self.held.contains_key(&id) {
            let detail = self.options.messages;
            return Ok(Some(self.held.entry(id).or_insert_with(|| Held::new(detail))));
        }
        if self.options.detail == Detail::Fit {
            self.stream()?;
        }
        Ok(None)
    }

    /// From here on rows only: those that were held back first, in the order of their names.
    fn stream(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        let longest = self.longest(held.values()).max(Self::USUAL_ENDPOINT);
        let mut listing = Listing::new(self.options, longest);
        writeln!(self.out)?;
        for done in held.values().filter_map(|held| held.done.as_ref()) {
            listing.take(&done.connection, &done.gist, &mut self.out)?;
        }
        self.listing = Some(listing);
        Ok(())
    }

    /// The length of the longest endpoint.
    fn longest<'a>(&self, held: impl Iterator<Item = &'a Held>) -> usize {
        let connections = held.filter_map(|held| held.done.as_ref()).map(|done| &done.connection);
        let ends = connections.flat_map(|connection| [connection.client, connection.server]);
        ends.map(|end| self.paper.width_of(&end.to_string())).max().unwrap_or_default()
    }

    fn connection(&mut self, connection: &Connection, carried: &Carried) -> io::Result<()> {
        let (first_time, gist) = (self.began, Gist::new(connection, carried));
        if let Some(held) = self.hold(connection.id)? {
            let happenings = std::mem::take(&mut held.happenings);
            held.done = Some(Done {
                connection: connection.clone(),
                gist,
                ladder: Ladder::new(connection, carried, &happenings, first_time),
            });
            return Ok(());
        }
        if carried.crowd.is_some() && self.listing.is_some() && self.folds() {
            self.crowded += 1;
            return Ok(());
        }
        if let Some(listing) = &mut self.listing {
            return listing.take(connection, &gist, &mut self.out);
        }
        self.undrawn_count += 1;
        self.undrawn.count(connection);
        Ok(())
    }

    /// Whether crowds are left to their findings: not where the user asked for these connections, or for all rows.
    fn folds(&self) -> bool {
        self.options.detail == Detail::Fit && self.options.limit.is_some()
    }

    fn summary(&mut self, totals: &Summary) -> io::Result<()> {
        if let Some(mut listing) = self.listing.take() {
            listing.finish(&mut self.out)?;
            if self.crowded > 0 {
                let crowded = crate::ladder::number::counted(self.crowded, "connection");
                overview::remark(
                    self.paper,
                    &format!("{crowded} of floods and scans: told together below"),
                    &mut self.out,
                )?;
            }
            finding::write_all(self.paper, &self.findings, &mut self.out)?;
            writeln!(self.out)?;
            summary::overview(self.paper, totals, &mut self.out)?;
            summary::remarks(self.paper, totals, self.link_types, &mut self.out)?;
            listing.advise(&mut self.out)?;
            return self.out.flush();
        }
        summary::overview(self.paper, totals, &mut self.out)?;
        self.rows_of_held()?;
        self.ladders()?;
        finding::write_all(self.paper, &self.findings, &mut self.out)?;
        writeln!(self.out)?;
        summary::remarks(self.paper, totals, self.link_types, &mut self.out)?;
        self.out.flush()
    }

    fn rows_of_held(&mut self) -> io::Result<()> {
        if self.held.len() < 2 {
            return Ok(());
        }
        writeln!(self.out)?;
        let mut listing = Listing::new(self.options, self.longest(self.held.values()));
        for done in self.held.values().filter_map(|held| held.done.as_ref()) {
            listing.take(&done.connection, &done.gist, &mut self.out)?;
        }
        listing.finish(&mut self.out)?;
        self.undrawn.write(self.paper, &mut self.out)
    }

    fn ladders(&mut self) -> io::Result<()> {
        for held in std::mem::take(&mut self.held).into_values() {
            let Some(done) = held.done else {
                continue;
            };
            writeln!(self.out)?;
            for line in ladder::ladder(self.paper, &done.ladder) {
                line.write(&mut self.out)?;
            }
        }
        if self.undrawn_count > 0 {
            writeln!(self.out)?;
            let more = crate::ladder::number::counted(self.undrawn_count, "more connection");
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
                self.link_types = link_types.len();
                summary::identity(self.paper, identity, link_types).write(&mut self.out)?;
                // A pipe that is read slowly should show at once that something is being read.
                self.out.flush()
            }
            Event::FirstFrame(time) => {
                self.began = time;
                Ok(())
            }
            Event::Step { connection, step } => self.step(connection.id, step),
            Event::Message { connection, placed } => self.message(connection.id, placed),
            Event::Connection { connection, carried } => self.connection(connection, carried),
            Event::Finding(finding) => {
                self.findings.push(finding.clone());
                Ok(())
            }
            Event::Idle => Ok(()),
            Event::Summary(totals) => self.summary(totals),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::UpgradeOutcome;
    use crate::base::{Annotation, Certainty, FrameNo, LinkType, Side};
    use crate::capture::{Damage, Identity};
    use crate::ladder::sample::{BEGAN, CLIENT_ISN, Talk, chat};
    use crate::ladder::sample_messages::{upgrade, websocket};
    use crate::track::{Outcome, RstEffect};
    use insta::assert_snapshot;

    fn file(name: &str) -> Identity {
        Identity { file: Some(name.to_owned()), format: "pcapng", compression: None, interface: None }
    }

    fn refused(client: &str, frame: u64) -> Talk {
        Talk::between(client, "10.1.0.1:5003")
            .at_frame(frame)
            .syn(0, 0)
            .reset(81_000, Side::Server, RstEffect::Refuses)
            .numbers(crate::base::SeqNum(0), 0, Some((CLIENT_ISN + 1, 1)))
            .ended(Outcome::Refused)
    }

    fn sized(frames: u64, bytes: u64) -> Summary {
        let mut summary = Summary::default();
        (summary.frames, summary.captured_bytes, summary.wire_bytes) = (frames, bytes, bytes);
        summary
    }

    fn totals(talks: &[Talk]) -> Summary {
        let mut summary = sized(412, 61_220);
        summary.link_types = vec![LinkType::ETHERNET];
        summary.first_time = Some(Timestamp(BEGAN));
        summary.last_time = Some(Timestamp(BEGAN + 12_800_000_000));
        for talk in talks {
            summary.count(talk.connection.handshake.outcome);
        }
        summary
    }

    fn shown(talks: &[Talk], summary: &Summary, options: TextOptions) -> String {
        let mut audience = ReadText::new(Vec::new(), options);
        let identity = file("chat\u{202e}.pcapng");
        audience.hear(Event::Capture { identity: &identity, link_types: &[LinkType::ETHERNET] }).unwrap();
        audience.hear(Event::FirstFrame(Some(Timestamp(BEGAN)))).unwrap();
        for talk in talks {
            talk.tell(&mut |event| audience.hear(event).unwrap());
            audience
                .hear(Event::Connection { connection: &talk.connection, carried: &talk.carried })
                .unwrap();
        }
        audience.hear(Event::Summary(summary)).unwrap();
        String::from_utf8(audience.into_inner()).unwrap()
    }

    fn scan(count: u64) -> Vec<Talk> {
        let mut talks: Vec<_> =
            (0..count).map(|n| refused(&format!("10.1.0.2:{}", 40_000 + n), 2 * n + 100)).collect();
        talks.push(chat());
        talks
    }

    #[test]
    fn the_identity_line_comes_at_once() {
        let mut audience = ReadText::new(Vec::new(), TextOptions::default());
        let identity = file("a.pcap");
        audience.hear(Event::Capture { identity: &identity, link_types: &[LinkType::ETHERNET] }).unwrap();
        assert_eq!(String::from_utf8(audience.into_inner()).unwrap(), "a.pcap · pcapng · Ethernet\n");
    }

    #[test]
    fn two_connections_get_a_table_and_their_ladders() {
        let talks = [chat(), refused("10.1.0.2:40113", 23)];
        assert_snapshot!(shown(
            &talks,
            &totals(&talks),
            TextOptions { width: 140, ..TextOptions::default() }
        ));
    }

    #[test]
    fn the_table_says_what_is_carried() {
        let carries = |talks: &[Talk], width| {
            let text = shown(talks, &totals(talks), TextOptions { width, ..TextOptions::default() });
            text.lines().rfind(|line| line.contains("#1 10.1.0.2")).unwrap().to_owned()
        };
        let few = [websocket(), refused("10.1.0.2:40113", 23)];
        assert!(carries(&few, 80).ends_with("FIN       WebSocket"), "{}", carries(&few, 80));
        let mut many = scan(12);
        many.push(websocket());
        assert!(carries(&many, 80).contains(" WebSocket "), "{}", carries(&many, 80));
        assert!(carries(&many, 100).contains("established "), "{}", carries(&many, 100));
        assert!(carries(&many, 100).ends_with("WebSocket"), "{}", carries(&many, 100));
    }

    fn numbered(id: u64, mut talk: Talk) -> Talk {
        talk.connection.id = ConnId(FrameNo(id));
        talk
    }

    fn rejected() -> Talk {
        let mut talk = websocket();
        talk.carried.protocols.pop();
        talk.carried.closings.clear();
        talk.carried.upgrades[0].upgrade = upgrade(UpgradeOutcome::Rejected);
        talk
    }

    fn broken(code: u16) -> Talk {
        let mut talk = websocket();
        let rule = &crate::app::websocket::rules::RESERVED_OPCODE;
        talk.carried.annotations.push(Annotation { rule, frame: FrameNo(9), about: None });
        talk.carried.closings[0].client_sees = Some(code);
        talk
    }

    #[test]
    fn the_table_marks_connections_on_which_something_went_wrong() {
        let talks = [rejected(), numbered(40, broken(1002)), numbered(80, websocket())];
        for (width, marks) in [
            (80, ["HTTP/1.1  ✗", "✗"]),
            (100, ["✗ rejected with 403", "✗ 1 rule broken"]),
            (160, ["✗ WebSocket rejected with 403", "✗ the opcode has no meaning"]),
        ] {
            let text = shown(&talks, &totals(&talks), TextOptions { width, ..TextOptions::default() });
            let rows: Vec<_> =
                text.lines().skip_while(|line| !line.contains(" client ")).skip(1).take(4).collect();
            assert!(rows[0].ends_with(marks[0]), "{text}");
            assert!(rows[1].contains(marks[1]), "{text}");
            assert!(!rows[2].contains('✗'), "{text}");
            assert!(
                rows[3].ends_with("✗ a rule was broken or an upgrade failed: its timeline says more"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_mark_finds_its_place_on_every_paper() {
        for width in 72..=200 {
            for ascii in [false, true] {
                let mut talks = scan(12);
                let mut reset = numbered(400, broken(1002));
                reset.connection.close.how = crate::track::CloseHow::FinThenReset;
                talks.extend([numbered(300, rejected()), reset]);
                let text =
                    shown(&talks, &totals(&talks), TextOptions { width, ascii, ..TextOptions::default() });
                let mark = if ascii { " x" } else { " ✗" };
                let marked = |line: &&str| line.contains(":3000") && line.contains(mark);
                assert_eq!(text.lines().filter(marked).count(), 2, "{width}\n{text}");
                assert!(
                    text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= width),
                    "{width}\n{text}"
                );
            }
        }
    }

    #[test]
    fn many_connections_get_a_table_of_bounded_length() {
        let talks = scan(30);
        let options = TextOptions { limit: Some(12), ..TextOptions::default() };
        let text = shown(&talks, &totals(&talks), options);
        assert_snapshot!(text);
    }

    #[test]
    fn every_row_is_shown_without_a_limit() {
        let talks = scan(80);
        let text =
            shown(&talks, &totals(&talks), TextOptions { limit: None, width: 120, ..TextOptions::default() });
        assert_eq!(text.lines().filter(|line| line.contains("refused") && line.contains('#')).count(), 80);
    }

    #[test]
    fn many_of_one_kind_do_not_hide_the_rest() {
        let mut talks = scan(90);
        let [first, second, ..] = &mut talks[..] else { panic!("a scan") };
        first.connection.handshake.certainty = Certainty::Inferred;
        second.connection.handshake.syn_count = 3;
        let text = shown(&talks, &totals(&talks), TextOptions::default());
        assert!(text.contains("10.1.0.1:3000        established"), "{text}");
        assert!(text.contains("refused, likely") && text.contains("refused, 3 SYNs"), "{text}");
        assert!(text.contains("80 × to 10.1.0.1:5003  refused, first #120"), "{text}");
        assert!(text.ends_with("draw one with --connection ID\n"), "{text}");
    }

    #[test]
    fn many_of_one_kind_are_all_listed_where_there_is_room() {
        let talks = scan(30);
        let text = shown(&talks, &totals(&talks), TextOptions::default());
        assert_eq!(text.matches(":5003        refused\n").count(), 30, "{text}");
        assert!(!text.contains('×'), "{text}");
    }

    #[test]
    fn chosen_connections_get_ladders_however_many() {
        let talks = scan(30);
        let text =
            shown(&talks, &totals(&talks), TextOptions { detail: Detail::Always, ..TextOptions::default() });
        assert_eq!(text.matches("answers the SYN: connection refused").count(), 30);
    }

    #[test]
    fn no_tcp_is_said_plainly() {
        let mut summary = sized(14, 900);
        summary.undecoded_frames = 3;
        assert_snapshot!(shown(&[], &summary, TextOptions::default()));
    }

    #[test]
    fn what_is_missing_is_told_at_the_end() {
        let mut summary = totals(&[chat()]);
        summary.cut_frames = 3;
        summary.captured_bytes = 50_000;
        summary.evicted = 2;
        summary.drops = Some(crate::capture::Drops { by_system: 1_204, by_interface: 0 });
        summary.damage =
            Some(Damage { offset: 51_230, reason: "a record of 4,000,000,000 bytes\u{1b}[2J".to_owned() });
        summary.notes = vec!["the file has no end of section\u{7}".to_owned()];
        let text = shown(&[], &summary, TextOptions::default());
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}') && !text.contains('\u{202e}'));
        assert_snapshot!(text);
    }

    #[test]
    fn no_line_of_a_table_is_wider_than_the_terminal() {
        let mut talks = scan(12);
        let long = "[2001:db8:85a3:8d3:1319:8a2e:370:7348]:51544";
        talks.push(
            Talk::between(long, "[2001:db8:ffff:eeee:dddd:cccc:bbbb:aaaa]:65535")
                .ended(Outcome::SimultaneousOpen),
        );
        talks.push(websocket());
        for width in 80..=250 {
            let text = shown(&talks, &totals(&talks), TextOptions { width, ..TextOptions::default() });
            for line in text.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
            }
        }
    }
}
