//! The one way by which texts from files and the network reach a terminal.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Combining accents that may follow each other; no language needs more on one letter.
const MOST_ACCENTS: usize = 4;

/// `text` with everything that could command or deceive a terminal written as an escape: control characters (C0, DEL, C1, so no
/// escape sequence survives), bidirectional marks and overrides, zero-width and other invisible format characters, separators
/// that break lines. Combining accents stay, up to four in a row: a tower of them would cover other lines. Borrowed where
/// nothing had to be changed.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) && !has_towers(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut accents = 0;
    for character in text.chars() {
        accents = if is_accent(character) { accents + 1 } else { 0 };
        if is_dangerous(character) || accents > MOST_ACCENTS {
            safe.extend(escape(character));
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Whether it takes no column of its own.
fn is_accent(character: char) -> bool {
    !character.is_ascii() && character.width() == Some(0)
}

fn has_towers(text: &str) -> bool {
    let mut accents = 0;
    text.chars().any(|character| {
        accents = if is_accent(character) { accents + 1 } else { 0 };
        accents > MOST_ACCENTS
    })
}

/// `\n`, `\u{1b}`: as in Rust.
fn escape(character: char) -> Box<dyn Iterator<Item = char>> {
    match character {
        '\t' | '\n' | '\r' => Box::new(character.escape_default()),
        _ => Box::new(character.escape_unicode()),
    }
}

/// Whether a character could command or deceive a terminal, or break a line.
#[must_use]
pub fn is_dangerous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_borrowed() {
        assert!(matches!(printable("capture-é-日本.pcap"), Cow::Borrowed("capture-é-日本.pcap")));
    }

    #[test]
    fn escape_sequences_lose_their_power() {
        assert_eq!(printable("a\u{1b}[31mred\u{7}\u{9b}2J\u{7f}"), "a\\u{1b}[31mred\\u{7}\\u{9b}2J\\u{7f}");
        assert_eq!(printable("two\r\nlines\t"), "two\\r\\nlines\\t");
    }

    #[test]
    fn text_cannot_be_turned_around_or_hidden() {
        for character in [
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{200e}',
            '\u{200f}',
            '\u{200b}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            let text = format!("x{character}y");
            let safe = printable(&text);
            assert!(!safe.contains(character), "{character:?} came through");
            assert!(safe.is_ascii());
        }
    }

    #[test]
    fn accents_stay_but_towers_of_them_do_not() {
        assert!(matches!(printable("e\u{301}\u{323}"), Cow::Borrowed(_)));
        let tower = format!("e{}f", "\u{301}".repeat(6));
        assert_eq!(printable(&tower), "e\u{301}\u{301}\u{301}\u{301}\\u{301}\\u{301}f");
    }
}
