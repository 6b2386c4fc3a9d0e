//! WebSocket frames from words (RFC 6455 §5.2), well formed or not.

use flate2::{Compress, Compression, FlushCompress};

use super::line::{hexadecimal, number};
use super::words;

/// The masking key of RFC 6455 §5.7, for frames that name no other.
const USUAL_MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// One frame.
#[derive(Clone, Debug)]
pub(crate) struct WebSocketFrame {
    is_final: bool,
    /// The three reserved bits: RSV1 is 4.
    reserved: u8,
    opcode: u8,
    mask: Option<[u8; 4]>,
    payload: Vec<u8>,
    /// Compressed on its own (RFC 7692 §7.2.1).
    is_deflated: bool,
    /// Mebibytes of zeros, compressed.
    bomb: usize,
    /// The length that the header says; that of the payload unless said.
    declared: Option<u64>,
    /// Bits of the length field: 7, 16 or 64; the least that will do unless said.
    form: Option<u8>,
}

impl WebSocketFrame {
    /// An empty text frame, masked where a client sends it.
    pub(crate) fn new(is_client: bool) -> Self {
        Self {
            is_final: true,
            reserved: 0,
            opcode: 1,
            mask: is_client.then_some(USUAL_MASK),
            payload: Vec::new(),
            is_deflated: false,
            bomb: 0,
            declared: None,
            form: None,
        }
    }

    /// Takes a word; whether it is one for frames.
    pub(crate) fn take(&mut self, word: &str) -> Result<bool, String> {
        if words::is_quoted(word) {
            self.payload.extend(words::octets(word)?);
            return Ok(true);
        }
        match word {
            "continuation" => self.opcode = 0,
            "text" => self.opcode = 1,
            "binary" => self.opcode = 2,
            "close" => self.opcode = 8,
            "ping" => self.opcode = 9,
            "pong" => self.opcode = 10,
            "more" => self.is_final = false,
            "deflate" => {
                self.is_deflated = true;
                self.reserved |= 4;
            }
            "mask=none" => self.mask = None,
            _ => return self.take_value(word),
        }
        Ok(true)
    }

    fn take_value(&mut self, word: &str) -> Result<bool, String> {
        let Some((name, value)) = word.split_once('=') else { return Ok(false) };
        match name {
            "opcode" => self.opcode = number(word, value)?,
            "rsv" => self.reserved = number(word, value)?,
            "code" => self.payload.extend(number::<u16>(word, value)?.to_be_bytes()),
            "bytes" => self.payload.extend(hexadecimal(word, value)?),
            "zeros" => self.payload.resize(self.payload.len() + number::<usize>(word, value)?, 0),
            "bomb" => {
                self.bomb = number(word, value)?;
                self.reserved |= 4;
            }
            "declared" => self.declared = Some(number(word, value)?),
            "form" => self.form = Some(number(word, value)?),
            "mask" => {
                let key = hexadecimal(word, value)?;
                self.mask = Some(key.try_into().map_err(|_| format!("`{word}` is not four octets"))?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Header and payload as sent.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let mut payload = if self.is_deflated { deflated(&self.payload) } else { self.payload.clone() };
        payload.extend(mebibytes_of_zeros(self.bomb));
        let length = self.declared.unwrap_or(payload.len() as u64);
        let mask_bit = if self.mask.is_some() { 0x80 } else { 0 };
        let mut octets = vec![u8::from(self.is_final) << 7 | self.reserved << 4 | self.opcode];
        match self.form.unwrap_or(if length < 126 {
            7
        } else if length < 1 << 16 {
            16
        } else {
            64
        }) {
            7 => octets.push(mask_bit | length as u8),
            16 => {
                octets.push(mask_bit | 126);
                octets.extend((length as u16).to_be_bytes());
            }
            _ => {
                octets.push(mask_bit | 127);
                octets.extend(length.to_be_bytes());
            }
        }
        if let Some(key) = self.mask {
            octets.extend(key);
            payload.iter_mut().zip(key.iter().cycle()).for_each(|(octet, key)| *octet ^= key);
        }
        octets.extend(payload);
        octets
    }
}

/// So many mebibytes of zeros in raw DEFLATE, without an end: one of them compressed, again and again.
pub(crate) fn mebibytes_of_zeros(count: usize) -> Vec<u8> {
    let mut one = Vec::with_capacity(1 << 16);
    let mut compress = Compress::new(Compression::default(), false);
    compress.compress_vec(&vec![0; 1 << 20], &mut one, FlushCompress::Full).unwrap();
    one.repeat(count)
}

/// Raw DEFLATE up to a sync flush, without the four octets that end it (RFC 7692 §7.2.1).
fn deflated(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 64);
    let mut compress = Compress::new(Compression::default(), false);
    compress.compress_vec(payload, &mut out, FlushCompress::Sync).unwrap();
    assert!(out.ends_with(&[0, 0, 0xff, 0xff]), "there was room for all of it");
    out.truncate(out.len() - 4);
    out
}
