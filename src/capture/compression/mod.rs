//! Compressed captures: gzip, zstd and LZ4 streams, undone while they are read. A stream may be several compressed ones in a
//! row, as `cat` and parallel compressors make them.

mod gzip;
mod lz4;
mod zstd;

use std::fmt;
use std::io::{self, ErrorKind, Read};

use super::buffer::Buffer;

/// How a capture is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// The LZ4 frame format 1.6.
    Lz4,
}

impl Compression {
    /// Its name, as in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        }
    }

    /// The bytes that the stream in `buffer` stands for. Ends with a [`Broken`] error where that stream is broken.
    pub(super) fn undo(self, buffer: Buffer) -> Box<dyn Read + Send> {
        let input = Packed {
            buffer,
            at_end: false,
            failed: None,
        };
        match self {
            Self::Gzip => Box::new(gzip::Gzip::new(input)),
            Self::Zstd => Box::new(zstd::Zstd::new(input)),
            Self::Lz4 => Box::new(lz4::Lz4::new(input)),
        }
    }
}

/// A compressed stream that ends early or contradicts itself: a fault of the content, not of the device.
#[derive(Debug)]
pub(super) struct Broken(String);

impl Broken {
    fn error(reason: impl Into<String>) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, Self(reason.into()))
    }

    /// The reason, where `error` is such a fault.
    ///
    /// # Errors
    /// `error` itself where it is not.
    pub(super) fn reason(error: io::Error) -> io::Result<String> {
        error.downcast::<Self>().map(|broken| broken.0)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// The compressed bytes, and what decoders do not tell about them: whether they ended, whether the device failed.
struct Packed {
    buffer: Buffer,
    at_end: bool,
    failed: Option<io::Error>,
}

impl Packed {
    /// The error to report for one that a decoder gave: the device's own, an early end, or corruption.
    fn explain(&mut self, format: &str, error: impl fmt::Display) -> io::Error {
        match self.failed.take() {
            Some(failed) => failed,
            None if self.at_end => Broken::error(format!("the {format} stream ends early")),
            None => Broken::error(format!("the {format} stream is corrupt ({error})")),
        }
    }

    /// The first four bytes of what follows as a little-endian number, `None` at the end of the stream.
    fn magic(&mut self, format: &str) -> io::Result<Option<u32>> {
        let whole = self.buffer.have(4)?;
        match self.buffer.bytes().first_chunk() {
            Some(magic) => Ok(Some(u32::from_le_bytes(*magic))),
            None if whole || self.buffer.bytes().is_empty() => Ok(None),
            None => Err(Broken::error(format!("the {format} stream ends early"))),
        }
    }

    /// Passes over frames that are there for other programs (RFC 8878 §3.1.2, shared by LZ4), and gives the magic number of the
    /// next frame.
    fn next_frame(&mut self, format: &str) -> io::Result<Option<u32>> {
        while let Some(magic) = self.magic(format)? {
            if magic & 0xffff_fff0 != 0x184d_2a50 {
                return Ok(Some(magic));
            }
            let whole = self.buffer.have(8)?;
            let size = self.buffer.bytes().get(4..8).and_then(|size| size.first_chunk());
            let size = size.map_or(0, |size| u32::from_le_bytes(*size));
            self.buffer.consume(8);
            if !whole || !self.buffer.skip(size)? {
                return Err(Broken::error(format!("the {format} stream ends early")));
            }
        }
        Ok(None)
    }
}

impl Read for Packed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.buffer.have(1) {
            Ok(true) => {}
            Ok(false) => self.at_end = true,
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                return Err(kind.into());
            }
        }
        let count = self.buffer.bytes().len().min(out.len());
        if let Some(room) = out.get_mut(..count) {
            room.copy_from_slice(self.buffer.take(0, count));
        }
        Ok(count)
    }
}
