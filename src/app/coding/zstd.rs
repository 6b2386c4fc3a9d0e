//! `zstd` (RFC 8878), with windows of at most 8 MiB (RFC 9659).

use std::io::Read;

use ruzstd::decoding::FrameDecoder;

use crate::app::coding::{Coding, Decode, Plain, Stopped};
use crate::base::convert::index;

/// `zstd`.
#[derive(Debug)]
pub(super) struct Zstd;

impl Coding for Zstd {
    fn names(&self) -> &'static [&'static str] {
        &["zstd"]
    }

    fn undone(&self) -> &'static str {
        "unpacked from Zstandard"
    }

    fn open(&self) -> Box<dyn Decode> {
        Box::new(Frames {
            place: Place::Header,
            held: Vec::new(),
            decoder: None,
            made: vec![0; PIECE],
            has_checksum: false,
        })
    }
}

/// Largest window in bytes (RFC 9659 §3).
const LARGEST_WINDOW: u64 = 8 << 20;
/// Largest block in bytes (RFC 8878 §3.1.1.2.4).
const LARGEST_BLOCK: u32 = 128 << 10;
/// What a frame begins with (RFC 8878 §3.1.1).
const MAGIC: u32 = 0xfd2f_b528;
/// What a frame without content begins with, but for its lowest four bits (RFC 8878 §3.1.2).
const SKIPPABLE: u32 = 0x184d_2a50;
/// Bytes that are handed on at a time.
const PIECE: usize = 16 << 10;

/// Frames one after the other.
struct Frames {
    place: Place,
    /// Bytes of the unit in hand: a header, a block.
    held: Vec<u8>,
    /// One for all frames, as the room for what is made is one for all blocks: both may bring three bytes only.
    decoder: Option<Box<FrameDecoder>>,
    made: Vec<u8>,
    has_checksum: bool,
}

/// Where in a frame one is.
#[derive(Clone, Copy)]
enum Place {
    Header,
    Skipped { left: u32 },
    Block,
    Checksum,
}

/// What a unit begins with says.
enum Unit {
    /// So many bytes are needed to know more.
    Needs(usize),
    /// It is whole.
    Whole,
}

impl Decode for Frames {
    fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped> {
        let mut rest = coded;
        while !rest.is_empty() {
            if let Place::Skipped { left } = self.place {
                let count = index(left).min(rest.len());
                rest = rest.get(count..).unwrap_or_default();
                let left = left.saturating_sub(crate::base::convert::narrow(count));
                self.place = if left == 0 { Place::Header } else { Place::Skipped { left } };
                continue;
            }
            let needed = match self.unit()? {
                Unit::Needs(length) => length,
                Unit::Whole => {
                    self.finish_unit(plain)?;
                    continue;
                }
            };
            let count = needed.saturating_sub(self.held.len()).min(rest.len());
            self.held.extend_from_slice(rest.get(..count).unwrap_or_default());
            rest = rest.get(count..).unwrap_or_default();
        }
        match self.unit()? {
            Unit::Whole => self.finish_unit(plain),
            Unit::Needs(_) => Ok(()),
        }
    }

    fn is_complete(&self) -> bool {
        matches!(self.place, Place::Header) && self.held.is_empty()
    }

    fn memory(&self) -> usize {
        let window = if self.decoder.is_some() { index(LARGEST_BLOCK) * 2 + (8 << 20) } else { 0 };
        self.held.capacity() + self.made.len() + window
    }
}

impl Frames {
    /// How much of the unit in hand is needed.
    fn unit(&self) -> Result<Unit, Stopped> {
        let needed = match self.place {
            Place::Header => header_length(&self.held)?,
            Place::Block => block_length(&self.held)?,
            Place::Checksum => 4,
            Place::Skipped { .. } => return Ok(Unit::Needs(0)),
        };
        Ok(if self.held.len() < needed { Unit::Needs(needed) } else { Unit::Whole })
    }

    fn finish_unit(&mut self, plain: &mut Plain<'_>) -> Result<(), Stopped> {
        let unit = std::mem::take(&mut self.held);
        match self.place {
            Place::Header => self.begin_frame(&unit),
            Place::Block => self.block(&unit, plain),
            Place::Checksum => self.end_frame(&unit),
            Place::Skipped { .. } => Ok(()),
        }
    }

    fn begin_frame(&mut self, header: &[u8]) -> Result<(), Stopped> {
        if let Some((magic, rest)) = header.split_first_chunk::<4>()
            && u32::from_le_bytes(*magic) & !0xf == SKIPPABLE
        {
            let left = rest.first_chunk().map_or(0, |length| u32::from_le_bytes(*length));
            self.place = if left == 0 { Place::Header } else { Place::Skipped { left } };
            return Ok(());
        }
        if window(header) > LARGEST_WINDOW {
            return Err(Stopped::WindowTooLarge);
        }
        let decoder = self.decoder.get_or_insert_with(|| {
            let mut decoder = Box::new(FrameDecoder::new());
            decoder.set_max_window_size(LARGEST_WINDOW);
            decoder
        });
        decoder.init(header).map_err(|_| Stopped::Broken)?;
        self.has_checksum = header.get(4).is_some_and(|descriptor| descriptor & 0x04 != 0);
        self.place = Place::Block;
        Ok(())
    }

    fn block(&mut self, block: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped> {
        let Some(decoder) = &mut self.decoder else { return Err(Stopped::Broken) };
        let (_, mut length) = decoder.decode_from_to(block, &mut self.made).map_err(|_| Stopped::Broken)?;
        while length > 0 {
            plain(self.made.get(..length).unwrap_or_default())?;
            length = decoder.read(&mut self.made).map_err(|_| Stopped::Broken)?;
        }
        let is_last = block.first().is_some_and(|first| first & 1 == 1);
        self.place = match (is_last, self.has_checksum) {
            (false, _) => Place::Block,
            (true, true) => Place::Checksum,
            (true, false) => Place::Header,
        };
        Ok(())
    }

    fn end_frame(&mut self, checksum: &[u8]) -> Result<(), Stopped> {
        self.place = Place::Header;
        let made = self.decoder.as_ref().and_then(|decoder| decoder.get_calculated_checksum());
        let sent = checksum.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        if made.is_none() || made == sent { Ok(()) } else { Err(Stopped::Broken) }
    }
}

/// Bytes of the frame header that begins like this, as far as one can tell (RFC 8878 §3.1.1.1).
fn header_length(bytes: &[u8]) -> Result<usize, Stopped> {
    let Some((magic, rest)) = bytes.split_first_chunk::<4>() else { return Ok(4) };
    let magic = u32::from_le_bytes(*magic);
    if magic & !0xf == SKIPPABLE {
        return Ok(8);
    }
    if magic != MAGIC {
        return Err(Stopped::Broken);
    }
    Ok(rest.first().map_or(5, |descriptor| 5 + fields(*descriptor).iter().sum::<usize>()))
}

/// Lengths of the window descriptor, the dictionary identifier and the content size.
fn fields(descriptor: u8) -> [usize; 3] {
    let is_single = descriptor & 0x20 != 0;
    let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or_default();
    let size = match descriptor >> 6 {
        0 => usize::from(is_single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    [usize::from(!is_single), dictionary, size]
}

/// The window that a whole header asks for, in bytes (RFC 8878 §3.1.1.1.2).
fn window(header: &[u8]) -> u64 {
    let Some(descriptor) = header.get(4) else { return u64::MAX };
    let [window, dictionary, size] = fields(*descriptor);
    if window == 1 {
        let byte = header.get(5).copied().unwrap_or(u8::MAX);
        let base = 1_u64 << (10 + (byte >> 3));
        return base + base / 8 * u64::from(byte & 7);
    }
    let bytes = header.get(5 + dictionary..5 + dictionary + size).unwrap_or_default();
    let number = bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte));
    if size == 2 { number + 256 } else { number }
}

/// Bytes of the block that begins like this (RFC 8878 §3.1.1.2).
fn block_length(bytes: &[u8]) -> Result<usize, Stopped> {
    let Some(header) = bytes.first_chunk::<3>() else { return Ok(3) };
    let [low, middle, high] = *header;
    let number = u32::from_le_bytes([low, middle, high, 0]);
    let size = number >> 3;
    match (number >> 1) & 3 {
        _ if size > LARGEST_BLOCK => Err(Stopped::Broken),
        0 | 2 => Ok(3 + index(size)),
        1 => Ok(4),
        _ => Err(Stopped::Broken),
    }
}
