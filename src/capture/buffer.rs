//! A window on a byte stream that moves forward only: one allocation, reused from the first byte to the last.

use std::io::{self, ErrorKind, Read};

use super::compression::broken::Broken;
use crate::base::convert::{index, wide};

/// Bytes asked for in one read. Larger buffers fall out of the processor's cache, smaller ones cost system calls.
const CHUNK: usize = 256 * 1024;

/// Bytes of a stream from [`Buffer::offset`] on, as many as have arrived. A reader asks for what it needs with
/// [`Buffer::have`], so a pipe is never made to wait for more than that.
pub(super) struct Buffer {
    input: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    ending: Ending,
}

/// How far the input is from its end.
enum Ending {
    /// More bytes may follow.
    Open,
    /// The input ended where it wanted to.
    Clean,
    /// The compressed stream below is broken; the text says how.
    Broken(String),
}

impl Buffer {
    /// An empty window at offset 0 of `input`.
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input, bytes: vec![0; CHUNK], start: 0, end: 0, offset: 0, ending: Ending::Open }
    }

    /// Offset in the stream of the first byte of [`Buffer::bytes`].
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What has arrived and was not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Why the stream below is broken, once its last good byte has been read.
    pub(super) fn broken(&self) -> Option<&str> {
        match &self.ending {
            Ending::Broken(reason) => Some(reason),
            Ending::Open | Ending::Clean => None,
        }
    }

    /// Whether `count` bytes are there, after waiting for them if need be. The buffer grows to `count`, so it must be bounded.
    ///
    /// # Errors
    /// When the input cannot be read; a broken compressed stream is an end like any other.
    pub(super) fn have(&mut self, count: usize) -> io::Result<bool> {
        if self.end - self.start >= count {
            return Ok(true);
        }
        self.make_room(count);
        while self.end < count {
            if !self.read_once()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Moves past `skip` bytes and gives the `count` bytes after them, moving past these too. Both must be there.
    pub(super) fn take(&mut self, skip: usize, count: usize) -> &[u8] {
        let from = self.start + skip;
        self.consume(skip + count);
        self.bytes.get(from..self.start).unwrap_or_default()
    }

    /// Moves past `count` bytes, or all that are there where they are fewer.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += wide(count);
    }

    /// Moves past `count` bytes without ever holding them all; `false` where the stream ends before.
    pub(super) fn skip(&mut self, count: u32) -> io::Result<bool> {
        let mut left = index(count);
        while left > 0 {
            if !self.have(1)? {
                return Ok(false);
            }
            let step = left.min(self.end - self.start);
            self.consume(step);
            left -= step;
        }
        Ok(true)
    }

    fn make_room(&mut self, count: usize) {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.bytes.len() < count {
            self.bytes.resize(count, 0);
        }
    }

    fn read_once(&mut self) -> io::Result<bool> {
        if !matches!(self.ending, Ending::Open) {
            return Ok(false);
        }
        let space = self.bytes.get_mut(self.end..).unwrap_or_default();
        let room = space.len();
        match self.input.read(space) {
            Ok(0) => self.ending = Ending::Clean,
            // A reader that claims more than it was given room for must not move us out of the buffer.
            Ok(count) => self.end += count.min(room),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => self.ending = Ending::Broken(Broken::reason(error)?),
        }
        Ok(matches!(self.ending, Ending::Open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(bytes: Vec<u8>) -> Buffer {
        Buffer::new(Box::new(io::Cursor::new(bytes)))
    }

    #[test]
    fn a_stream_longer_than_the_buffer_passes_through_it() {
        let bytes: Vec<u8> = (0..1_000_003_u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut buffer = over(bytes.clone());
        let mut seen = Vec::new();
        while buffer.have(7).unwrap() {
            seen.extend_from_slice(buffer.take(0, 7));
        }
        seen.extend_from_slice(buffer.bytes());
        assert_eq!(seen, bytes);
        assert_eq!(buffer.bytes.len(), CHUNK);
    }

    #[test]
    fn skipping_counts_bytes_and_notices_the_end() {
        let mut buffer = over(vec![1; 600_000]);
        assert!(buffer.skip(599_999).unwrap());
        assert_eq!(buffer.offset(), 599_999);
        assert!(!buffer.skip(2).unwrap());
        assert_eq!(buffer.offset(), 600_000);
    }

    #[test]
    fn an_error_of_the_input_is_handed_on() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is on fire"))
            }
        }
        let error = Buffer::new(Box::new(Failing)).have(1).unwrap_err();
        assert_eq!(error.to_string(), "the disk is on fire");
    }
}
