//! The handshake's segments, one function each, validated by their numbers (RFC 9293 §3.5, §3.10.7).

use crate::base::{FrameNo, SeqNum, Side};
use crate::track::negotiation::negotiate;
use crate::track::record::{PendingSyn, Record};
use crate::track::scribe::Scribe;
use crate::track::segment::Segment;
use crate::track::state::Happening;
use crate::track::{Handshake, HandshakeSegment, StepKind, rules};

impl Record {
    /// Whether a SYN opens a new connection of the same endpoints instead of belonging to this one.
    pub(super) fn is_followed_by(&self, syn: &Segment) -> bool {
        let end = self.end(syn.from);
        if end.isn == Some(syn.seq) || self.reveals_syn_of(syn) {
            return false;
        }
        let nothing_came_back = self.end(syn.from.other()).first_seq.is_none();
        self.is_closed() || (end.isn.is_some() && nothing_came_back && !self.is_established())
    }

    /// Whether this SYN is the one that a captured answer or first segment was about: the capture has them out of order.
    fn reveals_syn_of(&self, syn: &Segment) -> bool {
        let captured = &self.connection.handshake;
        let answered = captured.syn_ack.and_then(|s| s.ack) == Some(syn.end()) && syn.from == Side::Client;
        let followed = self.end(syn.from).first_seq == Some(syn.end());
        captured.syn.is_none() && (answered || (followed && captured.syn_ack.is_none()))
    }

    /// A SYN without ACK.
    pub(super) fn syn(&mut self, segment: &Segment, scribe: &mut Scribe) {
        if self.is_midstream() && segment.from == Side::Server && self.reveals_syn_of(segment) {
            self.swap_roles();
            let segment = Segment {
                from: Side::Client,
                ..*segment
            };
            return self.clients_syn(&segment, scribe);
        }
        match segment.from {
            Side::Client => self.clients_syn(segment, scribe),
            Side::Server => self.servers_syn(segment, scribe),
        }
    }

    fn clients_syn(&mut self, segment: &Segment, scribe: &mut Scribe) {
        let handshake = &mut self.connection.handshake;
        let first = handshake.syn;
        if first.is_some_and(|first| first.seq != segment.seq) {
            return self.stray_syn(segment, scribe);
        }
        if first.is_none() && !(self.connection.first_frame == segment.frame || self.reveals_syn_of(segment))
        {
            return self.stray_syn(segment, scribe);
        }
        let handshake = &mut self.connection.handshake;
        let retry = handshake.syn_count;
        handshake.syn.get_or_insert(segment.for_handshake());
        handshake.client_isn = Some(segment.seq);
        handshake.syn_count += 1;
        list(&mut handshake.syn_frames, segment.frame);
        self.client.isn = Some(segment.seq);
        self.last_syn = Some(segment.for_handshake());
        self.happened(Side::Client, Happening::SentSyn, None);
        if let Some(first) = first {
            self.annotate(&rules::SYN_SENT_AGAIN, segment.frame, Some(first.frame));
        } else if segment.data_length > 0 {
            self.annotate(&rules::SYN_WITH_DATA, segment.frame, None);
        }
        self.check_scale(segment);
        if let Some(answer) = self
            .connection
            .handshake
            .syn_ack
            .filter(|s| self.acknowledges_syn(s))
        {
            self.take_answer(answer);
        }
        let kind = StepKind::Syn {
            options: segment.options,
            retry,
            data_length: segment.data_length,
            simultaneous: false,
        };
        self.write(segment, kind, scribe);
    }

    /// A SYN of the end that was to answer: both open at once, or it belongs to another connection.
    fn servers_syn(&mut self, segment: &Segment, scribe: &mut Scribe) {
        let again = self.simultaneous && self.server.isn == Some(segment.seq);
        if !again
            && (self.connection.handshake.syn_ack.is_some()
                || self.server.isn.is_some()
                || self.client.isn.is_none())
        {
            return self.stray_syn(segment, scribe);
        }
        if !again {
            self.simultaneous = true;
            self.server.isn = Some(segment.seq);
            let handshake = &mut self.connection.handshake;
            handshake.server_isn = Some(segment.seq);
            handshake.syn_ack = Some(segment.for_handshake());
            let about = handshake.syn.map(|s| s.frame);
            self.annotate(&rules::SIMULTANEOUS_OPEN, segment.frame, about);
        }
        self.happened(Side::Server, Happening::SentSyn, None);
        let kind = StepKind::Syn {
            options: segment.options,
            retry: u32::from(again),
            data_length: segment.data_length,
            simultaneous: true,
        };
        self.write(segment, kind, scribe);
    }

    /// A SYN with a number that is not this connection's: remembered until the other end's answer tells what it is.
    fn stray_syn(&mut self, segment: &Segment, scribe: &mut Scribe) {
        match &mut self.pending {
            Some(pending) if pending.first.seq == segment.seq && pending.first.from == segment.from => {
                pending.count += 1;
            }
            _ => {
                self.pending = Some(Box::new(PendingSyn { first: *segment, count: 1, challenged: false }));
            }
        }
        self.annotate(&rules::SYN_INSIDE_CONNECTION, segment.frame, None);
        self.write(
            segment,
            StepKind::Noted {
                data_length: segment.data_length,
            },
            scribe,
        );
    }

    /// A SYN with ACK.
    pub(super) fn syn_ack(&mut self, segment: &Segment, scribe: &mut Scribe) {
        if segment.from == Side::Client && !self.is_to_itself() {
            if self.is_midstream() {
                self.swap_roles();
                return self.syn_ack(
                    &Segment {
                        from: Side::Server,
                        ..*segment
                    },
                    scribe,
                );
            }
            return self.clients_syn_ack(segment, scribe);
        }
        let handshake = &self.connection.handshake;
        let expected_ack = handshake.syn.map(|syn| syn.seq + 1);
        let answer = segment.for_handshake();
        let repeat = handshake.syn_ack_count;
        let data_acknowledged = expected_ack
            .zip(segment.ack)
            .map_or(0, |(expected, ack)| ack.since(expected));
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
        } else if right && current.is_some_and(|s| s.seq != segment.seq) {
            self.other_syn_ack = Some(answer);
        }
        let data_acknowledged = if right { data_acknowledged } else { 0 };
        self.write(
            segment,
            StepKind::SynAck {
                options: segment.options,
                repeat,
                expected_ack,
                data_acknowledged,
            },
            scribe,
        );
    }

    /// What is odd about a SYN-ACK.
    fn check_syn_ack(&mut self, segment: &Segment, right: bool) {
        let handshake = &self.connection.handshake;
        let before = handshake.syn_ack;
        if let Some(syn) = handshake.syn.filter(|_| !right) {
            self.annotate(
                &rules::SYN_ACK_WRONG_ACKNOWLEDGMENT,
                segment.frame,
                Some(syn.frame),
            );
        } else if let Some(other) = before.filter(|s| s.seq != segment.seq && self.acknowledges_syn(s)) {
            self.annotate(&rules::SYN_ACK_OTHER_NUMBER, segment.frame, Some(other.frame));
        } else if let Some(same) = before.filter(|s| s.seq == segment.seq && s.ack.is_some()) {
            self.annotate(&rules::SYN_ACK_SENT_AGAIN, segment.frame, Some(same.frame));
        } else if segment.window == 0 {
            self.annotate(&rules::SYN_ACK_ZERO_WINDOW, segment.frame, None);
        }
    }

    /// In a simultaneous open the client acknowledges the other's SYN with a SYN-ACK of its own.
    fn clients_syn_ack(&mut self, segment: &Segment, scribe: &mut Scribe) {
        let expected_ack = self.server.isn.filter(|_| self.simultaneous).map(|isn| isn + 1);
        if expected_ack.is_some() && segment.ack == expected_ack && self.client.isn == Some(segment.seq) {
            self.connection
                .handshake
                .ack
                .get_or_insert(segment.for_handshake());
            self.server.syn_acknowledged = true;
            self.happened(Side::Client, Happening::SentSynAck, None);
            self.synchronise(segment);
        }
        let kind = StepKind::SynAck {
            options: segment.options,
            repeat: 0,
            expected_ack,
            data_acknowledged: 0,
        };
        self.write(segment, kind, scribe);
    }

    /// Takes a SYN-ACK as the answer to the SYN; where no SYN was captured its number follows from the answer.
    fn take_answer(&mut self, answer: HandshakeSegment) {
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
            let agreed = negotiate(&syn, &answer);
            handshake.negotiated = Some(agreed);
            handshake.server_rtt =
                server_round_trip(handshake.syn_count, &syn, self.last_syn.as_ref(), &answer);
            if agreed.window_scaling {
                self.client.scale = syn.options.window_scale.unwrap_or(0).min(14);
                self.server.scale = answer.options.window_scale.unwrap_or(0).min(14);
            }
        }
        if let Some(ack) = handshake.ack.filter(|ack| ack.ack == Some(answer.seq + 1)) {
            handshake.connect = handshake.syn.and_then(|syn| Some(ack.time?.since(syn.time?)));
        }
        if self.is_to_itself() {
            self.server.syn_acknowledged = true;
        }
    }

    /// A segment with ACK and without SYN: does it acknowledge a SYN? Returns the number that completed the handshake, if
    /// this segment did.
    pub(super) fn acknowledge(&mut self, segment: &Segment) -> Option<SeqNum> {
        let ack = segment.ack?;
        let completes = match segment.from {
            Side::Client => self.clients_ack(segment, ack),
            Side::Server => {
                self.servers_ack(segment, ack);
                None
            }
        };
        self.answer_pending(segment);
        if self.is_established() {
            self.synchronise(segment);
        }
        completes
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
        if segment.seq.since(syn.seq + 1) > syn.data_length || self.server.first_seq.is_some() {
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
        handshake.connect = handshake.syn.and_then(|syn| Some(segment.at?.since(syn.time?)));
        if handshake.syn_ack_count == 1 {
            handshake.client_rtt = handshake.syn_ack.and_then(|s| Some(segment.at?.since(s.time?)));
        }
        server_isn + 1
    }

    /// An acknowledgment of the server: of the client's SYN by later evidence, and of its own by going on.
    fn servers_ack(&mut self, segment: &Segment, ack: SeqNum) {
        if let Some(isn) = self.client.isn.filter(|_| !self.client.syn_acknowledged) {
            let sent = self.client.next.map_or(1, |next| next.since(isn)).max(1);
            let covered = ack.since(isn);
            self.client.syn_acknowledged = covered >= 1 && covered <= sent;
            if !self.client.syn_acknowledged && self.connection.handshake.syn.is_some() {
                self.annotate(&rules::CHALLENGE_ACK, segment.frame, None);
            }
        }
        let asked = self
            .connection
            .handshake
            .syn
            .is_some_and(|syn| syn.data_length > 0);
        let goes_on = segment.data_length > 0 || segment.flags.fin();
        if self.client.syn_acknowledged && self.server.isn.is_some() && goes_on && !asked {
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

    fn synchronise(&mut self, segment: &Segment) {
        self.happened(
            segment.from,
            Happening::Synchronised,
            Some(Happening::Synchronised),
        );
    }

    /// Whether a SYN-ACK acknowledges the SYN: its ISN + 1, and of data on the SYN as much as the server took (RFC 9293
    /// §3.10.7.3, RFC 7413 §2).
    pub(super) fn acknowledges_syn(&self, answer: &HandshakeSegment) -> bool {
        let Some((syn, ack)) = self.connection.handshake.syn.zip(answer.ack) else {
            return false;
        };
        ack.since(syn.seq + 1) <= syn.data_length
    }

    /// A socket connected to itself: one endpoint is both.
    pub(super) fn is_to_itself(&self) -> bool {
        self.connection.client == self.connection.server
    }

    fn check_scale(&mut self, segment: &Segment) {
        if segment.options.window_scale.is_some_and(|shift| shift > 14) {
            self.annotate(&rules::WINDOW_SCALE_TOO_LARGE, segment.frame, None);
        }
    }
}

/// The time from the SYN that was answered to the answer, where it is clear which SYN that was (Karn; RFC 7323 §4.1).
fn server_round_trip(
    syn_count: u32,
    first: &HandshakeSegment,
    last: Option<&HandshakeSegment>,
    answer: &HandshakeSegment,
) -> Option<crate::base::Duration> {
    let value = |s: &HandshakeSegment| s.options.timestamps.map(|(value, _)| value);
    let echoed = answer.options.timestamps.map(|(_, echo)| echo);
    let answered = match last {
        Some(last) if syn_count > 1 && value(last) == value(first) => return None,
        Some(last) if syn_count > 1 && echoed.is_some() && echoed == value(last) => last,
        _ if syn_count > 1 && (echoed.is_none() || echoed != value(first)) => return None,
        _ => first,
    };
    Some(answer.time?.since(answered.time?))
}

/// Lists a frame, up to the bound.
fn list(frames: &mut Vec<FrameNo>, frame: FrameNo) {
    if frames.len() < Handshake::MOST_FRAMES {
        frames.push(frame);
    }
}
