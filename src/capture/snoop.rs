//! snoop files, as Solaris writes them (RFC 1761).

use super::buffer::Buffer;
use super::byte_order::ByteOrder;
use super::ending::{cut, damage, unreadable};
use super::records::{Format, Record, RecordReader};
use super::{Error, Identity};
use crate::base::convert::index;
use crate::base::{ByteSpan, LinkType, Timestamp};

/// Identification, version and datalink type: 16 bytes.
const FILE_HEADER: u32 = 16;
/// Two lengths of the frame, the record's length, drops, seconds and microseconds: 24 bytes.
const RECORD_HEADER: u32 = 24;
/// The version that RFC 1761 describes.
const VERSION: u32 = 2;

/// The records of a snoop file.
pub(super) struct Snoop {
    link_type: LinkType,
}

/// A reader of what `buffer` holds from its beginning. A file that ends within its header is damaged at offset 0.
pub(super) fn reader(identity: Identity, mut buffer: Buffer) -> Result<RecordReader<Snoop>, Error> {
    let whole = buffer.have(index(FILE_HEADER)).map_err(unreadable(&identity))?;
    let number = |at| ByteOrder::Big.u32(buffer.bytes(), at).unwrap_or(0);
    let (version, datalink) = (number(8), number(12));
    let format = Snoop { link_type: link_type(datalink) };
    let ending = if !whole {
        Some(cut(&buffer, "the file header", FILE_HEADER, false))
    } else if version != VERSION {
        Some(damage(8, format!("version {version} of snoop is not one that synscope reads")))
    } else {
        None
    };
    buffer.consume(index(FILE_HEADER));
    let reader = RecordReader::new(identity, format, buffer);
    Ok(match ending {
        Some(ending) => reader.broken(ending),
        None => reader,
    })
}

impl Format for Snoop {
    fn header_length(&self) -> u32 {
        RECORD_HEADER
    }

    fn record_length(&self, header: &[u8]) -> Result<u32, &'static str> {
        ByteOrder::Big.u32(header, 8).ok_or("the record has no header")
    }

    fn record(&self, record: &[u8]) -> Result<Option<Record>, &'static str> {
        let number = |at| ByteOrder::Big.u32(record, at).ok_or("the record has no header");
        let (seconds, microseconds) = (u64::from(number(16)?), u64::from(number(20)?));
        Ok(Some(Record {
            time: Some(Timestamp(seconds * 1_000_000_000 + microseconds * 1_000)),
            link_type: self.link_type,
            wire_length: number(0)?,
            fcs_length: 0,
            captured: ByteSpan::new(RECORD_HEADER, number(4)?),
        }))
    }
}

/// What a datalink type of snoop is in the register of pcap (RFC 1761 "Datalink Type", and Solaris's own above 9).
fn link_type(datalink: u32) -> LinkType {
    match datalink {
        0 | 4 => LinkType::ETHERNET,
        2 => LinkType::TOKEN_RING,
        8 => LinkType::FDDI,
        26 => LinkType::IPNET,
        _ => LinkType::UNREGISTERED,
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::capture::read_all::{damage_of, read_all};

    fn file(version: u8) -> Vec<u8> {
        let mut file = b"snoop\0\0\0\0\0\0".to_vec();
        file.extend([version, 0, 0, 0, 4]);
        for (captured, filling) in [(3_u8, 1_u8), (0, 0), (4, 0)] {
            file.extend([0, 0, 0, 60, 0, 0, 0, captured, 0, 0, 0, 24 + captured + filling]);
            file.extend([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5]);
            file.extend(std::iter::repeat_n(captured, usize::from(captured + filling)));
        }
        file
    }

    #[test]
    fn records_are_read_past_their_filling() {
        let capture = read_all(&file(2));
        let lengths: Vec<_> = capture.frames.iter().map(|frame| frame.bytes.len()).collect();
        assert_eq!((lengths, capture.damage), (vec![3, 0, 4], None));
        let first = &capture.frames[0];
        assert_eq!(
            (first.time, first.wire_length, first.link_type),
            (Some(9_000_005_000), 60, LinkType::ETHERNET)
        );
    }

    #[test]
    fn a_record_that_is_broken_ends_the_reading_with_a_reason() {
        let mut cut = file(2);
        cut.truncate(50);
        assert_eq!(damage_of(&cut).offset, 44);
        let mut short = file(2);
        short[27] = 20;
        assert!(damage_of(&short).reason.contains("20 bytes"));
        assert!(damage_of(&file(9)).reason.contains("version 9"));
        assert_eq!(damage_of(&file(2)[..12]).offset, 0);
    }
}
