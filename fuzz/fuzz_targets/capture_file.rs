//! Any bytes, read as a saved capture to the end.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use synscope::capture::{Next, from_reader};

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut source) = from_reader("fuzz", Cursor::new(bytes.to_vec())) else { return };
    while let Ok(Next::Frame(frame)) = source.next_frame() {
        assert!(frame.bytes.len() <= 262_144, "frames are bounded");
    }
});
