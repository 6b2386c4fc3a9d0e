//! What is said of a segment: what its label says, but where the capture proves more, that.

use crate::base::{Duration, Rule};
use crate::track::analysis::flow::{Flow, is_within};
use crate::track::analysis::label::{Label, Labels};
use crate::track::analysis::rules;
use crate::track::segment::Segment;

/// What is said of a segment. A [`Label`] follows from rules of thumb, so that it can be held against Wireshark's; a word also minds
/// which octets were captured before, and whom the segment answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// Its data was sent before.
    SentAgain,
    /// The same, after duplicate ACKs asked for it.
    SentAgainFast,
    /// The same, after a SACK showed that it was missing.
    SentAgainAfterSack,
    /// The same, although it was acknowledged already.
    SentAgainNeedlessly,
    /// Its data was not captured before, yet comes later than what was overtaken on the way would.
    FillsGap,
    /// It was overtaken.
    OutOfOrder,
    /// It acknowledges the same number again, without anything new.
    DuplicateAck,
    /// It reports data that arrived twice.
    DuplicateReported,
    /// It answers a SYN-ACK that came again.
    AnswersSynAck,
    /// It announces a window of 0.
    ZeroWindow,
    /// One octet asks whether there is room again.
    ZeroWindowProbe,
    /// A number that was used already asks whether there is room again.
    WindowProbe,
    /// It fills the other side's window to the last octet.
    WindowFull,
    /// It asks whether the other side is still there.
    KeepAlive,
    /// It answers that.
    KeepAliveAck,
    /// It begins behind what was captured of its side so far.
    LostSegment,
    /// It acknowledges what was not captured.
    AckLostSegment,
}

impl Word {
    /// The rule that says it.
    pub(super) fn rule(self) -> &'static Rule {
        match self {
            Self::SentAgain => &rules::RETRANSMISSION,
            Self::SentAgainFast => &rules::FAST_RETRANSMISSION,
            Self::SentAgainAfterSack => &rules::SACK_RETRANSMISSION,
            Self::SentAgainNeedlessly => &rules::SPURIOUS_RETRANSMISSION,
            Self::FillsGap => &rules::GAP_FILLED,
            Self::OutOfOrder => &rules::OUT_OF_ORDER,
            Self::DuplicateAck => &rules::DUPLICATE_ACK,
            Self::DuplicateReported => &rules::DUPLICATE_REPORTED,
            Self::AnswersSynAck => &rules::SYN_ACK_ANSWERED_AGAIN,
            Self::ZeroWindow => &rules::ZERO_WINDOW,
            Self::ZeroWindowProbe => &rules::ZERO_WINDOW_PROBE,
            Self::WindowProbe => &rules::WINDOW_PROBE,
            Self::WindowFull => &rules::WINDOW_FULL,
            Self::KeepAlive => &rules::KEEP_ALIVE,
            Self::KeepAliveAck => &rules::KEEP_ALIVE_ACK,
            Self::LostSegment => &rules::SEGMENT_MISSING,
            Self::AckLostSegment => &rules::UNSEEN_ACKNOWLEDGED,
        }
    }

    /// Whether it says that data was sent before.
    #[must_use]
    pub fn is_sent_again(self) -> bool {
        matches!(
            self,
            Self::SentAgain | Self::SentAgainFast | Self::SentAgainAfterSack | Self::SentAgainNeedlessly
        )
    }
}

/// What is said of one segment: at most one word for what it carries, one for what it acknowledges, and some beside them.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::track) struct Words([Option<Word>; Label::ALL.len()]);

impl Words {
    /// The words on a segment with these labels, with the other direction as it was before it; `seen_before`
    /// says whether octets of its data were captured before, where that is known.
    pub(super) fn new(segment: &Segment, labels: Labels, seen_before: Option<bool>, other: &Flow) -> Self {
        let mut words = Self::default();
        let told = labels.iter().filter(|label| !is_told_by_another(*label, labels));
        let of = |label| word(label, segment, seen_before, other);
        let reported = (reports_a_duplicate(segment, other) && !labels.has(Label::DuplicateAck))
            .then_some(Word::DuplicateReported);
        let all = told.filter_map(of).chain(reported);
        for (place, word) in words.0.iter_mut().zip(all) {
            *place = Some(word);
        }
        words
    }

    /// One after the other.
    pub(in crate::track) fn iter(self) -> impl Iterator<Item = Word> {
        self.0.into_iter().flatten()
    }

    /// Whether this was said.
    pub(in crate::track) fn has(self, word: Word) -> bool {
        self.0.contains(&Some(word))
    }

    /// Most segments call for none.
    pub(in crate::track) fn is_empty(self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// What is sent again after a SACK, so soon after it, was called for by it.
const SOON: Duration = Duration(20_000_000);

/// A more telling label of the same segment says it too.
fn is_told_by_another(label: Label, labels: Labels) -> bool {
    label == Label::Retransmission
        && (labels.has(Label::FastRetransmission) || labels.has(Label::SpuriousRetransmission))
}

/// The word for a label, if one is called for.
fn word(label: Label, segment: &Segment, seen_before: Option<bool>, other: &Flow) -> Option<Word> {
    let sent_again = || {
        if sack_asked_for(segment, other) { Word::SentAgainAfterSack } else { Word::SentAgain }
    };
    Some(match (label, seen_before) {
        (Label::Retransmission | Label::SpuriousRetransmission, Some(false)) => Word::FillsGap,
        (Label::Retransmission, _) | (Label::OutOfOrder, Some(true)) => sent_again(),
        (Label::FastRetransmission, _) => Word::SentAgainFast,
        (Label::SpuriousRetransmission, _) => Word::SentAgainNeedlessly,
        (Label::OutOfOrder, _) => Word::OutOfOrder,
        (Label::DuplicateAck, _) if reports_a_duplicate(segment, other) => Word::DuplicateReported,
        (Label::DuplicateAck, _) if answers_syn_ack(other) => Word::AnswersSynAck,
        // With nothing received behind a gap it speaks of paths and of the data's own numbers (RFC 8684 §3.3.1, §3.4).
        (Label::DuplicateAck, _) if segment.later.multipath && segment.later.sacked.is_none() => return None,
        (Label::DuplicateAck, _) => Word::DuplicateAck,
        (Label::ZeroWindow, _) => Word::ZeroWindow,
        (Label::ZeroWindowProbe, _) => Word::ZeroWindowProbe,
        (Label::WindowFull, _) => Word::WindowFull,
        (Label::KeepAlive, _) if other.is_closed() => Word::WindowProbe,
        (Label::KeepAlive, _) => Word::KeepAlive,
        (Label::KeepAliveAck, _) => Word::KeepAliveAck,
        (Label::LostSegment, _) => Word::LostSegment,
        (Label::AckLostSegment, _) => Word::AckLostSegment,
        (Label::ReusedPorts, _) => return None,
    })
}

/// The latest segment of the other side shows by its SACK that this data is missing, and it came just before.
fn sack_asked_for(segment: &Segment, other: &Flow) -> bool {
    let end = segment.seq + segment.data_length;
    other.sack.is_some_and(|sack| {
        !end.is_after(sack.first)
            && !sack.ack.is_after(segment.seq)
            && is_within(other.last_at, segment.at, SOON)
    })
}

/// Its first SACK block tells of data that came a second time (RFC 2883 §4): it was acknowledged already, or lies in the second block.
/// Only where that data was captured: something on the way may change sequence numbers and leave blocks as they are.
fn reports_a_duplicate(segment: &Segment, other: &Flow) -> bool {
    let [Some((left, right)), second] = segment.later.blocks else {
        return false;
    };
    let acknowledged = segment.ack.is_some_and(|ack| !right.is_after(ack));
    let inside = second.is_some_and(|(start, end)| !start.is_after(left) && !right.is_after(end));
    right.is_after(left) && (acknowledged || inside) && other.seen.holds(left, right)
}

/// The other side's latest segment was its SYN-ACK, sent again: it must be acknowledged again (RFC 9293 §3.10.7.4).
fn answers_syn_ack(other: &Flow) -> bool {
    other.last_labels.has(Label::Retransmission) && other.last_window.is_some_and(|window| window.of_syn)
}
