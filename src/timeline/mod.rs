//! Everything that happened, in order: what every face of the program is told.

mod placed;
mod summary;

pub use placed::{Carried, Dialogue, Missing, Placed, PlacedUpgrade};
pub use summary::Summary;

use crate::base::{Finding, LinkType, Timestamp};
use crate::capture::Identity;
use crate::track::{Connection, Step};

/// One thing that an [`Audience`] is told.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Always first: what is being read, with the link types known so far.
    Capture {
        /// What the capture is.
        identity: &'a Identity,
        /// Link types known so far.
        link_types: &'a [LinkType],
    },
    /// The first frame came, at this time: what offsets count from.
    FirstFrame(Option<Timestamp>),
    /// Something happened on a connection that is still being followed.
    Step {
        /// The connection as it is now.
        connection: &'a Connection,
        /// What happened.
        step: &'a Step,
    },
    /// A message above TCP is complete. In the order of (the frame that made it final, connection, position in that frame).
    Message {
        /// The connection as it is now.
        connection: &'a Connection,
        /// The message.
        placed: &'a Placed<'a>,
    },
    /// A connection is final. In the order of (the frame that made it final, connection), after its messages.
    Connection {
        /// The connection.
        connection: &'a Connection,
        /// What it carried.
        carried: &'a Carried,
    },
    /// Something was concluded of the capture. After the connections that it rests on, before the summary.
    Finding(&'a Finding),
    /// No frame came for a moment (live only): a good time to show what was held back.
    Idle,
    /// Always last.
    Summary(&'a Summary),
}

/// Somebody who is told what happens: a renderer.
pub trait Audience {
    /// Takes one event.
    ///
    /// # Errors
    /// Where its output cannot be written; the run ends then.
    fn hear(&mut self, event: Event<'_>) -> std::io::Result<()>;
}
