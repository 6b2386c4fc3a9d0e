//! Who takes part in a conversation: addresses and ports by the short names used in its lines.

use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Which end of which connection: `C` is (1, client), `S2` is (2, server).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    /// Connection, from 1 to 99.
    pub(crate) connection: u8,
    /// Whether it is the client.
    pub(crate) is_client: bool,
}

impl End {
    /// Reads `C`, `S`, `C2`, `S2`...
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let is_client = match text.chars().next() {
            Some('C') => true,
            Some('S') => false,
            _ => return Err(format!("`{text}` is neither C nor S")),
        };
        match text[1..].parse::<u8>() {
            Ok(connection @ 1..=99) => Ok(Self { connection, is_client }),
            _ if text.len() == 1 => Ok(Self { connection: 1, is_client }),
            _ => Err(format!("`{text}` names no connection from 1 to 99")),
        }
    }

    /// The other end of the same connection.
    pub(crate) fn other(self) -> Self {
        Self { is_client: !self.is_client, ..self }
    }
}

/// Addresses and ports. Unless named they are 192.0.2.1 port 40000 (40001 for the second connection) and 198.51.100.1 port 80.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends {
    named: BTreeMap<End, SocketAddr>,
}

impl Ends {
    /// Names ends: `("C", "192.0.2.1:40000")`, `("S", "[2001:db8::2]:443")`.
    pub(crate) fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut named = BTreeMap::new();
        for (name, address) in pairs {
            let address = address.parse().map_err(|e| format!("{name} = \"{address}\": {e}"))?;
            named.insert(End::parse(name)?, address);
        }
        Ok(Self { named })
    }

    /// Address and port of one end. What is not named for a later connection is as in the first, but for the client's port.
    pub(crate) fn address(&self, end: End) -> SocketAddr {
        if let Some(address) = self.named.get(&end) {
            return *address;
        }
        let first = self.named.get(&End { connection: 1, ..end }).copied();
        let mut address = first.unwrap_or_else(|| Self::usual(end.is_client));
        if end.is_client {
            address.set_port(address.port() + u16::from(end.connection) - 1);
        }
        address
    }

    fn usual(is_client: bool) -> SocketAddr {
        if is_client { ([192, 0, 2, 1], 40_000).into() } else { ([198, 51, 100, 1], 80).into() }
    }
}
