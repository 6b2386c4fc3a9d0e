//! A capture file in memory: pcap, little-endian, nanoseconds, Ethernet.

const MAGIC_NANOSECONDS: u32 = 0xa1b2_3c4d;
const LINKTYPE_ETHERNET: u32 = 1;
const SNAP_LENGTH: u32 = 262_144;
/// 2026-01-01 00:00:00 UTC in seconds since the Unix epoch: when every conversation begins.
const BEGINNING: u64 = 1_767_225_600;
const SECOND_IN_NS: u64 = 1_000_000_000;

/// A capture file that grows frame by frame.
pub(crate) struct CaptureFile {
    bytes: Vec<u8>,
}

impl CaptureFile {
    /// A file without frames.
    pub(crate) fn new() -> Self {
        let mut bytes = Vec::new();
        bytes.extend(MAGIC_NANOSECONDS.to_le_bytes());
        bytes.extend(2_u16.to_le_bytes());
        bytes.extend(4_u16.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend(SNAP_LENGTH.to_le_bytes());
        bytes.extend(LINKTYPE_ETHERNET.to_le_bytes());
        Self { bytes }
    }

    /// Adds a frame, `at_ns` nanoseconds after the beginning, of which at most `snap` bytes are captured.
    pub(crate) fn add(&mut self, at_ns: u64, frame: &[u8], snap: Option<usize>) {
        let captured = frame.len().min(snap.unwrap_or(frame.len()));
        let time = BEGINNING * SECOND_IN_NS + at_ns;
        for field in [time / SECOND_IN_NS, time % SECOND_IN_NS, captured as u64, frame.len() as u64] {
            self.bytes.extend((field as u32).to_le_bytes());
        }
        self.bytes.extend(&frame[..captured]);
    }

    /// The file's content.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
