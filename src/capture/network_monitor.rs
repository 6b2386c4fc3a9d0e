//! Files of Microsoft Network Monitor 1 and 2. Their layout was never published by Microsoft in full; Wireshark's documentation
//! and files of both versions show it.

use super::buffer::Buffer;
use super::byte_order::ByteOrder;
use super::ending::{cut, unreadable};
use super::records::{Format, Record, RecordReader};
use super::{Error, Identity};
use crate::base::convert::index;
use crate::base::{ByteSpan, LinkType, Timestamp};

/// The file header, behind which the first frame stands: 128 bytes.
const FILE_HEADER: u32 = 128;
/// Numbers of link types from here on are those of pcap.
const PCAP_BASE: u16 = 0xe000;

/// The records of a Network Monitor file.
pub(super) struct NetworkMonitor {
    /// Version, major and minor.
    version: (u8, u8),
    link_type: LinkType,
    /// When the capture began, in nanoseconds since the Unix epoch, as that host's clock showed it.
    start: Option<u64>,
    /// Where the table of frames begins: the frames end there.
    table: u64,
}

/// A reader of what `buffer` holds from its beginning. A file that ends within its header is damaged at offset 0.
pub(super) fn reader(identity: Identity, mut buffer: Buffer) -> Result<RecordReader<NetworkMonitor>, Error> {
    let whole = buffer.have(index(FILE_HEADER)).map_err(unreadable(&identity))?;
    let format = NetworkMonitor::of_header(buffer.bytes());
    let ending = (!whole).then(|| cut(&buffer, "the file header", FILE_HEADER, false));
    buffer.consume(index(FILE_HEADER));
    let reader = RecordReader::new(identity, format, buffer).noting(Some(
        "The file's times are of the capturing host's time zone, which it does not name; they are shown as if that were UTC.",
    ));
    Ok(match ending {
        Some(ending) => reader.broken(ending),
        None => reader,
    })
}

impl NetworkMonitor {
    fn of_header(header: &[u8]) -> Self {
        let half = |at| ByteOrder::Little.u16(header, at).unwrap_or(0);
        let byte = |at| header.get(at).copied().unwrap_or(0);
        let table = ByteOrder::Little.u32(header, 24).unwrap_or(0);
        Self {
            version: (byte(5), byte(4)),
            link_type: link_type(half(6)),
            start: nanoseconds([half(8), half(10), half(14), half(16), half(18), half(20), half(22)]),
            table: u64::from(table),
        }
    }

    /// Bytes behind a frame's own: its link type from version 2.1 on, its process from 2.2, its time from 2.3.
    fn trailer(&self) -> u32 {
        match self.version {
            (2, 1) => 2,
            (2, 2) => 6,
            (2, 3..) | (3.., _) => 15,
            _ => 0,
        }
    }

    fn is_first(&self) -> bool {
        self.version.0 < 2
    }

    /// Time since the start in nanoseconds, length on the wire, captured length.
    fn lengths(&self, header: &[u8]) -> Option<(u64, u32, u32)> {
        let order = ByteOrder::Little;
        Some(if self.is_first() {
            let milliseconds = u64::from(order.u32(header, 0)?);
            (milliseconds * 1_000_000, order.u16(header, 4)?.into(), order.u16(header, 6)?.into())
        } else {
            let microseconds = order.u64(header, 0)?;
            (microseconds.saturating_mul(1_000), order.u32(header, 8)?, order.u32(header, 12)?)
        })
    }
}

impl Format for NetworkMonitor {
    fn header_length(&self) -> u32 {
        if self.is_first() { 8 } else { 16 }
    }

    fn record_length(&self, header: &[u8]) -> Result<u32, &'static str> {
        let (_, _, captured) = self.lengths(header).ok_or("the record has no header")?;
        Ok(captured.saturating_add(self.header_length()).saturating_add(self.trailer()))
    }

    fn record(&self, record: &[u8]) -> Result<Option<Record>, &'static str> {
        let (after, wire_length, captured) = self.lengths(record).ok_or("the record has no header")?;
        let captured = ByteSpan::new(self.header_length(), captured);
        let own = match self.trailer() {
            0 => None,
            _ => ByteOrder::Little.u16(record, index(captured.end())),
        };
        if own.is_some_and(|number| (0xf000..).contains(&number)) {
            // Records of Network Monitor itself: events, processes, filters.
            return Ok(None);
        }
        Ok(Some(Record {
            time: self.start.map(|start| Timestamp(start.saturating_add(after))),
            link_type: own.map_or(self.link_type, link_type),
            wire_length,
            fcs_length: 0,
            captured,
        }))
    }

    fn end(&self) -> Option<u64> {
        (self.table > u64::from(FILE_HEADER)).then_some(self.table)
    }
}

/// What Network Monitor's numbers are in the register of pcap.
fn link_type(number: u16) -> LinkType {
    match number {
        1 => LinkType::ETHERNET,
        2 => LinkType::TOKEN_RING,
        3 => LinkType::FDDI,
        7..=9 => LinkType::RAW,
        PCAP_BASE..0xf000 => LinkType(number - PCAP_BASE),
        _ => LinkType::UNREGISTERED,
    }
}

/// A date and time of day in nanoseconds since the Unix epoch: year, month, day, hour, minute, second, millisecond. `None` before
/// the epoch, and where it is no date.
fn nanoseconds([year, month, day, hour, minute, second, millisecond]: [u16; 7]) -> Option<u64> {
    if !(1970..=2500).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days are counted from 1 March, so that the leap day is the last of its year.
    let (year, month) = (u64::from(year), u64::from(month));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (month * 153 + 2) / 5 + u64::from(day) - 1;
    let since = days.checked_sub(719_468)?;
    let seconds = since * 86_400 + u64::from(hour) * 3_600 + u64::from(minute) * 60 + u64::from(second);
    Some((seconds * 1_000 + u64::from(millisecond)) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::read_all::{damage_of, read_all};

    fn header(major: u8, minor: u8, table: u32) -> Vec<u8> {
        let mut file = if major == 1 { b"RTSS".to_vec() } else { b"GMBU".to_vec() };
        file.extend([minor, major, 1, 0]);
        for number in [2005_u16, 7, 6, 16, 10, 29, 29, 800] {
            file.extend(number.to_le_bytes());
        }
        file.extend(table.to_le_bytes());
        file.resize(128, 0);
        file
    }

    fn second(minor: u8, trailer: &[u8]) -> Vec<u8> {
        let mut file = header(2, minor, 0);
        let table = 128 + 2 * (19 + u32::try_from(trailer.len()).unwrap());
        file[24..28].copy_from_slice(&table.to_le_bytes());
        for delta in [0, 7] {
            file.extend([delta, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3]);
            file.extend(trailer);
        }
        file.extend([128, 0, 0, 0, 147, 0, 0, 0]);
        file
    }

    #[test]
    fn a_date_becomes_a_time() {
        assert_eq!(nanoseconds([2005, 7, 16, 10, 29, 29, 800]), Some(1_121_509_769_800_000_000));
        assert_eq!(nanoseconds([1970, 1, 1, 0, 0, 0, 0]), Some(0));
        assert_eq!(nanoseconds([2024, 2, 29, 0, 0, 0, 0]), Some(1_709_164_800_000_000_000));
        assert_eq!(nanoseconds([0, 0, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn the_second_version_is_read_up_to_its_table_of_frames() {
        let capture = read_all(&second(0, &[]));
        assert_eq!((capture.frames.len(), capture.damage), (2, None));
        assert_eq!(capture.frames[1].time, Some(1_121_509_769_800_007_000));
        assert_eq!(capture.frames[1].link_type, LinkType::ETHERNET);
    }

    #[test]
    fn later_versions_say_each_frames_link_type_behind_it() {
        let raw = read_all(&second(1, &[9, 0]));
        assert!(raw.frames.iter().all(|frame| frame.link_type == LinkType::RAW));
        let events = read_all(&second(3, &[0xfd, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!((events.frames.len(), events.damage), (0, None));
    }

    #[test]
    fn the_first_version_has_shorter_records() {
        let mut file = header(1, 1, 139);
        file.extend([5, 0, 0, 0, 60, 0, 3, 0, 1, 2, 3]);
        let capture = read_all(&file);
        assert_eq!((capture.frames.len(), capture.frames[0].time), (1, Some(1_121_509_769_805_000_000)));
        file.truncate(138);
        assert_eq!(damage_of(&file).offset, 128);
    }
}
