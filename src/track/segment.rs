//! One TCP segment as the tracker sees it.

use crate::base::{FrameNo, SeqNum, Side, Timestamp};
use crate::track::{Arrival, HandshakeSegment};
use crate::wire::transport::{LaterOptions, SynOptions, TcpFlags};

/// One TCP segment, in the RFC's SEG variables (RFC 9293 §3.3.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) frame: FrameNo,
    pub(super) at: Option<Timestamp>,
    pub(super) from: Side,
    pub(super) seq: SeqNum,
    /// `None` without the ACK flag.
    pub(super) ack: Option<SeqNum>,
    /// Window as sent.
    pub(super) window: u16,
    pub(super) flags: TcpFlags,
    /// Read for segments with SYN only; empty otherwise.
    pub(super) options: SynOptions,
    /// Read for segments without SYN only; empty otherwise.
    pub(super) later: LaterOptions,
    /// Data octets as the IP header declares them.
    pub(super) data_length: u32,
    /// IPv4 identification (RFC 6864).
    pub(super) identification: Option<u16>,
    /// Time to live (IPv4) or hop limit (IPv6) as captured.
    pub(super) ttl: u8,
    /// ECN bits of the IP header (RFC 3168 §5), 0 to 3.
    pub(super) ecn: u8,
    /// Length of the frame on the wire in bytes.
    pub(super) wire_length: u32,
}

impl Segment {
    /// The stand-in for an ICMP error, so that it can be told like a segment: its number is the quoted one.
    pub(super) fn of_icmp(arrival: Arrival, from: Side, quoted_seq: SeqNum) -> Self {
        Self {
            frame: arrival.number,
            at: arrival.time,
            from,
            seq: quoted_seq,
            ack: None,
            window: 0,
            flags: TcpFlags::default(),
            options: SynOptions::default(),
            later: LaterOptions::default(),
            data_length: 0,
            identification: None,
            ttl: 0,
            ecn: 0,
            wire_length: arrival.wire_length,
        }
    }

    /// A segment of `from` again, as far as the handshake keeps it.
    pub(super) fn of_handshake(kept: &HandshakeSegment, from: Side) -> Self {
        Self {
            frame: kept.frame,
            at: kept.time,
            from,
            seq: kept.seq,
            ack: kept.ack,
            window: kept.window,
            flags: kept.flags,
            options: kept.options,
            later: LaterOptions::default(),
            data_length: kept.data_length,
            identification: None,
            ttl: 0,
            ecn: 0,
            wire_length: 0,
        }
    }

    /// SEG.LEN: declared data octets, plus one each for SYN and FIN (RFC 9293 §3.4).
    pub(super) fn sequence_length(&self) -> u32 {
        self.data_length
            .saturating_add(u32::from(self.flags.syn()))
            .saturating_add(u32::from(self.flags.fin()))
    }

    /// The sequence number after the segment.
    pub(super) fn end(&self) -> SeqNum {
        self.seq + self.sequence_length()
    }

    /// A SYN that opens: without ACK.
    pub(super) fn opens(&self) -> bool {
        self.flags.syn() && !self.flags.ack() && !self.flags.rst()
    }

    /// A SYN that answers: with ACK.
    pub(super) fn answers(&self) -> bool {
        self.flags.syn() && self.flags.ack() && !self.flags.rst()
    }

    /// What a handshake keeps of it.
    pub(super) fn for_handshake(&self) -> HandshakeSegment {
        HandshakeSegment {
            frame: self.frame,
            time: self.at,
            seq: self.seq,
            ack: self.ack,
            window: self.window,
            flags: self.flags,
            data_length: self.data_length,
            ip_ecn: self.ecn,
            options: self.options,
        }
    }
}
