//! Layer 2: what carries a packet over one link.

mod arp;
mod bsd_null;
mod cooked;
pub(in crate::wire) mod ether_type;
mod ethernet;
mod linux_sll;
mod linux_sll2;
mod llc;
mod mac_address;
mod raw_ip;
mod vlan;

pub use arp::Arp;
pub use bsd_null::{BsdLoop, BsdNull};
pub use ethernet::Ethernet;
pub use linux_sll::LinuxSll;
pub use linux_sll2::LinuxSll2;
pub use llc::Llc;
pub use raw_ip::RawIp;
pub use vlan::Vlan;

/// Source and destination of a frame on its link (IEEE 802.3 §3.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkAddresses {
    /// Who sent the frame.
    pub source: [u8; 6],
    /// Who it was sent to.
    pub destination: [u8; 6],
}
