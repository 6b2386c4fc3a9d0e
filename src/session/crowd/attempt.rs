//! One connection as a crowd sees it: who knocked where, how, and what became of it.

use crate::base::{ConnId, Duration, Endpoint, Side, Timestamp};
use crate::track::{Connection, Outcome, ScanProbe};

/// Who knocked where, how, and what became of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) id: ConnId,
    pub(super) at: Timestamp,
    pub(super) from: Endpoint,
    pub(super) to: Endpoint,
    /// How: the kinds of scan.
    pub(super) probe: ScanProbe,
    pub(super) fate: Fate,
    /// Its SYN was sent more than once, as by a stack that waits.
    pub(super) repeated: bool,
    pub(super) syns: u32,
    pub(super) syn_acks: u32,
    /// The SYN-ACK was acknowledged.
    pub(super) acknowledged: bool,
    /// A SYN-ACK without acknowledgment was watched long enough to be sent again.
    pub(super) watched: bool,
    pub(super) look: Look,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The client sent data, or the connection served some other purpose.
    Used,
    /// Opened, and the client sent nothing.
    Idle,
    /// SYN-ACK, and no acknowledgment.
    HalfOpen,
    /// SYN-ACK, which the client answered with RST.
    Dropped,
    /// RST.
    Refused,
    /// An ICMP error, or nothing.
    Silent,
}

/// What segments of one maker have in common: time to live, window, and the options whose values do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    ttl: u8,
    window: u16,
    mss: Option<u16>,
    scale: Option<u8>,
    sack: bool,
    timestamps: bool,
}

/// Which options a SYN carries, one bit each: two tools of one scanner, or a tool and its system, differ in them. Values are left out,
/// because scanners choose some at random.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OptionKinds(u8);

impl Look {
    /// Which options its SYN carries.
    pub(super) fn option_kinds(&self) -> OptionKinds {
        let carried = [self.mss.is_some(), self.scale.is_some(), self.sack, self.timestamps];
        OptionKinds(carried.into_iter().fold(0, |bits, one| bits << 1 | u8::from(one)))
    }
}

/// Every stack has sent an unacknowledged SYN-ACK again after so long (RFC 6298 §2, §5.7).
const SYN_ACK_RETRY: Duration = Duration::seconds(3);
/// Frames of a prober on one connection: the probe and its repeats.
const MOST_PROBES: u64 = 8;

impl Attempt {
    /// What a final connection was an attempt at, `now` being the latest time of the capture; `None` where it was none, or has no time.
    pub(super) fn of(connection: &Connection, now: Timestamp) -> Option<Self> {
        let handshake = &connection.handshake;
        let probe = if handshake.syn.is_some() { ScanProbe::Syn } else { stealthy(connection)? };
        let at = connection.first_time?;
        let fate =
            if probe == ScanProbe::Syn { fate(connection)? } else { fate_without_syn(connection, probe)? };
        let heard = connection.last_time.unwrap_or(at);
        Some(Self {
            id: connection.id,
            at,
            from: connection.client,
            to: connection.server,
            probe,
            fate,
            repeated: handshake.syn_count > 1,
            syns: handshake.syn_count,
            syn_acks: handshake.syn_ack_count,
            acknowledged: handshake.ack.is_some(),
            watched: fate == Fate::HalfOpen && now.since(heard) >= SYN_ACK_RETRY,
            look: look(connection),
        })
    }
}

fn look(connection: &Connection) -> Look {
    let syn = connection.handshake.syn;
    let options = syn.map(|syn| syn.options);
    Look {
        ttl: connection.first_segment.ttl,
        window: syn.map_or(0, |syn| syn.window),
        mss: options.and_then(|options| options.mss),
        scale: options.and_then(|options| options.window_scale),
        sack: options.is_some_and(|options| options.sack_permitted),
        timestamps: options.is_some_and(|options| options.timestamps.is_some()),
    }
}

/// What became of an attempt that began with SYN.
fn fate(connection: &Connection) -> Option<Fate> {
    let handshake = &connection.handshake;
    Some(match handshake.outcome {
        Outcome::Established | Outcome::SimultaneousOpen if connection.client_traffic.data_bytes == 0 => {
            Fate::Idle
        }
        Outcome::Established | Outcome::SimultaneousOpen => Fate::Used,
        Outcome::HalfOpen if says_more_than_syn(connection) => Fate::Idle,
        Outcome::HalfOpen => Fate::HalfOpen,
        Outcome::Reset if handshake.reset.is_some_and(|(side, _)| side == Side::Client) => Fate::Dropped,
        // A server that answers and then resets has an open port.
        Outcome::Reset => Fate::Idle,
        Outcome::Refused => Fate::Refused,
        Outcome::NoAnswer | Outcome::Undecided | Outcome::Unreachable | Outcome::Abandoned => Fate::Silent,
        Outcome::NotCaptured => return None,
    })
}

/// Whether the client went on after its SYN, though with numbers that complete nothing: segments between may be missing in the capture.
fn says_more_than_syn(connection: &Connection) -> bool {
    let client = connection.client_traffic;
    client.frames > u64::from(connection.handshake.syn_count) + client.duplicates + client.resets
}

/// The kind of probe that a connection without SYN may be: one segment of the likely client, at most repeated, that carries nothing.
fn stealthy(connection: &Connection) -> Option<ScanProbe> {
    let first = connection.first_segment;
    let (client, server) = (&connection.client_traffic, &connection.server_traffic);
    let bare = client.data_bytes == 0 && server.data_bytes == 0 && client.frames <= MOST_PROBES;
    if connection.handshake.syn_ack.is_some() || first.from != Side::Client || !bare {
        return None;
    }
    ScanProbe::without_syn(first.flags)
}

/// What became of a probe without SYN: RST, or nothing. Any other answer shows a connection that lived before the capture began.
fn fate_without_syn(connection: &Connection, probe: ScanProbe) -> Option<Fate> {
    let server = &connection.server_traffic;
    let rejected = server.resets > 0 && server.resets == server.frames;
    match (rejected, server.frames) {
        (true, _) => Some(Fate::Refused),
        (false, 0) if !probe.occurs_in_good_faith() => Some(Fate::Silent),
        _ => None,
    }
}
