//! What a new connection finds of the one before it on the same endpoints (RFC 9293 §3.4.1, §3.6.1).

use crate::base::{Duration, FrameNo};
use crate::track::record::Record;
use crate::track::rules;
use crate::track::segment::Segment;
use crate::track::state::State;

/// What is left of the connection before.
#[derive(Clone, Copy, Debug)]
pub(in crate::track) struct Before {
    last_frame: FrameNo,
    /// One of its ends is in TIME-WAIT.
    waits: bool,
}

/// A SYN with the number of a closed connection's counts as a new attempt when it comes so long after its last frame: the first wait
/// before a repeat (RFC 6298 §2).
const NO_REPEAT: Duration = Duration::seconds(1);

impl Record {
    /// What is left of it for the connection that follows.
    pub(in crate::track) fn leaves(&self) -> Before {
        Before {
            last_frame: self.connection.last_frame,
            waits: [self.client.state, self.server.state].contains(&State::TimeWait),
        }
    }

    /// What a SYN on the same endpoints shows.
    pub(in crate::track) fn follows(&mut self, before: Before, first: &Segment) {
        if before.waits && first.opens() {
            self.annotate(&rules::TIME_WAIT_REUSED, first.frame, Some(before.last_frame));
        }
    }

    /// Whether a SYN with the very number of this connection's, which is over, begins another.
    pub(in crate::track) fn is_repeated_by(&self, segment: &Segment) -> bool {
        let since = segment.at.zip(self.connection.last_time).map(|(now, last)| now.since(last));
        segment.opens()
            && self.is_closed()
            && self.is_established()
            && since.is_some_and(|since| since.0 >= NO_REPEAT.0)
    }
}
