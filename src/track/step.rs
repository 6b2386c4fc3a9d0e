//! What happens on a connection, one step at a time: what the ladder draws.

use std::net::IpAddr;

use crate::base::{Annotation, Duration, FrameNo, SeqNum, Side, Timestamp};
use crate::wire::network::IcmpError;
use crate::wire::transport::{SynOptions, TcpFlags};

/// One thing that happened on a connection.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The frame; of a run of segments, the first.
    pub frame: FrameNo,
    /// Its capture time.
    pub time: Option<Timestamp>,
    /// Time since the previous step's last frame; `None` for the first.
    pub since_previous: Option<Duration>,
    /// Who sent it (for an ICMP error: the side whose segment was rejected did *not*; it is the side the error came from).
    pub from: Side,
    /// Sequence number as sent.
    pub seq: SeqNum,
    /// The same relative to the sender's ISN; `None` where the ISN is not known.
    pub relative_seq: Option<u32>,
    /// Acknowledgment number as sent.
    pub ack: Option<SeqNum>,
    /// The same relative to the other side's ISN; `None` where it is not known.
    pub relative_ack: Option<u32>,
    /// Window as sent.
    pub window: u16,
    /// Control bits (of a run: all of its segments' bits together).
    pub flags: TcpFlags,
    /// What it is.
    pub kind: StepKind,
    /// The client's state after it (RFC 9293 §3.3.2), where it can be told.
    pub client_state: Option<&'static str>,
    /// The server's state after it.
    pub server_state: Option<&'static str>,
    /// The most important rule that fired on it.
    pub annotation: Option<Annotation>,
}

/// What a step is.
#[derive(Clone, Copy, Debug)]
pub enum StepKind {
    /// A SYN without ACK.
    Syn {
        /// What it offers.
        options: SynOptions,
        /// 0 for the first of the attempt, 1 for the first retry.
        retry: u32,
        /// Data octets on it (RFC 7413).
        data_length: u32,
        /// It answers the other side's SYN of the same moment (RFC 9293 figure 7).
        simultaneous: bool,
    },
    /// A SYN with ACK.
    SynAck {
        /// What it grants.
        options: SynOptions,
        /// 0 for the first, 1 for the first repeat.
        repeat: u32,
        /// The SYN's number that it should acknowledge; `None` where no SYN was captured.
        expected_ack: Option<SeqNum>,
        /// Data octets of the SYN that it acknowledges (RFC 7413).
        data_acknowledged: u32,
    },
    /// The segment that completes the handshake.
    HandshakeAck {
        /// The server's ISN + 1.
        expected_ack: SeqNum,
        /// Data octets on it.
        data_length: u32,
    },
    /// Segments with data of one side, without anything else in between but acknowledgments.
    Data {
        /// Segments.
        segments: u32,
        /// Data octets, retransmissions included.
        bytes: u64,
        /// Last frame of the run.
        last_frame: FrameNo,
        /// Its time.
        last_time: Option<Timestamp>,
        /// Of the segments, those whose data was sent before.
        again: u32,
        /// The first two of these.
        again_frames: [Option<FrameNo>; 2],
    },
    /// A FIN.
    Fin {
        /// Data octets on it.
        data_length: u32,
        /// Both sides have sent one now.
        both: bool,
    },
    /// The acknowledgment of a FIN.
    FinAck,
    /// A RST.
    Rst {
        /// What it did.
        effect: RstEffect,
    },
    /// An ICMP error that quotes a segment of the connection; `from` is the side that the quoted segment went to.
    Icmp {
        /// What it says.
        error: IcmpError,
        /// Who sent it.
        sender: Option<IpAddr>,
    },
    /// First frame of a connection whose SYN is not in the capture.
    Midstream {
        /// Data octets on it.
        data_length: u32,
    },
    /// Any other segment that a rule fired on.
    Noted {
        /// Data octets on it.
        data_length: u32,
        /// How long after the frame that the annotation is about, where that says something.
        after: Option<Duration>,
    },
}

/// What a RST did (RFC 9293 §3.5.2, §3.10.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RstEffect {
    /// It acknowledges the SYN: nobody listens.
    Refuses,
    /// It rejects a segment whose acknowledgment does not fit, by that very number; the attempt goes on (RFC 9293 §3.10.7.3,
    /// §3.10.7.4).
    Rejects,
    /// It ends the attempt before the handshake was complete.
    EndsHandshake,
    /// It ends the connection.
    Ends,
    /// It lies in the receiver's window, but is not exactly the next number: receivers answer with a challenge ACK, older ones
    /// take it (RFC 9293 §3.10.7.4, RFC 5961 §3.2). Nothing more is known yet.
    NotExact,
    /// It follows an ending.
    AfterEnd,
    /// Its numbers do not fit: the receiver ignores it.
    Ignored,
}
