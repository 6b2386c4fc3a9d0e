//! Options at the end of a block (draft-ietf-opsawg-pcapng §3.5).

use crate::base::convert::index;
use crate::capture::byte_order::ByteOrder;

/// Ends a list of options.
const END_OF_OPTIONS: u16 = 0;

/// The options in some bytes, as pairs of code and value. A list that is cut or lies about its lengths ends before the fault.
pub(super) struct Options<'a> {
    rest: &'a [u8],
    order: ByteOrder,
}

impl<'a> Options<'a> {
    /// The options that `bytes` begins with.
    pub(super) fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        Self { rest: bytes, order }
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let code = self.order.u16(self.rest, 0)?;
        let length = index(self.order.u16(self.rest, 2)?.into());
        if code == END_OF_OPTIONS {
            return None;
        }
        let value = self.rest.get(4..4 + length)?;
        self.rest = self.rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_padded_to_four_bytes() {
        let bytes = [1, 0, 3, 0, b'a', b'b', b'c', 0, 9, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        let options: Vec<_> = Options::new(&bytes, ByteOrder::Little).collect();
        assert_eq!(options, [(1, &b"abc"[..]), (9, &[6][..])]);
    }

    #[test]
    fn a_length_beyond_the_block_ends_the_list() {
        let bytes = [0, 1, 0, 1, b'x', 0, 0, 0, 0, 1, 0, 200, b'y', 0, 0, 0];
        let options: Vec<_> = Options::new(&bytes, ByteOrder::Big).collect();
        assert_eq!(options, [(1, &b"x"[..])]);
    }
}
