//! RSTs that closed nothing after all: what comes after one shows whether its receiver took it, and whether its sender sent it
//! (RFC 9293 §3.5.3, §3.10.7.4).

use crate::base::{FrameNo, SeqNum, Side, Timestamp};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::state::State;
use crate::track::{Close, rules};

/// A RST that ended a connection, with what there was before it.
#[derive(Clone, Copy, Debug)]
pub(in crate::track) struct DoubtfulReset {
    from: Side,
    frame: FrameNo,
    at: Option<Timestamp>,
    seq: SeqNum,
    /// Its number is the next that its receiver expects, as far as the capture shows.
    exact: bool,
    /// What its sender had acknowledged.
    senders_ack: Option<SeqNum>,
    /// What its receiver had acknowledged: RCV.NXT.
    receivers_ack: Option<SeqNum>,
    sender_goes_on: bool,
    receiver_goes_on: bool,
    close: Close,
    states: (State, State),
}

impl Record {
    /// Remembers what there is before a RST that may turn out to end nothing.
    pub(in crate::track) fn remember_before(&mut self, rst: &Segment, exact: bool) {
        if self.connection.first_frame == rst.frame {
            return;
        }
        self.doubtful_reset = Some(Box::new(DoubtfulReset {
            from: rst.from,
            frame: rst.frame,
            at: rst.at,
            seq: rst.seq,
            exact,
            senders_ack: self.end(rst.from).acknowledged,
            receivers_ack: self.end(rst.from.other()).acknowledged,
            sender_goes_on: false,
            receiver_goes_on: false,
            close: self.connection.close,
            states: (self.client.state, self.server.state),
        }));
    }

    /// What a segment without SYN and RST says of a RST before it.
    pub(in crate::track) fn doubt_reset(&mut self, segment: &Segment) {
        let Some(doubt) = &mut self.doubtful_reset else { return };
        if segment.at.zip(doubt.at).is_some_and(|(now, then)| now < then) {
            return;
        }
        let (reset, carries) = (doubt.frame, segment.data_length > 0 || segment.flags.fin());
        if doubt.from == segment.from {
            let acknowledges_more =
                segment.ack.zip(doubt.senders_ack).is_some_and(|(ack, before)| ack.is_after(before));
            doubt.sender_goes_on |= segment.end().is_after(doubt.seq) || acknowledges_more;
        } else if !doubt.exact && !carries && segment.ack.is_some() && segment.ack == doubt.receivers_ack {
            self.annotate(&rules::CHALLENGE_ACK, segment.frame, Some(reset));
            return self.take_reset_back();
        } else {
            doubt.receiver_goes_on |= carries;
        }
        if doubt.sender_goes_on && doubt.receiver_goes_on {
            self.annotate(&rules::RST_NOT_TAKEN, segment.frame, Some(reset));
            self.take_reset_back();
        }
    }

    /// The RST ended nothing: the connection is as it was before.
    fn take_reset_back(&mut self) {
        if let Some(doubt) = self.doubtful_reset.take() {
            self.connection.close = doubt.close;
            (self.client.state, self.server.state) = doubt.states;
        }
    }
}
