//! How strings are written, so that a line stays a line and a terminal that shows it obeys nobody.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::explain::is_dangerous;

/// Writes `value` as JSON without line breaks, every character that could break a line, command a terminal or turn text around as
/// its `\u` escape. Any JSON reader gets the same strings back.
pub(super) fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // What is dangerous in ASCII is escaped by JSON already, but for DEL.
        if fragment.bytes().all(|byte| byte.is_ascii() && byte != 0x7f) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(place) = rest.find(is_dangerous) {
            let (safe, from) = rest.split_at(place);
            writer.write_all(safe.as_bytes())?;
            let mut characters = from.chars();
            if let Some(character) = characters.next() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_string_breaks_a_line_or_commands_a_terminal_and_every_reader_gets_it_back() {
        let text = "a\u{2028}b\u{85}c\u{202e}d\u{9b}2J\u{7f}\u{1b}[2J é 日本 \u{e0041} \u{1f600}\n";
        let mut out = Vec::new();
        write(&mut out, &text).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(
            line,
            "\"a\\u2028b\\u0085c\\u202ed\\u009b2J\\u007f\\u001b[2J é 日本 \\udb40\\udc41 \u{1f600}\\n\""
        );
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
