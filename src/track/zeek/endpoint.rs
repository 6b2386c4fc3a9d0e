//! One end as Zeek keeps it: how far it came, and the numbers that its letters depend on.

use crate::base::SeqNum;
use crate::track::segment::Segment;
use crate::track::zeek::history::Flag;

/// How far an end came in opening and ending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing of it was seen that counts.
    #[default]
    Inactive,
    SynSent,
    SynAckSent,
    /// Seen without its beginning.
    Partial,
    Established,
    /// It sent FIN.
    Closed,
    /// It sent RST.
    Reset,
}

impl Phase {
    pub(super) fn is_inactive(self) -> bool {
        matches!(self, Self::Inactive | Self::Partial)
    }
}

/// One end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) phase: Phase,
    pub(super) before: Phase,
    /// One bit for each [`Flag`] that it was seen with.
    flags: u8,
    sent_fin: bool,
    /// The number of its SYN; where none was seen, the one before its first number.
    pub(super) first: SeqNum,
    /// The highest number that it reached.
    last: SeqNum,
    /// The highest number of it that was acknowledged.
    acknowledged: SeqNum,
    /// Relative numbers of its last SYN, FIN, RST.
    numbers: [u32; 3],
    retransmissions: u32,
    pub(super) zero_windows: u32,
    pub(super) gaps: u32,
    /// Up to here its data was captured, or given up for lost.
    delivered: SeqNum,
    /// Data captured beyond that, apart from each other, the lowest first: beginning and end.
    ahead: Vec<(SeqNum, SeqNum)>,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self {
            phase: Phase::Inactive,
            before: Phase::Inactive,
            flags: 0,
            sent_fin: false,
            first: SeqNum(0),
            last: SeqNum(0),
            acknowledged: SeqNum(0),
            numbers: [0; 3],
            retransmissions: 0,
            zero_windows: 0,
            gaps: 0,
            delivered: SeqNum(0),
            ahead: Vec::new(),
        }
    }
}

/// Most pieces beyond a hole that are kept apart: the holes behind further ones are not told.
const MOST_AHEAD: usize = 8;
/// A SYN or RST whose number jumps farther than this says nothing of the numbers between (Zeek: 1 MiB).
const TOO_FAR: u32 = 1 << 20;

impl Endpoint {
    pub(super) fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.before = self.phase;
            self.phase = phase;
        }
    }

    /// Takes the numbers of its first segment, or of a SYN that begins anew.
    pub(super) fn begins(&mut self, segment: &Segment) {
        let syn = segment.flags.syn();
        let anew = match self.phase {
            Phase::Inactive => true,
            Phase::SynSent | Phase::SynAckSent => syn && segment.seq != self.first,
            Phase::Established | Phase::Partial => syn,
            Phase::Reset => syn && self.before == Phase::Inactive,
            Phase::Closed => false,
        };
        if anew {
            let before = if syn { segment.seq } else { SeqNum(segment.seq.0.wrapping_sub(1)) };
            self.begins_at(before);
            self.last = if syn { segment_end(segment) } else { segment.seq };
        }
    }

    fn begins_at(&mut self, first: SeqNum) {
        self.first = first;
        self.last = first;
        self.acknowledged = first;
        self.delivered = first + 1;
        self.ahead.clear();
    }

    /// Counts what only its number of FINs tells.
    pub(super) fn count_end(&mut self, segment: &Segment) {
        self.sent_fin |= segment.flags.fin();
    }

    /// The other end's segment acknowledges something of this one.
    pub(super) fn is_acknowledged_by(&mut self, segment: &Segment) {
        let Some(ack) = segment.ack else { return };
        if self.phase == Phase::Inactive {
            self.begins_at(SeqNum(ack.0.wrapping_sub(1)));
        } else if !segment.flags.rst() && ack.is_after(self.acknowledged) && !self.first.is_after(ack) {
            self.acknowledged = ack;
        }
    }

    /// Takes the end of a segment; whether it is told as a retransmission: data that reaches no further than what came before.
    pub(super) fn sends(&mut self, segment: &Segment) -> bool {
        let end = segment_end(segment);
        let jumps = end.distance(self.last).unsigned_abs() > TOO_FAR;
        let begun = self.last == self.first + 1;
        if (segment.flags.syn() || segment.flags.rst()) && jumps {
            return false;
        }
        if segment.flags.fin() && begun {
            self.last = end;
        } else if self.phase == Phase::Reset {
            return false;
        } else if end.is_after(self.last) {
            self.last = end;
        } else if segment.data_length > 0 {
            self.retransmissions = self.retransmissions.saturating_add(1);
            return super::is_power_of_ten(self.retransmissions);
        }
        false
    }

    /// Remembers data that lies beyond a hole, and closes holes.
    pub(super) fn deliver(&mut self, segment: &Segment) {
        if segment.data_length == 0 {
            return;
        }
        let begin = segment.seq + u32::from(segment.flags.syn());
        let end = begin + segment.data_length;
        if begin.is_after(self.delivered) {
            self.keep_ahead(begin, end);
        } else if end.is_after(self.delivered) {
            self.delivered = end;
            self.close_holes();
        }
    }

    /// How many holes lie before a number that was acknowledged; they are given up.
    pub(super) fn holes_before(&mut self, ack: SeqNum) -> u32 {
        // The FIN counts one and is no data.
        let up_to = if self.sent_fin && ack == self.last { SeqNum(ack.0.wrapping_sub(1)) } else { ack };
        let mut holes = 0;
        while up_to.is_after(self.delivered) {
            holes += 1;
            match self.ahead.first().copied().filter(|(begin, _)| up_to.is_after(*begin)) {
                Some((begin, _)) => self.delivered = begin,
                None => self.delivered = up_to,
            }
            self.close_holes();
        }
        holes
    }

    /// Whether it opened in order, and ended in order if it did.
    pub(super) fn is_clean(&self) -> bool {
        self.phase == Phase::Established || (self.phase == Phase::Closed && self.before == Phase::Established)
    }

    /// Whether it sent data as far as its numbers tell.
    pub(super) fn has_data(&self) -> bool {
        let reached = if self.last.is_after(self.acknowledged) { self.last } else { self.acknowledged };
        reached.since(self.first) > 1 + u32::from(self.sent_fin)
    }

    /// Whether it was seen with this before; it has been now.
    pub(super) fn was_seen(&mut self, flag: Flag) -> bool {
        let seen = self.flags & flag.bit() != 0;
        self.flags |= flag.bit();
        seen
    }

    /// The number that its last segment of this kind had; `number` takes its place.
    pub(super) fn last_number(&mut self, flag: Flag, number: u32) -> u32 {
        let [syn, fin, rst] = &mut self.numbers;
        let place = match flag {
            Flag::Fin => fin,
            Flag::Rst => rst,
            _ => syn,
        };
        std::mem::replace(place, number)
    }

    fn keep_ahead(&mut self, begin: SeqNum, end: SeqNum) {
        let overlaps = |(from, to): &(SeqNum, SeqNum)| !begin.is_after(*to) && !from.is_after(end);
        let is_full = self.ahead.len() >= MOST_AHEAD;
        let last = self.ahead.last().copied().filter(|_| is_full);
        let (mut from, mut to) = (begin, end);
        for (piece_from, piece_to) in self.ahead.iter().filter(|piece| overlaps(piece)).copied().chain(last) {
            from = if from.is_after(piece_from) { piece_from } else { from };
            to = if piece_to.is_after(to) { piece_to } else { to };
        }
        let swallowed =
            |(piece_from, piece_to): &(SeqNum, SeqNum)| !from.is_after(*piece_from) && !piece_to.is_after(to);
        self.ahead.retain(|piece| !swallowed(piece));
        let place = self.ahead.iter().position(|(other, _)| other.is_after(from)).unwrap_or(self.ahead.len());
        self.ahead.insert(place, (from, to));
        self.ahead.truncate(MOST_AHEAD);
    }

    fn close_holes(&mut self) {
        let mut delivered = self.delivered;
        self.ahead.retain(|(begin, end)| {
            let reached = !begin.is_after(delivered);
            if reached && end.is_after(delivered) {
                delivered = *end;
            }
            !reached
        });
        self.delivered = delivered;
    }
}

/// The number after a segment as Zeek counts: the data of a RST is not part of the stream.
fn segment_end(segment: &Segment) -> SeqNum {
    if segment.flags.rst() {
        segment.seq + u32::from(segment.flags.syn()) + u32::from(segment.flags.fin())
    } else {
        segment.end()
    }
}
