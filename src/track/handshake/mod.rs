//! How a connection was opened: the facts, validated by their numbers.

mod answering;
pub(super) mod clues;
mod completing;
pub(super) mod evidence;
mod negotiation;
pub(super) mod opening;
pub(super) mod outcome;
pub(super) mod probe;
pub(super) mod waiting;

pub use probe::ScanProbe;

use std::net::IpAddr;

use crate::base::{Certainty, Duration, FrameNo, SeqNum, Side, Timestamp};
use crate::track::Retries;
use crate::wire::network::IcmpError;
use crate::wire::transport::{SynOptions, TcpFlags};

/// One attempt to open a connection (RFC 9293 §3.5).
#[derive(Clone, Debug)]
pub struct Handshake {
    /// What came of it.
    pub outcome: Outcome,
    /// How sure that is.
    pub certainty: Certainty,
    /// What keeps it from being proven, where that can be named.
    pub doubt: Option<Doubt>,
    /// The first SYN of the attempt.
    pub syn: Option<HandshakeSegment>,
    /// The SYN-ACK that acknowledges it, else the first SYN-ACK. In a simultaneous open: the
    /// other side's SYN, until its SYN-ACK comes.
    pub syn_ack: Option<HandshakeSegment>,
    /// The segment that acknowledges the SYN-ACK: a bare ACK, or the first data.
    pub ack: Option<HandshakeSegment>,
    /// Client's initial sequence number.
    pub client_isn: Option<SeqNum>,
    /// Server's initial sequence number.
    pub server_isn: Option<SeqNum>,
    /// SYNs of the client in this attempt, retries included.
    pub syn_count: u32,
    /// Their frames, at most [`Handshake::MOST_FRAMES`].
    pub syn_frames: Vec<FrameNo>,
    /// SYN-ACKs of the server, repeats included.
    pub syn_ack_count: u32,
    /// Their frames, at most [`Handshake::MOST_FRAMES`].
    pub syn_ack_frames: Vec<FrameNo>,
    /// What both sides agreed on; known once SYN and SYN-ACK were seen.
    pub negotiated: Option<Negotiated>,
    /// From the first SYN to the completing ACK.
    pub connect: Option<Duration>,
    /// Between the capture point and the server and back: SYN to SYN-ACK, where it is clear which SYN was answered (Karn).
    pub server_rtt: Option<Duration>,
    /// Between the capture point and the client and back: SYN-ACK to ACK, where it is clear which SYN-ACK was answered.
    pub client_rtt: Option<Duration>,
    /// The ICMP error that answered the SYN.
    pub icmp: Option<IcmpAnswer>,
    /// What its few segments look like, where they look like the probe of a scan.
    pub probe: Option<ScanProbe>,
    /// Who refused or reset it, with the frame of the RST.
    pub reset: Option<(Side, FrameNo)>,
    /// How long each end waited before it sent its SYN or SYN-ACK again; `None` where neither did.
    pub retries: Option<Box<Retries>>,
}

impl Handshake {
    /// Most SYN or SYN-ACK frames that are listed; all are counted.
    pub const MOST_FRAMES: usize = 16;
}

impl Default for Handshake {
    /// Nothing seen yet.
    fn default() -> Self {
        Self {
            outcome: Outcome::NotCaptured,
            certainty: Certainty::Guessed,
            doubt: None,
            syn: None,
            syn_ack: None,
            ack: None,
            client_isn: None,
            server_isn: None,
            syn_count: 0,
            syn_frames: Vec::new(),
            syn_ack_count: 0,
            syn_ack_frames: Vec::new(),
            negotiated: None,
            connect: None,
            server_rtt: None,
            client_rtt: None,
            icmp: None,
            probe: None,
            reset: None,
            retries: None,
        }
    }
}

/// One of the three segments of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeSegment {
    /// Frame.
    pub frame: FrameNo,
    /// Capture time.
    pub time: Option<Timestamp>,
    /// Sequence number as sent.
    pub seq: SeqNum,
    /// Acknowledgment number as sent; `None` without the ACK flag.
    pub ack: Option<SeqNum>,
    /// Window as sent, before any scaling (never scaled in a segment with SYN: RFC 7323 §2.2).
    pub window: u16,
    /// Control bits.
    pub flags: TcpFlags,
    /// Data octets as declared.
    pub data_length: u32,
    /// ECN bits of the IP header (RFC 3168 §5), 0 to 3.
    pub ip_ecn: u8,
    /// Options; read for segments with SYN only.
    pub options: SynOptions,
}

/// What came of an attempt. A later success wins; then RST, then ICMP, then silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Each side's ISN + 1 was acknowledged by the other.
    Established,
    /// Both sides sent SYN, both were acknowledged (RFC 9293 §3.5, figure 7).
    SimultaneousOpen,
    /// SYN-ACK seen, its acknowledgment never.
    HalfOpen,
    /// SYN, retried or not, and nothing came back although that direction was being captured.
    NoAnswer,
    /// RST that acknowledges the SYN.
    Refused,
    /// An ICMP error that quotes the SYN.
    Unreachable,
    /// SYN-ACK seen, then RST before the handshake was complete.
    Reset,
    /// The client sent RST or FIN before any SYN-ACK.
    Abandoned,
    /// SYN seen, but the other direction is not in this capture, or the capture ended less than 1 s later.
    Undecided,
    /// The capture holds no SYN of it.
    NotCaptured,
}

impl Outcome {
    /// All of them, in the order of the overview.
    pub const ALL: [Self; 10] = [
        Self::Established,
        Self::SimultaneousOpen,
        Self::HalfOpen,
        Self::NoAnswer,
        Self::Refused,
        Self::Unreachable,
        Self::Reset,
        Self::Abandoned,
        Self::Undecided,
        Self::NotCaptured,
    ];

    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Established => "established",
            Self::SimultaneousOpen => "simultaneous_open",
            Self::HalfOpen => "half_open",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Reset => "reset",
            Self::Abandoned => "abandoned",
            Self::Undecided => "undecided",
            Self::NotCaptured => "not_captured",
        }
    }
}

/// What keeps a verdict from being proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// So many frames never reached the capture: what seems absent may be among them.
    FramesDropped(u64),
    /// The numbers show that a segment of this very connection was not captured.
    SegmentNotCaptured,
    /// The server repeats its SYN-ACK: it did not take the acknowledgment that was captured.
    ServerStillWaits,
}

impl Doubt {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FramesDropped(_) => "frames_dropped",
            Self::SegmentNotCaptured => "segment_not_captured",
            Self::ServerStillWaits => "server_still_waits",
        }
    }
}

/// What SYN and SYN-ACK agreed on (RFC 7323 §1.3, RFC 2018 §2, RFC 9293 §3.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// Largest segment that the client will take, in octets of data; `None` where it did not say.
    pub client_mss: Option<u16>,
    /// Largest segment that the server will take, in octets of data; `None` where it did not say.
    pub server_mss: Option<u16>,
    /// Both offered window scaling.
    pub window_scaling: bool,
    /// Both permit selective acknowledgment.
    pub sack: bool,
    /// Both send timestamps.
    pub timestamps: bool,
    /// Explicit congestion notification.
    pub ecn: Ecn,
    /// TCP Fast Open.
    pub fast_open: FastOpenOutcome,
}

/// Explicit congestion notification as negotiated (RFC 3168 §6.1.1, RFC 9768 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ecn {
    /// Not asked for, or not granted.
    None,
    /// Classic ECN.
    Classic,
    /// Accurate ECN.
    Accurate,
}

impl Ecn {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Classic => "classic",
            Self::Accurate => "accurate",
        }
    }
}

/// What came of TCP Fast Open (RFC 7413).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FastOpenOutcome {
    /// Not used.
    None,
    /// The client asked for a cookie and got none.
    Requested,
    /// The server gave a cookie.
    CookieGiven,
    /// Data on the SYN was acknowledged by the SYN-ACK.
    Accepted,
    /// Some of the data on the SYN was acknowledged by the SYN-ACK.
    AcceptedPartly,
    /// Data on the SYN was acknowledged later, without being sent again.
    AcceptedLater,
    /// Data on the SYN was not acknowledged by the SYN-ACK.
    Ignored,
}

impl FastOpenOutcome {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::CookieGiven => "cookie_given",
            Self::Accepted => "accepted",
            Self::AcceptedPartly => "accepted_partly",
            Self::AcceptedLater => "accepted_later",
            Self::Ignored => "ignored",
        }
    }
}

/// An ICMP error that answered a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpAnswer {
    /// The frame that carried it.
    pub frame: FrameNo,
    /// What it said.
    pub error: IcmpError,
    /// Who sent it: a router on the way, or the host itself.
    pub sender: Option<IpAddr>,
}
