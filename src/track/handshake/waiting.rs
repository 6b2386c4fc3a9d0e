//! A server that repeats its SYN-ACK although the client acknowledged it: the connection is established for the client alone.

use crate::base::{Duration, Side};
use crate::track::record::Record;
use crate::track::rules;
use crate::track::segment::Segment;
use crate::track::state::Happening;

/// How far the server is behind the handshake, as far as its segments show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::track) enum ServerWaits {
    /// Nothing says that it waits, and nothing that it does not.
    #[default]
    Unknown,
    /// It repeated its SYN-ACK after the client's acknowledgment: it is in SYN-RECEIVED still.
    Yes,
    /// It acknowledged nothing that the client sent, not even its FIN after several tries: it may be in SYN-RECEIVED still, or have no
    /// such connection.
    Perhaps,
    /// It sent data or FIN, or acknowledged data: it is established.
    No,
}

impl Record {
    /// The server repeats the SYN-ACK that the client took. One that may have crossed the acknowledgment on its way says nothing.
    pub(in crate::track) fn repeats_an_acknowledged_answer(&mut self, segment: &Segment) {
        if self.simultaneous || self.is_to_itself() || self.clues.server_waits == ServerWaits::No {
            return;
        }
        let handshake = &self.connection.handshake;
        let Some(acknowledged) = handshake.ack.filter(|_| handshake.server_isn == Some(segment.seq)) else {
            return;
        };
        let after = segment.at.zip(acknowledged.time).map(|(now, then)| now.since(then));
        // Where it is not clear which SYN was answered, the way took no longer than since the first.
        let longest =
            || handshake.syn_ack?.time.zip(handshake.syn?.time).map(|(answer, syn)| answer.since(syn));
        let way_there_and_back = handshake.server_rtt.or_else(longest).unwrap_or(Duration(0));
        if after.is_some_and(|after| after.0 <= way_there_and_back.0) {
            return;
        }
        let about = acknowledged.frame;
        self.clues.server_waits = ServerWaits::Yes;
        self.happened(Side::Server, Happening::AckHadNotCome, None);
        self.annotate(&rules::SERVER_STILL_WAITS, segment.frame, Some(about));
    }

    /// Whether the server is not known to have taken the acknowledgment of its SYN.
    pub(in crate::track) fn server_may_wait(&self) -> bool {
        matches!(self.clues.server_waits, ServerWaits::Yes | ServerWaits::Perhaps)
    }

    /// The client's FIN goes unacknowledged: a server that has shown nothing but its SYN-ACK may never have got that far.
    pub(in crate::track) fn doubt_server(&mut self) {
        let (handshake, server) = (&self.connection.handshake, &self.connection.server_traffic);
        let only_answered =
            server.frames == u64::from(handshake.syn_ack_count).saturating_add(server.duplicates);
        if self.clues.server_waits == ServerWaits::Unknown && only_answered && !self.simultaneous {
            self.clues.server_waits = ServerWaits::Perhaps;
            self.happened(Side::Server, Happening::AckHadNotCome, None);
        }
    }

    /// What a segment without SYN says of the server: only an end that is established sends data or FIN, or acknowledges data
    /// behind the SYN.
    pub(in crate::track) fn server_goes_on(&mut self, segment: &Segment) {
        let syn_end = self.connection.handshake.syn.map_or(1, |syn| syn.data_length.saturating_add(1));
        let took_data = self
            .client
            .isn
            .zip(segment.ack)
            .is_some_and(|(isn, ack)| i64::from(ack.distance(isn)) > i64::from(syn_end));
        let fast_open = self.connection.handshake.syn.is_some_and(|syn| syn.data_length > 0);
        let sends = (segment.data_length > 0 && !fast_open) || segment.flags.fin();
        if segment.from == Side::Server && self.is_established() && (took_data || sends) {
            self.clues.server_waits = ServerWaits::No;
        }
    }
}
