//! Which labels a segment is given: the definitions of Wireshark's `tcp.analysis` (User's Guide, TCP Analysis), in its order.

use crate::base::Duration;
use crate::track::analysis::flow::{Flow, is_within};
use crate::track::analysis::label::{Label, Labels};
use crate::track::segment::Segment;

/// A fast retransmission comes at most so long after the last of the duplicate ACKs that ask for it.
const FAST: Duration = Duration(20_000_000);

/// What a segment is by its place in its own direction and by what the other announced, before it is asked whether it was sent before.
pub(super) fn by_place(segment: &Segment, own: &Flow, other: &Flow) -> Labels {
    let mut labels = Labels::default();
    if is_zero_window_probe(segment, own, other) {
        labels.add(Label::ZeroWindowProbe);
        return labels;
    }
    if segment.window == 0 && is_plain(segment) {
        labels.add(Label::ZeroWindow);
    }
    if is_behind_a_gap(segment, own) {
        labels.add(Label::LostSegment);
    }
    if is_keep_alive(segment, own) {
        labels.add(Label::KeepAlive);
    }
    if fills_the_window(segment, other) {
        labels.add(Label::WindowFull);
    }
    if repeats_the_last_ack(segment, own) {
        let answers = other.last_labels.has(Label::KeepAlive);
        labels.add(if answers { Label::KeepAliveAck } else { Label::DuplicateAck });
    }
    labels
}

/// Whether it acknowledges what the other direction was not seen to send (RFC 9293 §3.10.7.4 calls for an ACK then: that it was sent
/// is likelier). Told once for each stretch that is missing.
pub(super) fn acknowledges_the_unseen(segment: &Segment, other: &mut Flow) -> bool {
    let Some((ack, contiguous)) = segment.ack.zip(other.contiguous) else {
        return false;
    };
    if !ack.is_after(contiguous) {
        return false;
    }
    if other.next.is_some_and(|next| next.is_after(contiguous)) {
        // What lies behind the gap was captured: the acknowledgment is about the gap, once.
        other.contiguous = other.next;
        return true;
    }
    let first = other.duplicate_acks == 0 && !other.overtaken;
    other.overtaken = true;
    other.duplicate_acks = 0;
    first
}

/// Which kind of repetition a segment is, if it is one. What comes within `round_trip` of the highest segment cannot be an answer to
/// its loss: it was overtaken.
pub(super) fn sent_again(segment: &Segment, own: &Flow, other: &Flow, round_trip: Duration) -> Option<Label> {
    // Who opens at once with the other end acknowledges its SYN with a SYN of its own number: another segment, not the same again.
    let first_answer = segment.answers() && !own.answered;
    if segment.sequence_length() == 0 || first_answer {
        return None;
    }
    let data_end = segment.seq + segment.data_length;
    let acknowledged = other.last_ack.is_some_and(|ack| !data_end.is_after(ack));
    if segment.data_length > 0 && acknowledged {
        return Some(Label::SpuriousRetransmission);
    }
    let next = own.next.filter(|next| next.is_after(segment.seq) && !own.begins_after(segment))?;
    if segment.data_length > 1 && segment.seq + 1 == next {
        // It repeats the octet of a probe, and goes on with new data.
        return None;
    }
    let asked_for = other.duplicate_acks >= 2 && other.last_ack == Some(segment.seq);
    if asked_for && is_within(other.last_at, segment.at, FAST) {
        return Some(Label::FastRetransmission);
    }
    // Behind a gap a segment without data may have shown how far its sender was: then also the last data was overtaken.
    let moved = own.next_moved_by_data || segment.data_length == 0 || own.left_later(segment);
    let is_last = segment.end() == next && moved;
    if !is_last && is_within(own.next_at, segment.at, round_trip) {
        return Some(Label::OutOfOrder);
    }
    Some(Label::Retransmission)
}

/// One octet, the next one, into a window of 0 (RFC 9293 §3.8.6.1).
fn is_zero_window_probe(segment: &Segment, own: &Flow, other: &Flow) -> bool {
    segment.data_length == 1 && own.next == Some(segment.seq) && other.is_closed()
}

/// Something before it was not captured, or comes later.
fn is_behind_a_gap(segment: &Segment, own: &Flow) -> bool {
    own.next.is_some_and(|next| segment.seq.is_after(next)) && !segment.flags.rst()
}

/// No octet or one, and the number before the next one: it was used already, so that the other end must answer (RFC 9293 §3.8.4).
fn is_keep_alive(segment: &Segment, own: &Flow) -> bool {
    segment.data_length <= 1 && own.next == Some(segment.seq + 1) && is_plain(segment)
}

/// Its last octet is the last that the other end has room for.
fn fills_the_window(segment: &Segment, other: &Flow) -> bool {
    segment.data_length > 0
        && is_plain(segment)
        && other.window_edge() == Some(segment.seq + segment.data_length)
}

/// Nothing but the same acknowledgment with the same window again (RFC 5681 §2).
fn repeats_the_last_ack(segment: &Segment, own: &Flow) -> bool {
    segment.data_length == 0
        && segment.window > 0
        && own.last_window.is_some_and(|window| window.size == segment.window)
        && own.next == Some(segment.seq)
        && own.last_ack == segment.ack
        && is_plain(segment)
}

/// Without SYN, FIN and RST.
fn is_plain(segment: &Segment) -> bool {
    !segment.flags.syn() && !segment.flags.fin() && !segment.flags.rst()
}
