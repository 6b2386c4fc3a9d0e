//! ACKs without SYN: what completes a handshake, or proves later that it was complete (RFC 9293 §3.5, §3.10.7.4).

use crate::base::{SeqNum, Side};
use crate::track::handshake::answering::forward;
use crate::track::handshake::negotiation::negotiate;
use crate::track::record::Record;
use crate::track::rules;
use crate::track::segment::Segment;
use crate::track::state::Happening;

impl Record {
    /// A segment with ACK and without SYN: does it acknowledge a SYN? Returns the number that completed the handshake, if
    /// this segment did.
    pub(in crate::track) fn acknowledge(&mut self, segment: &Segment) -> Option<SeqNum> {
        let ack = segment.ack?;
        let was_established = self.is_established();
        let completes = match segment.from {
            Side::Client => self.clients_ack(segment, ack),
            Side::Server => {
                self.servers_ack(segment, ack);
                let completes = self.simultaneous && self.is_established() && !was_established;
                self.client.isn.map(|isn| isn + 1).filter(|expected| completes && ack == *expected)
            }
        };
        self.answer_pending(segment);
        self.server_goes_on(segment);
        self.follow_data_on_syn(segment);
        if self.is_established() {
            self.synchronise(segment);
        }
        if self.simultaneous && self.is_established() != was_established {
            // Where both ends open at once, the later of the two acknowledgments completes the handshake.
            let handshake = &mut self.connection.handshake;
            handshake.connect = handshake.syn.and_then(|syn| forward(segment.at?.since(syn.time?)));
            self.agree_by_plain_acks(segment);
        }
        completes
    }

    /// Both opened, and an ACK without SYN completes it: what the two SYNs offered counts. Where the client answered the server's
    /// SYN with a SYN-ACK and the server sent none, one came after the other.
    fn agree_by_plain_acks(&mut self, segment: &Segment) {
        let handshake = &mut self.connection.handshake;
        let Some((syn, others)) = handshake.syn.zip(handshake.syn_ack.filter(|s| s.ack.is_none())) else {
            return;
        };
        let answered = handshake.ack.is_some_and(|ack| ack.flags.syn());
        handshake.negotiated = negotiate(&syn, &others);
        if answered && segment.from == Side::Server && syn.frame < others.frame {
            self.clues.split = true;
            self.annotate(&rules::SPLIT_HANDSHAKE, segment.frame, Some(others.frame));
        }
    }

    fn clients_ack(&mut self, segment: &Segment, ack: SeqNum) -> Option<SeqNum> {
        if self.server.syn_acknowledged {
            return None;
        }
        if let Some(other) = self.other_syn_ack.filter(|other| ack == other.seq + 1) {
            self.connection.handshake.syn_ack = Some(other);
            self.take_answer(other);
        }
        let after_syn = self.client.isn.is_some_and(|isn| segment.seq.distance(isn) >= 1);
        let Some(isn) = self.server.isn else {
            return self.infer_server_isn(segment, ack);
        };
        let sent = self.server.next.map_or(1, |next| next.since(isn)).max(1);
        let covered = ack.since(isn);
        let about = self.connection.handshake.syn_ack.map(|s| s.frame);
        if covered == 0 || covered > sent {
            self.annotate(&rules::ACK_WRONG_NUMBER, segment.frame, about);
            return None;
        }
        if !after_syn {
            self.annotate(&rules::ACK_BEFORE_SYN, segment.frame, about);
            return None;
        }
        self.server.syn_acknowledged = true;
        let on_syn_ack = self.connection.handshake.syn_ack.map_or(0, |s| s.data_length);
        (covered <= 1 + on_syn_ack).then(|| self.complete(segment, isn))
    }

    /// The SYN-ACK is not in the capture, but what the client acknowledges right after its SYN tells its number.
    fn infer_server_isn(&mut self, segment: &Segment, ack: SeqNum) -> Option<SeqNum> {
        let syn = self.connection.handshake.syn?;
        let unanswered = match self.server.first_seq {
            None => true,
            Some(first) => self.client.syn_acknowledged && first == ack,
        };
        if segment.seq.since(syn.seq + 1) > syn.data_length || !unanswered {
            return None;
        }
        let isn = SeqNum(ack.0.wrapping_sub(1));
        self.server.isn = Some(isn);
        self.connection.handshake.server_isn = Some(isn);
        self.server.syn_acknowledged = true;
        self.client.syn_acknowledged = true;
        Some(self.complete(segment, isn))
    }

    fn complete(&mut self, segment: &Segment, server_isn: SeqNum) -> SeqNum {
        let handshake = &mut self.connection.handshake;
        handshake.ack = Some(segment.for_handshake());
        let answer = handshake.syn_ack;
        // Where the answer was recorded before its question, the times of neither can be trusted.
        let in_order = handshake.syn.zip(answer).is_none_or(|(syn, answer)| syn.frame < answer.frame);
        if !in_order {
            return server_isn + 1;
        }
        if !self.simultaneous {
            handshake.connect = handshake.syn.and_then(|syn| forward(segment.at?.since(syn.time?)));
        }
        if handshake.syn_ack_count == 1 {
            handshake.client_rtt = handshake.syn_ack.and_then(|s| forward(segment.at?.since(s.time?)));
        }
        server_isn + 1
    }

    /// An acknowledgment of the server: of the client's SYN by later evidence, and of its own by going on.
    fn servers_ack(&mut self, segment: &Segment, ack: SeqNum) {
        let carries = segment.data_length > 0 || segment.flags.fin();
        if let Some(isn) = self.client.isn.filter(|_| !self.client.syn_acknowledged) {
            let sent = self.client.next.map_or(1, |next| next.since(isn)).max(1);
            let covered = ack.since(isn);
            self.client.syn_acknowledged = covered >= 1 && covered <= sent;
            if !self.client.syn_acknowledged && !carries && self.connection.handshake.syn.is_some() {
                self.annotate(&rules::CHALLENGE_ACK, segment.frame, None);
            }
        }
        // A server sends data or FIN, and acknowledges data behind the SYN, only once its SYN was acknowledged. With data on the SYN
        // it may send before (RFC 7413 §3).
        let on_syn = self.connection.handshake.syn.map_or(0, |syn| syn.data_length);
        let after_syn = i64::from(on_syn) + 1;
        let took_data = self.client.isn.is_some_and(|isn| i64::from(ack.distance(isn)) > after_syn);
        if self.client.syn_acknowledged && (took_data || (carries && on_syn == 0)) {
            self.server.syn_acknowledged = true;
        }
    }

    /// An ACK after a SYN that did not fit is the challenge to it.
    fn answer_pending(&mut self, segment: &Segment) {
        let old = self.end(segment.from).next;
        let Some(pending) = &mut self.pending else { return };
        if pending.first.from == segment.from || pending.challenged || segment.data_length > 0 {
            return;
        }
        if segment.ack != Some(pending.first.end()) && old == Some(segment.seq) {
            pending.challenged = true;
            let about = Some(pending.first.frame);
            self.annotate(&rules::CHALLENGE_ACK, segment.frame, about);
        }
    }

    /// Each end has the other's number.
    pub(in crate::track) fn synchronise(&mut self, segment: &Segment) {
        if !self.client.state.is_opening() && !self.server.state.is_opening() {
            return;
        }
        // What the client sends does not show that the server has it.
        let others =
            (segment.from == Side::Server || !self.server_may_wait()).then_some(Happening::Synchronised);
        self.happened(segment.from, Happening::Synchronised, others);
    }
}
