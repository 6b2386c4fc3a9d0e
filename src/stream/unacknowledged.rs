//! Bytes that were told and may come again.

use std::collections::VecDeque;

use crate::base::FrameNo;
use crate::base::convert::wide;
use crate::stream::piece::first;

/// The last bytes that were told, until the other side acknowledges them: what a sender may send again. At most [`MOST_BYTES`] from
/// at most [`MOST_SENDERS`] pieces; those before them are not compared any more.
#[derive(Debug, Default)]
pub(super) struct Unacknowledged {
    /// Without a gap.
    bytes: VecDeque<u8>,
    /// The place after the last of them.
    end: u64,
    /// Who brought them: the place after the last byte of each, in order.
    senders: VecDeque<(u64, FrameNo)>,
}

/// Most bytes that are kept to be compared: what one side may send at once without window scaling (RFC 9293 §3.1).
pub(super) const MOST_BYTES: usize = 64 << 10;
/// Most pieces whose frames are kept.
pub(super) const MOST_SENDERS: usize = 1_024;
/// So much memory may stay with a side that has nothing to be acknowledged.
const IDLE_BYTES: usize = 4 << 10;

impl Unacknowledged {
    /// These bytes were told; those before `acknowledged` need not be kept.
    pub(super) fn push(&mut self, place: u64, bytes: &[u8], frame: FrameNo, acknowledged: u64) {
        if place != self.end {
            self.bytes.clear();
            self.senders.clear();
        }
        self.end = place + wide(bytes.len());
        if acknowledged >= self.end {
            self.acknowledged(acknowledged);
            return;
        }
        let kept = bytes.get(bytes.len().saturating_sub(MOST_BYTES)..).unwrap_or(bytes);
        let excess = (self.bytes.len() + kept.len()).saturating_sub(MOST_BYTES);
        self.bytes.drain(..excess);
        self.bytes.extend(kept);
        self.senders.push_back((self.end, frame));
        let few = self.senders.len().saturating_sub(MOST_SENDERS);
        let before = few.checked_sub(1).and_then(|last| self.senders.get(last)).map_or(0, |(end, _)| *end);
        self.forget(before.max(acknowledged).max(self.start()));
    }

    /// The other side has every byte before this place.
    pub(super) fn acknowledged(&mut self, before: u64) {
        if before > self.start() {
            self.forget(before);
        }
        if self.bytes.is_empty() && self.bytes.capacity() > IDLE_BYTES {
            self.bytes = VecDeque::new();
            self.senders = VecDeque::new();
        }
    }

    /// The frame that brought the first byte that differs, where `bytes` lie at `place`. What is not kept does not differ.
    pub(super) fn conflict(&self, place: u64, bytes: &[u8]) -> Option<FrameNo> {
        let start = place.max(self.start());
        let skipped = usize::try_from(start - place).ok()?;
        let offset = usize::try_from(start - self.start()).ok()?;
        let again = bytes.get(skipped..)?;
        let (head, tail) = self.bytes.as_slices();
        let tail = tail.get(offset.saturating_sub(head.len())..)?;
        let head = head.get(offset..).unwrap_or_default();
        let (in_head, in_tail) = again.split_at_checked(head.len()).unwrap_or((again, &[]));
        let same =
            difference(head, in_head).or_else(|| difference(tail, in_tail).map(|same| same + head.len()))?;
        let at = start + wide(same);
        let sender = self.senders.partition_point(|(end, _)| *end <= at);
        self.senders.get(sender).map(|(_, frame)| *frame)
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity() + self.senders.capacity() * size_of::<(u64, FrameNo)>()
    }

    fn start(&self) -> u64 {
        self.end - wide(self.bytes.len())
    }

    fn forget(&mut self, before: u64) {
        let count = usize::try_from(before.saturating_sub(self.start())).unwrap_or(usize::MAX);
        self.bytes.drain(..count.min(self.bytes.len()));
        while self.senders.front().is_some_and(|(end, _)| *end <= before) {
            self.senders.pop_front();
        }
    }
}

/// How many bytes are the same, where both are not, as far as both reach.
fn difference(old: &[u8], new: &[u8]) -> Option<usize> {
    let (old, new) = (first(old, new.len()), first(new, old.len()));
    if old == new { None } else { old.iter().zip(new).position(|(old, new)| old != new) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pieces: &[&[u8]]) -> Unacknowledged {
        let mut kept = Unacknowledged::default();
        for (frame, bytes) in pieces.iter().enumerate() {
            kept.push(kept.end, bytes, FrameNo(wide(frame) + 1), 0);
        }
        kept
    }

    #[test]
    fn the_frame_that_brought_the_other_version_is_named() {
        let kept = told(&[b"abc", b"def", b"ghi"]);
        assert_eq!(kept.conflict(1, b"bcdefgh"), None);
        assert_eq!(kept.conflict(1, b"bcdXfgh"), Some(FrameNo(2)));
        assert_eq!(kept.conflict(8, b"Xj"), Some(FrameNo(3)));
        assert_eq!(kept.conflict(9, b"beyond"), None);
    }

    #[test]
    fn what_was_acknowledged_is_not_compared() {
        let mut kept = told(&[b"abc", b"def"]);
        kept.acknowledged(4);
        assert_eq!(kept.conflict(0, b"ZZZZ"), None);
        assert_eq!(kept.conflict(0, b"ZZZZZ"), Some(FrameNo(2)));
        kept.acknowledged(900);
        assert_eq!(kept.conflict(0, b"ZZZZZZ"), None);
    }

    #[test]
    fn only_the_last_bytes_are_kept() {
        let mut kept = told(&[b"abc"]);
        kept.push(3, &vec![b'x'; MOST_BYTES - 1], FrameNo(2), 0);
        assert_eq!(kept.conflict(1, b"??"), Some(FrameNo(1)));
        assert_eq!(kept.conflict(1, b"?"), None);
        kept.push(kept.end, &vec![b'y'; 3 * MOST_BYTES], FrameNo(3), 0);
        assert_eq!(kept.bytes.len(), MOST_BYTES);
        assert_eq!(kept.senders.len(), 1);
    }

    #[test]
    fn tiny_pieces_take_no_more_memory_than_large_ones() {
        let mut kept = Unacknowledged::default();
        for place in 0..100_000 {
            kept.push(place, b"x", FrameNo(place), 0);
        }
        assert_eq!((kept.bytes.len(), kept.senders.len()), (MOST_SENDERS, MOST_SENDERS));
        assert_eq!(kept.conflict(99_999, b"y"), Some(FrameNo(99_999)));
    }

    #[test]
    fn what_differs_is_found_wherever_the_bytes_lie_in_memory() {
        let mut kept = Unacknowledged::default();
        for number in 0..200_u64 {
            let bytes = [u8::try_from(number).unwrap(); 1_000];
            kept.push(number * 1_000, &bytes, FrameNo(number), 0);
            assert_eq!(kept.conflict(number * 1_000, &bytes), None);
            for back in 1..number.min(60) {
                let place = (number - back) * 1_000 + 500;
                assert_eq!(kept.conflict(place, &bytes), Some(FrameNo(number - back)));
            }
        }
    }

    #[test]
    fn nothing_is_compared_across_a_gap() {
        let mut kept = told(&[b"abc"]);
        kept.push(10, b"def", FrameNo(2), 0);
        assert_eq!(kept.conflict(0, b"ZZZ"), None);
        assert_eq!(kept.conflict(0, b"ZZZZZZZZZZZ"), Some(FrameNo(2)));
    }

    #[test]
    fn memory_is_given_back_when_all_is_acknowledged() {
        let mut kept = told(&[&vec![0; 50_000]]);
        assert!(kept.memory() >= 50_000);
        kept.acknowledged(50_000);
        assert_eq!(kept.memory(), 0);
    }
}
