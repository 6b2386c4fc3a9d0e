//! One packet while its fragments come in.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

use crate::base::convert::{index, narrow};
use crate::base::{FrameNo, Timestamp};
use crate::fragments::packet::Carried;

/// Bytes of IP packets that a fragment may reach to: what Total Length and Payload Length can say (RFC 791 §3.1, RFC 8200 §3).
const MOST_BYTES: u32 = 65_535;

/// One packet while its fragments come in. Offsets count from its first byte behind the IP header.
#[derive(Debug, Default)]
pub(super) struct Datagram {
    /// Bytes by their offset; no two overlap.
    pieces: BTreeMap<u32, Piece>,
    /// Bytes of all pieces on the wire.
    covered: u32,
    /// Where the packet ends, once its last fragment came.
    end: Option<u32>,
    /// The IP header of its first fragment.
    pub(super) header: Option<Vec<u8>>,
    /// Fragments that were taken, and the frames that brought them.
    prints: BTreeMap<Print, FrameNo>,
    /// Length on the wire of the frames that brought them, in bytes.
    pub(super) wire_length: u32,
    /// Time of the latest one.
    pub(super) latest: Option<Timestamp>,
    /// The fragment that contradicts an earlier one, and the frame that brought that one.
    pub(super) overlap: Option<(FrameNo, FrameNo)>,
}

/// Bytes that one fragment brought first.
#[derive(Debug)]
struct Piece {
    /// Where it ends on the wire.
    end: u32,
    /// As many of its bytes as were captured.
    bytes: Vec<u8>,
    frame: FrameNo,
}

/// What is remembered of a fragment, to know it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Print {
    offset: u32,
    length: u32,
    digest: u64,
}

/// A fragment as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) frame: FrameNo,
    pub(super) offset: u32,
    /// Bytes on the wire.
    pub(super) length: u32,
    /// Those that were captured.
    pub(super) bytes: &'a [u8],
    pub(super) more: bool,
    /// Whether overlaps are forbidden altogether (IPv6, RFC 5722).
    pub(super) strict: bool,
}

impl<'a> Part<'a> {
    /// A fragment without what no host counts: the bytes of any but the last behind the last eight that are whole (RFC 791 §3.2).
    /// `None` where it reaches further than a packet can.
    pub(super) fn sound(self) -> Option<Part<'a>> {
        let length = if self.more { self.length & !7 } else { self.length };
        let end = self.offset.checked_add(length).filter(|end| *end <= MOST_BYTES)?;
        let bytes = self.bytes.get(..index(length)).unwrap_or(self.bytes);
        (end > 0).then_some(Part { length, bytes, ..self })
    }

    fn end(&self) -> u32 {
        self.offset.saturating_add(self.length)
    }

    fn print(&self) -> Print {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.bytes);
        Print { offset: self.offset, length: self.length, digest: hasher.finish() }
    }
}

impl Datagram {
    /// Bytes of memory that a fragment takes beside its own.
    const EACH: usize = 256;

    /// Takes a fragment; whether it is none that was there already.
    pub(super) fn take(&mut self, part: &Part<'_>) -> bool {
        if self.has(part) {
            return false;
        }
        if let Some(earlier) = self.contradicted(part) {
            self.overlap.get_or_insert((part.frame, earlier));
        }
        if self.contradicted_end(part).is_none() {
            let known: Vec<_> = self.overlapped(part).map(|(start, piece)| (start, piece.end)).collect();
            self.fill(part, &known);
            if !part.more {
                self.end = Some(part.end());
            }
        }
        self.prints.insert(part.print(), part.frame);
        true
    }

    /// The frame of an earlier fragment that this one contradicts; none where it is a copy.
    pub(super) fn contradicted(&self, part: &Part<'_>) -> Option<FrameNo> {
        if self.has(part) {
            return None;
        }
        let mut known = self.overlapped(part);
        self.contradicted_end(part)
            .or_else(|| known.find_map(|(start, piece)| contradicts(part, start, piece)))
    }

    /// Whether this very fragment was taken.
    pub(super) fn has(&self, part: &Part<'_>) -> bool {
        self.prints.contains_key(&part.print())
    }

    /// Whether every byte was sent that belongs to the packet.
    pub(super) fn is_whole(&self) -> bool {
        self.header.is_some() && self.end == Some(self.covered)
    }

    /// Its length behind the IP header in bytes, where its last fragment came.
    pub(super) fn length(&self) -> Option<u32> {
        self.end
    }

    /// Its bytes up to the first that was not captured.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(index(self.covered));
        for (start, piece) in &self.pieces {
            if narrow(bytes.len()) != *start {
                break;
            }
            bytes.extend_from_slice(&piece.bytes);
        }
        bytes
    }

    /// The first bytes that no fragment brought: from, and up to where the next one begins; `None` up to an end that is not known.
    pub(super) fn first_missing(&self) -> (u32, Option<u32>) {
        let mut due = 0;
        for (start, piece) in &self.pieces {
            if *start > due {
                return (due, Some(*start));
            }
            due = piece.end;
        }
        (due, self.end)
    }

    /// The fragments, by their place.
    pub(super) fn carried(&self) -> Vec<Carried> {
        let of = |(print, frame): (&Print, &FrameNo)| Carried {
            frame: *frame,
            offset: print.offset,
            length: print.length,
        };
        self.prints.iter().map(of).collect()
    }

    /// Forgets all but what it takes to know the fragments again.
    pub(super) fn forget(&mut self) {
        self.pieces = BTreeMap::new();
        self.header = None;
        self.end = None;
        self.covered = 0;
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        let header = self.header.as_ref().map_or(0, Vec::len);
        let bytes = if self.pieces.is_empty() { 0 } else { index(self.covered) };
        header + bytes + (self.prints.len() + self.pieces.len() + 1) * Self::EACH
    }

    /// Pieces that have bytes in common with a fragment.
    fn overlapped(&self, part: &Part<'_>) -> impl Iterator<Item = (u32, &Piece)> {
        let begins = part.offset;
        let before_its_end = self.pieces.range(..part.end()).rev();
        before_its_end.take_while(move |(_, piece)| piece.end > begins).map(|(start, piece)| (*start, piece))
    }

    /// The frame that says where the packet ends, or that has bytes behind, where a fragment says otherwise.
    fn contradicted_end(&self, part: &Part<'_>) -> Option<FrameNo> {
        let last = self.pieces.last_key_value().map(|(_, piece)| piece);
        let goes_on = last.filter(|last| !part.more && last.end > part.end()).map(|last| last.frame);
        let is_over = self.end.is_some_and(|end| part.end() > end || (!part.more && part.end() != end));
        goes_on.or_else(|| last.filter(|_| is_over).map(|last| last.frame))
    }

    /// Adds the bytes of a fragment that nobody brought before; `known` are those that somebody did, backwards.
    fn fill(&mut self, part: &Part<'_>, known: &[(u32, u32)]) {
        let mut due = part.offset;
        let behind = (part.end(), part.end());
        for (start, end) in known.iter().rev().copied().chain([behind]) {
            if start > due {
                let from = index(due - part.offset).min(part.bytes.len());
                let to = index(start - part.offset).min(part.bytes.len());
                let bytes = part.bytes.get(from..to).unwrap_or_default().to_vec();
                self.covered = self.covered.saturating_add(start - due);
                self.pieces.insert(due, Piece { end: start, bytes, frame: part.frame });
            }
            due = due.max(end);
        }
    }
}

/// The frame of a piece that a fragment has bytes in common with and that it contradicts.
fn contradicts(part: &Part<'_>, start: u32, piece: &Piece) -> Option<FrameNo> {
    let from = start.max(part.offset);
    let to = piece.end.min(part.end());
    let theirs = piece.bytes.get(index(from - start)..).unwrap_or_default();
    let ours = part.bytes.get(index(from - part.offset)..).unwrap_or_default();
    let common = index(to.saturating_sub(from)).min(theirs.len()).min(ours.len());
    let differs = theirs.get(..common) != ours.get(..common);
    (differs || part.strict).then_some(piece.frame)
}
