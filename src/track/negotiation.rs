//! What SYN and SYN-ACK agreed on.

use crate::track::{Ecn, FastOpenOutcome, HandshakeSegment, Negotiated};
use crate::wire::transport::{FastOpen, TcpFlags};

/// What holds for the connection after this SYN and this SYN-ACK: an option holds where both sent it (RFC 7323 §2.2, §3.2,
/// RFC 2018 §2); the segment size is each end's own word (RFC 9293 §3.7.1).
/// `None` where the options of either are not whole: what is missing may have been agreed on.
pub(super) fn negotiate(syn: &HandshakeSegment, answer: &HandshakeSegment) -> Option<Negotiated> {
    let (offered, granted) = (&syn.options, &answer.options);
    if offered.incomplete || granted.incomplete {
        return None;
    }
    Some(Negotiated {
        client_mss: offered.mss,
        server_mss: granted.mss,
        window_scaling: offered.window_scale.is_some() && granted.window_scale.is_some(),
        sack: offered.sack_permitted && granted.sack_permitted,
        timestamps: offered.timestamps.is_some() && granted.timestamps.is_some(),
        ecn: explicit_congestion_notification(syn.flags, answer.flags),
        fast_open: fast_open(syn, answer),
    })
}

/// RFC 3168 §6.1.1 and RFC 9768 §3.1.1, table 2.
fn explicit_congestion_notification(syn: TcpFlags, answer: TcpFlags) -> Ecn {
    const ALL: u16 = TcpFlags::AE | TcpFlags::CWR | TcpFlags::ECE;
    const CLASSIC: u16 = TcpFlags::CWR | TcpFlags::ECE;
    if !syn.has(CLASSIC) {
        return Ecn::None;
    }
    match answer.0 & ALL {
        TcpFlags::ECE => Ecn::Classic,
        0 | ALL => Ecn::None,
        // AE with ECE is the old nonce (RFC 3540): the answer of a classic end.
        bits if bits == TcpFlags::AE | TcpFlags::ECE => Ecn::Classic,
        _ if syn.has(ALL) => Ecn::Accurate,
        _ => Ecn::None,
    }
}

/// RFC 7413 §3.
fn fast_open(syn: &HandshakeSegment, answer: &HandshakeSegment) -> FastOpenOutcome {
    let acknowledged = answer.ack.map_or(0, |ack| ack.since(syn.seq + 1));
    match syn.options.fast_open {
        _ if syn.data_length > 0 && acknowledged > 0 && acknowledged <= syn.data_length => {
            FastOpenOutcome::Accepted
        }
        _ if syn.data_length > 0 => FastOpenOutcome::Ignored,
        Some(_) if matches!(answer.options.fast_open, Some(FastOpen::Cookie(_))) => {
            FastOpenOutcome::CookieGiven
        }
        Some(FastOpen::Request) => FastOpenOutcome::Requested,
        _ => FastOpenOutcome::None,
    }
}
