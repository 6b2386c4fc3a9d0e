//! Connection states of one end, inferred from what it was seen to send and what was seen to go to it (RFC 9293 §3.3.2).
//!
//! [`ARROWS`] is the whole machine: it drives [`State::after`] and draws `docs/tcp-states.md`.

/// A state of RFC 9293 §3.3.2. `Unknown` where the capture does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Unknown,
    Closed,
    Listen,
    SynSent,
    /// SYN-RECEIVED after a passive OPEN: a RST leads back to LISTEN.
    SynReceived,
    /// SYN-RECEIVED after an active OPEN, as both ends have it that open at once: a RST leads to CLOSED.
    SynReceivedActive,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
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
    /// It sent a RST that ends the connection.
    SentReset,
    /// A RST that it accepts reached it.
    GotReset,
    /// The other's FIN had not reached it yet: its own FIN does not acknowledge it, or the FIN is sent again. Takes back what was assumed.
    FinHadNotCome,
    /// The acknowledgment of its SYN had not come, or it did not take it: it sends its SYN-ACK again, or acknowledges nothing that
    /// came later. Takes back what was assumed.
    AckHadNotCome,
    /// A SYN comes again after a RST: the attempt goes on. Takes back what was assumed.
    AttemptGoesOn,
    /// A new connection uses its address and port.
    UsedAgain,
}

/// From some states, on a happening, to another state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrow {
    from: &'static [State],
    happening: Happening,
    to: State,
    /// In the words of RFC 9293 figure 5 (event / action), where it is there; else what the observer takes it for.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the page that is drawn of it"))]
    words: &'static str,
    /// Where it is written; empty for what only an observer needs.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the page that is drawn of it"))]
    source: &'static str,
}

use Happening as H;
use State as S;

const fn arrow(
    from: &'static [State],
    happening: Happening,
    to: State,
    words: &'static str,
    source: &'static str,
) -> Arrow {
    Arrow { from, happening, to, words, source }
}

/// States in which there is a connection to be reset, without a LISTEN to go back to.
const ABORTED: &[State] = &[
    S::SynSent,
    S::SynReceivedActive,
    S::Established,
    S::FinWait1,
    S::FinWait2,
    S::CloseWait,
    S::Closing,
    S::LastAck,
    S::TimeWait,
];
/// Where both ends have each other's number once SYN and ACK have crossed.
const HALF_OPEN: &[State] = &[S::SynReceived, S::SynReceivedActive];
/// In which data flows both ways, or is about to.
const OPEN: &[State] = &[S::SynReceived, S::SynReceivedActive, S::Established];

/// In which a server is that is taken to have got the acknowledgment of its SYN.
const TAKEN_FOR_OPEN: &[State] = &[S::Established, S::CloseWait];

/// Every arrow. What is not listed changes nothing.
#[rustfmt::skip]
pub(super) static ARROWS: &[Arrow] = &[
    arrow(&[S::Unknown],   H::SentSyn,         S::SynSent,           "active OPEN / snd SYN",         "§3.10.1"),
    arrow(&[S::Closed],    H::SentSyn,         S::SynSent,           "active OPEN / snd SYN",         "§3.10.1"),
    arrow(&[S::Listen],    H::SentSyn,         S::SynSent,           "SEND / snd SYN",                "§3.10.2"),
    arrow(&[S::Unknown],   H::SentSynAck,      S::SynReceived,       "rcv SYN / snd SYN,ACK",         "§3.10.7.2"),
    arrow(&[S::Listen],    H::SentSynAck,      S::SynReceived,       "rcv SYN / snd SYN,ACK",         "§3.10.7.2"),
    arrow(&[S::SynSent],   H::SentSynAck,      S::SynReceivedActive, "rcv SYN / snd SYN,ACK",         "§3.10.7.3"),
    arrow(&[S::SynSent],   H::Synchronised,    S::Established,       "rcv SYN,ACK / snd ACK",         "§3.10.7.3"),
    arrow(HALF_OPEN,       H::Synchronised,    S::Established,       "rcv ACK of SYN",                "§3.10.7.4"),
    arrow(&[S::Unknown],   H::Synchronised,    S::Established,       "its SYN was not captured",      ""),
    arrow(OPEN,            H::SentFin,         S::FinWait1,          "CLOSE / snd FIN",               "§3.10.4"),
    arrow(&[S::Unknown],   H::SentFin,         S::FinWait1,          "CLOSE / snd FIN",               "§3.10.4"),
    arrow(&[S::CloseWait], H::SentFin,         S::LastAck,           "CLOSE / snd FIN",               "§3.10.4"),
    arrow(OPEN,            H::GotFin,          S::CloseWait,         "rcv FIN / snd ACK",             "§3.10.7.4"),
    arrow(&[S::Unknown],   H::GotFin,          S::CloseWait,         "rcv FIN / snd ACK",             "§3.10.7.4"),
    arrow(&[S::FinWait1],  H::GotFin,          S::Closing,           "rcv FIN / snd ACK",             "§3.10.7.4"),
    arrow(&[S::FinWait2],  H::GotFin,          S::TimeWait,          "rcv FIN / snd ACK",             "§3.10.7.4"),
    arrow(&[S::FinWait1],  H::FinAcknowledged, S::FinWait2,          "rcv ACK of FIN",                "§3.10.7.4"),
    arrow(&[S::Closing],   H::FinAcknowledged, S::TimeWait,          "rcv ACK of FIN",                "§3.10.7.4"),
    arrow(&[S::LastAck],   H::FinAcknowledged, S::Closed,            "rcv ACK of FIN",                "§3.10.7.4"),
    arrow(&[S::Unknown],   H::SentReset,       S::Closed,            "ABORT / snd RST",               "§3.10.5"),
    arrow(&[S::SynReceived], H::SentReset,     S::Closed,            "ABORT / snd RST",               "§3.10.5"),
    arrow(ABORTED,         H::SentReset,       S::Closed,            "ABORT / snd RST",               "§3.10.5"),
    arrow(&[S::SynReceived], H::GotReset,      S::Listen,            "rcv RST",                       "§3.10.7.4"),
    arrow(&[S::Unknown],   H::GotReset,        S::Closed,            "rcv RST",                       "§3.10.7.4"),
    arrow(ABORTED,         H::GotReset,        S::Closed,            "rcv RST",                       "§3.10.7.3, §3.10.7.4"),
    arrow(&[S::TimeWait],  H::UsedAgain,       S::Closed,            "timeout 2MSL, or cut short",    "§3.4.2, §3.10.8"),
    arrow(&[S::CloseWait], H::FinHadNotCome,   S::Established,       "the FIN was still under way",   ""),
    arrow(TAKEN_FOR_OPEN,  H::AckHadNotCome,   S::SynReceived,       "its SYN was not acknowledged",  ""),
    arrow(&[S::Closed],    H::AttemptGoesOn,   S::Unknown,           "the RST ended nothing",         ""),
];

impl State {
    /// The state after `happening` (RFC 9293 figure 5, with each end's sends and receipts as they cross the capture point).
    pub(super) fn after(self, happening: Happening) -> Self {
        let arrow = ARROWS.iter().find(|arrow| arrow.happening == happening && arrow.from.contains(&self));
        arrow.map_or(self, |arrow| arrow.to)
    }

    /// The RFC's name for it; `None` where it is not known.
    pub(super) fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => return None,
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived | Self::SynReceivedActive => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
        })
    }

    /// Whether each other's numbers may still have to be learned.
    pub(super) fn is_opening(self) -> bool {
        matches!(self, Self::Unknown | Self::SynSent | Self::SynReceived | Self::SynReceivedActive)
    }
}

#[cfg(test)]
mod page;

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
        check(&[H::SentSyn, H::Synchronised, H::SentFin, H::FinAcknowledged, H::GotFin], State::TimeWait);
    }

    #[test]
    fn the_passive_closer_ends_closed() {
        check(&[H::SentSynAck, H::Synchronised, H::GotFin, H::SentFin, H::FinAcknowledged], State::Closed);
    }

    #[test]
    fn both_closing_at_once_goes_through_closing() {
        check(&[H::SentSyn, H::Synchronised, H::SentFin, H::GotFin], State::Closing);
        check(&[H::SentSyn, H::Synchronised, H::SentFin, H::GotFin, H::FinAcknowledged], State::TimeWait);
    }

    #[test]
    fn a_rst_in_syn_received_leads_back_to_where_the_open_came_from() {
        check(&[H::SentSynAck, H::GotReset], State::Listen);
        check(&[H::SentSyn, H::SentSynAck, H::GotReset], State::Closed);
    }

    #[test]
    fn a_fin_may_be_sent_before_the_handshake_is_complete() {
        check(&[H::SentSynAck, H::SentFin], State::FinWait1);
        check(&[H::SentSynAck, H::GotFin], State::CloseWait);
        check(&[H::SentSyn, H::GotFin], State::SynSent);
    }

    #[test]
    fn no_state_has_two_arrows_for_one_happening() {
        for (n, one) in ARROWS.iter().enumerate() {
            for other in ARROWS.iter().skip(n + 1).filter(|other| other.happening == one.happening) {
                assert!(!one.from.iter().any(|state| other.from.contains(state)), "{one:?} and {other:?}");
            }
        }
    }
}
