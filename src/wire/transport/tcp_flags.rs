//! TCP control bits.

use std::fmt;

/// The control bits of a TCP header, the nine that have a meaning (RFC 9293 §3.1, RFC 9768 §3 for AE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct TcpFlags(pub u16);

/// Every control bit with its name, in the order in which people say them.
const NAMES: [(u16, &str); 9] = [
    (TcpFlags::SYN, "SYN"),
    (TcpFlags::FIN, "FIN"),
    (TcpFlags::RST, "RST"),
    (TcpFlags::PSH, "PSH"),
    (TcpFlags::ACK, "ACK"),
    (TcpFlags::URG, "URG"),
    (TcpFlags::ECE, "ECE"),
    (TcpFlags::CWR, "CWR"),
    (TcpFlags::AE, "AE"),
];

impl TcpFlags {
    /// No more data from the sender.
    pub const FIN: u16 = 0x001;
    /// Synchronise sequence numbers.
    pub const SYN: u16 = 0x002;
    /// Reset the connection.
    pub const RST: u16 = 0x004;
    /// Push.
    pub const PSH: u16 = 0x008;
    /// The acknowledgment field is significant.
    pub const ACK: u16 = 0x010;
    /// The urgent pointer is significant.
    pub const URG: u16 = 0x020;
    /// ECN echo (RFC 3168 §6.1).
    pub const ECE: u16 = 0x040;
    /// Congestion window reduced (RFC 3168 §6.1).
    pub const CWR: u16 = 0x080;
    /// Accurate ECN (RFC 9768 §3).
    pub const AE: u16 = 0x100;

    /// Whether all bits of `mask` are set.
    #[must_use]
    pub fn has(self, mask: u16) -> bool {
        self.0 & mask == mask
    }

    /// SYN is set.
    #[must_use]
    pub fn syn(self) -> bool {
        self.has(Self::SYN)
    }

    /// ACK is set.
    #[must_use]
    pub fn ack(self) -> bool {
        self.has(Self::ACK)
    }

    /// FIN is set.
    #[must_use]
    pub fn fin(self) -> bool {
        self.has(Self::FIN)
    }

    /// RST is set.
    #[must_use]
    pub fn rst(self) -> bool {
        self.has(Self::RST)
    }
}

impl fmt::Display for TcpFlags {
    /// `SYN ACK`; `none` where no bit is set.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = NAMES.iter().filter(|(bit, _)| self.has(*bit)).map(|(_, name)| *name).collect();
        f.pad(&if names.is_empty() { "none".to_owned() } else { names.join(" ") })
    }
}
