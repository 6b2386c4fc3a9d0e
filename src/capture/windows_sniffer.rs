//! Files of `NetXray` and of the Windows Sniffer. Their layout was never published; Wireshark's documentation and files of both
//! versions show it.

use super::buffer::Buffer;
use super::byte_order::ByteOrder;
use super::ending::{cut, unreadable};
use super::records::{Format, Record, RecordReader};
use super::{Error, Identity};
use crate::base::convert::{index, wide};
use crate::base::{ByteSpan, LinkType, Timestamp};

/// The file header: 128 bytes.
const FILE_HEADER: u32 = 128;

/// The records of a Sniffer file.
pub(super) struct WindowsSniffer {
    /// Bytes before a frame: 28 in version 1, 40 in version 2.
    header: u32,
    link_type: LinkType,
    /// When the capture began, in seconds since the Unix epoch.
    start: u64,
    /// Ticks of the frames' clock at that moment.
    first_tick: u64,
    /// Ticks in a second; 0 where the file's clock is not known.
    ticks: u64,
    /// Where the records end in the file.
    end: u64,
}

/// A reader of what `buffer` holds from its beginning. A file that ends within its header is damaged at offset 0.
pub(super) fn reader(identity: Identity, mut buffer: Buffer) -> Result<RecordReader<WindowsSniffer>, Error> {
    let whole = buffer.have(index(FILE_HEADER)).map_err(unreadable(&identity))?;
    let format = WindowsSniffer::of_header(buffer.bytes());
    let first = ByteOrder::Little.u32(buffer.bytes(), 24).unwrap_or(0);
    let note = (format.ticks == 0)
        .then_some("The file's times are in the unit of a capturing device that synscope does not know: they are left out.");
    let mut ending = (!whole).then(|| cut(&buffer, "the file header", FILE_HEADER, false));
    buffer.consume(index(FILE_HEADER));
    let before = first.saturating_sub(FILE_HEADER);
    if ending.is_none() && !buffer.skip(before).map_err(unreadable(&identity))? {
        ending = Some(cut(&buffer, "what comes before the first record", before, false));
    }
    let reader = RecordReader::new(identity, format, buffer).noting(note);
    Ok(match ending {
        Some(ending) => reader.broken(ending),
        None => reader,
    })
}

impl WindowsSniffer {
    fn of_header(header: &[u8]) -> Self {
        let number = |at| u64::from(ByteOrder::Little.u32(header, at).unwrap_or(0));
        let byte = |at: usize| header.get(at).copied().unwrap_or(0);
        let first_version = header.get(4..7) == Some(b"001");
        // Cards and pods of Network General have clocks of their own; adapters of the host do not.
        let known = first_version || byte(64) == 0;
        Self {
            header: if first_version { 28 } else { 40 },
            link_type: link_type(byte(44)),
            start: number(12),
            first_tick: number(52) | number(56) << 32,
            ticks: match byte(48) {
                0 if known => 1_000_000,
                1 if known => 1_193_000,
                2 if known => 1_193_180,
                _ => 0,
            },
            end: number(28),
        }
    }

    /// The time that so many ticks of the frames' clock are, in nanoseconds since the Unix epoch.
    fn time(&self, tick: u64) -> Option<Timestamp> {
        let since = u128::from(tick.saturating_sub(self.first_tick)) * 1_000_000_000;
        let since = since.checked_div(u128::from(self.ticks))?;
        let start = self.start.saturating_mul(1_000_000_000);
        Some(Timestamp(start.saturating_add(u64::try_from(since).unwrap_or(u64::MAX))))
    }
}

impl Format for WindowsSniffer {
    fn header_length(&self) -> u32 {
        self.header
    }

    fn record_length(&self, header: &[u8]) -> Result<u32, &'static str> {
        let captured = ByteOrder::Little.u16(header, 10).ok_or("the record has no header")?;
        Ok(self.header + u32::from(captured))
    }

    fn record(&self, record: &[u8]) -> Result<Option<Record>, &'static str> {
        let broken = "the record has no header";
        let tick = ByteOrder::Little.u64(record, 0).ok_or(broken)?;
        let wire_length = u32::from(ByteOrder::Little.u16(record, 8).ok_or(broken)?);
        let captured = u32::try_from(record.len()).unwrap_or(0).saturating_sub(self.header);
        Ok(Some(Record {
            time: self.time(tick),
            link_type: self.link_type,
            wire_length,
            fcs_length: 0,
            captured: ByteSpan::new(self.header, captured),
        }))
    }

    fn end(&self) -> Option<u64> {
        (self.end > wide(index(FILE_HEADER))).then_some(self.end)
    }
}

/// What the numbers of Windows's network drivers are in the register of pcap.
fn link_type(network: u8) -> LinkType {
    match network {
        0 | 5 => LinkType::ETHERNET,
        1 => LinkType::TOKEN_RING,
        2 => LinkType::FDDI,
        6 | 7 => LinkType::ARCNET,
        _ => LinkType::UNREGISTERED,
    }
}

#[cfg(test)]
mod tests {
    use crate::capture::read_all::{damage_of, read_all};

    fn file(version: &[u8], record_header: usize) -> Vec<u8> {
        let mut file = b"XCP\0".to_vec();
        file.extend(version);
        file.resize(128, 0);
        file[12..16].copy_from_slice(&1_000_u32.to_le_bytes());
        file[24..28].copy_from_slice(&130_u32.to_le_bytes());
        let end = u32::try_from(130 + record_header + 3).unwrap();
        file[28..32].copy_from_slice(&end.to_le_bytes());
        file.extend([0xee, 0xee]);
        let mut record = vec![0x40, 0x42, 0x0f, 0, 0, 0, 0, 0, 60, 0, 3, 0];
        record.resize(record_header, 0);
        record.extend([1, 2, 3]);
        file.extend(record);
        file.extend([9; 50]);
        file
    }

    #[test]
    fn both_versions_are_read_up_to_their_end() {
        for (version, header) in [(b"001.100\0", 28), (b"002.001\0", 40)] {
            let capture = read_all(&file(version, header));
            assert_eq!((capture.frames.len(), capture.damage), (1, None));
            let frame = &capture.frames[0];
            assert_eq!((frame.time, &frame.bytes[..]), (Some(1_001_000_000_000), &[1, 2, 3][..]));
        }
    }

    #[test]
    fn a_clock_that_is_not_known_gives_no_times() {
        let mut of_a_pod = file(b"002.002\0", 40);
        of_a_pod[64] = 6;
        let capture = read_all(&of_a_pod);
        assert_eq!(capture.frames[0].time, None);
        assert!(capture.notes[0].contains("left out"));
    }

    #[test]
    fn a_file_that_ends_early_is_damaged() {
        assert_eq!(damage_of(&file(b"002.001\0", 40)[..140]).offset, 130);
        assert_eq!(damage_of(&file(b"002.001\0", 40)[..100]).offset, 0);
    }
}
