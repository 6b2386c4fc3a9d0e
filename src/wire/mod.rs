//! One frame into its layers, from the link up to the transport header. Stateless and total: any bytes give an answer, and
//! a fault keeps the layers before it.
//!
//! A protocol is a value in [`PROTOCOLS`]. It is chosen by the [`Selector`] that the layer below announces, so a new protocol
//! is one new file and one new line.

mod checksum;
mod dissector;
mod fragment_at;
pub mod link;
pub mod network;
mod octets;
mod registry;
mod trailer;
pub mod transport;
pub mod tunnel;

pub use dissector::{Dissection, Dissector, LayerAt, MAX_LAYERS};
pub use fragment_at::{FragmentAt, Whole};

use crate::base::convert::narrow;
use crate::base::{Addresses, LinkType};
use crate::explain::{LayerExplanation, OsiLayer};
use network::{Fragment, IcmpError, NetworkFact};
use transport::{TcpHeader, UdpHeader};

/// Every protocol that can be read from one frame alone.
pub static PROTOCOLS: &[&dyn Protocol] = &[
    &link::Ethernet,
    &link::Vlan,
    &link::Llc,
    &link::LinuxSll,
    &link::LinuxSll2,
    &link::BsdNull,
    &link::BsdLoop,
    &link::RawIp,
    &link::Arp,
    &link::Ieee80211,
    &link::Radiotap,
    &link::Prism,
    &link::Avs,
    &link::Ppi,
    &link::CiscoHdlc,
    &link::FrameRelay,
    &link::MultilinkFrameRelay,
    &link::Ppp,
    &link::NetfilterLog,
    &link::NetfilterMessage,
    &link::Ipnet,
    &link::Pktap,
    &link::IpOverInfiniband,
    &link::AppleFirewire,
    &link::Arcnet,
    &link::TokenRing,
    &link::Fddi,
    &link::SunAtm,
    &link::MarvellTag,
    &link::BroadcomTag,
    &link::PacketFilterLog,
    &network::Ipv4,
    &network::Ipv6,
    &network::Ipv6Extension,
    &network::Icmp,
    &network::Icmpv6,
    &transport::Tcp,
    &transport::Udp,
    &tunnel::Gre,
    &tunnel::Erspan,
    &tunnel::Mpls,
    &tunnel::PppoeDiscovery,
    &tunnel::PppoeSession,
    &tunnel::Vxlan,
    &tunnel::VxlanGpe,
    &tunnel::Geneve,
    &tunnel::Gtp,
    &tunnel::L2tp,
    &tunnel::Teredo,
];

/// A protocol whose header can be read from one frame alone.
pub trait Protocol: Sync {
    /// Short name, as in JSON `layers`: `ethernet`, `ipv4`, `tcp`.
    fn name(&self) -> &'static str;
    /// The name for people: `Ethernet`, `IPv4`, `TCP`.
    fn title(&self) -> &'static str;
    /// Where the layer is shown.
    fn osi(&self) -> OsiLayer;
    /// What the layer below says when this one follows.
    fn announced_by(&self) -> &'static [Selector];
    /// Fast tier: where things are. No allocation.
    ///
    /// # Errors
    /// [`Stop`] where the bytes end too early or contradict themselves; the layers before it stand.
    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop>;
    /// Slow tier: what they mean. Total: explains what there is and notes what is missing.
    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation);
}

/// How one layer names the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// The first layer of a frame.
    Link(LinkType),
    /// An EtherType (IEEE 802 Numbers), 0x0600 and above.
    EtherType(u16),
    /// An 802.2 header follows (802.3 length field).
    Llc,
    /// An IP protocol number (IANA), IPv6 extension headers included.
    IpProtocol(u8),
    /// An IP packet whose version only its first four bits tell.
    BareIp,
    /// A whole Ethernet frame, carried by something else.
    Ethernet,
    /// An 802.11 frame (IEEE 802.11 §9), without what a driver puts before it.
    Ieee80211,
    /// An 802.11 frame whose driver filled its header up to a multiple of four bytes.
    PaddedIeee80211,
    /// A netlink message of the Netfilter family (Linux `nfnetlink.h`).
    Netfilter,
    /// A PPP protocol number (RFC 1661 §2).
    PppProtocol(u16),
    /// A UDP port that a tunnel is assigned (IANA).
    UdpPort(u16),
}

/// What a protocol is given to read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The layer's captured bytes: from its header on, without what the layer below declared to be padding.
    pub bytes: &'a [u8],
    /// Where `bytes` begins in the frame.
    pub offset: u32,
    /// Bytes the layer has on the wire, as the layer below declares: at least `bytes.len()`, more where the capture was cut.
    pub declared: u32,
    /// How the layer below named this one.
    pub selected_by: Selector,
    /// Addresses of the nearest IP header below, for pseudo-headers (RFC 9293 §3.1): the destination is the final one where
    /// a source route or an IPv6 routing header names it (RFC 9293 §3.9.2.1, RFC 8200 §8.1).
    pub addresses: Option<Addresses>,
    /// The nearest IP header below is of a fragment that is not a whole packet.
    pub fragment: bool,
}

impl Input<'_> {
    /// Bytes that were captured.
    #[must_use]
    pub fn captured(&self) -> u32 {
        narrow(self.bytes.len())
    }

    /// Bytes on the wire after a header of `header_length` bytes.
    #[must_use]
    pub fn after(&self, header_length: u32) -> u32 {
        self.declared.saturating_sub(header_length)
    }

    /// The captured bytes end before the header's `needed` bytes do.
    #[must_use]
    pub fn cut(&self, needed: u32) -> Stop {
        Stop::Cut { needed, available: self.captured() }
    }

    /// Whether every byte of the layer was captured.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.captured() >= self.declared
    }
}

/// What a header says about itself and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Header length in bytes.
    pub header_length: u32,
    /// Bytes after the header on the wire, as this header declares; never counts the layer below's padding.
    pub payload_length: u32,
    /// What follows; `None` where nothing that `wire` reads does.
    pub next: Option<Selector>,
    /// What the header says to later stages.
    pub fact: Fact,
}

/// What later stages need from a header.
#[derive(Clone, Copy, Debug)]
pub enum Fact {
    /// Nothing.
    Nothing,
    /// Addresses on the link.
    Link(link::LinkAddresses),
    /// What carries everything above: a VLAN or a tunnel.
    Carrier(tunnel::Carrier),
    /// The frame ends with a check sequence of so many bytes, behind what `payload_length` counts.
    CheckSequence(u32),
    /// A VLAN tag: the 12-bit identifier (IEEE 802.1Q §9.6).
    Vlan(u16),
    /// An ARP packet: the host with this address is asked for or speaks (RFC 826); receiver is the target address of a reply.
    ArpReply {
        /// The IPv4 address that the reply was sent to.
        receiver: std::net::Ipv4Addr,
    },
    /// An IP header.
    Network(NetworkFact),
    /// An IP header with a source route that is not used up, and the address that the packet ends at (RFC 791 §3.1).
    SourceRouted(NetworkFact, std::net::Ipv4Addr),
    /// A fragment header behind the IP header (RFC 8200 §4.5).
    Fragment(Fragment),
    /// A routing header that is not used up: the address that the packet ends at (RFC 8200 §8.1).
    FinalDestination(std::net::Ipv6Addr),
    /// A TCP header.
    Tcp(TcpHeader),
    /// A UDP header.
    Udp(UdpHeader),
    /// An ICMP error that quotes a TCP header.
    Icmp(IcmpError),
}

/// Why dissection ended before the last layer was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The captured bytes end inside the header.
    Cut {
        /// Bytes the header needs.
        needed: u32,
        /// Bytes there are.
        available: u32,
    },
    /// The header contradicts itself, in a few words: `header length below 20 bytes`.
    Malformed(&'static str),
    /// The bytes are not what the port below suggests: they are plain data of that layer.
    Foreign,
    /// No protocol in the list answers to this selector: shown as bytes.
    Unknown(Selector),
    /// More than [`MAX_LAYERS`] headers: the rest is shown as bytes.
    TooDeep,
}
