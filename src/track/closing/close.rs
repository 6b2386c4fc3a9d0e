//! How a connection ended.

use crate::base::{FrameNo, Side};

/// How a connection ended, and who began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Close {
    /// The kind of ending.
    pub how: CloseHow,
    /// Whose FIN or RST came first in the capture; `None` while it is open.
    pub first: Option<Side>,
    /// The frame of that FIN or RST; `None` also where it is not in the capture.
    pub frame: Option<FrameNo>,
    /// Both FINs were under way at once: the second one's sender had not seen the first (RFC 9293 §3.6, figure 13).
    pub simultaneous: bool,
    /// Whose FIN is not in the capture, but was acknowledged as it seems: one octet more than all its data.
    pub inferred: Option<Side>,
    /// How often that first FIN was sent; 0 where it is not known.
    pub tries: u32,
}

impl Close {
    /// A FIN that was sent so often without an acknowledgment is not just a lost segment.
    pub(in crate::track) const MANY_TRIES: u32 = 3;
}

/// The kind of ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CloseHow {
    /// Still open at the end of what was captured.
    #[default]
    Open,
    /// One side sent FIN, the other has not yet (RFC 9293 §3.6: FIN-WAIT-2 and CLOSE-WAIT).
    HalfClosed,
    /// Both sides sent FIN.
    Fin,
    /// RST without a FIN before it.
    Reset,
    /// A FIN, and later a RST.
    FinThenReset,
}

impl CloseHow {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HalfClosed => "half_closed",
            Self::Fin => "fin",
            Self::Reset => "reset",
            Self::FinThenReset => "fin_then_reset",
        }
    }
}
