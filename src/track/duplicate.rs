//! Packets that were recorded twice, as mirror ports, bridges and the interface `any` do.

use crate::base::{SeqNum, Timestamp};
use crate::track::segment::Segment;

/// What tells one packet from the next of the same sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fingerprint {
    at: Option<Timestamp>,
    identification: Option<u16>,
    seq: SeqNum,
    ack: Option<SeqNum>,
    flags: u16,
    window: u16,
    data_length: u32,
    timestamps: Option<(u32, u32)>,
    /// Frames of the other side before it.
    others_before: u64,
    /// The sender's packet before it was another one and had the same identification: it tells nothing.
    identification_stands_still: bool,
}

/// Copies with the same, telling, IPv4 identification lie at most so far apart, in ns: the way between two taps.
const APART_WITH_IDENTIFICATION: u64 = 5_000_000;
/// Copies without one, in ns: less than any end's time to repeat a segment.
const APART_WITHOUT: u64 = 200_000;

impl Fingerprint {
    /// `others_before` counts the frames of the other side that came before.
    pub(super) fn of(segment: &Segment, others_before: u64) -> Self {
        Self {
            at: segment.at,
            identification: segment.identification.filter(|id| *id != 0),
            seq: segment.seq,
            ack: segment.ack,
            flags: segment.flags.0,
            window: segment.window,
            data_length: segment.data_length,
            timestamps: segment.options.timestamps,
            others_before,
            identification_stands_still: false,
        }
    }

    /// The same behind `before`, the sender's packet before it, which was this very one or another.
    pub(super) fn behind(mut self, before: Option<&Self>, same: bool) -> Self {
        self.identification_stands_still = before.is_some_and(|before| {
            if same {
                before.identification_stands_still
            } else {
                before.identification == self.identification
            }
        });
        self
    }

    /// Whether the packet acknowledges everything before `number`, and nothing after.
    pub(super) fn acknowledges(&self, number: SeqNum) -> bool {
        self.ack == Some(number)
    }

    /// Whether `later` is the very same packet, captured again. A segment sent again by its end has another
    /// identification (RFC 6864 §4.1) or comes later; without one, nothing of the other side may lie between that could have
    /// called for it again, and a pure ACK cannot be told from a duplicate ACK.
    pub(super) fn is_same_packet(&self, later: &Self) -> bool {
        let (Some(first), Some(second)) = (self.at, later.at) else {
            return false;
        };
        let same_numbers = (self.seq, self.ack, self.flags, self.window, self.data_length, self.timestamps)
            == (later.seq, later.ack, later.flags, later.window, later.data_length, later.timestamps);
        let apart = first.0.abs_diff(second.0);
        same_numbers
            && self.identification == later.identification
            && if self.identification.is_some() && !self.identification_stands_still {
                apart <= APART_WITH_IDENTIFICATION
            } else {
                apart <= APART_WITHOUT
                    && self.others_before == later.others_before
                    && (self.data_length > 0 || self.flags & 0x07 != 0)
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(at_us: u64, seq: u32, identification: u16) -> Fingerprint {
        Fingerprint {
            at: Some(Timestamp(at_us * 1_000)),
            identification: Some(identification),
            seq: SeqNum(seq),
            ack: Some(SeqNum(1)),
            flags: 0x18,
            window: 100,
            data_length: 10,
            timestamps: None,
            others_before: 0,
            identification_stands_still: false,
        }
    }

    #[test]
    fn an_identification_that_stands_still_tells_no_copy_from_what_is_sent_again() {
        let (first, second) = (packet(0, 1, 7), packet(2_000, 1, 7));
        assert!(first.is_same_packet(&second));
        let before = packet(0, 900, 7);
        let first = first.behind(Some(&before), false);
        assert!(!first.is_same_packet(&second));
        assert!(first.is_same_packet(&packet(100, 1, 7)));
        let copy = packet(100, 1, 7).behind(Some(&first), true);
        assert!(!copy.is_same_packet(&second));
    }
}
