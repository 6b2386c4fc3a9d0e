//! What a tunnel carries where nothing but the carried bytes tells.

use crate::wire::Selector;
use crate::wire::network::protocol_number;

/// The IP packet that begins here, as its first four bits say; `None` where it is none.
pub(super) fn ip(bytes: &[u8]) -> Option<Selector> {
    match bytes.first()? >> 4 {
        4 => Some(Selector::IpProtocol(protocol_number::IPV4)),
        6 => Some(Selector::IpProtocol(protocol_number::IPV6)),
        _ => None,
    }
}

/// Whether bytes read as the beginning of an IP header that fits what there is of it: version, header length, total length.
pub(super) fn looks_like_ip(bytes: &[u8], declared: u32) -> bool {
    match bytes {
        [first, _, high, low, ..] if first >> 4 == 4 => {
            let total = u32::from(u16::from_be_bytes([*high, *low]));
            first & 15 >= 5 && (total == 0 || (20..=declared).contains(&total))
        }
        [first, _, _, _, high, low, ..] if first >> 4 == 6 => {
            40 + u32::from(u16::from_be_bytes([*high, *low])) <= declared
        }
        _ => false,
    }
}

/// Whether bytes read as an Ethernet frame: addresses that are no group's as the source, and a type that is often met or a length
/// that fits.
pub(super) fn looks_like_ethernet(bytes: &[u8], declared: u32) -> bool {
    const TYPES: [u16; 10] = [0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8848, 0x8863, 0x8864, 0x88cc];
    let [_, _, _, _, _, _, source, _, _, _, _, _, high, low, ..] = bytes else {
        return false;
    };
    let number = u16::from_be_bytes([*high, *low]);
    let length = (3..=1500).contains(&number) && u32::from(number) <= declared.saturating_sub(14);
    source & 1 == 0 && (TYPES.contains(&number) || length)
}
