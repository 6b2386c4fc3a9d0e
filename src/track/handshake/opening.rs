//! SYNs without ACK: what opens a connection, or seems to (RFC 9293 §3.5, §3.10.7).

use crate::base::Side;
use crate::track::following::pending::PendingSyn;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::state::{Happening, State};
use crate::track::telling::scribe::Scribe;
use crate::track::{Handshake, StepKind, rules};

impl Record {
    /// Whether a segment with SYN begins a new connection of the same endpoints instead of belonging to this one: its numbers
    /// are others, and the old connection is over, or nobody was seen who could contradict the sender.
    pub(in crate::track) fn is_followed_by(&self, segment: &Segment) -> bool {
        let sender = self.end(segment.from);
        let receiver = self.end(segment.from.other());
        let belongs = if segment.opens() {
            self.reveals_syn_of(segment)
        } else if segment.answers() {
            receiver.isn.zip(segment.ack).is_none_or(|(isn, ack)| ack == isn + 1) || self.simultaneous
        } else {
            true
        };
        let nothing_came_back = receiver.first_seq.is_none();
        let has_its_number = sender.isn == Some(segment.seq) && !self.is_repeated_by(segment);
        !belongs && !has_its_number && (self.is_closed() || nothing_came_back)
    }

    /// Whether this SYN is the one that a captured answer or first segment was about: the capture has them out of order.
    fn reveals_syn_of(&self, syn: &Segment) -> bool {
        let captured = &self.connection.handshake;
        let answered = captured.syn_ack.and_then(|s| s.ack) == Some(syn.end()) && syn.from == Side::Client;
        let followed = self.end(syn.from).first_seq == Some(syn.end());
        captured.syn.is_none() && (answered || (followed && captured.syn_ack.is_none()))
    }

    /// A SYN without ACK.
    pub(in crate::track) fn syn(&mut self, segment: &Segment, scribe: &mut Scribe) {
        if self.is_midstream() && segment.from == Side::Server && self.reveals_syn_of(segment) {
            self.swap_roles();
            let segment = Segment { from: Side::Client, ..*segment };
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
        self.resume();
        let handshake = &mut self.connection.handshake;
        let retry = handshake.syn_count;
        handshake.syn.get_or_insert(segment.for_handshake());
        handshake.client_isn = Some(segment.seq);
        handshake.syn_count += 1;
        list(&mut handshake.syn_frames, segment.frame);
        self.client.isn = Some(segment.seq);
        self.last_syn = Some(segment.for_handshake());
        if !self.is_established() {
            self.happened(Side::Client, Happening::SentSyn, None);
        }
        if let Some(first) = first {
            self.annotate(&rules::SYN_SENT_AGAIN, segment.frame, Some(first.frame));
        } else if segment.data_length > 0 {
            self.annotate(&rules::SYN_WITH_DATA, segment.frame, None);
        }
        self.check_scale(segment);
        if let Some(answer) = self.connection.handshake.syn_ack.filter(|s| self.acknowledges_syn(s)) {
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

    /// The SYN of the server's side that seemed to cross the client's, where this segment answers it with another number than the client's
    /// SYN had: the client had given up, and that SYN opened a connection of its own.
    pub(in crate::track) fn opened_instead_by(&self, segment: &Segment) -> Option<PendingSyn> {
        let crossed = self.connection.handshake.syn_ack.filter(|syn| !syn.flags.ack())?;
        let answers = segment.from == Side::Client
            && segment.answers()
            && segment.ack == Some(crossed.seq + 1)
            && self.client.isn.is_some_and(|isn| isn != segment.seq);
        let sent = &self.connection.server_traffic;
        let wire_length = if sent.frames == 1 { u32::try_from(sent.wire_bytes).unwrap_or(0) } else { 0 };
        let first = Segment { wire_length, ..Segment::of_handshake(&crossed, Side::Server) };
        (answers && !self.is_established()).then(|| PendingSyn::new(&first))
    }

    /// The SYN that seemed to cross the client's belongs to another connection.
    pub(in crate::track) fn forget_crossing(&mut self) {
        self.simultaneous = false;
        self.server.isn = None;
        self.server.state = State::Unknown;
        let connection = &mut self.connection;
        connection.handshake.server_isn = None;
        let crossed = connection.handshake.syn_ack.take().map(|syn| syn.frame);
        if let Some(own) = self.last_syn.filter(|_| crossed == Some(connection.last_frame)) {
            (connection.last_frame, connection.last_time) = (own.frame, own.time);
        }
        connection.annotations.retain(|a| !std::ptr::eq(a.rule, &raw const rules::SIMULTANEOUS_OPEN));
    }

    /// A SYN with a number that is not this connection's: remembered until the other end's answer tells what it is.
    fn stray_syn(&mut self, segment: &Segment, scribe: &mut Scribe) {
        match &mut self.pending {
            Some(pending) if pending.first.seq == segment.seq && pending.first.from == segment.from => {
                pending.take(segment);
            }
            _ => {
                self.pending = Some(Box::new(PendingSyn::new(segment)));
            }
        }
        self.annotate(&rules::SYN_INSIDE_CONNECTION, segment.frame, None);
        self.write(segment, StepKind::Noted { data_length: segment.data_length, after: None }, scribe);
    }

    /// A shift above 14 counts as 14.
    pub(in crate::track) fn check_scale(&mut self, segment: &Segment) {
        if segment.options.window_scale.is_some_and(|shift| shift > 14) {
            self.annotate(&rules::WINDOW_SCALE_TOO_LARGE, segment.frame, None);
        }
    }
}

/// Lists what there is one of for each SYN or SYN-ACK, up to the bound.
pub(in crate::track) fn list<T>(all: &mut Vec<T>, one: T) {
    if all.len() < Handshake::MOST_FRAMES {
        all.push(one);
    }
}
