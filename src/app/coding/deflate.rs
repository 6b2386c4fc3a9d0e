//! `deflate`: zlib (RFC 1950) around deflate (RFC 1951), or, against the standard, deflate alone.

use crate::app::coding::inflate::Inflate;
use crate::app::coding::{Coding, Decode, Plain, Stopped};

/// `deflate`. Browsers take both forms, because servers send both (RFC 9110 §8.4.1.2).
#[derive(Debug)]
pub(super) struct Deflate;

impl Coding for Deflate {
    fn names(&self) -> &'static [&'static str] {
        &["deflate"]
    }

    fn undone(&self) -> &'static str {
        "inflated"
    }

    fn open(&self) -> Box<dyn Decode> {
        Box::new(Stream::Undecided(Vec::new()))
    }
}

/// What the first two bytes say.
enum Stream {
    Undecided(Vec<u8>),
    Decided(Inflate),
}

impl Decode for Stream {
    fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped> {
        let mut coded = coded;
        if let Self::Undecided(first) = self {
            let (now, later) = coded.split_at(coded.len().min(2 - first.len().min(2)));
            first.extend_from_slice(now);
            coded = later;
            let [cmf, flg] = *first.as_slice() else { return Ok(()) };
            let mut inflate = Inflate::new(is_zlib(cmf, flg));
            inflate.push(&[cmf, flg], plain)?;
            *self = Self::Decided(inflate);
        }
        let Self::Decided(inflate) = self else { return Ok(()) };
        // What follows the end is padding that browsers overlook.
        inflate.push(coded, plain).map(|_| ())
    }

    fn is_complete(&self) -> bool {
        matches!(self, Self::Decided(inflate) if inflate.is_finished())
    }

    fn memory(&self) -> usize {
        Inflate::MEMORY
    }
}

/// Whether two bytes are a zlib header (RFC 1950 §2.2) without a preset dictionary.
fn is_zlib(cmf: u8, flg: u8) -> bool {
    cmf & 0x0f == 8 && cmf >> 4 <= 7 && flg & 0x20 == 0 && u16::from_be_bytes([cmf, flg]).is_multiple_of(31)
}
