//! Any bytes as what two sides say to each other, HTTP or not.
#![no_main]

#[path = "../bodies/mod.rs"]
#[expect(dead_code, reason = "each target uses one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::http1::run(bytes));
