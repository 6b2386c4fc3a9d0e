//! What the fuzz targets do with their bytes, shared with `tests/fuzz_corpus.rs`, so that `cargo test` replays the corpus
//! through exactly what the fuzzer ran.

pub(crate) mod capture;
pub(crate) mod capture_file;
pub(crate) mod fragments;
pub(crate) mod frame;
pub(crate) mod http1;
pub(crate) mod inflate;
pub(crate) mod stream;
pub(crate) mod track;
pub(crate) mod websocket;

/// Fails where a terminal would be sent anything but plain text and line ends.
fn assert_harmless(text: &[u8]) {
    let text = std::str::from_utf8(text).expect("the output is UTF-8");
    let harmful = |c: char| {
        let control = c.is_control() && c != '\n';
        control || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(harmful), "the output holds control characters: {}", text.escape_debug());
}

/// Fails unless every line is a JSON object with its `type` first.
fn assert_json_lines(text: &[u8]) -> usize {
    assert!(text.is_empty() || text.ends_with(b"\n"), "the last line is whole");
    let mut lines = 0;
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let value: serde_json::Value = serde_json::from_slice(line).expect("a line is JSON");
        assert!(value.is_object(), "a line is an object");
        lines += 1;
    }
    lines
}
