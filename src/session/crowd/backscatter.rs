//! Answers of one port to many addresses that asked for nothing.

use std::net::IpAddr;

use crate::base::{Duration, Endpoint, Side};
use crate::session::crowd::distinct::Distinct;
use crate::session::crowd::evidence::Evidence;
use crate::session::crowd::window::Window;
use crate::track::{Connection, Outcome};

/// What one port sent to addresses that are not seen to have asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Backscatter {
    window: Window<IpAddr>,
    pub(super) addresses: Distinct,
    pub(super) syn_acks: u64,
    pub(super) resets: u64,
    /// Connections of the same port on which more happened.
    pub(super) others: u64,
    pub(super) evidence: Evidence,
}

impl Backscatter {
    /// So many addresses answered within [`Backscatter::WITHIN`] look like backscatter.
    pub(super) const THRESHOLD: usize = 50;
    /// See [`Backscatter::THRESHOLD`].
    pub(super) const WITHIN: Duration = Duration::seconds(30);

    /// Takes a connection of this port with `other`: an answer to nothing, or something else.
    pub(super) fn take(&mut self, connection: &Connection, unasked: Option<Unasked>) {
        let Some(Unasked { by, with }) = unasked else {
            self.others += 1;
            return;
        };
        let other = connection.endpoint(by.other()).address;
        match with {
            Answer::SynAck => self.syn_acks += 1,
            Answer::Rst => self.resets += 1,
        }
        self.addresses.take(other);
        self.evidence.take(connection.first_frame);
        if let Some(at) = connection.first_time {
            self.window.take(at, other, Self::THRESHOLD, Self::WITHIN);
        }
    }

    /// Whether the threshold was reached.
    pub(super) fn is_recognised(&self) -> bool {
        self.window.is_reached()
    }

    /// Whether it looks like backscatter: hardly anything else was seen of this port.
    pub(super) fn is_backscatter(&self) -> bool {
        self.is_recognised() && self.others * 10 <= self.syn_acks + self.resets
    }
}

/// An answer that nobody is seen to have asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unasked {
    /// Who sent it.
    by: Side,
    with: Answer,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    SynAck,
    Rst,
}

impl Unasked {
    /// What a connection shows of that; `None` where somebody asked, or more happened.
    pub(super) fn of(connection: &Connection) -> Option<Self> {
        let (handshake, first) = (&connection.handshake, connection.first_segment);
        if handshake.syn.is_some() {
            return None;
        }
        // The receiver may reject what it did not ask for.
        let receivers = connection.traffic(first.from.other());
        if receivers.frames != receivers.resets {
            return None;
        }
        let senders = connection.traffic(first.from);
        let half = matches!(handshake.outcome, Outcome::HalfOpen | Outcome::Reset);
        if half && handshake.syn_ack.is_some() && senders.data_bytes == 0 {
            return Some(Self { by: Side::Server, with: Answer::SynAck });
        }
        let only_rst = first.flags.rst() && senders.frames == senders.resets && receivers.frames == 0;
        only_rst.then_some(Self { by: first.from, with: Answer::Rst })
    }

    /// The port that answered.
    pub(super) fn sender(self, connection: &Connection) -> Endpoint {
        connection.endpoint(self.by)
    }
}
