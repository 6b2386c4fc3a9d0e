//! Puts one message together from the payloads of its frames (RFC 6455 §5.4).

use sha2::{Digest, Sha256};

use crate::app::Allowance;
use crate::app::websocket::close_code;
use crate::app::websocket::content::{Body, CloseBody};
use crate::app::websocket::frame::{Header, Opcode};
use crate::app::websocket::inflate::{Failure, Inflater};
use crate::app::websocket::rules;
use crate::app::websocket::utf8::Utf8Check;
use crate::base::convert::wide;
use crate::base::{Rule, StreamSpan};

/// A message whose frames are still coming.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) opcode: Opcode,
    /// From the first frame's first byte to the last that was taken.
    pub(super) span: StreamSpan,
    pub(super) frames: u64,
    /// The first frames' headers.
    pub(super) headers: Vec<Header>,
    /// Bytes of payload as its headers declare them.
    pub(super) wire_length: u64,
    pub(super) is_compressed: bool,
    pub(super) is_masked: bool,
    pub(super) rules: Vec<&'static Rule>,
    /// Bytes after unmasking and inflating, as far as they are there.
    made: u64,
    /// Some of its bytes are missing.
    is_incomplete: bool,
    failure: Option<Failure>,
    digest: Sha256,
    /// Over the bytes before inflating.
    wire_digest: Option<Sha256>,
    kept: Vec<u8>,
    utf8: Utf8Check,
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With its last frame.
    Whole,
    /// Another message began before its last frame came.
    Interrupted,
    /// Its end, or the way there, is not in the capture.
    Lost,
}

/// What a message says, once it ended.
#[derive(Debug)]
pub(super) struct Finished {
    /// Bytes after unmasking and inflating, where that is known.
    pub(super) length: Option<u64>,
    pub(super) digest: [u8; 32],
    pub(super) body: Body,
    pub(super) close: Option<CloseBody>,
}

impl Draft {
    /// Headers that are kept of one message.
    const MOST_HEADERS: usize = 16;
    /// Bytes of text that are kept.
    const MOST_TEXT: usize = 16 << 20;
    /// Bytes of anything else that are kept.
    const MOST_BYTES: usize = 256;

    /// A message that begins with this frame at this place.
    pub(super) fn new(header: &Header, start: u64, is_compressed: bool) -> Self {
        Self {
            opcode: header.opcode,
            span: StreamSpan::new(start, start),
            frames: 0,
            headers: Vec::new(),
            wire_length: 0,
            is_compressed,
            is_masked: header.masking_key.is_some(),
            rules: Vec::new(),
            made: 0,
            is_incomplete: false,
            failure: None,
            digest: Sha256::new(),
            wire_digest: is_compressed.then(Sha256::new),
            kept: Vec::new(),
            utf8: Utf8Check::default(),
        }
    }

    /// One more frame of it.
    pub(super) fn frame(&mut self, header: &Header) {
        self.frames += 1;
        self.wire_length = self.wire_length.saturating_add(header.length);
        if self.headers.len() < Self::MOST_HEADERS {
            self.headers.push(*header);
        }
    }

    /// A rule fired on it; each is told once.
    pub(super) fn rule(&mut self, rule: &'static Rule) {
        if !self.rules.iter().any(|known| known.id == rule.id) {
            self.rules.push(rule);
        }
    }

    /// The next bytes of its payload, unmasked.
    pub(super) fn payload(&mut self, bytes: &[u8], inflater: &mut Inflater, allowance: &mut Allowance) {
        let Some(wire_digest) = &mut self.wire_digest else { return self.plain(bytes) };
        wire_digest.update(bytes);
        self.inflate(allowance, |allowance, out| inflater.piece(bytes, allowance, out));
    }

    /// Whether bytes of it are missing.
    pub(super) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// Bytes of its payload are missing.
    pub(super) fn miss(&mut self, inflater: &mut Inflater) {
        self.is_incomplete = true;
        if self.is_compressed {
            inflater.lose_context();
            self.failure = self.failure.or(Some(Failure::Broken));
        }
    }

    /// It ends here.
    pub(super) fn finish(
        &mut self,
        ending: Ending,
        inflater: &mut Inflater,
        allowance: &mut Allowance,
    ) -> Finished {
        let is_whole = ending == Ending::Whole;
        self.is_incomplete |= ending == Ending::Lost;
        if self.is_compressed && is_whole && !self.is_incomplete && self.wire_length == 0 {
            // Not even the byte that stands for nothing (RFC 7692 §7.2.3.6). The tail alone would begin a block and swallow what follows.
            self.failure = Some(Failure::Broken);
        } else if self.is_compressed && is_whole && !self.is_incomplete {
            self.inflate(allowance, |allowance, out| inflater.finish(allowance, out));
        } else if self.is_compressed {
            // Nobody knows what the sender's compressor does after half a message.
            inflater.lose_context();
            self.failure = self.failure.or(Some(Failure::Broken));
        }
        self.ending_rules(ending);
        let is_readable = !self.is_incomplete && self.failure.is_none();
        let length = match (self.is_compressed, is_readable) {
            (false, _) => is_whole.then_some(self.wire_length),
            (true, is_readable) => is_readable.then_some(self.made),
        };
        let close = (self.opcode == Opcode::CLOSE && is_readable).then(|| self.close());
        let digest = self.sha256();
        let body = match ending {
            _ if !is_readable => Body::Nothing,
            Ending::Interrupted => self.body_so_far(),
            _ => self.body(),
        };
        Finished { length, digest, body, close }
    }

    /// Why it cannot be read, or not as a whole.
    fn ending_rules(&mut self, ending: Ending) {
        let is_interrupted = ending == Ending::Interrupted;
        if self.is_incomplete {
            self.rule(&rules::MESSAGE_INCOMPLETE);
        }
        if is_interrupted {
            self.rule(&rules::MESSAGE_ABANDONED);
        }
        match self.failure {
            Some(failure) if !self.is_incomplete && !is_interrupted => self.rule(rule_of(failure)),
            _ => {}
        }
    }

    /// Bytes of memory held beyond its own size.
    pub(super) fn memory(&self) -> usize {
        self.kept.capacity() + self.headers.capacity() * size_of::<Header>()
    }

    /// Goes on inflating, unless that has failed. A message that refers to bytes unknown is inflated to its end all the same: later
    /// ones may refer to it.
    fn inflate(
        &mut self,
        allowance: &mut Allowance,
        work: impl FnOnce(&mut Allowance, &mut dyn FnMut(&[u8])) -> Result<(), Failure>,
    ) {
        let result = match self.failure {
            None => work(allowance, &mut |made| self.plain(made)),
            Some(Failure::ContextLost) => work(allowance, &mut |_| {}),
            Some(_) => return,
        };
        if let Err(failure) = result {
            self.failure = Some(failure);
        }
    }

    fn plain(&mut self, bytes: &[u8]) {
        self.made = self.made.saturating_add(wide(bytes.len()));
        self.digest.update(bytes);
        if self.opcode == Opcode::TEXT {
            self.utf8.piece(bytes);
        }
        let room = self.most_kept().saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    fn most_kept(&self) -> usize {
        if self.opcode == Opcode::TEXT && self.utf8.is_sound() { Self::MOST_TEXT } else { Self::MOST_BYTES }
    }

    fn sha256(&mut self) -> [u8; 32] {
        let over_plain = self.digest.finalize_reset().into();
        match (&mut self.wire_digest, self.failure) {
            (Some(wire), Some(_)) => wire.finalize_reset().into(),
            _ => over_plain,
        }
    }

    /// What there is of a message that was never finished.
    fn body_so_far(&mut self) -> Body {
        let kept = std::mem::take(&mut self.kept);
        let kept = kept.get(..Self::MOST_BYTES.min(kept.len())).unwrap_or_default();
        // The last character may be cut.
        let text = kept.utf8_chunks().next().map(|chunk| chunk.valid()).unwrap_or_default();
        if self.opcode == Opcode::TEXT && text.len() + 4 > kept.len() {
            Body::Begun(text.to_owned())
        } else {
            Body::Bytes(kept.to_vec())
        }
    }

    fn body(&mut self) -> Body {
        let kept = std::mem::take(&mut self.kept);
        let is_kept_whole = wide(kept.len()) == self.made;
        let is_text = match self.opcode {
            Opcode::TEXT if !self.utf8.may_end() => {
                self.rule(&rules::TEXT_NOT_UTF8);
                false
            }
            Opcode::TEXT if !is_kept_whole => {
                self.rule(&rules::TEXT_NOT_KEPT);
                false
            }
            Opcode::TEXT => true,
            Opcode::PING | Opcode::PONG => is_kept_whole,
            _ => false,
        };
        if !is_text {
            return first_bytes(kept);
        }
        String::from_utf8(kept).map_or_else(|error| first_bytes(error.into_bytes()), Body::Text)
    }

    /// Reads the body of a Close frame (§5.5.1).
    fn close(&mut self) -> CloseBody {
        let Some((code, reason)) = self.kept.split_first_chunk::<2>() else {
            if !self.kept.is_empty() {
                self.rule(&rules::CLOSE_BODY_OF_ONE_BYTE);
            }
            return CloseBody { code: None, reason: None };
        };
        let code = u16::from_be_bytes(*code);
        let reason = std::str::from_utf8(reason).ok().map(str::to_owned);
        if !close_code::may_be_sent(code) {
            self.rule(&rules::CLOSE_CODE_ILLEGAL);
        }
        if reason.is_none() && wide(self.kept.len()) == self.made {
            self.rule(&rules::CLOSE_REASON_NOT_UTF8);
        }
        CloseBody { code: Some(code), reason }
    }
}

fn first_bytes(mut bytes: Vec<u8>) -> Body {
    bytes.truncate(Draft::MOST_BYTES);
    bytes.shrink_to_fit();
    Body::Bytes(bytes)
}

fn rule_of(failure: Failure) -> &'static Rule {
    match failure {
        Failure::Broken => &rules::DEFLATE_BROKEN,
        Failure::ContextLost => &rules::DEFLATE_CONTEXT_LOST,
        Failure::TooMuch => &rules::MESSAGE_NOT_INFLATED,
    }
}
