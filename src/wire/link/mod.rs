//! Layer 2.

mod arp;
mod bsd_null;
mod ethernet;
mod linux_sll;
mod linux_sll2;
mod llc;
mod raw_ip;
mod vlan;

pub use arp::Arp;
pub use bsd_null::BsdNull;
pub use ethernet::Ethernet;
pub use linux_sll::LinuxSll;
pub use linux_sll2::LinuxSll2;
pub use llc::Llc;
pub use raw_ip::RawIp;
pub use vlan::Vlan;
