//! A frame's bytes, sixteen a row, in the colours of their layers; which layer begins where is told in words as well.

use std::borrow::Cow;

use anstyle::Style;

use crate::base::convert::wide;
use crate::explain::LayerExplanation;
use crate::render::text::line::{Line, Paper};
use crate::render::text::{glyph, palette};

const ROW: usize = 16;
/// Columns from the first hexadecimal digit to the end of the sixteen characters.
const BYTES: usize = 49 + 2 + ROW;

/// The dump. Wide paper has the layers at the right of the rows in which they begin, narrow paper has a list of them first.
pub(super) fn dump(paper: Paper, layers: &[LayerExplanation], bytes: &[u8]) -> Vec<Line> {
    let digits = if bytes.len() > 0xffff { 6 } else { 4 };
    let room = paper.width.saturating_sub(1 + digits + 2 + BYTES + 3);
    let row_of = |first: u64| first - first % wide(ROW);
    let beside =
        placed(layers).all(|(_, first, _)| paper.width_of(&beginning(layers, row_of(first))) <= room);
    let mut lines = if beside { Vec::new() } else { legend(paper, layers, digits) };
    for (place, row) in bytes.chunks(ROW).enumerate() {
        let start = wide(place * ROW);
        let mut line = paper.line();
        line.put(palette::QUIET, &format!(" {start:0digits$x}  "));
        put_row(&mut line, layers, start, row);
        if beside {
            let at = line.width() + 3;
            line.to(at).put(palette::PLAIN, &beginning(layers, start));
        }
        lines.push(line);
    }
    lines
}

fn put_row(line: &mut Line, layers: &[LayerExplanation], start: u64, row: &[u8]) {
    let first = line.width();
    let styles: Vec<_> = (start..).take(row.len()).map(|at| style(layers, at)).collect();
    for (place, (byte, style)) in row.iter().zip(&styles).enumerate() {
        let gap = if place == ROW / 2 {
            "  "
        } else if place == 0 {
            ""
        } else {
            " "
        };
        line.put(*style, &format!("{gap}{byte:02x}"));
    }
    line.to(first + 51);
    for (byte, style) in row.iter().zip(&styles) {
        let shown = char::from(*byte);
        match *byte {
            0x20..=0x7e => line.put(*style, shown.encode_utf8(&mut [0; 4])),
            _ => line.put(palette::QUIET, glyph::UNPRINTABLE),
        };
    }
    line.to(first + 51 + ROW);
}

/// The style of the highest layer that covers the byte.
fn style(layers: &[LayerExplanation], at: u64) -> Style {
    let covers = |layer: &&LayerExplanation| {
        layer
            .span
            .or(layer.part)
            .is_some_and(|span| (u64::from(span.start)..u64::from(span.end())).contains(&at))
    };
    layers.iter().rev().find(covers).map_or(palette::QUIET, |layer| palette::layer(layer.osi))
}

/// Layers that begin in the row, with where; the physical layer is the whole frame and is left out.
fn beginning(layers: &[LayerExplanation], start: u64) -> String {
    placed(layers)
        .filter(|(_, first, _)| (start..start + wide(ROW)).contains(first))
        .map(|(layer, first, _)| format!("{} {} at {first:04x}", layer.osi.number(), name(layer)))
        .collect::<Vec<_>>()
        .join(" · ")
}

fn legend(paper: Paper, layers: &[LayerExplanation], digits: usize) -> Vec<Line> {
    let mut lines: Vec<_> = placed(layers)
        .map(|(layer, first, last)| {
            let mut line = paper.line();
            line.put(palette::QUIET, &format!(" {first:0digits$x}–{last:0digits$x}  "));
            line.put(palette::layer(layer.osi), &format!("{} {}", layer.osi.number(), name(layer)));
            line
        })
        .collect();
    lines.push(paper.line());
    lines
}

/// Layers that have bytes of their own, with the first and the last.
fn placed(layers: &[LayerExplanation]) -> impl Iterator<Item = (&LayerExplanation, u64, u64)> {
    layers.iter().filter(|layer| layer.osi.number() > 1).filter_map(|layer| {
        let span = layer.span.or(layer.part).filter(|span| span.len > 0)?;
        Some((layer, span.start.into(), u64::from(span.end()) - 1))
    })
}

/// The protocol, and which message it is where there are several.
fn name(layer: &LayerExplanation) -> Cow<'static, str> {
    let title = if layer.title.is_empty() { layer.osi.name() } else { layer.title };
    match layer.messages {
        Some((message, _)) => format!("{title} (message {message})").into(),
        None => title.into(),
    }
}
