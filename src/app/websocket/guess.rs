//! Whether bytes without a beginning are WebSocket frames: a chain of sound frames that ends where the bytes end.

use crate::app::websocket::close_code;
use crate::app::websocket::decoder::WebSocketDecoder;
use crate::app::websocket::frame::{Header, Opcode, Reading, unmask};
use crate::app::{Decoder, Probe, Seen, StreamProtocol};
use crate::base::Side;
use crate::base::convert::wide;

/// WebSocket whose opening handshake is not in the capture.
#[derive(Clone, Copy, Debug)]
pub struct WebSocketStream;

impl StreamProtocol for WebSocketStream {
    fn name(&self) -> &'static str {
        "websocket"
    }

    fn probe(&self, seen: &Seen<'_>) -> Probe {
        let client = (!seen.client_from_start).then(|| frames(Side::Client, seen.client));
        let server = (!seen.server_from_start).then(|| frames(Side::Server, seen.server));
        let both = client.unwrap_or_default().and(server.unwrap_or_default());
        match both.plausible(Chain::CERTAIN) {
            Plausible::Yes => Probe::Certain,
            Plausible::Needs(_) => Probe::Unsure,
            Plausible::No => Probe::No,
        }
    }

    fn open(&self) -> Box<dyn Decoder> {
        Box::new(WebSocketDecoder::midstream())
    }
}

/// What speaks for bytes to be frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Chain {
    /// Weight of what was found in whole frames.
    evidence: u32,
    /// Something cannot be a frame.
    is_refuted: bool,
    /// The last frame is not whole: so many bytes would make it so.
    needs: Option<usize>,
}

/// What is to be thought of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plausible {
    Yes,
    /// Perhaps, once so many bytes are there.
    Needs(usize),
    No,
}

impl Chain {
    /// Evidence that chance does not bring about.
    pub(super) const CERTAIN: u32 = 3;
    /// Frames that are looked at.
    const MOST_FRAMES: u32 = 64;
    /// Longest frame whose end is waited for.
    const LONGEST_WAIT: u64 = 128 << 10;

    /// Both sides' chains as one.
    fn and(self, other: Self) -> Self {
        Self {
            evidence: self.evidence + other.evidence,
            is_refuted: self.is_refuted && other.evidence == 0 || other.is_refuted && self.evidence == 0,
            needs: self.needs.or(other.needs),
        }
    }

    /// The verdict where this much evidence is wanted.
    pub(super) fn plausible(self, wanted: u32) -> Plausible {
        match self.needs {
            _ if self.is_refuted => Plausible::No,
            _ if self.evidence >= wanted => Plausible::Yes,
            Some(size) => Plausible::Needs(size),
            None if self.evidence > 0 => Plausible::Needs(0),
            None => Plausible::No,
        }
    }
}

/// Whether `side` may have sent such a frame in the middle of a sound WebSocket.
pub(super) fn is_plausible(side: Side, header: &Header) -> bool {
    let is_control = header.opcode.is_control();
    let begins_data = matches!(header.opcode, Opcode::TEXT | Opcode::BINARY);
    header.masking_key.is_some() == (side == Side::Client)
        && !header.opcode.is_reserved()
        && (header.rsv == 0 || (header.rsv == Header::RSV1 && begins_data))
        && header.is_minimal()
        && !header.is_absurd()
        && (!is_control || (header.fin && header.length <= 125))
}

/// Looks for frames of `side` from the first byte on.
pub(super) fn frames(side: Side, mut bytes: &[u8]) -> Chain {
    let mut chain = Chain::default();
    let mut before = 0;
    for _ in 0..Chain::MOST_FRAMES {
        if bytes.is_empty() {
            break;
        }
        let header = match Header::read(bytes) {
            Reading::Needs(count) => {
                chain.needs = Some(before + count);
                break;
            }
            Reading::Header(header) => header,
        };
        if !is_plausible(side, &header) {
            return Chain { is_refuted: true, evidence: 0, needs: None };
        }
        let whole = wide(header.size).saturating_add(header.length);
        let length = usize::try_from(whole).unwrap_or(usize::MAX);
        let Some((frame, rest)) = bytes.split_at_checked(length) else {
            chain.is_refuted = chain.evidence == 0 && whole > Chain::LONGEST_WAIT;
            chain.needs = Some(before.saturating_add(length));
            break;
        };
        match weight(&header, frame.get(header.size..).unwrap_or_default()) {
            Some(weight) => chain.evidence += weight,
            None => return Chain { is_refuted: true, evidence: 0, needs: None },
        }
        before += length;
        bytes = rest;
    }
    chain
}

/// How much a whole frame speaks for being one; `None` where it cannot be one.
fn weight(header: &Header, payload: &[u8]) -> Option<u32> {
    let mut plain = payload.get(..payload.len().min(1 << 10)).unwrap_or_default().to_vec();
    let is_cut = plain.len() < payload.len();
    if let Some(key) = header.masking_key {
        unmask(&mut plain, key, 0);
    }
    let of_key = u32::from(header.masking_key.is_some());
    match header.opcode {
        Opcode::TEXT if header.rsv == 0 => {
            let may_stop_short = is_cut || !header.fin;
            let is_text = is_ordinary_text(&plain, may_stop_short);
            is_text.then_some(if plain.len() >= 4 { 2 + of_key } else { 1 })
        }
        Opcode::CLOSE => match plain.split_first_chunk::<2>() {
            Some((code, reason)) => {
                let is_sound = close_code::may_be_sent(u16::from_be_bytes(*code));
                (is_sound && is_ordinary_text(reason, false)).then_some(2)
            }
            None => plain.is_empty().then_some(1),
        },
        _ => Some(1),
    }
}

/// UTF-8 without the control characters that nobody writes.
fn is_ordinary_text(bytes: &[u8], may_stop_short: bool) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if may_stop_short && error.error_len().is_none() => {
            let sound = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(sound).unwrap_or_default()
        }
        Err(_) => return false,
    };
    // Engine.IO 4 joins with 0x1e, STOMP ends with 0.
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{1e}' | '\0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen<'a>(client: &'a [u8], server: &'a [u8]) -> Seen<'a> {
        Seen { client, server, client_from_start: false, server_from_start: false }
    }

    fn masked(first: u8, plain: &[u8]) -> Vec<u8> {
        let key = [9, 8, 7, 6];
        let mut payload = plain.to_vec();
        unmask(&mut payload, key, 0);
        let mut frame = vec![first, 0x80 | u8::try_from(plain.len()).unwrap()];
        frame.extend(key);
        frame.extend(payload);
        frame
    }

    #[test]
    fn one_masked_text_of_the_client_is_enough() {
        assert_eq!(WebSocketStream.probe(&seen(&masked(0x81, b"hello"), b"")), Probe::Certain);
        assert_eq!(WebSocketStream.probe(&seen(&masked(0x81, b"hello"), b"\xaa\xbb\xcc")), Probe::Certain);
    }

    #[test]
    fn a_side_that_is_known_from_its_start_is_not_guessed() {
        let (client, server) = (masked(0x81, b"hello"), []);
        let from_start = Seen { client_from_start: true, ..seen(&client, &server) };
        assert_eq!(WebSocketStream.probe(&from_start), Probe::No);
    }

    #[test]
    fn texts_of_the_server_need_company() {
        let text = b"\x81\x05hello";
        assert_eq!(WebSocketStream.probe(&seen(b"", text)), Probe::Unsure);
        assert_eq!(WebSocketStream.probe(&seen(b"", &text.repeat(2))), Probe::Certain);
    }

    #[test]
    fn other_protocols_are_not_taken() {
        let others: [&[u8]; 7] = [
            b"GET / HTTP/1.1\r\n",
            b"HTTP/1.1 200 OK\r\n",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
            b"\x17\x03\x03\x00\x40",
            b"{\"json\":1}",
            b"PRI * HTTP/2.0\r\n",
        ];
        for bytes in others {
            assert_ne!(WebSocketStream.probe(&seen(bytes, b"")), Probe::Certain, "{bytes:?}");
            assert_ne!(WebSocketStream.probe(&seen(b"", bytes)), Probe::Certain, "{bytes:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn random_bytes_are_not_taken(
            client in prop::collection::vec(any::<u8>(), 0..200),
            server in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            prop_assert_ne!(WebSocketStream.probe(&seen(&client, &server)), Probe::Certain);
        }
    }
}
