//! Tunnels: what carries whole frames and packets inside others, between layers as OSI counts them.

mod carrier;
mod erspan;
mod geneve;
mod gre;
mod gtp;
mod gtp_extension;
mod inner;
mod l2tp;
mod mpls;
pub(in crate::wire) mod ppp_number;
mod pppoe;
mod pppoe_tag;
mod scope;
mod teredo;
#[cfg(test)]
mod testing;
mod vxlan;
mod vxlan_gpe;

pub use carrier::{Carrier, CarrierKind, Carriers, MOST_CARRIERS};
pub use erspan::Erspan;
pub use geneve::Geneve;
pub use gre::Gre;
pub use gtp::Gtp;
pub use l2tp::L2tp;
pub use mpls::Mpls;
pub use pppoe::{PppoeDiscovery, PppoeSession};
pub use scope::Scope;
pub use teredo::Teredo;
pub use vxlan::Vxlan;
pub use vxlan_gpe::VxlanGpe;
