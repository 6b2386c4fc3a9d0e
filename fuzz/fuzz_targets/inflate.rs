//! Any bytes as a compressed body.
#![no_main]

#[path = "../bodies/mod.rs"]
#[expect(dead_code, reason = "each target uses one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::inflate::run(bytes));
