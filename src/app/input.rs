//! The bytes of one side that no decoder has taken yet.

use crate::base::convert::wide;

/// The bytes of one side that no decoder has taken yet, without a gap. The only way in which a decoder walks over a stream.
#[derive(Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    offset: u64,
    taken: usize,
    must_go_on: bool,
}

impl<'a> Input<'a> {
    /// `bytes`, of which the first is byte `offset` of its side's stream.
    #[must_use]
    pub fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self { bytes, offset, taken: 0, must_go_on: false }
    }

    /// The same, with the word that there is no more to wait for: see [`must_go_on`](Self::must_go_on).
    #[must_use]
    pub fn final_call(bytes: &'a [u8], offset: u64) -> Self {
        Self { must_go_on: true, ..Self::new(bytes, offset) }
    }

    /// What has not been taken.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }

    /// Place of the first byte of [`rest`](Self::rest) in its side's stream.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset.saturating_add(wide(self.taken))
    }

    /// Takes the next `count` bytes; as many as there are where these are fewer.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let rest = self.rest();
        let count = count.min(rest.len());
        self.taken += count;
        rest.get(..count).unwrap_or_default()
    }

    /// Bytes taken so far.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// The other side is silent, or too much waits already: [`Next::WaitForOther`](super::Next::WaitForOther) would wait in vain.
    #[must_use]
    pub fn must_go_on(&self) -> bool {
        self.must_go_on
    }
}
