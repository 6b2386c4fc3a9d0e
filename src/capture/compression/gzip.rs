//! gzip (RFC 1952). The members are read here and only their bodies are left to a library, so that every byte before a
//! fault is delivered.

use std::io::{self, Read};

use flate2::{Crc, Decompress, DecompressError, FlushDecompress, Status};

use super::{Broken, Packed};

const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;

/// The bytes of all members, one after the other.
pub(super) struct Gzip {
    input: Packed,
    inflate: Decompress,
    crc: Crc,
    place: Place,
}

/// Where in the stream the next byte lies.
enum Place {
    Start,
    Body,
    AfterMember,
    End,
    /// What was good has been delivered; this is what stopped it.
    Failed(io::Error),
}

impl Gzip {
    pub(super) fn new(input: Packed) -> Self {
        Self { input, inflate: Decompress::new(false), crc: Crc::new(), place: Place::Start }
    }

    /// RFC 1952 §2.3.
    fn read_header(&mut self) -> io::Result<()> {
        let [id1, id2, method, flags, ..] = self.read_array::<10>()?;
        if [id1, id2, method] != [0x1f, 0x8b, 8] {
            return Err(Broken::error("the gzip stream is followed by bytes that are not gzip"));
        }
        if flags & FEXTRA != 0 {
            let length = u16::from_le_bytes(self.read_array()?);
            if !self.input.buffer.skip(length.into())? {
                return Err(ends_early());
            }
        }
        if flags & FNAME != 0 {
            self.skip_text()?;
        }
        if flags & FCOMMENT != 0 {
            self.skip_text()?;
        }
        if flags & FHCRC != 0 {
            self.read_array::<2>()?;
        }
        self.inflate.reset(false);
        self.crc.reset();
        Ok(())
    }

    fn skip_text(&mut self) -> io::Result<()> {
        while self.read_array()? != [0] {}
        Ok(())
    }

    fn read_array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let whole = self.input.buffer.have(N)?;
        let array = self.input.buffer.bytes().first_chunk().copied();
        self.input.buffer.consume(N);
        array.filter(|_| whole).ok_or_else(ends_early)
    }

    /// Inflates once: how many bytes came out, and whether that was the member's end. Waits for input only where the bytes
    /// before it give nothing more.
    fn inflate(&mut self, out: &mut [u8]) -> io::Result<(usize, Result<Status, DecompressError>)> {
        let (in_before, out_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(self.input.buffer.bytes(), out, FlushDecompress::None);
        let consumed = usize::try_from(self.inflate.total_in() - in_before).unwrap_or(usize::MAX);
        let produced = usize::try_from(self.inflate.total_out() - out_before).unwrap_or(usize::MAX);
        let left = self.input.buffer.bytes().len().saturating_sub(consumed);
        self.input.buffer.consume(consumed);
        self.crc.update(out.get(..produced).unwrap_or_default());
        let idle = consumed == 0 && produced == 0 && matches!(status, Ok(Status::Ok | Status::BufError));
        if idle && left > 0 {
            return Err(Broken::error("the gzip stream is corrupt"));
        }
        if idle && !self.input.buffer.have(1)? {
            return Err(ends_early());
        }
        Ok((produced, status))
    }

    fn read_body(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (produced, status) = self.inflate(out)?;
        match status {
            Ok(Status::StreamEnd) => {
                self.place = match self.check_trailer() {
                    Ok(()) => Place::AfterMember,
                    Err(error) => Place::Failed(error),
                };
            }
            Ok(Status::Ok | Status::BufError) => {}
            Err(_) => self.place = Place::Failed(Broken::error("the gzip stream is corrupt")),
        }
        Ok(produced)
    }

    /// CRC32 and ISIZE (RFC 1952 §2.3.1).
    fn check_trailer(&mut self) -> io::Result<()> {
        let crc = u32::from_le_bytes(self.read_array()?);
        let size = u32::from_le_bytes(self.read_array()?);
        if crc == self.crc.sum() && size == self.crc.amount() {
            Ok(())
        } else {
            Err(Broken::error("the gzip stream is corrupt (its checksum is wrong)"))
        }
    }

    /// Another member, or the end. Zero bytes after the last member are padding (tapes, block devices).
    fn after_member(&mut self) -> io::Result<Place> {
        while self.input.buffer.have(1)? {
            if self.input.buffer.bytes().first() != Some(&0) {
                self.read_header()?;
                return Ok(Place::Body);
            }
            self.input.buffer.consume(1);
        }
        Ok(Place::End)
    }
}

impl Read for Gzip {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match &self.place {
                Place::Start => {
                    self.read_header()?;
                    self.place = Place::Body;
                }
                Place::Body => match self.read_body(out)? {
                    0 => {}
                    count => return Ok(count),
                },
                Place::AfterMember => self.place = self.after_member()?,
                Place::End => return Ok(0),
                Place::Failed(_) => return self.fail(),
            }
        }
    }
}

impl Gzip {
    fn fail(&mut self) -> io::Result<usize> {
        match std::mem::replace(&mut self.place, Place::End) {
            Place::Failed(error) => Err(error),
            _ => Ok(0),
        }
    }
}

fn ends_early() -> io::Error {
    Broken::error("the gzip stream ends early")
}
