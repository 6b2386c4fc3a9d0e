//! SYNs and SYN-ACKs that come again with other options than before.

use crate::base::Side;
use crate::track::HandshakeSegment;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::rules;
use crate::wire::transport::{SynOptions, TcpOption};

impl Record {
    /// A SYN or SYN-ACK that was sent again, or captured again further on.
    pub(super) fn notice_offer(&mut self, segment: &Segment) {
        let Some(before) = self.same_offer(segment).filter(|_| !segment.flags.fin()) else { return };
        let (first, again) = (&before.options, &segment.options);
        if first.incomplete || again.incomplete {
            return;
        }
        if lost(first, again) {
            self.annotate(&rules::OPTION_STRIPPED, segment.frame, Some(before.frame));
        }
        if first.mss.zip(again.mss).is_some_and(|(first, again)| first != again) {
            self.annotate(&rules::MSS_CLAMPED, segment.frame, Some(before.frame));
        }
    }

    /// A segment that is in the capture twice: what lies between the two places may have changed it.
    pub(in crate::track) fn notice_copy(&mut self, segment: &Segment) {
        if segment.flags.syn() && !segment.flags.rst() {
            self.notice_offer(segment);
        }
    }

    /// The SYN or SYN-ACK that this one repeats.
    fn same_offer(&self, segment: &Segment) -> Option<HandshakeSegment> {
        let before = if segment.opens() {
            self.last_syn.filter(|_| segment.from == Side::Client)
        } else {
            self.connection.handshake.syn_ack.filter(|before| before.ack == segment.ack)
        };
        before.filter(|before| before.seq == segment.seq && before.flags.ack() == segment.flags.ack())
    }
}

/// Whether an option is missing that was there before. Fast Open and Multipath TCP do not count: an end that gets no answer is to
/// leave them out (RFC 7413 §4.2.2, RFC 8684 §3.7).
fn lost(first: &SynOptions, again: &SynOptions) -> bool {
    const LEFT_OUT: u64 = 1 << TcpOption::FAST_OPEN | 1 << TcpOption::MPTCP;
    let gone = |first: bool, again: bool| first && !again;
    gone(first.mss.is_some(), again.mss.is_some())
        || gone(first.window_scale.is_some(), again.window_scale.is_some())
        || gone(first.sack_permitted, again.sack_permitted)
        || gone(first.timestamps.is_some(), again.timestamps.is_some())
        || first.others & !again.others & !LEFT_OUT != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::transport::FastOpen;

    #[test]
    fn only_options_that_go_missing_count() {
        let plain = SynOptions { mss: Some(1460), ..SynOptions::default() };
        let rich = SynOptions { sack_permitted: true, others: 1 << TcpOption::MD5, ..plain };
        assert!(lost(&rich, &plain) && !lost(&plain, &rich) && !lost(&rich, &rich));
        assert!(lost(&SynOptions { sack_permitted: false, ..rich }, &plain));
    }

    #[test]
    fn an_end_may_give_up_fast_open() {
        let plain = SynOptions { mss: Some(1460), ..SynOptions::default() };
        let with_cookie = SynOptions { fast_open: Some(FastOpen::Cookie(8)), ..plain };
        assert!(!lost(&with_cookie, &plain));
    }
}
