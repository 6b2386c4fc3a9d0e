//! Where bytes lie.

use crate::base::convert::index;

/// Bytes of a frame: where they begin and how many they are, both counted in bytes from the frame's first captured byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ByteSpan {
    /// First byte, from 0.
    pub start: u32,
    /// Number of bytes.
    pub len: u32,
}

impl ByteSpan {
    /// `len` bytes from `start`.
    #[must_use]
    pub fn new(start: u32, len: u32) -> Self {
        Self { start, len }
    }

    /// The byte after the last one.
    #[must_use]
    pub fn end(self) -> u32 {
        self.start.saturating_add(self.len)
    }

    /// Those of `bytes` that the span covers; fewer, or none, where `bytes` is shorter.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        let end = index(self.end()).min(bytes.len());
        bytes.get(index(self.start).min(end)..end).unwrap_or_default()
    }
}
