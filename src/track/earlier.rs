//! Endpoints of connections that are over, so that their next use can be told.

use std::collections::{HashSet, VecDeque};

use crate::track::table::Key;

/// Most endpoints that are remembered; the oldest are forgotten first.
const MOST: usize = 1 << 13;

/// The endpoints of the connections that became final last.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    known: HashSet<Key>,
    /// The same, the oldest first.
    order: VecDeque<Key>,
}

impl Earlier {
    /// A connection of these endpoints is over.
    pub(super) fn remember(&mut self, key: Key) {
        if !self.known.insert(key) {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// Whether there was a connection of these endpoints.
    pub(super) fn holds(&self, key: Key) -> bool {
        self.known.contains(&key)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::base::Endpoint;
    use crate::wire::tunnel::Scope;

    fn key(port: u16) -> Key {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Key::of(Endpoint::new(address, port), Endpoint::new(address, 1), Scope::default())
    }

    #[test]
    fn the_oldest_endpoints_are_forgotten_first() {
        let mut earlier = Earlier::default();
        for port in 2..10_000 {
            earlier.remember(key(port));
            earlier.remember(key(9_999));
        }
        assert!(earlier.holds(key(9_998)) && earlier.holds(key(2_000)));
        assert!(!earlier.holds(key(2)));
        assert_eq!((earlier.known.len(), earlier.order.len()), (MOST, MOST));
    }
}
