//! Endace's extensible record format (ERF types reference guide): records without a file header.

use super::Identity;
use super::buffer::Buffer;
use super::byte_order::ByteOrder;
use super::records::{Format, Record, RecordReader};
use crate::base::convert::{index, narrow};
use crate::base::{ByteSpan, LinkType, Timestamp};

/// Time, type, flags, record length, colour and wire length: 16 bytes.
const HEADER: u32 = 16;
/// An extension header: 8 bytes. Its first bit says that another follows, as does that of the type.
const EXTENSION: u32 = 8;
const MORE: u8 = 0x80;
/// Offset and filling before an Ethernet frame: 2 bytes.
const ETHERNET_FILLING: u32 = 2;
/// Ethernet records count their check sequence: 4 bytes.
const CHECK_SEQUENCE: u8 = 4;
/// Times that a record of a real capture may have, in seconds since the Unix epoch: 1990 to 2100.
const PLAUSIBLE: std::ops::Range<u32> = 631_152_000..4_102_444_800;

/// The records of an ERF file.
pub(super) struct Erf;

/// A reader of what `buffer` holds from its beginning.
pub(super) fn reader(identity: Identity, buffer: Buffer) -> RecordReader<Erf> {
    RecordReader::new(identity, Erf, buffer)
}

/// Whether the first bytes of a file look like records of this format, which has no mark of its own: two plausible headers, the
/// second where the first one's length says, or one that is the whole file.
pub(super) fn looks_like(start: &[u8]) -> bool {
    plausible(start).is_some_and(|first| {
        let rest = ByteSpan::new(first, u32::MAX).of(start);
        narrow(start.len()) == first || plausible(rest).is_some()
    })
}

/// The length of the record that bytes begin with, where they look like one.
fn plausible(bytes: &[u8]) -> Option<u32> {
    let seconds = ByteOrder::Little.u32(bytes, 4)?;
    let [kind, _flags] = *bytes.get(8..)?.first_chunk()?;
    let length = u32::from(ByteOrder::Big.u16(bytes, 10)?);
    let wire_length = ByteOrder::Big.u16(bytes, 14)?;
    let known = link_type(kind & !MORE) != LinkType::UNREGISTERED;
    let good = known && PLAUSIBLE.contains(&seconds) && length > HEADER && wire_length > 0;
    good.then_some(length)
}

impl Format for Erf {
    fn header_length(&self) -> u32 {
        HEADER
    }

    fn record_length(&self, header: &[u8]) -> Result<u32, &'static str> {
        ByteOrder::Big.u16(header, 10).map(u32::from).ok_or("the record has no header")
    }

    fn record(&self, record: &[u8]) -> Result<Option<Record>, &'static str> {
        let broken = "the record has no header";
        let kind = *record.get(8).ok_or(broken)?;
        let time = ByteOrder::Little.u64(record, 0).ok_or(broken)?;
        let mut start = HEADER;
        let mut more = kind & MORE != 0;
        while more {
            let extension = record.get(index(start));
            more = *extension.ok_or("the record ends within its extension headers")? & MORE != 0;
            start += EXTENSION;
        }
        let link_type = link_type(kind & !MORE);
        let ethernet = link_type == LinkType::ETHERNET;
        start += if ethernet { ETHERNET_FILLING } else { 0 };
        let length = narrow(record.len());
        if link_type == LinkType::UNREGISTERED && is_no_frame(kind & !MORE) {
            return Ok(None);
        }
        let wire_length = u32::from(ByteOrder::Big.u16(record, 14).ok_or(broken)?);
        let kept = length.saturating_sub(start);
        Ok(Some(Record {
            time: Some(Timestamp(nanoseconds(time))),
            link_type,
            wire_length,
            fcs_length: if ethernet { CHECK_SEQUENCE } else { 0 },
            // Records are filled up to a multiple of eight bytes behind the frame.
            captured: ByteSpan::new(start.min(length), kept.min(wire_length)),
        }))
    }
}

/// A time in seconds and 2^-32 of them since the Unix epoch.
fn nanoseconds(time: u64) -> u64 {
    let fraction = (u128::from(time & 0xffff_ffff) * 1_000_000_000) >> 32;
    (time >> 32).saturating_mul(1_000_000_000).saturating_add(u64::try_from(fraction).unwrap_or(0))
}

/// What a record type's frames are in the register of pcap.
fn link_type(kind: u8) -> LinkType {
    match kind {
        2 | 11 | 16 | 20 => LinkType::ETHERNET,
        1 | 10 | 15 | 17 => LinkType::CISCO_HDLC,
        4 | 18 => LinkType::SUN_ATM,
        22 => LinkType::IPV4,
        23 => LinkType::IPV6,
        _ => LinkType::UNREGISTERED,
    }
}

/// Padding, and what the capturing card says of itself.
fn is_no_frame(kind: u8) -> bool {
    matches!(kind, 0 | 27 | 48)
}

#[cfg(test)]
mod tests {
    use crate::capture::read_all::read_all;
    use crate::capture::recognise::{Content, recognise};

    fn record(kind: u8, extensions: &[u8], frame: &[u8]) -> Vec<u8> {
        let length = u8::try_from(16 + extensions.len() + frame.len()).unwrap();
        let mut record = vec![0, 0, 0, 0x80, 0x58, 0x26, 0x3b, 0x3b, kind, 0, 0, length, 0, 0, 0, 66];
        record.extend(extensions);
        record.extend(frame);
        record
    }

    #[test]
    fn records_are_read_behind_extensions_and_filling() {
        let mut file = record(2, &[], &[0, 0, 1, 2, 3]);
        file.extend(record(0x82, &[0x80, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], &[0, 0, 4, 5]));
        file.extend(record(27, &[], &[9; 8]));
        file.extend(record(22, &[], &[0x45, 0]));
        let capture = read_all(&file);
        let bytes: Vec<_> = capture.frames.iter().map(|frame| frame.bytes.clone()).collect();
        assert_eq!(bytes, [vec![1, 2, 3], vec![4, 5], vec![0x45, 0]]);
        assert_eq!((capture.frames[0].wire_length, capture.frames[0].fcs_length), (66, 4));
        assert_eq!(capture.frames[0].time.unwrap() % 1_000_000_000, 500_000_000);
        assert_eq!(capture.interfaces.len(), 2);
    }

    #[test]
    fn it_is_told_by_two_records_that_fit_together() {
        let one = record(2, &[], &[0, 0, 1, 2, 3]);
        assert_eq!(recognise(&one), Content::Erf);
        let mut two = one.clone();
        two.extend([7; 40]);
        assert!(matches!(recognise(&two), Content::Other(_)));
        assert!(matches!(recognise(&one[..15]), Content::Other(_)));
    }
}
