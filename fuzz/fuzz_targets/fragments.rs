//! Any bytes as fragments of a few packets, in any order, with any overlap, at any time.
#![no_main]

#[path = "../bodies/mod.rs"]
#[expect(dead_code, reason = "each target uses one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::fragments::run(bytes));
