//! The body of a message: counted, decoded and digested piece by piece, never held whole beyond a limit.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::app::Allowance;
use crate::app::coding::{Chain, Layer};
use crate::base::Rule;
use crate::base::convert::wide;

/// Longest body that is kept as text, in bytes after decoding.
pub(super) const LONGEST_TEXT: usize = 16 << 20;

/// A body that is coming in.
pub(super) struct Body {
    carried: u64,
    missing: u64,
    chain: Chain,
    plain: Plain,
}

/// A body that came in.
#[derive(Debug)]
pub(super) struct WholeBody {
    /// Bytes as carried, without chunk framing; those that are missing included.
    pub(super) wire_length: u64,
    /// Bytes after decoding.
    pub(super) length: u64,
    /// Bytes that the capture misses.
    pub(super) missing: u64,
    /// SHA-256 of the decoded bytes, in lower-case hex.
    pub(super) sha256: String,
    /// The decoded bytes where they are UTF-8 and not too many.
    pub(super) text: Option<String>,
    /// Codings that were taken off, the outermost first.
    pub(super) layers: Vec<Layer>,
    /// What went wrong with them.
    pub(super) fault: Option<&'static Rule>,
}

/// The decoded bytes so far.
struct Plain {
    length: u64,
    digest: Sha256,
    /// All of them, while they may be text.
    kept: Option<Vec<u8>>,
    /// So many of the kept ones are known to be UTF-8.
    checked: usize,
}

impl Body {
    /// A body whose codings were applied in this order.
    pub(super) fn new<'a>(codings: impl Iterator<Item = &'a str>) -> Self {
        let plain = Plain { length: 0, digest: Sha256::new(), kept: Some(Vec::new()), checked: 0 };
        Self { carried: 0, missing: 0, chain: Chain::new(codings), plain }
    }

    /// Its next bytes.
    pub(super) fn push(&mut self, bytes: &[u8], allowance: &mut Allowance) {
        self.carried += wide(bytes.len());
        let plain = &mut self.plain;
        self.chain.push(bytes, allowance, &mut |bytes| plain.push(bytes));
    }

    /// So many bytes of it are missing here.
    pub(super) fn gap(&mut self, count: u64) {
        self.carried = self.carried.saturating_add(count);
        self.missing = self.missing.saturating_add(count);
        self.chain.gap();
        self.plain.kept = None;
    }

    /// It ends here, complete or not.
    pub(super) fn end(mut self, is_complete: bool) -> WholeBody {
        if is_complete && self.carried > 0 {
            self.chain.end();
        }
        let text = self.plain.kept.and_then(|kept| String::from_utf8(kept).ok());
        WholeBody {
            wire_length: self.carried,
            length: self.plain.length,
            missing: self.missing,
            sha256: hex(&self.plain.digest.finalize()),
            text: text.map(|mut text| {
                text.shrink_to_fit();
                text
            }),
            layers: self.chain.layers(),
            fault: self.chain.fault().filter(|_| self.carried > 0),
        }
    }

    /// Bytes of memory held beyond its own size.
    pub(super) fn memory(&self) -> usize {
        self.chain.memory() + self.plain.kept.as_ref().map_or(0, Vec::capacity)
    }
}

impl Plain {
    fn push(&mut self, bytes: &[u8]) {
        self.length += wide(bytes.len());
        self.digest.update(bytes);
        let Some(kept) = &mut self.kept else { return };
        if kept.len() + bytes.len() > LONGEST_TEXT {
            self.kept = None;
            return;
        }
        kept.extend_from_slice(bytes);
        match std::str::from_utf8(kept.get(self.checked..).unwrap_or_default()) {
            Ok(_) => self.checked = kept.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => self.kept = None,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
