//! Chains the protocols of [`PROTOCOLS`](crate::wire::PROTOCOLS) over one frame.

use crate::base::{ByteSpan, LinkType};
use crate::explain::LayerExplanation;
use crate::wire::network::{IcmpError, NetworkFact};
use crate::wire::transport::{TcpHeader, UdpHeader};
use crate::wire::{Protocol, Selector, Stop};

/// Most layers that are followed in one frame; deeper nesting is shown as bytes.
pub const MAX_LAYERS: usize = 16;

/// One layer's header in a frame.
#[derive(Clone, Copy)]
pub struct LayerAt {
    /// Who read it.
    pub protocol: &'static dyn Protocol,
    /// How the layer below named it.
    pub selected_by: Selector,
    /// The header's bytes.
    pub header: ByteSpan,
}

/// What one frame holds, layers 2 to 4. `Copy`-sized facts and spans only.
pub struct Dissection {
    layers: [Option<LayerAt>; MAX_LAYERS],
    /// The innermost IP header.
    pub network: Option<NetworkFact>,
    /// The TCP header above it.
    pub tcp: Option<TcpHeader>,
    /// The UDP header above it.
    pub udp: Option<UdpHeader>,
    /// An ICMP error that quotes a TCP segment.
    pub icmp: Option<IcmpError>,
    /// The host that an ARP reply was sent to.
    pub arp_receiver: Option<std::net::Ipv4Addr>,
    /// Innermost VLAN identifier.
    pub vlan: Option<u16>,
    /// Captured bytes above the last header.
    pub payload: ByteSpan,
    /// Captured bytes behind the packet: padding, and a frame check sequence where the capture has one.
    pub trailer: ByteSpan,
    /// Why dissection ended before a transport header was read.
    pub stop: Option<Stop>,
}

impl Dissection {
    /// Layers from the link up.
    pub fn layers(&self) -> impl Iterator<Item = &LayerAt> {
        self.layers.iter().flatten()
    }
}

/// The tables that find a protocol by its selector, built once.
pub struct Dissector {}

impl Dissector {
    /// A frame's layers. Total: any bytes give an answer. No allocation.
    ///
    /// `wire_length` is the frame's length on the wire in bytes, `fcs_length` how many of them are its check sequence.
    #[must_use]
    pub fn dissect(
        &self,
        _link_type: LinkType,
        _bytes: &[u8],
        _wire_length: u32,
        _fcs_length: u8,
    ) -> Dissection {
        todo!()
    }

    /// The same frame in words, one explanation a layer, from the link up.
    #[must_use]
    pub fn explain(
        &self,
        _link_type: LinkType,
        _bytes: &[u8],
        _wire_length: u32,
        _fcs_length: u8,
    ) -> Vec<LayerExplanation> {
        todo!()
    }
}
