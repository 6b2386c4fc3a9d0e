//! Equal input and options give equal bytes, and what a capture is read from changes nothing but its name.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::path::PathBuf;
use std::thread;

use serde_json::Value;
use support::scratch::Scratch;
use support::{in_process, synscope};

const TEXT: [&str; 4] = ["--width", "120", "--color", "never"];
const JSON: [&str; 2] = ["--format", "json"];

/// Captures in this folder below the project whose name begins with `prefix`, sorted. Where the folder is missing that is said.
fn captures(folder: &str, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(support::project_file(folder)) else {
        support::skipped(&format!("{folder} is not here"));
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(prefix) && name.contains(".pcap")
    });
    paths.sort();
    assert!(!paths.is_empty(), "{folder} holds no capture {prefix}*");
    paths
}

fn all() -> Vec<PathBuf> {
    [captures("captures", ""), captures("../shared/recordings", "g")].concat()
}

fn printed(file: &str, options: &[&str], stdin: &[u8]) -> Vec<u8> {
    let run = synscope(&[&["read", file], options].concat(), stdin);
    assert_eq!(run.code, Some(0), "{file}: {}", run.stderr);
    run.stdout
}

/// JSON lines without the file's name, its compression, and what only one of the two ways of reading can know.
fn without_the_name(stdout: &[u8]) -> Vec<Value> {
    let mut lines = in_process::lines(stdout);
    for line in &mut lines {
        for key in ["file", "compression"] {
            line.as_object_mut().unwrap().remove(key);
        }
    }
    lines
}

/// Text from the first empty line on: what stands above names the file.
fn without_the_heading(stdout: &[u8]) -> &str {
    let text = std::str::from_utf8(stdout).unwrap();
    text.split_once("\n\n").map_or("", |(_, rest)| rest)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Gives one byte at a time.
struct Dripping(Cursor<Vec<u8>>);

impl Read for Dripping {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(1);
        self.0.read(&mut out[..most])
    }
}

#[test]
fn two_runs_print_equal_bytes() {
    for path in all() {
        let file = path.to_str().unwrap();
        for options in [&TEXT[..], &JSON[..]] {
            assert_eq!(printed(file, options, &[]), printed(file, options, &[]), "{file} {options:?}");
        }
    }
}

#[test]
fn standard_input_and_compression_change_nothing_but_the_name() {
    let scratch = Scratch::new("determinism-compression");
    for path in all() {
        let bytes = fs::read(&path).unwrap();
        let file = path.to_str().unwrap();
        let (json, text) = (printed(file, &JSON, &[]), printed(file, &TEXT, &[]));
        let mut others = vec![("standard input", "-".to_owned(), bytes.clone())];
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            others.push(("gzip", scratch.file("capture", &gzip(&bytes)), Vec::new()));
            others.push(("gzip on standard input", "-".to_owned(), gzip(&bytes)));
        }
        for (way, name, stdin) in others {
            let found = printed(&name, &JSON, &stdin);
            assert_eq!(without_the_name(&found), without_the_name(&json), "{file} as {way}");
            let found = printed(&name, &TEXT, &stdin);
            assert_eq!(without_the_heading(&found), without_the_heading(&text), "{file} as {way}");
        }
    }
}

#[test]
fn a_pipe_that_gives_one_byte_at_a_time_changes_nothing() {
    for path in captures("captures", "") {
        let bytes = fs::read(&path).unwrap();
        let mut command = support::command(&["read", "-", "--format", "json"]);
        let mut child = support::spawn(&mut command);
        let mut stdin = child.stdin.take().unwrap();
        let slowly = bytes.clone();
        let feeder = thread::spawn(move || slowly.chunks(1).for_each(|byte| stdin.write_all(byte).unwrap()));
        let mut found = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut found).unwrap();
        feeder.join().unwrap();
        assert_eq!(support::wait(&mut child), Some(0));
        assert_eq!(found, printed("-", &JSON, &bytes), "{}", path.display());
    }
}

#[test]
fn a_reader_that_gets_one_byte_at_a_time_sees_the_same() {
    for path in all() {
        let bytes = fs::read(&path).unwrap();
        let (whole, slow) = (Cursor::new(bytes.clone()), Dripping(Cursor::new(bytes.clone())));
        let name = path.display();
        assert_eq!(in_process::json_bytes(slow), in_process::json_bytes(whole), "{name}");
        let (whole, slow) = (Cursor::new(bytes.clone()), Dripping(Cursor::new(bytes)));
        assert_eq!(in_process::text(slow, 100), in_process::text(whole, 100), "{name}");
    }
}
