//! Any bytes as the life of one side's stream: pieces, acknowledgments, FINs in any order.
#![no_main]

#[path = "../bodies/mod.rs"]
#[expect(dead_code, reason = "each target uses one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::stream::run(bytes));
