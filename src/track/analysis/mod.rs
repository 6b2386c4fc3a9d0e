//! What experts look for in the segments of a connection: retransmissions, losses, closed windows, with the names, definitions and
//! order of rules that Wireshark's `tcp.analysis` has, so that one can be held against the other.

mod flow;
mod judge;
mod label;
mod remarks;
pub(super) mod rules;
mod tally;
mod watch;

pub use label::Label;
pub(super) use remarks::Remark;
pub use tally::Analysis;
pub(super) use watch::Watch;
