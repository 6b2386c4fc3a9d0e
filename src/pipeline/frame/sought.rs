//! Which messages the bytes of one frame belong to.

use std::collections::VecDeque;

use crate::app::{MessageNo, Remark, RemarkKind, UpgradeOutcome};
use crate::base::{ConnId, Endpoint, FrameNo, Rule, Side, StreamSpan};
use crate::capture::Frame;
use crate::explain::LayerExplanation;
use crate::pipeline::conversations::Conversations;
use crate::pipeline::follow::Listener;
use crate::pipeline::followed::Followed;
use crate::timeline::{Carried, Event, Placed};
use crate::track::{Connection, DataTold, Membership, Observer, Step};
use crate::wire::Dissection;

/// Listens for the messages of one frame.
pub(super) struct Sought {
    number: FrameNo,
    conversations: Conversations,
    spot: Option<Spot>,
    heard: Heard,
    /// The protocol that its connection spoke last.
    protocol: Option<&'static str>,
}

/// Where the frame's data lie.
#[derive(Clone, Copy, Debug)]
struct Spot {
    connection: ConnId,
    client: Endpoint,
    from: Side,
    span: StreamSpan,
    /// Everything of the side before this place had come before.
    fresh_from: u64,
    /// `None` where they came for the first time.
    again: Option<Again>,
}

/// Messages that were told.
#[derive(Debug)]
struct Heard {
    number: FrameNo,
    /// Where the frame's data lie, once that is known.
    wanted: Option<(ConnId, Side, StreamSpan)>,
    messages: Vec<Found>,
    left_out: u64,
    /// The last messages before the frame, for data that came again.
    before: VecDeque<(ConnId, Side, StreamSpan, FrameNo)>,
    /// What the frame's connection carried, once it is final.
    carried: Option<Carried>,
}

/// A message with bytes in the frame.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) number: MessageNo,
    pub(super) span: StreamSpan,
    /// Frames that brought it, in stream order.
    pub(super) frames: Vec<FrameNo>,
    pub(super) frames_left_out: u64,
    pub(super) answers: Option<FrameNo>,
    pub(super) unasked: bool,
    pub(super) rules: Vec<&'static Rule>,
    /// Checks of it that held or failed, with their marks.
    pub(super) checks: Vec<String>,
    pub(super) layers: Vec<LayerExplanation>,
    /// Request and answer that went over to its protocol.
    pub(super) upgraded: Option<(FrameNo, FrameNo)>,
}

/// Bytes that had come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The very same packet was recorded twice.
    Recorded,
    /// They were sent again; the frame that brought them first, where that is still known.
    Sent(Option<FrameNo>),
    /// The same, where only the last frame of the message that they belong to is known.
    SentAfter(FrameNo),
    /// So many of them, the first, were sent again.
    Partly(u64),
}

/// Why reading on stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// All is known that can be.
    Settled,
    /// There are no more frames.
    CaptureEnded,
    /// A message goes on for longer than is read.
    AtBound,
}

/// What the frame's data are part of.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Where they lie in their side's stream.
    pub(super) span: Option<StreamSpan>,
    /// Messages with bytes in the frame, in stream order.
    pub(super) messages: Vec<Found>,
    /// Messages beyond those.
    pub(super) left_out: u64,
    /// Whether they had come before.
    pub(super) again: Option<Again>,
    /// Bytes that a decoder took, or waits with, without a message.
    pub(super) unfinished: Option<Unfinished>,
}

/// Bytes of a message that was not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unfinished {
    /// The protocol that was spoken last.
    pub(super) protocol: &'static str,
    /// The first such bytes of the frame.
    pub(super) span: StreamSpan,
    /// Why there is no message.
    pub(super) why: Why,
}

/// Why bytes of a known protocol are in no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its end is not in the capture.
    CaptureEnded,
    /// The connection was over, or given up, before its end came.
    ConnectionOver,
    /// Its end did not come in the frames that were read.
    AtBound,
    /// They were passed over: the message begins in bytes that are missing.
    PassedOver,
}

impl Sought {
    /// Listens for the messages with bytes in frame `number`.
    pub(super) fn new(number: FrameNo, conversations: Conversations) -> Self {
        Self { number, conversations, spot: None, heard: Heard::new(number), protocol: None }
    }

    /// Whether nothing more can become known: the frame carries no data, or all of it was told or passed over. Asked after the
    /// frame.
    pub(super) fn is_settled(&self) -> bool {
        let Some(spot) = self.spot else { return true };
        let followed = self.conversations.look(spot.connection);
        followed.and_then(|followed| followed.told_to(spot.from)).is_none_or(|told| told >= spot.span.end)
    }

    /// What is known now.
    pub(super) fn findings(mut self, stopped: Stopped) -> Findings {
        let Some(spot) = self.spot else { return Findings::default() };
        let mut messages = std::mem::take(&mut self.heard.messages);
        messages.sort_by_key(|message| (message.span.start, message.number));
        drop_outer(&mut messages, spot.span);
        let carried = self.heard.carried.take();
        let carried = carried
            .as_ref()
            .or_else(|| self.conversations.look(spot.connection).map(|followed| &followed.carried));
        for message in &mut messages {
            message.upgraded = carried.and_then(|carried| upgrade_before(carried, message.number));
        }
        let protocol = carried.and_then(|carried| carried.protocols.last()).copied().or(self.protocol);
        let fresh = StreamSpan::new(spot.span.start.max(spot.fresh_from), spot.span.end);
        let rest = first_uncovered(&messages, fresh).filter(|_| self.heard.left_out == 0);
        let why = self.why(spot, stopped);
        let again = spot.again.map(|again| self.heard.placed(again, spot));
        let unfinished = protocol.zip(rest).map(|(protocol, span)| Unfinished { protocol, span, why });
        Findings { span: Some(spot.span), messages, left_out: self.heard.left_out, again, unfinished }
    }

    /// Why bytes of the frame are in no message.
    fn why(&self, spot: Spot, stopped: Stopped) -> Why {
        match stopped {
            Stopped::CaptureEnded => Why::CaptureEnded,
            Stopped::AtBound => Why::AtBound,
            Stopped::Settled if self.conversations.look(spot.connection).is_some() => Why::PassedOver,
            Stopped::Settled => Why::ConnectionOver,
        }
    }

    /// Where the frame's data lie, as far as the streams know it now.
    fn spot(
        &self,
        dissection: &Dissection,
        membership: &Membership,
        connection: &Connection,
    ) -> Option<Spot> {
        let header = dissection.tcp.filter(|header| header.data_length > 0)?;
        let from = membership.from;
        let followed = self.conversations.look(membership.connection)?;
        let first = header.seq + u32::from(header.flags.syn());
        let span = followed.place(from, first, header.data_length)?;
        let fresh_from = followed.ordered_to(from).unwrap_or_default();
        let again = if membership.duplicate {
            Some(Again::Recorded)
        } else if span.end <= fresh_from {
            Some(Again::Sent(followed.frames(from, span).next()))
        } else {
            fresh_from.checked_sub(span.start).filter(|count| *count > 0).map(Again::Partly)
        };
        let client = connection.client;
        Some(Spot { connection: membership.connection, client, from, span, fresh_from, again })
    }
}

impl Heard {
    /// Most messages that are explained.
    const MOST_SHOWN: usize = 8;
    /// Messages before the frame that are remembered.
    const MOST_BEFORE: usize = 1_024;

    fn new(number: FrameNo) -> Self {
        Self {
            number,
            wanted: None,
            messages: Vec::new(),
            left_out: 0,
            before: VecDeque::new(),
            carried: None,
        }
    }

    fn hear(&mut self, event: Event<'_>) {
        let Event::Message { connection, placed } = event else { return };
        let (from, span) = (placed.message.from, placed.message.span);
        let overlaps = self.wanted.is_some_and(|(of, side, wanted)| {
            (of, side) == (connection.id, from) && !overlap(span, wanted).is_empty()
        });
        if overlaps || placed.frames.contains(&self.number) {
            self.take(placed);
        } else if placed.frame < self.number {
            if self.before.len() == Self::MOST_BEFORE {
                self.before.pop_front();
            }
            self.before.push_back((connection.id, from, span, placed.frame));
        }
    }

    fn take(&mut self, placed: &Placed<'_>) {
        if self.messages.len() == Self::MOST_SHOWN {
            self.left_out += 1;
            return;
        }
        self.messages.push(Found {
            number: placed.number,
            span: placed.message.span,
            frames: placed.frames.to_vec(),
            frames_left_out: placed.frames_left_out,
            answers: placed.answers.map(|(frame, _)| frame),
            unasked: placed.unasked,
            rules: placed.message.rules.clone(),
            checks: placed.message.content.remarks().iter().filter_map(check).collect(),
            layers: placed.message.content.explain(),
            upgraded: None,
        });
    }

    /// The same with the message that the bytes were part of, where their own frame is forgotten.
    fn placed(&self, again: Again, spot: Spot) -> Again {
        if again != Again::Sent(None) {
            return again;
        }
        let holds = |(of, side, span, _): &&(ConnId, Side, StreamSpan, FrameNo)| {
            (*of, *side) == (spot.connection, spot.from) && !overlap(*span, spot.span).is_empty()
        };
        self.before.iter().rev().find(holds).map_or(again, |(.., frame)| Again::SentAfter(*frame))
    }
}

impl Listener for Sought {
    fn data(
        &mut self,
        frame: &Frame<'_>,
        dissection: &Dissection,
        membership: &Membership,
        connection: &Connection,
    ) -> DataTold {
        let is_it = frame.number == self.number;
        if is_it {
            self.spot = self.spot(dissection, membership, connection);
        }
        if let Some(spot) = self.spot.as_mut().filter(|spot| spot.connection == membership.connection)
            && spot.client != connection.client
        {
            // The roles of both ends were guessed wrong.
            spot.client = connection.client;
            spot.from = spot.from.other();
        }
        self.heard.wanted = self.spot.map(|spot| (spot.connection, spot.from, spot.span));
        let heard = &mut self.heard;
        let told = self.conversations.segment((frame, dissection), membership, connection, &mut |event| {
            heard.hear(event);
        });
        if is_it && self.spot.is_none() {
            // The first data of its side: only now there is a stream that it has a place in.
            let spot = self.spot(dissection, membership, connection);
            self.spot = spot.map(|spot| Spot { fresh_from: 0, again: None, ..spot });
        }
        if self.spot.is_some_and(|spot| spot.connection == membership.connection) {
            let followed = self.conversations.look(membership.connection);
            self.protocol = followed.and_then(Followed::spoken).or(self.protocol);
        }
        told
    }
}

impl Observer for Sought {
    fn step(&mut self, _: &Connection, _: &Step) {}

    fn connection(&mut self, connection: &Connection) {
        let heard = &mut self.heard;
        let carried = self.conversations.conclude(connection, &mut |event| heard.hear(event));
        if self.spot.is_some_and(|spot| spot.connection == connection.id) {
            heard.carried = Some(carried);
        }
    }
}

/// `✓ the accept value matches the key`; `None` where a remark is no check.
fn check(remark: &Remark) -> Option<String> {
    let mark = match remark.kind {
        RemarkKind::Right => '✓',
        RemarkKind::Wrong => '✗',
        RemarkKind::Plain | RemarkKind::Aside => return None,
    };
    Some(format!("{mark} {}", remark.text))
}

/// Bytes of both.
pub(super) fn overlap(one: StreamSpan, other: StreamSpan) -> StreamSpan {
    StreamSpan::new(one.start.max(other.start), one.end.min(other.end))
}

/// Drops messages of which the frame has nothing but other messages that were sent amid them: control frames between fragments.
fn drop_outer(messages: &mut Vec<Found>, part: StreamSpan) {
    let spans: Vec<_> = messages.iter().map(|message| message.span).collect();
    messages.retain(|message| {
        let inner = |span: &&StreamSpan| {
            **span != message.span && message.span.start <= span.start && span.end <= message.span.end
        };
        let own = overlap(message.span, part);
        let covered: u64 = spans.iter().filter(inner).map(|span| overlap(*span, part).len()).sum();
        own.is_empty() || covered < own.len()
    });
}

/// The first bytes of `part` that are in no message.
fn first_uncovered(messages: &[Found], part: StreamSpan) -> Option<StreamSpan> {
    let mut from = part.start;
    for message in messages.iter().filter(|message| !overlap(message.span, part).is_empty()) {
        if message.span.start > from {
            return Some(StreamSpan::new(from, message.span.start.min(part.end)));
        }
        from = from.max(message.span.end);
    }
    (from < part.end).then(|| StreamSpan::new(from, part.end))
}

/// The last upgrade that was answered before a message.
fn upgrade_before(carried: &Carried, number: MessageNo) -> Option<(FrameNo, FrameNo)> {
    let before = |response: MessageNo| response < number;
    let upgrade = carried.upgrades.iter().rev().find(|placed| {
        matches!(placed.upgrade.outcome, UpgradeOutcome::Accepted | UpgradeOutcome::Invalid)
            && placed.upgrade.response.is_some_and(before)
    })?;
    Some((upgrade.request_frame?, upgrade.response_frame?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(number: u64, start: u64, end: u64) -> Found {
        Found {
            number: MessageNo(number),
            span: StreamSpan::new(start, end),
            frames: Vec::new(),
            frames_left_out: 0,
            answers: None,
            unasked: false,
            rules: Vec::new(),
            checks: Vec::new(),
            layers: Vec::new(),
            upgraded: None,
        }
    }

    fn left(mut messages: Vec<Found>, part: (u64, u64)) -> Vec<u64> {
        drop_outer(&mut messages, StreamSpan::new(part.0, part.1));
        messages.iter().map(|message| message.number.0).collect()
    }

    #[test]
    fn a_ping_between_fragments_is_all_that_its_frame_says() {
        let messages = || vec![found(1, 0, 100), found(0, 40, 46)];
        assert_eq!(left(messages(), (40, 46)), [0], "the frame has the ping alone");
        assert_eq!(left(messages(), (40, 60)), [1, 0], "the frame has a fragment too");
        assert_eq!(left(messages(), (60, 70)), [1, 0], "nothing of the ping lies here");
    }

    #[test]
    fn bytes_in_no_message_are_found_before_between_and_behind_messages() {
        let uncovered = |messages: &[Found]| first_uncovered(messages, StreamSpan::new(10, 30));
        assert_eq!(uncovered(&[]), Some(StreamSpan::new(10, 30)));
        assert_eq!(uncovered(&[found(0, 0, 10), found(1, 10, 40)]), None);
        assert_eq!(uncovered(&[found(0, 12, 40)]), Some(StreamSpan::new(10, 12)));
        assert_eq!(uncovered(&[found(0, 0, 15), found(1, 20, 30)]), Some(StreamSpan::new(15, 20)));
        assert_eq!(uncovered(&[found(0, 0, 29)]), Some(StreamSpan::new(29, 30)));
        assert_eq!(uncovered(&[found(0, 50, 60)]), Some(StreamSpan::new(10, 30)));
    }
}
