//! Layer 4: what carries data between programs.

mod later_options;
mod multipath;
mod tcp;
mod tcp_flags;
mod tcp_option_words;
mod tcp_options;
mod udp;

pub use later_options::LaterOptions;
pub use multipath::Multipath;
pub use tcp::Tcp;
pub use tcp_flags::TcpFlags;
pub use tcp_options::{FastOpen, Mptcp, SynOptions, TcpOption, TcpOptions};
pub use udp::Udp;

use crate::base::{ByteSpan, SeqNum};

/// What later stages need from a TCP header (RFC 9293 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpHeader {
    /// Source port.
    pub source_port: u16,
    /// Destination port.
    pub destination_port: u16,
    /// Sequence number: of the first data octet, or of the SYN where there is one.
    pub seq: SeqNum,
    /// Acknowledgment number; `None` without the ACK flag, for then the field means nothing.
    pub ack: Option<SeqNum>,
    /// Window as sent: before any scaling.
    pub window: u16,
    /// Control bits.
    pub flags: TcpFlags,
    /// Option bytes that were captured.
    pub options: ByteSpan,
    /// Option bytes on the wire, as the header length declares: more than were captured where the frame was cut.
    pub options_length: u32,
    /// Data octets as the IP header declares them: never padding, and all of them where the capture was cut.
    pub data_length: u32,
    /// Data octets that were captured.
    pub data: ByteSpan,
}

impl TcpHeader {
    /// SEG.LEN: declared data octets, plus one each for SYN and FIN (RFC 9293 §3.4).
    #[must_use]
    pub fn sequence_length(&self) -> u32 {
        self.data_length
            .saturating_add(u32::from(self.flags.syn()))
            .saturating_add(u32::from(self.flags.fin()))
    }
}

/// What later stages need from a UDP header (RFC 768).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UdpHeader {
    /// Source port.
    pub source_port: u16,
    /// Destination port.
    pub destination_port: u16,
}
