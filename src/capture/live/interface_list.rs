//! Which interfaces there are and what is known about each.

use std::net::IpAddr;

use crate::base::LinkType;

use super::{link_number, privilege};

/// One network interface of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceInfo {
    /// Its name: `eth0`.
    pub name: String,
    /// What its administrator or its driver calls it, where that is known.
    pub description: Option<String>,
    /// Its IP addresses, each with the length of its network prefix in bits.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Its hardware address (IEEE 802 MAC), where it has one.
    pub mac: Option<[u8; 6]>,
    /// What its frames begin with; `None` where the system does not say or synscope does not know the type.
    pub link_type: Option<LinkType>,
    /// Whether it can carry frames.
    pub state: State,
    /// Whether what it sends comes back to this machine.
    pub loopback: bool,
    /// Whether this process may sniff, or why not.
    pub may_sniff: Result<(), String>,
}

/// Whether an interface can carry frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Switched on and, as far as the system says, connected.
    Up,
    /// Switched on, but nothing is connected (RFC 2863 §3.1.12: `down`, `lowerLayerDown`, `dormant`).
    NoCarrier,
    /// Switched off.
    Down,
}

impl State {
    /// `up`, `no carrier` or `down`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::NoCarrier => "no carrier",
            Self::Down => "down",
        }
    }
}

/// All interfaces of this machine, or of this network namespace, in the system's order.
#[must_use]
pub fn interfaces() -> Vec<InterfaceInfo> {
    let may_sniff = privilege::may_sniff();
    pnet::datalink::interfaces().into_iter().map(|found| describe(found, &may_sniff)).collect()
}

fn describe(found: pnet::datalink::NetworkInterface, may_sniff: &Result<(), String>) -> InterfaceInfo {
    let state = state(found.is_up(), attribute(&found.name, "operstate").as_deref());
    let hardware_type = attribute(&found.name, "type").and_then(|text| text.parse().ok());
    let description = if found.description.is_empty() {
        attribute(&found.name, "ifalias").filter(|alias| !alias.is_empty())
    } else {
        Some(found.description.clone())
    };
    InterfaceInfo {
        description,
        addresses: found.ips.iter().map(|network| (network.ip(), network.prefix())).collect(),
        mac: found.mac.map(|mac| mac.octets()).filter(|octets| octets != &[0; 6]),
        link_type: hardware_type.and_then(link_number::of_hardware_type),
        state,
        loopback: found.is_loopback(),
        may_sniff: may_sniff.clone(),
        name: found.name,
    }
}

fn state(switched_on: bool, operational: Option<&str>) -> State {
    match operational {
        _ if !switched_on => State::Down,
        Some("down" | "lowerlayerdown" | "dormant" | "notpresent") => State::NoCarrier,
        // Drivers that say nothing (loopback, tunnels) are `unknown` for as long as they live.
        _ => State::Up,
    }
}

/// What the kernel says about an interface (Linux, `/sys/class/net`).
fn attribute(interface: &str, attribute: &str) -> Option<String> {
    let path = std::path::Path::new("/sys/class/net").join(interface).join(attribute);
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_without_a_cable_is_not_the_same_as_one_switched_off() {
        assert_eq!(state(true, Some("up")), State::Up);
        assert_eq!(state(true, Some("unknown")), State::Up);
        assert_eq!(state(true, None), State::Up);
        assert_eq!(state(true, Some("lowerlayerdown")), State::NoCarrier);
        assert_eq!(state(false, Some("down")), State::Down);
    }

    #[test]
    fn loopback_is_listed_with_its_address() {
        let list = interfaces();
        let loopback =
            list.iter().find(|interface| interface.loopback).expect("every system has a loopback interface");
        assert_eq!(loopback.mac, None);
        if loopback.state == State::Up {
            assert!(loopback.addresses.iter().any(|(address, _)| address.is_loopback()));
        }
    }
}
