//! A FIN that is not in the capture, but was acknowledged: the number that a FIN takes shows in the other side's acknowledgment.

use crate::base::SeqNum;
use crate::track::CloseHow;
use crate::track::record::{End, Record};
use crate::track::state::State;

/// How one end's acknowledgment number went forward.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::track) struct Advance {
    /// The latest step in octets; 0 where there was none.
    by: u32,
    /// How many steps were of one octet; counts to two.
    by_one: u8,
    /// The end had sent its own FIN before.
    after_own_fin: bool,
}

impl Advance {
    /// The acknowledgment number went from `before` to `now`.
    pub(in crate::track) fn take(&mut self, before: Option<SeqNum>, now: SeqNum, after_own_fin: bool) {
        let Some(before) = before else { return };
        self.by = now.since(before);
        self.by_one = self.by_one.saturating_add(u8::from(self.by == 1)).min(2);
        self.after_own_fin = after_own_fin;
    }
}

impl Record {
    /// Nothing more can come: where one side's FIN was captured and the other's was not, that side's acknowledgments may show it.
    pub(in crate::track) fn infer_fin(&mut self) {
        if self.connection.close.how != CloseHow::HalfClosed || self.is_to_itself() {
            return;
        }
        let Some(closer) = self.connection.close.first else { return };
        let (end, other) = (self.end(closer), self.end(closer.other()));
        if !acknowledges_an_unseen_fin(end, other) {
            return;
        }
        let began = if end.advance.after_own_fin { closer } else { closer.other() };
        let close = &mut self.connection.close;
        close.how = CloseHow::Fin;
        close.inferred = Some(closer.other());
        let was_acknowledged = self.end(closer).state == State::FinWait2;
        let states = match (began == closer, was_acknowledged) {
            (true, true) => (State::TimeWait, State::Closed),
            // Which of the two came first, the acknowledgment or the other FIN, nobody saw.
            (true, false) => (State::Unknown, State::Closed),
            (false, true) => (State::Closed, State::TimeWait),
            (false, false) => (State::LastAck, State::TimeWait),
        };
        self.end_mut(closer).state = states.0;
        self.end_mut(closer.other()).state = states.1;
        let close = &mut self.connection.close;
        if began != closer {
            close.first = Some(began);
            close.frame = None;
        }
    }
}

/// Whether what `end` acknowledged last looks like the other's FIN: one octet more than everything before. Where nothing of the
/// other was captured, a step of one octet may have been data too, unless it is the only one or follows the own FIN.
fn acknowledges_an_unseen_fin(end: &End, other: &End) -> bool {
    let (Some(acknowledged), advance) = (end.acknowledged, end.advance) else {
        return false;
    };
    match other.next {
        Some(next) => acknowledged == next + 1,
        None => advance.by == 1 && (advance.after_own_fin || advance.by_one == 1),
    }
}
