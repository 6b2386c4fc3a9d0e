//! Options of later segments that are not what the handshake agreed on.

use crate::base::Side;
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::{Once, rules};

impl Record {
    /// Holds the options of a segment without SYN and RST against the handshake, where all of both were captured.
    pub(super) fn notice_breach(&mut self, segment: &Segment) {
        let handshake = &self.connection.handshake;
        let (Some(agreed), Some(syn), Some(answer)) =
            (&handshake.negotiated, handshake.syn, handshake.syn_ack)
        else {
            return;
        };
        if segment.flags.syn() || !segment.later.whole || !self.is_established() {
            return;
        }
        let about = Some(answer.frame);
        let timestamps = (agreed.timestamps, segment.later.timestamps);
        let permitted = match segment.from {
            Side::Client => answer.options.sack_permitted,
            Side::Server => syn.options.sack_permitted,
        };
        match timestamps {
            (false, true) => {
                self.annotate_once(
                    Once::TimestampsUnasked,
                    &rules::TIMESTAMPS_NOT_NEGOTIATED,
                    segment,
                    about,
                );
            }
            (true, false) => {
                self.annotate_once(Once::TimestampsMissing, &rules::TIMESTAMPS_MISSING, segment, about);
            }
            _ => {}
        }
        if segment.later.sacked.is_some() && !permitted {
            let asked = match segment.from {
                Side::Client => answer.frame,
                Side::Server => syn.frame,
            };
            self.annotate_once(Once::BlocksUnasked, &rules::SACK_NOT_PERMITTED, segment, Some(asked));
        }
    }
}
