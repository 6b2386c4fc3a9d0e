//! Layer 2: what carries a packet over one link.

mod apple_firewire;
mod arcnet;
mod arp;
mod avs;
mod bridged;
mod bsd_null;
mod cisco_hdlc;
mod cooked;
pub(in crate::wire) mod ether_type;
mod ethernet;
mod fddi;
mod frame_relay;
mod ieee80211;
mod ieee80211_words;
mod ip_over_infiniband;
mod ipnet;
mod linux_sll;
mod linux_sll2;
mod llc;
mod mac_address;
mod multilink_frame_relay;
mod netfilter_attributes;
mod netfilter_log;
mod netfilter_message;
mod packet_filter_log;
mod pktap;
mod ppi;
mod ppp;
mod prism;
mod radiotap;
mod radiotap_fields;
mod raw_ip;
mod sun_atm;
mod switch_tag;
mod token_ring;
mod vlan;

pub use apple_firewire::AppleFirewire;
pub use arcnet::Arcnet;
pub use arp::Arp;
pub use avs::Avs;
pub use bsd_null::{BsdLoop, BsdNull};
pub use cisco_hdlc::CiscoHdlc;
pub use ethernet::Ethernet;
pub use fddi::Fddi;
pub use frame_relay::FrameRelay;
pub use ieee80211::Ieee80211;
pub use ip_over_infiniband::IpOverInfiniband;
pub use ipnet::Ipnet;
pub use linux_sll::LinuxSll;
pub use linux_sll2::LinuxSll2;
pub use llc::Llc;
pub use multilink_frame_relay::MultilinkFrameRelay;
pub use netfilter_log::NetfilterLog;
pub use netfilter_message::NetfilterMessage;
pub use packet_filter_log::PacketFilterLog;
pub use pktap::Pktap;
pub use ppi::Ppi;
pub use ppp::Ppp;
pub use prism::Prism;
pub use radiotap::Radiotap;
pub use raw_ip::RawIp;
pub use sun_atm::SunAtm;
pub use switch_tag::{BroadcomTag, MarvellTag};
pub use token_ring::TokenRing;
pub use vlan::Vlan;

/// Source and destination of a frame on its link (IEEE 802.3 §3.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkAddresses {
    /// Who sent the frame.
    pub source: [u8; 6],
    /// Who it was sent to.
    pub destination: [u8; 6],
}
