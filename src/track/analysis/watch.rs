//! Both directions of a connection, watched for what deserves a label.

use crate::base::{Duration, FrameNo, Side, Timestamp};
use crate::track::Handshake;
use crate::track::analysis::flow::{Flow, Scaling};
use crate::track::analysis::judge;
use crate::track::analysis::label::{Label, Labels};
use crate::track::segment::Segment;

/// Both directions of a connection as far as labels depend on them. Nothing is remembered before there is more than a SYN and its
/// answer, for the handshake remembers these: a connection that is never opened costs a pointer.
#[derive(Clone, Debug, Default)]
pub(in crate::track) struct Watch(Option<Box<Flows>>);

/// What one segment was found to be.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::track) struct Found {
    /// Its labels.
    pub(in crate::track) labels: Labels,
    /// The frame that it is to be seen with, and how much later it came: of what is sent again, the first time; of a window that opens, the
    /// segment that closed it.
    pub(in crate::track) after: Option<(FrameNo, Option<Duration>)>,
    /// It announces room again.
    pub(in crate::track) opens_window: bool,
}

#[derive(Clone, Debug, Default)]
struct Flows {
    client: Flow,
    server: Flow,
    /// Time of the latest SYN without ACK.
    last_syn_at: Option<Timestamp>,
    /// From that SYN to the first ACK.
    round_trip: Option<Duration>,
}

impl Watch {
    /// Takes the next segment of a connection whose handshake stands so before it.
    pub(in crate::track) fn take(&mut self, segment: &Segment, handshake: &Handshake) -> Found {
        let is_kept = self.0.is_none() && is_kept_by(handshake, segment);
        if is_kept || is_of_another_connection(handshake, segment) {
            return Found::default();
        }
        self.0.get_or_insert_with(|| Box::new(Flows::after(handshake))).take(segment)
    }

    /// How long the window of `side` has been closed when the connection ends; `None` where it is open.
    pub(in crate::track) fn closed_until(&self, side: Side, end: Option<Timestamp>) -> Option<Duration> {
        let flows = self.0.as_ref()?;
        let flow = if side == Side::Client { &flows.client } else { &flows.server };
        let (_, since) = flow.closed?;
        Some(end?.since(since?))
    }

    /// A SYN shows that the guess at the roles was wrong.
    pub(in crate::track) fn swap_roles(&mut self) {
        if let Some(flows) = &mut self.0 {
            let Flows { client, server, .. } = &mut **flows;
            std::mem::swap(client, server);
        }
    }
}

/// Whether this is the first SYN of a connection, or its first answer: the handshake keeps both as they are.
fn is_kept_by(handshake: &Handshake, segment: &Segment) -> bool {
    let first = handshake.syn.is_none() && handshake.syn_ack.is_none();
    let answers = handshake.syn_count == 1
        && handshake.syn_ack.is_none()
        && segment.from == Side::Server
        && segment.answers()
        && handshake.syn.zip(segment.ack).is_some_and(|(syn, ack)| ack == syn.seq + 1);
    (first && segment.opens() && segment.from == Side::Client) || answers
}

/// Whether this is a SYN with another number than its side's: whatever it is, its numbers do not follow on this connection's.
fn is_of_another_connection(handshake: &Handshake, segment: &Segment) -> bool {
    let isn = if segment.from == Side::Client { handshake.client_isn } else { handshake.server_isn };
    segment.opens() && isn.is_some_and(|isn| isn != segment.seq)
}

impl Flows {
    /// Both directions after the SYN and the SYN-ACK of this handshake, as far as there are such.
    fn after(handshake: &Handshake) -> Self {
        let mut flows = Self::default();
        let syn = handshake.syn.map(|syn| Segment::of_handshake(&syn, Side::Client));
        let answer = handshake.syn_ack.map(|answer| Segment::of_handshake(&answer, Side::Server));
        for segment in syn.into_iter().chain(answer) {
            flows.take(&segment);
        }
        flows
    }

    fn take(&mut self, segment: &Segment) -> Found {
        let round_trip = self.round_trip.unwrap_or(Self::UNKNOWN_ROUND_TRIP);
        let (own, other) = match segment.from {
            Side::Client => (&mut self.client, &mut self.server),
            Side::Server => (&mut self.server, &mut self.client),
        };
        if own.is_out_of_range(segment.seq) {
            return Found::default();
        }
        let mut labels = judge::by_place(segment, own, other);
        own.acknowledges(segment.ack);
        if labels.has(Label::DuplicateAck) {
            own.duplicate_acks = own.duplicate_acks.saturating_add(1);
        }
        if judge::acknowledges_the_unseen(segment, other) {
            labels.add(Label::AckLostSegment);
        }
        let mut found = Found::default();
        if !labels.has(Label::KeepAlive)
            && let Some(label) = judge::sent_again(segment, own, other, round_trip)
        {
            labels.add(label);
            if label.is_sent_again() {
                labels.add(Label::Retransmission);
            }
            found.after = own.first_with(segment.seq).map(|sent| (sent.frame, elapsed(sent.at, segment.at)));
        } else if segment.data_length > 0 {
            own.remember(segment);
        }
        found.labels = labels;
        watch_window(&mut found, segment, own);
        own.see(segment, labels);
        learn_scaling(segment, own, other);
        self.time_round_trip(segment);
        found
    }

    /// What passes for a round trip where the handshake does not tell it.
    const UNKNOWN_ROUND_TRIP: Duration = Duration(3_000_000);

    /// From the latest SYN to the first ACK after it.
    fn time_round_trip(&mut self, segment: &Segment) {
        if segment.flags.syn() && !segment.flags.ack() {
            self.last_syn_at = segment.at;
        } else if segment.flags.ack() && !segment.flags.syn() && self.round_trip.is_none() {
            self.round_trip = elapsed(self.last_syn_at, segment.at).filter(|time| time.0 > 0);
        }
    }
}

/// Windows are scaled where both ends offered it (RFC 7323 §2.2).
fn learn_scaling(segment: &Segment, own: &mut Flow, other: &mut Flow) {
    if !segment.flags.syn() {
        return;
    }
    match segment.options.window_scale {
        None if segment.options.incomplete => own.scaling = Scaling::Unknown,
        None => {
            own.scaling = Scaling::Off;
            other.scaling = Scaling::Off;
        }
        Some(_) if segment.flags.ack() && other.scaling == Scaling::Off => own.scaling = Scaling::Off,
        Some(shift) => own.scaling = Scaling::Shift(shift.min(14)),
    }
}

/// Remembers when the window closes, and tells when it opens again.
fn watch_window(found: &mut Found, segment: &Segment, own: &mut Flow) {
    if found.labels.has(Label::ZeroWindow) {
        own.closed.get_or_insert((segment.frame, segment.at));
    } else if segment.window > 0
        && !segment.flags.rst()
        && let Some((frame, since)) = own.closed.take()
    {
        found.opens_window = true;
        found.after = Some((frame, elapsed(since, segment.at)));
    }
}

fn elapsed(then: Option<Timestamp>, now: Option<Timestamp>) -> Option<Duration> {
    then.zip(now).map(|(then, now)| now.since(then))
}
