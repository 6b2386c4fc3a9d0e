//! Initial sequence numbers that a host uses again (RFC 9293 §3.4.1).

use std::collections::HashMap;
use std::net::IpAddr;

use crate::base::{Endpoint, FrameNo, SeqNum};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::rules;

/// Most hosts whose latest number is remembered; of further ones nothing is said.
const MOST_HOSTS: usize = 1 << 10;
/// Connections of one host on which it is said that a number was used again.
const TOLD_OF_ONE_HOST: u8 = 16;

/// The latest initial sequence number of hosts, as client and as server.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    as_client: HashMap<IpAddr, Latest>,
    as_server: HashMap<IpAddr, Latest>,
}

#[derive(Clone, Copy, Debug)]
struct Latest {
    isn: SeqNum,
    /// The number that it acknowledges, in a SYN-ACK.
    ack: Option<SeqNum>,
    /// Port of the client.
    port: u16,
    frame: FrameNo,
    told: u8,
}

impl Numbers {
    /// The first SYN of a connection.
    pub(super) fn syn(&mut self, record: &mut Record, segment: &Segment) {
        let host = record.connection.client;
        compare(&mut self.as_client, host, record, segment);
    }

    /// The first SYN-ACK of a connection.
    pub(super) fn syn_ack(&mut self, record: &mut Record, segment: &Segment) {
        let host = record.connection.server;
        compare(&mut self.as_server, host, record, segment);
    }
}

impl Record {
    /// A SYN or SYN-ACK: its number is hardly ever 0 by chance.
    pub(super) fn notice_number(&mut self, segment: &Segment) {
        let handshake = &self.connection.handshake;
        let again = if segment.flags.ack() { handshake.syn_ack } else { handshake.syn };
        if segment.seq == SeqNum(0) && again.is_none() && !segment.flags.rst() {
            self.annotate(&rules::ISN_ZERO, segment.frame, None);
        }
    }
}

/// Remembers the number of a host, and tells where it is the one of its connection before; of 0 enough is said.
fn compare(hosts: &mut HashMap<IpAddr, Latest>, host: Endpoint, record: &mut Record, segment: &Segment) {
    if segment.seq == SeqNum(0) {
        return;
    }
    let port = record.connection.client.port;
    let mut latest = Latest { isn: segment.seq, ack: segment.ack, port, frame: segment.frame, told: 0 };
    if let Some(before) = hosts.get_mut(&host.address) {
        latest.told = before.told;
        // The same client port, or an answer to the same number, may be one connection, seen before and after its addresses were
        // translated.
        let another = before.port != port && (before.ack.is_none() || before.ack != segment.ack);
        if before.isn == latest.isn && another && before.told < TOLD_OF_ONE_HOST {
            latest.told += 1;
            record.annotate(&rules::ISN_REUSED, segment.frame, Some(before.frame));
        }
        *before = latest;
    } else if hosts.len() < MOST_HOSTS {
        hosts.insert(host.address, latest);
    }
}
