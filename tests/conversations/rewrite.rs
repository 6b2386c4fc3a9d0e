//! The same frames in other files.

const PCAP_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
const SECOND_IN_NS: u64 = 1_000_000_000;

/// How a capture file is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    is_pcapng: bool,
    is_big_endian: bool,
    /// Nanoseconds in a unit of its times.
    unit: u64,
}

impl Layout {
    /// Both formats, both byte orders, microseconds and nanoseconds.
    pub(crate) const ALL: [Self; 8] = {
        const fn layout(is_pcapng: bool, is_big_endian: bool, unit: u64) -> Layout {
            Layout { is_pcapng, is_big_endian, unit }
        }
        [
            layout(false, false, 1),
            layout(false, false, 1_000),
            layout(false, true, 1),
            layout(false, true, 1_000),
            layout(true, false, 1),
            layout(true, false, 1_000),
            layout(true, true, 1),
            layout(true, true, 1_000),
        ]
    };

    fn u16(self, number: u16) -> [u8; 2] {
        if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn u32(self, number: u64) -> [u8; 4] {
        let number = u32::try_from(number).unwrap();
        if self.is_big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn u32s(self, numbers: &[u64]) -> Vec<u8> {
        numbers.iter().flat_map(|number| self.u32(*number)).collect()
    }

    fn block(self, kind: u64, body: &[u8]) -> Vec<u8> {
        let padded = body.len().next_multiple_of(4);
        let total = self.u32(length(padded) + 12);
        let mut block = [&self.u32(kind)[..], &total, body].concat();
        block.resize(padded + 8, 0);
        block.extend(total);
        block
    }

    fn pcap(self, frames: &[Frame]) -> Vec<u8> {
        let magic = if self.unit == 1 { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
        let mut file = self.u32(magic).to_vec();
        file.extend([self.u16(2), self.u16(4)].concat());
        file.extend(self.u32s(&[0, 0, 262_144, 1]));
        for frame in frames {
            let (seconds, rest) = (frame.time / SECOND_IN_NS, frame.time % SECOND_IN_NS / self.unit);
            let length = length(frame.bytes.len());
            file.extend(self.u32s(&[seconds, rest, length, length]));
            file.extend(&frame.bytes);
        }
        file
    }

    fn pcapng(self, frames: &[Frame]) -> Vec<u8> {
        let mut section = self.u32(0x1a2b_3c4d).to_vec();
        section.extend([self.u16(1), self.u16(0)].concat());
        section.extend([0xff; 8]);
        let mut file = self.block(0x0a0d_0d0a, &section);
        let resolution = if self.unit == 1 { 9 } else { 6 };
        let mut interface = [self.u16(1), self.u16(0)].concat();
        interface.extend(self.u32(0));
        interface.extend([self.u16(9), self.u16(1)].concat());
        interface.extend([resolution, 0, 0, 0, 0, 0, 0, 0]);
        file.extend(self.block(1, &interface));
        for frame in frames {
            let units = frame.time / self.unit;
            let length = length(frame.bytes.len());
            let mut packet = self.u32s(&[0, units >> 32, units & 0xffff_ffff, length, length]);
            packet.extend(&frame.bytes);
            file.extend(self.block(6, &packet));
        }
        file
    }
}

/// A frame that was captured whole.
#[derive(Clone)]
struct Frame {
    /// Nanoseconds since the Unix epoch.
    time: u64,
    bytes: Vec<u8>,
}

/// The frames of a capture (pcap, little-endian, nanoseconds) in a file of this layout.
pub(crate) fn in_layout(capture: &[u8], layout: Layout) -> Vec<u8> {
    let frames = frames(capture);
    if layout.is_pcapng { layout.pcapng(&frames) } else { layout.pcap(&frames) }
}

/// The capture with a copy of every frame, `later_ns` after it.
pub(crate) fn with_copies(capture: &[u8], later_ns: u64) -> Vec<u8> {
    let frames = frames(capture);
    let copies = frames
        .iter()
        .flat_map(|frame| [frame.clone(), Frame { time: frame.time + later_ns, ..frame.clone() }]);
    Layout::ALL[0].pcap(&copies.collect::<Vec<_>>())
}

fn frames(capture: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut rest = &capture[PCAP_HEADER..];
    while !rest.is_empty() {
        let field = |at: usize| u64::from(u32::from_le_bytes(rest[at..at + 4].try_into().unwrap()));
        let (time, length) = (field(0) * SECOND_IN_NS + field(4), usize::try_from(field(8)).unwrap());
        let (frame, after) = rest[RECORD_HEADER..].split_at(length);
        frames.push(Frame { time, bytes: frame.to_vec() });
        rest = after;
    }
    frames
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap()
}
