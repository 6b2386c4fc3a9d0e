//! What the tracker remembers of one connection beyond what it will say of it.

use crate::base::{Annotation, ConnId, Endpoint, FrameNo, Rule, SeqNum, Side, Timestamp};
use crate::track::analysis::{Remark, Watch};
use crate::track::closing::doubtful_reset::DoubtfulReset;
use crate::track::closing::unseen_fin::Advance;
use crate::track::duplicate::{Fingerprint, Taps};
use crate::track::following::pending::PendingSyn;
use crate::track::following::table::Key;
use crate::track::handshake::clues::Clues;
use crate::track::handshake::evidence::Neighbor;
use crate::track::segment::Segment;
use crate::track::signs::Signs;
use crate::track::state::{Happening, State};
use crate::track::telling::run::DataRun;
use crate::track::telling::scribe::Scribe;
use crate::track::{
    Analysis, Close, CloseHow, Connection, FinalBecause, FirstSegment, Handshake, HandshakeSegment, StepKind,
    Traffic, Zeek, rules,
};
use crate::wire::Dissection;
use crate::wire::tunnel::Scope;

/// One connection while it is followed.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) connection: Connection,
    pub(super) client: End,
    pub(super) server: End,
    /// Who the client's first frame was sent to: the server, or the router towards it.
    pub(super) handed_to: Option<Neighbor>,
    /// Within which network its addresses mean a host: that of its first segment.
    pub(super) scope: Scope,
    /// Both sent SYN (RFC 9293 figure 7).
    pub(super) simultaneous: bool,
    /// The last SYN of the attempt, for round trips.
    pub(super) last_syn: Option<HandshakeSegment>,
    /// A further SYN-ACK with another number, which the client may yet choose.
    pub(super) other_syn_ack: Option<HandshakeSegment>,
    pub(super) clues: Clues,
    /// A RST that the receiver may not have taken, and what stood before it.
    pub(super) doubtful_reset: Option<Box<DoubtfulReset>>,
    /// The client sent FIN before any SYN-ACK.
    pub(super) abandoned: bool,
    /// A SYN that may belong to the next connection of these endpoints.
    pub(super) pending: Option<Box<PendingSyn>>,
    pub(super) run: Option<DataRun>,
    /// Whose data (client's, server's) others tell: no runs of it are told.
    pub(super) told_by_others: (bool, bool),
    pub(super) scribe_state: ScribeState,
    pub(super) watch: Watch,
    pub(super) taps: Taps,
    pub(super) signs: Signs,
}

/// What one end has shown of itself (RFC 9293 §3.3.1, seen from between the two).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct End {
    /// Its initial sequence number, captured or inferred.
    pub(super) isn: Option<SeqNum>,
    /// Number of its first captured segment.
    pub(super) first_seq: Option<SeqNum>,
    /// SND.NXT: the number after everything it was seen to send.
    pub(super) next: Option<SeqNum>,
    /// The highest number it acknowledged: RCV.NXT as far as seen.
    pub(super) acknowledged: Option<SeqNum>,
    /// The latest step of that number.
    pub(super) advance: Advance,
    /// Its latest window in octets, scaled.
    pub(super) window: u32,
    /// Shift of its window as negotiated; `None` where the handshake does not tell.
    pub(super) scale: Option<u8>,
    /// The other end acknowledged its SYN.
    pub(super) syn_acknowledged: bool,
    /// The number after its FIN.
    pub(super) fin: Option<SeqNum>,
    pub(super) state: State,
    pub(super) latest: Option<Fingerprint>,
}

/// Where the ladder of this connection stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ScribeState {
    pub(super) last_time: Option<Timestamp>,
}

impl Record {
    /// The largest shift of a window (RFC 7323 §2.3): where it is not known, a window may be so large.
    const LARGEST_SCALE: u8 = 14;

    /// A connection that begins with this segment.
    pub(super) fn new(rank: u64, client: Endpoint, server: Endpoint, first: &Segment) -> Self {
        Self {
            connection: Connection {
                id: ConnId(first.frame),
                rank,
                client,
                server,
                first_frame: first.frame,
                last_frame: first.frame,
                first_time: first.at,
                last_time: first.at,
                first_segment: FirstSegment::default(),
                handshake: Handshake::default(),
                close: Close::default(),
                client_traffic: Traffic::default(),
                server_traffic: Traffic::default(),
                multipath: None,
                analysis: Analysis::default(),
                zeek: Zeek::default(),
                path_mtu: None,
                layers: Vec::new(),
                via: Box::default(),
                annotations: Vec::new(),
                annotations_left_out: 0,
                client_state: None,
                server_state: None,
                final_because: None,
            },
            client: End::default(),
            server: End::default(),
            handed_to: None,
            scope: Scope::default(),
            simultaneous: false,
            last_syn: None,
            other_syn_ack: None,
            clues: Clues::default(),
            doubtful_reset: None,
            abandoned: false,
            pending: None,
            run: None,
            told_by_others: (false, false),
            scribe_state: ScribeState::default(),
            watch: Watch::default(),
            taps: Taps::default(),
            signs: Signs::default(),
        }
    }

    /// Takes one segment of the connection; whether it is one that was just recorded already.
    pub(super) fn accept(&mut self, segment: &Segment, scribe: &mut Scribe) -> bool {
        let before = self.moment();
        if self.count(segment) {
            self.notice_copy(segment);
            self.annotate_few(&rules::RECORDED_TWICE, segment.frame, None);
            return true;
        }
        let first = self.connection.first_frame == segment.frame;
        if first {
            self.connection.first_segment =
                FirstSegment { from: segment.from, flags: segment.flags, ttl: segment.ttl };
        }
        self.notice(segment);
        let remark = self.analyse(segment);
        self.connection.zeek.take(segment);
        self.end_mut(segment.from).see(segment);
        if segment.flags.rst() {
            self.rst(segment, scribe);
        } else if segment.opens() {
            self.syn(segment, scribe);
            self.ended_before(segment.frame, before);
        } else if segment.answers() {
            self.syn_ack(segment, scribe);
        } else {
            self.synchronised_segment(segment, first, remark, scribe);
        }
        false
    }

    /// A segment without SYN and RST: what acknowledges, carries data or says that no more comes.
    fn synchronised_segment(&mut self, segment: &Segment, first: bool, remark: Remark, scribe: &mut Scribe) {
        let was_established = self.is_established();
        self.check_ack_bit(segment, first);
        self.doubt_reset(segment);
        let completes = self.acknowledge(segment);
        self.learn_window(segment);
        if self.is_reset()
            && segment.data_length > 0
            && self.connection.close.first == Some(segment.from.other())
        {
            self.annotate(&rules::SEGMENT_AFTER_RST, segment.frame, self.connection.close.frame);
        }
        let closes = segment.flags.fin() && self.takes_fin(segment) && self.fin(segment);
        let acknowledges_fin = self.acknowledge_fin(segment);
        if let Some(expected_ack) = completes {
            self.write(
                segment,
                StepKind::HandshakeAck { expected_ack, data_length: segment.data_length },
                scribe,
            );
        }
        if closes {
            let kind = StepKind::Fin {
                data_length: segment.data_length,
                both: self.connection.close.how == CloseHow::Fin && !self.is_to_itself(),
            };
            self.write(segment, kind, scribe);
        } else if completes.is_some() {
            // Its data is told with the step.
        } else if first {
            self.write(segment, StepKind::Midstream { data_length: segment.data_length }, scribe);
        } else if acknowledges_fin && segment.data_length == 0 {
            self.write(segment, StepKind::FinAck, scribe);
        } else if self.noted(segment.frame) || (self.simultaneous && self.is_established() != was_established)
        {
            let kind = StepKind::Noted { data_length: segment.data_length, after: remark.after };
            self.write(segment, kind, scribe);
        } else if segment.data_length > 0 {
            self.add_to_run(segment, scribe);
            if let Some(run) = self.run.as_mut().filter(|_| remark.again) {
                run.count_again(segment);
            }
        }
    }

    /// Counts the segment; whether it is one that was just recorded already.
    fn count(&mut self, segment: &Segment) -> bool {
        self.connection.last_frame = segment.frame;
        self.connection.last_time = segment.at.or(self.connection.last_time);
        let twice = self.is_recorded_again(segment);
        let traffic = self.traffic_mut(segment.from);
        traffic.frames += 1;
        traffic.resets += u64::from(segment.flags.rst());
        traffic.wire_bytes += u64::from(segment.wire_length);
        if twice {
            traffic.duplicates += 1;
        } else {
            traffic.data_bytes += u64::from(segment.data_length);
        }
        twice
    }

    /// What this side sent, to change it.
    pub(super) fn traffic_mut(&mut self, side: Side) -> &mut Traffic {
        match side {
            Side::Client => &mut self.connection.client_traffic,
            Side::Server => &mut self.connection.server_traffic,
        }
    }

    fn learn_window(&mut self, segment: &Segment) {
        let end = self.end_mut(segment.from);
        end.window = u32::from(segment.window) << end.scale.unwrap_or(Self::LARGEST_SCALE);
    }

    /// Where the table keeps it.
    pub(super) fn key(&self) -> Key {
        Key::of(self.connection.client, self.connection.server, self.scope)
    }

    /// What this side has shown of itself.
    pub(super) fn end(&self, side: Side) -> &End {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    /// The same, to change it.
    pub(super) fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Tells both ends what `side` did and what that means for the other.
    pub(super) fn happened(&mut self, side: Side, own: Happening, others: Option<Happening>) {
        let end = self.end_mut(side);
        end.state = end.state.after(own);
        if let Some(happening) = others {
            let end = self.end_mut(side.other());
            end.state = end.state.after(happening);
        }
    }

    /// Nothing more can come: what states both ends are left in.
    pub(super) fn conclude_states(&mut self, because: FinalBecause) {
        if because == FinalBecause::Reused {
            self.happened(Side::Client, Happening::UsedAgain, Some(Happening::UsedAgain));
        }
        self.connection.client_state = self.client.state_shown(self.client.state);
        self.connection.server_state = self.server.state_shown(self.server.state);
    }

    /// Takes from a side's first frame what all its frames share: the protocols, lowest first, each once, and the neighbour
    /// that the client sends to; and from the first of them that has any, what carries it.
    pub(super) fn learn(&mut self, from: Side, dissection: &Dissection) {
        if from == Side::Client {
            self.handed_to = dissection.link.map(|link| (dissection.link_scope, link.destination));
        }
        if self.connection.via.is_empty() {
            self.connection.via = dissection.carriers.iter().collect();
        }
        for layer in dissection.layers() {
            let name = layer.protocol.name();
            if !self.connection.layers.contains(&name) {
                self.connection.layers.push(name);
            }
        }
    }

    /// Notes that a rule fired.
    pub(super) fn annotate(&mut self, rule: &'static Rule, frame: FrameNo, about: Option<FrameNo>) {
        if self.connection.annotations.len() < Connection::MOST_ANNOTATIONS {
            self.connection.annotations.push(Annotation { rule, frame, about });
        } else {
            self.connection.annotations_left_out += 1;
        }
    }

    /// Whether a rule fired on this frame, the latest one.
    pub(super) fn noted(&self, frame: FrameNo) -> bool {
        self.connection.annotations.last().is_some_and(|a| a.frame == frame)
    }

    /// Each side's SYN was acknowledged by the other.
    pub(super) fn is_established(&self) -> bool {
        self.client.syn_acknowledged && self.server.syn_acknowledged
    }

    /// Nothing more is expected: both sent FIN, or one reset it.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.connection.close.how, CloseHow::Fin | CloseHow::Reset | CloseHow::FinThenReset)
    }

    pub(super) fn is_reset(&self) -> bool {
        matches!(self.connection.close.how, CloseHow::Reset | CloseHow::FinThenReset)
    }

    /// Neither SYN nor SYN-ACK was captured: which end is the client is a guess.
    pub(super) fn is_midstream(&self) -> bool {
        self.connection.handshake.syn.is_none() && self.connection.handshake.syn_ack.is_none()
    }

    /// A SYN shows that the guess at the roles was wrong.
    pub(super) fn swap_roles(&mut self) {
        let connection = &mut self.connection;
        std::mem::swap(&mut connection.client, &mut connection.server);
        std::mem::swap(&mut connection.client_traffic, &mut connection.server_traffic);
        connection.close.first = connection.close.first.map(Side::other);
        connection.zeek.swap_roles();
        connection.first_segment.from = connection.first_segment.from.other();
        connection.analysis.swap_roles();
        std::mem::swap(&mut self.client, &mut self.server);
        self.signs.swap();
        if let Some(pending) = &mut self.pending {
            pending.first.from = pending.first.from.other();
        }
        self.run = self.run.take().map(DataRun::told_of_other_side);
        self.told_by_others = (self.told_by_others.1, self.told_by_others.0);
        self.watch.swap_roles();
    }
}

impl End {
    /// Whether a segment of it was captured: without one, nothing is said of its state.
    pub(super) fn is_seen(&self) -> bool {
        self.first_seq.is_some()
    }

    /// The RFC's name for a state of it, where something of it was captured.
    pub(super) fn state_shown(&self, state: State) -> Option<&'static str> {
        state.name().filter(|_| self.is_seen())
    }

    /// Whether a SYN has another number than the one that this end began with: it says nothing of how far this end is.
    fn is_strange(&self, syn: &Segment) -> bool {
        let known = self.isn.or(self.next.filter(|_| syn.opens()));
        syn.flags.syn() && known.is_some_and(|known| known != syn.seq)
    }

    /// Remembers what a segment of this end shows of its numbers.
    fn see(&mut self, segment: &Segment) {
        self.first_seq.get_or_insert(segment.seq);
        let moves = !segment.flags.rst() && !self.is_strange(segment);
        if moves && self.next.is_none_or(|next| segment.end().is_after(next)) {
            self.next = Some(segment.end());
        }
        if let Some(ack) = segment.ack.filter(|_| !segment.flags.rst())
            && self.acknowledged.is_none_or(|old| ack.is_after(old))
        {
            self.advance.take(self.acknowledged, ack, self.fin.is_some());
            self.acknowledged = Some(ack);
        }
    }
}
