//! Bytes that are missing, with the reason.

use crate::base::{Rule, StreamSpan};
use crate::stream::rules;

/// Bytes that are not in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub missing: StreamSpan,
    /// Why.
    pub cause: GapCause,
}

/// Why bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapCause {
    /// The other side acknowledged them, so they arrived: the capture missed them.
    NotCaptured,
    /// Nobody acknowledged them: lost on the way, and not sent again in this capture.
    Lost,
    /// Cut off by the snap length.
    CutOff,
    /// More lay waiting behind them than may be kept.
    GivenUp,
}

impl GapCause {
    /// The rule that says so.
    pub(super) fn rule(self) -> &'static Rule {
        match self {
            Self::NotCaptured => &rules::DATA_NOT_CAPTURED,
            Self::Lost => &rules::DATA_LOST,
            Self::CutOff => &rules::DATA_CUT_OFF,
            Self::GivenUp => &rules::GAP_GIVEN_UP,
        }
    }
}
