//! Segments into connections: who opened, whether the handshake's numbers add up, who closed and how.
//!
//! [`Tracker`] takes dissections in capture order and gives two things to its [`Observer`]: every [`Step`] as it happens
//! (for pictures and `live`), and every [`Connection`] once nothing more can change it.

mod analysis;
mod answering;
mod close;
mod closing;
mod clues;
mod completing;
mod connection;
mod doubtful_reset;
mod duplicate;
mod evidence;
mod handshake;
mod icmp;
mod latest;
mod lifetime;
mod multipath;
mod negotiation;
mod opening;
mod outcome;
mod pending;
mod probe;
mod record;
mod reuse;
mod routing;
pub mod rules;
mod run;
mod scribe;
mod segment;
mod siblings;
mod signs;
mod state;
mod step;
mod table;
mod telling;
mod tracker;
mod unseen_fin;
mod waiting;
mod zeek;

pub use analysis::{Analysis, Label};
pub use close::{Close, CloseHow};
pub use connection::{Connection, FinalBecause, FirstSegment, Traffic};
pub use handshake::{
    Doubt, Ecn, FastOpenOutcome, Handshake, HandshakeSegment, IcmpAnswer, Negotiated, Outcome,
};
pub use multipath::{Path, PathRole};
pub use probe::ScanProbe;
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
