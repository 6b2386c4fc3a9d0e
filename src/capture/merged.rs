//! Several captures joined into one, in time order: the rotated files of one recording, or recordings of several interfaces.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::held_frame::HeldFrame;
use super::{Damage, Drops, Error, Identity, Interface, Next, Source};
use crate::base::convert::{index, narrow};
use crate::base::{FrameNo, Timestamp};

/// Several captures as one. Frames are told in the order of their times and numbered anew from 1; within one capture their order
/// stays as it is, and at equal times the capture that was named first comes first. A frame without a time follows the one before it
/// in its capture at once.
pub struct Merged {
    parts: Vec<Part>,
    identity: Identity,
    /// Of all parts, in the order of first sight.
    interfaces: Vec<Interface>,
    frames: u64,
    damage: Option<Damage>,
    notes: Vec<String>,
    /// Parts whose next frame is still to be read: at first all, then the one whose frame was told last.
    empty: Vec<usize>,
    /// Parts that hold their next frame, the earliest on top.
    waiting: BinaryHeap<Reverse<(Option<Timestamp>, usize)>>,
}

/// One of the captures, with its next frame.
struct Part {
    source: Box<dyn Source>,
    next: HeldFrame,
    /// For each of its interfaces the number among all.
    numbers: Vec<u32>,
}

impl Merged {
    /// Joins these captures.
    #[must_use]
    pub fn new(sources: Vec<Box<dyn Source>>) -> Self {
        let identity = joint_identity(&sources);
        let part = |source| Part { source, next: HeldFrame::default(), numbers: Vec::new() };
        let parts: Vec<_> = sources.into_iter().map(part).collect();
        let empty = (0..parts.len()).rev().collect();
        let mut merged = Self {
            parts,
            identity,
            interfaces: Vec::new(),
            frames: 0,
            damage: None,
            notes: Vec::new(),
            empty,
            waiting: BinaryHeap::new(),
        };
        for nth in 0..merged.parts.len() {
            merged.number_interfaces(nth);
        }
        merged
    }

    /// Takes the next frame of a part out of its source.
    fn refill(&mut self, nth: usize) -> Result<Refilled, Error> {
        let Some(part) = self.parts.get_mut(nth) else { return Ok(Refilled::Yes) };
        match part.source.next_frame()? {
            Next::Frame(frame) => {
                self.waiting.push(Reverse((frame.time, nth)));
                part.next.keep(frame);
            }
            Next::Idle => return Ok(Refilled::NotYet),
            Next::End => self.note_end(nth),
        }
        self.number_interfaces(nth);
        Ok(Refilled::Yes)
    }

    /// Gives the interfaces that a part has met since the last time their numbers among all.
    fn number_interfaces(&mut self, nth: usize) {
        let Some(part) = self.parts.get_mut(nth) else { return };
        for interface in part.source.interfaces().iter().skip(part.numbers.len()) {
            // Rotated files describe the same interface again and again.
            let known = self.interfaces.iter().position(|other| other == interface);
            let number = known.unwrap_or_else(|| {
                self.interfaces.push(interface.clone());
                self.interfaces.len() - 1
            });
            part.numbers.push(narrow(number));
        }
    }

    /// Keeps what a part says at its end.
    fn note_end(&mut self, nth: usize) {
        let Some(part) = self.parts.get(nth) else { return };
        let name = part.source.identity().file.clone().unwrap_or_default();
        self.notes.extend(part.source.notes().iter().map(|note| format!("{name}: {note}")));
        match part.source.damage() {
            Some(damage) if self.damage.is_none() => {
                self.damage =
                    Some(Damage { offset: damage.offset, reason: format!("in {name}: {}", damage.reason) });
            }
            Some(damage) => {
                self.notes.push(format!(
                    "{name} is damaged at byte {}: {}; what comes before it was read",
                    damage.offset, damage.reason
                ));
            }
            None => {}
        }
    }
}

/// Whether a part has its next frame, or no more.
enum Refilled {
    Yes,
    NotYet,
}

impl Source for Merged {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        while let Some(nth) = self.empty.pop() {
            if let Refilled::NotYet = self.refill(nth)? {
                self.empty.push(nth);
                return Ok(Next::Idle);
            }
        }
        let Some(Reverse((_, nth))) = self.waiting.pop() else { return Ok(Next::End) };
        self.empty.push(nth);
        self.frames += 1;
        let Some(part) = self.parts.get_mut(nth) else { return Ok(Next::End) };
        let Some(mut frame) = part.next.take() else { return Ok(Next::End) };
        frame.number = FrameNo(self.frames);
        frame.interface = part.numbers.get(index(frame.interface)).copied().unwrap_or(u32::MAX);
        Ok(Next::Frame(frame))
    }

    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    fn drops(&mut self) -> Option<Drops> {
        let counted = self.parts.iter_mut().filter_map(|part| part.source.drops());
        counted.reduce(|all, one| Drops {
            by_system: all.by_system.saturating_add(one.by_system),
            by_interface: all.by_interface.saturating_add(one.by_interface),
        })
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// What all of them are: their names, and their format and compression where it is one.
fn joint_identity(sources: &[Box<dyn Source>]) -> Identity {
    let identities = || sources.iter().map(Source::identity);
    let names: Vec<_> = identities().filter_map(|identity| identity.file.as_deref()).collect();
    let first = identities().next();
    let format = first.map_or("pcapng", |first| first.format);
    let compression = first.and_then(|first| first.compression);
    Identity {
        file: Some(names.join(", ")),
        format: if identities().all(|other| other.format == format) { format } else { "mixed" },
        compression: compression.filter(|_| identities().all(|other| other.compression == compression)),
        interface: None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::capture::from_reader;

    /// A pcap file of this link type with frames of these times in s and bytes.
    fn file(name: &str, link_type: u8, frames: &[(u32, u8)]) -> Box<dyn Source> {
        from_reader(name, Cursor::new(bytes(link_type, frames))).unwrap()
    }

    fn bytes(link_type: u8, frames: &[(u32, u8)]) -> Vec<u8> {
        let mut file =
            vec![0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, link_type];
        for (time, byte) in frames {
            file.extend([*time, 0, 1, 1].iter().flat_map(|field| field.to_be_bytes()));
            file.push(*byte);
        }
        file
    }

    /// Number, first byte and interface of every frame.
    fn read(merged: &mut Merged) -> Vec<(u64, u8, u32)> {
        let mut frames = Vec::new();
        while let Next::Frame(frame) = merged.next_frame().unwrap() {
            frames.push((frame.number.0, frame.bytes[0], frame.interface));
        }
        frames
    }

    #[test]
    fn frames_come_in_time_order_and_are_numbered_anew() {
        let late = file("late", 1, &[(3, 30), (5, 50)]);
        let early = file("early", 1, &[(1, 10), (4, 40), (6, 60)]);
        let mut merged = Merged::new(vec![late, early]);
        let bytes: Vec<_> = read(&mut merged).into_iter().map(|(number, byte, _)| (number, byte)).collect();
        assert_eq!(bytes, [(1, 10), (2, 30), (3, 40), (4, 50), (5, 60)]);
        assert_eq!(merged.identity().file.as_deref(), Some("late, early"));
    }

    #[test]
    fn at_equal_times_the_capture_named_first_comes_first_and_keeps_its_order() {
        let mut merged = Merged::new(vec![file("a", 1, &[(7, 1), (7, 2)]), file("b", 1, &[(7, 3)])]);
        assert_eq!(read(&mut merged), [(1, 1, 0), (2, 2, 0), (3, 3, 0)]);
    }

    #[test]
    fn the_same_interface_has_one_number_and_another_its_own() {
        let parts = vec![file("a", 1, &[(1, 1)]), file("b", 101, &[(2, 2)]), file("c", 1, &[(3, 3)])];
        let mut merged = Merged::new(parts);
        assert_eq!(merged.interfaces().len(), 2, "known before the first frame");
        assert_eq!(read(&mut merged), [(1, 1, 0), (2, 2, 1), (3, 3, 0)]);
    }

    #[test]
    fn what_is_broken_is_named_with_its_file_and_the_others_are_read_on() {
        let mut broken = bytes(1, &[(1, 1), (2, 2)]);
        broken.truncate(broken.len() - 1);
        let broken =
            |name: &str| -> Box<dyn Source> { from_reader(name, Cursor::new(broken.clone())).unwrap() };
        let mut merged = Merged::new(vec![broken("x"), file("b", 1, &[(9, 9)]), broken("y")]);
        assert_eq!(read(&mut merged).len(), 3);
        assert!(merged.damage().unwrap().reason.starts_with("in x: "));
        assert!(
            merged.notes().iter().any(|note| note.starts_with("y is damaged at byte ")),
            "{:?}",
            merged.notes()
        );
    }
}
