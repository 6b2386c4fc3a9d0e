//! The frame that every block has: type, length, body, length again (draft-ietf-opsawg-pcapng §3.1).

use std::io;

use crate::base::convert::{index, wide};
use crate::capture::buffer::Buffer;
use crate::capture::byte_order::ByteOrder;
use crate::capture::ending::{Ending, cut, damage};

/// Type, length and the length's repetition.
const OVERHEAD: u32 = 12;

/// The longest block that is held in memory, in bytes: a frame of the greatest length with several long comments. Blocks that
/// are passed over may be longer.
const MAX_HELD: u32 = 2 * 1024 * 1024;

/// What a block is, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Section Header Block.
    Section,
    /// Interface Description Block.
    Interface,
    /// Packet Block, obsolete.
    OldPacket,
    /// Simple Packet Block.
    SimplePacket,
    /// Interface Statistics Block.
    Statistics,
    /// Enhanced Packet Block.
    EnhancedPacket,
    /// Anything else: names, secrets, custom blocks, what later versions bring.
    Other,
}

impl Kind {
    fn of_type(block_type: u32) -> Self {
        match block_type {
            0x0a0d_0d0a => Self::Section,
            1 => Self::Interface,
            2 => Self::OldPacket,
            3 => Self::SimplePacket,
            5 => Self::Statistics,
            6 => Self::EnhancedPacket,
            _ => Self::Other,
        }
    }
}

/// A block that lies whole at the beginning of the buffer, or, of kind [`Kind::Other`], has been passed over.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// What it is.
    pub(super) kind: Kind,
    /// All its bytes, both lengths included.
    pub(super) total: u32,
    /// The byte order that it is written in, which a section's header brings with it.
    pub(super) order: ByteOrder,
}

impl Block {
    /// Waits for the next block, in a section of byte order `order`. The outer error is the input's, the inner one says how the
    /// capture ends.
    pub(super) fn next(buffer: &mut Buffer, order: ByteOrder) -> io::Result<Result<Self, Ending>> {
        if !buffer.have(index(OVERHEAD))? {
            return Ok(Err(cut(buffer, "a block's header", OVERHEAD, true)));
        }
        let block = match Self::parse(buffer.bytes(), order) {
            Ok(block) => block,
            Err(reason) => return Ok(Err(damage(buffer.offset(), reason))),
        };
        if block.kind == Kind::Other { block.pass_over(buffer) } else { block.hold(buffer) }
    }

    /// The bytes between the two lengths, of a block that lies at the beginning of `bytes`.
    pub(super) fn body(self, bytes: &[u8]) -> &[u8] {
        bytes.get(8..index(self.total - 4)).unwrap_or_default()
    }

    fn parse(bytes: &[u8], order: ByteOrder) -> Result<Self, String> {
        let too_short = || "the block has no header".to_owned();
        let kind = Kind::of_type(order.u32(bytes, 0).ok_or_else(too_short)?);
        let order = if kind == Kind::Section { section_order(bytes)? } else { order };
        let total = order.u32(bytes, 4).ok_or_else(too_short)?;
        if total < OVERHEAD {
            return Err(format!(
                "the block claims {total} bytes, fewer than the {OVERHEAD} that any block has"
            ));
        }
        if !total.is_multiple_of(4) {
            return Err(format!("the block claims {total} bytes, which is no multiple of 4"));
        }
        if kind != Kind::Other && total > MAX_HELD {
            return Err(format!(
                "the block claims {total} bytes, more than the {MAX_HELD} that synscope accepts"
            ));
        }
        Ok(Self { kind, total, order })
    }

    fn hold(self, buffer: &mut Buffer) -> io::Result<Result<Self, Ending>> {
        if !buffer.have(index(self.total))? {
            return Ok(Err(cut(buffer, "a block", self.total, false)));
        }
        let trailer = self.order.u32(buffer.bytes(), index(self.total - 4));
        Ok(self.checked(buffer.offset(), trailer))
    }

    fn pass_over(self, buffer: &mut Buffer) -> io::Result<Result<Self, Ending>> {
        let offset = buffer.offset();
        if !buffer.skip(self.total - 4)? || !buffer.have(4)? {
            let there = buffer.offset() - offset + wide(buffer.bytes().len());
            let reason = match buffer.broken() {
                Some(reason) => reason.to_owned(),
                None => format!("the file ends within a block: {there} of {} bytes are there", self.total),
            };
            return Ok(Err(damage(offset, reason)));
        }
        let trailer = self.order.u32(buffer.take(0, 4), 0);
        Ok(self.checked(offset, trailer))
    }

    fn checked(self, offset: u64, trailer: Option<u32>) -> Result<Self, Ending> {
        match trailer {
            Some(trailer) if trailer == self.total => Ok(self),
            _ => Err(damage(
                offset,
                format!("the block's two lengths differ: {} and {}", self.total, trailer.unwrap_or(0)),
            )),
        }
    }
}

/// What the byte-order magic of a section's header says (draft-ietf-opsawg-pcapng §4.1).
fn section_order(bytes: &[u8]) -> Result<ByteOrder, String> {
    match bytes.get(8..12) {
        Some([0x1a, 0x2b, 0x3c, 0x4d]) => Ok(ByteOrder::Big),
        Some([0x4d, 0x3c, 0x2b, 0x1a]) => Ok(ByteOrder::Little),
        _ => Err("the section header's byte-order magic is wrong".to_owned()),
    }
}
