//! Saved captures that are a file header and records, one a frame, as a source of frames: what is common to such formats.

use super::buffer::Buffer;
use super::ending::{Ending, MAX_CAPTURED, cut, damage, note_excess, unreadable};
use super::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};
use crate::base::convert::index;
use crate::base::{ByteSpan, FrameNo, LinkType, Timestamp};

/// Most link types of one capture that are told apart; formats have fewer.
const MAX_INTERFACES: usize = 64;

/// How the records of one format are read.
pub(super) trait Format: Send {
    /// Bytes of a record that have to be there before its length can be told.
    fn header_length(&self) -> u32;
    /// The whole record's length in bytes, header included; `Err` says what is wrong with its header.
    fn record_length(&self, header: &[u8]) -> Result<u32, &'static str>;
    /// What a whole record holds; `None` where it is none of a frame.
    fn record(&self, record: &[u8]) -> Result<Option<Record>, &'static str>;
    /// Where the records end, counted in bytes from the beginning of the file; `None` where it is with the file.
    fn end(&self) -> Option<u64> {
        None
    }
}

/// What one record says of its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) time: Option<Timestamp>,
    pub(super) link_type: LinkType,
    pub(super) wire_length: u32,
    pub(super) fcs_length: u8,
    /// The captured bytes within the record.
    pub(super) captured: ByteSpan,
}

/// A capture of one format as a source of frames.
pub(super) struct RecordReader<F> {
    buffer: Buffer,
    identity: Identity,
    format: F,
    interfaces: Vec<Interface>,
    /// Bytes of the last record that are left in the buffer.
    left: u32,
    frames: u64,
    ended: bool,
    damage: Option<Damage>,
    notes: Vec<String>,
}

impl<F: Format> RecordReader<F> {
    /// A reader of the records that `buffer` holds from its beginning on.
    pub(super) fn new(identity: Identity, format: F, buffer: Buffer) -> Self {
        Self {
            buffer,
            identity,
            format,
            interfaces: Vec::new(),
            left: 0,
            frames: 0,
            ended: false,
            damage: None,
            notes: Vec::new(),
        }
    }

    /// The same, of a capture that is broken from its file header on: it gives no frame.
    pub(super) fn broken(mut self, ending: Ending) -> Self {
        self.finish(ending);
        self
    }

    /// Adds a plain sentence on what was worked around.
    pub(super) fn noting(mut self, note: Option<&str>) -> Self {
        self.notes.extend(note.map(str::to_owned));
        self
    }

    /// The next record of a frame and its whole length, all of whose bytes have then arrived.
    fn next_record(&mut self) -> Result<Result<(Record, u32), Ending>, Error> {
        loop {
            self.buffer.consume(index(std::mem::take(&mut self.left)));
            if self.format.end().is_some_and(|end| self.buffer.offset() >= end) {
                return Ok(Err(Ending::Clean));
            }
            let header = self.format.header_length();
            if !self.buffer.have(index(header)).map_err(unreadable(&self.identity))? {
                return Ok(Err(cut(&self.buffer, "a record's header", header, true)));
            }
            let at = self.buffer.offset();
            let length = match self.format.record_length(self.buffer.bytes()) {
                Ok(length) if length >= header && length <= MAX_CAPTURED => length,
                Ok(length) => {
                    return Ok(Err(damage(at, format!("the record claims a length of {length} bytes"))));
                }
                Err(reason) => return Ok(Err(damage(at, reason))),
            };
            if !self.buffer.have(index(length)).map_err(unreadable(&self.identity))? {
                return Ok(Err(cut(&self.buffer, "a record", length, false)));
            }
            let whole = ByteSpan::new(0, length).of(self.buffer.bytes());
            match self.format.record(whole) {
                Ok(Some(record)) if record.captured.end() <= length => return Ok(Ok((record, length))),
                Ok(Some(_)) => {
                    return Ok(Err(damage(at, "the record claims more captured bytes than it has")));
                }
                Ok(None) => self.left = length,
                Err(reason) => return Ok(Err(damage(at, reason))),
            }
        }
    }

    /// Number of the interface that stands for a link type.
    fn interface(&mut self, link_type: LinkType) -> u32 {
        let known = self.interfaces.iter().position(|interface| interface.link_type == link_type);
        let place = known.unwrap_or(self.interfaces.len());
        if known.is_none() && self.interfaces.len() < MAX_INTERFACES {
            self.interfaces.push(Interface { name: None, link_type, snap_length: 0 });
        }
        crate::base::convert::narrow(place.min(MAX_INTERFACES - 1))
    }

    fn finish(&mut self, ending: Ending) {
        self.ended = true;
        if let Ending::Damaged(damage) = ending {
            self.damage = Some(damage);
        }
    }
}

impl<F: Format> Source for RecordReader<F> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        if self.ended {
            return Ok(Next::End);
        }
        let (record, length) = match self.next_record()? {
            Ok(found) => found,
            Err(ending) => {
                self.finish(ending);
                return Ok(Next::End);
            }
        };
        self.frames += 1;
        let captured = record.captured;
        note_excess(&mut self.notes, captured.len, record.wire_length);
        self.left = length - captured.end();
        Ok(Next::Frame(Frame {
            number: FrameNo(self.frames),
            time: record.time,
            link_type: record.link_type,
            wire_length: record.wire_length.max(captured.len),
            fcs_length: record.fcs_length,
            interface: self.interface(record.link_type),
            bytes: self.buffer.take(index(captured.start), index(captured.len)),
            comments: Vec::new(),
        }))
    }

    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
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
