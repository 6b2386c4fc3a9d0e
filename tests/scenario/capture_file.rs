//! A capture file in memory: Ethernet, nanoseconds; pcap, or pcapng where it says how many frames were dropped.

const MAGIC_NANOSECONDS: u32 = 0xa1b2_3c4d;
const LINKTYPE_ETHERNET: u32 = 1;
const SNAP_LENGTH: u32 = 262_144;
/// 2026-01-01 00:00:00 UTC in seconds since the Unix epoch: when every conversation begins.
const BEGINNING: u64 = 1_767_225_600;
const SECOND_IN_NS: u64 = 1_000_000_000;

/// A capture file that grows frame by frame.
pub(crate) struct CaptureFile {
    bytes: Vec<u8>,
    /// Frames that the interface dropped: only pcapng can say so.
    drops: Option<u64>,
}

impl CaptureFile {
    /// A file without frames; one that says how many frames were dropped where that is known.
    pub(crate) fn new(drops: Option<u64>) -> Self {
        let mut file = Self { bytes: Vec::new(), drops };
        if drops.is_some() {
            let unknown_length = u64::MAX.to_le_bytes();
            file.block(0x0a0d_0d0a, &[&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &unknown_length].concat());
            // Option 9, if_tsresol: 10^-9 s.
            let interface = [1, 0, 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
            file.block(1, &interface);
            return file;
        }
        file.bytes.extend(MAGIC_NANOSECONDS.to_le_bytes());
        file.bytes.extend(2_u16.to_le_bytes());
        file.bytes.extend(4_u16.to_le_bytes());
        file.bytes.extend([0; 8]);
        file.bytes.extend(SNAP_LENGTH.to_le_bytes());
        file.bytes.extend(LINKTYPE_ETHERNET.to_le_bytes());
        file
    }

    /// Adds a frame, `at_ns` nanoseconds after the beginning, of which at most `snap` bytes are captured.
    pub(crate) fn add(&mut self, at_ns: u64, frame: &[u8], snap: Option<usize>) {
        let captured = frame.len().min(snap.unwrap_or(frame.len()));
        let time = BEGINNING * SECOND_IN_NS + at_ns;
        if self.drops.is_some() {
            let mut body = Vec::new();
            for field in [0, time >> 32, time, captured as u64, frame.len() as u64] {
                body.extend((field as u32).to_le_bytes());
            }
            body.extend(&frame[..captured]);
            body.resize(body.len().next_multiple_of(4), 0);
            return self.block(6, &body);
        }
        for field in [time / SECOND_IN_NS, time % SECOND_IN_NS, captured as u64, frame.len() as u64] {
            self.bytes.extend((field as u32).to_le_bytes());
        }
        self.bytes.extend(&frame[..captured]);
    }

    /// The file's content.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        if let Some(drops) = self.drops {
            // Interface 0, no time, option 5 (isb_ifdrop), end of options.
            let head = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 8, 0];
            self.block(5, &[&head[..], &drops.to_le_bytes(), &[0; 4]].concat());
        }
        self.bytes
    }

    /// A block of pcapng; the body's length is a multiple of four.
    fn block(&mut self, kind: u32, body: &[u8]) {
        let length = (body.len() as u32 + 12).to_le_bytes();
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend(length);
        self.bytes.extend(body);
        self.bytes.extend(length);
    }
}
