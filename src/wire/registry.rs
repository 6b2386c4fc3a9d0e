//! Finds the protocol that answers to a selector.

use crate::wire::{PROTOCOLS, Protocol, Selector};

type Entry = &'static dyn Protocol;

/// Lookup tables over [`PROTOCOLS`], built once.
pub(super) struct Registry {
    /// Sorted by link type number.
    by_link: Vec<(u16, Entry)>,
    /// Sorted by EtherType.
    by_ether_type: Vec<(u16, Entry)>,
    llc: Option<Entry>,
    by_ip_protocol: [Option<Entry>; 256],
}

impl Registry {
    /// Tables of everything that the protocols say they are announced by.
    pub(super) fn new() -> Self {
        let mut tables =
            Self { by_link: Vec::new(), by_ether_type: Vec::new(), llc: None, by_ip_protocol: [None; 256] };
        for &protocol in PROTOCOLS {
            for selector in protocol.announced_by() {
                tables.enter(*selector, protocol);
            }
        }
        tables.by_link.sort_by_key(|(number, _)| *number);
        tables.by_ether_type.sort_by_key(|(number, _)| *number);
        tables
    }

    /// Who reads what `selector` announces.
    pub(super) fn find(&self, selector: Selector) -> Option<Entry> {
        match selector {
            Selector::Link(link_type) => look_up(&self.by_link, link_type.0),
            Selector::EtherType(number) => look_up(&self.by_ether_type, number),
            Selector::Llc => self.llc,
            Selector::IpProtocol(number) => self.by_ip_protocol.get(usize::from(number)).copied().flatten(),
        }
    }

    fn enter(&mut self, selector: Selector, protocol: Entry) {
        match selector {
            Selector::Link(link_type) => self.by_link.push((link_type.0, protocol)),
            Selector::EtherType(number) => self.by_ether_type.push((number, protocol)),
            Selector::Llc => self.llc = Some(protocol),
            Selector::IpProtocol(number) => {
                if let Some(slot) = self.by_ip_protocol.get_mut(usize::from(number)) {
                    *slot = Some(protocol);
                }
            }
        }
    }
}

fn look_up(table: &[(u16, Entry)], number: u16) -> Option<Entry> {
    let at = table.binary_search_by_key(&number, |(key, _)| *key).ok()?;
    table.get(at).map(|(_, protocol)| *protocol)
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
