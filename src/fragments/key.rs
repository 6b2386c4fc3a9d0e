//! What fragments of one packet have in common.

use std::net::IpAddr;

use crate::base::Endpoint;
use crate::wire::tunnel::Scope;
use crate::wire::{Dissection, FragmentAt};

/// What fragments of one packet have in common (RFC 791 §3.2, RFC 8200 §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) identification: u32,
    /// `None` for IPv6, where only the first fragment's protocol counts.
    protocol: Option<u8>,
    /// The network that its addresses belong to: equal addresses in another one are other hosts.
    scope: Scope,
}

impl Key {
    /// The key of a fragment.
    pub(super) fn of(at: &FragmentAt) -> Self {
        let addresses = at.addresses;
        Self {
            source: addresses.source,
            destination: addresses.destination,
            identification: at.fragment.identification,
            protocol: addresses.source.is_ipv4().then_some(at.fragment.protocol),
            scope: at.scope,
        }
    }
}

/// Both ends of a TCP connection, the lower one first, whoever speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ends(Endpoint, Endpoint);

impl Ends {
    /// The ends of the segment in a packet, where there is one.
    pub(super) fn of(dissection: &Dissection) -> Option<Self> {
        let (network, tcp) = dissection.network.zip(dissection.tcp)?;
        let source = Endpoint::new(network.addresses.source, tcp.source_port);
        let destination = Endpoint::new(network.addresses.destination, tcp.destination_port);
        Some(Self(source.min(destination), source.max(destination)))
    }
}
