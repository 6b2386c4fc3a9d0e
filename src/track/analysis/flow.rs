//! What is remembered of the segments of one direction to label the next.

use crate::base::{Duration, FrameNo, SeqNum, Timestamp};
use crate::track::analysis::label::{Label, Labels};
use crate::track::analysis::seen::Seen;
use crate::track::segment::Segment;

/// One direction of a connection as far as labels depend on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// SEG.SEQ of the first segment that was captured.
    first: Option<SeqNum>,
    /// SND.NXT: the number after the highest one that was captured.
    pub(super) next: Option<SeqNum>,
    /// When `next` last moved.
    pub(super) next_at: Option<Timestamp>,
    /// What last moved `next` was data, not a segment behind a gap without any.
    pub(super) next_moved_by_data: bool,
    /// The number up to which what was captured has no gap; beyond it, what is acknowledged was not captured.
    pub(super) contiguous: Option<SeqNum>,
    /// IPv4 identification of the segment that last moved `next`.
    pub(super) next_identification: Option<u16>,
    /// It sent a SYN-ACK.
    pub(super) answered: bool,
    /// SEG.ACK of the latest segment.
    pub(super) last_ack: Option<SeqNum>,
    /// When the latest segment came.
    pub(super) last_at: Option<Timestamp>,
    /// SEG.WND of the latest segment.
    pub(super) last_window: Option<Window>,
    /// How the windows of this direction are to be read.
    pub(super) scaling: Scaling,
    /// Duplicate ACKs since the acknowledged number last changed.
    pub(super) duplicate_acks: u32,
    /// An acknowledgment of what this direction was not seen to send was labelled, and nothing new was acknowledged by this
    /// direction since: it is not labelled again.
    pub(super) overtaken: bool,
    /// Labels of the latest segment.
    pub(super) last_labels: Labels,
    /// The segment that closed the window, while it is closed.
    pub(super) closed: Option<(FrameNo, Option<Timestamp>)>,
    /// Which octets of it were captured.
    pub(super) seen: Seen,
    /// The latest segment with data of which some was captured before.
    pub(super) again: Option<Sent>,
    /// The SACK on the latest segment.
    pub(super) sack: Option<Sack>,
    /// The latest segments with data; none are remembered before the first.
    sent: Option<Box<Recent>>,
}

/// A window as announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// As sent.
    pub(super) size: u16,
    /// Windows of segments with SYN are never scaled (RFC 7323 §2.2).
    pub(super) of_syn: bool,
}

/// What the handshake says about the windows of one direction (RFC 7323 §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scaling {
    /// It was not captured.
    #[default]
    Unknown,
    /// They are as sent.
    Off,
    /// They are to be shifted by so many bits, at most 14.
    Shift(u8),
}

/// What a SACK says is missing: all from the acknowledged number up to its blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sack {
    pub(super) frame: FrameNo,
    pub(super) ack: SeqNum,
    /// First number of the lower of its first two blocks behind the acknowledged number.
    pub(super) first: SeqNum,
}

/// A segment with data, to be found when it is sent again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) seq: SeqNum,
    pub(super) frame: FrameNo,
    pub(super) at: Option<Timestamp>,
}

/// The latest segments with data, in a ring.
#[derive(Clone, Debug, Default)]
struct Recent {
    ring: [Option<Sent>; Self::MOST],
    turn: usize,
}

impl Recent {
    /// Segments that are remembered: what is sent again was mostly sent just before.
    const MOST: usize = 4;
}

impl Sack {
    fn of(segment: &Segment) -> Option<Self> {
        let ack = segment.ack?;
        let behind = segment.later.blocks.into_iter().flatten().map(|(left, _)| left);
        let first = behind.filter(|left| left.is_after(ack)).min_by_key(|left| left.since(ack))?;
        Some(Self { frame: segment.frame, ack, first })
    }
}

impl Flow {
    /// Bytes that one takes beyond its own size, at most.
    pub(super) const BYTES_BESIDE: usize = size_of::<Recent>() + Seen::BYTES_BESIDE;

    /// The number after the edge of the announced window, where the handshake tells how to read it.
    pub(super) fn window_edge(&self) -> Option<SeqNum> {
        let window = self.last_window?;
        let shift = match self.scaling {
            Scaling::Unknown => return None,
            Scaling::Shift(shift) if !window.of_syn => shift,
            Scaling::Off | Scaling::Shift(_) => 0,
        };
        Some(self.last_ack? + (u32::from(window.size) << shift))
    }

    /// The latest segment announced that there is no room.
    pub(super) fn is_closed(&self) -> bool {
        self.last_window.is_some_and(|window| window.size == 0)
    }

    /// Whether what the segment carries lies before everything that was captured: nobody saw it sent before.
    pub(super) fn begins_after(&self, segment: &Segment) -> bool {
        self.first.is_some_and(|first| first.is_after(segment.seq))
    }

    /// Whether no window can hold both this number and the next one (RFC 7323 §2.3): the segment is forged, damaged or from another
    /// connection, and the receiver drops it.
    pub(super) fn is_out_of_range(&self, seq: SeqNum) -> bool {
        const LARGEST_WINDOW: u32 = 1 << 30;
        self.next.is_some_and(|next| seq.distance(next).unsigned_abs() > LARGEST_WINDOW)
    }

    /// Another number is acknowledged: duplicates are counted from here.
    pub(super) fn acknowledges(&mut self, ack: Option<SeqNum>) {
        if ack != self.last_ack {
            self.duplicate_acks = 0;
            self.overtaken = false;
        }
    }

    /// Moves on to what a segment of this direction shows. A probe into a closed window does not move the numbers, for its octet is
    /// sent again; nor does a RST, which may be anybody's.
    pub(super) fn see(&mut self, segment: &Segment, labels: Labels) {
        self.first.get_or_insert(segment.seq);
        let end = segment.end();
        let control = u32::from(segment.flags.syn() || segment.flags.fin());
        if self.next.is_none_or(|next| end.is_after(next + control)) {
            self.next_moved_by_data = segment.data_length > 0;
        }
        if !segment.flags.rst() && !labels.has(Label::ZeroWindowProbe) {
            if self.next.is_none_or(|next| end.is_after(next)) {
                self.next = Some(end);
                self.next_at = segment.at;
                self.next_identification = segment.identification;
            }
            // What fills a gap may overlap what was there; that it fills it whole is likelier than not.
            let goes_on = |contiguous| !segment.seq.is_after(contiguous) && end.is_after(contiguous);
            if self.contiguous.is_none_or(goes_on) {
                self.contiguous = self.next;
            }
        }
        self.answered |= segment.answers();
        self.last_window = Some(Window { size: segment.window, of_syn: segment.flags.syn() });
        self.last_ack = segment.ack;
        self.sack = segment.later.sacked.and_then(|_| Sack::of(segment));
        self.last_at = segment.at;
        self.last_labels = labels;
    }

    /// Whether the counter that numbers this end's packets (RFC 6864) went on a little since the segment that moved `next`: this one left
    /// later, and was not overtaken.
    pub(super) fn left_later(&self, segment: &Segment) -> bool {
        const A_LITTLE: u16 = 1 << 12;
        let numbers = segment.identification.zip(self.next_identification);
        numbers.is_some_and(|(now, then)| {
            now != 0 && then != 0 && (1..=A_LITTLE).contains(&now.wrapping_sub(then))
        })
    }

    /// Takes notice of a segment's data; how many of its octets were not captured before, `None` where that is not known or there are
    /// none.
    pub(super) fn take_data(&mut self, segment: &Segment) -> Option<u32> {
        let carries = segment.data_length > 0 && !segment.flags.rst();
        let from = segment.seq + u32::from(segment.flags.syn());
        carries.then(|| self.seen.take(from, segment.data_length)).flatten()
    }

    /// Remembers a segment with data that is sent for the first time.
    pub(super) fn remember(&mut self, segment: &Segment) {
        let Recent { ring, turn } = &mut **self.sent.get_or_insert_default();
        if let Some(oldest) = ring.get_mut(*turn) {
            *oldest = Some(Sent { seq: segment.seq, frame: segment.frame, at: segment.at });
        }
        *turn = (*turn + 1) % Recent::MOST;
    }

    /// The segment that had this number first, where it is among the latest.
    pub(super) fn first_with(&self, seq: SeqNum) -> Option<Sent> {
        self.sent.as_ref()?.ring.iter().flatten().find(|sent| sent.seq == seq).copied()
    }
}

/// Whether `now` is less than `limit` after `then`, where both are known and the capture's clock did not run backwards.
pub(super) fn is_within(then: Option<Timestamp>, now: Option<Timestamp>, limit: Duration) -> bool {
    then.zip(now).is_some_and(|(then, now)| (0..limit.0).contains(&now.since(then).0))
}
