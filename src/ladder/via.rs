//! What carries a connection, in words.

use crate::track::Connection;

/// VLANs and tunnels around a connection from the outside in: `in VLAN 10, VXLAN 7`; empty where there are none.
#[must_use]
pub fn via(connection: &Connection) -> String {
    let names: Vec<String> = connection.via.iter().map(ToString::to_string).collect();
    if names.is_empty() { String::new() } else { format!("in {}", names.join(", ")) }
}
