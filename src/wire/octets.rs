//! Numbers in a header's bytes, in either byte order; `None` where the bytes end before.

use crate::base::convert::index;

/// The byte at `place`.
pub(super) fn byte(bytes: &[u8], place: u32) -> Option<u8> {
    bytes.get(index(place)).copied()
}

/// Two bytes from `place`, the most significant one first.
pub(super) fn big_16(bytes: &[u8], place: u32) -> Option<u16> {
    chunk(bytes, place).map(u16::from_be_bytes)
}

/// Two bytes from `place`, the least significant one first.
pub(super) fn little_16(bytes: &[u8], place: u32) -> Option<u16> {
    chunk(bytes, place).map(u16::from_le_bytes)
}

/// Four bytes from `place`, the most significant one first.
pub(super) fn big_32(bytes: &[u8], place: u32) -> Option<u32> {
    chunk(bytes, place).map(u32::from_be_bytes)
}

/// Four bytes from `place`, the least significant one first.
pub(super) fn little_32(bytes: &[u8], place: u32) -> Option<u32> {
    chunk(bytes, place).map(u32::from_le_bytes)
}

/// So many bytes from `place` as an array.
pub(super) fn chunk<const N: usize>(bytes: &[u8], place: u32) -> Option<[u8; N]> {
    bytes.get(index(place)..)?.first_chunk::<N>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_they_are_whole() {
        let bytes = [1, 2, 3, 4, 5];
        assert_eq!((big_16(&bytes, 1), little_16(&bytes, 1)), (Some(0x0203), Some(0x0302)));
        assert_eq!((big_32(&bytes, 1), little_32(&bytes, 1)), (Some(0x0203_0405), Some(0x0504_0302)));
        assert_eq!((byte(&bytes, 4), byte(&bytes, 5), big_16(&bytes, 4)), (Some(5), None, None));
        assert_eq!(big_32(&bytes, u32::MAX), None);
    }
}
