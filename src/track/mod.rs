//! Segments into connections: who opened, whether the handshake's numbers add up, who closed and how.
//!
//! [`Tracker`] takes dissections in capture order and gives two things to its [`Observer`]: every [`Step`] as it happens
//! (for pictures and `live`), and every [`Connection`] once nothing more can change it.
//!
//! What is remembered of one connection is a `Record`, and each folder adds to it what it knows of segments: `handshake` how a connection
//! opens, `closing` how it ends, `state` where both ends stand, `analysis` what was lost or held up, `signs` what the headers betray of
//! the surroundings, `zeek` the same in Zeek's words, `telling` the steps. `following` holds the records and finds the one that a segment
//! belongs to.

mod analysis;
mod closing;
mod connection;
mod duplicate;
mod following;
mod handshake;
mod icmp;
mod multipath;
mod record;
pub mod rules;
mod segment;
mod signs;
mod state;
mod step;
mod telling;
mod tracker;
mod zeek;

pub use analysis::{Analysis, Label, Repeated, Word};
pub use closing::{Close, CloseHow};
pub use connection::{Connection, FinalBecause, FirstSegment, Traffic};
pub use handshake::{
    Doubt, Ecn, FastOpenOutcome, Handshake, HandshakeSegment, IcmpAnswer, Negotiated, Outcome, ScanProbe,
};
pub use multipath::{Path, PathRole};
pub use signs::{Family, PathMtu, Retries};
pub use step::{RstEffect, Step, StepKind};
pub use tracker::{Arrival, Limits, Membership, Tracker};
pub use zeek::Zeek;

/// Whose data others than the tracker tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataTold {
    /// The client's.
    pub client: bool,
    /// The server's.
    pub server: bool,
    /// What they tell of the data that waits to be told.
    pub covered: Covered,
}

/// How much of the data that waits to be told others tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Covered {
    /// None of it.
    #[default]
    Nothing,
    /// The latest segment.
    Latest,
    /// All of it.
    Everything,
}

/// Takes what the tracker finds out.
pub trait Observer {
    /// Something happened on a connection that is still being followed. Called in capture order.
    fn step(&mut self, connection: &Connection, step: &Step);
    /// A connection is final, and others that became so in the same frame are told after it. Called for all of these before the first
    /// is told: for whoever looks at what many have in common.
    fn foresee(&mut self, _connection: &Connection) {}
    /// A connection is final: closed and lingered, its tuple reused, evicted, or the capture ended.
    fn connection(&mut self, connection: &Connection);
}
