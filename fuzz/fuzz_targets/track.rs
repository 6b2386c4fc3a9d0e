//! Any bytes as segments of a few connections, in several networks, in fragments and in crowds, through the whole pipeline.
#![no_main]

#[path = "../bodies/mod.rs"]
#[expect(dead_code, reason = "each target uses one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::track::run(bytes));
