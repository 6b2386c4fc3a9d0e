//! The text of a message below its arrow, in lines of a width, made safe to print.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::base::convert::wide;
use crate::explain::printable;
use crate::ladder::Excerpt;
use crate::ladder::number::counted;
use crate::render::text::glyph;
use crate::render::text::line::Paper;

/// Most lines of one text.
const MOST_LINES: usize = 40;
/// Accents that stay with their letter; more stand alone, as escapes.
const MOST_ACCENTS: usize = 4;

/// The lines of a text in at most `columns` (at least 16 are used), and how much of it is not shown, in words.
pub(super) fn lines(paper: Paper, excerpt: &Excerpt, columns: usize) -> (Vec<String>, Option<String>) {
    let mut rows = Rows { paper, columns: columns.max(16), text: &excerpt.text, place: 0 };
    let lines: Vec<_> = rows.by_ref().take(MOST_LINES).collect();
    let unread = wide(excerpt.text.len().saturating_sub(rows.place));
    let more = unread.saturating_add(excerpt.more);
    let rest = (more > 0).then(|| format!("{} {}", glyph::CUT, counted(more, "more byte")));
    (lines, rest)
}

/// Reads line after line: up to a line feed, else up to the last space that leaves room.
struct Rows<'a> {
    paper: Paper,
    columns: usize,
    text: &'a str,
    /// The first byte that was not read.
    place: usize,
}

impl Iterator for Rows<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let start = self.place;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let mut row = String::new();
        let mut used = 0;
        // Where the row may be broken: its length, and what was read up to there.
        let mut space = None;
        for cluster in Clusters::of(rest, self.paper) {
            let sent = rest.get(cluster.clone()).unwrap_or_default();
            if sent == "\n" || sent == "\r\n" {
                self.place = start + cluster.end;
                return Some(row);
            }
            let shown = shown(self.paper, sent);
            if used + shown.width() > self.columns {
                let (length, read) = space.unwrap_or((row.len(), cluster.start));
                row.truncate(length);
                self.place = start + read;
                return Some(row);
            }
            used += shown.width();
            row.push_str(&shown);
            if sent == " " && used > self.columns / 2 {
                space = Some((row.len(), cluster.end));
            }
        }
        self.place = self.text.len();
        Some(row)
    }
}

/// Pieces of a text that stay on one line: a character with its accents, a carriage return with its line feed.
struct Clusters<'a> {
    text: &'a str,
    place: usize,
    accents: usize,
}

impl<'a> Clusters<'a> {
    /// In ASCII an accent is an escape of its own.
    fn of(text: &'a str, paper: Paper) -> Self {
        Self { text, place: 0, accents: if paper.ascii { 0 } else { MOST_ACCENTS } }
    }
}

impl Iterator for Clusters<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.place;
        let rest = self.text.get(start..)?;
        let first = rest.chars().next()?;
        let mut end = start + first.len_utf8();
        let mut following = rest.chars().skip(1);
        if first == '\r' {
            end += usize::from(following.next() == Some('\n'));
        } else if !is_accent(first) {
            end += following
                .take(self.accents)
                .take_while(|character| is_accent(*character))
                .map(char::len_utf8)
                .sum::<usize>();
        }
        self.place = end;
        Some(start..end)
    }
}

/// An accent without a letter would stand on whatever is before it.
fn shown(paper: Paper, sent: &str) -> String {
    match sent.chars().next() {
        Some(accent) if is_accent(accent) => accent.escape_unicode().to_string(),
        _ => paper.text(&printable(sent)).into_owned(),
    }
}

fn is_accent(character: char) -> bool {
    !character.is_ascii() && character.width() == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAPER: Paper = Paper { width: 80, ascii: false, colour: false };

    fn of(text: &str, more: u64, columns: usize) -> (Vec<String>, Option<String>) {
        lines(PAPER, &Excerpt { text: text.to_owned(), more }, columns)
    }

    #[test]
    fn a_text_keeps_its_lines_and_breaks_long_ones_at_a_space() {
        let text = "{\r\n  \"a\": 1\n}\nthis line has more than thirty-two columns";
        let (lines, rest) = of(text, 0, 32);
        assert_eq!(lines, ["{", "  \"a\": 1", "}", "this line has more than ", "thirty-two columns"]);
        assert_eq!(rest, None);
    }

    #[test]
    fn what_is_not_shown_is_counted_to_the_byte() {
        let (lines, rest) = of(&"é".repeat(2_000), 1_000, 40);
        assert_eq!(lines.len(), 40);
        assert_eq!(rest.unwrap(), "… 1,800 more bytes");
    }

    #[test]
    fn nothing_in_it_commands_the_terminal() {
        let (lines, _) = of("a\u{1b}[2Jb\u{202e}c\u{7}\td\u{301}\u{301}\u{301}\u{301}\u{301}", 0, 60);
        assert_eq!(lines.concat(), "a\\u{1b}[2Jb\\u{202e}c\\u{7}\\td\u{301}\u{301}\u{301}\u{301}\\u{301}");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_every_byte_is_shown_or_counted(
            text in "(\\PC|[\\x00-\\x20]|\u{301}|漢){0,300}",
            columns in 16..100_usize,
            ascii in any::<bool>(),
        ) {
            let paper = Paper { ascii, ..PAPER };
            let (lines, rest) = lines(paper, &Excerpt { text: text.clone(), more: 0 }, columns);
            prop_assert!(lines.len() <= MOST_LINES);
            for line in &lines {
                prop_assert!(line.width() <= columns && !line.contains(char::is_control), "{line:?}");
            }
            prop_assert!(rest.is_none() || lines.len() == MOST_LINES);
        }
    }
}
