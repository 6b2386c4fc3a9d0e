//! The chunked transfer coding (RFC 9112 §7.1), taken off piece by piece.

use crate::app::http1::Headers;
use crate::app::http1::head_reader::{self, MOST_FIELDS};
use crate::base::convert::wide;

/// Longest line with a chunk's size, extensions included, in bytes.
const LONGEST_SIZE_LINE: usize = 4 << 10;
/// Longest line of a trailer section, and longest section, in bytes.
const LONGEST_TRAILER: usize = 16 << 10;
const LONGEST_TRAILERS: usize = 64 << 10;

/// Where in a chunked body one is.
#[derive(Debug)]
pub(super) struct Chunks {
    place: Place,
    /// Bytes of the line in hand that were searched for its end.
    scanned: usize,
    /// Bytes of the trailer section so far.
    trailers_length: usize,
    /// Chunks so far, the last one (of size 0) not counted.
    pub(super) count: u64,
    /// Whether a size line carried extensions.
    pub(super) has_extensions: bool,
    /// The trailer section (RFC 9112 §7.1.2).
    pub(super) trailers: Headers,
}

#[derive(Debug)]
enum Place {
    Size,
    Data { left: u64 },
    DataEnd,
    Trailer,
}

/// What comes next in a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many bytes of framing.
    Framing(usize),
    /// So many bytes of data.
    Data(usize),
    /// So many bytes of framing, and the body is at its end.
    End(usize),
    /// At least so many bytes must be there.
    More(usize),
    /// This is no chunked coding.
    Broken,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Size,
            scanned: 0,
            trailers_length: 0,
            count: 0,
            has_extensions: false,
            trailers: Headers::default(),
        }
    }

    /// Looks at the next bytes, which the caller then takes as told.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Step {
        match self.place {
            Place::Data { left } => self.data(left, bytes),
            Place::DataEnd => match bytes {
                [b'\r', b'\n', ..] => self.go_to(Place::Size, 2),
                [b'\n', ..] => self.go_to(Place::Size, 1),
                [] | [b'\r'] => Step::More(bytes.len() + 1),
                _ => Step::Broken,
            },
            Place::Size => match self.line(bytes, LONGEST_SIZE_LINE) {
                Ok(length) => self.size(bytes.get(..length).unwrap_or_default()),
                Err(step) => step,
            },
            Place::Trailer => match self.line(bytes, LONGEST_TRAILER) {
                Ok(length) => self.trailer(bytes.get(..length).unwrap_or_default()),
                Err(step) => step,
            },
        }
    }

    /// Passes over missing bytes; whether one still knows the place.
    pub(super) fn skip(&mut self, count: u64) -> bool {
        let Place::Data { left } = self.place else { return false };
        if count > left {
            return false;
        }
        self.place = if count == left { Place::DataEnd } else { Place::Data { left: left - count } };
        true
    }

    fn data(&mut self, left: u64, bytes: &[u8]) -> Step {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        if count == 0 {
            return Step::More(1);
        }
        let left = left.saturating_sub(wide(count));
        self.place = if left == 0 { Place::DataEnd } else { Place::Data { left } };
        Step::Data(count)
    }

    fn size(&mut self, line: &[u8]) -> Step {
        let mut parts = line.trim_ascii_end().splitn(2, |byte| *byte == b';');
        let digits = parts.next().unwrap_or_default().trim_ascii_end();
        self.has_extensions |= parts.next().is_some();
        if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Step::Broken;
        }
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        match u64::from_str_radix(digits, 16) {
            Ok(0) => self.go_to(Place::Trailer, line.len()),
            Ok(left) => {
                self.count += 1;
                self.go_to(Place::Data { left }, line.len())
            }
            Err(_) => Step::Broken,
        }
    }

    fn trailer(&mut self, line: &[u8]) -> Step {
        if line.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            return Step::End(line.len());
        }
        let Some(field) = head_reader::trailer(line) else { return Step::Broken };
        self.trailers_length += line.len();
        if self.trailers.0.len() >= MOST_FIELDS || self.trailers_length > LONGEST_TRAILERS {
            return Step::Broken;
        }
        self.trailers.0.push(field);
        self.go_to(Place::Trailer, line.len())
    }

    fn go_to(&mut self, place: Place, taken: usize) -> Step {
        self.place = place;
        self.scanned = 0;
        Step::Framing(taken)
    }

    /// Length of the line at the beginning, its end included.
    fn line(&mut self, bytes: &[u8], longest: usize) -> Result<usize, Step> {
        let fresh = bytes.get(self.scanned..longest.min(bytes.len())).unwrap_or_default();
        if let Some(at) = fresh.iter().position(|byte| *byte == b'\n') {
            return Ok(self.scanned + at + 1);
        }
        self.scanned = bytes.len();
        Err(if bytes.len() >= longest { Step::Broken } else { Step::More(bytes.len() + 1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Data, framing bytes and whether the end came, of a body fed in pieces of `piece` bytes.
    fn read(body: &[u8], piece: usize) -> (Vec<u8>, usize, Option<Chunks>) {
        let (mut chunks, mut at, mut data) = (Chunks::new(), 0, Vec::new());
        for end in (piece..body.len() + piece).step_by(piece) {
            let seen = &body[..end.min(body.len())];
            loop {
                match chunks.step(&seen[at..]) {
                    Step::Framing(count) => at += count,
                    Step::Data(count) => {
                        data.extend_from_slice(&seen[at..at + count]);
                        at += count;
                    }
                    Step::End(count) => return (data, at + count, Some(chunks)),
                    Step::More(_) => break,
                    Step::Broken => return (data, at, None),
                }
            }
        }
        (data, at, None)
    }

    #[test]
    fn chunks_extensions_and_trailers_are_read_however_they_are_cut() {
        let body = b"4;name=value\r\nWiki\r\n5 \r\npedia\r\n0\r\nDigest: x\r\n\r\nNEXT";
        for piece in 1..body.len() {
            let (data, end, chunks) = read(body, piece);
            let chunks = chunks.unwrap();
            assert_eq!((data.as_slice(), end), (&b"Wikipedia"[..], body.len() - 4));
            assert_eq!((chunks.count, chunks.has_extensions), (2, true));
            assert_eq!(chunks.trailers.first("digest"), Some("x"));
        }
    }

    #[test]
    fn what_is_not_chunked_is_called_broken() {
        for body in [
            &b"xyz\r\n"[..],
            b"\r\n",
            b"3\r\nabcd\r\n",
            b"-1\r\n",
            b"11112222333344445\r\n",
            b"0\r\nno colon\r\n\r\n",
        ] {
            assert!(read(body, 1).2.is_none(), "{body:?}");
        }
    }

    #[test]
    fn a_trailer_section_that_never_ends_is_called_broken() {
        let trailers =
            |count: usize| format!("0\r\n{}\r\n", format!("a: {}\r\n", "b".repeat(995)).repeat(count));
        let (_, end, chunks) = read(trailers(65).as_bytes(), 4_096);
        assert_eq!((end, chunks.unwrap().trailers.0.len()), (3 + 65 * 1_000 + 2, 65));
        assert!(read(trailers(66).as_bytes(), 4_096).2.is_none());
    }

    #[test]
    fn a_gap_inside_one_chunk_is_passed_over() {
        let mut chunks = Chunks::new();
        assert_eq!(chunks.step(b"a\r\n"), Step::Framing(3));
        assert!(chunks.skip(4));
        assert_eq!(chunks.step(b"efghij\r\n"), Step::Data(6));
        assert!(!chunks.skip(1));
    }
}
