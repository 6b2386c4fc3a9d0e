//! LZ4 frames. A block (64 KiB to 4 MiB) comes out whole or not at all, so a cut or damaged one takes its frames with it.

use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder;

use super::{Broken, Packed};

/// Magic number of an LZ4 frame (LZ4 Frame Format 1.6, General Structure).
pub(super) const MAGIC: u32 = 0x184d_2204;

/// The bytes of all frames, one after the other.
pub(super) struct Lz4 {
    place: Place,
}

enum Place {
    Between(Packed),
    /// One decoder for each frame: the library's buffers fit only the frame that they were made for.
    Frame(Box<FrameDecoder<Packed>>),
    End,
}

impl Lz4 {
    pub(super) fn new(input: Packed) -> Self {
        Self { place: Place::Between(input) }
    }

    fn between(mut input: Packed) -> io::Result<Place> {
        match input.next_frame("lz4")? {
            Some(MAGIC) => Ok(Place::Frame(Box::new(FrameDecoder::new(input)))),
            Some(_) => Err(Broken::error("the lz4 stream is followed by bytes that are not LZ4 frames")),
            None => Ok(Place::End),
        }
    }

    fn finish(decoder: FrameDecoder<Packed>) -> io::Result<Place> {
        let mut input = decoder.into_inner();
        // The library takes a missing end mark for an end. A decoder that met its end mark never saw the stream's end.
        if input.at_end {
            return Err(input.explain("lz4", ""));
        }
        Ok(Place::Between(input))
    }
}

impl Read for Lz4 {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            self.place = match std::mem::replace(&mut self.place, Place::End) {
                Place::Between(input) => Self::between(input)?,
                Place::Frame(mut decoder) => match decoder.read(out) {
                    Ok(0) => Self::finish(*decoder)?,
                    Ok(count) => {
                        self.place = Place::Frame(decoder);
                        return Ok(count);
                    }
                    Err(error) => return Err(decoder.get_mut().explain("lz4", error)),
                },
                Place::End => return Ok(0),
            };
        }
    }
}
