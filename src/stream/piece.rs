//! One segment's data, before and after its place in the stream is known.

use crate::base::convert::wide;
use crate::base::{FrameNo, SeqNum, Timestamp};
use crate::stream::Origin;

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
    /// Those that were captured: may be fewer; more than `declared` are not looked at.
    pub bytes: &'a [u8],
}

/// A piece whose place is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch<'a> {
    /// Place of its first octet.
    pub(super) place: u64,
    /// The place after its last octet, captured or not.
    pub(super) end: u64,
    /// What was captured of it, from `place` on.
    pub(super) bytes: &'a [u8],
    pub(super) origin: Origin,
}

impl<'a> Stretch<'a> {
    /// The place after its last captured octet.
    pub(super) fn captured_end(&self) -> u64 {
        self.place + wide(self.bytes.len())
    }

    /// The part of it from this place on; `None` where nothing is left.
    pub(super) fn from(self, place: u64) -> Option<Self> {
        let skipped = usize::try_from(place.saturating_sub(self.place)).unwrap_or(usize::MAX);
        let rest = Self {
            place: place.max(self.place),
            bytes: self.bytes.get(skipped..).unwrap_or_default(),
            ..self
        };
        (rest.place < rest.end).then_some(rest)
    }

    /// The part of it before this place; `None` where nothing is left.
    pub(super) fn before(self, place: u64) -> Option<Self> {
        let most = usize::try_from(place.saturating_sub(self.place)).unwrap_or(usize::MAX);
        let rest = Self { end: place.min(self.end), bytes: first(self.bytes, most), ..self };
        (rest.place < rest.end).then_some(rest)
    }

    /// What was captured of it before this place.
    pub(super) fn captured_before(&self, place: u64) -> &'a [u8] {
        self.before(place).map_or(&[], |part| part.bytes)
    }
}

/// At most the first `most` bytes.
pub(super) fn first(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}
