//! SYNs with ACK: what answers a SYN (RFC 9293 §3.5, §3.10.7.3).

use crate::base::{Duration, SeqNum, Side};
use crate::track::handshake::negotiation::negotiate;
use crate::track::handshake::opening::list;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::state::Happening;
use crate::track::telling::scribe::Scribe;
use crate::track::{HandshakeSegment, StepKind, rules};

impl Record {
    /// A SYN with ACK.
    pub(in crate::track) fn syn_ack(&mut self, segment: &Segment, scribe: &mut Scribe) {
        if segment.from == Side::Client && !self.is_to_itself() {
            if self.is_midstream() {
                self.swap_roles();
                return self.syn_ack(&Segment { from: Side::Server, ..*segment }, scribe);
            }
            return self.clients_syn_ack(segment, scribe);
        }
        let handshake = &self.connection.handshake;
        let expected_ack = handshake.syn.map(|syn| syn.seq + 1);
        let answer = segment.for_handshake();
        let repeat = handshake.syn_ack_count;
        let data_acknowledged =
            expected_ack.zip(segment.ack).map_or(0, |(expected, ack)| ack.since(expected));
        let right = self.acknowledges_syn(&answer);
        self.check_syn_ack(segment, right);
        self.check_scale(segment);
        let handshake = &mut self.connection.handshake;
        handshake.syn_ack_count += 1;
        list(&mut handshake.syn_ack_frames, segment.frame);
        self.happened(Side::Server, Happening::SentSynAck, None);
        let current = self.connection.handshake.syn_ack;
        let current_is_right = current.is_some_and(|s| self.acknowledges_syn(&s));
        if current.is_none() || (right && !current_is_right) {
            self.connection.handshake.syn_ack = Some(answer);
            if right || expected_ack.is_none() {
                self.take_answer(answer);
            }
            if self.is_established() {
                self.synchronise(segment);
            }
        } else if right && current.is_some_and(|s| s.seq != segment.seq) {
            self.other_syn_ack = Some(answer);
        }
        let data_acknowledged = if right { data_acknowledged } else { 0 };
        self.write(
            segment,
            StepKind::SynAck { options: segment.options, repeat, expected_ack, data_acknowledged },
            scribe,
        );
    }

    /// What is odd about a SYN-ACK.
    fn check_syn_ack(&mut self, segment: &Segment, right: bool) {
        let handshake = &self.connection.handshake;
        let before = handshake.syn_ack;
        if let Some(syn) = handshake.syn.filter(|_| !right) {
            self.annotate(&rules::SYN_ACK_WRONG_ACKNOWLEDGMENT, segment.frame, Some(syn.frame));
        } else if let Some(other) = before.filter(|s| s.seq != segment.seq && self.acknowledges_syn(s)) {
            self.annotate(&rules::SYN_ACK_OTHER_NUMBER, segment.frame, Some(other.frame));
        } else if let Some(same) = before.filter(|s| s.seq == segment.seq && s.ack.is_some()) {
            self.annotate(&rules::SYN_ACK_SENT_AGAIN, segment.frame, Some(same.frame));
            self.repeats_an_acknowledged_answer(segment);
        } else if segment.window == 0 {
            self.annotate(&rules::SYN_ACK_ZERO_WINDOW, segment.frame, None);
        }
    }

    /// In a simultaneous open the client acknowledges the other's SYN with a SYN-ACK of its own.
    fn clients_syn_ack(&mut self, segment: &Segment, scribe: &mut Scribe) {
        let expected_ack = self.server.isn.filter(|_| self.simultaneous).map(|isn| isn + 1);
        if expected_ack.is_some() && segment.ack == expected_ack && self.client.isn == Some(segment.seq) {
            self.connection.handshake.ack.get_or_insert(segment.for_handshake());
            self.server.syn_acknowledged = true;
            self.happened(Side::Client, Happening::SentSynAck, None);
            if self.is_established() {
                let handshake = &mut self.connection.handshake;
                let opened = handshake.syn.and_then(|syn| forward(segment.at?.since(syn.time?)));
                handshake.connect = handshake.connect.or(opened);
                self.synchronise(segment);
            }
        }
        let kind =
            StepKind::SynAck { options: segment.options, repeat: 0, expected_ack, data_acknowledged: 0 };
        self.write(segment, kind, scribe);
    }

    /// Takes a SYN-ACK as the answer to the SYN; where no SYN was captured its number follows from the answer.
    pub(in crate::track) fn take_answer(&mut self, answer: HandshakeSegment) {
        let asked = self.connection.handshake.syn.map(|syn| self.syn_for_negotiation(syn));
        let handshake = &mut self.connection.handshake;
        handshake.server_isn = Some(answer.seq);
        self.server.isn = Some(answer.seq);
        if handshake.syn.is_none()
            && let Some(ack) = answer.ack
        {
            let isn = SeqNum(ack.0.wrapping_sub(1));
            handshake.client_isn = Some(isn);
            self.client.isn = Some(isn);
        }
        self.client.syn_acknowledged = true;
        self.server.window = u32::from(answer.window);
        if let Some(syn) = handshake.syn {
            let agreed = negotiate(&asked.unwrap_or(syn), &answer);
            handshake.negotiated = agreed;
            handshake.server_rtt =
                server_round_trip(handshake.syn_count, &syn, self.last_syn.as_ref(), &answer);
            if let Some(agreed) = agreed {
                let shift = |offer: Option<u8>| {
                    offer.filter(|_| agreed.window_scaling).map_or(0, |shift| shift.min(14))
                };
                self.client.scale = Some(shift(syn.options.window_scale));
                self.server.scale = Some(shift(answer.options.window_scale));
            }
        }
        // The acknowledgment may come first: where frames are out of order, and where both ends open at once.
        if let Some(ack) = handshake.ack.filter(|ack| ack.ack == Some(answer.seq + 1)) {
            let complete = ack.time.max(answer.time);
            handshake.connect = handshake.syn.and_then(|syn| forward(complete?.since(syn.time?)));
        }
        if self.is_to_itself() {
            self.server.syn_acknowledged = true;
        }
    }

    /// Whether a SYN-ACK acknowledges the SYN: its ISN + 1, and of data on the SYN as much as the server took (RFC 9293
    /// §3.10.7.3, RFC 7413 §2).
    pub(in crate::track) fn acknowledges_syn(&self, answer: &HandshakeSegment) -> bool {
        let Some((syn, ack)) = self.connection.handshake.syn.zip(answer.ack) else {
            return false;
        };
        ack.since(syn.seq + 1) <= syn.data_length
    }

    /// A socket connected to itself: one endpoint is both.
    pub(in crate::track) fn is_to_itself(&self) -> bool {
        self.connection.client == self.connection.server
    }
}

/// The time from the SYN that was answered to the answer, where it is clear which SYN that was (Karn; RFC 7323 §4.1).
fn server_round_trip(
    syn_count: u32,
    first: &HandshakeSegment,
    last: Option<&HandshakeSegment>,
    answer: &HandshakeSegment,
) -> Option<Duration> {
    let value = |s: &HandshakeSegment| s.options.timestamps.map(|(value, _)| value);
    let echoed = answer.options.timestamps.map(|(_, echo)| echo);
    let answered = match last {
        Some(last) if syn_count > 1 && value(last) == value(first) => return None,
        Some(last) if syn_count > 1 && echoed.is_some() && echoed == value(last) => last,
        _ if syn_count > 1 && (echoed.is_none() || echoed != value(first)) => return None,
        _ => first,
    };
    forward(answer.time?.since(answered.time?))
}

/// A time that can be: where the capture has frames out of order, the way between two of them cannot be told.
pub(in crate::track) fn forward(time: Duration) -> Option<Duration> {
    (time.0 >= 0).then_some(time)
}
