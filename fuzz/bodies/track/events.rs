//! Bytes as what was captured: events of twelve bytes, each one frame or a few.

use super::packet::{Segment, frame, icmp};

/// A captured frame.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) time: Option<u64>,
    pub(super) bytes: Vec<u8>,
    pub(super) wire_length: u32,
}

/// What was captured, and what is known of it.
pub(super) struct Script {
    pub(super) frames: Vec<Sent>,
    /// Frames that hold one whole segment each.
    pub(super) segments: u64,
    /// Frames with a fragment of a segment.
    pub(super) fragments: u64,
    now: u64,
    latest: Option<Segment>,
}

/// A point where years may be taken away.
const EPOCH: u64 = 1_767_225_600_000_000_000;
const MILLISECOND: u64 = 1_000_000;
const CENTURY: u64 = 3_155_760_000_000_000_000;
/// Where clients and servers begin to count, near the end of the circle.
const NUMBERS: [u32; 2] = [u32::MAX - 2_000, 1_000];
/// How far a number is from there.
const STEPS: [u32; 16] =
    [0, 1, 2, 3, 101, 201, 1_449, 2_897, 4_345, 65_536, 1 << 20, 1 << 31, u32::MAX, u32::MAX - 1, 7, 1 << 30];
const TIMES: [u64; 8] = [0, 1, 40, 200, 1_000, 3_000, 61_000, 3_600_000];
const FLAGS: [u8; 16] =
    [0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x01, 0x00, 0x29, 0x03, 0x06, 0xc2, 0x52, 0x30, 0xff];

impl Script {
    /// Most frames of one input: a fuzzer has better things to do than to count them all.
    const MOST_FRAMES: usize = 4_000;

    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut script = Self { frames: Vec::new(), segments: 0, fragments: 0, now: EPOCH, latest: None };
        let events: &[[u8; 12]] = bytes.as_chunks().0;
        for event in events {
            if script.frames.len() < Self::MOST_FRAMES {
                script.event(event);
            }
        }
        script
    }

    fn event(&mut self, event: &[u8; 12]) {
        let [kind, ends, network, .., time] = *event;
        self.pass(time);
        let segment = segment(event);
        match kind >> 4 {
            0..=9 => self.whole(&segment, network),
            10 => self.fragments(&segment, network, kind & 1 != 0),
            11 => self.error(&segment, network, kind),
            12 => {
                let again = self.latest.clone().unwrap_or_else(|| segment.clone());
                self.whole(&again, network);
            }
            13 => self.cut(&segment, network),
            14 => self.crowd(&segment, network, |segment, nth| segment.from.0[2] = nth),
            _ => self.crowd(&segment, network, |segment, nth| {
                let (hosts, ports) = if ends & 0x80 == 0 { (0, u16::from(nth)) } else { (nth, 0) };
                segment.to.0[2] = hosts;
                segment.to.1 = segment.to.1.wrapping_add(ports);
                segment.from.1 = segment.from.1.wrapping_add(u16::from(nth));
            }),
        }
        self.latest = Some(segment_of_kind(kind, segment));
    }

    /// Lets time pass, to and fro.
    fn pass(&mut self, time: u8) {
        let step = TIMES[usize::from(time & 7)] * MILLISECOND;
        self.now = match time >> 4 {
            0 => self.now.saturating_sub(step),
            1 if step == 0 => self.now.saturating_add(CENTURY),
            2 if step == 0 => self.now.saturating_sub(CENTURY),
            _ => self.now.saturating_add(step),
        };
    }

    fn push(&mut self, bytes: Vec<u8>, network: u8) {
        let time = (network & 0x80 == 0).then_some(self.now);
        let wire_length = u32::try_from(bytes.len()).expect("frames are small");
        self.frames.push(Sent { time, bytes, wire_length });
    }

    fn whole(&mut self, segment: &Segment, network: u8) {
        self.segments += 1;
        self.push(frame(&segment.packet(), network & 0x7f), network);
    }

    fn fragments(&mut self, segment: &Segment, network: u8, swapped: bool) {
        let mut fragments = segment.fragments(u16::from(network >> 4 & 3));
        if swapped {
            fragments.reverse();
        }
        // Of some packets one fragment is missing.
        for fragment in fragments.iter().take(if network & 0x40 == 0 { 2 } else { 1 }) {
            self.fragments += 1;
            self.push(frame(fragment, network & 0x7f), network);
        }
    }

    fn error(&mut self, segment: &Segment, network: u8, kind: u8) {
        let quoted = self.latest.as_ref().unwrap_or(segment);
        let kinds = [(3, 1), (3, 3), (3, 4), (3, 13), (11, 0), (4, 0), (3, 2), (12, 0)];
        let error =
            icmp(&quoted.packet(), kinds[usize::from(kind & 7)], ([203, 0, 113, kind & 8], quoted.from.0));
        self.push(frame(&error, network & 0x7f), network);
    }

    /// A frame that the snap length cut behind its TCP header.
    fn cut(&mut self, segment: &Segment, network: u8) {
        self.whole(segment, network);
        let kept = segment.data.len() / 2;
        if let Some(sent) = self.frames.last_mut() {
            sent.bytes.truncate(sent.bytes.len() - kept);
        }
    }

    /// The same segment of many.
    fn crowd(&mut self, segment: &Segment, network: u8, mut differ: impl FnMut(&mut Segment, u8)) {
        for nth in 0..=segment.window.to_be_bytes()[0] {
            let mut other = segment.clone();
            differ(&mut other, nth);
            self.now += MILLISECOND;
            self.whole(&other, network);
        }
    }
}

fn segment_of_kind(kind: u8, mut segment: Segment) -> Segment {
    if kind >> 4 == 14 {
        segment.from.0[2] = segment.window.to_be_bytes()[0];
    }
    segment
}

fn segment(event: &[u8; 12]) -> Segment {
    let [kind, ends, _, seq, ack, flags, options, length, window, scale, identification, _] = *event;
    let client = ([10, 0, 0, 1 + (ends >> 1 & 1)], 40_000 + u16::from(ends >> 2 & 3));
    // One socket may be connected to itself.
    let server =
        if ends & 0x70 == 0x70 { client } else { ([10, 0, 0, 9], [80, 443][usize::from(ends >> 4 & 1)]) };
    let backwards = ends & 1 != 0;
    let (from, to) = if backwards { (server, client) } else { (client, server) };
    let numbers = if backwards { [NUMBERS[1], NUMBERS[0]] } else { NUMBERS };
    let number = |base: u32, step: u8| {
        base.wrapping_add(STEPS[usize::from(step & 15)]).wrapping_add(u32::from(step >> 4) * 100)
    };
    let size = [0, 0, 1, 100, 1_448, usize::from(length), 0, 1_000][usize::from(length & 7)];
    let text: &[u8] = match length >> 6 {
        0 => b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        1 => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        _ => b"\x81\x05hello\x1b[2J",
    };
    let flags = FLAGS[usize::from(flags & 15)];
    Segment {
        from,
        to,
        seq: number(numbers[0], seq),
        ack: if flags & 0x10 == 0 && kind & 4 == 0 { 0 } else { number(numbers[1], ack) },
        flags,
        window: u16::from_be_bytes([window, scale]),
        options: self::options(options, numbers),
        data: text.iter().copied().cycle().take(size).collect(),
        identification: u16::from(identification >> 3),
        ttl: 60 + (identification & 7),
    }
}

fn options(choice: u8, numbers: [u32; 2]) -> Vec<u8> {
    const MSS: [u8; 4] = [2, 4, 5, 180];
    const SCALE: [u8; 4] = [1, 3, 3, 7];
    const SACK_PERMITTED: [u8; 4] = [1, 1, 4, 2];
    let stamps = [1, 1, 8, 10, 0, 0, 1, choice, 0, 0, 1, 0];
    match choice & 15 {
        0..=2 => Vec::new(),
        3 => MSS.to_vec(),
        4 => [&MSS[..], &SCALE, &SACK_PERMITTED, &stamps].concat(),
        5 => stamps.to_vec(),
        6 => [&[30, 12, 1, 0x81][..], &[choice; 8]].concat(),
        7 => [&[30, 12, 0x10, 1][..], &[choice; 8]].concat(),
        8 => [&[34, 10][..], &[choice; 8], &[1, 1]].concat(),
        9 => vec![34, 2, 1, 1],
        10 => {
            let left = numbers[1].wrapping_add(101);
            [&[1, 1, 5, 10][..], &left.to_be_bytes(), &left.wrapping_add(1_448).to_be_bytes()].concat()
        }
        11 => vec![2, 0, 5, 180],
        12 => vec![3, 3, 200, 0],
        13 => [&MSS[..], &MSS, &[1; 4]].concat(),
        14 => vec![choice; 40],
        _ => vec![19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    }
}
