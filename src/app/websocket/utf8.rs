//! Whether bytes that come in pieces are UTF-8 as a whole (RFC 3629; RFC 6455 §8.1).

/// Follows a text through its pieces.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Utf8Check {
    /// The beginning of a character whose end has not come.
    begun: [u8; 4],
    begun_length: usize,
    is_broken: bool,
}

impl Utf8Check {
    /// Takes the next bytes of the text.
    pub(super) fn piece(&mut self, mut bytes: &[u8]) {
        while self.begun_length > 0 && !self.is_broken {
            let Some((next, rest)) = bytes.split_first() else { return };
            bytes = rest;
            self.add(*next);
        }
        if self.is_broken {
            return;
        }
        if let Err(error) = std::str::from_utf8(bytes) {
            self.is_broken = error.error_len().is_some();
            for byte in bytes.get(error.valid_up_to()..).unwrap_or_default().iter().take(3) {
                self.begin(*byte);
            }
        }
    }

    /// Whether everything so far was UTF-8, a character that is not whole included.
    pub(super) fn is_sound(&self) -> bool {
        !self.is_broken
    }

    /// Whether the text may end here.
    pub(super) fn may_end(&self) -> bool {
        !self.is_broken && self.begun_length == 0
    }

    /// One byte more of the character that has begun.
    fn add(&mut self, byte: u8) {
        self.begin(byte);
        let begun = self.begun.get(..self.begun_length).unwrap_or_default();
        match std::str::from_utf8(begun) {
            Ok(_) => self.begun_length = 0,
            Err(error) => self.is_broken = error.error_len().is_some(),
        }
    }

    fn begin(&mut self, byte: u8) {
        if let Some(place) = self.begun.get_mut(self.begun_length) {
            *place = byte;
            self.begun_length += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_pieces(bytes: &[u8], size: usize) -> bool {
        let mut check = Utf8Check::default();
        bytes.chunks(size).for_each(|piece| check.piece(piece));
        check.may_end()
    }

    #[test]
    fn cutting_a_text_anywhere_does_not_change_the_answer() {
        let texts: [&[u8]; 8] = [
            "grüße 東京 😀 end".as_bytes(),
            b"plain",
            b"",
            b"\xf0\x9f\x98",
            b"a\xc3(b",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xc0\xaf",
        ];
        for text in texts {
            let expected = std::str::from_utf8(text).is_ok();
            for size in 1..=text.len().max(1) {
                assert_eq!(in_pieces(text, size), expected, "{text:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_text_that_stops_inside_a_character_is_sound_but_may_not_end() {
        let mut check = Utf8Check::default();
        check.piece(&[0xe6, 0x9d]);
        assert!(check.is_sound() && !check.may_end());
        check.piece(&[0xb1]);
        assert!(check.may_end());
    }
}
