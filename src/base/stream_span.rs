//! Where bytes lie in what one side sent.

/// Bytes of one side's stream, counted from 0 at the first octet that the side sent (or, where the capture began later, at the
/// first that was captured). Sequence numbers wrap around, these do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StreamSpan {
    /// First byte.
    pub start: u64,
    /// The byte after the last one; never before `start`.
    pub end: u64,
}

impl StreamSpan {
    /// From `start` up to, but without, `end`.
    #[must_use]
    pub fn new(start: u64, end: u64) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether it holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}
