//! What experts look for in the segments of a connection: retransmissions, losses, closed windows, with the names, definitions and
//! order of rules that Wireshark's `tcp.analysis` has, so that one can be held against the other.

mod label;
pub(super) mod rules;
mod watch;

pub use label::{Analysis, Label};
pub(super) use watch::Watch;
