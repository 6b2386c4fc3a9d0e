//! The pipeline run inside the test: for tests that read very many captures.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use serde_json::Value;
use synscope::capture::from_reader;
use synscope::pipeline::{self, Options};
use synscope::render::json::JsonLines;
use synscope::render::text::{ReadText, TextOptions};
use synscope::timeline::{Audience, Event};
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

/// The states of both ends at each step that is drawn: `4 FIN-WAIT-1 CLOSE-WAIT`, frame, client, server; `-` where none is known.
pub(crate) fn states(capture: impl Into<Vec<u8>>) -> Vec<String> {
    let mut states = States(BTreeMap::new());
    run(Cursor::new(capture.into()), true, &mut states);
    states.0.into_iter().map(|(frame, states)| format!("{frame} {states}")).collect()
}

/// The states after each frame that is a step.
struct States(BTreeMap<u64, String>);

impl Audience for States {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Step { step, .. } = event {
            let [client, server] = [step.client_state, step.server_state].map(|state| state.unwrap_or("-"));
            self.0.insert(step.frame.0, format!("{client} {server}"));
        }
        Ok(())
    }
}

fn run(capture: impl Read + Send + 'static, steps: bool, audience: &mut dyn Audience) {
    let mut source = from_reader("-", capture).unwrap();
    let limits = Limits { max_memory: USUAL_MEMORY, steps, longest_run: None };
    let options = Options { limits, messages: true, count: None, duration: None };
    pipeline::run(&mut *source, options, &|| false, audience).unwrap();
}
