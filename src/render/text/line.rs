//! One line of output: styled pieces at known columns.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::render::text::glyph;

/// How lines are put on paper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    /// Columns of the terminal.
    pub(super) width: usize,
    /// No character beyond ASCII.
    pub(super) ascii: bool,
    /// With style codes.
    pub(super) colour: bool,
}

impl Paper {
    /// An empty line.
    pub(super) fn line(self) -> Line {
        Line { paper: self, pieces: Vec::new(), width: 0 }
    }

    /// `text` in the characters that may be used.
    pub(super) fn text(self, text: &str) -> Cow<'_, str> {
        if self.ascii { glyph::ascii(text) } else { Cow::Borrowed(text) }
    }

    /// Columns that `text` takes.
    pub(super) fn width_of(self, text: &str) -> usize {
        self.text(text).width()
    }

    /// `text` in at most `columns`, shortened in the middle, its end kept.
    pub(super) fn shorten(self, text: &str, columns: usize) -> String {
        let text = self.text(text);
        if text.width() <= columns {
            return text.into_owned();
        }
        let cut = self.text(glyph::CUT);
        let room = columns.saturating_sub(cut.width());
        let end = take(text.chars().rev(), room / 2);
        let start = take(text.chars(), room.saturating_sub(end.width()));
        let shortened = format!("{start}{cut}{}", end.chars().rev().collect::<String>());
        if shortened.width() <= columns { shortened } else { take(text.chars(), columns) }
    }

    /// The beginning of `text` in at most `columns`.
    pub(super) fn shorten_end(self, text: &str, columns: usize) -> String {
        let text = self.text(text);
        if text.width() <= columns {
            return text.into_owned();
        }
        let cut = self.text(glyph::CUT);
        format!("{}{cut}", take(text.chars(), columns.saturating_sub(cut.width())))
    }

    /// `text` in at most `columns`: of its first part, before a separator, only the beginning, so that what is said about it stays
    /// whole, where it can: `"a long let…" · 573 bytes`.
    pub(super) fn shorten_first(self, text: &str, columns: usize) -> String {
        if self.width_of(text) <= columns {
            return self.text(text).into_owned();
        }
        let most = columns.saturating_sub(LEAST_FIRST);
        let Some((first, mut rest)) = said_about(text) else { return self.shorten_end(text, columns) };
        while self.width_of(rest) > most {
            match without_last(rest) {
                Some(shorter) => rest = shorter,
                None => return self.shorten_end(text, columns),
            }
        }
        let quote = quote_of(first).map(String::from).unwrap_or_default();
        let end = format!("{}{quote}{}", self.text(glyph::CUT), self.text(rest));
        let first = self.text(first.strip_suffix(&quote).unwrap_or(first).trim_end_matches([' ', '…']));
        format!("{}{end}", take(first.chars(), columns.saturating_sub(end.width())).trim_end())
    }
}

/// The least of a first part that is worth showing.
const LEAST_FIRST: usize = 8;

/// One line, growing to the right.
#[derive(Clone, Debug)]
pub(super) struct Line {
    paper: Paper,
    pieces: Vec<(Style, String)>,
    width: usize,
}

impl Line {
    /// Adds `text`.
    pub(super) fn put(&mut self, style: Style, text: &str) -> &mut Self {
        // A space that kept words together while lines were broken is an ordinary one from here on.
        let text = self.paper.text(text).replace('\u{a0}', " ");
        self.width += text.width();
        match self.pieces.last_mut().filter(|(last, _)| *last == style) {
            Some((_, piece)) => piece.push_str(&text),
            None => self.pieces.push((style, text)),
        }
        self
    }

    /// Adds spaces up to `column`; none where the line is that long already.
    pub(super) fn to(&mut self, column: usize) -> &mut Self {
        self.fill(" ", column, Style::new())
    }

    /// Adds `text`, right-aligned so that it ends before `column`.
    pub(super) fn put_before(&mut self, column: usize, style: Style, text: &str) -> &mut Self {
        let start = column.saturating_sub(self.paper.width_of(text));
        self.to(start).put(style, text)
    }

    /// Repeats a one-column `glyph` up to `column`.
    pub(super) fn fill(&mut self, glyph: &str, column: usize, style: Style) -> &mut Self {
        let missing = column.saturating_sub(self.width);
        if missing > 0 {
            self.put(style, &glyph.repeat(missing));
        }
        self
    }

    /// Columns used so far.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Writes the line without spaces at its end.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut blanks = 0;
        for (style, text) in &self.pieces {
            let words = text.trim_end_matches(' ');
            if words.is_empty() {
                blanks += text.len();
                continue;
            }
            write!(out, "{:blanks$}", "")?;
            blanks = text.len() - words.len();
            self.write_piece(out, *style, words)?;
        }
        writeln!(out)
    }

    fn write_piece(&self, out: &mut dyn Write, style: Style, words: &str) -> io::Result<()> {
        if self.paper.colour && style != Style::new() {
            write!(out, "{style}{words}{style:#}")
        } else {
            write!(out, "{words}")
        }
    }
}

/// What a text begins with, and what is said about it: after a text in quotes everything, else the last two parts.
fn said_about(text: &str) -> Option<(&str, &str)> {
    let quoted = quote_of(text).and_then(|quote| text.rfind(&format!("{quote} · ")).map(|place| place + 1));
    let parts = || text.rmatch_indices(glyph::BETWEEN).take(2).last().map(|(start, _)| start);
    text.split_at_checked(quoted.or_else(parts)?)
}

/// The mark that a text in quotes begins with.
fn quote_of(text: &str) -> Option<char> {
    text.chars().next().filter(|first| matches!(first, '"' | '\''))
}

/// Without the last thing said, which is the least: what stands in brackets, or the last part.
fn without_last(said: &str) -> Option<&str> {
    let brackets = said.ends_with(')').then(|| said.rsplit_once(" (")).flatten();
    let (before, _) = brackets.or_else(|| said.rsplit_once(glyph::BETWEEN))?;
    Some(before).filter(|before| !before.is_empty())
}

fn take(characters: impl Iterator<Item = char>, columns: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= columns
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Paper = Paper { width: 80, ascii: false, colour: false };

    #[test]
    fn a_preview_is_cut_and_what_is_said_about_it_is_not() {
        let shortened = |text, columns| PAPER.shorten_first(text, columns);
        assert_eq!(shortened("\"a long letter · b\" · 573 bytes", 26), "\"a long lett…\" · 573 bytes");
        assert_eq!(shortened("'a \"long\" letter' · 573 bytes", 26), "'a \"long\" le…' · 573 bytes");
        assert_eq!(
            shortened("{\"a\":1,\"b\":2} · 636 bytes (deflated to 42) · 4 fragments", 42),
            "{\"a\":1,\"b\":2… · 636 bytes (deflated to 42)"
        );
        assert_eq!(
            shortened("0000000000000000… · 1,000 bytes (deflated to 10)", 32),
            "0000000000000000… · 1,000 bytes"
        );
        assert_eq!(shortened("\"hello\" · 5 bytes", 40), "\"hello\" · 5 bytes");
    }
}
