//! Ethernet addresses in words (IEEE 802 §8).

use crate::explain::{FieldWriter, Place};

/// `02:00:00:00:00:01`, for any length of hardware address.
pub(super) fn plain(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

/// Adds an address with what its bits say: `01:00:5e:00:00:fb (multicast, IPv4 group)`.
pub(super) fn explain(fields: &mut FieldWriter<'_>, name: &'static str, place: Place) {
    fields.address(name, place, plain, hint);
}

/// What is special about a six-byte address.
fn hint(bytes: &[u8]) -> Option<&'static str> {
    let [first, ..] = bytes.first_chunk::<6>()?;
    match bytes {
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => Some("broadcast: to everyone on the link"),
        [0, 0, 0, 0, 0, 0] => Some("all zero: no address"),
        [0x01, 0x00, 0x5e, ..] => Some("multicast, IPv4 group"),
        [0x33, 0x33, ..] => Some("multicast, IPv6 group"),
        [0x01, 0x80, 0xc2, 0x00, 0x00, ..] => Some("multicast, for bridges on this link only"),
        _ if first & 1 == 1 => Some("multicast: to a group"),
        _ if first & 2 == 2 => Some("locally administered: set by software, not by a manufacturer"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_and_local_bits_are_told() {
        assert!(hint(&[0xff; 6]).unwrap().contains("broadcast"));
        assert!(hint(&[0x33, 0x33, 0, 0, 0, 1]).unwrap().contains("IPv6 group"));
        assert!(hint(&[0x02, 0, 0, 0, 0, 1]).unwrap().contains("locally administered"));
        assert_eq!(hint(&[0x00, 0x1b, 0x21, 0, 0, 1]), None);
        assert_eq!(plain(&[0x00, 0x1b, 0x21, 0, 0, 1]), "00:1b:21:00:00:01");
    }
}
