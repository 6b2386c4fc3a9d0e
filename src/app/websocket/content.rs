//! What a WebSocket message says, for whoever shows it.

use std::fmt::Write;

use crate::app::websocket::close_code;
use crate::app::websocket::explanation;
use crate::app::websocket::frame::{Header, Opcode};
use crate::app::websocket::message::{Draft, Finished};
use crate::app::websocket::rules;
use crate::app::{Content, Fact, FactValue, Headline, Remark, RemarkKind};
use crate::base::{Rule, Severity, Side, grouped};
use crate::explain::{LayerExplanation, printable};

/// One message of a WebSocket.
#[derive(Debug)]
pub(super) struct WebSocketMessage {
    pub(super) from: Side,
    /// Its rank among the messages of its side, from 1.
    pub(super) rank: u64,
    pub(super) opcode: Opcode,
    /// Frames that carried it.
    pub(super) frames: u64,
    /// Headers of the first of them.
    pub(super) headers: Vec<Header>,
    /// Bytes after unmasking and inflating, where known.
    pub(super) length: Option<u64>,
    /// Bytes of payload as sent.
    pub(super) wire_length: u64,
    pub(super) is_compressed: bool,
    pub(super) is_masked: bool,
    /// SHA-256 over the payload, or over what there is of it.
    pub(super) digest: [u8; 32],
    pub(super) body: Body,
    pub(super) close: Option<CloseBody>,
    pub(super) part: Part,
    pub(super) rules: Vec<&'static Rule>,
}

/// What was kept of a payload.
#[derive(Debug)]
pub(super) enum Body {
    /// All of it.
    Text(String),
    /// Its first bytes.
    Bytes(Vec<u8>),
    /// The beginning of a text that was never finished.
    Begun(String),
    /// Nothing, because it cannot be read.
    Nothing,
}

/// The body of a Close frame.
#[derive(Debug)]
pub(super) struct CloseBody {
    pub(super) code: Option<u16>,
    pub(super) reason: Option<String>,
}

/// The part that a control frame has in the dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    None,
    BeginsClosing,
    AnswersClose,
}

impl WebSocketMessage {
    /// Bytes of text that a preview shows.
    const PREVIEW: usize = 120;

    /// The message of this rank among those of its side.
    pub(super) fn new(from: Side, rank: u64, draft: Draft, finished: Finished, part: Part) -> Self {
        Self {
            from,
            rank,
            opcode: draft.opcode,
            frames: draft.frames,
            headers: draft.headers,
            length: finished.length,
            wire_length: draft.wire_length,
            is_compressed: draft.is_compressed,
            is_masked: draft.is_masked,
            digest: finished.digest,
            body: finished.body,
            close: finished.close,
            part,
            rules: draft.rules,
        }
    }

    /// `text`, `close 1000`, `opcode 3`.
    pub(super) fn name(&self) -> String {
        match self.close.as_ref().and_then(|close| close.code) {
            Some(code) => format!("close {code}"),
            None if self.opcode.is_reserved() => format!("opcode {}", self.opcode.0),
            None => self.opcode.word().to_owned(),
        }
    }

    /// Its first words or bytes, safe to print: `"hello"`; empty where there is nothing.
    pub(super) fn preview(&self) -> String {
        if let Some(close) = &self.close {
            let reason = close.reason.as_deref().unwrap_or_default();
            return if reason.is_empty() { String::new() } else { quoted(reason) };
        }
        match &self.body {
            Body::Text(text) if text.is_empty() => String::new(),
            Body::Text(text) if text.starts_with(['{', '[']) => shortened(text),
            Body::Text(text) => quoted(text),
            Body::Begun(text) if text.is_empty() => String::new(),
            Body::Begun(text) => format!("{}…", quoted(text)),
            Body::Bytes(bytes) => {
                let mut shown = if self.opcode == Opcode::TEXT { "hex " } else { "" }.to_owned();
                shown.push_str(&bytes.get(..bytes.len().min(8)).map(hex).unwrap_or_default());
                if bytes.len() > 8 {
                    shown.push('…');
                }
                shown
            }
            Body::Nothing => String::new(),
        }
    }

    /// Whether this rule fired on it.
    pub(super) fn broke(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|broken| broken.id == rule.id)
    }

    /// `25 bytes`, with what was on the wire where that differs.
    fn size(&self) -> String {
        let on_wire = grouped(self.wire_length);
        match self.length {
            Some(0) if self.is_compressed => format!("empty (deflated to {})", bytes_of(self.wire_length)),
            Some(length) if self.is_compressed => format!("{} (deflated to {on_wire})", bytes_of(length)),
            Some(0) => "empty".to_owned(),
            Some(length) => bytes_of(length),
            None if self.broke(&rules::MESSAGE_ABANDONED) && self.is_compressed => {
                format!("{} deflated so far", bytes_of(self.wire_length))
            }
            None if self.broke(&rules::MESSAGE_ABANDONED) => format!("{} so far", bytes_of(self.wire_length)),
            None if self.is_compressed => format!("{on_wire} bytes deflated"),
            None => format!("{on_wire} bytes or more"),
        }
    }
}

impl Content for WebSocketMessage {
    fn headline(&self) -> Headline {
        let mut parts = vec![self.preview()];
        if self.wire_length > 0 && self.close.is_none() || !self.opcode.is_control() {
            parts.push(self.size());
        }
        if self.frames > 1 {
            parts.push(format!("{} fragments", grouped(self.frames)));
        }
        parts.retain(|part| !part.is_empty());
        Headline { name: self.name(), detail: parts.join(" · ") }
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for rule in &self.rules {
            let kind = if rule.severity == Severity::Note { RemarkKind::Aside } else { RemarkKind::Wrong };
            remarks.push(Remark { kind, text: format!("{} ({})", rule.title, rule.cite.0) });
        }
        let mut plain = |text: &str| remarks.push(Remark { kind: RemarkKind::Plain, text: text.to_owned() });
        if let Some(close) = &self.close {
            plain(close.code.map_or("no code", close_code::meaning));
        }
        match self.part {
            Part::BeginsClosing => plain("begins the closing handshake"),
            Part::AnswersClose => plain("answers the Close"),
            Part::None => {}
        }
        remarks
    }

    fn facts(&self) -> Vec<Fact> {
        let opcode = if self.opcode.is_reserved() {
            FactValue::from(u64::from(self.opcode.0))
        } else {
            FactValue::from(self.opcode.word())
        };
        let violations: Vec<&str> = self.rules.iter().map(|rule| rule.id).collect();
        // A sound Close is told by its code and reason.
        let is_sound_close = self.close.is_some() && self.rules.is_empty();
        let first_bytes = match &self.body {
            Body::Bytes(bytes) if !is_sound_close => Some(hex(bytes)),
            Body::Begun(text) => Some(hex(text.as_bytes())),
            _ => None,
        };
        vec![
            Fact::new("opcode", opcode),
            Fact::new("length", self.length),
            Fact::new("wire_length", self.wire_length),
            Fact::new("fragments", self.frames),
            Fact::new("compressed", self.is_compressed),
            Fact::new("masked", self.is_masked),
            Fact::new("violations", violations),
            Fact::new("sha256", hex(&self.digest)),
            Fact::new("text", self.text()),
            Fact::new("hex", first_bytes),
            Fact::new("close_code", self.close.as_ref().and_then(|close| close.code).map(u64::from)),
            Fact::new("close_reason", self.close.as_ref().and_then(|close| close.reason.as_deref())),
        ]
    }

    fn explain(&self) -> Vec<LayerExplanation> {
        explanation::layers(self)
    }

    fn text(&self) -> Option<&str> {
        if let Body::Text(text) = &self.body { Some(text) } else { None }
    }
}

/// `1 byte`, `18,230 bytes`.
pub(super) fn bytes_of(count: u64) -> String {
    format!("{} byte{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Lower-case hexadecimal without spaces.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// In quotes: in single ones where the text itself has double ones, so that its own can be told from these.
fn quoted(text: &str) -> String {
    let shown = shortened(text);
    let mark = if shown.contains('"') { '\'' } else { '"' };
    format!("{mark}{shown}{mark}")
}

/// The beginning of a text, safe to print.
fn shortened(text: &str) -> String {
    if text.len() <= WebSocketMessage::PREVIEW {
        return printable(text).into_owned();
    }
    let end = text.floor_char_boundary(WebSocketMessage::PREVIEW);
    format!("{}…", printable(text.get(..end).unwrap_or_default()))
}
