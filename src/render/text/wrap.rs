//! Text into lines: between remarks first, between words then, and inside a word only where it is longer than a line. A
//! number stays with its unit or its name.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::render::text::glyph::{BETWEEN, UNBROKEN};
use crate::render::text::line::Paper;

/// `text` in lines of at most `columns` (at least 8 are used). Parts separated by ` · ` stay whole where they can, and the
/// separator goes where the line breaks; parts are spread evenly over the lines that they need.
pub(super) fn wrap(paper: Paper, text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let lines = spread(paper, &kept_together(text, columns / 2), columns);
    lines.into_iter().map(|line| line.replace(UNBROKEN, " ")).collect()
}

fn spread(paper: Paper, text: &str, columns: usize) -> Vec<String> {
    let widest = greedy(paper, text, columns);
    if widest.len() < 2 || text.len() > LONGEST_SPREAD || !text.contains(BETWEEN) {
        return widest;
    }
    let spread = (columns / 2..columns).map(|narrower| greedy(paper, text, narrower));
    spread
        .into_iter()
        .find(|lines| lines.len() == widest.len() && broken_parts(lines) == broken_parts(&widest))
        .unwrap_or(widest)
}

/// What stands after a number and belongs to it.
const UNITS: [&str; 20] = [
    "ns", "µs", "ms", "s", "min", "h", "d", "kB", "MB", "GB", "TB", "byte", "bytes", "bits", "frame",
    "frames", "segment", "segments", "SYNs", "times",
];
/// What stands before a number and belongs to it.
const NAMES: [&str; 17] = [
    "ISN",
    "MSS",
    "TTL",
    "limit",
    "ack",
    "acknowledgment",
    "byte",
    "connection",
    "frame",
    "port",
    "scale",
    "seq",
    "shift",
    "version",
    "window",
    "after",
    "RFC",
];

/// `text` with unbroken spaces between numbers and their units or names, as far as a group takes at most `longest` columns.
fn kept_together(text: &str, longest: usize) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut group = "";
    let mut length = 0;
    for word in text.split(' ') {
        let joined = belong_together(group, word) && length + 1 + word.width() <= longest;
        if !kept.is_empty() {
            kept.push_str(if joined { UNBROKEN } else { " " });
        }
        length = if joined { length + 1 } else { 0 } + word.width();
        kept.push_str(word);
        group = word;
    }
    kept
}

fn belong_together(word: &str, next: &str) -> bool {
    let bare = |text: &str| text.trim_matches(|c: char| c.is_ascii_punctuation()).to_owned();
    // Nothing belongs together across a comma or a bracket.
    let (ends, begins) = (word.ends_with(|c: char| c.is_alphanumeric()), next.starts_with('('));
    ends && !begins
        && (is_number(word) && UNITS.contains(&bare(next).as_str())
            || NAMES.contains(&bare(word).as_str()) && is_number(next))
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches(['+', '-', '#', '×', '§', '(']);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// Lines that go on with a part of the line before.
fn broken_parts(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.starts_with("  ")).count()
}

/// Spreading tries many widths: only worth it, and only cheap, for texts that are a few lines long.
const LONGEST_SPREAD: usize = 300;

/// Between the remarks of a layer's summary.
const GAP: &str = "   ";

fn greedy(paper: Paper, text: &str, columns: usize) -> Vec<String> {
    let gap = if text.contains(BETWEEN) { BETWEEN } else { GAP };
    let between = paper.text(gap);
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(gap) {
        // The stand-in for an unbroken space would be broken.
        let part = part.split(UNBROKEN).map(|piece| paper.text(piece)).collect::<Vec<_>>().join(UNBROKEN);
        match lines.last_mut().filter(|line| line.width() + between.width() + part.width() <= columns) {
            Some(line) => {
                line.push_str(&between);
                line.push_str(&part);
            }
            None => wrap_words(&part, columns, &mut lines),
        }
    }
    lines
}

/// Lines after the first are set in by two columns. The width of the line is carried along: measuring it anew for every
/// character would take for ever on a text that a capture file may hold.
fn wrap_words(part: &str, columns: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    let mut blank = true;
    for word in part.split(' ') {
        if !blank && used + 1 + word.width() > columns {
            lines.push(std::mem::replace(&mut line, " ".to_owned()));
            (used, blank) = (1, true);
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        for character in word.chars() {
            let width = character.width().unwrap_or(0);
            if used + width > columns {
                lines.push(std::mem::replace(&mut line, "  ".to_owned()));
                used = 2;
            }
            line.push(character);
            used += width;
            blank = false;
        }
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Paper = Paper { width: 80, ascii: false, colour: false };

    #[test]
    fn lines_break_between_remarks_first() {
        let text = "client ISN 2891341221 · MSS 1460 · scale ×128 · SACK · timestamps";
        assert_eq!(
            wrap(PAPER, text, 36),
            ["client ISN 2891341221 · MSS 1460", "scale ×128 · SACK · timestamps"]
        );
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        let lines = ["closed by the server (FIN)", "  after 604 ms"];
        assert_eq!(wrap(PAPER, "closed by the server (FIN) after 604 ms", 37), lines);
        assert_eq!(wrap(PAPER, "carries 207 bytes, MSS 1460", 20), ["carries 207 bytes,", "  MSS 1460"]);
        assert_eq!(
            wrap(PAPER, "TTL 64   don't fragment   60 bytes", 30),
            ["TTL 64   don't fragment", "60 bytes"]
        );
        let plain = Paper { ascii: true, ..PAPER };
        assert_eq!(wrap(plain, "after 604 µs", 8), ["after", "  604 us"]);
    }

    #[test]
    fn numbers_are_never_cut() {
        let text = "ack 2891341222 = client ISN 2891341221 + 1 ✓";
        assert_eq!(wrap(PAPER, text, 30), ["ack 2891341222 = client", "  ISN 2891341221 + 1 ✓"]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut_all_the_same() {
        assert_eq!(wrap(PAPER, "abcdefghijklmnop", 10), ["abcdefghij", "  klmnop"]);
    }

    #[test]
    fn a_line_without_end_is_wrapped_like_any_other() {
        // One word, one accent after another, nothing but spaces: with work that grows with the square, none of them would end.
        for text in ["a".repeat(300_000), "\u{301}".repeat(300_000), " ".repeat(300_000)] {
            assert!(wrap(PAPER, &text, 1_000).iter().all(|line| line.width() <= 1_000));
        }
    }

    #[test]
    fn parts_are_spread_over_lines_but_never_broken_for_it() {
        let text = "closed by the server (FIN) after 201 ms, the other side followed · the client sent 5 bytes · the server none";
        let lines = [
            "closed by the server (FIN) after 201 ms, the other side followed",
            "the client sent 5 bytes · the server none",
        ];
        assert_eq!(wrap(PAPER, text, 76), lines);
    }
}
