//! `gzip` (RFC 1952): members one after the other, each deflated, with a checksum.

use flate2::Crc;

use crate::app::coding::inflate::Inflate;
use crate::app::coding::{Coding, Decode, Plain, Stopped};

/// `gzip`.
#[derive(Debug)]
pub(super) struct Gzip;

impl Coding for Gzip {
    fn names(&self) -> &'static [&'static str] {
        &["gzip", "x-gzip"]
    }

    fn undone(&self) -> &'static str {
        "gunzipped"
    }

    fn open(&self) -> Box<dyn Decode> {
        Box::new(Members {
            place: Place::Fixed,
            field: Vec::with_capacity(FIXED),
            flags: 0,
            checked: Crc::new(),
            inflate: Inflate::new(false),
        })
    }
}

/// Flags of a member's header (RFC 1952 §2.3.1).
const FHCRC: u8 = 0x02;
const FEXTRA: u8 = 0x04;
const FNAME: u8 = 0x08;
const FCOMMENT: u8 = 0x10;
/// Bytes of the part that every header has.
const FIXED: usize = 10;
/// Bytes behind the deflated data: checksum and length.
const TRAILER: usize = 8;

/// Members of a gzip file.
struct Members {
    place: Place,
    /// Bytes of the field in hand, never more than [`FIXED`].
    field: Vec<u8>,
    flags: u8,
    checked: Crc,
    /// One for all members: to make one anew for each would cost a thousand times what a member of 20 bytes brings.
    inflate: Inflate,
}

/// Where in a member one is.
enum Place {
    Fixed,
    ExtraLength,
    Extra {
        left: u16,
    },
    Text {
        flag: u8,
    },
    HeaderChecksum,
    Data,
    Trailer,
    /// Behind a member: another one, or padding that everybody overlooks.
    Behind,
    Padding,
}

impl Decode for Members {
    fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped> {
        let mut rest = coded;
        while !rest.is_empty() {
            let taken = self.step(rest, plain)?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        matches!(self.place, Place::Behind | Place::Padding)
    }

    fn memory(&self) -> usize {
        Inflate::MEMORY
    }
}

impl Members {
    /// Takes some of `rest`, which is not empty; how many bytes.
    fn step(&mut self, rest: &[u8], plain: &mut Plain<'_>) -> Result<usize, Stopped> {
        match &mut self.place {
            Place::Fixed => self.collect(rest, FIXED, Self::fixed),
            Place::ExtraLength => self.collect(rest, 2, |members, field| {
                let left = field.first_chunk().map_or(0, |bytes| u16::from_le_bytes(*bytes));
                members.place = Place::Extra { left };
                Ok(())
            }),
            Place::Extra { left } => {
                let count = usize::from(*left).min(rest.len());
                *left -= u16::try_from(count).unwrap_or(*left);
                if *left == 0 {
                    self.next_field(FEXTRA);
                }
                Ok(count)
            }
            Place::Text { flag } => {
                let flag = *flag;
                let end = rest.iter().position(|byte| *byte == 0);
                if end.is_some() {
                    self.next_field(flag);
                }
                Ok(end.map_or(rest.len(), |end| end + 1))
            }
            Place::HeaderChecksum => self.collect(rest, 2, |members, _| {
                members.next_field(FHCRC);
                Ok(())
            }),
            Place::Data => {
                let (inflate, checked) = (&mut self.inflate, &mut self.checked);
                let taken = inflate.push(rest, &mut |bytes| {
                    checked.update(bytes);
                    plain(bytes)
                })?;
                if inflate.is_finished() {
                    self.place = Place::Trailer;
                }
                Ok(taken)
            }
            Place::Trailer => self.collect(rest, TRAILER, Self::trailer),
            Place::Behind => {
                self.place = if rest.first() == Some(&0x1f) { Place::Fixed } else { Place::Padding };
                Ok(0)
            }
            Place::Padding => Ok(rest.len()),
        }
    }

    /// Takes bytes until `length` are together, then does with them as told.
    fn collect(
        &mut self,
        rest: &[u8],
        length: usize,
        then: impl FnOnce(&mut Self, &[u8]) -> Result<(), Stopped>,
    ) -> Result<usize, Stopped> {
        let count = length.saturating_sub(self.field.len()).min(rest.len());
        self.field.extend_from_slice(rest.get(..count).unwrap_or_default());
        if self.field.len() >= length {
            let field = std::mem::take(&mut self.field);
            then(self, &field)?;
        }
        Ok(count)
    }

    fn fixed(&mut self, field: &[u8]) -> Result<(), Stopped> {
        let [0x1f, 0x8b, 8, flags, ..] = field else { return Err(Stopped::Broken) };
        self.flags = *flags;
        self.next_field(0);
        Ok(())
    }

    /// The field behind the one with this flag (RFC 1952 §2.3).
    fn next_field(&mut self, last: u8) {
        self.flags &= !last;
        self.place = if self.flags & FEXTRA != 0 {
            Place::ExtraLength
        } else if self.flags & FNAME != 0 {
            Place::Text { flag: FNAME }
        } else if self.flags & FCOMMENT != 0 {
            Place::Text { flag: FCOMMENT }
        } else if self.flags & FHCRC != 0 {
            Place::HeaderChecksum
        } else {
            self.checked.reset();
            self.inflate.restart();
            Place::Data
        };
    }

    fn trailer(&mut self, field: &[u8]) -> Result<(), Stopped> {
        let mut wanted = self.checked.sum().to_le_bytes().to_vec();
        wanted.extend(self.checked.amount().to_le_bytes());
        self.place = Place::Behind;
        if field == wanted { Ok(()) } else { Err(Stopped::Broken) }
    }
}
