//! Any bytes as a capture through the whole pipeline, into text and JSON.

use std::io::Cursor;

use synscope::capture::from_reader;
use synscope::ladder::MessageDetail;
use synscope::pipeline::{self, Options};
use synscope::render::json::JsonLines;
use synscope::render::text::{ReadText, TextOptions};
use synscope::timeline::{Audience, Summary};
use synscope::track::Limits;

/// A compressed input can hold very many frames; a fuzzer has better things to do than to count them all.
const MOST_FRAMES: u64 = 20_000;
/// So little that connections are given up all the time.
const TIGHT_MEMORY: u64 = 1 << 13;
const AMPLE_MEMORY: u64 = 1 << 24;

/// Reads the bytes as a capture three times. Panics where the program would, where text is not harmless, where a line is not JSON,
/// and where the three runs do not count the same frames.
pub(crate) fn run(bytes: &[u8]) {
    let messages = MessageDetail::Full;
    let (narrow, wide) =
        (TextOptions { width: 40, ascii: true, messages, ..TextOptions::default() }, TextOptions::default());
    let counts = [(narrow, TIGHT_MEMORY), (wide, AMPLE_MEMORY)].map(|(options, memory)| {
        let mut out = Vec::new();
        let summary = analyse(bytes, memory, true, &mut ReadText::new(&mut out, options));
        super::assert_harmless(&out);
        summary.map(|summary| summary.frames)
    });
    let mut out = Vec::new();
    let summary = analyse(bytes, TIGHT_MEMORY, false, &mut JsonLines::new(&mut out, false, false));
    let lines = super::assert_json_lines(&out);
    assert!(lines >= 2 || summary.is_none(), "there are a first and a last line");
    assert!(counts.into_iter().all(|count| count == summary.as_ref().map(|summary| summary.frames)));
}

/// The totals; `None` where the bytes are no capture.
fn analyse(bytes: &[u8], max_memory: u64, steps: bool, audience: &mut dyn Audience) -> Option<Summary> {
    let mut source = from_reader("fuzz", Cursor::new(bytes.to_vec())).ok()?;
    let limits = Limits { max_memory, steps, longest_run: None };
    let options = Options { limits, messages: true, count: Some(MOST_FRAMES), duration: None };
    Some(pipeline::run(&mut *source, options, &|| false, audience).expect("memory does not fail"))
}
