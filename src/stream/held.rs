//! The pieces that wait for others before them.

use std::collections::BTreeMap;

use crate::base::FrameNo;
use crate::base::convert::wide;
use crate::stream::Origin;
use crate::stream::piece::{Stretch, first};

/// The pieces that wait for others before them. No byte is held twice: what came first stays.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// By the place of their first byte; they do not overlap.
    data: BTreeMap<u64, Waiting>,
    /// Bytes that were sent but not captured, by the place of the first: the place after the last of them. They may overlap each other and
    /// data: data counts.
    cut: BTreeMap<u64, (u64, Origin)>,
    /// Bytes in `data`.
    bytes: usize,
}

/// Bytes of one piece that wait.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) bytes: Vec<u8>,
    pub(super) origin: Origin,
}

/// What a piece that waits costs beyond its bytes: its entry in the map with the map's own room, and the allocator's.
const PIECE_COST: usize = 128;

impl Held {
    /// Takes what is new of a piece; the frame that brought the first version where other bytes are held for the same place.
    pub(super) fn insert(&mut self, stretch: &Stretch<'_>) -> Option<FrameNo> {
        self.insert_cut(stretch);
        // One octet over the last one that is held is a keep-alive: its value means nothing (RFC 9293 §3.8.4).
        let is_octet = stretch.end - stretch.place == 1;
        let mut conflict = None;
        let mut rest = *stretch;
        rest.end = stretch.captured_end();
        while rest.place < rest.end {
            let known_until = match self.covering(rest.place) {
                Some((end, held)) => {
                    let is_keep_alive = is_octet && end == rest.end;
                    conflict = conflict.or_else(|| held.differs(&rest, end).filter(|_| !is_keep_alive));
                    end
                }
                None => self.hold(&rest),
            };
            let Some(left) = rest.from(known_until) else { break };
            rest = left;
        }
        conflict
    }

    /// Place of the first that waits, and the frame that brought it.
    pub(super) fn first(&self) -> Option<(u64, Origin)> {
        let data = self.data.first_key_value().map(|(place, waiting)| (*place, waiting.origin));
        let cut = self.cut.first_key_value().map(|(place, (_, origin))| (*place, *origin));
        match (data, cut) {
            (Some(data), Some(cut)) => Some(if cut.0 < data.0 { cut } else { data }),
            (data, cut) => data.or(cut),
        }
    }

    /// Place of the first captured byte that waits.
    pub(super) fn first_data(&self) -> Option<u64> {
        self.data.first_key_value().map(|(place, _)| *place)
    }

    /// The piece that begins at this place, taken out.
    pub(super) fn take(&mut self, place: u64) -> Option<Waiting> {
        if self.first_data() != Some(place) {
            return None;
        }
        let (_, waiting) = self.data.pop_first()?;
        self.bytes -= waiting.bytes.len();
        Some(waiting)
    }

    /// Where bytes were sent at this place that nobody captured: the place after the last of them. What lies before `place` is dropped.
    pub(super) fn take_cut(&mut self, place: u64) -> Option<(u64, Origin)> {
        while let Some((start, (end, origin))) = self.cut.first_key_value() {
            if *start > place {
                return None;
            }
            let found = (*end, *origin);
            if found.0 > place {
                return Some((self.first_data().map_or(found.0, |data| data.min(found.0)), found.1));
            }
            self.cut.pop_first();
        }
        None
    }

    /// The stream ends here: what lies behind is dropped. The first frame that brought some of it.
    pub(super) fn truncate(&mut self, end: u64) -> Option<FrameNo> {
        let mut beyond: Vec<_> =
            self.cut.split_off(&end).into_values().map(|(_, origin)| origin.frame).collect();
        for (_, waiting) in self.data.split_off(&end) {
            self.bytes -= waiting.bytes.len();
            beyond.push(waiting.origin.frame);
        }
        if let Some((place, last)) = self.data.iter_mut().next_back() {
            let room = usize::try_from(end - place).unwrap_or(usize::MAX);
            if last.bytes.len() > room {
                self.bytes -= last.bytes.len() - room;
                last.bytes.truncate(room);
                beyond.push(last.origin.frame);
            }
        }
        beyond.into_iter().min()
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Pieces that wait.
    pub(super) fn pieces(&self) -> usize {
        self.data.len() + self.cut.len()
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.bytes + self.pieces() * PIECE_COST
    }

    /// What is held at this place, and the place after the last byte of it.
    fn covering(&self, place: u64) -> Option<(u64, Covering<'_>)> {
        let (start, waiting) = self.data.range(..=place).next_back()?;
        let end = start + wide(waiting.bytes.len());
        (end > place).then_some((end, Covering { start: *start, waiting }))
    }

    /// Holds the beginning of `rest`, up to the next held piece; the place after it.
    fn hold(&mut self, rest: &Stretch<'_>) -> u64 {
        let next = self.data.range(rest.place..).next().map_or(rest.end, |(place, _)| *place);
        let bytes = rest.captured_before(next).to_vec();
        let end = rest.place + wide(bytes.len());
        self.bytes += bytes.len();
        self.data.insert(rest.place, Waiting { bytes, origin: rest.origin });
        end
    }

    fn insert_cut(&mut self, stretch: &Stretch<'_>) {
        let (start, end) = (stretch.captured_end(), stretch.end);
        let is_known = self.cut.range(..=start).next_back().is_some_and(|(_, (known, _))| *known >= end);
        if start < end && !is_known {
            self.cut.insert(start, (end, stretch.origin));
        }
    }
}

/// A held piece over which another one lies.
struct Covering<'a> {
    start: u64,
    waiting: &'a Waiting,
}

impl Covering<'_> {
    /// The frame that brought the held bytes, where those of `rest` are others. `end` is where the held piece ends.
    fn differs(&self, rest: &Stretch<'_>, end: u64) -> Option<FrameNo> {
        let skipped = usize::try_from(rest.place - self.start).ok()?;
        let held = self.waiting.bytes.get(skipped..)?;
        let again = rest.captured_before(end);
        (first(held, again.len()) != again).then_some(self.waiting.origin.frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(place: u64, bytes: &[u8], frame: u64) -> Stretch<'_> {
        let origin = Origin { frame: FrameNo(frame), time: None };
        Stretch { place, end: place + wide(bytes.len()), bytes, origin }
    }

    fn pieces(held: &Held) -> Vec<(u64, &str)> {
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        held.data.iter().map(|(place, waiting)| (*place, text(&waiting.bytes))).collect()
    }

    #[test]
    fn a_piece_around_others_fills_what_lies_between_them() {
        let mut held = Held::default();
        assert_eq!(held.insert(&stretch(10, b"ab", 1)), None);
        assert_eq!(held.insert(&stretch(14, b"ef", 2)), None);
        assert_eq!(held.insert(&stretch(8, b"yzabcdefgh", 3)), None);
        assert_eq!(pieces(&held), [(8, "yz"), (10, "ab"), (12, "cd"), (14, "ef"), (16, "gh")]);
        assert_eq!((held.bytes(), held.pieces()), (10, 5));
    }

    #[test]
    fn a_piece_inside_another_changes_nothing() {
        let mut held = Held::default();
        held.insert(&stretch(10, b"abcdef", 1));
        assert_eq!(held.insert(&stretch(12, b"cd", 2)), None);
        assert_eq!(held.insert(&stretch(12, b"cX", 3)), Some(FrameNo(1)));
        assert_eq!(pieces(&held), [(10, "abcdef")]);
    }

    #[test]
    fn what_came_first_stays() {
        let mut held = Held::default();
        held.insert(&stretch(10, b"abc", 1));
        assert_eq!(held.insert(&stretch(8, b"..ZZZ..", 2)), Some(FrameNo(1)));
        assert_eq!(pieces(&held), [(8, ".."), (10, "abc"), (13, "..")]);
    }

    #[test]
    fn a_keep_alive_behind_a_held_piece_is_no_other_version() {
        let mut held = Held::default();
        held.insert(&stretch(10, b"abc", 1));
        assert_eq!(held.insert(&stretch(12, b"\0", 2)), None);
    }

    #[test]
    fn the_end_of_the_stream_cuts_what_is_held() {
        let mut held = Held::default();
        held.insert(&stretch(10, b"abc", 1));
        held.insert(&stretch(20, b"def", 2));
        assert_eq!(held.truncate(23), None);
        assert_eq!(held.truncate(12), Some(FrameNo(1)));
        assert_eq!(pieces(&held), [(10, "ab")]);
        assert_eq!(held.bytes(), 2);
    }

    #[test]
    fn captured_bytes_count_where_the_same_were_cut_off_in_another_copy() {
        let mut held = Held::default();
        held.insert(&Stretch { end: 20, ..stretch(10, b"ab", 1) });
        held.insert(&stretch(15, b"fg", 2));
        assert!(held.take(10).is_some());
        assert_eq!(held.take_cut(12).map(|(end, _)| end), Some(15));
        assert!(held.take(15).is_some());
        assert_eq!(held.take_cut(17).map(|(end, _)| end), Some(20));
        assert_eq!(held.take_cut(20).map(|(end, _)| end), None);
        assert_eq!((held.bytes(), held.pieces()), (0, 0));
    }
}
