//! Who spoke when, as two rows of characters.

use crate::base::Side;
use crate::ladder::number::{counted, span};
use crate::ladder::{Loudness, Speech};
use crate::render::text::line::{Line, Paper};
use crate::render::text::{glyph, palette};

const INDENT: usize = 4;
const ROWS: usize = INDENT + 8;

/// Two rows, and a line that says what they are.
pub(super) fn speech(paper: Paper, speech: &Speech) -> Vec<Line> {
    let rows = [(Side::Client, &speech.client), (Side::Server, &speech.server)];
    let mut lines: Vec<_> = rows.iter().map(|(side, row)| self::row(paper, *side, row)).collect();
    let mut label = paper.line();
    let more = match speech.left_out {
        0 => String::new(),
        more => format!(" · without the last {}", counted(more, "message")),
    };
    label.to(ROWS).put(palette::QUIET, &format!("who spoke when in {}{more}", span(speech.span)));
    lines.push(label);
    lines
}

fn row(paper: Paper, side: Side, row: &[Loudness]) -> Line {
    let mut line = paper.line();
    line.to(INDENT).put(palette::PLAIN, side.name()).to(ROWS);
    for loudness in row {
        match loudness {
            Loudness::Silent => line.put(palette::QUIET, glyph::SILENT),
            Loudness::Some => line.put(palette::MESSAGE, glyph::SPEAKS),
            Loudness::Much => line.put(palette::MESSAGE, glyph::SPEAKS_MUCH),
        };
    }
    line
}
