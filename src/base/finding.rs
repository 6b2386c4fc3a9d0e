//! What is concluded of a capture, with the frames that say so.

use crate::base::{Certainty, ConnId, FrameNo, Rule};

/// A conclusion: which rule it rests on, how sure it is, which frames show it, what it means and what to do.
///
/// Its source is the rule's [`Cite`](crate::base::Cite). Texts are plain English without a full stop at the end; what comes from the
/// network passes `explain::printable` before it gets into them.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was found.
    pub rule: &'static Rule,
    /// How sure it is.
    pub certainty: Certainty,
    /// The connection that it is about; `None` where it is about several, or about none.
    pub connection: Option<ConnId>,
    /// The first frames that show it, ascending, at most [`Finding::MOST_FRAMES`].
    pub frames: Vec<FrameNo>,
    /// Frames that show it beyond those.
    pub frames_left_out: u64,
    /// What was found and where, in one line.
    pub title: String,
    /// What was seen, with its numbers.
    pub explanation: String,
    /// What to do about it.
    pub advice: String,
    /// The numbers again, for scripts, by their names in JSON.
    pub facts: Vec<(&'static str, Fact)>,
}

impl Finding {
    /// Most frames that are listed as evidence.
    pub const MOST_FRAMES: usize = 16;
}

/// One number or name of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A count, or nanoseconds where the name says so.
    Number(u64),
    /// A name: an address, an endpoint, a time.
    Text(String),
    /// Several numbers, such as ports.
    Numbers(Vec<u64>),
    /// Counts in equal steps of time, for a small picture.
    OverTime(Vec<u64>),
}
