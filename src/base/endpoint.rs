//! Who talks to whom.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// One end of a connection: an IP address with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// IPv4 or IPv6 address, without a zone.
    pub address: IpAddr,
    /// TCP or UDP port.
    pub port: u16,
}

impl Endpoint {
    /// The end with this address and port.
    #[must_use]
    pub fn new(address: IpAddr, port: u16) -> Self {
        Self { address, port }
    }
}

impl fmt::Display for Endpoint {
    /// `10.0.0.1:80`, `[2001:db8::1]:80` (RFC 5952 §6).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Padding asked for by the caller applies to the whole text.
        f.pad(&SocketAddr::new(self.address, self.port).to_string())
    }
}

/// Source and destination of one IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Addresses {
    /// Source address as sent.
    pub source: IpAddr,
    /// Destination address as sent.
    pub destination: IpAddr,
}

/// One of the two ends of a connection, by the part it took in opening it (RFC 9293 §3.9.1.1: active and passive OPEN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Sent the first SYN, or is the best guess at who did.
    Client,
    /// Answered it.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// `client` or `server`, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}
