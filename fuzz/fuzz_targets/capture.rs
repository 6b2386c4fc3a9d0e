//! Any bytes as a capture through the whole pipeline, into text and JSON.
#![no_main]

#[path = "../bodies/mod.rs"]
#[expect(dead_code, reason = "each target uses one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::capture::run(bytes));
