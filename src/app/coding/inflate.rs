//! Deflate (RFC 1951), with or without its zlib wrapper (RFC 1950), piece by piece.

use flate2::{Decompress, FlushDecompress, Status};

use crate::app::coding::{Plain, Stopped};

/// Bytes that are made at a time.
const PIECE: usize = 16 << 10;

/// Inflates one stream.
pub(super) struct Inflate {
    decompress: Decompress,
    /// Room for what one step makes: kept, since clearing it anew would cost more than taking a byte.
    made: Vec<u8>,
    is_finished: bool,
}

impl Inflate {
    /// Bytes of memory that one needs, at most: a window of 32 KiB, its tables, and room for what is made.
    pub(super) const MEMORY: usize = 64 << 10;

    /// A stream of which nothing was seen yet.
    pub(super) fn new(with_zlib_header: bool) -> Self {
        Self { decompress: Decompress::new(with_zlib_header), made: vec![0; PIECE], is_finished: false }
    }

    /// Begins another deflated stream without a zlib header, in the same memory.
    pub(super) fn restart(&mut self) {
        self.decompress.reset(false);
        self.is_finished = false;
    }

    /// Takes coded bytes up to the end of the stream; how many.
    pub(super) fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<usize, Stopped> {
        let mut taken = 0;
        while !self.is_finished {
            let rest = coded.get(taken..).unwrap_or_default();
            let before = (self.decompress.total_in(), self.decompress.total_out());
            let status = self.decompress.decompress(rest, &mut self.made, FlushDecompress::None);
            let length = step(before.1, self.decompress.total_out());
            let consumed = step(before.0, self.decompress.total_in());
            taken += consumed;
            plain(self.made.get(..length).unwrap_or_default())?;
            match status {
                Ok(Status::StreamEnd) => self.is_finished = true,
                // Also where less was made than there was room for, more may be ready.
                Ok(_) if length == 0 && consumed == 0 => break,
                Ok(_) => {}
                Err(_) => return Err(Stopped::Broken),
            }
        }
        Ok(taken)
    }

    /// Whether the end of the stream was seen.
    pub(super) fn is_finished(&self) -> bool {
        self.is_finished
    }
}

fn step(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}
