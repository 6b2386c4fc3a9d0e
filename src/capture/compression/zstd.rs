//! Zstandard frames (RFC 8878).

use std::io::{self, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{Broken, Packed};

/// Magic number of a Zstandard frame (RFC 8878 §3.1.1).
pub(super) const MAGIC: u32 = 0xfd2f_b528;

/// The largest window that a frame may ask for, in bytes; `zstd -d` has the same limit.
const MAX_WINDOW: u64 = 128 * 1024 * 1024;

/// An empty last block (RFC 8878 §3.1.1.2) and room for a checksum. A decoder that is given this hands out what it held back.
const EMPTY_LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// The bytes of all frames, one after the other. The decoder holds back one window of each frame until the frame's end, so
/// frames of a capture may come late over a pipe.
pub(super) struct Zstd {
    input: Packed,
    place: Place,
}

enum Place {
    Between,
    Frame(Box<FrameDecoder>),
    /// What the decoder still holds is good and goes out before the error.
    Failed(Box<FrameDecoder>, io::Error),
    End,
}

impl Zstd {
    pub(super) fn new(input: Packed) -> Self {
        Self { input, place: Place::Between }
    }

    fn between(&mut self) -> io::Result<Place> {
        match self.input.next_frame("zstd")? {
            Some(MAGIC) => {}
            Some(_) => {
                return Err(Broken::error("the zstd stream is followed by bytes that are not zstd"));
            }
            None => return Ok(Place::End),
        }
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        match decoder.init(&mut self.input) {
            Ok(()) => Ok(Place::Frame(Box::new(decoder))),
            Err(error) => Err(self.input.explain("zstd", error)),
        }
    }

    fn frame(&mut self, mut decoder: Box<FrameDecoder>) -> io::Result<Place> {
        if decoder.is_finished() {
            return match (decoder.get_checksum_from_data(), decoder.get_calculated_checksum()) {
                (Some(told), Some(found)) if told != found => {
                    Err(Broken::error("the zstd stream is corrupt (its checksum is wrong)"))
                }
                _ => Ok(Place::Between),
            };
        }
        match decoder.decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1)) {
            Ok(_) => Ok(Place::Frame(decoder)),
            Err(error) => {
                let error = self.input.explain("zstd", error);
                // If even this fails, the held bytes are lost and the error says why.
                let _ = decoder.decode_blocks(&EMPTY_LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
                Ok(Place::Failed(decoder, error))
            }
        }
    }
}

impl Read for Zstd {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Place::Frame(decoder) | Place::Failed(decoder, _) = &mut self.place {
                let count = decoder.read(out)?;
                if count > 0 {
                    return Ok(count);
                }
            }
            self.place = match std::mem::replace(&mut self.place, Place::End) {
                Place::Between => self.between()?,
                Place::Frame(decoder) => self.frame(decoder)?,
                Place::Failed(_, error) => return Err(error),
                Place::End => return Ok(0),
            };
        }
    }
}
