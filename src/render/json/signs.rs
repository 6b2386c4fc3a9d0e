//! What connections betray of their surroundings.

use serde::Serialize;

use crate::base::{Duration, Side};
use crate::track::{Family, Handshake, PathMtu, Retries};

/// How long ends waited before they sent SYN or SYN-ACK again.
#[derive(Serialize)]
pub(super) struct RetriesValue {
    retry_gaps_ns: Vec<i64>,
    retry_looks_like: Vec<&'static str>,
    syn_ack_retry_gaps_ns: Vec<i64>,
    syn_ack_retry_looks_like: Vec<&'static str>,
}

/// What became of segments that are too large for the way.
#[derive(Serialize)]
pub(super) struct PathMtuValue {
    sender: &'static str,
    announced: Option<u32>,
    icmp_frame: Option<u64>,
    segment_bytes: u32,
    repeats: u32,
    lowered: bool,
}

impl RetriesValue {
    pub(super) fn new(handshake: &Handshake) -> Self {
        let nothing = Retries::default();
        let retries = handshake.retries.as_deref().unwrap_or(&nothing);
        let gaps = |waits: &[Duration]| waits.iter().map(|wait| wait.0).collect();
        Self {
            retry_gaps_ns: gaps(&retries.syn),
            retry_looks_like: retries.client_looks_like().map(Family::name).collect(),
            syn_ack_retry_gaps_ns: gaps(&retries.syn_ack),
            syn_ack_retry_looks_like: retries
                .server_looks_like_linux()
                .then_some("linux")
                .into_iter()
                .collect(),
        }
    }
}

impl PathMtuValue {
    pub(super) fn new(path: &PathMtu) -> Self {
        Self {
            sender: Side::name(path.sender),
            announced: path.announced,
            icmp_frame: path.icmp_frame.map(|frame| frame.0),
            segment_bytes: path.segment_bytes,
            repeats: path.repeats,
            lowered: path.lowered,
        }
    }
}
