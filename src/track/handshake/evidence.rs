//! Signs that frames towards somebody were being captured: only then does silence mean that nothing came back.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::track::record::Record;
use crate::wire::Dissection;
use crate::wire::tunnel::Scope;

/// Most addresses of each kind that are remembered; further ones prove nothing.
const MOST: usize = 1 << 13;

/// A link address, and the scope that it is in.
pub(in crate::track) type Neighbor = (Scope, [u8; 6]);

/// Who was seen to be reached, and who was seen to speak.
#[derive(Debug, Default)]
pub(in crate::track) struct Evidence {
    /// IP addresses that frames were captured to, and within which network.
    reached: HashSet<(Scope, IpAddr)>,
    /// Neighbors that frames were captured from.
    speakers: HashSet<Neighbor>,
}

impl Evidence {
    /// Takes what a frame shows: who it reached, who sent it.
    pub(in crate::track) fn take(&mut self, dissection: &Dissection) {
        let addressed = dissection.network.map(|network| network.addresses.destination);
        for address in addressed.into_iter().chain(dissection.arp_receiver.map(IpAddr::V4)) {
            if self.reached.len() < MOST {
                self.reached.insert((dissection.scope, address));
            }
        }
        if let Some(link) = dissection.link.filter(|_| self.speakers.len() < MOST) {
            self.speakers.insert((dissection.link_scope, link.source));
        }
    }

    /// Whether an answer to the client would have been captured: other frames to it were, or frames of the neighbour that its
    /// SYN was handed to.
    pub(in crate::track) fn shows_replies_to(&self, record: &Record) -> bool {
        self.reached.contains(&(record.scope, record.connection.client.address))
            || record.handed_to.is_some_and(|neighbour| self.speakers.contains(&neighbour))
    }
}
