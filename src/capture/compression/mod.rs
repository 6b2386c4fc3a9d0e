//! Compressed captures: gzip, zstd and LZ4 streams, undone while they are read. A stream may be several compressed ones in a
//! row, as `cat` and parallel compressors make them.

pub(super) mod broken;
mod gzip;
mod lz4;
mod zstd;

use std::fmt;
use std::io::{self, Read};

use self::broken::Broken;
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
        let input = Packed { buffer, at_end: false, failed: None };
        match self {
            Self::Gzip => Box::new(gzip::Gzip::new(input)),
            Self::Zstd => Box::new(zstd::Zstd::new(input)),
            Self::Lz4 => Box::new(lz4::Lz4::new(input)),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use crate::base::convert::wide;
    use crate::capture::read_all::{Capture, Dripping, found_in, read_all, try_read};

    /// A pcap file of `count` frames whose bytes compress badly.
    fn pcap(count: u32) -> Vec<u8> {
        let mut file =
            vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
        let mut state = 1_u32;
        for second in 0..count {
            for number in [second, 0, 100, 100] {
                file.extend(number.to_le_bytes());
            }
            file.extend((0..100).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            }));
        }
        file
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::GzBuilder::new()
            .filename("a.pcap")
            .comment("a comment")
            .extra(*b"extra")
            .write(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn lz4(bytes: &[u8]) -> Vec<u8> {
        let settings = lz4_flex::frame::FrameInfo::new()
            .block_mode(lz4_flex::frame::BlockMode::Linked)
            .block_size(lz4_flex::frame::BlockSize::Max64KB)
            .block_checksums(true)
            .content_checksum(true);
        let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(settings, Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    type Compress = fn(&[u8]) -> Vec<u8>;
    const ALL: [(&str, Compress); 3] = [("gzip", gzip), ("zstd", zstd), ("lz4", lz4)];

    fn same_frames(capture: &Capture, plain: &Capture) {
        assert_eq!((&capture.frames, &capture.damage), (&plain.frames, &None));
    }

    #[test]
    fn a_compressed_capture_holds_the_same_frames() {
        let file = pcap(5_000);
        let plain = read_all(&file);
        assert_eq!((plain.frames.len(), plain.compression), (5_000, None));
        for (name, compress) in ALL {
            let capture = read_all(&compress(&file));
            assert_eq!(capture.compression, Some(name));
            same_frames(&capture, &plain);
            same_frames(
                &try_read(Dripping(Cursor::new(compress(&file[..2_344])))).unwrap(),
                &read_all(&file[..2_344]),
            );
        }
    }

    #[test]
    fn several_streams_in_a_row_are_one_capture() {
        let file = pcap(5_000);
        let plain = read_all(&file);
        for (_, compress) in ALL {
            // The first part is large and the second one small: nothing of one may be kept for the next.
            let mut packed = compress(&file[..400_001]);
            packed.extend(compress(&[]));
            packed.extend(compress(&file[400_001..400_010]));
            packed.extend(compress(&file[400_010..]));
            same_frames(&read_all(&packed), &plain);
        }
    }

    #[test]
    fn skippable_frames_are_passed_over() {
        let file = pcap(3);
        for compress in [zstd, lz4] {
            let mut packed = compress(&file[..100]);
            packed.extend([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
            packed.extend(compress(&file[100..]));
            same_frames(&read_all(&packed), &read_all(&file));
        }
    }

    #[test]
    fn a_stream_that_ends_early_gives_what_was_before_and_says_so() {
        let file = pcap(5_000);
        for (name, compress) in ALL {
            let packed = compress(&file);
            for length in [packed.len() / 2, packed.len() - 9, packed.len() - 1] {
                let capture = read_all(&packed[..length]);
                let damage = capture.damage.unwrap();
                assert_eq!(damage.reason, format!("the {name} stream ends early"), "{length}");
                let frames = capture.frames.len();
                assert_eq!(damage.offset, 24 + 116 * wide(frames));
                assert!(
                    frames >= if length * 2 > packed.len() + 9 { 4_400 } else { 1_000 },
                    "{name} gave {frames}"
                );
            }
        }
    }

    #[test]
    fn a_corrupt_stream_gives_what_was_before_and_says_so() {
        let file = pcap(5_000);
        let whole = read_all(&file).frames;
        for (name, compress) in ALL {
            let mut packed = compress(&file);
            let middle = packed.len() / 2;
            packed[middle..middle + 64].fill(0xff);
            let capture = read_all(&packed);
            let reason = capture.damage.unwrap().reason;
            // Where wrong bytes only become wrong data, no checksum speaks up before a record does.
            let corrupt = format!("the {name} stream is corrupt");
            assert!(reason.contains(&corrupt) || reason.contains("the record claims"), "{reason}");
            assert!(capture.frames.len() > 1_000, "{name} gave {}", capture.frames.len());
            assert_eq!(capture.frames[..1_000], whole[..1_000]);
        }
    }

    #[test]
    fn a_wrong_checksum_is_damage_after_the_last_frame() {
        let file = pcap(10);
        for ((name, compress), from_end) in ALL.into_iter().zip([8, 1, 1]) {
            let mut packed = compress(&file);
            let at = packed.len() - from_end;
            packed[at] ^= 1;
            let capture = read_all(&packed);
            assert!(capture.damage.unwrap().reason.starts_with(&format!("the {name} stream is corrupt")));
            assert_eq!(capture.frames.len(), 10);
        }
    }

    #[test]
    fn foreign_bytes_after_the_stream_are_damage_but_padding_is_not() {
        let file = pcap(2);
        for (name, compress) in ALL {
            let mut packed = compress(&file);
            packed.extend(b"some more bytes that mean nothing");
            let capture = read_all(&packed);
            assert_eq!(capture.frames.len(), 2);
            assert!(capture.damage.unwrap().reason.starts_with(&format!("the {name} stream is followed by")));
        }
        let mut padded = gzip(&file);
        padded.resize(padded.len() + 1_000, 0);
        same_frames(&read_all(&padded), &read_all(&file));
    }

    #[test]
    fn what_is_compressed_and_no_capture_is_named() {
        for (name, compress) in ALL {
            assert_eq!(
                found_in(&compress(b"")),
                format!("it is compressed with {name}, and inside it is empty")
            );
            assert_eq!(
                found_in(&compress(b"Dear Sir,")),
                format!("it is compressed with {name}, and inside it looks like text")
            );
            assert_eq!(found_in(&compress(&compress(&pcap(1)))), "it is compressed twice");
            assert_eq!(
                found_in(&compress(&pcap(1))[..7]),
                format!("its first bytes cannot be decompressed: the {name} stream ends early")
            );
        }
    }
}
