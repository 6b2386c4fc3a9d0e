//! The way of a frame through the stages, the same for whoever listens: `wire` has read it, `track` finds its connection, and its
//! data goes on to the connection's streams.

use crate::capture::Frame;
use crate::track::{Arrival, Connection, DataTold, Membership, Observer, Tracker};
use crate::wire::Dissection;

/// Who takes the data of segments beside what the tracker finds out.
pub(super) trait Listener: Observer {
    /// Takes the data of a frame; who tells of the data that follows.
    fn data(
        &mut self,
        frame: &Frame<'_>,
        dissection: &Dissection,
        membership: &Membership,
        connection: &Connection,
    ) -> DataTold;
}

/// Takes the next frame; says which connection it belongs to.
pub(super) fn follow(
    tracker: &mut Tracker,
    frame: &Frame<'_>,
    dissection: &Dissection,
    listener: &mut impl Listener,
) -> Option<Membership> {
    let arrival = Arrival { number: frame.number, time: frame.time, wire_length: frame.wire_length };
    let membership = tracker.frame(arrival, frame.bytes, dissection, listener);
    tracker.tell_finals(membership.map(|membership| membership.connection), listener);
    let membership = membership?;
    if let Some(connection) = tracker.connection(&membership) {
        let told = listener.data(frame, dissection, &membership, connection);
        tracker.leave_data(&membership, told, listener);
    }
    tracker.tell_finals(None, listener);
    Some(membership)
}
