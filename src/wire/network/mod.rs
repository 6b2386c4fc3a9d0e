//! Layer 3: what carries a packet between networks, and the errors it sends back.

mod icmp;
mod icmp_quote;
mod icmp_weight;
mod icmpv6;
mod ipv4;
mod ipv4_options;
mod ipv6;
mod ipv6_extension;
mod ipv6_options;
mod neighbor_discovery;
pub(in crate::wire) mod protocol_number;
mod traffic_class;

pub use icmp::Icmp;
pub use icmp_weight::IcmpWeight;
pub use icmpv6::Icmpv6;
pub use ipv4::Ipv4;
pub use ipv6::Ipv6;
pub use ipv6_extension::Ipv6Extension;

use crate::base::{Addresses, SeqNum};

/// What later stages need from an IP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkFact {
    /// Source and destination.
    pub addresses: Addresses,
    /// Time to live (IPv4) or hop limit (IPv6).
    pub ttl: u8,
    /// IPv4 identification (RFC 6864); `None` for IPv6.
    pub identification: Option<u16>,
    /// Where the packet is a fragment: offset of its data in bytes, and whether more follow (RFC 791 §3.1, RFC 8200 §4.5).
    pub fragment: Option<Fragment>,
    /// ECN bits of the traffic class (RFC 3168 §5), 0 to 3.
    pub ecn: u8,
}

/// A fragment's place in its datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Offset of its data in bytes.
    pub offset: u32,
    /// Whether more fragments follow.
    pub more: bool,
    /// What all fragments of its packet share: 16 bits in IPv4 (RFC 6864), 32 in IPv6.
    pub identification: u32,
    /// Protocol number of what the packet carries. Of IPv6 only the first fragment's counts (RFC 8200 §4.5).
    pub protocol: u8,
}

/// An ICMP or ICMPv6 error and the TCP segment it quotes (RFC 792, RFC 4443 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpError {
    /// Whether it is ICMPv6.
    pub v6: bool,
    /// Type.
    pub kind: u8,
    /// Code.
    pub code: u8,
    /// Addresses of the quoted packet.
    pub quoted: Addresses,
    /// Source and destination port of the quoted TCP header.
    pub quoted_ports: (u16, u16),
    /// Sequence number of the quoted TCP header: always within the eight octets that every error quotes.
    pub quoted_seq: SeqNum,
    /// Next-hop MTU in bytes where the error is about size (RFC 1191 §4, RFC 4443 §3.2).
    pub mtu: Option<u32>,
}

impl IcmpError {
    /// What type and code mean: `port unreachable`, `communication administratively prohibited`.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        if self.v6 { icmpv6::meaning(self.kind, self.code) } else { icmp::meaning(self.kind, self.code) }
    }
}
