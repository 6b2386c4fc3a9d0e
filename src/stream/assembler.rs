//! Puts one side's segments in order.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::base::convert::wide;
use crate::base::{Annotation, FrameNo, Rule, SeqNum, StreamSpan, Timestamp};
use crate::stream::acknowledgments::Acknowledgments;
use crate::stream::held::Held;
use crate::stream::notices::Notices;
use crate::stream::origins::Origins;
use crate::stream::piece::{Stretch, first};
use crate::stream::unacknowledged::Unacknowledged;
use crate::stream::{Gap, GapCause, Origin, Piece, rules};

/// The next of one side's stream, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// Bytes, the first of them at this place.
    Bytes {
        /// Place of the first.
        offset: u64,
        /// The bytes; never none.
        bytes: Cow<'a, [u8]>,
    },
    /// Bytes that are not in the capture. Several gaps may follow each other, with different causes.
    Gap(Gap),
    /// The stream ended with a FIN here.
    End,
}

/// One side's stream: every byte is told once, in order, or named in a gap.
///
/// **What came first stays.** Where the same byte comes again with another value, the first version is told. The segment is
/// trimmed "to only new data" in RFC 9293 §3.10.7.4, which leaves open what happens to bytes that wait out of order, and
/// receivers differ there. A version that was told cannot be taken back, so this is the only choice that does not depend on how
/// the bytes were cut. It is pointed out while the bytes are unacknowledged: the last 64 KiB, from at most 1,024 pieces.
///
/// **When a gap is told.** A capture may be out of order itself, so an acknowledged hole is waited for during one second of capture
/// time or 64 segments of the connection. A hole that nobody acknowledged is waited for up to [`finish`](Self::finish), unless more
/// than [`MOST_HELD`](Self::MOST_HELD) bytes or [`MOST_PIECES`](Self::MOST_PIECES) pieces wait behind it. Bytes that a snap length cut
/// off are a gap at once, unless a whole copy waits already.
///
/// **Memory.** Bounded by what waits, by the bytes to compare, by 65,536 [origins](Self::frames), and by what the caller has not
/// fetched. Bytes in order are handed on without a copy.
#[derive(Debug, Default)]
pub struct Assembler {
    /// Number of the byte at place 0; `None` before the first piece.
    start: Option<SeqNum>,
    /// Place 0 is where the handshake says, not merely where the capture began.
    start_is_known: bool,
    /// An acknowledgment and a FIN that came before the first piece.
    early: (Option<SeqNum>, Option<SeqNum>),
    /// Place of the next byte in order.
    next: u64,
    held: Held,
    ready: VecDeque<Run<'static>>,
    /// Bytes in `ready`.
    ready_bytes: usize,
    told: Unacknowledged,
    acknowledgments: Acknowledgments,
    origins: Origins,
    /// The frame that brought the last byte told.
    latest: Option<FrameNo>,
    fin: Option<u64>,
    ended: bool,
    /// See [`fin_was_acknowledged`](Self::fin_was_acknowledged).
    fin_acknowledged: bool,
    notices: Notices,
}

impl Assembler {
    /// Most bytes that wait for others before them.
    pub const MOST_HELD: usize = 4 << 20;
    /// Most pieces that wait for others before them.
    pub const MOST_PIECES: usize = 8_192;
    /// How far a piece, an acknowledgment or a FIN may lie from the byte that is due: the largest window (RFC 7323 §2.3). What lies
    /// further away is not looked at: one forged segment must not spoil the stream.
    pub const MOST_DISTANCE: u32 = 1 << 30;

    /// The stream begins with this number: ISN + 1. Heard before any piece it makes place 0; later it moves nothing, and what lies
    /// before place 0 stays untold.
    pub fn begin(&mut self, first: SeqNum) {
        if self.start.is_none() {
            self.start_at(first);
            self.start_is_known = true;
        }
    }

    /// Takes one segment's data; what of it comes next in order. What waited behind it is [`ready`](Self::ready).
    pub fn piece<'a>(&mut self, piece: &Piece<'a>) -> Option<Run<'a>> {
        self.acknowledgments.hear(piece.time, self.next);
        let run = self.stretch(piece).and_then(|stretch| self.take(stretch));
        self.settle();
        run.or_else(|| self.ready())
    }

    /// What became ready behind the last piece, one after the other. To be asked until there is nothing more, after each call of
    /// another method.
    pub fn ready(&mut self) -> Option<Run<'static>> {
        let run = self.ready.pop_front()?;
        if let Run::Bytes { bytes, .. } = &run {
            self.ready_bytes -= bytes.len();
        }
        if self.ready.is_empty() && self.ready.capacity() > Self::IDLE_READY {
            self.ready = VecDeque::new();
        }
        Some(run)
    }

    /// The other side acknowledged everything before this number, in a frame of this time. Also called for acknowledgments that say
    /// nothing new: they are counted as segments.
    pub fn acknowledged(&mut self, ack: SeqNum, time: Option<Timestamp>) {
        self.acknowledgments.hear(time, self.next);
        if self.start.is_none() {
            self.early.0 = Some(ack);
            return;
        }
        if let Some(place) = self.place(ack) {
            self.acknowledgments.advance(place, time, self.next);
            self.told.acknowledged(place);
        }
        self.settle();
    }

    /// A FIN stands at this number: the stream ends before it. The first one counts, unless bytes behind it were told.
    pub fn fin(&mut self, seq: SeqNum) {
        if self.start.is_none() {
            self.early.1 = Some(seq);
            return;
        }
        let place = self.place(seq);
        if let Some(place) = place.filter(|place| self.fin.is_none() && *place >= self.next) {
            self.fin = Some(place);
            if let Some(frame) = self.held.truncate(place) {
                self.notices.raise_once(&rules::DATA_AFTER_FIN, frame, None);
            }
        }
        self.settle();
    }

    /// The stream's FIN is not in the capture, but was acknowledged as it seems: the last octet that was acknowledged is no data.
    pub fn fin_was_acknowledged(&mut self) {
        self.fin_acknowledged = true;
    }

    /// Nothing more comes: what waits is handed out with the gaps between it. What was acknowledged beyond what was seen is missing at
    /// the end, except a single octet: that is the FIN, which the capture missed.
    pub fn finish(&mut self) {
        if let (None, Some(fin)) = (self.start, self.early.1) {
            self.start_at(fin);
        }
        self.settle();
        while let Some(hole) = self.hole().or_else(|| self.tail()) {
            let arrived = self.acknowledgments.highest().clamp(hole.start, hole.end);
            self.miss(StreamSpan::new(hole.start, arrived), GapCause::NotCaptured);
            self.miss(StreamSpan::new(arrived, hole.end), GapCause::Lost);
            self.release();
        }
    }

    /// Where the byte with this number lies; `None` before the stream began, for bytes before its beginning, and for those further than
    /// [`MOST_DISTANCE`](Self::MOST_DISTANCE) from the byte that is due.
    #[must_use]
    pub fn place(&self, seq: SeqNum) -> Option<u64> {
        self.signed_place(seq).and_then(|place| u64::try_from(place).ok())
    }

    /// Place of the next byte in order; `None` before the stream began.
    #[must_use]
    pub fn ordered_to(&self) -> Option<u64> {
        self.start.map(|_| self.next)
    }

    /// Frames that brought bytes of `span`, in stream order. Of more than 65,536 frames that are not [forgotten](Self::forget) only
    /// some are remembered: each byte then counts as brought by its own frame or by a close one.
    pub fn frames(&self, span: StreamSpan) -> impl Iterator<Item = Origin> + '_ {
        self.origins.of(span)
    }

    /// Bytes before this place are not asked for any more.
    pub fn forget(&mut self, before: u64) {
        self.origins.forget(before);
    }

    /// Rules that fired since the last call about bytes of which no frame of this side tells: all that it sent is missing.
    pub fn unplaced(&mut self) -> impl Iterator<Item = &'static Rule> + '_ {
        self.notices.fetch_unplaced()
    }

    /// Rules that fired since the last call.
    pub fn annotations(&mut self) -> impl Iterator<Item = Annotation> + '_ {
        self.notices.fetch()
    }

    /// Bytes of memory held beyond its own size.
    #[must_use]
    pub fn memory(&self) -> usize {
        let ready = self.ready_bytes + self.ready.capacity() * size_of::<Run<'_>>();
        let kept = self.told.memory() + self.origins.memory() + self.acknowledgments.memory();
        ready + kept + self.held.memory() + self.notices.memory()
    }

    /// So many entries of room may stay with a side of which nothing is ready.
    const IDLE_READY: usize = 16;

    fn start_at(&mut self, first: SeqNum) {
        self.start = Some(first);
        let (ack, fin) = std::mem::take(&mut self.early);
        if let Some(ack) = ack {
            self.acknowledged(ack, None);
        }
        if let Some(fin) = fin {
            self.fin(fin);
        }
    }

    /// The place of a number, negative before the beginning; `None` where it lies too far from the byte that is due.
    fn signed_place(&self, seq: SeqNum) -> Option<i64> {
        let low = u32::try_from(self.next & u64::from(u32::MAX)).unwrap_or_default();
        let ahead = seq.distance(self.start? + low);
        let next = i64::try_from(self.next).ok()?;
        (ahead.unsigned_abs() <= Self::MOST_DISTANCE).then_some(next + i64::from(ahead))
    }

    /// The part of a piece that lies in the stream, from place 0 up to the FIN.
    fn stretch<'a>(&mut self, piece: &Piece<'a>) -> Option<Stretch<'a>> {
        if piece.declared == 0 {
            return None;
        }
        if self.start.is_none() {
            self.start_at(piece.seq);
        }
        let ends = [piece.seq, piece.seq + piece.declared].map(|seq| self.signed_place(seq));
        let ([Some(start), Some(end)], true) = (ends, piece.declared <= Self::MOST_DISTANCE) else {
            self.notices.raise_once(&rules::DATA_OUT_OF_RANGE, piece.frame, None);
            return None;
        };
        let mut bytes = first(piece.bytes, usize::try_from(piece.declared).unwrap_or(usize::MAX));
        if start < 0 {
            if !self.start_is_known {
                self.notices.raise_once(&rules::DATA_BEFORE_BEGINNING, piece.frame, None);
            }
            let before = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            bytes = bytes.get(before..).unwrap_or_default();
        }
        let place = u64::try_from(start).unwrap_or(0);
        let end = u64::try_from(end).ok().filter(|end| *end > place)?;
        let origin = Origin { frame: piece.frame, time: piece.time };
        let stretch = Stretch { place, end, bytes, origin };
        let Some(fin) = self.fin.filter(|fin| *fin < end) else { return Some(stretch) };
        self.notices.raise_once(&rules::DATA_AFTER_FIN, piece.frame, None);
        stretch.before(fin)
    }

    /// Tells what comes next in order, holds what does not.
    fn take<'a>(&mut self, stretch: Stretch<'a>) -> Option<Run<'a>> {
        let again = stretch.captured_before(self.next);
        // One octet just before the next is a keep-alive: its value means nothing (RFC 9293 §3.8.4).
        let is_keep_alive = stretch.end == self.next && stretch.end - stretch.place == 1;
        let mut conflict = None;
        if !again.is_empty() && !is_keep_alive {
            conflict = self.told.conflict(stretch.place, again);
        }
        let mut run = None;
        if let Some(fresh) = stretch.from(self.next) {
            let nothing_within = self.held.first().is_none_or(|(place, _)| place >= fresh.end);
            if fresh.place == self.next && nothing_within && self.ready.is_empty() {
                run = Some(self.tell(&fresh));
            } else {
                conflict = conflict.or(self.held.insert(&fresh));
            }
        }
        if let Some(earlier) = conflict {
            self.notices.raise(&rules::OVERLAP_CONFLICT, stretch.origin.frame, Some(earlier));
        }
        run
    }

    /// Tells a stretch that lies where the next byte is due; what was cut off of it becomes ready, or is told where it is all.
    fn tell<'a>(&mut self, fresh: &Stretch<'a>) -> Run<'a> {
        let offset = fresh.place;
        if fresh.bytes.is_empty() {
            return Run::Gap(self.cut_off(fresh.end, fresh.origin));
        }
        self.advance(fresh.bytes, fresh.origin);
        if self.next < fresh.end {
            let gap = self.cut_off(fresh.end, fresh.origin);
            self.ready.push_back(Run::Gap(gap));
        }
        Run::Bytes { offset, bytes: Cow::Borrowed(fresh.bytes) }
    }

    /// The bytes that are due were told.
    fn advance(&mut self, bytes: &[u8], origin: Origin) {
        let end = self.next + wide(bytes.len());
        self.told.push(self.next, bytes, origin.frame, self.acknowledgments.highest());
        self.origins.push(StreamSpan::new(self.next, end), origin);
        self.next = end;
        self.latest = Some(origin.frame);
    }

    /// The bytes that are due, up to `end`, were cut off.
    fn cut_off(&mut self, end: u64, origin: Origin) -> Gap {
        let missing = StreamSpan::new(self.next, end);
        self.origins.push(missing, origin);
        self.next = end;
        self.notices.raise_once(GapCause::CutOff.rule(), origin.frame, None);
        self.latest = Some(origin.frame);
        Gap { missing, cause: GapCause::CutOff }
    }

    /// Makes everything ready that need not wait any longer.
    fn settle(&mut self) {
        self.release();
        while let Some(hole) = self.hole() {
            let too_much = self.held.bytes() > Self::MOST_HELD || self.held.pieces() > Self::MOST_PIECES;
            let cause = if self.acknowledgments.settled() >= hole.end {
                GapCause::NotCaptured
            } else if too_much {
                GapCause::GivenUp
            } else {
                return;
            };
            self.miss(hole, cause);
            self.release();
        }
    }

    /// Makes ready what waits for no other byte.
    fn release(&mut self) {
        loop {
            if let Some(waiting) = self.held.take(self.next) {
                let offset = self.next;
                self.advance(&waiting.bytes, waiting.origin);
                self.ready_bytes += waiting.bytes.len();
                self.ready.push_back(Run::Bytes { offset, bytes: Cow::Owned(waiting.bytes) });
            } else if let Some((end, origin)) = self.held.take_cut(self.next) {
                let end = self.fin.map_or(end, |fin| fin.min(end));
                if end <= self.next {
                    break;
                }
                let gap = self.cut_off(end, origin);
                self.ready.push_back(Run::Gap(gap));
            } else {
                break;
            }
        }
        if self.fin == Some(self.next) && self.start.is_some() && !self.ended {
            self.ended = true;
            self.ready.push_back(Run::End);
        }
    }

    /// The missing bytes before the first piece that waits, or before the FIN.
    fn hole(&self) -> Option<StreamSpan> {
        let end = self.held.first().map(|(place, _)| place).or(self.fin)?;
        (end > self.next).then(|| StreamSpan::new(self.next, end))
    }

    /// The missing bytes behind everything that was seen, where there was no FIN.
    fn tail(&self) -> Option<StreamSpan> {
        let end = self.acknowledgments.highest();
        let end = end - u64::from(self.fin_acknowledged);
        (self.fin.is_none() && end > self.next + 1).then(|| StreamSpan::new(self.next, end))
    }

    /// The bytes that are due, `missing`, will not come.
    fn miss(&mut self, missing: StreamSpan, cause: GapCause) {
        if missing.is_empty() {
            return;
        }
        self.next = missing.end;
        self.ready.push_back(Run::Gap(Gap { missing, cause }));
        let after = self.held.first().map(|(_, origin)| origin.frame);
        match after.or(self.latest) {
            Some(frame) => self.notices.raise(cause.rule(), frame, after.and(self.latest)),
            None => self.notices.raise_unplaced(cause.rule()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::stream::unacknowledged::MOST_BYTES;

    const SECOND: u64 = 1_000_000_000;

    /// A stream and what was told of it, written as text: bytes as they are, `[start-end cause]` for a gap, `.` for the end.
    #[derive(Default)]
    struct Story {
        stream: Assembler,
        told: String,
        next: u64,
        frame: u64,
        now: Option<Timestamp>,
    }

    impl Story {
        /// A stream of which the handshake was seen: place 0 has this number.
        fn from(first: u32) -> Self {
            let mut story = Self::default();
            story.stream.begin(SeqNum(first));
            story
        }

        #[track_caller]
        fn hear(&mut self, run: Option<Run<'_>>) {
            match run {
                None => {}
                Some(Run::Bytes { offset, bytes }) => {
                    assert_eq!(offset, self.next, "bytes are told in order");
                    assert!(!bytes.is_empty());
                    self.next += wide(bytes.len());
                    self.told.push_str(std::str::from_utf8(&bytes).unwrap());
                }
                Some(Run::Gap(Gap { missing, cause })) => {
                    assert_eq!(missing.start, self.next, "gaps are told in order");
                    self.next = missing.end;
                    write!(self.told, "[{}-{} {cause:?}]", missing.start, missing.end).unwrap();
                }
                Some(Run::End) => self.told.push('.'),
            }
        }

        #[track_caller]
        fn drain(&mut self) {
            while let Some(run) = self.stream.ready() {
                self.hear(Some(run));
            }
        }

        #[track_caller]
        fn cut(&mut self, seq: u32, bytes: &str, declared: u32) -> &mut Self {
            self.frame += 1;
            let (frame, time, seq) = (FrameNo(self.frame), self.now, SeqNum(seq));
            let run = self.stream.piece(&Piece { frame, time, seq, declared, bytes: bytes.as_bytes() });
            self.hear(run);
            self.drain();
            self
        }

        #[track_caller]
        fn data(&mut self, seq: u32, bytes: &str) -> &mut Self {
            self.cut(seq, bytes, u32::try_from(bytes.len()).unwrap())
        }

        #[track_caller]
        fn ack(&mut self, number: u32) -> &mut Self {
            self.stream.acknowledged(SeqNum(number), self.now);
            self.drain();
            self
        }

        #[track_caller]
        fn fin(&mut self, seq: u32) -> &mut Self {
            self.stream.fin(SeqNum(seq));
            self.drain();
            self
        }

        #[track_caller]
        fn finish(&mut self) -> &mut Self {
            self.stream.finish();
            self.drain();
            self
        }

        fn at(&mut self, nanoseconds: u64) -> &mut Self {
            self.now = Some(Timestamp(nanoseconds));
            self
        }

        /// The rules that fired, as `id frame about`.
        fn rules(&mut self) -> Vec<String> {
            let about = |about: Option<FrameNo>| about.map_or(String::new(), |frame| format!(" {}", frame.0));
            self.stream
                .annotations()
                .map(|a| format!("{} {}{}", a.rule.id, a.frame.0, about(a.about)))
                .collect()
        }

        fn frames(&self, start: u64, end: u64) -> Vec<u64> {
            self.stream.frames(StreamSpan::new(start, end)).map(|origin| origin.frame.0).collect()
        }

        /// Asserts what was told, and that no rule fired.
        #[track_caller]
        fn tells_quietly(&mut self, told: &str) {
            assert_eq!(self.told, told);
            assert_eq!(self.rules(), [""; 0]);
        }
    }

    #[test]
    fn bytes_in_order_are_told_at_once_without_a_copy() {
        let mut stream = Assembler::default();
        let piece = Piece { frame: FrameNo(1), time: None, seq: SeqNum(7), declared: 3, bytes: b"abc" };
        let run = stream.piece(&piece);
        assert!(matches!(run, Some(Run::Bytes { offset: 0, bytes: Cow::Borrowed(b"abc") })));
        assert_eq!(stream.ready(), None);
    }

    #[test]
    fn pieces_out_of_order_wait_for_those_before_them() {
        let mut story = Story::from(100);
        story.data(103, "def").data(109, "jkl").data(106, "ghi");
        assert_eq!(story.told, "");
        story.data(100, "abc").tells_quietly("abcdefghijkl");
        assert_eq!(story.frames(0, 12), [4, 1, 3, 2]);
        assert_eq!(story.frames(4, 7), [1, 3]);
    }

    #[test]
    fn bytes_that_come_again_are_told_once() {
        let mut story = Story::from(0);
        story.data(0, "abc").data(0, "abc").data(1, "bcde").data(0, "abcdef").data(3, "d");
        story.tells_quietly("abcdef");
        assert_eq!(story.frames(0, 6), [1, 3, 4]);
    }

    #[test]
    fn a_piece_over_held_ones_fills_only_what_is_missing() {
        let mut story = Story::from(0);
        story.data(2, "c").data(4, "ef").data(8, "ij").data(1, "bcdefgh").data(0, "abcdefghijk");
        story.tells_quietly("abcdefghijk");
        assert_eq!(story.frames(0, 11), [5, 4, 1, 4, 2, 4, 3, 5]);
    }

    #[test]
    fn numbers_wrap_around_many_times() {
        let mut stream = Assembler::default();
        stream.begin(SeqNum(u32::MAX - 5));
        let bytes = vec![b'x'; 1 << 20];
        let (mut seq, mut place) = (SeqNum(u32::MAX - 5), 0_u64);
        for number in 0..3 * 4_096 + 10_u64 {
            let piece = Piece { frame: FrameNo(number), time: None, seq, declared: 1 << 20, bytes: &bytes };
            assert!(matches!(stream.piece(&piece), Some(Run::Bytes { offset, .. }) if offset == place));
            (seq, place) = (seq + (1 << 20), place + (1 << 20));
            stream.acknowledged(seq, None);
            stream.forget(place);
        }
        assert!(place > 3 << 32);
        assert_eq!(stream.annotations().count(), 0);
    }

    #[test]
    fn reordering_works_across_the_wrap_around() {
        let mut story = Story::from(u32::MAX - 1);
        story.data(1, "def").data(u32::MAX - 1, "abc").data(4, "ghi").tells_quietly("abcdefghi");
    }

    #[test]
    fn a_capture_that_begins_in_the_middle_begins_with_its_first_piece() {
        let mut story = Story::default();
        story.ack(500).data(500, "abc").ack(503).data(503, "def").tells_quietly("abcdef");
    }

    #[test]
    fn bytes_before_a_guessed_beginning_cannot_be_told_any_more() {
        let mut story = Story::default();
        story.data(503, "def").data(500, "abc").data(500, "abcdefg").data(498, "..");
        assert_eq!(story.told, "defg");
        assert_eq!(story.rules(), ["data-before-beginning 2"]);
    }

    #[test]
    fn a_beginning_that_is_heard_of_late_moves_nothing() {
        for late in [497, 500, 503, 900, 3_000_000_000] {
            let mut story = Story::default();
            story.data(500, "abc");
            story.stream.begin(SeqNum(late));
            story.data(503, "def").tells_quietly("abcdef");
        }
    }

    #[test]
    fn a_keep_alive_is_neither_data_nor_another_version() {
        let mut story = Story::from(100);
        story.data(99, "\0").data(100, "abc").data(102, "\0").ack(103).data(102, "\0").data(103, "d");
        story.tells_quietly("abcd");
    }

    #[test]
    fn an_empty_piece_says_nothing() {
        let mut story = Story::default();
        story.data(99, "").data(100, "abc").data(103, "").tells_quietly("abc");
    }

    #[test]
    fn what_came_first_stays_and_the_conflict_is_pointed_out() {
        let mut story = Story::from(0);
        story.data(0, "abc").data(3, "def").data(2, "cXef");
        assert_eq!(story.rules(), ["overlap-conflict 3 2"]);
        story.data(8, "ij").data(7, "hY").data(6, "gHijk");
        assert_eq!(story.rules(), ["overlap-conflict 5 4", "overlap-conflict 6 5"]);
        assert_eq!(story.told, "abcdefghijk");
    }

    #[test]
    fn acknowledged_bytes_are_not_compared() {
        let mut story = Story::from(0);
        story.data(0, "abcdef").ack(3).data(0, "ZZZdef").tells_quietly("abcdef");
        story.data(0, "ZZZdeZ");
        assert_eq!(story.rules(), ["overlap-conflict 3 1"]);
    }

    #[test]
    fn what_was_cut_off_is_not_another_version() {
        let mut story = Story::from(0);
        story.data(0, "abcdef").cut(0, "abc", 6).cut(0, "", 6).tells_quietly("abcdef");
    }

    #[test]
    fn what_the_snap_length_cut_off_is_a_gap_in_its_place() {
        let mut story = Story::from(0);
        story.data(0, "ab").cut(2, "cd", 6).data(8, "ij").cut(10, "", 2);
        assert_eq!(story.told, "abcd[4-8 CutOff]ij[10-12 CutOff]");
        assert_eq!(story.rules(), ["data-cut-off 2"]);
        assert_eq!(story.frames(4, 8), [2]);
        story.data(4, "efgh").data(12, "m").tells_quietly("abcd[4-8 CutOff]ij[10-12 CutOff]m");
    }

    #[test]
    fn a_whole_copy_that_waits_replaces_what_was_cut_off() {
        let mut story = Story::from(0);
        story.data(4, "efg").cut(0, "ab", 8);
        assert_eq!(story.told, "ab[2-4 CutOff]efg[7-8 CutOff]");
        let mut story = Story::from(0);
        story.cut(2, "c", 4).data(3, "defg").data(0, "ab");
        story.tells_quietly("abcdefg");
    }

    #[test]
    fn an_acknowledged_hole_is_a_gap_after_a_second() {
        let mut story = Story::from(0);
        story.at(0).data(0, "abc").data(6, "ghi").at(SECOND / 2).ack(9).at(SECOND).data(9, "j");
        assert_eq!(story.told, "abc");
        story.at(SECOND / 2 * 3).data(10, "k");
        assert_eq!(story.told, "abc[3-6 NotCaptured]ghijk");
        assert_eq!(story.rules(), ["data-not-captured 2 1"]);
    }

    #[test]
    fn an_acknowledged_hole_is_a_gap_after_sixty_four_segments() {
        let mut story = Story::from(0);
        story.data(0, "abc").data(6, "ghi").ack(9);
        for _ in 0..63 {
            story.ack(9);
        }
        assert_eq!(story.told, "abc");
        story.ack(9);
        assert_eq!(story.told, "abc[3-6 NotCaptured]ghi");
    }

    #[test]
    fn an_acknowledgment_before_its_segment_makes_no_gap() {
        let mut story = Story::from(0);
        story.at(0).data(0, "abc").ack(9).data(6, "ghi").at(5).data(3, "def").at(9 * SECOND).ack(9);
        story.tells_quietly("abcdefghi");
    }

    #[test]
    fn many_acknowledged_holes_do_not_wait_for_each_other() {
        let mut story = Story::from(0);
        story.at(0).data(1, "b").data(3, "d").data(5, "f").ack(6).at(SECOND).ack(6);
        assert_eq!(story.told, "[0-1 NotCaptured]b[2-3 NotCaptured]d[4-5 NotCaptured]f");
    }

    #[test]
    fn a_hole_that_is_acknowledged_in_part_waits() {
        let mut story = Story::from(0);
        story.at(0).data(6, "ghi").ack(3).at(9 * SECOND).ack(3);
        assert_eq!(story.told, "");
        story.finish();
        assert_eq!(story.told, "[0-3 NotCaptured][3-6 Lost]ghi");
        assert_eq!(story.rules(), ["data-not-captured 1", "data-lost 1"]);
    }

    #[test]
    fn what_nobody_acknowledged_was_lost_at_the_end() {
        let mut story = Story::from(0);
        story.data(0, "abc").data(6, "ghi").data(12, "m").ack(3).finish();
        assert_eq!(story.told, "abc[3-6 Lost]ghi[9-12 Lost]m");
        assert_eq!(story.rules(), ["data-lost 2 1", "data-lost 3 2"]);
        story.finish().tells_quietly("abc[3-6 Lost]ghi[9-12 Lost]m");
    }

    #[test]
    fn what_was_acknowledged_beyond_the_last_piece_is_missing_at_the_end() {
        let mut story = Story::from(0);
        story.data(0, "abc").ack(9).finish();
        assert_eq!(story.told, "abc[3-9 NotCaptured]");
        assert_eq!(story.rules(), ["data-not-captured 1"]);
    }

    #[test]
    fn one_octet_more_is_the_fin_that_was_not_captured() {
        let mut story = Story::from(0);
        story.data(0, "abc").ack(4).finish().tells_quietly("abc");
    }

    #[test]
    fn a_fin_that_was_not_captured_is_no_missing_octet_behind_missing_data() {
        let mut story = Story::from(0);
        story.data(0, "abc").ack(10);
        story.stream.fin_was_acknowledged();
        story.finish();
        assert_eq!(story.told, "abc[3-9 NotCaptured]");
    }

    #[test]
    fn the_stream_ends_with_the_fin_when_all_before_it_was_told() {
        let mut story = Story::from(0);
        story.fin(6).data(3, "def").fin(6).data(0, "abc").fin(6).ack(7).finish().tells_quietly("abcdef.");
    }

    #[test]
    fn an_acknowledged_fin_shows_what_is_missing_before_it() {
        let mut story = Story::from(0);
        story.at(0).data(0, "abc").fin(6).ack(7).at(SECOND).ack(7);
        assert_eq!(story.told, "abc[3-6 NotCaptured].");
        let mut story = Story::from(0);
        story.data(0, "abc").fin(6).ack(3).finish();
        assert_eq!(story.told, "abc[3-6 Lost].");
    }

    #[test]
    fn a_fin_before_the_first_piece_is_remembered() {
        let mut story = Story::default();
        story.fin(106).data(100, "abcdef").tells_quietly("abcdef.");
        let mut story = Story::default();
        story.fin(106).finish().tells_quietly(".");
    }

    #[test]
    fn bytes_behind_the_fin_are_not_told() {
        let mut story = Story::from(0);
        story.data(2, "cdXX").data(5, "XX").fin(4).data(0, "ab").data(4, "XX").data(3, "dX");
        assert_eq!(story.told, "abcd.");
        assert_eq!(story.rules(), ["data-after-fin 1"]);
    }

    #[test]
    fn a_fin_behind_which_bytes_were_told_is_ignored() {
        let mut story = Story::from(0);
        story.data(0, "abcdef").fin(3).data(6, "ghi").fin(9).tells_quietly("abcdefghi.");
    }

    #[test]
    fn what_lies_outside_any_window_is_ignored() {
        let mut story = Story::from(0);
        story.data(0, "abc").data(0x4000_0004, "X").data(0x8000_0000, "X").data(0xbfff_ffff, "X");
        story.ack(0x5000_0000).fin(0x5000_0000).cut(3, "XX", u32::MAX);
        story.data(3, "def").ack(6).finish();
        assert_eq!(story.told, "abcdef");
        assert_eq!(story.rules(), ["data-out-of-range 2"]);
    }

    #[test]
    fn a_forged_piece_far_ahead_does_not_stop_the_stream() {
        let mut story = Story::from(0);
        story.data(0, "abc").data(0x3000_0000, "X").data(3, "def").ack(6).data(6, "ghi").ack(9);
        story.tells_quietly("abcdefghi");
    }

    #[test]
    fn too_many_bytes_that_wait_are_not_waited_for() {
        let mut stream = Assembler::default();
        stream.begin(SeqNum(0));
        let (bytes, mut seq, mut gap) = (vec![b'x'; 60_000], SeqNum(10), None);
        for frame in 0..80 {
            let piece = Piece { frame: FrameNo(frame), time: None, seq, declared: 60_000, bytes: &bytes };
            let run = stream.piece(&piece);
            gap = gap.or_else(|| run.filter(|run| matches!(run, Run::Gap(_))));
            assert!(stream.memory() < Assembler::MOST_HELD * 5 / 4, "{}", stream.memory());
            while stream.ready().is_some() {}
            seq = seq + 60_000;
        }
        assert_eq!(gap, Some(Run::Gap(Gap { missing: StreamSpan::new(0, 10), cause: GapCause::GivenUp })));
        assert_eq!(stream.annotations().map(|a| a.rule.id).collect::<Vec<_>>(), ["gap-given-up"]);
    }

    #[test]
    fn tiny_pieces_in_any_order_stay_within_bounds() {
        let count = 60_000_u32;
        let descending: Vec<u32> = (1..count).rev().collect();
        let alternating: Vec<u32> = (1..count).map(|n| if n % 2 == 0 { n } else { count - n }).collect();
        let every_other: Vec<u32> = (1..count).map(|n| n * 2).collect();
        for order in [descending, alternating, every_other] {
            let mut story = Story::from(0);
            for seq in order {
                story.data(seq, "x").rules();
                story.stream.forget(story.next);
                assert!(story.stream.memory() < 2 << 20, "{}", story.stream.memory());
            }
            story.finish();
            assert!(story.next >= u64::from(count) - 1);
            assert!(story.stream.held.pieces() == 0 && story.stream.held.bytes() == 0);
        }
    }

    #[test]
    fn a_quiet_stream_holds_no_memory() {
        let mut story = Story::from(0);
        let block = "x".repeat(MOST_BYTES);
        story.data(65_536, &block).data(0, &block).ack(131_072);
        story.stream.forget(131_072);
        assert!(story.stream.memory() < 8_192, "{}", story.stream.memory());
    }
}
