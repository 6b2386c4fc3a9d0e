//! One frame as its seven layers, top to bottom, and its bytes.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::base::ByteSpan;
use crate::explain::printable;
use crate::explain::{Bits, Field, FrameExplanation, LayerExplanation, OsiLayer};
use crate::ladder::number::{counted, grouped, offset};
use crate::render::text::glyph::UNBROKEN;
use crate::render::text::line::{Line, Paper};
use crate::render::text::wrap::wrap;
use crate::render::text::{TextOptions, hex, palette};

/// First column of what a layer says: after its number and name.
const TEXT: usize = 18;
/// From this width on the sources of fields have a column of their own.
const CITED_BESIDE: usize = 150;
/// Columns for the source of a field: `RFC 9293 §3.10.7`.
const SOURCE: usize = 16;

/// Shows one frame: its layers from 7 to 1, with `fields` every field of them, and the hex dump.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_frame(
    frame: &FrameExplanation,
    options: TextOptions,
    fields: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paper = options.paper();
    let mut lines = heading(paper, frame);
    lines.push(paper.line());
    let mut above = None;
    let title = TEXT
        + frame.layers.iter().filter_map(ranks).map(|ranks| paper.width_of(&ranks) + 2).max().unwrap_or(0);
    for layer in top_down(&frame.layers) {
        lines.extend(summary(paper, layer, above != Some(layer.osi), title));
        above = Some(layer.osi);
        if fields {
            lines.extend(layer.fields.iter().flat_map(|f| field(paper, f)));
        }
    }
    lines.push(paper.line());
    lines.extend(hex::dump(paper, &frame.layers, &frame.bytes));
    lines.iter().try_for_each(|line| line.write(out))
}

/// Layers from 7 to 1, those of a tunnel above what carries it; those of several messages in the messages' order.
fn top_down(layers: &[LayerExplanation]) -> Vec<&LayerExplanation> {
    let mut ordered: Vec<_> = layers.iter().rev().collect();
    ordered.sort_by_key(|layer| (Reverse(layer.osi.max(OsiLayer::Transport)), layer.messages));
    ordered
}

fn heading(paper: Paper, frame: &FrameExplanation) -> Vec<Line> {
    let mut parts = vec![format!("Frame {}", frame.number), counted(frame.wire_length.into(), "byte")];
    if frame.captured_length < frame.wire_length {
        parts.push(format!("{} of them captured", grouped(frame.captured_length.into())));
    }
    parts.extend(frame.offset.map(|since| match since.0 {
        0 => "first of the capture".to_owned(),
        _ => format!("{} after the first", offset(since)),
    }));
    parts.extend(frame.connection.map(|connection| {
        let (from, to) = (connection.from.name(), connection.from.other().name());
        format!("{from} → {to} on connection #{}", connection.id)
    }));
    parts.extend(frame.time.map(|time| time.to_string()));
    let lines = wrap(paper, &parts.join(" · "), paper.width);
    lines.iter().map(|text| styled(paper, palette::STRONG, text)).collect()
}

fn styled(paper: Paper, style: anstyle::Style, text: &str) -> Line {
    let mut line = paper.line();
    line.put(style, text);
    line
}

/// ` 4 Transport      TCP  40112 → 3000`, with the notes below; `named` where the layer's number and name are to stand. The
/// protocol's name begins at column `title`, behind the numbers of messages where the frame has several.
fn summary(paper: Paper, layer: &LayerExplanation, named: bool, title: usize) -> Vec<Line> {
    let style = palette::layer(layer.osi);
    let mut first = paper.line();
    if named {
        first.put(style.bold(), &format!(" {} {}", layer.osi.number(), layer.osi.name()));
    }
    let ranks = ranks(layer);
    let title = if ranks.is_some() { title } else { TEXT };
    first.to(TEXT).put(palette::QUIET, &ranks.unwrap_or_default());
    first.to(title).put(style.bold(), layer.title);
    if !layer.title.is_empty() {
        first.put(palette::PLAIN, "  ");
    }
    let start = first.width();
    let mut lines = vec![first];
    below(&mut lines, paper, start, (palette::PLAIN, &printable(&layer.summary)));
    for note in &layer.notes {
        lines.push(paper.line());
        below(&mut lines, paper, title + 2, (palette::QUIET, &printable(note)));
    }
    lines
}

/// Which of the frame's messages: `2`, `1–3`.
fn ranks(layer: &LayerExplanation) -> Option<String> {
    let (first, last) = layer.messages?;
    Some(if first == last { first.to_string() } else { format!("{first}–{last}") })
}

/// Puts `text` from column `start` on the last line and, as far as it is longer, on lines below.
fn below(lines: &mut Vec<Line>, paper: Paper, start: usize, (style, text): (anstyle::Style, &str)) {
    for (place, piece) in wrap(paper, text, paper.width.saturating_sub(start)).iter().enumerate() {
        if place > 0 {
            lines.push(paper.line());
        }
        if let Some(line) = lines.last_mut() {
            line.to(start).put(style, piece);
        }
    }
}

/// `    [16–17]         total length          140 bytes     RFC 791 §3.1`
fn field(paper: Paper, field: &Field) -> Vec<Line> {
    let place = if paper.width >= 100 { TEXT + 2 } else { 3 };
    let name = place + 19;
    let text = name + if paper.width >= 100 { 27 } else { 21 };
    let mut first = paper.line();
    first.to(place).put(palette::QUIET, &position(field.span, field.bits));
    if first.width() >= name {
        first.put(palette::PLAIN, " ");
    }
    first.to(name).put(palette::PLAIN, field.name);
    let mut lines = vec![first];
    if lines.last().is_some_and(|line| line.width() + 1 > text) {
        lines.push(paper.line());
    }
    let said = printable(&field.text);
    if paper.width >= CITED_BESIDE {
        below(&mut lines, paper, text, (palette::PLAIN, &said));
        cite(&mut lines, paper, field.source.0);
    } else {
        let source = field.source.0.replace(' ', UNBROKEN);
        cited(&mut lines, paper, text, (&said, &format!("({source})")));
    }
    lines
}

/// The source in a column at the right edge, of the last line where it fits.
fn cite(lines: &mut Vec<Line>, paper: Paper, source: &str) {
    let column = paper.width.saturating_sub(paper.width_of(source).max(SOURCE));
    if lines.last().is_none_or(|line| line.width() + 2 > column) {
        lines.push(paper.line());
    }
    if let Some(line) = lines.last_mut() {
        line.to(column).put(palette::QUIET, source);
    }
}

/// The text from column `start`, and its source in brackets after it, wrapped with it.
fn cited(lines: &mut Vec<Line>, paper: Paper, start: usize, (text, source): (&str, &str)) {
    below(lines, paper, start, (palette::PLAIN, text));
    let source = paper.text(source);
    let fits = lines.last().is_some_and(|line| line.width() + 1 + paper.width_of(&source) <= paper.width);
    if fits {
        if let Some(line) = lines.last_mut() {
            line.put(palette::PLAIN, " ").put(palette::QUIET, &source);
        }
        return;
    }
    lines.push(paper.line());
    below(lines, paper, start + 2, (palette::QUIET, &source));
}

/// Bytes from the first to the last, counted from the frame's first; bits counted from the most significant.
fn position(span: Option<ByteSpan>, bits: Option<Bits>) -> String {
    let Some(span) = span else { return String::new() };
    let bytes = range(span.start, span.len);
    match bits {
        Some(bits) => format!("[{bytes}] bit{}", plural_range(bits)),
        None => format!("[{bytes}]"),
    }
}

fn plural_range(bits: Bits) -> String {
    if bits.count == 1 { format!(" {}", bits.first) } else { format!("s {}", range(bits.first, bits.count)) }
}

fn range(first: u32, count: u32) -> String {
    match count {
        0 | 1 => first.to_string(),
        _ => format!("{first}–{}", first.saturating_add(count - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Cite, ConnId, Duration, FrameNo, Side, Timestamp};
    use crate::explain::{FrameConnection, OsiLayer, Value};
    use insta::assert_snapshot;

    fn layer(osi: OsiLayer, title: &'static str, span: (u32, u32), summary: &str) -> LayerExplanation {
        let mut layer = LayerExplanation::new(osi, "x", title, Some(ByteSpan::new(span.0, span.1)));
        layer.summary = summary.to_owned();
        layer
    }

    fn entry(name: &'static str, text: &str, span: (u32, u32), bits: Option<(u32, u32)>) -> Field {
        Field {
            name,
            value: Value::Number(0),
            text: text.to_owned(),
            span: Some(ByteSpan::new(span.0, span.1)),
            bits: bits.map(|(first, count)| Bits { first, count }),
            source: Cite("RFC 9293 §3.1"),
        }
    }

    fn example() -> FrameExplanation {
        let mut tcp = layer(
            OsiLayer::Transport,
            "TCP",
            (34, 20),
            "40112 → 3000   seq 1203 (2891342424)   ack 511   PSH ACK   window 502 × 128 = 64,256 bytes",
        );
        tcp.fields = vec![
            entry("source port", "40112", (34, 2), None),
            entry("data offset", "5 × 4 = 20 bytes", (46, 1), Some((0, 4))),
            entry("ACK", "set: the acknowledgment number is significant", (47, 1), Some((3, 1))),
        ];
        tcp.notes = vec!["connection #1, ESTABLISHED since frame 3".to_owned()];
        let ethernet = layer(
            OsiLayer::DataLink,
            "Ethernet",
            (0, 14),
            "02:00:00:00:00:01 → 02:00:00:00:00:02   carries IPv4 (0x0800)",
        );
        let physical = layer(
            OsiLayer::Physical,
            "",
            (0, 70),
            "70 bytes = 560 bits on the wire, captured whole on \u{1b}[31meth0",
        );
        let app = layer(OsiLayer::Application, "", (54, 16), "16 bytes of data that no reader here knows");
        let ip = layer(
            OsiLayer::Network,
            "IPv4",
            (14, 20),
            "10.1.0.2 → 10.1.0.1   TTL 64   don't fragment   56 bytes   checksum right",
        );
        FrameExplanation {
            number: FrameNo(12),
            time: Some(Timestamp(crate::ladder::sample::BEGAN)),
            offset: Some(Duration(2_314_218_000)),
            captured_length: 70,
            wire_length: 70,
            connection: Some(FrameConnection { id: ConnId(FrameNo(1)), from: Side::Client }),
            layers: vec![physical, ethernet, ip, tcp, app],
            bytes: (0..70).map(|n| n * 3 + 20).collect(),
        }
    }

    fn drawn(width: usize, ascii: bool, fields: bool) -> String {
        drawn_of(&example(), width, ascii, fields)
    }

    fn drawn_of(frame: &FrameExplanation, width: usize, ascii: bool, fields: bool) -> String {
        let mut out = Vec::new();
        let options = TextOptions { width, ascii, ..TextOptions::default() };
        write_frame(frame, options, fields, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_frame_in_80_columns() {
        assert_snapshot!(drawn(80, false, true));
    }

    #[test]
    fn a_frame_in_120_columns() {
        assert_snapshot!(drawn(120, false, true));
    }

    #[test]
    fn a_frame_in_ascii() {
        let text = drawn(120, true, true);
        assert!(text.is_ascii() && !text.contains('\u{1b}'));
    }

    /// The same frame where its data are two messages and the beginning of a third.
    fn of_messages() -> FrameExplanation {
        let told = |osi, title, messages, summary: &str, notes: &[&str]| {
            let mut layer = LayerExplanation::new(osi, "x", title, None);
            layer.messages = messages;
            layer.summary = summary.to_owned();
            layer.notes = notes.iter().copied().map(str::to_owned).collect();
            layer
        };
        let message = |place: usize, summary: &str, notes: &[&str]| {
            told(OsiLayer::Application, "WebSocket", Some((place, place)), summary, notes)
        };
        let mut first = message(1, "text \"one\"", &[]);
        first.span = Some(ByteSpan::new(54, 5));
        let mut second = message(2, "text \"two\"", &["warning: not masked (a-rule, RFC 6455 §5.1)"]);
        second.span = Some(ByteSpan::new(59, 5));
        let mut third = message(
            3,
            "binary, 4,096 bytes",
            &["bytes 1–6 of its 4,104; continues in frames 13–16, 18, 20 and 3 more"],
        );
        third.part = Some(ByteSpan::new(64, 6));
        let encoding =
            |messages, summary: &str| told(OsiLayer::Presentation, "", Some(messages), summary, &[]);
        let session = told(
            OsiLayer::Session,
            "WebSocket",
            Some((1, 3)),
            "messages of the server on /chat",
            &["upgraded in frames 4 and 6", "on connection #1, ESTABLISHED since frame 3"],
        );
        let mut frame = example();
        frame.layers.truncate(4);
        frame.layers.push(session);
        frame.layers.push(encoding((1, 2), "3 bytes, not masked → UTF-8"));
        frame.layers.push(encoding((3, 3), "4,096 bytes, not masked"));
        frame.layers.extend([first, second, third]);
        frame
    }

    #[test]
    fn several_messages_of_one_frame_in_80_columns() {
        assert_snapshot!(drawn_of(&of_messages(), 80, false, false));
    }

    #[test]
    fn several_messages_of_one_frame_in_160_columns() {
        assert_snapshot!(drawn_of(&of_messages(), 160, false, false));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 80..200 {
            let both = drawn(width, false, true) + &drawn_of(&of_messages(), width, false, true);
            for line in both.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
            }
        }
    }
}
