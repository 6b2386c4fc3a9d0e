//! A connection in Zeek's words: `conn_state` and `history` (Zeek, `base/protocols/conn/main.zeek`).

use crate::track::segment::Segment;

/// A connection in Zeek's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zeek {
    /// `S0`, `SF`, `REJ`, ...
    pub conn_state: &'static str,
    /// One letter for each new kind of segment: upper case the originator's, lower case the responder's.
    pub history: String,
}

impl Default for Zeek {
    /// Nothing seen yet.
    fn default() -> Self {
        Self { conn_state: "OTH", history: String::new() }
    }
}

impl Zeek {
    /// Takes the next segment.
    pub(super) fn take(&mut self, _segment: &Segment) {}
}
