//! Multipath TCP: which connections are paths of one (RFC 8684 §3.1, §3.2).

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::base::{ConnId, Side};
use crate::track::following::latest::Latest;
use crate::track::{Membership, Tracker};
use crate::wire::transport::{Multipath, TcpHeader};

/// A connection's part in Multipath TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// What the client asked for.
    pub role: PathRole,
    /// The server took part. Where it did not, the connection is plain TCP.
    pub accepted: bool,
    /// The token that names the whole: of the first path the server's, of a further one that which its SYN carried.
    pub token: Option<u32>,
    /// The first path that a further one belongs to, where it was captured and its keys were readable.
    pub joins: Option<ConnId>,
}

/// What a client asks for with its SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRole {
    /// `MP_CAPABLE` of this version: the first path.
    Capable(u8),
    /// `MP_JOIN`: a further path.
    Join,
}

impl PathRole {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Capable(_) => "capable",
            Self::Join => "join",
        }
    }
}

/// The tokens of both ends of the latest first paths.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    first_paths: Latest<u32, ConnId, { Tokens::MOST }>,
    /// A SYN had the option: only then are the options of other segments looked at.
    seen: bool,
}

impl Tokens {
    /// Most tokens that are remembered; the oldest is forgotten first.
    const MOST: usize = 1 << 13;
}

impl Tracker {
    /// Reads the Multipath TCP option of a segment of the handshake.
    pub(super) fn follow_multipath(&mut self, membership: &Membership, header: &TcpHeader, bytes: &[u8]) {
        if !(self.tokens.seen || header.flags.syn()) {
            return;
        }
        let Some(record) = self.table.record(membership.place) else { return };
        // Beside SYNs only the third segment says anything: it repeats both keys.
        let third = record.connection.handshake.ack.map(|ack| ack.frame);
        let is_third = third == Some(record.connection.last_frame);
        let path = &mut record.connection.multipath;
        let is_open = path.as_ref().is_some_and(|path| is_third || (path.accepted && path.token.is_none()));
        if !(header.flags.syn() || is_open) {
            return;
        }
        let Some(option) = Multipath::of(header, bytes) else { return };
        self.tokens.seen = true;
        let opens = header.flags.syn() && !header.flags.ack();
        match option {
            Multipath::Capable { version, senders_key, .. } if opens => {
                path.get_or_insert_with(|| Box::new(Path::first(version)));
                if let Some(key) = senders_key {
                    self.tokens.first_paths.remember(token(version, key), membership.connection);
                }
            }
            Multipath::Join { token } if opens => {
                let joins = token.and_then(|token| self.tokens.first_paths.look(token).copied());
                let further = Path { role: PathRole::Join, accepted: false, token, joins };
                path.get_or_insert_with(|| Box::new(further));
            }
            Multipath::Capable { version, senders_key, receivers_key } => {
                let keys = match membership.from {
                    Side::Client => (senders_key, receivers_key),
                    Side::Server => (None, senders_key),
                };
                if header.flags.syn() {
                    path.get_or_insert_with(|| Box::new(Path::first(version))).accepted = true;
                }
                let tokens = (keys.0.map(|key| token(version, key)), keys.1.map(|key| token(version, key)));
                if let Some(path) = path {
                    path.token = path.token.or(tokens.1);
                }
                for token in [tokens.0, tokens.1].into_iter().flatten() {
                    self.tokens.first_paths.remember(token, membership.connection);
                }
            }
            Multipath::Join { .. } => {
                if let Some(path) = path {
                    path.accepted = true;
                }
            }
        }
    }
}

impl Path {
    fn first(version: u8) -> Self {
        Self { role: PathRole::Capable(version), accepted: false, token: None, joins: None }
    }
}

/// The first 32 bits of the key's digest (RFC 8684 §3.2; SHA-1 in version 0, RFC 6824 §3.2).
fn token(version: u8, key: [u8; 8]) -> u32 {
    let first = |digest: &[u8]| digest.first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    if version == 0 { first(&Sha1::digest(key)) } else { first(&Sha256::digest(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_first_bits_of_the_keys_digest() {
        // printf '\1\2\3\4\5\6\7\10' | sha256sum, sha1sum
        assert_eq!(token(1, [1, 2, 3, 4, 5, 6, 7, 8]), 0x6684_0dda);
        assert_eq!(token(0, [1, 2, 3, 4, 5, 6, 7, 8]), 0xdd57_83bc);
    }
}
