//! Reads the headers of WebSocket frames (RFC 6455 §5.2).

/// What a frame is for: a number of 4 bits, so that an unknown one is still a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opcode(pub(super) u8);

impl Opcode {
    pub(super) const CONTINUATION: Self = Self(0);
    pub(super) const TEXT: Self = Self(1);
    pub(super) const BINARY: Self = Self(2);
    pub(super) const CLOSE: Self = Self(8);
    pub(super) const PING: Self = Self(9);
    pub(super) const PONG: Self = Self(10);

    /// Whether frames with it control the dialogue and stand between those of a message.
    pub(super) fn is_control(self) -> bool {
        self.0 & 8 != 0
    }

    /// Whether RFC 6455 gives it no meaning.
    pub(super) fn is_reserved(self) -> bool {
        matches!(self.0, 3..=7 | 11..)
    }

    /// The specification's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::CONTINUATION => "continuation",
            Self::TEXT => "text",
            Self::BINARY => "binary",
            Self::CLOSE => "close",
            Self::PING => "ping",
            Self::PONG => "pong",
            _ => "reserved",
        }
    }
}

/// The four bytes that a client mixes into what it sends.
pub(super) type MaskingKey = [u8; 4];

/// One frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The message ends with this frame.
    pub(super) fin: bool,
    /// RSV1, RSV2 and RSV3 as the three lowest bits, RSV1 the highest of them.
    pub(super) rsv: u8,
    pub(super) opcode: Opcode,
    pub(super) masking_key: Option<MaskingKey>,
    /// Bytes of payload, as declared.
    pub(super) length: u64,
    /// Bits of the length field: 7, 16 or 64.
    pub(super) length_bits: u8,
    /// Bytes of the header itself: 2 to 14.
    pub(super) size: usize,
}

/// What the first bytes of a frame say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Header(Header),
    /// The header is longer than what is there: at least so many bytes.
    Needs(usize),
}

impl Header {
    /// The bit RSV1 in [`Header::rsv`].
    pub(super) const RSV1: u8 = 4;

    /// Reads the header at the beginning of `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Reading {
        let Some(([first, second], rest)) = bytes.split_first_chunk::<2>() else {
            return Reading::Needs(2);
        };
        let (length_bits, length_size) = match second & 0x7f {
            126 => (16, 2),
            127 => (64, 8),
            _ => (7, 0),
        };
        let is_masked = second & 0x80 != 0;
        let size = 2 + length_size + if is_masked { 4 } else { 0 };
        let Some((extended, rest)) = rest.split_at_checked(length_size) else {
            return Reading::Needs(size);
        };
        let masking_key = rest.first_chunk::<4>().copied().filter(|_| is_masked);
        if is_masked && masking_key.is_none() {
            return Reading::Needs(size);
        }
        let length = if extended.is_empty() { u64::from(second & 0x7f) } else { big_endian(extended) };
        Reading::Header(Self {
            fin: first & 0x80 != 0,
            rsv: (first >> 4) & 7,
            opcode: Opcode(first & 0x0f),
            masking_key,
            length,
            length_bits,
            size,
        })
    }

    /// Whether the length is written in the shortest form that can hold it, as §5.2 demands.
    pub(super) fn is_minimal(&self) -> bool {
        match self.length_bits {
            16 => self.length > 125,
            64 => self.length > 0xffff,
            _ => true,
        }
    }

    /// Whether the length has its highest bit set, which §5.2 forbids: no stream is that long.
    pub(super) fn is_absurd(&self) -> bool {
        self.length >> 63 == 1
    }

    pub(super) fn rsv1(&self) -> bool {
        self.rsv & Self::RSV1 != 0
    }
}

/// Takes the masking off (or puts it on) in place; `phase` is the place of the first byte within the frame's payload (§5.3).
pub(super) fn unmask(bytes: &mut [u8], key: MaskingKey, phase: u64) {
    let mut turned = key;
    turned.rotate_left(usize::try_from(phase % 4).unwrap_or_default());
    let [a, b, c, d] = turned;
    let eight = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ eight).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(turned.iter().cycle()) {
        *byte ^= key;
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(bytes: &[u8]) -> Header {
        let Reading::Header(header) = Header::read(bytes) else { panic!("the header is whole") };
        header
    }

    #[test]
    fn the_three_forms_of_length_are_read() {
        let short = header(&[0x81, 0x05]);
        assert_eq!((short.length, short.length_bits, short.size, short.is_minimal()), (5, 7, 2, true));
        let middle = header(&[0x82, 0x7e, 0x01, 0x00]);
        assert_eq!((middle.length, middle.length_bits, middle.size, middle.is_minimal()), (256, 16, 4, true));
        let long = header(&[0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!((long.length, long.length_bits, long.size, long.is_minimal()), (65_536, 64, 10, true));
    }

    #[test]
    fn a_length_in_a_longer_form_than_needed_is_not_minimal() {
        assert!(!header(&[0x82, 0x7e, 0, 125]).is_minimal());
        assert!(header(&[0x82, 0x7e, 0, 126]).is_minimal());
        assert!(!header(&[0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff]).is_minimal());
    }

    #[test]
    fn a_header_that_is_not_whole_says_how_long_it_is() {
        assert_eq!(Header::read(&[0x81]), Reading::Needs(2));
        assert_eq!(Header::read(&[0x81, 0x85, 1, 2, 3]), Reading::Needs(6));
        assert_eq!(Header::read(&[0x81, 0xff, 0, 0]), Reading::Needs(14));
    }

    #[test]
    fn unmasking_in_pieces_gives_the_same_as_at_once() {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        let plain: Vec<u8> = (0..100).collect();
        let mut whole = plain.clone();
        unmask(&mut whole, key, 0);
        for cut in 0..plain.len() {
            let mut pieces = whole.clone();
            let (first, second) = pieces.split_at_mut(cut);
            unmask(first, key, 0);
            unmask(second, key, u64::try_from(cut).unwrap());
            assert_eq!(pieces, plain);
        }
    }
}
