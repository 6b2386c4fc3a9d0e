//! Puts one side's segments in order.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use crate::base::convert::{index, narrow};
use crate::base::{Annotation, FrameNo, SeqNum, StreamSpan, Timestamp};
use crate::stream::Origin;
use crate::stream::origins::Origins;

/// Data of one segment.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The frame that carried it.
    pub frame: FrameNo,
    /// Its capture time.
    pub time: Option<Timestamp>,
    /// Number of the first data octet (of a SYN with data: the number after the SYN).
    pub seq: SeqNum,
    /// Data octets on the wire.
    pub declared: u32,
    /// Those that were captured: may be fewer, never more.
    pub bytes: &'a [u8],
}

/// The next of one side's stream, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// Bytes, the first of them at this place.
    Bytes {
        /// Place of the first.
        offset: u64,
        /// The bytes.
        bytes: Cow<'a, [u8]>,
    },
    /// Bytes that are not in the capture.
    Gap(Gap),
    /// The stream ended with a FIN here.
    End,
}

/// Bytes that are not in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub missing: StreamSpan,
    /// Why.
    pub cause: GapCause,
}

/// Why bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapCause {
    /// The other side acknowledged them, so they arrived: the capture missed them.
    NotCaptured,
    /// Nobody acknowledged them: lost on the way, and not sent again in this capture.
    Lost,
    /// Cut off by the snap length.
    CutOff,
    /// More lay waiting behind them than may be kept.
    GivenUp,
}

/// One side's stream. Memory is bounded by [`Assembler::MOST_HELD`] bytes out of order and by what is not yet acknowledged.
#[derive(Debug, Default)]
pub struct Assembler {
    /// Number and place of the next byte in order; `None` before the first piece.
    next: Option<(SeqNum, u64)>,
    held: BTreeMap<u64, (Vec<u8>, u32, Origin)>,
    ready: VecDeque<Run<'static>>,
    origins: Origins,
    fin: Option<u64>,
    ended: bool,
    annotations: Vec<Annotation>,
}

impl Assembler {
    /// Most bytes that wait for others before them.
    pub const MOST_HELD: usize = 4 << 20;

    /// The stream begins with this number: ISN + 1. Heard before any piece it makes place 0; later, it must not move what was told.
    pub fn begin(&mut self, first: SeqNum) {
        if self.next.is_none() {
            self.next = Some((first, 0));
        }
    }

    /// Takes one segment's data; what of it comes next in order. What waited behind it is [`ready`](Self::ready).
    pub fn piece<'a>(&mut self, piece: &Piece<'a>) -> Option<Run<'a>> {
        self.begin(piece.seq);
        let (seq, offset) = self.next?;
        let ahead = piece.seq.distance(seq);
        let origin = Origin { frame: piece.frame, time: piece.time };
        if ahead > 0 {
            let place = offset + u64::from(ahead.unsigned_abs());
            self.held.entry(place).or_insert_with(|| (piece.bytes.to_vec(), piece.declared, origin));
            return None;
        }
        let known = ahead.unsigned_abs();
        let fresh = piece.declared.checked_sub(known).filter(|fresh| *fresh > 0)?;
        let bytes = piece.bytes.get(index(known)..).unwrap_or_default();
        self.advance(fresh, narrow(bytes.len()), origin);
        self.release();
        Some(Run::Bytes { offset, bytes: Cow::Borrowed(bytes) })
    }

    /// What became ready behind the last piece, one after the other.
    pub fn ready(&mut self) -> Option<Run<'static>> {
        self.ready.pop_front()
    }

    /// The other side acknowledged everything before this number, in a frame of this time.
    pub fn acknowledged(&mut self, _ack: SeqNum, _time: Option<Timestamp>) {}

    /// A FIN stands at this number: the stream ends before it.
    pub fn fin(&mut self, seq: SeqNum) {
        if let Some((next, offset)) = self.next {
            let ahead = seq.distance(next);
            self.fin = u64::try_from(ahead).ok().map(|ahead| offset + ahead);
            self.release();
        }
    }

    /// Nothing more comes: what waits is handed out with the gaps between it.
    pub fn finish(&mut self) {
        while let Some((place, _)) = self.held.first_key_value() {
            let (place, (_, offset)) = (*place, self.next.unwrap_or_default());
            if place > offset {
                let missing = StreamSpan::new(offset, place);
                self.ready.push_back(Run::Gap(Gap { missing, cause: GapCause::Lost }));
                self.advance_to(place);
            }
            self.release();
        }
    }

    /// Where the byte with this number lies; `None` before the stream began, and for bytes before its beginning.
    #[must_use]
    pub fn place(&self, seq: SeqNum) -> Option<u64> {
        let (next, offset) = self.next?;
        offset.checked_add_signed(seq.distance(next).into())
    }

    /// Place of the next byte in order; `None` before the stream began.
    #[must_use]
    pub fn ordered_to(&self) -> Option<u64> {
        self.next.map(|(_, offset)| offset)
    }

    /// Frames that brought bytes of `span`, in stream order.
    pub fn frames(&self, span: StreamSpan) -> impl Iterator<Item = Origin> + '_ {
        self.origins.of(span)
    }

    /// Bytes before this place are not asked for any more.
    pub fn forget(&mut self, before: u64) {
        self.origins.forget(before);
    }

    /// Rules that fired since the last call.
    pub fn annotations(&mut self) -> impl Iterator<Item = Annotation> + '_ {
        self.annotations.drain(..)
    }

    /// Bytes of memory held beyond its own size.
    #[must_use]
    pub fn memory(&self) -> usize {
        let held: usize = self.held.values().map(|(bytes, ..)| bytes.len() + 64).sum();
        held + self.origins.memory()
    }

    fn advance(&mut self, declared: u32, captured: u32, origin: Origin) {
        let Some((seq, offset)) = self.next else { return };
        self.origins.push(StreamSpan::new(offset, offset + u64::from(declared)), origin);
        self.next = Some((seq + declared, offset + u64::from(declared)));
        if captured < declared {
            let missing = StreamSpan::new(offset + u64::from(captured), offset + u64::from(declared));
            self.ready.push_back(Run::Gap(Gap { missing, cause: GapCause::CutOff }));
        }
    }

    fn advance_to(&mut self, place: u64) {
        if let Some((seq, offset)) = self.next {
            let step = u32::try_from(place - offset).unwrap_or(u32::MAX);
            self.next = Some((seq + step, place));
        }
    }

    fn release(&mut self) {
        while let Some((place, _)) = self.held.first_key_value() {
            let (place, (_, offset)) = (*place, self.next.unwrap_or_default());
            if place > offset {
                break;
            }
            let Some((bytes, declared, origin)) = self.held.remove(&place) else { break };
            let known = offset - place;
            let fresh = u64::from(declared).saturating_sub(known);
            if fresh == 0 {
                continue;
            }
            let known = usize::try_from(known).unwrap_or(usize::MAX);
            let rest = bytes.get(known..).unwrap_or_default().to_vec();
            let captured = narrow(rest.len());
            self.ready.push_back(Run::Bytes { offset, bytes: Cow::Owned(rest) });
            self.advance(u32::try_from(fresh).unwrap_or(u32::MAX), captured, origin);
        }
        let at = self.next.map(|(_, offset)| offset);
        if self.fin.is_some() && self.fin == at && !self.ended {
            self.ended = true;
            self.ready.push_back(Run::End);
        }
    }
}
