//! The three kinds of blocks that hold a frame (draft-ietf-opsawg-pcapng §4.3, §4.4, appendix A).

use std::borrow::Cow;

use super::block::Kind;
use super::options::Options;
use crate::base::convert::index;
use crate::capture::byte_order::ByteOrder;

const OPT_COMMENT: u16 = 1;
const EPB_FLAGS: u16 = 2;
const EPB_DROPCOUNT: u16 = 4;

/// Where things are in a block that holds a frame. Offsets count from the beginning of the block's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    /// Number of the interface within the section.
    pub(super) interface: u32,
    /// Ticks of the interface's clock; `None` in a Simple Packet Block.
    pub(super) ticks: Option<u64>,
    /// Captured bytes; `None` where the interface's snap length decides (Simple Packet Block).
    pub(super) captured_length: Option<u32>,
    /// Bytes on the wire as the block says.
    pub(super) wire_length: u32,
    /// Offset of the first captured byte.
    pub(super) data: u32,
    /// Frames lost before this one, where the block's fixed fields say so (obsolete Packet Block).
    pub(super) dropped: u16,
}

impl Packet {
    /// Reads the fixed fields of a block of `kind`; `None` where the body is too short for them.
    pub(super) fn parse(kind: Kind, body: &[u8], order: ByteOrder) -> Option<Self> {
        match kind {
            Kind::EnhancedPacket => {
                Some(Self { dropped: 0, ..Self::dated(order.u32(body, 0)?, body, order)? })
            }
            Kind::OldPacket => {
                // 0xffff: the count is not known.
                let dropped = order.u16(body, 2).filter(|count| *count != u16::MAX).unwrap_or(0);
                Some(Self { dropped, ..Self::dated(order.u16(body, 0)?.into(), body, order)? })
            }
            _ => Some(Self {
                interface: 0,
                ticks: None,
                captured_length: None,
                wire_length: order.u32(body, 0)?,
                data: 4,
                dropped: 0,
            }),
        }
    }

    fn dated(interface: u32, body: &[u8], order: ByteOrder) -> Option<Self> {
        let (high, low) = (order.u32(body, 4)?, order.u32(body, 8)?);
        Some(Self {
            interface,
            ticks: Some(u64::from(high) << 32 | u64::from(low)),
            captured_length: Some(order.u32(body, 12)?),
            wire_length: order.u32(body, 16)?,
            data: 20,
            dropped: 0,
        })
    }
}

/// What the options of a block say of its frame.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks<'a> {
    /// `opt_comment`, in order.
    pub(super) comments: Vec<Cow<'a, str>>,
    /// Bytes of frame check sequence (`epb_flags`), where known.
    pub(super) fcs_length: Option<u8>,
    /// Frames lost before this one (`epb_dropcount`).
    pub(super) dropped: u64,
}

impl<'a> Remarks<'a> {
    /// Reads the options that follow `captured_length` bytes of data, padded to four, at offset `data`.
    pub(super) fn parse(body: &'a [u8], data: u32, captured_length: u32, order: ByteOrder) -> Self {
        let mut remarks = Self::default();
        let start = index(data) + index(captured_length).next_multiple_of(4);
        for (code, value) in Options::new(body.get(start..).unwrap_or_default(), order) {
            match code {
                OPT_COMMENT => remarks.comments.push(String::from_utf8_lossy(value)),
                EPB_FLAGS => remarks.fcs_length = order.u32(value, 0).and_then(fcs_length),
                EPB_DROPCOUNT => remarks.dropped = order.u64(value, 0).unwrap_or(0),
                _ => {}
            }
        }
        remarks
    }
}

/// Bits 5 to 8 of `epb_flags`: bytes, 0 where that is not known.
fn fcs_length(flags: u32) -> Option<u8> {
    u8::try_from(flags >> 5 & 0xf).ok().filter(|length| *length > 0)
}
