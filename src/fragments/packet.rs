//! A packet that was put together.

use crate::base::convert::{index, narrow};
use crate::base::{Annotation, FrameNo};
use crate::fragments::rules;
use crate::wire::{Dissection, FragmentAt, Whole};

/// Where IPv4 has its Total Length (RFC 791 §3.1).
const TOTAL_LENGTH: usize = 2;
/// Where IPv4 has its flags and the offset.
const FLAGS: usize = 6;
/// Where IPv6 has its Payload Length (RFC 8200 §3).
const PAYLOAD_LENGTH: usize = 4;
const IPV6_HEADER: u32 = 40;
/// Where a fragment header has its offset, from its end (RFC 8200 §4.5).
const OFFSET_FROM_END: usize = 6;

/// One fragment of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The frame that brought it.
    pub frame: FrameNo,
    /// Where its data begin in the packet, in bytes behind the IP header.
    pub offset: u32,
    /// Bytes of its data on the wire.
    pub length: u32,
}

/// A packet that was put together. It belongs to the frame that completed it.
#[derive(Clone, Debug)]
pub struct Packet {
    /// That frame's bytes below the IP header, then the packet as far as it was captured without a hole.
    bytes: Vec<u8>,
    /// Layers below the IP header.
    below: usize,
    /// Where the IP header begins.
    start: u32,
    /// Where the data behind it begin.
    data: u32,
    /// Bytes of the packet on the wire.
    declared: u32,
    /// Length on the wire of all frames that brought it, in bytes.
    pub wire_length: u32,
    /// Its fragments, by their place; also those whose bytes had come before.
    pub fragments: Vec<Carried>,
    /// Rules that fired on its fragments.
    pub annotations: Vec<Annotation>,
    /// Octets of its TCP segment that were followed already, with the first fragment alone.
    pub given: Option<u32>,
}

impl Packet {
    /// The IP header of the first fragment, made one of a whole packet, and the data. `at` is the fragment that completed it, in
    /// `frame`.
    pub(super) fn new(at: &FragmentAt, frame: &[u8], mut header: Vec<u8>, data: &[u8], length: u32) -> Self {
        make_whole(&mut header, at.by_header, length);
        let mut bytes = frame.get(..index(at.header.start)).unwrap_or(frame).to_vec();
        let start = narrow(bytes.len());
        let declared = narrow(header.len()).saturating_add(length);
        bytes.append(&mut header);
        let begin = narrow(bytes.len());
        bytes.extend_from_slice(data);
        Self {
            bytes,
            below: at.below,
            start,
            data: begin,
            declared,
            wire_length: 0,
            fragments: Vec::new(),
            annotations: Vec::new(),
            given: None,
        }
    }

    /// The packet as `wire` reads it.
    #[must_use]
    pub fn whole(&self) -> Whole<'_> {
        Whole {
            bytes: &self.bytes,
            below: self.below,
            start: self.start,
            data: self.data,
            declared: self.declared,
        }
    }

    /// Bytes of its data on the wire, behind the IP header.
    #[must_use]
    pub fn data_length(&self) -> u32 {
        self.declared.saturating_sub(self.data.saturating_sub(self.start))
    }

    /// What fired on it as belonging to frame `number`, now that it was read as `dissection`.
    #[must_use]
    pub fn judged(&self, number: FrameNo, dissection: &Dissection) -> Vec<Annotation> {
        let mut annotations = self.annotations.clone();
        let first = self.fragments.iter().filter(|carried| carried.offset == 0);
        let longest = first.max_by_key(|carried| carried.length);
        let header_end = dissection.tcp.map(|tcp| tcp.options.start.saturating_add(tcp.options_length));
        let ends_in = longest.map(|first| (first, self.data.saturating_add(first.length)));
        if let Some(((first, end), header_end)) = ends_in.zip(header_end)
            && dissection.fragment.is_none()
            && end < header_end
        {
            let about = Some(first.frame).filter(|frame| *frame != number);
            annotations.push(Annotation { rule: &rules::FRAGMENT_TINY, frame: number, about });
        }
        annotations
    }
}

/// Makes the header of a first fragment one of a whole packet of `length` bytes behind it. The checksum of IPv4 is left: nobody reads
/// it.
fn make_whole(header: &mut [u8], by_header: bool, length: u32) {
    let size = narrow(header.len());
    let field = |value: u32| u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
    if header.first().is_some_and(|first| first >> 4 == 4) {
        put(header, TOTAL_LENGTH, field(size.saturating_add(length)));
        if !by_header {
            put(header, FLAGS, [0, 0]);
        }
    } else {
        put(header, PAYLOAD_LENGTH, field(size.saturating_add(length).saturating_sub(IPV6_HEADER)));
    }
    if by_header {
        // A fragment header that says neither offset nor more: an atomic fragment is a whole packet (RFC 6946).
        put(header, header.len().saturating_sub(OFFSET_FROM_END), [0, 0]);
    }
}

fn put(header: &mut [u8], at: usize, bytes: [u8; 2]) {
    if let Some(field) = header.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *field = bytes;
    }
}
