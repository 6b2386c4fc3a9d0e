//! What a new connection finds of the one before it on the same endpoints (RFC 9293 §3.4.1, §3.6.1).

use crate::base::{Duration, FrameNo, SeqNum};
use crate::track::record::Record;
use crate::track::rules;
use crate::track::segment::Segment;
use crate::track::state::State;

/// What is left of the connection before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    last_frame: FrameNo,
    /// One of its ends is in TIME-WAIT.
    waits: bool,
    /// ISN of the end that opens now.
    isn: Option<SeqNum>,
}

/// A SYN with the number of a closed connection's counts as a new attempt when it comes so long after its last frame: the first wait
/// before a repeat (RFC 6298 §2).
const NO_REPEAT: Duration = Duration::seconds(1);

impl Record {
    /// What is left of it for the connection that this segment begins.
    pub(super) fn leaves(&self, segment: &Segment) -> Before {
        Before {
            last_frame: self.connection.last_frame,
            waits: [self.client.state, self.server.state].contains(&State::TimeWait),
            isn: self.end(segment.from).isn,
        }
    }

    /// What a SYN on the same endpoints shows.
    pub(super) fn follows(&mut self, before: Before, first: &Segment) {
        if !first.opens() {
            return;
        }
        if before.isn == Some(first.seq) {
            self.annotate(&rules::ISN_REUSED, first.frame, Some(before.last_frame));
        } else if before.waits {
            self.annotate(&rules::TIME_WAIT_REUSED, first.frame, Some(before.last_frame));
        }
    }

    /// Whether a SYN with the very number of this connection's, which is over, begins another.
    pub(super) fn is_repeated_by(&self, segment: &Segment) -> bool {
        let since = segment.at.zip(self.connection.last_time).map(|(now, last)| now.since(last));
        segment.opens()
            && self.is_closed()
            && self.is_established()
            && since.is_some_and(|since| since.0 >= NO_REPEAT.0)
    }
}
