//! One incarnation of a socket pair.

use crate::base::{Annotation, ConnId, Endpoint, FrameNo, Side, Timestamp};
use crate::track::{Analysis, Close, Handshake, Path, PathMtu, Zeek};
use crate::wire::transport::TcpFlags;
use crate::wire::tunnel::Carrier;

/// One incarnation of a socket pair (RFC 9293 §3.4.1).
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its name: the number of its first frame.
    pub id: ConnId,
    /// Rank among the connections of the capture, from 0 (what Wireshark calls `tcp.stream`).
    pub rank: u64,
    /// The active opener, or the best guess.
    pub client: Endpoint,
    /// The passive opener.
    pub server: Endpoint,
    /// First frame.
    pub first_frame: FrameNo,
    /// Latest frame.
    pub last_frame: FrameNo,
    /// Time of the first frame.
    pub first_time: Option<Timestamp>,
    /// Time of the latest frame.
    pub last_time: Option<Timestamp>,
    /// What its first captured segment was like.
    pub first_segment: FirstSegment,
    /// How it was opened.
    pub handshake: Handshake,
    /// How it ended.
    pub close: Close,
    /// What the client sent.
    pub client_traffic: Traffic,
    /// What the server sent.
    pub server_traffic: Traffic,
    /// Its part in Multipath TCP, where its SYN asked for it. Boxed: few have one.
    pub multipath: Option<Box<Path>>,
    /// How many of its segments were given which label.
    pub analysis: Analysis,
    /// The same connection in Zeek's words.
    pub zeek: Zeek,
    /// What became of segments that are too large for the way, where some seem to be.
    pub path_mtu: Option<Box<PathMtu>>,
    /// Protocols seen in its frames, lowest first, each once.
    pub layers: Vec<&'static str>,
    /// VLANs and tunnels that carry it, from the outside in: those of its first frame, or where that has none, of the other side's.
    pub via: Box<[Carrier]>,
    /// Rules that fired on it, in capture order, at most [`Connection::MOST_ANNOTATIONS`].
    pub annotations: Vec<Annotation>,
    /// Rules that fired beyond those kept.
    pub annotations_left_out: u64,
    /// The client's state (RFC 9293 §3.3.2) in the end, in the RFC's name, as far as it can be told; `None` until the connection is
    /// final.
    pub client_state: Option<&'static str>,
    /// The server's.
    pub server_state: Option<&'static str>,
    /// Why it is final; `None` while it may still change.
    pub final_because: Option<FinalBecause>,
}

impl Connection {
    /// Most annotations that are kept on one connection.
    pub const MOST_ANNOTATIONS: usize = 32;

    /// The endpoint on this side.
    #[must_use]
    pub fn endpoint(&self, side: Side) -> Endpoint {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// What this side sent.
    #[must_use]
    pub fn traffic(&self, side: Side) -> &Traffic {
        match side {
            Side::Client => &self.client_traffic,
            Side::Server => &self.server_traffic,
        }
    }
}

/// The first captured segment of a connection: what a scanner's probe shows, and what forged segments have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstSegment {
    /// Who sent it.
    pub from: Side,
    /// Its control bits.
    pub flags: TcpFlags,
    /// Time to live (IPv4) or hop limit (IPv6) as captured.
    pub ttl: u8,
}

impl Default for FirstSegment {
    /// Nothing seen yet.
    fn default() -> Self {
        Self { from: Side::Client, flags: TcpFlags::default(), ttl: 0 }
    }
}

/// What one side sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Frames.
    pub frames: u64,
    /// Data octets as declared by the IP headers, retransmissions included.
    pub data_bytes: u64,
    /// Length of the frames on the wire in bytes.
    pub wire_bytes: u64,
    /// Of the frames, those that are in the capture a second time; their data counts once.
    pub duplicates: u64,
    /// Of the frames, those with RST, whatever they did.
    pub resets: u64,
}

/// Why a connection's record can no longer change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalBecause {
    /// Closed, and 60 s of capture time have passed.
    Lingered,
    /// A new connection uses the same addresses and ports.
    Reused,
    /// Given up to stay within the memory bound; what came later is counted as a connection of its own.
    Evicted,
    /// The capture ended.
    CaptureEnded,
}
