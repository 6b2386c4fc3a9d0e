//! Signs that show only where several connections of a host are held against each other.

use crate::base::Timestamp;
use crate::track::Outcome;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::cookie::Answerers;
use crate::track::signs::isn::Numbers;
use crate::track::signs::rules;

/// What is remembered of hosts across their connections. Bounded in each part.
#[derive(Debug, Default)]
pub(in crate::track) struct Hosts {
    numbers: Numbers,
    answerers: Answerers,
}

impl Hosts {
    /// Takes a segment with SYN that its connection has just taken.
    pub(in crate::track) fn take(&mut self, record: &mut Record, segment: &Segment) {
        let handshake = &record.connection.handshake;
        if handshake.syn.is_some_and(|syn| syn.frame == segment.frame) && handshake.syn_count == 1 {
            self.numbers.syn(record, segment);
        } else if handshake.syn_ack.is_some_and(|answer| answer.frame == segment.frame) && segment.answers() {
            self.numbers.syn_ack(record, segment);
            if self.answerers.take(record, segment) {
                record.annotate(&rules::SYN_COOKIES_SUSPECTED, segment.frame, None);
            }
        }
    }

    /// A connection is final: one that stayed half-open tells how patient its server is.
    pub(in crate::track) fn conclude(&mut self, record: &mut Record, until: Option<Timestamp>) {
        if record.connection.handshake.outcome == Outcome::HalfOpen {
            self.answerers.conclude(record, until);
        }
    }
}
