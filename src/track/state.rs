//! Connection states of one end, inferred from what it was seen to send and what was seen to reach it (RFC 9293 §3.3.2).

/// A state of RFC 9293 §3.3.2. `Unknown` where the capture does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Unknown,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
    Closed,
}

/// What an end did or what happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// It sent SYN without ACK.
    SentSyn,
    /// It sent SYN with ACK.
    SentSynAck,
    /// Its own SYN is acknowledged, and it has the other's.
    Synchronised,
    /// It sent FIN.
    SentFin,
    /// The other's FIN reached it.
    GotFin,
    /// Its FIN is acknowledged.
    FinAcknowledged,
    /// The connection was reset, by it or by the other.
    Reset,
}

impl State {
    /// The state after `happening` (RFC 9293 figure 5, with each end's sends and receipts as they cross the capture point).
    pub(super) fn after(self, happening: Happening) -> Self {
        use Happening as H;
        match (self, happening) {
            (_, H::Reset) | (Self::LastAck, H::FinAcknowledged) => Self::Closed,
            (Self::Closed | Self::TimeWait | Self::Unknown, H::SentSyn) => Self::SynSent,
            (_, H::SentSynAck) if self.is_opening() => Self::SynReceived,
            (_, H::Synchronised) if self.is_opening() => Self::Established,
            (Self::Unknown | Self::SynReceived | Self::Established, H::SentFin) => Self::FinWait1,
            (Self::CloseWait, H::SentFin) => Self::LastAck,
            (Self::Unknown | Self::SynReceived | Self::Established, H::GotFin) => Self::CloseWait,
            (Self::FinWait1, H::GotFin) => Self::Closing,
            (Self::FinWait2, H::GotFin) | (Self::Closing, H::FinAcknowledged) => Self::TimeWait,
            (Self::FinWait1, H::FinAcknowledged) => Self::FinWait2,
            (same, _) => same,
        }
    }

    /// The RFC's name for it; `None` where it is not known or nothing to show.
    pub(super) fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => return None,
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
            Self::Closed => "CLOSED",
        })
    }

    fn is_opening(self) -> bool {
        matches!(self, Self::Unknown | Self::SynSent | Self::SynReceived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(happenings: &[Happening], expected: State) {
        let state = happenings.iter().fold(State::Unknown, |state, h| state.after(*h));
        assert_eq!(state, expected);
    }

    #[test]
    fn the_active_closer_waits_in_time_wait() {
        use Happening as H;
        check(&[H::SentSyn, H::Synchronised, H::SentFin, H::FinAcknowledged, H::GotFin], State::TimeWait);
    }

    #[test]
    fn the_passive_closer_ends_closed() {
        use Happening as H;
        check(&[H::SentSynAck, H::Synchronised, H::GotFin, H::SentFin, H::FinAcknowledged], State::Closed);
    }

    #[test]
    fn both_closing_at_once_goes_through_closing() {
        use Happening as H;
        check(&[H::SentSyn, H::Synchronised, H::SentFin, H::GotFin], State::Closing);
        check(&[H::SentSyn, H::Synchronised, H::SentFin, H::GotFin, H::FinAcknowledged], State::TimeWait);
    }
}
