//! Which connections are shown.

use std::io;
use std::net::IpAddr;

use crate::cli::args::Show;
use crate::timeline::{Audience, Event};
use crate::track::Connection;

/// Which connections are shown: those that match every condition.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    pub(super) connections: Vec<u64>,
    pub(super) hosts: Vec<IpAddr>,
    pub(super) ports: Vec<u16>,
}

impl Selection {
    /// Whether there is any condition at all.
    pub(super) fn is_any(&self) -> bool {
        !self.connections.is_empty() || !self.hosts.is_empty() || !self.ports.is_empty()
    }

    fn takes(&self, connection: &Connection) -> bool {
        let ends = [connection.client, connection.server];
        (self.connections.is_empty() || self.connections.contains(&connection.id.0.0))
            && (self.hosts.is_empty() || ends.iter().any(|end| self.hosts.contains(&end.address)))
            && (self.ports.is_empty() || ends.iter().any(|end| self.ports.contains(&end.port)))
    }
}

/// Tells an audience only of the connections in a selection. Totals stay those of the whole capture.
pub(super) struct Selected<'a> {
    pub(super) selection: Selection,
    pub(super) audience: &'a mut dyn Audience,
    /// Connections that were in the selection.
    pub(super) shown: u64,
}

impl Audience for Selected<'_> {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Step { connection, .. }
            | Event::Message { connection, .. }
            | Event::Connection { connection, .. }
                if !self.selection.takes(connection) =>
            {
                Ok(())
            }
            Event::Connection { .. } => {
                self.shown += 1;
                self.audience.hear(event)
            }
            _ => self.audience.hear(event),
        }
    }
}

impl Show {
    /// The connections that the user asked for.
    pub(super) fn selection(&self) -> Selection {
        Selection { connections: self.connection.clone(), hosts: self.host.clone(), ports: self.port.clone() }
    }
}
