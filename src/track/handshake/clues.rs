//! Small signs along a connection that change what its handshake is worth.

use crate::track::handshake::waiting::ServerWaits;

/// What segments gave away beside their purpose.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::track) struct Clues {
    /// How far the server is behind the handshake.
    pub(in crate::track) server_waits: ServerWaits,
    /// The client sent the data on its SYN again.
    pub(in crate::track) syn_data_again: bool,
    /// The server sent a SYN and an ACK one after the other instead of a SYN-ACK.
    pub(in crate::track) split: bool,
    /// Numbers of the handshake show that a segment of this connection was not captured.
    pub(in crate::track) has_hole: bool,
}
