//! What SNAP's organization and protocol number announce, frames of another link included (RFC 2427 §4.2, RFC 2684 §5.1).

use crate::wire::Selector;

/// The organization whose numbers say which kind of bridged frame follows (IEEE 802.1).
const BRIDGED: [u8; 3] = [0x00, 0x80, 0xc2];

/// What follows five bytes of SNAP, and how many bytes of check sequence are behind it.
pub(super) fn carried(snap: [u8; 5]) -> (Option<Selector>, u32) {
    let [a, b, c, high, low] = snap;
    let number = u16::from_be_bytes([high, low]);
    match ([a, b, c], number) {
        // 0x0000f8 is the bridges' way to carry EtherTypes that other links would mistake (IEEE 802.1H).
        ([0, 0, 0 | 0xf8], _) => (Some(Selector::EtherType(number)), 0),
        (BRIDGED, 0x0001) => (Some(Selector::Ethernet), 4),
        (BRIDGED, 0x0007) => (Some(Selector::Ethernet), 0),
        _ => (None, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridged_frames_come_with_or_without_check_sequence() {
        assert_eq!(carried([0, 0x80, 0xc2, 0, 1]), (Some(Selector::Ethernet), 4));
        assert_eq!(carried([0, 0x80, 0xc2, 0, 7]), (Some(Selector::Ethernet), 0));
        assert_eq!(carried([0, 0, 0xf8, 0x80, 0xf3]), (Some(Selector::EtherType(0x80f3)), 0));
        assert_eq!(carried([0, 0x80, 0xc2, 0, 0x0e]), (None, 0));
    }
}
