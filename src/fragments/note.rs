//! What became of fragments in a capture, for the notes of its summary.

use std::net::IpAddr;

use crate::base::{FrameNo, grouped};

/// What became of fragments in a capture.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Packets whose fragments did not all come.
    pub(super) incomplete: u64,
    /// The first of them that was given up.
    pub(super) first: Option<Incomplete>,
    /// Of those, packets given up early to stay within the bound.
    pub(super) evicted: u64,
    /// Packets without TCP, or never whole, whose fragments contradict each other.
    pub(super) overlaps: u64,
    /// The first frame that showed such a thing.
    pub(super) first_overlap: Option<FrameNo>,
    /// Fragments that hold nothing, or reach further than a packet can.
    pub(super) unsound: u64,
}

/// A packet whose fragments did not all come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incomplete {
    pub(super) frame: FrameNo,
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) identification: u32,
    /// The first bytes that are missing: from, and up to.
    pub(super) missing: (u32, Option<u32>),
}

impl Tally {
    /// Counts a packet of which fragments contradict each other where no connection can tell it.
    pub(super) fn overlap(&mut self, frame: FrameNo) {
        self.overlaps += 1;
        self.first_overlap.get_or_insert(frame);
    }

    /// Plain sentences on what was odd.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        let [incomplete, evicted, overlap, unsound] =
            [self.incomplete(), self.evicted(), self.contradictions(), self.unsound()];
        incomplete.into_iter().chain(evicted).chain(overlap).chain(unsound)
    }

    fn incomplete(&self) -> Option<String> {
        let first = self.first?;
        let packets = match self.incomplete {
            1 => "1 packet came in fragments and never completely:".to_owned(),
            more => format!("{} packets came in fragments and never completely, the first", grouped(more)),
        };
        let missing = match first.missing {
            (from, None) => format!("from byte {} on nothing came", grouped(from.into())),
            (from, Some(to)) => {
                format!("bytes {} to {} are missing", grouped(from.into()), grouped(u64::from(to) - 1))
            }
        };
        Some(format!(
            "{packets} from frame {} on, {} → {}, identification {:#x}, where {missing}; hosts throw such a packet away, and a TCP \
             segment in it is followed only as far as its first fragment shows it",
            first.frame, first.source, first.destination, first.identification
        ))
    }

    fn evicted(&self) -> Option<String> {
        (self.evicted > 0).then(|| {
            let (count, were) = counted(self.evicted, "packet", "was");
            format!("{count} of them {were} given up early: more fragments wait at once than are kept")
        })
    }

    fn contradictions(&self) -> Option<String> {
        let first = self.first_overlap?;
        let (count, _) = counted(self.overlaps, "packet", "");
        Some(format!(
            "fragments of {count} that no connection tells of overlap or contradict each other, first in frame {first}"
        ))
    }

    fn unsound(&self) -> Option<String> {
        (self.unsound > 0).then(|| {
            let (count, were) = counted(self.unsound, "IP fragment", "was");
            format!("{count} {were} left out: they hold nothing, or reach further than the 65,535 bytes that a packet can have")
        })
    }
}

/// `1 packet was`, `3 packets were`.
fn counted(count: u64, what: &str, verb: &'static str) -> (String, &'static str) {
    if count == 1 {
        (format!("1 {what}"), verb)
    } else {
        (format!("{} {what}s", grouped(count)), if verb == "was" { "were" } else { verb })
    }
}
