//! What experts look for in the segments of a connection: retransmissions, losses, closed windows, with the names, definitions and
//! order of rules that Wireshark's `tcp.analysis` has, so that one can be held against the other; and words for them that also mind
//! what the capture proves.

mod flow;
mod judge;
mod label;
mod remarks;
pub(super) mod rules;
mod seen;
mod tally;
mod watch;
mod word;

pub use label::Label;
pub(super) use remarks::Remark;
pub use tally::{Analysis, Repeated};
pub(super) use watch::Watch;
pub use word::Word;
