//! Both directions of a connection, watched for what deserves a label.

use crate::base::{Duration, FrameNo, Side, Timestamp};
use crate::track::Handshake;
use crate::track::analysis::flow::{Flow, Scaling, Sent};
use crate::track::analysis::judge;
use crate::track::analysis::label::{Label, Labels};
use crate::track::analysis::word::{Word, Words};
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
    /// What is said of it.
    pub(in crate::track) words: Words,
    /// How many octets of its data were captured before; where that is not known, all of a segment that is labelled as sent again.
    pub(in crate::track) again: u32,
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
    /// Bytes that one takes beyond its own size, at most.
    pub(in crate::track) const BYTES_BESIDE: usize = size_of::<Flows>() + 2 * Flow::BYTES_BESIDE;

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

/// Whether this is a SYN with another number than its side's, or the word of an end that has another connection in mind: its numbers
/// do not follow on this connection's.
fn is_of_another_connection(handshake: &Handshake, segment: &Segment) -> bool {
    let isn = if segment.from == Side::Client { handshake.client_isn } else { handshake.server_isn };
    segment.opens() && isn.is_some_and(|isn| isn != segment.seq)
        || (segment.data_length == 0 && answers_another_syn(handshake, segment))
}

/// Whether this came in place of an answer to the SYN, and acknowledges something else: it carries numbers of a connection before
/// (RFC 9293 §3.10.7.4, §3.5 figure 9).
fn answers_another_syn(handshake: &Handshake, segment: &Segment) -> bool {
    let waiting = handshake.syn.filter(|_| segment.from == Side::Server && handshake.syn_ack.is_none());
    let numbers = waiting.zip(segment.ack).filter(|_| !segment.flags.syn());
    numbers.is_some_and(|(syn, ack)| ack.since(syn.seq + 1) > syn.data_length)
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
        let fresh = own.take_data(segment);
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
        say(&mut found, segment, fresh, other);
        if found.again > 0 {
            own.again = Some(Sent { seq: segment.seq, frame: segment.frame, at: segment.at });
        }
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

/// Finds words for what was found, where `fresh` octets of the data were not captured before.
fn say(found: &mut Found, segment: &Segment, fresh: Option<u32>, other: &Flow) {
    found.again = match fresh {
        Some(fresh) => segment.data_length.saturating_sub(fresh),
        None if found.labels.is_sent_again() => segment.data_length,
        None => 0,
    };
    if found.labels.is_empty() && segment.later.sacked.is_none() {
        return;
    }
    let seen_before = fresh.map(|fresh| fresh < segment.data_length);
    found.words = Words::new(segment, found.labels, seen_before, other);
    if found.words.has(Word::SentAgainAfterSack) {
        let sack = other.sack.map(|sack| (sack.frame, elapsed(other.last_at, segment.at)));
        found.after = sack.or(found.after);
    } else if found.words.has(Word::DuplicateReported) {
        let [first, _] = segment.later.blocks;
        let reported = other.again.filter(|again| first.is_some_and(|(left, _)| left == again.seq));
        found.after = reported.map(|again| (again.frame, elapsed(again.at, segment.at)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SeqNum;
    use crate::wire::transport::{LaterOptions, SynOptions, TcpFlags};

    const SYN: u16 = TcpFlags::SYN;
    const ACK: u16 = TcpFlags::ACK;

    /// A watch that is given segments with times in milliseconds.
    #[derive(Default)]
    struct Told {
        watch: Watch,
        handshake: Handshake,
        frame: u64,
    }

    impl Told {
        fn opened() -> Self {
            let mut told = Self::default();
            told.take((Side::Client, 0), SYN, (100, None), (0, 1_000));
            told.take((Side::Server, 10), SYN | ACK, (300, Some(101)), (0, 1_000));
            told.take((Side::Client, 20), ACK, (101, Some(301)), (0, 1_000));
            told
        }

        /// Numbers are SEG.SEQ and SEG.ACK, sizes the data's length and the window.
        fn take(
            &mut self,
            (from, at): (Side, u64),
            flags: u16,
            numbers: (u32, Option<u32>),
            sizes: (u32, u16),
        ) -> Vec<Label> {
            self.frame += 1;
            let segment = Segment {
                frame: FrameNo(self.frame),
                at: Some(Timestamp(at * 1_000_000)),
                from,
                seq: SeqNum(numbers.0),
                ack: numbers.1.map(SeqNum),
                window: sizes.1,
                flags: TcpFlags(flags),
                options: SynOptions::default(),
                later: LaterOptions::default(),
                data_length: sizes.0,
                identification: None,
                ttl: 64,
                ecn: 0,
                wire_length: 60,
            };
            let found = self.watch.take(&segment, &self.handshake);
            if segment.opens() {
                self.handshake.syn = Some(segment.for_handshake());
                self.handshake.syn_count = 1;
            } else if segment.answers() {
                self.handshake.syn_ack = Some(segment.for_handshake());
            }
            found.labels.iter().collect()
        }

        fn client(&mut self, at: u64, seq: u32, length: u32) -> Vec<Label> {
            self.take((Side::Client, at), ACK, (seq, Some(301)), (length, 1_000))
        }

        fn server(&mut self, at: u64, ack: u32, window: u16) -> Vec<Label> {
            self.take((Side::Server, at), ACK, (301, Some(ack)), (0, window))
        }
    }

    #[test]
    fn nothing_is_remembered_of_a_connection_that_has_only_a_syn_and_its_answer() {
        let mut told = Told::default();
        told.take((Side::Client, 0), SYN, (100, None), (0, 1_000));
        told.take((Side::Server, 10), SYN | ACK, (300, Some(101)), (0, 1_000));
        assert!(told.watch.0.is_none());
        assert_eq!(
            told.take((Side::Server, 900), SYN | ACK, (300, Some(101)), (0, 1_000)),
            [Label::Retransmission]
        );
        assert!(size_of::<Watch>() <= 8, "{}", size_of::<Watch>());
    }

    #[test]
    fn what_reaches_further_than_before_is_a_retransmission_and_its_acknowledgment_is_of_what_was_seen() {
        let mut told = Told::opened();
        assert_eq!(told.client(100, 101, 20), []);
        assert_eq!(told.client(400, 111, 20), [Label::Retransmission]);
        assert_eq!(told.server(410, 131, 1_000), []);
    }

    #[test]
    fn new_data_behind_the_octet_of_a_probe_is_no_retransmission() {
        let mut told = Told::opened();
        told.client(100, 101, 10);
        assert_eq!(told.client(400, 110, 20), []);
    }

    #[test]
    fn an_octet_that_comes_again_is_a_keep_alive_and_not_a_retransmission() {
        let mut told = Told::opened();
        told.client(100, 101, 10);
        assert_eq!(told.client(400, 110, 1), [Label::KeepAlive]);
        assert_eq!(told.server(410, 111, 1_000), []);
        assert_eq!(told.client(800, 110, 0), [Label::KeepAlive]);
        assert_eq!(told.server(810, 111, 1_000), [Label::KeepAliveAck]);
    }

    #[test]
    fn a_window_of_another_size_makes_no_duplicate_ack() {
        let mut told = Told::opened();
        told.client(100, 101, 10);
        assert_eq!(told.server(110, 111, 1_000), []);
        assert_eq!(told.server(120, 111, 900), []);
        assert_eq!(told.server(130, 111, 900), [Label::DuplicateAck]);
    }

    #[test]
    fn a_probe_into_a_closed_window_does_not_move_the_numbers() {
        let mut told = Told::opened();
        told.client(100, 101, 10);
        assert_eq!(told.server(110, 111, 0), [Label::ZeroWindow]);
        assert_eq!(told.client(200, 111, 1), [Label::ZeroWindowProbe]);
        assert_eq!(told.client(300, 111, 1), [Label::ZeroWindowProbe]);
        assert_eq!(told.server(310, 111, 500), []);
        assert_eq!(told.client(320, 111, 100), []);
    }

    #[test]
    fn what_comes_within_the_round_trip_of_the_highest_segment_was_overtaken() {
        let mut told = Told::opened();
        assert_eq!(told.client(100, 121, 10), [Label::LostSegment]);
        assert_eq!(told.client(119, 101, 10), [Label::OutOfOrder]);
        assert_eq!(told.client(120, 111, 10), [Label::Retransmission]);
    }

    #[test]
    fn a_number_that_no_window_can_hold_is_not_remembered() {
        let mut told = Told::opened();
        assert_eq!(told.client(100, 101 + (1 << 30) + 1, 10), []);
        assert_eq!(told.client(110, 101, 10), []);
        assert_eq!(told.server(120, 111, 1_000), []);
    }

    #[test]
    fn what_lies_before_all_that_was_captured_was_not_seen_before() {
        let mut told = Told::default();
        told.client(100, 1_000, 10);
        assert_eq!(told.client(200, 900, 10), []);
    }

    #[test]
    fn an_acknowledgment_of_the_unseen_is_told_once_until_its_sender_is_heard_of_again() {
        let mut told = Told::opened();
        assert_eq!(told.server(100, 201, 1_000), [Label::AckLostSegment]);
        assert_eq!(told.server(110, 301, 1_000), []);
        assert_eq!(told.client(120, 301, 10), [Label::LostSegment]);
    }
}
