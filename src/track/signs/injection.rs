//! RSTs that their apparent sender seems to know nothing of.

use crate::base::{Duration, FrameNo, SeqNum, Side, Timestamp};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::{Once, rules};

/// A RST, and where its apparent sender stood.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentRst {
    from: Side,
    frame: FrameNo,
    at: Option<Timestamp>,
    seq: SeqNum,
    /// SND.NXT of its apparent sender.
    next: SeqNum,
}

/// RSTs so close together are sent at once.
const AT_ONCE: Duration = Duration::seconds(1);

impl Record {
    /// A RST: several at once with different numbers guess at the number that fits.
    pub(super) fn notice_rst(&mut self, segment: &Segment) {
        if !(self.is_established() || self.is_midstream()) {
            return;
        }
        // So a host answers a segment without ACK, whatever its own number is (RFC 9293 §3.5.2).
        let answers_without_ack = segment.seq == SeqNum(0) && segment.ack.is_some();
        let Some(next) = self.end(segment.from).next.filter(|_| !answers_without_ack) else { return };
        let earlier =
            self.signs.rare.as_ref().and_then(|rare| rare.rst).filter(|rst| rst.from == segment.from);
        let rst =
            SentRst { from: segment.from, frame: segment.frame, at: segment.at, seq: segment.seq, next };
        if let Some(earlier) = earlier
            && rst.guesses_with(&earlier)
        {
            self.annotate_once(Once::Injected, &rules::RST_INJECTED, segment, Some(earlier.frame));
        }
        self.signs.rare_mut().rst = Some(rst);
    }

    /// A segment with data: one that goes on where its sender stood when it seems to have sent a RST.
    pub(super) fn notice_going_on(&mut self, segment: &Segment) {
        let Some(rare) = self.signs.rare.as_deref_mut() else { return };
        let Some(rst) = rare.rst.filter(|rst| rst.from == segment.from && segment.data_length > 0) else {
            return;
        };
        let end = segment.seq + segment.data_length;
        let goes_on = segment.seq.distance(rst.next) <= 0 && end.is_after(rst.next) && end.is_after(rst.seq);
        if goes_on && self.is_reset() {
            self.annotate_once(Once::Injected, &rules::RST_INJECTED, segment, Some(rst.frame));
        }
    }
}

impl SentRst {
    /// Whether two RSTs sent at once have different numbers, of which one lies beyond everything that their apparent sender sent: a
    /// host that answers late segments does so with the number they acknowledge, which it has sent.
    fn guesses_with(&self, earlier: &Self) -> bool {
        let apart = self.at.zip(earlier.at).map(|(later, earlier)| later.since(earlier).0.saturating_abs());
        apart.is_some_and(|apart| apart <= AT_ONCE.0)
            && self.seq != earlier.seq
            && (self.seq.is_after(self.next) || earlier.seq.is_after(earlier.next))
    }
}
