//! The pipeline run inside the test: for tests that read very many captures.

use std::io::{Cursor, Read};

use serde_json::Value;
use synscope::capture::from_reader;
use synscope::pipeline::{self, Options};
use synscope::render::json::JsonLines;
use synscope::render::text::{ReadText, TextOptions};
use synscope::timeline::Audience;
use synscope::track::Limits;

/// What `--max-memory` is unless said.
const USUAL_MEMORY: u64 = 1 << 30;

/// The JSON lines of a capture.
pub(crate) fn json(capture: impl Into<Vec<u8>>) -> Vec<Value> {
    lines(&json_bytes(Cursor::new(capture.into())))
}

/// The JSON lines of a capture as they are written.
pub(crate) fn json_bytes(capture: impl Read + Send + 'static) -> Vec<u8> {
    let mut out = Vec::new();
    run(capture, false, &mut JsonLines::new(&mut out, false, false));
    out
}

/// The text for a capture, so many columns wide, without colours.
pub(crate) fn text(capture: impl Read + Send + 'static, width: usize) -> String {
    let mut out = Vec::new();
    let options = TextOptions { width, ..TextOptions::default() };
    run(capture, true, &mut ReadText::new(&mut out, options));
    String::from_utf8(out).unwrap()
}

/// Lines of JSON as values.
pub(crate) fn lines(bytes: &[u8]) -> Vec<Value> {
    std::str::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn run(capture: impl Read + Send + 'static, steps: bool, audience: &mut dyn Audience) {
    let mut source = from_reader("-", capture).unwrap();
    let limits = Limits { max_memory: USUAL_MEMORY, steps, longest_run: None };
    let options = Options { limits, messages: true, count: None, duration: None };
    pipeline::run(&mut *source, options, &|| false, audience).unwrap();
}
