//! FIN and RST (RFC 9293 §3.5.2, §3.5.3, §3.6).

mod close;
pub(super) mod doubtful_reset;
pub(super) mod unseen_fin;

pub use close::{Close, CloseHow};

use crate::base::{SeqNum, Side};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::state::{Happening, State};
use crate::track::telling::scribe::Scribe;
use crate::track::{RstEffect, StepKind, rules};

impl Record {
    /// A FIN; whether it is this side's first.
    pub(super) fn fin(&mut self, segment: &Segment) -> bool {
        let end = self.end_mut(segment.from);
        if end.fin == Some(segment.end()) {
            self.annotate(&rules::FIN_SENT_AGAIN, segment.frame, None);
            self.fin_again(segment.from);
            return false;
        }
        end.fin = Some(segment.end());
        if self.crosses_the_others_fin(segment) {
            self.connection.close.simultaneous = true;
            self.happened(segment.from, Happening::FinHadNotCome, None);
        } else if self.acknowledges_the_others_fin(segment) && !self.is_to_itself() {
            // Of the other's tries one has come by now, whatever the capture saw of the first.
            self.happened(segment.from, Happening::GotFin, None);
        }
        // A FIN without ACK belongs to no connection (RFC 9293 §3.10.7.4, fifth check).
        if segment.ack.is_some() || !self.is_midstream() {
            let arrives = segment.from == Side::Server || !self.server_may_wait();
            self.happened(segment.from, Happening::SentFin, arrives.then_some(Happening::GotFin));
        }
        if segment.from == Side::Client && self.connection.handshake.syn_ack.is_none() && !self.is_midstream()
        {
            self.abandoned = !self.is_established();
        }
        if self.is_to_itself() {
            self.happened(segment.from, Happening::GotFin, None);
        }
        let both = (self.client.fin.is_some() && self.server.fin.is_some()) || self.is_to_itself();
        let close = &mut self.connection.close;
        if close.first.is_none() {
            close.first = Some(segment.from);
            close.frame = Some(segment.frame);
            close.tries = 1;
        }
        close.how = match close.how {
            CloseHow::Open | CloseHow::HalfClosed | CloseHow::Fin if both => CloseHow::Fin,
            CloseHow::Open => CloseHow::HalfClosed,
            how => how,
        };
        true
    }

    /// A FIN again: without its acknowledgment nothing shows that the other end has it.
    fn fin_again(&mut self, from: Side) {
        let (end, other) = (self.end(from), from.other());
        let acknowledged = end.fin.zip(self.end(other).acknowledged);
        let is_acknowledged = acknowledged.is_some_and(|(fin, ack)| !fin.is_after(ack));
        let close = &mut self.connection.close;
        if close.first == Some(from) {
            close.tries = close.tries.saturating_add(1);
        }
        if is_acknowledged || self.is_to_itself() {
            return;
        }
        self.happened(other, Happening::FinHadNotCome, None);
        if self.connection.close.tries >= Close::MANY_TRIES && from == Side::Client {
            self.doubt_server();
        }
    }

    /// Nothing more can come: whether one side's FIN was never acknowledged. That it was sent again shows that its sender heard as
    /// little as the capture.
    pub(super) fn check_unacknowledged_fin(&mut self) {
        let Close { how, first, frame, tries, .. } = self.connection.close;
        let Some((closer, frame)) = first.zip(frame).filter(|_| how == CloseHow::HalfClosed) else { return };
        let (end, other) = (self.end(closer), self.end(closer.other()));
        let unheard = match end.fin.zip(other.acknowledged) {
            Some((fin, acknowledged)) => fin.is_after(acknowledged),
            None => false,
        };
        if unheard && tries >= Close::MANY_TRIES && !self.is_to_itself() {
            self.annotate(&rules::FIN_NOT_ACKNOWLEDGED, frame, None);
        }
    }

    /// Whether a FIN left before the other side's, captured earlier, had arrived: it does not acknowledge it.
    fn crosses_the_others_fin(&self, segment: &Segment) -> bool {
        let others = self.end(segment.from.other()).fin;
        others.zip(segment.ack).is_some_and(|(fin, ack)| fin.is_after(ack))
    }

    /// Whether a segment acknowledges the other side's FIN.
    fn acknowledges_the_others_fin(&self, segment: &Segment) -> bool {
        let others = self.end(segment.from.other()).fin;
        others.zip(segment.ack).is_some_and(|(fin, ack)| covers_fin(ack, fin))
    }

    /// Whether a FIN is processed: not by a client in SYN-SENT, which the server has not answered (RFC 9293 §3.10.7.3).
    pub(super) fn takes_fin(&self, segment: &Segment) -> bool {
        segment.from == Side::Client
            || self.client.syn_acknowledged
            || self.connection.handshake.syn.is_none()
    }

    /// Whether a segment is the first to acknowledge the other side's FIN.
    pub(super) fn acknowledge_fin(&mut self, segment: &Segment) -> bool {
        let side = if self.is_to_itself() { segment.from } else { segment.from.other() };
        let before = self.end(side).state;
        if segment.ack.zip(self.end(side).fin).is_some_and(|(ack, fin)| covers_fin(ack, fin)) {
            let end = self.end_mut(side);
            end.state = end.state.after(Happening::FinAcknowledged);
            // Where both FINs crossed, or the first try was lost, its sender learns of the other only now.
            if !self.is_to_itself() {
                let end = self.end_mut(segment.from);
                end.state = end.state.after(Happening::GotFin);
            }
        }
        before != self.end(side).state
    }

    /// A RST: what it did.
    pub(super) fn rst(&mut self, segment: &Segment, scribe: &mut Scribe) {
        let effect = self.effect_of_rst(segment);
        let handshake = &mut self.connection.handshake;
        match effect {
            RstEffect::Ignored => {
                self.clues.has_hole |= self.may_follow_a_hole(segment);
                self.annotate(&rules::RST_IGNORED, segment.frame, None);
            }
            RstEffect::Refuses | RstEffect::Rejects | RstEffect::EndsHandshake => {
                handshake.reset = Some((segment.from, segment.frame));
                if effect == RstEffect::EndsHandshake {
                    self.check_syn_scan(segment);
                    self.check_unasked_answer(segment);
                }
            }
            RstEffect::Ends if self.is_midstream() => self.check_stray(segment),
            RstEffect::Ends => self.remember_before(segment, true),
            RstEffect::NotExact => {
                self.remember_before(segment, false);
                self.annotate(&rules::RST_NOT_EXACT, segment.frame, None);
            }
            RstEffect::AfterEnd => {}
        }
        if !matches!(effect, RstEffect::Ignored | RstEffect::Rejects) {
            self.close_by_rst(segment, effect);
        }
        // The number that a client rejects is the one that the server in SYN-RECEIVED waits for (RFC 9293 figure 8).
        if effect == RstEffect::Rejects
            && segment.from == Side::Client
            && self.server.state == State::SynReceived
        {
            self.happened(Side::Server, Happening::GotReset, None);
        }
        self.write(segment, StepKind::Rst { effect }, scribe);
    }

    fn effect_of_rst(&self, segment: &Segment) -> RstEffect {
        let handshake = &self.connection.handshake;
        if self.is_closed() {
            return RstEffect::AfterEnd;
        }
        if self.is_established() || self.is_midstream() {
            return match self.is_acceptable(segment) {
                true if self.is_exact(segment) => RstEffect::Ends,
                true => RstEffect::NotExact,
                false => RstEffect::Ignored,
            };
        }
        if self.rejects_a_segment(segment) {
            return RstEffect::Rejects;
        }
        // In SYN-SENT a RST is acceptable if it acknowledges the SYN (RFC 9293 §3.5.3).
        let refuses = segment.from == Side::Server && self.acknowledges_syn(&segment.for_handshake());
        match handshake.syn_ack {
            None if refuses => RstEffect::Refuses,
            None if segment.from == Side::Server => RstEffect::Ignored,
            _ if refuses || self.has_own_number(segment) => RstEffect::EndsHandshake,
            _ => RstEffect::Ignored,
        }
    }

    /// Whether a RST in the handshake carries a number that its sender has used, or the next one.
    fn has_own_number(&self, segment: &Segment) -> bool {
        let sender = self.end(segment.from);
        sender.isn.is_none_or(|isn| {
            let sent = sender.next.map_or(1, |next| next.since(isn)).max(1);
            segment.seq.since(isn) <= sent
        })
    }

    /// Whether a RST in the handshake begins so little ahead of what its sender was seen to send that segments between the two
    /// may be missing from the capture.
    fn may_follow_a_hole(&self, segment: &Segment) -> bool {
        let window = i32::from(u16::MAX);
        let next = self.end(segment.from).next.filter(|_| !self.is_established());
        next.is_some_and(|next| (1..=window).contains(&segment.seq.distance(next)))
    }

    /// A RST whose number is not its sender's own but the one that the other end just acknowledged rejects only that segment:
    /// the attempt goes on (RFC 9293 §3.10.7.3, §3.10.7.4).
    fn rejects_a_segment(&self, segment: &Segment) -> bool {
        !self.has_own_number(segment) && self.was_just_acknowledged(segment)
    }

    /// A SYN that comes again after a RST shows that the client goes on: a RST of its own only rejected something, and one of
    /// the server has not ended the attempt yet.
    pub(super) fn resume(&mut self) {
        let Some((side, frame)) = self.connection.handshake.reset.filter(|_| !self.is_established()) else {
            return;
        };
        if side == Side::Client {
            self.connection.handshake.reset = None;
        }
        if self.connection.close.frame == Some(frame) {
            self.connection.close = Close::default();
            self.happened(Side::Server, Happening::AttemptGoesOn, None);
        }
    }

    /// Whether the receiver takes a RST: its number lies in the receive window (RFC 9293 §3.10.7.4, first check), or is the
    /// next that its sender would use.
    fn is_acceptable(&self, segment: &Segment) -> bool {
        let receiver = self.end(segment.from.other());
        let sender = self.end(segment.from);
        let Some(expected) = receiver.acknowledged else {
            return true;
        };
        let ahead = segment.seq.distance(expected);
        let window = i32::try_from(receiver.window.max(1)).unwrap_or(i32::MAX);
        // One behind: the FIN that the receiver has acknowledged counted one.
        (-1..=window).contains(&ahead)
            || sender.next == Some(segment.seq)
            || self.was_just_acknowledged(segment)
    }

    /// Who answers a SYN-ACK with a RST of that number did not ask for it (RFC 9293 §3.5, figure 11).
    fn check_unasked_answer(&mut self, rst: &Segment) {
        let handshake = &self.connection.handshake;
        let answer = handshake.syn_ack.filter(|answer| answer.ack == Some(rst.seq));
        let is_first = rst.from == Side::Client && self.connection.client_traffic.frames == 1;
        if let Some(answer) = answer.filter(|_| is_first && handshake.syn.is_none()) {
            self.annotate(&rules::SYN_ACK_UNASKED, rst.frame, Some(answer.frame));
        }
    }

    /// Whether the number of a RST is the next that its receiver expects, as far as the capture shows, or the next that its
    /// sender would use; one behind where the receiver acknowledged its FIN (RFC 9293 §3.10.7.4, first check).
    fn is_exact(&self, segment: &Segment) -> bool {
        let expected = self.end(segment.from.other()).acknowledged;
        let from_expected = expected.map(|expected| segment.seq.distance(expected));
        from_expected.is_none_or(|ahead| ahead == 0 || ahead == -1)
            || self.end(segment.from).next == Some(segment.seq)
            || self.was_just_acknowledged(segment)
    }

    /// Whether the number of a RST is what its receiver acknowledged last. Behind a hole of more than half of all numbers that is not
    /// the highest one.
    fn was_just_acknowledged(&self, rst: &Segment) -> bool {
        self.end(rst.from.other()).latest.is_some_and(|latest| latest.acknowledges(rst.seq))
    }

    fn close_by_rst(&mut self, segment: &Segment, effect: RstEffect) {
        let close = &mut self.connection.close;
        close.how = match close.how {
            CloseHow::Open | CloseHow::Reset => CloseHow::Reset,
            CloseHow::HalfClosed | CloseHow::Fin | CloseHow::FinThenReset => CloseHow::FinThenReset,
        };
        if close.first.is_none() {
            close.first = Some(segment.from);
            close.frame = Some(segment.frame);
        }
        // Who refuses has no connection to be reset; who was not heard of yet may have none.
        let receiver = segment.from.other();
        if self.end(receiver).is_seen() {
            self.happened(receiver, Happening::GotReset, None);
        }
        if effect != RstEffect::Refuses {
            self.happened(segment.from, Happening::SentReset, None);
        }
    }
}

/// Whether an acknowledgment is one of a FIN that ends at this number. Where a capture was edited, the lengths in its headers may be
/// smaller than what was sent: then the number lies a little beyond.
fn covers_fin(ack: SeqNum, fin: SeqNum) -> bool {
    u16::try_from(ack.since(fin)).is_ok()
}
