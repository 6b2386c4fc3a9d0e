//! Content codings: how bodies are compressed on their way (RFC 9110 §8.4).
//!
//! A coding is a value in [`CODINGS`]: one new file, one new line. A [`Chain`] takes several off, one after the other, and pays
//! for every byte that it makes.

mod brotli;
mod chain;
mod deflate;
mod gzip;
mod inflate;
pub mod rules;
mod zstd;

pub use chain::{Chain, Layer};

/// Every coding that can be taken off.
pub static CODINGS: &[&dyn Coding] = &[&gzip::Gzip, &deflate::Deflate, &brotli::Brotli, &zstd::Zstd];

/// A way to compress bytes.
pub trait Coding: Sync {
    /// Its names in `Content-Encoding` and `Transfer-Encoding`, in lower case, the usual one first (IANA HTTP Content Coding Registry).
    fn names(&self) -> &'static [&'static str];
    /// What was done to bytes from which it was taken off: `gunzipped`.
    fn undone(&self) -> &'static str;
    /// A decoder that has seen nothing yet.
    fn open(&self) -> Box<dyn Decode>;
}

/// Takes one coding off, piece by piece. What it makes does not depend on how the coded bytes were cut, but for how much of broken
/// bytes it makes before the fault.
pub trait Decode: Send {
    /// Takes all of `coded` and hands on what can be made of it. Memory is bounded whatever the bytes claim.
    ///
    /// # Errors
    /// Where the bytes are no such coding, and where `plain` refuses; it must not be called again then.
    fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped>;
    /// Whether the coded bytes may end here.
    fn is_complete(&self) -> bool;
    /// Bytes of memory that it holds, at most.
    fn memory(&self) -> usize;
}

/// Takes the bytes that a decoder makes, and may refuse them.
pub type Plain<'a> = dyn FnMut(&[u8]) -> Result<(), Stopped> + 'a;

/// Why no more bytes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The coded bytes are damaged, or of another coding.
    Broken,
    /// They want more memory than is given.
    WindowTooLarge,
    /// They make more bytes than may be made.
    TooMany,
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;
    use crate::app::Allowance;

    /// `synscope` in Brotli, made by the reference encoder's uncompressed form (RFC 7932 §9.2).
    const BROTLI: &[u8] = b"\x8b\x03\x80synscope\x03";

    fn text() -> Vec<u8> {
        (0..3_000).flat_map(|line| format!("line {line} of a long text\n").into_bytes()).collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// What a chain makes of bytes that come in pieces of `piece` bytes, and what is wrong.
    fn decode(names: &[&str], coded: &[u8], piece: usize) -> (Vec<u8>, Option<&'static str>) {
        let (mut chain, mut made) = (Chain::new(names.iter().copied()), Vec::new());
        let mut allowance = Allowance::default();
        for part in coded.chunks(piece) {
            chain.push(part, &mut allowance, &mut |bytes| made.extend_from_slice(bytes));
        }
        chain.end();
        (made, chain.fault().map(|rule| rule.id))
    }

    #[test]
    fn every_coding_is_taken_off_however_the_bytes_are_cut() {
        let text = text();
        let cases = [
            ("gzip", gzip(&text)),
            ("X-GZIP", gzip(&text)),
            ("deflate", zlib(&text)),
            ("deflate", raw(&text)),
            ("zstd", zstd(&text)),
        ];
        for (name, coded) in cases {
            for piece in [1, 2, 7, 1_000, coded.len()] {
                let (made, fault) = decode(&[name], &coded, piece);
                assert!(made == text && fault.is_none(), "{name} in pieces of {piece}: {fault:?}");
            }
        }
    }

    #[test]
    fn brotli_is_taken_off_byte_by_byte() {
        for piece in [1, 3, 100] {
            assert_eq!(decode(&["br"], BROTLI, piece), (b"synscope".to_vec(), None));
        }
    }

    #[test]
    fn stacked_codings_are_taken_off_from_the_outside() {
        let coded = zlib(&gzip(b"twice"));
        assert_eq!(decode(&["gzip", "deflate"], &coded, 5), (b"twice".to_vec(), None));
        assert_eq!(decode(&["identity"], b"as it is", 3), (b"as it is".to_vec(), None));
        let five = ["gzip"; 5];
        assert_eq!(decode(&five, b"xy", 1), (b"xy".to_vec(), Some("body-codings-too-many")));
        assert_eq!(decode(&["compress"], b"xy", 1), (b"xy".to_vec(), Some("body-coding-unknown")));
    }

    #[test]
    fn members_of_a_gzip_file_are_joined_and_optional_fields_are_passed_over() {
        let mut coded = gzip(b"one ");
        let second = gzip(b"two");
        coded.extend([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9]);
        coded.extend(b"name\0comment\0\xab\xcd");
        coded.extend(&second[10..]);
        coded.extend([0; 9]);
        for piece in [1, 4, coded.len()] {
            assert_eq!(decode(&["gzip"], &coded, piece), (b"one two".to_vec(), None));
        }
    }

    #[test]
    fn every_member_and_frame_begins_anew() {
        let (one, two) = (text(), text().split_off(20_000));
        let joined = [&one[..], &two[..]].concat();
        let empty = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68, 1, 0, 0];
        let cases = [
            ("gzip", [gzip(&one), gzip(b"").repeat(500), gzip(&two)].concat()),
            ("zstd", [zstd(&one), empty.repeat(500), zstd(&two)].concat()),
        ];
        for (name, coded) in cases {
            for piece in [1, 1_000, coded.len()] {
                let (made, fault) = decode(&[name], &coded, piece);
                assert!(made == joined && fault.is_none(), "{name} in pieces of {piece}: {fault:?}");
            }
        }
        // Deflated data that reach back before their own beginning (RFC 1951 §3.2.5) find nothing of the member before them.
        let reaching = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x03, 0x02, 0x00], &[0; 8]].concat();
        assert_eq!(
            decode(&["gzip"], &[gzip(b"abc"), reaching].concat(), 1_000).1,
            Some("body-coding-broken")
        );
    }

    #[test]
    fn what_came_before_damage_is_kept_and_the_damage_is_named() {
        let text = text();
        let mut gzipped = gzip(&text);
        let end = gzipped.len();
        gzipped[end - 8] ^= 1;
        assert_eq!(decode(&["gzip"], &gzipped, 9), (text.clone(), Some("body-coding-broken")));
        let cut = gzip(&text);
        let (made, fault) = decode(&["gzip"], &cut[..cut.len() / 2], 9);
        assert!(!made.is_empty() && text.starts_with(&made));
        assert_eq!(fault, Some("body-coding-cut"));
        assert_eq!(decode(&["gzip"], b"plain text", 1), (Vec::new(), Some("body-coding-broken")));
        assert_eq!(decode(&["zstd"], b"plain text", 1), (Vec::new(), Some("body-coding-broken")));
        assert_eq!(decode(&["br"], BROTLI.split_last().unwrap().1, 1).1, Some("body-coding-cut"));
    }

    #[test]
    fn a_bomb_is_stopped_when_the_allowance_is_spent() {
        let bomb = gzip(&gzip(&vec![0; 4 << 20]));
        let mut chain = Chain::new(["gzip", "gzip"].into_iter());
        let mut allowance = Allowance::default();
        assert!(allowance.spend(255 << 20));
        let mut made = 0;
        chain.push(&bomb, &mut allowance, &mut |bytes| made += bytes.len());
        assert!(made > 0 && made <= 1 << 20, "{made}");
        assert_eq!(chain.fault().unwrap().id, "body-not-inflated");
    }

    #[test]
    fn a_window_beyond_the_limit_is_refused_and_takes_no_memory() {
        let header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8];
        assert_eq!(decode(&["zstd"], &header, 6), (Vec::new(), Some("body-window-too-large")));
        let single = [&[0x28, 0xb5, 0x2f, 0xfd, 0xe0][..], &[0xff; 8]].concat();
        assert_eq!(decode(&["zstd"], &single, 1), (Vec::new(), Some("body-window-too-large")));
        let large_brotli = [0x11, 0x1e, 0, 0];
        assert_eq!(decode(&["br"], &large_brotli, 4).1, Some("body-coding-broken"));
    }

    #[test]
    fn random_bytes_are_survived_by_every_decoder() {
        let mut state = 0x9e37_79b9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        let seeds = [
            ("gzip", gzip(b"hello hello hello")),
            ("deflate", zlib(&text())),
            ("br", BROTLI.to_vec()),
            ("zstd", zstd(&text())),
        ];
        for _ in 0..60 {
            for (name, seed) in &seeds {
                let mut coded = seed.clone();
                for _ in 0..=next() % 4 {
                    let at = usize::try_from(next()).unwrap() % coded.len();
                    coded[at] = next().to_le_bytes()[0];
                }
                assert_eq!(decode(&[name], &coded, 1_000), decode(&[name], &coded, 3), "{name} {coded:?}");
            }
        }
    }
}
