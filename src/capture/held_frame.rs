//! One frame kept beyond the next one: its head, and its bytes in a buffer that is used again.

use std::borrow::Cow;

use super::Frame;
use crate::base::{FrameNo, LinkType, Timestamp};

/// A frame copied out of its source.
#[derive(Debug, Default)]
pub(super) struct HeldFrame {
    head: Option<Head>,
    bytes: Vec<u8>,
}

/// A frame but for its bytes.
#[derive(Debug)]
struct Head {
    number: FrameNo,
    time: Option<Timestamp>,
    link_type: LinkType,
    wire_length: u32,
    fcs_length: u8,
    interface: u32,
    comments: Vec<String>,
}

impl HeldFrame {
    /// Keeps a copy of `frame` in place of the one before.
    pub(super) fn keep(&mut self, frame: Frame<'_>) {
        self.bytes.clear();
        self.bytes.extend_from_slice(frame.bytes);
        self.head = Some(Head {
            number: frame.number,
            time: frame.time,
            link_type: frame.link_type,
            wire_length: frame.wire_length,
            fcs_length: frame.fcs_length,
            interface: frame.interface,
            comments: frame.comments.into_iter().map(Cow::into_owned).collect(),
        });
    }

    /// Gives the frame; none is kept afterwards.
    pub(super) fn take(&mut self) -> Option<Frame<'_>> {
        let head = self.head.take()?;
        Some(Frame {
            number: head.number,
            time: head.time,
            link_type: head.link_type,
            wire_length: head.wire_length,
            fcs_length: head.fcs_length,
            bytes: &self.bytes,
            interface: head.interface,
            comments: head.comments.into_iter().map(Cow::Owned).collect(),
        })
    }
}
