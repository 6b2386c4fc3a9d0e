//! Any bytes as the life of one side's stream: pieces, acknowledgments, FINs in any order.

use synscope::base::{FrameNo, SeqNum, StreamSpan, Timestamp};
use synscope::stream::{Assembler, Piece, Run};

/// What a stream may hold at most beyond what waits: bytes to compare, origins, entries.
const MOST_MEMORY: usize = Assembler::MOST_HELD + (8 << 20);
/// Longest piece.
const MOST_LENGTH: usize = 4_096;

/// The first four bytes are the number of the first octet, then every five bytes are one thing that happens. Panics where the program
/// would, where anything is told twice, out of order or wrong, and where memory is not bounded.
pub(crate) fn run(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first_chunk() else { return };
    let mut life = Life::new(SeqNum(u32::from_le_bytes(*first)));
    for event in rest.as_chunks().0 {
        life.happens(*event);
        life.drain();
        assert!(life.stream.memory() <= MOST_MEMORY, "{} bytes are held", life.stream.memory());
        assert_eq!(life.stream.annotations().filter(|found| found.frame.0 > life.frame).count(), 0);
    }
    life.stream.finish();
    life.drain();
    assert!(life.stream.memory() <= MOST_MEMORY);
}

struct Life {
    stream: Assembler,
    /// Number that the next pieces are placed by.
    due: SeqNum,
    /// Number of place 0, once there is one.
    start: Option<SeqNum>,
    frame: u64,
    now: u64,
    next: u64,
    forgotten: u64,
    ended: bool,
    /// No piece said anything but [`octet`].
    honest: bool,
}

impl Life {
    fn new(due: SeqNum) -> Self {
        Self {
            stream: Assembler::default(),
            due,
            start: None,
            frame: 0,
            now: 0,
            next: 0,
            forgotten: 0,
            ended: false,
            honest: true,
        }
    }

    fn happens(&mut self, [what, a, b, c, d]: [u8; 5]) {
        self.now += 1 << (what >> 3);
        let near = self.due + u32::from(u16::from_le_bytes([a, b])).wrapping_sub(1_024);
        let anywhere = SeqNum(u32::from_le_bytes([a, b, c, d]));
        let time = Some(Timestamp(self.now)).filter(|_| what & 0x80 == 0);
        match what & 7 {
            0 | 1 => self.piece(near, usize::from(c) * 16 + 1, usize::from(d) * 16, time),
            2 => self.piece(self.due, usize::from(a) + 1, usize::from(b), time),
            3 => {
                self.honest &= c != 0;
                self.piece(near, usize::from(c), usize::from(d), time);
            }
            4 => self.stream.acknowledged(if d == 0 { anywhere } else { near }, time),
            5 => self.stream.fin(if d == 0 { anywhere } else { near }),
            6 => self.piece(anywhere, usize::from(d), usize::from(d), time),
            _ => self.rare([a, b, c, d]),
        }
    }

    fn rare(&mut self, [a, b, c, d]: [u8; 4]) {
        match a {
            0 => {
                // A FIN alone makes a beginning where nothing else did: which one, only the stream knows.
                self.honest &= self.start.is_some();
                self.stream.finish();
            }
            1..64 => {
                let first = SeqNum(u32::from_le_bytes([a, b, c, d]));
                self.start = self.start.or(Some(first));
                self.stream.begin(first);
            }
            _ => {
                self.forgotten = self.forgotten.max(self.next.saturating_sub(u64::from(b)));
                self.stream.forget(self.forgotten);
            }
        }
    }

    fn piece(&mut self, seq: SeqNum, declared: usize, captured: usize, time: Option<Timestamp>) {
        self.frame += 1;
        let declared = declared.min(MOST_LENGTH);
        if declared > 0 {
            self.start = self.start.or(Some(seq));
        }
        let mut number = seq;
        let mut bytes = Vec::new();
        for _ in 0..captured.min(declared) {
            bytes.push(if self.honest { octet(number) } else { !octet(number) });
            number = number + 1;
        }
        let length = u32::try_from(declared).expect("pieces are short");
        let piece = Piece { frame: FrameNo(self.frame), time, seq, declared: length, bytes: &bytes };
        if let Some(run) = self.stream.piece(&piece) {
            self.hear(&run);
        }
    }

    fn drain(&mut self) {
        while let Some(run) = self.stream.ready() {
            self.hear(&run);
        }
        if let Some(start) = self.start {
            self.due = start + u32::try_from(self.next & u64::from(u32::MAX)).expect("it was masked");
        }
    }

    fn hear(&mut self, run: &Run<'_>) {
        assert!(!self.ended, "nothing is told behind the end");
        match run {
            Run::Bytes { offset, bytes } => {
                assert_eq!(*offset, self.next, "bytes are told in order");
                assert!(!bytes.is_empty(), "no run is empty");
                self.content(bytes);
                self.next += u64::try_from(bytes.len()).expect("lengths fit");
                let span = StreamSpan::new(*offset, self.next);
                let known = self.stream.frames(span).all(|origin| (1..=self.frame).contains(&origin.frame.0));
                assert!(known, "only frames that came bring bytes");
                assert!(
                    self.stream.frames(span).count() > 0 || self.next <= self.forgotten,
                    "somebody brought it"
                );
            }
            Run::Gap(gap) => {
                assert_eq!(gap.missing.start, self.next, "gaps are told in order");
                assert!(!gap.missing.is_empty(), "no gap is empty");
                self.next = gap.missing.end;
            }
            Run::End => self.ended = true,
        }
    }

    fn content(&self, bytes: &[u8]) {
        let (Some(start), true) = (self.start, self.honest) else { return };
        let mut number = start + u32::try_from(self.next & u64::from(u32::MAX)).expect("it was masked");
        for byte in bytes {
            assert_eq!(*byte, octet(number), "bytes keep their places");
            number = number + 1;
        }
    }
}

/// What an honest sender says at this number.
fn octet(number: SeqNum) -> u8 {
    let [a, b, c, d] = number.0.to_le_bytes();
    a.wrapping_mul(31) ^ b.wrapping_mul(17) ^ c ^ d
}
