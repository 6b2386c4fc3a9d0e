//! A pcapng file as a source of frames.

use super::block::{Block, Kind};
use super::interface::Description;
use super::packet::{Packet, Remarks};
use super::statistics::{self, DropCounter};
use crate::base::FrameNo;
use crate::base::convert::{index, narrow};
use crate::capture::buffer::Buffer;
use crate::capture::byte_order::ByteOrder;
use crate::capture::ending::{Ending, MAX_CAPTURED, damage, note_excess, unreadable};
use crate::capture::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};

/// More interfaces than any machine has: what a hostile file may make us remember.
const MAX_INTERFACES: usize = 65_536;

/// A pcapng file as a source of frames.
pub(in crate::capture) struct PcapngReader {
    buffer: Buffer,
    identity: Identity,
    /// Interfaces of all sections.
    interfaces: Vec<Interface>,
    section: Section,
    drops: DropCounter,
    frames: u64,
    ended: bool,
    damage: Option<Damage>,
    notes: Vec<String>,
}

/// What the blocks of a section share.
struct Section {
    order: ByteOrder,
    /// Number of its first interface among those of all sections.
    first_interface: usize,
    descriptions: Vec<Description>,
}

/// A frame, found in the block at the beginning of the buffer.
struct Found {
    block: Block,
    packet: Packet,
    captured_length: u32,
}

impl PcapngReader {
    /// A reader of what `buffer` holds from its beginning.
    pub(in crate::capture) fn new(identity: Identity, buffer: Buffer) -> Result<Self, Error> {
        let mut reader = Self {
            buffer,
            identity,
            interfaces: Vec::new(),
            section: Section { order: ByteOrder::Little, first_interface: 0, descriptions: Vec::new() },
            drops: DropCounter::default(),
            frames: 0,
            ended: false,
            damage: None,
            notes: Vec::new(),
        };
        reader.read_first_section()?;
        Ok(reader)
    }

    fn read_first_section(&mut self) -> Result<(), Error> {
        let outcome = match self.next_block()? {
            Ok(block) => self.begin_section(block).map_err(Some),
            Err(ending) => {
                self.end(ending);
                Err(None)
            }
        };
        match outcome {
            Err(Some(found)) => Err(Error::NotACapture {
                file: self.identity.file.clone().unwrap_or_default(),
                found: format!("it begins like pcapng, but {found}"),
            }),
            Ok(()) | Err(None) => Ok(()),
        }
    }

    fn next_block(&mut self) -> Result<Result<Block, Ending>, Error> {
        Block::next(&mut self.buffer, self.section.order).map_err(unreadable(&self.identity))
    }

    /// Reads up to the next frame.
    fn find_frame(&mut self) -> Result<Result<Found, Ending>, Error> {
        loop {
            let block = match self.next_block()? {
                Ok(block) => block,
                Err(ending) => return Ok(Err(ending)),
            };
            let done = match block.kind {
                Kind::EnhancedPacket | Kind::SimplePacket | Kind::OldPacket => {
                    let found = self.find_in(block);
                    return Ok(found.map_err(|reason| damage(self.buffer.offset(), reason)));
                }
                Kind::Section => self.begin_section(block),
                Kind::Interface => self.add_interface(block),
                Kind::Statistics => self.read_statistics(block),
                Kind::Other => Ok(()),
            };
            if let Err(reason) = done {
                return Ok(Err(damage(self.buffer.offset(), reason)));
            }
        }
    }

    fn begin_section(&mut self, block: Block) -> Result<(), String> {
        let body = block.body(self.buffer.bytes());
        let version = (block.order.u16(body, 4), block.order.u16(body, 6));
        let (Some(major), Some(minor)) = version else {
            return Err("its section header is too short".to_owned());
        };
        if major != 1 {
            return Err(format!("its section header says version {major}.{minor}; synscope reads 1.x"));
        }
        self.drops.close_section(&self.section.descriptions);
        self.section =
            Section { order: block.order, first_interface: self.interfaces.len(), descriptions: Vec::new() };
        self.buffer.consume(index(block.total));
        Ok(())
    }

    fn add_interface(&mut self, block: Block) -> Result<(), String> {
        if self.interfaces.len() >= MAX_INTERFACES {
            return Err(format!("the file describes more than {MAX_INTERFACES} interfaces"));
        }
        let description = Description::parse(block.body(self.buffer.bytes()), block.order)
            .ok_or("the interface description is too short")?;
        self.interfaces.push(description.interface.clone());
        self.section.descriptions.push(description);
        self.buffer.consume(index(block.total));
        Ok(())
    }

    fn read_statistics(&mut self, block: Block) -> Result<(), String> {
        let body = block.body(self.buffer.bytes());
        let interface = block.order.u32(body, 0).ok_or("the interface statistics are too short")?;
        // Statistics on an interface that nobody described hurt no frame.
        if let Some(description) = self.section.descriptions.get_mut(index(interface)) {
            description.drops = statistics::parse(body, block.order).or(description.drops);
        }
        self.buffer.consume(index(block.total));
        Ok(())
    }

    fn find_in(&self, block: Block) -> Result<Found, String> {
        let body = block.body(self.buffer.bytes());
        let packet =
            Packet::parse(block.kind, body, block.order).ok_or("the block is too short to hold a frame")?;
        let described = self.section.descriptions.len();
        let description = self.section.descriptions.get(index(packet.interface)).ok_or_else(|| {
            format!(
                "the frame is of interface {}, but its section describes {described} so far",
                packet.interface
            )
        })?;
        let captured_length =
            packet.captured_length.unwrap_or_else(|| match description.interface.snap_length {
                0 => packet.wire_length,
                snap_length => packet.wire_length.min(snap_length),
            });
        let room = narrow(body.len()).saturating_sub(packet.data);
        if captured_length > MAX_CAPTURED {
            return Err(format!(
                "the frame claims {captured_length} captured bytes, more than the {MAX_CAPTURED} that synscope accepts"
            ));
        }
        if captured_length > room {
            return Err(format!(
                "the frame claims {captured_length} captured bytes, but its block holds {room}"
            ));
        }
        Ok(Found { block, packet, captured_length })
    }

    /// Moves past the frame and gives it out.
    fn frame(&mut self, found: &Found) -> Frame<'_> {
        let Found { block, packet, captured_length } = found;
        self.frames += 1;
        note_excess(&mut self.notes, *captured_length, packet.wire_length);
        let body = block.body(self.buffer.take(0, index(block.total)));
        let remarks = Remarks::parse(body, packet.data, *captured_length, block.order);
        self.drops.between(remarks.dropped.saturating_add(packet.dropped.into()));
        let description = self.section.descriptions.get(index(packet.interface));
        let data = index(packet.data);
        Frame {
            number: FrameNo(self.frames),
            time: packet.ticks.zip(description).and_then(|(ticks, of)| of.clock.time(ticks)),
            link_type: description.map_or(crate::base::LinkType::NULL, |of| of.interface.link_type),
            wire_length: packet.wire_length.max(*captured_length),
            fcs_length: remarks.fcs_length.or(description.map(|of| of.fcs_length)).unwrap_or(0),
            bytes: body.get(data..data + index(*captured_length)).unwrap_or_default(),
            interface: narrow(self.section.first_interface).saturating_add(packet.interface),
            comments: remarks.comments,
        }
    }

    fn end(&mut self, ending: Ending) {
        self.ended = true;
        if let Ending::Damaged(damage) = ending {
            self.damage = Some(damage);
        }
    }
}

impl Source for PcapngReader {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        if self.ended {
            return Ok(Next::End);
        }
        match self.find_frame()? {
            Ok(found) => Ok(Next::Frame(self.frame(&found))),
            Err(ending) => {
                self.end(ending);
                Ok(Next::End)
            }
        }
    }

    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    fn drops(&mut self) -> Option<Drops> {
        self.drops.total(&self.section.descriptions)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::base::LinkType;
    use crate::base::convert::wide;
    use crate::capture::read_all::{Dripping, damage_of, found_in, read_all, try_read};

    /// Blocks in one byte order.
    struct Blocks(ByteOrder, Vec<u8>);

    impl Blocks {
        fn new(order: ByteOrder) -> Self {
            Self(order, Vec::new()).section(order, 1)
        }

        fn n16(&self, number: u16) -> [u8; 2] {
            if self.0 == ByteOrder::Big { number.to_be_bytes() } else { number.to_le_bytes() }
        }

        fn n32(&self, numbers: &[u32]) -> Vec<u8> {
            let bytes = |number: &u32| {
                if self.0 == ByteOrder::Big { number.to_be_bytes() } else { number.to_le_bytes() }
            };
            numbers.iter().flat_map(bytes).collect()
        }

        fn block(mut self, kind: u32, mut body: Vec<u8>) -> Self {
            body.resize(body.len().next_multiple_of(4), 0);
            let total = u32::try_from(body.len()).unwrap() + 12;
            self.1.extend(self.n32(&[kind, total]));
            self.1.extend(body);
            self.1.extend(self.n32(&[total]));
            self
        }

        fn section(mut self, order: ByteOrder, major: u16) -> Self {
            self.0 = order;
            let mut body = self.n32(&[0x1a2b_3c4d]);
            body.extend([self.n16(major), self.n16(0)].as_flattened());
            body.extend([0xff; 8]);
            self.block(0x0a0d_0d0a, body)
        }

        fn options(&self, options: &[(u16, &[u8])]) -> Vec<u8> {
            let mut bytes = Vec::new();
            for (code, value) in options {
                bytes.extend([self.n16(*code), self.n16(u16::try_from(value.len()).unwrap())].as_flattened());
                bytes.extend(*value);
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
            bytes.extend([0; 4]);
            bytes
        }

        fn interface(self, link_type: u16, snap_length: u32, options: &[(u16, &[u8])]) -> Self {
            let mut body = [self.n16(link_type), [0; 2]].as_flattened().to_vec();
            body.extend(self.n32(&[snap_length]));
            body.extend(self.options(options));
            self.block(1, body)
        }

        /// An Enhanced Packet Block of 60 bytes on the wire.
        fn packet(self, interface: u32, ticks: u32, data: &[u8], options: &[(u16, &[u8])]) -> Self {
            let mut body = self.n32(&[interface, 0, ticks, u32::try_from(data.len()).unwrap(), 60]);
            body.extend(data);
            body.resize(body.len().next_multiple_of(4), 0);
            if !options.is_empty() {
                body.extend(self.options(options));
            }
            self.block(6, body)
        }
    }

    #[test]
    fn every_section_has_its_own_byte_order_and_interfaces() {
        let file = Blocks::new(ByteOrder::Big)
            .interface(1, 0, &[(2, b"eth0")])
            .interface(101, 0, &[(9, &[0]), (14, &100_u64.to_be_bytes())])
            .packet(1, 5, b"abc", &[])
            .section(ByteOrder::Little, 1)
            .interface(113, 0, &[(9, &[0x8a])])
            .packet(0, 512, b"defg", &[]);
        let capture = read_all(&file.1);
        assert_eq!(capture.damage, None);
        let seen: Vec<_> = capture
            .frames
            .iter()
            .map(|f| (f.interface, f.link_type.0, f.time.unwrap(), &f.bytes[..]))
            .collect();
        assert_eq!(seen, [(1, 101, 105_000_000_000, &b"abc"[..]), (2, 113, 500_000_000, &b"defg"[..])]);
        assert_eq!(capture.interfaces.len(), 3);
        assert_eq!(capture.interfaces[0].name.as_deref(), Some("eth0"));
        assert_eq!(try_read(Dripping(Cursor::new(file.1))).unwrap(), capture);
    }

    #[test]
    fn a_simple_packet_is_cut_by_the_snap_length_and_has_no_time() {
        let mut body = 60_u32.to_le_bytes().to_vec();
        body.extend(b"abcdefgh");
        let file = Blocks::new(ByteOrder::Little).interface(1, 6, &[]).block(3, body.clone());
        let frame = &read_all(&file.1).frames[0];
        assert_eq!((frame.time, &frame.bytes[..], frame.wire_length), (None, &b"abcdef"[..], 60));

        let lying = Blocks::new(ByteOrder::Little).interface(1, 0, &[]).block(3, body.clone());
        assert_eq!(damage_of(&lying.1).reason, "the frame claims 60 captured bytes, but its block holds 8");
        let without_interface = Blocks::new(ByteOrder::Little).block(3, body);
        let damage = damage_of(&without_interface.1);
        assert_eq!(
            (damage.offset, damage.reason.contains("of interface 0")),
            (28, true),
            "{}",
            damage.reason
        );
    }

    #[test]
    fn an_obsolete_packet_block_is_read() {
        let mut blocks = Blocks::new(ByteOrder::Big).interface(1, 0, &[]).interface(101, 0, &[]);
        let mut body = [blocks.n16(1), blocks.n16(9)].as_flattened().to_vec();
        body.extend(blocks.n32(&[0, 2, 3, 60]));
        body.extend(b"abc\0");
        body.extend(blocks.options(&[(1, b"old")]));
        blocks = blocks.block(2, body);
        let capture = read_all(&blocks.1);
        let frame = &capture.frames[0];
        assert_eq!((frame.interface, frame.time, &frame.bytes[..]), (1, Some(2_000), &b"abc"[..]));
        assert_eq!(frame.comments, ["old"]);
        assert_eq!(capture.drops, Some(Drops { by_system: 9, by_interface: 0 }));
    }

    #[test]
    fn options_of_a_frame_are_read() {
        let capture = read_all(
            &Blocks::new(ByteOrder::Big)
                .interface(1, 0, &[(13, &[4])])
                .packet(
                    0,
                    1,
                    b"abc",
                    &[(1, b"one"), (2, &[0, 0, 0, 0x40]), (1, b"tw\xff"), (4, &7_u64.to_be_bytes())],
                )
                .packet(0, 2, b"abcd", &[(2, &[0, 0, 0, 1])])
                .1,
        );
        assert_eq!(capture.frames[0].comments, ["one", "tw\u{fffd}"]);
        assert_eq!((capture.frames[0].fcs_length, capture.frames[1].fcs_length), (2, 4));
        assert_eq!(capture.drops, Some(Drops { by_system: 7, by_interface: 0 }));
    }

    #[test]
    fn the_newest_statistics_of_each_interface_count() {
        let statistics = |blocks: Blocks, interface: u32, by_interface: u64, by_system: u64| {
            let mut body = blocks.n32(&[interface, 0, 0]);
            body.extend(blocks.options(&[(5, &by_interface.to_be_bytes()), (7, &by_system.to_be_bytes())]));
            blocks.block(5, body)
        };
        let mut blocks = Blocks::new(ByteOrder::Big).interface(1, 0, &[]).interface(1, 0, &[]);
        blocks = statistics(blocks, 0, 1, 1);
        blocks = statistics(blocks, 0, 2, 3);
        blocks = statistics(blocks, 1, 10, 20);
        blocks = statistics(blocks, 77, 1, 1);
        blocks = blocks.section(ByteOrder::Big, 1).interface(1, 0, &[]);
        blocks = statistics(blocks, 0, 100, 200);
        let expected = Drops { by_system: 223, by_interface: 112 };
        assert_eq!(read_all(&blocks.1).drops, Some(expected));
    }

    #[test]
    fn blocks_that_carry_no_frames_are_passed_over_whatever_their_length() {
        let capture = read_all(
            &Blocks::new(ByteOrder::Little)
                .block(10, vec![7; 5_000_000])
                .interface(1, 0, &[])
                .block(4, vec![1; 12])
                .block(0x8000_0bad, Vec::new())
                .packet(0, 1, b"abc", &[])
                .1,
        );
        assert_eq!((capture.frames.len(), capture.damage), (1, None));
    }

    #[test]
    fn a_section_header_alone_is_an_empty_capture() {
        let capture = read_all(&Blocks::new(ByteOrder::Big).1);
        assert_eq!((capture.frames.len(), capture.damage, capture.drops), (0, None, None));
    }

    #[test]
    fn another_major_version_is_no_capture_or_later_damage() {
        let file = Blocks(ByteOrder::Big, Vec::new()).section(ByteOrder::Big, 2);
        assert_eq!(
            found_in(&file.1),
            "it begins like pcapng, but its section header says version 2.0; synscope reads 1.x"
        );
        let later = Blocks::new(ByteOrder::Big).interface(1, 0, &[]).packet(0, 1, b"abc", &[]);
        let offset = wide(later.1.len());
        let capture = read_all(&later.section(ByteOrder::Little, 2).1);
        assert_eq!(capture.frames.len(), 1);
        assert_eq!(capture.damage.unwrap().offset, offset);
    }

    #[test]
    fn lengths_that_cannot_be_right_are_damage() {
        let whole = Blocks::new(ByteOrder::Little).interface(1, 0, &[]).packet(0, 1, b"abc", &[]);
        let offset = whole.1.len();
        let file = whole.packet(0, 2, b"abcd", &[]).1;
        let total = file.len() - offset;
        for (length, reason) in [
            (0, "the block claims 0 bytes, fewer than the 12 that any block has"),
            (38, "the block claims 38 bytes, which is no multiple of 4"),
            (32, "the block's two lengths differ: 32 and 1684234849"),
            (40, "the file ends within a block: 36 of 40 bytes are there"),
            (0xffff_fff0, "the block claims 4294967280 bytes, more than the 2097152 that synscope accepts"),
        ] {
            let mut broken = file.clone();
            broken[offset + 4..offset + 8].copy_from_slice(&u32::to_le_bytes(length));
            let capture = read_all(&broken);
            let damage = capture.damage.unwrap();
            assert_eq!((damage.offset, damage.reason.as_str()), (wide(offset), reason));
            assert_eq!(capture.frames.len(), 1);
        }
        let mut broken = file;
        let last = broken.len() - 4;
        broken[last] ^= 4;
        assert!(
            damage_of(&broken).reason.starts_with(&format!("the block's two lengths differ: {total} and "))
        );
    }

    #[test]
    fn a_file_cut_anywhere_gives_what_was_before_the_cut() {
        let blocks = Blocks::new(ByteOrder::Big).interface(1, 0, &[(2, b"eth0")]).block(10, vec![7; 20]);
        let before_frame = blocks.1.len();
        let file = blocks.packet(0, 1, b"abc", &[]).1;
        let ends = [28, 28 + 32, before_frame, file.len()];
        for length in 8..file.len() {
            let capture = read_all(&file[..length]);
            let block = ends.iter().rev().find(|end| **end <= length).copied().unwrap_or(0);
            let expected = (block != length).then_some(wide(block));
            assert_eq!(capture.damage.map(|damage| damage.offset), expected, "cut at {length}");
            assert_eq!(capture.frames.len(), 0);
        }
    }

    #[test]
    fn frames_that_lie_about_their_length_or_interface_are_damage() {
        let file = Blocks::new(ByteOrder::Little).interface(1, 0, &[]);
        let mut body = file.n32(&[0, 0, 0, 5, 60]);
        body.extend(b"abcd");
        let lying = file.block(6, body);
        assert_eq!(damage_of(&lying.1).reason, "the frame claims 5 captured bytes, but its block holds 4");
        let stray = Blocks::new(ByteOrder::Little).interface(1, 0, &[]).packet(3, 0, b"abcd", &[]);
        assert_eq!(
            damage_of(&stray.1).reason,
            "the frame is of interface 3, but its section describes 1 so far"
        );
        let short = Blocks::new(ByteOrder::Little).interface(1, 0, &[]).block(6, vec![0; 16]);
        assert_eq!(damage_of(&short.1).reason, "the block is too short to hold a frame");
    }

    #[test]
    fn more_captured_than_was_on_the_wire_is_noted_once() {
        let file = Blocks::new(ByteOrder::Big).interface(1, 0, &[]);
        let file = file.packet(0, 1, &[1; 61], &[]).packet(0, 1, &[1; 62], &[]);
        let capture = read_all(&file.1);
        assert_eq!((capture.frames[1].wire_length, capture.notes.len()), (62, 1));
        assert_eq!(capture.frames[1].link_type, LinkType::ETHERNET);
    }
}
