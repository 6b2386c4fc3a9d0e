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
            section: Section {
                order: ByteOrder::Little,
                first_interface: 0,
                descriptions: Vec::new(),
            },
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
            return Err(format!(
                "its section header says version {major}.{minor}; synscope reads 1.x"
            ));
        }
        self.drops.close_section(&self.section.descriptions);
        self.section = Section {
            order: block.order,
            first_interface: self.interfaces.len(),
            descriptions: Vec::new(),
        };
        self.buffer.consume(index(block.total));
        Ok(())
    }

    fn add_interface(&mut self, block: Block) -> Result<(), String> {
        if self.interfaces.len() >= MAX_INTERFACES {
            return Err(format!(
                "the file describes more than {MAX_INTERFACES} interfaces"
            ));
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
        let interface = block
            .order
            .u32(body, 0)
            .ok_or("the interface statistics are too short")?;
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
        let description = self
            .section
            .descriptions
            .get(index(packet.interface))
            .ok_or_else(|| {
                format!(
                    "the frame is of interface {}, but its section describes {described} so far",
                    packet.interface
                )
            })?;
        let captured_length =
            packet
                .captured_length
                .unwrap_or_else(|| match description.interface.snap_length {
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
        Ok(Found {
            block,
            packet,
            captured_length,
        })
    }

    /// Moves past the frame and gives it out.
    fn frame(&mut self, found: &Found) -> Frame<'_> {
        let Found {
            block,
            packet,
            captured_length,
        } = found;
        self.frames += 1;
        note_excess(&mut self.notes, *captured_length, packet.wire_length);
        let body = block.body(self.buffer.take(0, index(block.total)));
        let remarks = Remarks::parse(body, packet.data, *captured_length, block.order);
        self.drops
            .between(remarks.dropped.saturating_add(packet.dropped.into()));
        let description = self.section.descriptions.get(index(packet.interface));
        let data = index(packet.data);
        Frame {
            number: FrameNo(self.frames),
            time: packet
                .ticks
                .zip(description)
                .and_then(|(ticks, of)| of.clock.time(ticks)),
            link_type: description.map_or(crate::base::LinkType::NULL, |of| of.interface.link_type),
            wire_length: packet.wire_length.max(*captured_length),
            fcs_length: remarks
                .fcs_length
                .or(description.map(|of| of.fcs_length))
                .unwrap_or(0),
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
