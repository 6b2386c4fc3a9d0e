//! Small signs along a connection that change what its handshake is worth.

use crate::track::waiting::ServerWaits;

/// What segments gave away beside their purpose.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clues {
    /// How far the server is behind the handshake.
    pub(super) server_waits: ServerWaits,
    /// The client sent the data on its SYN again.
    pub(super) syn_data_again: bool,
    /// The server sent a SYN and an ACK one after the other instead of a SYN-ACK.
    pub(super) split: bool,
    /// Numbers of the handshake show that a segment of this connection was not captured.
    pub(super) has_hole: bool,
}
