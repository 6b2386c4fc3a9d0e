//! How a remark is marked: checks with a tick or a cross.

use crate::ladder::{Mark, Note};
use crate::render::text::line::Line;
use crate::render::text::{glyph, palette};

/// The words of a remark with their mark.
pub(super) fn marked(note: &Note) -> String {
    match note.mark {
        Mark::Right => format!("{}\u{a0}{}", note.text, glyph::TICK),
        Mark::Wrong => format!("{}\u{a0}{}", note.text, glyph::CROSS),
        Mark::Plain | Mark::Aside | Mark::Fault => note.text.clone(),
    }
}

/// Puts a line of a marked remark on a row.
pub(super) fn put(row: &mut Line, mark: Mark, text: &str) {
    match text.strip_suffix(glyph::TICK).filter(|_| mark == Mark::Right) {
        Some(words) => row.put(palette::note(mark), words).put(palette::RIGHT, glyph::TICK),
        None => row.put(palette::note(mark), text),
    };
}
