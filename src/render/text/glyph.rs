//! Every character beyond ASCII that the pictures use, with what stands for it under `--ascii`.

use std::borrow::Cow;

/// A lane of an end that is opening or closing.
pub(super) const DOTTED: &str = "┊";
/// A lane of an established end.
pub(super) const SOLID: &str = "│";
/// Where an arrow to the right begins.
pub(super) const TAIL_RIGHT: &str = "├";
/// Where an arrow to the left begins.
pub(super) const TAIL_LEFT: &str = "┤";
/// The shaft of an arrow.
pub(super) const SHAFT: &str = "─";
/// The head of an arrow to the right.
pub(super) const HEAD_RIGHT: &str = "▶";
/// The head of an arrow to the left.
pub(super) const HEAD_LEFT: &str = "◀";
/// Below a column of times: their sum.
pub(super) const BRACE: &str = "╰─";
/// Rungs that were left out.
pub(super) const FOLD: &str = "⋮";
/// A check that holds.
pub(super) const TICK: &str = "✓";
/// A check that does not hold.
pub(super) const CROSS: &str = "✗";
/// Text that was shortened here.
pub(super) const CUT: &str = "…";
/// Between remarks that stand side by side.
pub(super) const BETWEEN: &str = " · ";
/// Before every line of a text that was sent.
pub(super) const QUOTE: &str = "▏";
/// Nobody spoke.
pub(super) const SILENT: &str = "▁";
/// Somebody spoke.
pub(super) const SPEAKS: &str = "▄";
/// Somebody spoke much.
pub(super) const SPEAKS_MUCH: &str = "█";
/// A space that keeps words on one line.
pub(super) const UNBROKEN: &str = "\u{a0}";
/// A byte that is not a printable character.
pub(super) const UNPRINTABLE: &str = "·";

/// Longer pieces come before the characters they are made of.
const ASCII: [(&str, &str); 32] = [
    (UNBROKEN, " "),
    (BETWEEN, ", "),
    (DOTTED, ":"),
    (SOLID, "|"),
    (TAIL_RIGHT, "+"),
    (TAIL_LEFT, "+"),
    (SHAFT, "-"),
    (HEAD_RIGHT, ">"),
    (HEAD_LEFT, "<"),
    ("╰", "`"),
    (FOLD, ":"),
    (TICK, "(ok)"),
    (CROSS, "(WRONG)"),
    (CUT, "..."),
    (UNPRINTABLE, "."),
    (QUOTE, "|"),
    (SILENT, "."),
    (SPEAKS, ":"),
    (SPEAKS_MUCH, "|"),
    ("→", "->"),
    ("←", "<-"),
    ("⇄", "<->"),
    ("×", "x"),
    ("≠", "is not"),
    ("≥", ">="),
    ("≤", "<="),
    ("µ", "u"),
    ("§", "section "),
    ("–", "-"),
    ("’", "'"),
    ("“", "\""),
    ("”", "\""),
];

/// `text` in ASCII alone: known characters by their stand-ins, any other as an escape. Borrowed where it is ASCII already.
pub(super) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let known = ASCII.iter().find(|(piece, _)| rest.starts_with(piece));
        if let Some((piece, stand_in)) = known {
            plain.push_str(stand_in);
            rest = rest.strip_prefix(piece).unwrap_or_default();
            continue;
        }
        if next.is_ascii() {
            plain.push(next);
        } else {
            plain.extend(next.escape_unicode());
        }
        rest = rest.strip_prefix(next).unwrap_or_default();
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stand_in_is_ascii_and_no_piece_is() {
        for (piece, stand_in) in ASCII {
            assert!(stand_in.is_ascii() && !piece.is_ascii(), "{piece}");
        }
    }

    #[test]
    fn sentences_stay_readable() {
        assert_eq!(ascii("client ISN 7 · scale ×128 · 61 µs"), "client ISN 7, scale x128, 61 us");
        assert_eq!(ascii("ack 77 ≠ 101 ✗"), "ack 77 is not 101 (WRONG)");
        assert_eq!(ascii("caf\u{e9}"), "caf\\u{e9}");
    }
}
