//! The Internet checksum (RFC 1071) and the pseudo-header of TCP, UDP and ICMPv6.

use std::net::IpAddr;

use crate::base::Addresses;
use crate::wire::Input;

/// A one's complement sum in the making.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum(u64);

/// What a checksum field turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checksum {
    /// It fits the bytes.
    Right,
    /// It does not; this is the value that would.
    Wrong(u16),
    /// It holds the pseudo-header's sum alone: the rest was left to the network card of the capturing host.
    LeftToTheCard,
    /// Not all bytes that it covers are there.
    Unknown,
}

impl Sum {
    /// Adds bytes as 16-bit words in network byte order; an odd last byte is followed by a zero (RFC 1071 §1). So only the
    /// last part may have an odd length.
    pub(super) fn add(self, bytes: &[u8]) -> Self {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let words: u64 = pairs.iter().map(|pair| u64::from(u16::from_be_bytes(*pair))).sum();
        let last = rest.first().map_or(0, |byte| u64::from(*byte) << 8);
        Self(self.0 + words + last)
    }

    /// Adds a number as two 16-bit words.
    pub(super) fn add_number(self, number: u32) -> Self {
        self.add(&number.to_be_bytes())
    }

    /// The pseudo-header of an upper layer of `length` bytes (RFC 9293 §3.1, RFC 8200 §8.1).
    pub(super) fn pseudo_header(addresses: Addresses, protocol: u8, length: u32) -> Self {
        let sum = Self::default().address(addresses.source).address(addresses.destination);
        sum.add_number(length).add_number(u32::from(protocol))
    }

    /// The sum in 16 bits, carries added back (RFC 1071 §2), not yet inverted.
    pub(super) fn folded(self) -> u16 {
        let mut sum = self.0;
        while let Some(carry) = sum.checked_shr(16).filter(|carry| *carry > 0) {
            sum = (sum & 0xffff) + carry;
        }
        u16::try_from(sum).unwrap_or(u16::MAX)
    }

    fn address(self, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => self.add(&address.octets()),
            IpAddr::V6(address) => self.add(&address.octets()),
        }
    }
}

/// Checks bytes that hold their own checksum, which stands in the field as `found`.
pub(super) fn check(sum: Sum, found: u16) -> Checksum {
    match sum.folded() {
        0xffff => Checksum::Right,
        total => Checksum::Wrong(expected(total, found)),
    }
}

/// Checks an upper layer of `length` bytes that holds its own checksum `found`, pseudo-header included.
pub(super) fn check_upper(input: &Input<'_>, protocol: u8, length: u32, found: u16) -> Checksum {
    let bytes = crate::base::ByteSpan::new(0, length).of(input.bytes);
    let (Some(addresses), false) = (input.addresses, input.fragment) else {
        return Checksum::Unknown;
    };
    if crate::base::convert::narrow(bytes.len()) < length {
        return Checksum::Unknown;
    }
    let pseudo = Sum::pseudo_header(addresses, protocol, length);
    let without_length = Sum::pseudo_header(addresses, protocol, 0);
    match check(pseudo.add(bytes), found) {
        Checksum::Wrong(_) if found == pseudo.folded() || found == without_length.folded() => {
            Checksum::LeftToTheCard
        }
        verdict => verdict,
    }
}

impl Checksum {
    /// A few words for a summary line; `None` where nothing can be said.
    pub(super) fn summary(self) -> Option<&'static str> {
        match self {
            Self::Right => Some("checksum right"),
            Self::Wrong(_) => Some("checksum WRONG"),
            Self::LeftToTheCard => Some("checksum not filled in yet"),
            Self::Unknown => None,
        }
    }

    /// The field in words.
    pub(super) fn text(self, found: u16) -> String {
        match self {
            Self::Right => format!("0x{found:04x}, right"),
            Self::Wrong(expected) => format!("0x{found:04x}, wrong: the bytes give 0x{expected:04x}"),
            Self::LeftToTheCard => {
                format!("0x{found:04x}, not filled in yet (the pseudo-header's sum alone)")
            }
            Self::Unknown => {
                format!("0x{found:04x}, cannot be checked: not all bytes it covers are in this frame")
            }
        }
    }

    /// What a reader should make of it; `None` where nothing is odd.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Self::LeftToTheCard => Some(
                "The checksum is not filled in yet: this frame was captured on the sending host before its network card did it. Not a fault.",
            ),
            Self::Wrong(_) => Some(
                "The checksum is wrong: the bytes were damaged on the way, were changed by something that did not correct it, or were captured on the sending host before its network card filled it in. A receiver drops what arrives like this.",
            ),
            Self::Right | Self::Unknown => None,
        }
    }
}

/// The checksum that makes a folded sum of `total`, which includes `found`, come out right.
fn expected(total: u16, found: u16) -> u16 {
    !Sum(u64::from(total) + u64::from(!found)).folded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_rfc_1071_example_is_ddf2() {
        assert_eq!(Sum::default().add(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]).folded(), 0xddf2);
    }

    #[test]
    fn an_odd_last_byte_is_followed_by_a_zero() {
        assert_eq!(Sum::default().add(&[0x12, 0x34, 0x56]).folded(), 0x12_34 + 0x56_00);
    }

    #[test]
    fn an_ipv4_header_with_a_wrong_checksum_tells_the_right_one() {
        let mut header = [
            0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01,
            0xc0, 0xa8, 0x00, 0xc7,
        ];
        assert_eq!(check(Sum::default().add(&header), 0xb861), Checksum::Right);
        header[10] = 0;
        header[11] = 0;
        assert_eq!(check(Sum::default().add(&header), 0), Checksum::Wrong(0xb861));
    }

    #[test]
    fn a_maximal_number_of_maximal_words_does_not_overflow() {
        assert_eq!(Sum::default().add(&vec![0xff; 262_144]).folded(), 0xffff);
    }
}
