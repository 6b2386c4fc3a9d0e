//! Memory does not grow with the length of a capture, and stays bounded where somebody opens more than can be followed.
//!
//! Captures are made while the program reads them and never lie anywhere.

#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and numbers are cut to the width of their field on purpose"
)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::Child;
use std::thread;
use std::time::Duration;

use serde_json::Value;

const MEGABYTE: usize = 1_000_000;
/// Connections begin so far apart: more than 60 s of them pass in the smaller capture, so that both reach a steady state.
const BETWEEN_CONNECTIONS_NS: u64 = 100_000_000;
const DATA_SEGMENTS: u32 = 8;
const DATA_LENGTH: usize = 1_400;

/// Half-open connections in the flood.
const FLOOD: u32 = 200_000;
/// What the program may take for the flood with `--max-memory 1M`, in KiB: itself, its libraries and buffers, and the megabyte.
const FLOOD_BOUND_KIB: u64 = 16_000;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

/// A capture being written into the program under test.
struct Stream<W: Write> {
    out: W,
    written: usize,
    frames: u64,
}

/// One segment of the connection with this number, its sequence and acknowledgment numbers counted from the ISNs.
struct Segment {
    connection: u32,
    from_client: bool,
    seq: u32,
    ack: u32,
    flags: u8,
    data_length: usize,
    at_ns: u64,
}

impl<W: Write> Stream<W> {
    fn new(mut out: W) -> Self {
        let header: [u32; 6] = [0xa1b2_3c4d, 0x0004_0002, 0, 0, 262_144, 1];
        for field in header {
            out.write_all(&field.to_le_bytes()).unwrap();
        }
        Self { out, written: 24, frames: 0 }
    }

    fn segment(&mut self, segment: &Segment) {
        let frame = frame(segment, self.frames as u16);
        let time = 1_767_225_600_000_000_000 + segment.at_ns;
        let length = frame.len() as u64;
        for field in [time / 1_000_000_000, time % 1_000_000_000, length, length] {
            self.out.write_all(&(field as u32).to_le_bytes()).unwrap();
        }
        self.out.write_all(&frame).unwrap();
        self.written += 16 + frame.len();
        self.frames += 1;
    }

    /// A whole connection: handshake, data of the server, FIN from both ends.
    fn connection(&mut self, connection: u32) {
        let mut at_ns = u64::from(connection) * BETWEEN_CONNECTIONS_NS;
        let end = 1 + DATA_SEGMENTS * DATA_LENGTH as u32;
        let mut send = |from_client, seq, ack, flags, data_length| {
            self.segment(&Segment { connection, from_client, seq, ack, flags, data_length, at_ns });
            at_ns += 1_000_000;
        };
        send(true, 0, 0, SYN, 0);
        send(false, 0, 1, SYN | ACK, 0);
        send(true, 1, 1, ACK, 0);
        for number in 0..DATA_SEGMENTS {
            send(false, 1 + number * DATA_LENGTH as u32, 1, ACK, DATA_LENGTH);
        }
        send(false, end, 1, FIN | ACK, 0);
        send(true, 1, end + 1, FIN | ACK, 0);
        send(false, end + 1, 2, ACK, 0);
    }

    /// SYN and SYN-ACK, and then nothing.
    fn half_open(&mut self, connection: u32) {
        let at_ns = u64::from(connection) * 10_000;
        let segment =
            Segment { connection, from_client: true, seq: 0, ack: 0, flags: SYN, data_length: 0, at_ns };
        self.segment(&segment);
        let answer =
            Segment { from_client: false, ack: 1, flags: SYN | ACK, at_ns: at_ns + 5_000, ..segment };
        self.segment(&answer);
    }
}

/// An Ethernet frame with IPv4 and TCP, without checksums. Each connection has addresses, a port and ISNs of its own.
fn frame(segment: &Segment, identification: u16) -> Vec<u8> {
    let number = segment.connection;
    let client = [&[10, (number >> 16) as u8, (number >> 8) as u8, number as u8][..], &[0x9c, 0x40]];
    let server = [&[192, 0, 2, 1][..], &[0, 80]];
    let (from, to) = if segment.from_client { (client, server) } else { (server, client) };
    let isn = number.wrapping_mul(2_654_435_761);
    let ack = if segment.flags & ACK == 0 { 0 } else { isn.wrapping_add(segment.ack) };
    let length = 40 + segment.data_length as u16;
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0];
    frame.extend(length.to_be_bytes());
    frame.extend(identification.to_be_bytes());
    frame.extend([0x40, 0, 64, 6, 0, 0]);
    frame.extend([from[0], to[0], from[1], to[1]].concat());
    frame.extend(isn.wrapping_add(segment.seq).to_be_bytes());
    frame.extend(ack.to_be_bytes());
    frame.extend([0x50, segment.flags, 0xff, 0xff, 0, 0, 0, 0]);
    frame.resize(frame.len() + segment.data_length, b'x');
    frame
}

/// What a run came to.
struct Outcome {
    /// Largest resident size in KiB.
    peak: u64,
    /// Frames written.
    frames: u64,
    /// The last line of output that says something.
    last_line: String,
}

/// Runs the program on what `write` writes to its standard input, and watches its memory.
fn run(
    options: &[&str],
    write: impl FnOnce(&mut Stream<BufWriter<std::process::ChildStdin>>) + Send + 'static,
) -> Outcome {
    let mut child = support::spawn(&mut support::command(&[&["read", "-"], options].concat()));
    let stdin = BufWriter::with_capacity(1 << 16, child.stdin.take().unwrap());
    let writer = thread::spawn(move || {
        let mut stream = Stream::new(stdin);
        write(&mut stream);
        stream.out.flush().unwrap();
        stream.frames
    });
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let reader = thread::spawn(move || {
        let lines = stdout.lines().map(Result::unwrap).filter(|line| !line.is_empty());
        lines.last().unwrap_or_default()
    });
    let peak = peak_until_the_end(&mut child);
    assert_eq!(support::wait(&mut child), Some(0));
    Outcome { peak, frames: writer.join().unwrap(), last_line: reader.join().unwrap() }
}

/// The kernel's own high-water mark, asked for until the process is gone. What it misses is the last millisecond.
fn peak_until_the_end(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = mark.and_then(|mark| mark.split_whitespace().next()?.parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        thread::sleep(Duration::from_millis(1));
    }
    peak
}

fn can_be_measured() -> bool {
    let linux = cfg!(target_os = "linux");
    if !linux {
        support::skipped("the peak memory of another process can be read on Linux only");
    }
    linux
}

fn peak_of(megabytes: usize, format: &'static str) -> u64 {
    let outcome = run(&["--format", format], move |stream| {
        let mut connection = 0;
        while stream.written < megabytes * MEGABYTE {
            stream.connection(connection);
            connection += 1;
        }
    });
    println!(
        "{format}: {megabytes} MB in {} frames: {} KiB; {}",
        outcome.frames, outcome.peak, outcome.last_line
    );
    assert!(outcome.peak > 0);
    outcome.peak
}

#[test]
fn ten_times_the_capture_takes_no_more_memory() {
    if !can_be_measured() {
        return;
    }
    for format in ["json", "text"] {
        let (short, long) = (peak_of(20, format), peak_of(200, format));
        assert!(long * 10 <= short * 13, "{format}: {long} KiB for 200 MB, {short} KiB for 20 MB");
    }
}

#[test]
fn a_flood_of_half_open_connections_stays_within_its_bound() {
    if !can_be_measured() {
        return;
    }
    let outcome = run(&["--format", "json", "--max-memory", "1M"], |stream| {
        (0..FLOOD).for_each(|connection| stream.half_open(connection));
    });
    let summary: Value = serde_json::from_str(&outcome.last_line).unwrap();
    println!("{} KiB; {summary}", outcome.peak);
    assert_eq!(summary["type"], "summary");
    assert_eq!(summary["frames"], outcome.frames);
    assert_eq!(summary["frames"], 2 * u64::from(FLOOD));
    assert!(summary["evicted"].as_u64() > Some(0), "{summary}");
    let told: u64 = summary["connections"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(told, u64::from(FLOOD), "each connection is told once: {summary}");
    assert!(outcome.peak <= FLOOD_BOUND_KIB, "{} KiB", outcome.peak);
}
