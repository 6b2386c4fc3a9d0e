//! pcap files (draft-ietf-opsawg-pcap), with the variants of it that are told apart by their magic number.

use super::buffer::Buffer;
use super::byte_order::ByteOrder;
use super::ending::{Ending, MAX_CAPTURED, cut, damage, note_excess, unreadable};
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
                0x1c00_01ac | 0x1c00_01ab => (1_000, 28, 16),
                _ => return None,
            };
            Some(Self { order, nanoseconds_per_tick, file_header, record_header })
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
        if !self.buffer.have(index(length)).map_err(unreadable(&self.identity))? {
            let ending = cut(&self.buffer, "the file header", length, false);
            self.end(ending);
            return Ok(());
        }
        let header = self.buffer.bytes();
        let order = self.layout.order;
        let version = (order.u16(header, 4).unwrap_or(0), order.u16(header, 6).unwrap_or(0));
        let snap_length = order.u32(header, 16).unwrap_or(0);
        let network = order.u32(header, 20).unwrap_or(0);
        self.link_type = LinkType(u16::try_from(network & 0xffff).unwrap_or(0));
        self.fcs_length = fcs_length(network);
        self.lengths_may_be_swapped = version < (2, 4) || version.0 == 543;
        self.interface = Some(Interface { name: None, link_type: self.link_type, snap_length });
        self.buffer.consume(index(length));
        Ok(())
    }

    /// The header of the record that comes next, all of whose bytes have then arrived.
    fn next_record(&mut self) -> Result<Result<Record, Ending>, Error> {
        let header = self.layout.record_header;
        if !self.buffer.have(index(header)).map_err(unreadable(&self.identity))? {
            return Ok(Err(cut(&self.buffer, "a record's header", header, true)));
        }
        let Some(record) = self.parse_record() else {
            return Ok(Err(damage(self.buffer.offset(), "the record has no header")));
        };
        if record.captured_length > MAX_CAPTURED {
            return Ok(Err(absurd(self.buffer.offset(), record.captured_length)));
        }
        let whole = header + record.captured_length;
        if !self.buffer.have(index(whole)).map_err(unreadable(&self.identity))? {
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
            wire_length: wire,
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
        note_excess(&mut self.notes, record.captured_length, record.wire_length);
        Ok(Next::Frame(Frame {
            number: FrameNo(self.frames),
            time: Some(record.time),
            link_type: self.link_type,
            wire_length: record.wire_length.max(record.captured_length),
            fcs_length: self.fcs_length,
            bytes: self.buffer.take(index(self.layout.record_header), index(record.captured_length)),
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
            "the record claims {length} captured bytes, more than the {MAX_CAPTURED} that synscope accepts"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::convert::wide;
    use crate::capture::read_all::{Held, damage_of, read_all};

    /// A file header of magic `magic`, written in order `order`.
    fn header(magic: u32, order: ByteOrder, version: (u16, u16), network: u32) -> Vec<u8> {
        let mut file = Vec::new();
        put32(&mut file, order, &[magic]);
        let (major, minor) = version;
        let version = match order {
            ByteOrder::Big => [major.to_be_bytes(), minor.to_be_bytes()],
            ByteOrder::Little => [major.to_le_bytes(), minor.to_le_bytes()],
        };
        file.extend(version.as_flattened());
        put32(&mut file, order, &[0, 0, 65_535, network]);
        file
    }

    fn put32(file: &mut Vec<u8>, order: ByteOrder, numbers: &[u32]) {
        for number in numbers {
            file.extend(match order {
                ByteOrder::Big => number.to_be_bytes(),
                ByteOrder::Little => number.to_le_bytes(),
            });
        }
    }

    /// Two records, of 3 and 0 bytes, as most writers write them.
    fn plain() -> Vec<u8> {
        let mut file = header(0xa1b2_c3d4, ByteOrder::Little, (2, 4), 1);
        put32(&mut file, ByteOrder::Little, &[10, 20, 3, 60]);
        file.extend(b"abc");
        put32(&mut file, ByteOrder::Little, &[11, 0, 0, 60]);
        file
    }

    fn times(frames: &[Held]) -> Vec<Option<u64>> {
        frames.iter().map(|frame| frame.time).collect()
    }

    #[test]
    fn both_byte_orders_and_both_units_of_time_are_read() {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            for (magic, nanoseconds) in [(0xa1b2_c3d4, 20_000), (0xa1b2_3c4d, 20)] {
                let mut file = header(magic, order, (2, 4), 101);
                put32(&mut file, order, &[10, 20, 3, 60]);
                file.extend(b"abc");
                let capture = read_all(&file);
                let frame = &capture.frames[0];
                assert_eq!(frame.time, Some(10_000_000_000 + nanoseconds));
                assert_eq!((frame.bytes.as_slice(), frame.wire_length), (&b"abc"[..], 60));
                assert_eq!(frame.link_type, LinkType::RAW);
                assert_eq!((capture.frames.len(), capture.damage), (1, None));
            }
        }
    }

    #[test]
    fn the_modified_format_has_longer_record_headers() {
        let mut file = header(0xa1b2_cd34, ByteOrder::Big, (2, 4), 1);
        for second in [1, 2] {
            put32(&mut file, ByteOrder::Big, &[second, 0, 2, 2, 0xffff_ffff, 0xffff_ffff]);
            file.extend(b"xy");
        }
        let capture = read_all(&file);
        assert_eq!(times(&capture.frames), [Some(1_000_000_000), Some(2_000_000_000)]);
        assert!(capture.frames.iter().all(|frame| frame.bytes == b"xy"));
        assert_eq!(capture.damage, None);
    }

    #[test]
    fn the_size_that_ixia_writes_after_the_header_is_passed_over() {
        let mut file = header(0x1c00_01ac, ByteOrder::Little, (2, 4), 1);
        put32(&mut file, ByteOrder::Little, &[18, 1, 5, 2, 2]);
        file.extend(b"xy");
        let capture = read_all(&file);
        assert_eq!(times(&capture.frames), [Some(1_000_005_000)]);
        assert_eq!(capture.damage, None);
    }

    #[test]
    fn upper_bits_of_the_link_type_tell_the_length_of_the_frame_check_sequence() {
        for (network, link_type, fcs) in
            [(0x2400_0001, 1, 4), (0x2000_0001, 1, 0), (0x3000_0084, 132, 0), (0xffff_ffff, 0xffff, 30)]
        {
            let mut file = header(0xa1b2_c3d4, ByteOrder::Little, (2, 4), network);
            put32(&mut file, ByteOrder::Little, &[0, 0, 0, 0]);
            let frame = &read_all(&file).frames[0];
            assert_eq!((frame.link_type, frame.fcs_length), (LinkType(link_type), fcs));
        }
    }

    #[test]
    fn lengths_are_swapped_only_in_old_versions() {
        for (version, lengths) in [((2, 2), (2, 60)), ((2, 4), (60, 60))] {
            let mut file = header(0xa1b2_c3d4, ByteOrder::Little, version, 1);
            put32(&mut file, ByteOrder::Little, &[0, 0, 60, 2]);
            file.extend([0; 60].iter().take(lengths.0));
            let capture = read_all(&file);
            assert_eq!((capture.frames[0].bytes.len(), capture.frames[0].wire_length), lengths);
            assert_eq!(capture.notes.len(), usize::from(version == (2, 4)));
        }
    }

    #[test]
    fn a_file_cut_anywhere_gives_what_was_before_the_cut() {
        let file = plain();
        for length in 4..file.len() {
            let capture = read_all(&file[..length]);
            let (frames, damage_at) = match length {
                0..24 => (0, Some(0)),
                24 => (0, None),
                25..43 => (0, Some(24)),
                43 => (1, None),
                _ => (1, Some(43)),
            };
            assert_eq!(capture.frames.len(), frames, "cut at {length}");
            assert_eq!(capture.damage.map(|damage| damage.offset), damage_at, "cut at {length}");
        }
        let cut = damage_of(&file[..41]);
        assert_eq!(
            (cut.offset, cut.reason.as_str()),
            (24, "the file ends within a record: 17 of 19 bytes are there")
        );
    }

    #[test]
    fn a_record_of_absurd_length_is_damage_but_a_large_one_is_not() {
        let mut file = plain();
        put32(&mut file, ByteOrder::Little, &[12, 0, MAX_CAPTURED, 9]);
        file.resize(file.len() + index(MAX_CAPTURED), 7);
        let large = read_all(&file);
        assert_eq!((large.frames.len(), large.frames[2].bytes.len()), (3, index(MAX_CAPTURED)));
        let end = wide(file.len());
        put32(&mut file, ByteOrder::Little, &[12, 0, MAX_CAPTURED + 1, 9]);
        let capture = read_all(&file);
        assert_eq!(capture.frames.len(), 3);
        let damage = capture.damage.unwrap();
        assert_eq!(damage.offset, end);
        assert!(damage.reason.contains("claims 262145 captured bytes"), "{}", damage.reason);
    }

    #[test]
    fn the_snap_length_in_the_header_is_not_believed() {
        let mut file = plain();
        for snap_length in [[1, 0, 0, 0], [0; 4], [0xff; 4]] {
            file[16..20].copy_from_slice(&snap_length);
            assert_eq!(read_all(&file).frames.len(), 2);
        }
    }
}
