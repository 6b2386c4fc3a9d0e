//! What SYN and SYN-ACK agreed on.

use crate::base::Side;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::{Ecn, FastOpenOutcome, HandshakeSegment, Negotiated};
use crate::wire::transport::{FastOpen, TcpFlags};

/// What holds for the connection after this SYN and this SYN-ACK: an option holds where both sent it (RFC 7323 §2.2, §3.2,
/// RFC 2018 §2); the segment size is each end's own word (RFC 9293 §3.7.1).
/// `None` where the options of either are not whole: what is missing may have been agreed on.
pub(in crate::track) fn negotiate(syn: &HandshakeSegment, answer: &HandshakeSegment) -> Option<Negotiated> {
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

/// RFC 7413 §3. Data on a SYN without the option is no Fast Open, unless the server takes it at once.
fn fast_open(syn: &HandshakeSegment, answer: &HandshakeSegment) -> FastOpenOutcome {
    let acknowledged = answer.ack.map_or(0, |ack| ack.since(syn.seq + 1));
    match syn.options.fast_open {
        _ if acknowledged > 0 && acknowledged == syn.data_length => FastOpenOutcome::Accepted,
        _ if acknowledged > 0 && acknowledged < syn.data_length => FastOpenOutcome::AcceptedPartly,
        Some(FastOpen::Cookie(_)) if syn.data_length > 0 => FastOpenOutcome::Ignored,
        Some(_) if matches!(answer.options.fast_open, Some(FastOpen::Cookie(_))) => {
            FastOpenOutcome::CookieGiven
        }
        Some(FastOpen::Request) => FastOpenOutcome::Requested,
        _ => FastOpenOutcome::None,
    }
}

impl Record {
    /// Data on the SYN that the SYN-ACK did not acknowledge may be acknowledged later: if it was not sent again, the server had kept it
    /// (RFC 9293 §3.10.7.2).
    pub(in crate::track) fn follow_data_on_syn(&mut self, segment: &Segment) {
        let handshake = &mut self.connection.handshake;
        let Some((syn, agreed)) = handshake.syn.zip(handshake.negotiated.as_mut()) else { return };
        if agreed.fast_open != FastOpenOutcome::Ignored {
            return;
        }
        if segment.from == Side::Client {
            self.clues.syn_data_again |= segment.data_length > 0 && segment.seq == syn.seq + 1;
        } else if segment.ack.is_some_and(|ack| ack.distance(syn.seq + 1) > 0) && !self.clues.syn_data_again {
            agreed.fast_open = FastOpenOutcome::AcceptedLater;
        }
    }

    /// The SYN whose flags count: where a repeat asks for no ECN, no ECN was agreed on (RFC 3168 §6.1.1, RFC 9768 §3.1.4).
    pub(in crate::track) fn syn_for_negotiation(&self, first: HandshakeSegment) -> HandshakeSegment {
        let without = self.last_syn.filter(|last| !last.flags.has(TcpFlags::CWR | TcpFlags::ECE));
        HandshakeSegment { flags: without.map_or(first.flags, |last| last.flags), ..first }
    }
}
