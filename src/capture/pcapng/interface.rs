//! Interface Description Blocks (draft-ietf-opsawg-pcapng §4.2) and the clocks they describe.

use super::options::Options;
use crate::base::{LinkType, Timestamp};
use crate::capture::byte_order::ByteOrder;
use crate::capture::{Drops, Interface};

const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const IF_FCSLEN: u16 = 13;
const IF_TSOFFSET: u16 = 14;

/// Longest interface name that is kept, in bytes; real ones are far shorter.
const MAX_NAME: usize = 255;

/// What a section says of one interface.
pub(super) struct Description {
    /// What others may know of it.
    pub(super) interface: Interface,
    /// How its timestamps count.
    pub(super) clock: Clock,
    /// Bytes of frame check sequence at the end of its frames.
    pub(super) fcs_length: u8,
    /// What the newest Interface Statistics Block says of it.
    pub(super) drops: Option<Drops>,
}

impl Description {
    /// Reads the body of a block; `None` where it is too short.
    pub(super) fn parse(body: &[u8], order: ByteOrder) -> Option<Self> {
        let link_type = LinkType(order.u16(body, 0)?);
        let snap_length = order.u32(body, 4)?;
        let mut description = Self {
            interface: Interface { name: None, link_type, snap_length },
            clock: Clock::MICROSECONDS,
            fcs_length: 0,
            drops: None,
        };
        for (code, value) in Options::new(body.get(8..)?, order) {
            description.apply(code, value, order);
        }
        Some(description)
    }

    fn apply(&mut self, code: u16, value: &[u8], order: ByteOrder) {
        match (code, value) {
            (IF_NAME, name) => self.interface.name = Some(text(name)),
            (IF_TSRESOL, [resolution, ..]) => self.clock.unit = Unit::of_resolution(*resolution),
            (IF_FCSLEN, [length, ..]) => self.fcs_length = fcs_bytes(*length),
            (IF_TSOFFSET, _) => self.clock.offset = order.u64(value, 0).map_or(0, u64::cast_signed),
            _ => {}
        }
    }
}

/// What a timestamp of an interface means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    unit: Unit,
    /// Seconds to add (`if_tsoffset`).
    offset: i64,
}

/// Length of one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// So many nanoseconds.
    Nanoseconds(u64),
    /// One nanosecond has so many ticks; 0 stands for more than a 64-bit number can say.
    PerNanosecond(u64),
    /// A second divided by two to this power.
    PowerOfTwo(u8),
}

impl Clock {
    /// What an interface has that says nothing else.
    pub(super) const MICROSECONDS: Self = Self { unit: Unit::Nanoseconds(1_000), offset: 0 };

    /// The time of a timestamp; `None` where nanoseconds since 1970 in 64 bits cannot say it.
    pub(super) fn time(self, ticks: u64) -> Option<Timestamp> {
        let since_offset = match self.unit {
            Unit::Nanoseconds(length) => ticks.checked_mul(length)?,
            Unit::PerNanosecond(count) => ticks.checked_div(count).unwrap_or(0),
            Unit::PowerOfTwo(power) => {
                u64::try_from((u128::from(ticks) * 1_000_000_000) >> u32::from(power)).ok()?
            }
        };
        if self.offset == 0 {
            return Some(Timestamp(since_offset));
        }
        let nanoseconds = i128::from(self.offset) * 1_000_000_000 + i128::from(since_offset);
        u64::try_from(nanoseconds).ok().map(Timestamp)
    }
}

impl Unit {
    /// Reads `if_tsresol`: the upper bit chooses powers of two over powers of ten.
    fn of_resolution(resolution: u8) -> Self {
        let exponent = resolution & 0x7f;
        if resolution & 0x80 != 0 {
            return Self::PowerOfTwo(exponent);
        }
        match exponent.checked_sub(9) {
            None | Some(0) => Self::Nanoseconds(10_u64.pow(u32::from(9 - exponent))),
            Some(more) => Self::PerNanosecond(10_u64.checked_pow(more.into()).unwrap_or(0)),
        }
    }
}

/// The standard says bits, its example and most writers mean bytes: no frame check sequence has more than 15 bytes or fewer than 16 bits.
fn fcs_bytes(length: u8) -> u8 {
    if length < 16 { length } else { length / 8 }
}

fn text(value: &[u8]) -> String {
    // Some writers end names with a zero byte.
    let value = value.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(value.get(..MAX_NAME).unwrap_or(value)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(resolution: u8, offset: i64) -> Clock {
        Clock { unit: Unit::of_resolution(resolution), offset }
    }

    #[test]
    fn resolutions_are_powers_of_ten_or_of_two() {
        assert_eq!(clock(6, 0).time(1_500_000), Some(Timestamp(1_500_000_000)));
        assert_eq!(clock(0, 0).time(2), Some(Timestamp(2_000_000_000)));
        assert_eq!(clock(9, 0).time(7), Some(Timestamp(7)));
        assert_eq!(clock(12, 0).time(7_999), Some(Timestamp(7)));
        assert_eq!(clock(127, 0).time(u64::MAX), Some(Timestamp(0)));
        assert_eq!(clock(0x8a, 0).time(1_536), Some(Timestamp(1_500_000_000)));
        assert_eq!(clock(0x80, 0).time(3), Some(Timestamp(3_000_000_000)));
        assert_eq!(clock(0xff, 0).time(u64::MAX), Some(Timestamp(0)));
    }

    #[test]
    fn offsets_are_seconds_and_may_be_negative() {
        assert_eq!(clock(6, 10).time(1), Some(Timestamp(10_000_001_000)));
        assert_eq!(clock(0, -10).time(12), Some(Timestamp(2_000_000_000)));
    }

    #[test]
    fn a_time_that_nanoseconds_cannot_say_is_no_time() {
        assert_eq!(clock(0, 0).time(u64::MAX), None);
        assert_eq!(clock(0, -10).time(9), None);
        assert_eq!(clock(9, i64::MAX).time(u64::MAX), None);
        assert_eq!(clock(0x80, 0).time(u64::MAX), None);
    }

    #[test]
    fn a_description_is_read_with_its_options() {
        let body = [
            0, 1, 0, 0, 0, 0, 1, 0, // Ethernet, 256 bytes
            0, 2, 0, 4, b'e', b't', b'h', 0, 0, 9, 0, 1, 9, 0, 0, 0, 0, 13, 0, 1, 32, 0, 0, 0,
        ];
        let description = Description::parse(&body, ByteOrder::Big).unwrap();
        assert_eq!(
            description.interface,
            Interface { name: Some("eth".into()), link_type: LinkType::ETHERNET, snap_length: 256 }
        );
        assert_eq!((description.fcs_length, description.clock), (4, clock(9, 0)));
        assert!(Description::parse(&body[..7], ByteOrder::Big).is_none());
    }
}
