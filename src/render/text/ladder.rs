//! A ladder in characters.

use anstyle::Style;

use crate::base::Side;
use crate::ladder::number::{column, counted, offset};
use crate::ladder::{
    Arrow, Beats, Brace, Excerpt, Label, Ladder, LeftOut, Lifeline, Mark, Note, Rung, RungKind, RungTime,
};
use crate::render::text::layout::Layout;
use crate::render::text::line::{Line, Paper};
use crate::render::text::wrap::wrap;
use crate::render::text::{body, glyph, heading, palette, remark, speech};

/// Lines of a whole ladder: heading, lanes, rungs, how it ended.
pub(super) fn ladder(paper: Paper, ladder: &Ladder) -> Vec<Line> {
    let longest = ladder.rungs.iter().filter_map(frame).max().unwrap_or(0);
    let layout = Layout::new(paper, longest.to_string().len(), ladder.carries.is_some());
    let mut lines = heading::heading(paper, ladder);
    lines.push(paper.line());
    lines.extend(heading::lanes(&layout, ladder.left, ladder.right));
    lines.extend(ladder.rungs.iter().flat_map(|r| rung(&layout, r)));
    if !ladder.closing.is_empty() {
        lines.push(paper.line());
    }
    lines.extend(ladder.closing.iter().flat_map(|note| heading::sentence(paper, note)));
    if let Some(speech) = &ladder.speech {
        lines.push(paper.line());
        lines.extend(speech::speech(paper, speech));
    }
    lines
}

/// Lines of one rung.
pub(super) fn rung(layout: &Layout, rung: &Rung) -> Vec<Line> {
    let lines = Lanes { layout, lifelines: rung.lifelines };
    match &rung.kind {
        RungKind::Arrow(arrow) => lines.arrow(arrow),
        RungKind::Brace(brace) => lines.brace(brace),
        RungKind::Heartbeats(beats) => lines.heartbeats(beats),
        RungKind::Fold(left_out) => lines.fold(*left_out),
    }
}

fn frame(rung: &Rung) -> Option<u64> {
    match &rung.kind {
        RungKind::Arrow(arrow) => Some(arrow.frame.0),
        RungKind::Heartbeats(beats) => Some(beats.frame.0),
        RungKind::Brace(_) | RungKind::Fold(_) => None,
    }
}

/// The two lanes while one rung is drawn.
struct Lanes<'a> {
    layout: &'a Layout,
    lifelines: [Lifeline; 2],
}

impl Lanes<'_> {
    fn arrow(&self, arrow: &Arrow) -> Vec<Line> {
        let layout = self.layout;
        let mut row = self.begun(arrow.frame.0, arrow.time);
        if layout.states_outside {
            let state = arrow.client_state.unwrap_or_default();
            row.put_before(layout.left - 1, palette::STRONG, state);
        }
        let told = self.label(&arrow.label);
        self.put_arrow(&mut row, arrow, &told);
        if layout.states_outside {
            row.put(palette::PLAIN, " ").put(palette::STRONG, arrow.server_state.unwrap_or_default());
        }
        let mut lines = vec![row];
        if !layout.states_outside && (arrow.client_state.is_some() || arrow.server_state.is_some()) {
            lines.push(self.states(arrow));
        }
        let notes: Vec<_> = told.left_over.iter().chain(&arrow.notes).collect();
        let text = arrow.text.iter().flat_map(|text| self.text(text, &told));
        if layout.notes.is_some() {
            lines.extend(text);
            self.put_notes(&mut lines, &notes);
        } else {
            self.put_notes(&mut lines, &notes);
            lines.extend(text);
        }
        lines
    }

    /// A row with its frame number and its time.
    fn begun(&self, frame: u64, time: RungTime) -> Line {
        let layout = self.layout;
        let mut row = layout.paper.line();
        row.put_before(layout.frame_end, palette::QUIET, &frame.to_string()).to(layout.time);
        put_time(&mut row, layout, time);
        row
    }

    fn put_arrow(&self, row: &mut Line, arrow: &Arrow, told: &Told) {
        let (left, right) = (self.layout.left, self.layout.right);
        let style = palette::arrow(arrow.tone);
        row.to(left);
        match arrow.from {
            Side::Client => {
                row.put(style, glyph::TAIL_RIGHT).fill(glyph::SHAFT, left + 3, style);
                told.put(row, style);
                row.fill(glyph::SHAFT, right - 1, style).put(style, glyph::HEAD_RIGHT);
                self.put_lane(row, 1);
            }
            Side::Server => {
                let length = told.width(self.layout);
                self.put_lane(row, 0);
                row.put(style, glyph::HEAD_LEFT).fill(glyph::SHAFT, right - 4 - length, style);
                told.put(row, style);
                row.fill(glyph::SHAFT, right, style).put(style, glyph::TAIL_LEFT);
            }
        }
    }

    /// Name and detail, as far as they leave some of the shaft to be seen: numbers are never cut, and what finds no room becomes a
    /// note.
    fn label(&self, label: &Label) -> Told {
        let paper = self.layout.paper;
        let room = (self.layout.right - self.layout.left).saturating_sub(8);
        let name = if label.shortens {
            paper.shorten_end(&label.name, room)
        } else {
            paper.shorten(&label.name, room)
        };
        let left = room.saturating_sub(paper.width_of(&name) + 2);
        let fits = paper.width_of(&label.detail) <= left;
        let whole_name = paper.width_of(&label.name) <= room;
        let detail = if label.shortens && whole_name && (fits || left >= LEAST_DETAIL) {
            paper.shorten_first(&label.detail, left)
        } else if fits {
            label.detail.clone()
        } else {
            String::new()
        };
        let mut left_over = Vec::new();
        // What is asked behind a question mark is the lesser part of an address.
        let whole_path = label.name.split('?').next().is_some_and(|path| paper.width_of(path) < room);
        let enough = whole_name || label.shortens && whole_path;
        if !enough {
            left_over.push(Note::marked(Mark::Aside, label.name.clone()));
        }
        if detail.is_empty() && !label.detail.is_empty() {
            left_over.push(Note::marked(Mark::Aside, label.detail.clone()));
        }
        let detail = if detail.is_empty() { detail } else { format!("  {detail}") };
        Told { name, detail, left_over }
    }

    /// The text of a message, set in between the lanes; nothing where all of it stands on the arrow.
    fn text(&self, excerpt: &Excerpt, told: &Told) -> Vec<Line> {
        let paper = self.layout.paper;
        let columns = (self.layout.right - self.layout.left).saturating_sub(7);
        let (lines, rest) = body::lines(paper, excerpt, columns);
        if let ([line], None) = (&lines[..], &rest)
            && told.detail.contains(line.as_str())
        {
            return Vec::new();
        }
        let mut rows: Vec<_> = lines.iter().map(|line| self.quoted(palette::PLAIN, line)).collect();
        rows.extend(rest.map(|rest| self.quoted(palette::QUIET, &rest)));
        rows
    }

    fn quoted(&self, style: Style, text: &str) -> Line {
        let mut row = self.layout.paper.line();
        self.put_lane(row.to(self.layout.left), 0);
        row.to(self.layout.left + 4).put(palette::QUIET, glyph::QUOTE).put(style, text).to(self.layout.right);
        self.put_lane(&mut row, 1);
        row
    }

    /// Pings and pongs: an arrow both ways.
    fn heartbeats(&self, beats: &Beats) -> Vec<Line> {
        let (left, right) = (self.layout.left, self.layout.right);
        let style = palette::arrow(beats.tone);
        let mut row = self.begun(beats.frame.0, beats.time);
        let told = self.label(&beats.label);
        self.put_lane(row.to(left), 0);
        let before = (right - left).saturating_sub(5 + told.width(self.layout)) / 2;
        row.put(style, glyph::HEAD_LEFT).fill(glyph::SHAFT, left + 2 + before, style);
        told.put(&mut row, style);
        row.fill(glyph::SHAFT, right - 1, style).put(style, glyph::HEAD_RIGHT);
        self.put_lane(&mut row, 1);
        let mut lines = vec![row];
        let mut notes = beats.notes.clone();
        if let Some((first, slowest)) = notes.first_mut().zip(told.left_over.first()) {
            first.text = format!("{} · {}", slowest.text, first.text);
        }
        self.put_notes(&mut lines, &notes.iter().collect::<Vec<_>>());
        lines
    }

    fn states(&self, arrow: &Arrow) -> Line {
        let mut row = self.layout.paper.line();
        self.put_lane(row.to(self.layout.left), 0);
        row.put(palette::PLAIN, " ").put(palette::STRONG, arrow.client_state.unwrap_or_default());
        let server = arrow.server_state.unwrap_or_default();
        row.put_before(self.layout.right - 1, palette::STRONG, server).to(self.layout.right);
        self.put_lane(&mut row, 1);
        row
    }

    fn brace(&self, brace: &Brace) -> Vec<Line> {
        let layout = self.layout;
        let mut row = layout.paper.line();
        if let Some(span) = brace.span {
            row.to(layout.time - 2).put(palette::HANDSHAKE, glyph::BRACE);
            put_aligned(&mut row, layout, palette::HANDSHAKE, &column(span));
        }
        self.put_between(&mut row, palette::HANDSHAKE, &brace.label);
        let mut lines = vec![row];
        self.put_notes(&mut lines, &brace.notes.iter().collect::<Vec<_>>());
        lines.push(self.empty());
        lines
    }

    fn fold(&self, left_out: LeftOut) -> Vec<Line> {
        let mut row = self.layout.paper.line();
        row.put_before(self.layout.frame_end, palette::QUIET, glyph::FOLD);
        let kinds = [(left_out.messages, "more message"), (left_out.steps, "more step")];
        let more: Vec<_> =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(*count, noun)).collect();
        self.put_between(&mut row, palette::QUIET, &format!("{} {}", glyph::CUT, more.join(", ")));
        vec![row]
    }

    /// The notes: beside the rows that there are and below them, or between the lanes below them.
    fn put_notes(&self, lines: &mut Vec<Line>, notes: &[&Note]) {
        let layout = self.layout;
        let rows = notes.iter().flat_map(|note| {
            let wrapped = wrap(layout.paper, &remark::marked(note), layout.note_width());
            wrapped.into_iter().map(move |text| (note.mark, text))
        });
        for (place, (mark, text)) in rows.enumerate() {
            match layout.notes {
                None => lines.push(self.note_between(mark, &text)),
                Some(start) => {
                    if lines.len() <= place {
                        lines.push(self.empty());
                    }
                    if let Some(row) = lines.get_mut(place) {
                        remark::put(row.to(start), mark, &text);
                    }
                }
            }
        }
    }

    fn note_between(&self, mark: Mark, text: &str) -> Line {
        let mut row = self.layout.paper.line();
        self.put_lane(row.to(self.layout.left), 0);
        remark::put(row.to(self.layout.left + 4), mark, text);
        self.put_lane(row.to(self.layout.right), 1);
        row
    }

    fn put_between(&self, row: &mut Line, style: Style, text: &str) {
        let (left, right) = (self.layout.left, self.layout.right);
        self.put_lane(row.to(left), 0);
        let text = self.layout.paper.shorten(text, (right - left).saturating_sub(3));
        row.to(left + 2).put(style, &text).to(right);
        self.put_lane(row, 1);
    }

    fn empty(&self) -> Line {
        let mut row = self.layout.paper.line();
        self.put_between(&mut row, palette::PLAIN, "");
        row
    }

    fn put_lane(&self, row: &mut Line, which: usize) {
        let glyph = match self.lifelines.get(which) {
            Some(Lifeline::Solid) => glyph::SOLID,
            _ => glyph::DOTTED,
        };
        row.put(palette::QUIET, glyph);
    }
}

/// The least columns in which the beginning of a message tells anything.
const LEAST_DETAIL: usize = 10;

/// A label as it fits on its arrow.
struct Told {
    name: String,
    detail: String,
    /// What found no room.
    left_over: Vec<Note>,
}

impl Told {
    fn width(&self, layout: &Layout) -> usize {
        layout.paper.width_of(&self.name) + layout.paper.width_of(&self.detail)
    }

    fn put(&self, row: &mut Line, style: Style) {
        row.put(palette::PLAIN, " ").put(style.bold(), &self.name);
        row.put(style, &self.detail).put(palette::PLAIN, " ");
    }
}

fn put_time(row: &mut Line, layout: &Layout, time: RungTime) {
    let text = match time {
        RungTime::Unknown => return,
        RungTime::Offset(since) if layout.states_outside && since.0.unsigned_abs() < 1_000_000_000_000 => {
            offset(since)
        }
        RungTime::Offset(since) => column(since),
        RungTime::Since(since) if since.0 < 0 => column(since),
        RungTime::Since(since) => format!("+{}", column(since)),
    };
    put_aligned(row, layout, palette::QUIET, &text);
}

/// Times stand with their decimal points below one another.
fn put_aligned(row: &mut Line, layout: &Layout, style: Style, text: &str) {
    let whole = text.split('.').next().unwrap_or_default();
    let start = (layout.time + 4).saturating_sub(whole.len()).max(layout.time);
    let room = (layout.time + layout.time_width).saturating_sub(start);
    row.to(start).put(style, &layout.paper.shorten(text, room));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Role;
    use crate::base::{Addresses, FrameNo, SeqNum};
    use crate::ladder::MessageDetail;
    use crate::ladder::sample::{CLIENT_ISN, NEGOTIATED, OPTIONS, SERVER_ISN, Talk, chat};
    use crate::ladder::sample_messages::websocket;
    use crate::track::{IcmpAnswer, Outcome, RstEffect, StepKind};
    use crate::wire::network::IcmpError;
    use crate::wire::transport::TcpFlags;
    use insta::assert_snapshot;
    use proptest::prelude::*;

    fn drawn(talk: &Talk, width: usize) -> String {
        on_paper(talk, Paper { width, ascii: false, colour: false })
    }

    fn on_paper(talk: &Talk, paper: Paper) -> String {
        of_picture(&talk.ladder(), paper)
    }

    fn of_picture(picture: &Ladder, paper: Paper) -> String {
        let mut out = Vec::new();
        for line in ladder(paper, picture) {
            line.write(&mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn ipv6() -> Talk {
        Talk::between(
            "[2001:db8:85a3:8d3:1319:8a2e:370:7348]:51544",
            "[2001:db8:ffff:eeee:dddd:cccc:bbbb:aaaa]:65535",
        )
        .handshake()
        .data(409_000, Side::Client, 3, 4_344)
    }

    fn retried() -> Talk {
        Talk::on_ipv4()
            .syn(0, 0)
            .syn(1_021_000_000, 1)
            .syn(2_016_000_000, 2)
            .syn(4_096_000_000, 3)
            .ended(Outcome::NoAnswer)
    }

    #[test]
    fn a_chat_in_80_columns() {
        assert_snapshot!(drawn(&chat(), 80));
    }

    #[test]
    fn a_chat_in_120_columns() {
        assert_snapshot!(drawn(&chat(), 120));
    }

    #[test]
    fn a_chat_in_140_columns() {
        assert_snapshot!(drawn(&chat(), 140));
    }

    #[test]
    fn a_chat_in_200_columns() {
        assert_snapshot!(drawn(&chat(), 200));
    }

    #[test]
    fn a_chat_in_ascii() {
        assert_snapshot!(on_paper(&chat(), Paper { width: 80, ascii: true, colour: false }));
    }

    #[test]
    fn a_chat_in_colour() {
        assert_snapshot!(on_paper(&chat(), Paper { width: 140, ascii: false, colour: true }));
    }

    #[test]
    fn a_websocket_in_80_columns() {
        assert_snapshot!(drawn(&websocket(), 80));
    }

    #[test]
    fn a_websocket_in_120_columns() {
        assert_snapshot!(drawn(&websocket(), 120));
    }

    #[test]
    fn a_websocket_in_160_columns() {
        assert_snapshot!(drawn(&websocket(), 160));
    }

    #[test]
    fn a_websocket_in_ascii() {
        let text = on_paper(&websocket(), Paper { width: 100, ascii: true, colour: false });
        assert!(text.is_ascii());
        assert_snapshot!(text);
    }

    #[test]
    fn a_websocket_in_colour() {
        assert_snapshot!(on_paper(&websocket(), Paper { width: 140, ascii: false, colour: true }));
    }

    #[test]
    fn a_websocket_in_full() {
        let picture = websocket().ladder_in(MessageDetail::Full);
        for width in [80, 160] {
            let text = of_picture(&picture, Paper { width, ascii: false, colour: false });
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
            assert_snapshot!(text);
        }
    }

    #[test]
    fn long_addresses_in_80_columns() {
        assert_snapshot!(drawn(&ipv6(), 80));
    }

    #[test]
    fn long_addresses_in_120_columns() {
        assert_snapshot!(drawn(&ipv6(), 120));
    }

    #[test]
    fn long_addresses_in_200_columns() {
        assert_snapshot!(drawn(&ipv6(), 200));
    }

    #[test]
    fn a_refusal() {
        let talk = Talk::between("10.1.0.2:40112", "10.1.0.1:5003")
            .syn(0, 0)
            .reset(81_000, Side::Server, RstEffect::Refuses)
            .numbers(SeqNum(0), 0, Some((CLIENT_ISN + 1, 1)))
            .states("CLOSED", "")
            .ended(Outcome::Refused);
        assert_snapshot!(drawn(&talk, 80));
    }

    #[test]
    fn no_answer_to_any_try() {
        assert_snapshot!(drawn(&retried(), 80));
        assert_snapshot!(drawn(&retried(), 140));
    }

    #[test]
    fn a_syn_ack_that_acknowledges_the_wrong_number() {
        let talk = Talk::on_ipv4()
            .syn(0, 0)
            .syn_ack(402_000, SeqNum(77))
            .reset(100_000, Side::Client, RstEffect::Rejects)
            .numbers(SeqNum(77), 0, None)
            .states("SYN-SENT", "CLOSED")
            .ended(Outcome::Reset);
        assert_snapshot!(drawn(&talk, 80));
    }

    #[test]
    fn a_simultaneous_open() {
        let syn = StepKind::Syn { options: OPTIONS, retry: 0, data_length: 0, simultaneous: true };
        let ack = |isn: SeqNum| StepKind::SynAck {
            options: OPTIONS,
            repeat: 0,
            expected_ack: Some(isn + 1),
            data_acknowledged: 0,
        };
        let both = TcpFlags::SYN | TcpFlags::ACK;
        let mut talk = Talk::on_ipv4()
            .syn(0, 0)
            .step(11_000, Side::Server, TcpFlags::SYN, syn)
            .numbers(SERVER_ISN, 0, None)
            .states("SYN-RECEIVED", "SYN-SENT")
            .step(200_000, Side::Client, both, ack(SERVER_ISN))
            .numbers(CLIENT_ISN, 0, Some((SERVER_ISN + 1, 1)))
            .states("SYN-RECEIVED", "ESTABLISHED")
            .step(9_000, Side::Server, both, ack(CLIENT_ISN))
            .numbers(SERVER_ISN, 0, Some((CLIENT_ISN + 1, 1)))
            .states("ESTABLISHED", "ESTABLISHED")
            .ended(Outcome::SimultaneousOpen);
        talk.connection.handshake.connect = Some(crate::base::Duration(220_000));
        talk.connection.handshake.negotiated = Some(NEGOTIATED);
        assert_snapshot!(drawn(&talk, 120));
    }

    #[test]
    fn a_reset_connection() {
        let mut talk = Talk::on_ipv4()
            .handshake()
            .data(409_000, Side::Client, 1, 28)
            .reset(61_000, Side::Server, RstEffect::Ends)
            .numbers(SERVER_ISN + 1, 1, None)
            .states("CLOSED", "CLOSED")
            .reset(9_000, Side::Server, RstEffect::AfterEnd)
            .numbers(SERVER_ISN + 1, 1, None);
        talk.connection.close.how = crate::track::CloseHow::Reset;
        talk.connection.close.first = Some(Side::Server);
        assert_snapshot!(drawn(&talk, 140));
    }

    #[test]
    fn an_icmp_error_answers() {
        let (client, server) = (Talk::on_ipv4().connection.client, Talk::on_ipv4().connection.server);
        let error = IcmpError {
            v6: false,
            kind: 3,
            code: 1,
            quoted: Addresses { source: client.address, destination: server.address },
            quoted_ports: (client.port, server.port),
            quoted_seq: CLIENT_ISN,
            mtu: None,
        };
        let mut talk = Talk::on_ipv4()
            .syn(0, 0)
            .step(2_000_000, Side::Server, 0, StepKind::Icmp { error, sender: None })
            .ended(Outcome::Unreachable);
        talk.connection.handshake.icmp = Some(IcmpAnswer { frame: FrameNo(2), error, sender: None });
        assert_snapshot!(drawn(&talk, 80));
    }

    #[test]
    fn a_connection_without_its_beginning() {
        let talk = Talk::on_ipv4()
            .step(0, Side::Server, TcpFlags::PSH | TcpFlags::ACK, StepKind::Midstream { data_length: 512 })
            .last(|step| (step.seq, step.ack) = (SERVER_ISN, Some(CLIENT_ISN)))
            .data(1_000, Side::Client, 2, 2_000)
            .ended(Outcome::NotCaptured);
        assert_snapshot!(drawn(&talk, 80));
    }

    #[test]
    fn a_long_connection_is_folded() {
        let mut talk = Talk::on_ipv4().handshake();
        for _ in 0..90 {
            talk = talk.data(1_000_000, Side::Client, 1, 10).data(2_000_000, Side::Server, 2, 2_000);
        }
        let text = drawn(&talk.close(5_000_000), 140);
        assert!(text.contains("… 126 more steps"), "{text}");
        assert!(text.lines().count() < 90);
    }

    fn any_step() -> impl Strategy<Value = (u64, bool, u8, u32, u32, u8)> {
        (0..10_u64.pow(15), any::<bool>(), 0..10_u8, any::<u32>(), any::<u32>(), 0..7_u8)
    }

    fn add(talk: Talk, (ns, client, kind, number, other, state): (u64, bool, u8, u32, u32, u8)) -> Talk {
        let from = if client { Side::Client } else { Side::Server };
        let states = ["", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "CLOSE-WAIT", "CLOSED"];
        let expected = SeqNum(other);
        let step = match kind {
            0 => StepKind::Syn { options: OPTIONS, retry: other, data_length: number, simultaneous: client },
            1 => StepKind::SynAck {
                options: OPTIONS,
                repeat: other % 2,
                expected_ack: Some(expected),
                data_acknowledged: other,
            },
            2 => StepKind::HandshakeAck { expected_ack: expected, data_length: number },
            3 => StepKind::Data {
                segments: other,
                bytes: number.into(),
                last_frame: FrameNo(1),
                last_time: None,
                again: number % 5,
                again_frames: [None; 2],
            },
            4 => StepKind::Fin { data_length: number, both: client },
            5 => StepKind::FinAck,
            6 => StepKind::Rst { effect: RstEffect::Ends },
            7 => StepKind::Midstream { data_length: number },
            _ => StepKind::Noted { data_length: other, after: None },
        };
        let state = states[usize::from(state)];
        let detail = "漢字 ok · \u{301}x".repeat(state.len() * 2);
        let name = "GET /é/".repeat(state.len() + 1);
        if number % 3 == 0 {
            let control = (Role::Control, if client { "ping" } else { "pong" });
            let kinds = [(Role::Data, "text"), (Role::Request, "request"), control];
            let kind = kinds[usize::try_from(other % 3).unwrap()];
            let text =
                |words: &mut crate::ladder::sample_messages::Words| words.text = Some(detail.repeat(9));
            return talk.says(ns, from, kind, (&name, &detail)).worded(text);
        }
        talk.step(ns, from, 0x1ff & u16::try_from(number >> 16).unwrap(), step)
            .numbers(SeqNum(number), other, client.then_some((SeqNum(other), number)))
            .states(state, if client { state } else { "" })
    }

    /// What stands in each column: a wide character stands in two.
    fn columns(row: &str) -> Vec<char> {
        let width = |glyph: char| unicode_width::UnicodeWidthChar::width(glyph).unwrap_or(0);
        row.chars().flat_map(|glyph| std::iter::repeat_n(glyph, width(glyph))).collect()
    }

    proptest! {
        #[test]
        fn lanes_are_straight_and_no_row_is_too_wide(
            width in 80..=250_usize,
            ascii in any::<bool>(),
            full in any::<bool>(),
            frame in prop_oneof![1..1000_u64, 1..u64::MAX / 2],
            steps in prop::collection::vec(any_step(), 1..80),
        ) {
            let talk = steps.into_iter().fold(Talk::on_ipv4().at_frame(frame), add);
            let paper = Paper { width, ascii, colour: false };
            let detail = if full { MessageDetail::Full } else { MessageDetail::Summary };
            let picture = talk.ladder_in(detail);
            let longest = picture.rungs.iter().filter_map(super::frame).max().unwrap();
            let layout = Layout::new(paper, longest.to_string().len(), full);
            let lanes = if ascii { ":|+" } else { "┊│├┤" };
            for rung in &picture.rungs {
                for line in super::rung(&layout, rung) {
                    let mut out = Vec::new();
                    line.write(&mut out).unwrap();
                    let row = String::from_utf8(out).unwrap();
                    prop_assert!(!row.trim_end().contains(char::is_control), "{row:?}");
                    let row = columns(row.trim_end());
                    prop_assert!(row.len() <= width, "{row:?}");
                    for lane in [layout.left, layout.right] {
                        prop_assert!(row.get(lane).is_some_and(|glyph| lanes.contains(*glyph)), "{width} {row:?}");
                    }
                }
            }
        }
    }
}
