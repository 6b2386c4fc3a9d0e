//! Laws of putting a stream in order: what was cut, swapped, repeated or lost on the way never changes a byte of what is told.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use synscope::base::{FrameNo, SeqNum, StreamSpan, Timestamp};
use synscope::stream::{Assembler, Gap, GapCause, Piece, Run};

const CASES: u32 = 400;

/// One segment of the stream: which bytes it carries, and how many of them were captured.
#[derive(Clone, Debug)]
struct Segment {
    bytes: Range<usize>,
    captured: usize,
}

/// What a stream told, held against what was sent.
struct Reader<'a> {
    sent: &'a [u8],
    first: SeqNum,
    stream: Assembler,
    frame: u64,
    now: Timestamp,
    /// Whether each byte was told, or named in a gap; in order.
    told: Vec<bool>,
    gaps: Vec<Gap>,
    ended: bool,
}

impl<'a> Reader<'a> {
    fn new(sent: &'a [u8], first: u32) -> Self {
        let mut stream = Assembler::default();
        stream.begin(SeqNum(first));
        Self {
            sent,
            first: SeqNum(first),
            stream,
            frame: 0,
            now: Timestamp(0),
            told: Vec::new(),
            gaps: Vec::new(),
            ended: false,
        }
    }

    fn number(&self, place: usize) -> SeqNum {
        self.first + u32::try_from(place).unwrap()
    }

    fn hear(&mut self, run: &Run<'_>) {
        assert!(!self.ended, "nothing is told behind the end");
        let at = self.told.len();
        match run {
            Run::Bytes { offset, bytes } => {
                assert_eq!(usize::try_from(*offset).unwrap(), at);
                assert!(!bytes.is_empty());
                assert_eq!(bytes.as_ref(), &self.sent[at..at + bytes.len()]);
                self.told.resize(at + bytes.len(), true);
            }
            Run::Gap(gap) => {
                assert_eq!(usize::try_from(gap.missing.start).unwrap(), at);
                assert!(!gap.missing.is_empty());
                self.told.resize(usize::try_from(gap.missing.end).unwrap(), false);
                self.gaps.push(*gap);
            }
            Run::End => self.ended = true,
        }
    }

    fn drain(&mut self) {
        while let Some(run) = self.stream.ready() {
            self.hear(&run);
        }
    }

    /// Takes a segment in a frame of its own, numbered from 1.
    fn segment(&mut self, segment: &Segment) {
        self.frame += 1;
        let piece = Piece {
            frame: FrameNo(self.frame),
            time: Some(self.now),
            seq: self.number(segment.bytes.start),
            declared: u32::try_from(segment.bytes.len()).unwrap(),
            bytes: &self.sent[segment.bytes.start..segment.bytes.start + segment.captured],
        };
        if let Some(run) = self.stream.piece(&piece) {
            self.hear(&run);
        }
        self.drain();
    }

    fn acknowledge(&mut self, place: usize) {
        self.stream.acknowledged(self.number(place), Some(self.now));
        self.drain();
    }

    fn fin(&mut self) {
        self.stream.fin(self.number(self.sent.len()));
        self.drain();
    }

    fn finish(&mut self) {
        self.stream.finish();
        self.drain();
    }

    fn frames(&self, place: usize) -> Vec<u64> {
        let place = u64::try_from(place).unwrap();
        self.stream.frames(StreamSpan::new(place, place + 1)).map(|origin| origin.frame.0).collect()
    }
}

/// Numbers to begin with, most of them just before the wrap-around.
fn first_numbers() -> impl Strategy<Value = u32> {
    prop_oneof![3 => (u32::MAX - 600)..=u32::MAX, 1 => any::<u32>()]
}

/// A stream, segments that together carry all of it, and segments that carry parts of it again.
fn streams() -> impl Strategy<Value = (Vec<u8>, Vec<Segment>)> {
    let sent = vec(any::<u8>(), 1..600);
    let cuts = vec(any::<Index>(), 0..40);
    let again = vec((any::<Index>(), 1..200_usize), 0..20);
    (sent, cuts, again).prop_map(|(sent, cuts, again)| {
        let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(sent.len())).collect();
        ends.extend([0, sent.len()]);
        ends.sort_unstable();
        ends.dedup();
        let mut segments: Vec<_> = ends.windows(2).map(|ends| ends[0]..ends[1]).collect();
        for (start, length) in again {
            let start = start.index(sent.len());
            segments.push(start..sent.len().min(start + length));
        }
        let whole = |bytes: Range<usize>| Segment { captured: bytes.len(), bytes };
        let segments = segments.into_iter().map(whole).collect();
        (sent, segments)
    })
}

/// The same in any order.
fn shuffled() -> impl Strategy<Value = (Vec<u8>, Vec<Segment>)> {
    streams().prop_flat_map(|(sent, segments)| (Just(sent), Just(segments).prop_shuffle()))
}

/// For each byte, the first frame that brought it.
fn bringers(sent: &[u8], segments: &[Segment]) -> Vec<Option<u64>> {
    let mut bringers = vec![None; sent.len()];
    for (frame, segment) in (1..).zip(segments) {
        let start = segment.bytes.start;
        for bringer in &mut bringers[start..start + segment.captured] {
            *bringer = bringer.or(Some(frame));
        }
    }
    bringers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_order_and_repetition_gives_the_same_bytes(
        (sent, segments) in shuffled(),
        first in first_numbers(),
        fin_after in any::<Index>(),
    ) {
        let mut reader = Reader::new(&sent, first);
        let fin_after = fin_after.index(segments.len());
        for (number, segment) in segments.iter().enumerate() {
            reader.segment(segment);
            reader.acknowledge(reader.told.len());
            if number >= fin_after {
                reader.fin();
            }
        }
        prop_assert!(reader.ended && reader.gaps.is_empty());
        prop_assert_eq!(reader.told.len(), sent.len());
        prop_assert_eq!(reader.stream.annotations().count(), 0);
        for (place, bringer) in bringers(&sent, &segments).into_iter().enumerate() {
            prop_assert_eq!(reader.frames(place), [bringer.unwrap()]);
        }
    }

    #[test]
    fn what_was_lost_is_named_and_everything_else_is_told(
        (sent, segments) in shuffled(),
        first in first_numbers(),
        lost in vec(any::<bool>(), 60),
        has_fin in any::<bool>(),
    ) {
        let segments: Vec<_> = segments.into_iter().zip(lost).filter(|(_, lost)| !lost).map(|(segment, _)| segment).collect();
        let mut reader = Reader::new(&sent, first);
        for segment in &segments {
            reader.segment(segment);
        }
        if has_fin {
            reader.fin();
        }
        reader.finish();
        let bringers = bringers(&sent, &segments);
        let seen = bringers.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        prop_assert_eq!(reader.told.len(), if has_fin { sent.len() } else { seen });
        prop_assert_eq!(reader.ended, has_fin);
        prop_assert!(reader.gaps.iter().all(|gap| gap.cause == GapCause::Lost));
        for (place, told) in reader.told.iter().enumerate() {
            prop_assert_eq!(*told, bringers[place].is_some());
            prop_assert_eq!(reader.frames(place), bringers[place].into_iter().collect::<Vec<_>>());
        }
        let found: Vec<_> = reader.stream.annotations().map(|annotation| annotation.rule.id).collect();
        prop_assert!(found.iter().all(|id| *id == "data-lost") && found.len() <= reader.gaps.len());
    }

    #[test]
    fn acknowledgments_time_and_snap_lengths_never_disturb_the_order(
        (sent, segments) in shuffled(),
        first in first_numbers(),
        events in vec((any::<bool>(), 0..300_usize, any::<Option<Index>>(), 0..700_000_000_u64), 60),
    ) {
        let mut reader = Reader::new(&sent, first);
        let mut captured = vec![false; sent.len()];
        for (segment, (lost, snap, acknowledged, later)) in segments.into_iter().zip(events) {
            reader.now = Timestamp(reader.now.0 + later);
            if !lost {
                let segment = Segment { captured: segment.captured.min(snap), ..segment };
                captured[segment.bytes.start..segment.bytes.start + segment.captured].fill(true);
                reader.segment(&segment);
            }
            if let Some(place) = acknowledged {
                reader.acknowledge(place.index(sent.len() + 1));
            }
        }
        reader.fin();
        reader.finish();
        prop_assert!(reader.ended);
        prop_assert_eq!(reader.told.len(), sent.len());
        prop_assert!(reader.told.iter().zip(captured).all(|(told, captured)| captured || !told));
    }
}
