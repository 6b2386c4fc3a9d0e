//! pcap files (draft-ietf-opsawg-pcap), with the variants of it that are told apart by their magic number.

use super::buffer::Buffer;
use super::byte_order::ByteOrder;
use super::ending::{Ending, MAX_CAPTURED, cut, damage, unreadable};
use super::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};
use crate::base::convert::index;
use crate::base::{FrameNo, LinkType, Timestamp};

/// What a file's magic number says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    order: ByteOrder,
    nanoseconds_per_tick: u32,
    /// Bytes before the first record.
    file_header: u32,
    /// Bytes before the captured ones of each record; the first 16 mean the same in every variant.
    record_header: u32,
}

impl Layout {
    /// The layout that the first four bytes of a file announce, if they are those of a pcap file.
    pub(super) fn of_magic(magic: [u8; 4]) -> Option<Self> {
        let of_number = |number, order| {
            let (nanoseconds_per_tick, file_header, record_header) = match number {
                0xa1b2_c3d4 => (1_000, 24, 16),
                0xa1b2_3c4d => (1, 24, 16),
                // Kuznetzov's libpcap patches: interface index, protocol and packet type in every record.
                0xa1b2_cd34 => (1_000, 24, 24),
                // Ixia's lcap, by hardware and by software: the size of all records follows the file header.
                0x1c00_01ac | 0x1c00_01ab => (1, 28, 16),
                _ => return None,
            };
            Some(Self {
                order,
                nanoseconds_per_tick,
                file_header,
                record_header,
            })
        };
        of_number(u32::from_be_bytes(magic), ByteOrder::Big)
            .or_else(|| of_number(u32::from_le_bytes(magic), ByteOrder::Little))
    }
}

/// A pcap file as a source of frames.
pub(super) struct PcapReader {
    buffer: Buffer,
    identity: Identity,
    layout: Layout,
    /// The file has one interface, once its header has been read.
    interface: Option<Interface>,
    link_type: LinkType,
    fcs_length: u8,
    /// Versions before 2.4 may have the two lengths of a record the other way round.
    lengths_may_be_swapped: bool,
    frames: u64,
    ended: bool,
    damage: Option<Damage>,
    notes: Vec<String>,
}

/// A record's header.
struct Record {
    time: Timestamp,
    captured_length: u32,
    wire_length: u32,
}

impl PcapReader {
    /// A reader of what `buffer` holds from its beginning. A file that ends within its header is damaged at offset 0.
    pub(super) fn new(identity: Identity, layout: Layout, buffer: Buffer) -> Result<Self, Error> {
        let mut reader = Self {
            buffer,
            identity,
            layout,
            interface: None,
            link_type: LinkType(0),
            fcs_length: 0,
            lengths_may_be_swapped: false,
            frames: 0,
            ended: false,
            damage: None,
            notes: Vec::new(),
        };
        reader.read_file_header()?;
        Ok(reader)
    }

    fn read_file_header(&mut self) -> Result<(), Error> {
        let length = self.layout.file_header;
        if !self
            .buffer
            .have(index(length))
            .map_err(unreadable(&self.identity))?
        {
            let ending = cut(&self.buffer, "the file header", length, false);
            self.end(ending);
            return Ok(());
        }
        let header = self.buffer.bytes();
        let order = self.layout.order;
        let version = (
            order.u16(header, 4).unwrap_or(0),
            order.u16(header, 6).unwrap_or(0),
        );
        let snap_length = order.u32(header, 16).unwrap_or(0);
        let network = order.u32(header, 20).unwrap_or(0);
        self.link_type = LinkType(u16::try_from(network & 0xffff).unwrap_or(0));
        self.fcs_length = fcs_length(network);
        self.lengths_may_be_swapped = version < (2, 4) || version.0 == 543;
        self.interface = Some(Interface {
            name: None,
            link_type: self.link_type,
            snap_length,
        });
        self.buffer.consume(index(length));
        Ok(())
    }

    /// The header of the record that comes next, all of whose bytes have then arrived.
    fn next_record(&mut self) -> Result<Result<Record, Ending>, Error> {
        let header = self.layout.record_header;
        if !self
            .buffer
            .have(index(header))
            .map_err(unreadable(&self.identity))?
        {
            return Ok(Err(cut(&self.buffer, "a record's header", header, true)));
        }
        let Some(record) = self.parse_record() else {
            return Ok(Err(damage(self.buffer.offset(), "the record has no header")));
        };
        if record.captured_length > MAX_CAPTURED {
            return Ok(Err(absurd(self.buffer.offset(), record.captured_length)));
        }
        let whole = header + record.captured_length;
        if !self
            .buffer
            .have(index(whole))
            .map_err(unreadable(&self.identity))?
        {
            return Ok(Err(cut(&self.buffer, "a record", whole, false)));
        }
        Ok(Ok(record))
    }

    #[inline]
    fn parse_record(&self) -> Option<Record> {
        let header = self.buffer.bytes().first_chunk::<16>()?;
        let order = self.layout.order;
        let seconds = u64::from(order.u32(header, 0)?);
        let ticks = u64::from(order.u32(header, 4)?);
        let (mut captured, mut wire) = (order.u32(header, 8)?, order.u32(header, 12)?);
        if captured > wire && self.lengths_may_be_swapped {
            (captured, wire) = (wire, captured);
        }
        let nanoseconds = ticks * u64::from(self.layout.nanoseconds_per_tick);
        Some(Record {
            time: Timestamp(seconds * 1_000_000_000 + nanoseconds),
            captured_length: captured,
            // Some writers put less here than they captured.
            wire_length: wire.max(captured),
        })
    }

    fn end(&mut self, ending: Ending) {
        self.ended = true;
        if let Ending::Damaged(damage) = ending {
            self.damage = Some(damage);
        }
    }
}

impl Source for PcapReader {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        if self.ended {
            return Ok(Next::End);
        }
        let record = match self.next_record()? {
            Ok(record) => record,
            Err(ending) => {
                self.end(ending);
                return Ok(Next::End);
            }
        };
        self.frames += 1;
        Ok(Next::Frame(Frame {
            number: FrameNo(self.frames),
            time: Some(record.time),
            link_type: self.link_type,
            wire_length: record.wire_length,
            fcs_length: self.fcs_length,
            bytes: self
                .buffer
                .take(index(self.layout.record_header), index(record.captured_length)),
            interface: 0,
            comments: Vec::new(),
        }))
    }

    fn interfaces(&self) -> &[Interface] {
        self.interface.as_slice()
    }

    fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    fn drops(&mut self) -> Option<Drops> {
        None
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Bytes of frame check sequence that the link-type field announces: with the f bit set, its upper four bits count 16-bit words
/// (draft-ietf-opsawg-pcap §4).
fn fcs_length(network: u32) -> u8 {
    if network & 0x0400_0000 == 0 {
        return 0;
    }
    u8::try_from(network >> 28).unwrap_or(0) * 2
}

fn absurd(offset: u64, length: u32) -> Ending {
    damage(
        offset,
        format!(
            "the record claims {length} captured bytes, more than the {MAX_CAPTURED} that any capture holds of a frame"
        ),
    )
}
