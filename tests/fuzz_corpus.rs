//! Every input that was ever worth keeping, played through what the fuzz targets do, in every `cargo test`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "../fuzz/bodies/mod.rs"]
mod bodies;

use std::fs;
use std::path::Path;

/// Plays the corpus of a target; fails where there is none.
fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "{} holds {} files", folder.display(), files.len());
    for file in files {
        // Shown only where the body fails.
        println!("{}", file.display());
        body(&fs::read(&file).unwrap());
    }
}

#[test]
fn captures_are_read_to_the_end() {
    replay("capture_file", bodies::capture_file::run);
}

#[test]
fn captures_pass_the_whole_pipeline() {
    replay("capture", bodies::capture::run);
}

#[test]
fn frames_are_taken_apart_explained_and_printed() {
    replay("frame", bodies::frame::run);
}

#[test]
fn streams_are_put_in_order() {
    replay("stream", bodies::stream::run);
}

#[test]
fn connections_never_contradict_themselves() {
    replay("track", bodies::track::run);
}

#[test]
fn fragments_are_put_together() {
    replay("fragments", bodies::fragments::run);
}

#[test]
fn conversations_are_the_same_however_they_are_cut() {
    replay("http1", bodies::http1::run);
}

#[test]
fn compressed_bodies_are_unpacked_within_bounds() {
    replay("inflate", bodies::inflate::run);
}

#[test]
fn websocket_frames_are_the_same_however_they_are_cut() {
    replay("websocket", bodies::websocket::run);
}
