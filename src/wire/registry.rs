//! Finds the protocol that answers to a selector.

use crate::wire::{PROTOCOLS, Protocol, Selector};

type Entry = &'static dyn Protocol;

/// Lookup tables over [`PROTOCOLS`], built once. Each number has a slot of its own: looking up is one load, whatever the
/// number.
pub(super) struct Registry {
    by_link: Numbers,
    by_ether_type: Numbers,
    by_ppp_protocol: Numbers,
    by_udp_port: Numbers,
    llc: Option<Entry>,
    bare_ip: Option<Entry>,
    ethernet: Option<Entry>,
    ieee80211: Option<Entry>,
    padded_ieee80211: Option<Entry>,
    netfilter: Option<Entry>,
    by_ip_protocol: [Option<Entry>; 256],
}

impl Registry {
    /// Tables of everything that the protocols say they are announced by.
    pub(super) fn new() -> Self {
        let mut tables = Self {
            by_link: Numbers::new(),
            by_ether_type: Numbers::new(),
            by_ppp_protocol: Numbers::new(),
            by_udp_port: Numbers::new(),
            llc: None,
            bare_ip: None,
            ethernet: None,
            ieee80211: None,
            padded_ieee80211: None,
            netfilter: None,
            by_ip_protocol: [None; 256],
        };
        for (&protocol, place) in PROTOCOLS.iter().zip(1..) {
            for selector in protocol.announced_by() {
                tables.enter(*selector, protocol, place);
            }
        }
        tables
    }

    /// Who reads what `selector` announces.
    pub(super) fn find(&self, selector: Selector) -> Option<Entry> {
        match selector {
            Selector::Link(link_type) => self.by_link.find(link_type.0),
            Selector::EtherType(number) => self.by_ether_type.find(number),
            Selector::PppProtocol(number) => self.by_ppp_protocol.find(number),
            Selector::UdpPort(number) => self.by_udp_port.find(number),
            Selector::Llc => self.llc,
            Selector::BareIp => self.bare_ip,
            Selector::Ethernet => self.ethernet,
            Selector::Ieee80211 => self.ieee80211,
            Selector::PaddedIeee80211 => self.padded_ieee80211,
            Selector::Netfilter => self.netfilter,
            Selector::IpProtocol(number) => self.by_ip_protocol.get(usize::from(number)).copied().flatten(),
        }
    }

    fn enter(&mut self, selector: Selector, protocol: Entry, place: u8) {
        match selector {
            Selector::Link(link_type) => self.by_link.enter(link_type.0, place),
            Selector::EtherType(number) => self.by_ether_type.enter(number, place),
            Selector::PppProtocol(number) => self.by_ppp_protocol.enter(number, place),
            Selector::UdpPort(number) => self.by_udp_port.enter(number, place),
            Selector::Llc => self.llc = Some(protocol),
            Selector::BareIp => self.bare_ip = Some(protocol),
            Selector::Ethernet => self.ethernet = Some(protocol),
            Selector::Ieee80211 => self.ieee80211 = Some(protocol),
            Selector::PaddedIeee80211 => self.padded_ieee80211 = Some(protocol),
            Selector::Netfilter => self.netfilter = Some(protocol),
            Selector::IpProtocol(number) => {
                if let Some(slot) = self.by_ip_protocol.get_mut(usize::from(number)) {
                    *slot = Some(protocol);
                }
            }
        }
    }
}

/// For each 16-bit number its protocol's place in [`PROTOCOLS`], from 1; 0 is nobody.
struct Numbers(Vec<u8>);

impl Numbers {
    fn new() -> Self {
        Self(vec![0; usize::from(u16::MAX) + 1])
    }

    fn enter(&mut self, number: u16, place: u8) {
        if let Some(slot) = self.0.get_mut(usize::from(number)) {
            *slot = place;
        }
    }

    fn find(&self, number: u16) -> Option<Entry> {
        let place = usize::from(*self.0.get(usize::from(number))?);
        PROTOCOLS.get(place.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_selector_is_announced_by_two_protocols() {
        let mut seen: HashMap<Selector, &str> = HashMap::new();
        for protocol in PROTOCOLS {
            for selector in protocol.announced_by() {
                let earlier = seen.insert(*selector, protocol.name());
                assert_eq!(earlier, None, "{selector:?} is announced twice, again by {}", protocol.name());
            }
        }
    }

    #[test]
    fn every_announced_selector_finds_its_protocol() {
        let tables = Registry::new();
        for protocol in PROTOCOLS {
            assert!(!protocol.announced_by().is_empty(), "nothing leads to {}", protocol.name());
            for selector in protocol.announced_by() {
                assert_eq!(tables.find(*selector).unwrap().name(), protocol.name());
            }
        }
    }
}
