//! How fast streams are put in order: `cargo bench --bench assemble`. Each round is one side's stream in segments of 1,448 bytes, the
//! most that fits an Ethernet frame with the usual options, acknowledged every second segment.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot go on has failed; divan makes the entry points"
)]

use divan::Bencher;
use divan::counter::BytesCount;
use synscope::base::{FrameNo, SeqNum, StreamSpan, Timestamp};
use synscope::stream::{Assembler, Piece, Run};

const SEGMENT: u32 = 1_448;
const SEGMENTS: u32 = 16_384;
/// A microsecond between frames.
const BETWEEN: u64 = 1_000;

fn main() {
    divan::main();
}

/// As a clean capture has it: nothing is copied but what is kept until it is acknowledged.
#[divan::bench]
fn in_order(bencher: Bencher<'_, '_>) {
    measure(bencher, &(0..SEGMENTS).collect::<Vec<_>>(), true);
}

/// Only this side's direction was captured.
#[divan::bench]
fn in_order_never_acknowledged(bencher: Bencher<'_, '_>) {
    measure(bencher, &(0..SEGMENTS).collect::<Vec<_>>(), false);
}

/// Every two neighbours are swapped.
#[divan::bench]
fn swapped(bencher: Bencher<'_, '_>) {
    measure(bencher, &(0..SEGMENTS).map(|n| n ^ 1).collect::<Vec<_>>(), true);
}

/// Runs of 1,024 segments, each from its last to its first: 1.4 MiB wait.
#[divan::bench]
fn reversed_in_long_runs(bencher: Bencher<'_, '_>) {
    measure(bencher, &(0..SEGMENTS).map(|n| n ^ 1_023).collect::<Vec<_>>(), true);
}

/// Every segment is there twice, one after the other.
#[divan::bench]
fn sent_twice(bencher: Bencher<'_, '_>) {
    measure(bencher, &(0..SEGMENTS).flat_map(|n| [n, n]).collect::<Vec<_>>(), true);
}

fn measure(bencher: Bencher<'_, '_>, order: &[u32], acknowledged: bool) {
    let bytes = vec![b'x'; usize::try_from(SEGMENT).unwrap()];
    let total = u64::from(SEGMENTS) * u64::from(SEGMENT);
    bencher.counter(BytesCount::new(total)).bench_local(|| {
        assert_eq!(assemble(order, &bytes, acknowledged), total, "every byte is told");
    });
}

/// Puts the segments in order; bytes that were told.
fn assemble(order: &[u32], bytes: &[u8], acknowledged: bool) -> u64 {
    let first = SeqNum(u32::MAX - 1_000_000);
    let mut stream = Assembler::default();
    stream.begin(first);
    let mut told = 0;
    for (frame, number) in (1..).zip(order) {
        let time = Some(Timestamp(frame * BETWEEN));
        let seq = first + number * SEGMENT;
        let run = stream.piece(&Piece { frame: FrameNo(frame), time, seq, declared: SEGMENT, bytes });
        told += run.as_ref().map_or(0, length);
        while let Some(run) = stream.ready() {
            told += length(&run);
        }
        if acknowledged && frame % 2 == 0 {
            let due = first + u32::try_from(told).expect("a round is short");
            stream.acknowledged(due, time);
        }
        divan::black_box(stream.frames(StreamSpan::new(told.saturating_sub(1), told)).next());
        stream.forget(told.saturating_sub(1));
    }
    told
}

fn length(run: &Run<'_>) -> u64 {
    match run {
        Run::Bytes { bytes, .. } => u64::try_from(bytes.len()).unwrap(),
        Run::Gap(_) | Run::End => 0,
    }
}
