//! Any bytes, read as a saved capture to the end.

use std::io::Cursor;

use synscope::capture::{Next, from_reader};

/// Reads the bytes as a capture. Panics where a frame is larger than any reader may give.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(mut source) = from_reader("fuzz", Cursor::new(bytes.to_vec())) else { return };
    while let Ok(Next::Frame(frame)) = source.next_frame() {
        assert!(frame.bytes.len() <= 262_144, "frames are bounded");
    }
}
