//! What the connections of a capture said, and captures in which they say it again in other segments.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use synscope::base::SeqNum;
use synscope::capture::{Next, open};
use synscope::wire::{Dissection, Dissector};

use crate::scenario::{Conversation, Ends};

/// Connections that a scenario can name.
const MOST_CONNECTIONS: usize = 99;
const PACE_US: u64 = 500;
/// An opening makes three frames.
const OPENING_US: u64 = 3_000;

/// What happened on the connections of a capture, in order.
#[derive(Debug)]
pub(crate) struct Replay {
    /// Client and server of each connection.
    ends: Vec<[SocketAddr; 2]>,
    turns: Vec<Turn>,
}

/// One thing that one end did.
#[derive(Debug)]
struct Turn {
    connection: usize,
    is_client: bool,
    deed: Deed,
}

#[derive(Debug)]
enum Deed {
    Open,
    /// It sent these bytes before the other end sent any.
    Say(Vec<u8>),
    Fin,
    Rst,
}

/// How a capture is told again.
#[derive(Clone, Debug)]
pub(crate) struct Retelling {
    /// Initial sequence numbers of clients and servers.
    pub(crate) isns: [u32; 2],
    /// Lengths of segments, over and over.
    pub(crate) lengths: Vec<usize>,
    /// How many places each segment is late, over and over.
    pub(crate) late: Vec<usize>,
    /// Whether each segment is in the capture twice, over and over.
    pub(crate) twice: Vec<bool>,
    /// How many bytes each segment sends once more before its own, over and over.
    pub(crate) again: Vec<usize>,
    /// How many places each line is late in the capture, over and over; it passes no opening and no ending of a connection.
    pub(crate) disorder: Vec<usize>,
}

/// Octets from one place on in what an end sends.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: usize,
    to: usize,
    is_twice: bool,
}

impl Replay {
    /// Reads a capture in which nothing is lost. Bytes sent again count once; connections without a handshake do not count.
    pub(crate) fn of(path: &Path) -> Self {
        let mut source = open(path).unwrap();
        let dissector = Dissector::new();
        let mut listener = Listener::default();
        while let Next::Frame(frame) = source.next_frame().unwrap() {
            let dissection =
                dissector.dissect(frame.link_type, frame.bytes, frame.wire_length, frame.fcs_length);
            listener.hear(&dissection, dissection.payload.of(frame.bytes));
        }
        listener.replay
    }

    /// Bytes that were said.
    pub(crate) fn length(&self) -> usize {
        let said = |turn: &Turn| if let Deed::Say(bytes) = &turn.deed { bytes.len() } else { 0 };
        self.turns.iter().map(said).sum()
    }

    /// The same as a capture, told in another way.
    pub(crate) fn retold(&self, retelling: &Retelling) -> Vec<u8> {
        let mut names = Vec::new();
        for (number, ends) in (1..).zip(&self.ends) {
            for (end, address) in ["C", "S"].iter().zip(ends) {
                names.push((format!("{end}{number}"), address.to_string()));
            }
        }
        let mut teller = Teller { retelling, rank: 0, said: BTreeMap::new(), told: Vec::new() };
        for turn in &self.turns {
            teller.tell(turn);
        }
        let lines = teller.lines();
        let ends =
            Ends::parse(names.iter().map(|(name, address)| (name.as_str(), address.as_str()))).unwrap();
        Conversation::parse(ends, &lines).unwrap().capture().unwrap()
    }
}

/// Makes turns of segments.
struct Listener {
    replay: Replay,
    /// By who sends to whom: its connection, whether it is the client, and the number that it sends next.
    next: BTreeMap<(SocketAddr, SocketAddr), (usize, bool, SeqNum)>,
}

impl Default for Listener {
    fn default() -> Self {
        Self { replay: Replay { ends: Vec::new(), turns: Vec::new() }, next: BTreeMap::new() }
    }
}

impl Listener {
    fn hear(&mut self, dissection: &Dissection, payload: &[u8]) {
        let (Some(network), Some(tcp)) = (&dissection.network, &dissection.tcp) else { return };
        let addresses = network.addresses;
        let from = SocketAddr::new(addresses.source, tcp.source_port);
        let to = SocketAddr::new(addresses.destination, tcp.destination_port);
        if tcp.flags.syn() {
            return self.opened((from, to), tcp.flags.ack(), tcp.seq);
        }
        let Some((connection, is_client, next)) = self.next.get_mut(&(from, to)) else { return };
        let (connection, is_client) = (*connection, *is_client);
        let known = usize::try_from(next.distance(tcp.seq)).expect("a capture without gaps");
        let mut deeds = Vec::new();
        if known < payload.len() {
            let fresh = &payload[known..];
            *next = *next + u32::try_from(fresh.len()).unwrap();
            deeds.push(Deed::Say(fresh.to_vec()));
        }
        if tcp.flags.rst() {
            deeds.push(Deed::Rst);
        } else if tcp.flags.fin() && known <= payload.len() {
            *next = *next + 1;
            deeds.push(Deed::Fin);
        }
        for deed in deeds {
            self.done(Turn { connection, is_client, deed });
        }
    }

    fn opened(&mut self, (from, to): (SocketAddr, SocketAddr), is_answer: bool, isn: SeqNum) {
        if is_answer {
            if let Some((connection, ..)) = self.next.get(&(to, from)).copied() {
                self.next.insert((from, to), (connection, false, isn + 1));
            }
        } else if self.replay.ends.len() < MOST_CONNECTIONS && !self.next.contains_key(&(from, to)) {
            let connection = self.replay.ends.len();
            self.replay.ends.push([from, to]);
            self.next.insert((from, to), (connection, true, isn + 1));
            self.done(Turn { connection, is_client: true, deed: Deed::Open });
        }
    }

    fn done(&mut self, turn: Turn) {
        let last = self.replay.turns.iter_mut().rfind(|last| last.connection == turn.connection);
        match (last, turn) {
            (
                Some(Turn { is_client: same, deed: Deed::Say(said), .. }),
                Turn { is_client, deed: Deed::Say(more), .. },
            ) if *same == is_client => said.extend(more),
            (_, turn) => self.replay.turns.push(turn),
        }
    }
}

/// Makes lines of turns.
struct Teller<'a> {
    retelling: &'a Retelling,
    /// Segments so far.
    rank: usize,
    /// What each end of each connection said so far.
    said: BTreeMap<(usize, bool), Vec<u8>>,
    told: Vec<Told>,
}

/// A line without its time.
#[derive(Debug)]
struct Told {
    end: String,
    words: String,
    /// Others do not pass it.
    is_fixed: bool,
}

impl Teller<'_> {
    fn tell(&mut self, turn: &Turn) {
        let (connection, is_client) = (turn.connection, turn.is_client);
        match &turn.deed {
            Deed::Open => {
                let [client, server] = self.retelling.isns;
                self.line(connection, is_client, &format!("OPEN client={client} server={server}"));
            }
            Deed::Say(bytes) => self.say(connection, is_client, bytes),
            Deed::Fin => self.line(connection, is_client, "END"),
            Deed::Rst => self.line(connection, is_client, "ABORT"),
        }
    }

    fn say(&mut self, connection: usize, is_client: bool, bytes: &[u8]) {
        let before = self.said.entry((connection, is_client)).or_default();
        let begin = before.len();
        before.extend(bytes);
        let all = before.clone();
        for piece in self.pieces(begin, all.len()) {
            let seq = self.isn(is_client).wrapping_add(1 + u32::try_from(piece.from).unwrap());
            let ack = self.number_of(connection, !is_client);
            let hex: String = all[piece.from..piece.to].iter().map(|byte| format!("{byte:02x}")).collect();
            let dup = if piece.is_twice { " dup" } else { "" };
            self.line(connection, is_client, &format!("DATA seq={seq} ack={ack} hex={hex}{dup}"));
        }
        // Numbers of its own, for a line may be moved.
        let seq = self.number_of(connection, !is_client);
        let ack = self.number_of(connection, is_client);
        self.line(connection, !is_client, &format!("GOT seq={seq} ack={ack}"));
    }

    /// The octets from `begin` to `end` in segments, in the order in which they come.
    fn pieces(&mut self, begin: usize, end: usize) -> Vec<Piece> {
        let Retelling { lengths, late, twice, again, .. } = self.retelling;
        let mut pieces = Vec::new();
        let mut from = begin;
        while from < end {
            let rank = self.rank;
            let to = end.min(from + lengths[rank % lengths.len()]);
            let more = again[rank % again.len()];
            // The one before, and what else there is before it, again: with other boundaries.
            let piece = Piece { from: from.saturating_sub(more), to, is_twice: twice[rank % twice.len()] };
            pieces.push((pieces.len() + late[rank % late.len()], piece));
            from = to;
            self.rank += 1;
        }
        pieces.sort_by_key(|(place, _)| *place);
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }

    /// The number that an end sends next.
    fn number_of(&self, connection: usize, is_client: bool) -> u32 {
        let said = self.said.get(&(connection, is_client)).map_or(0, Vec::len);
        self.isn(is_client).wrapping_add(1 + u32::try_from(said).unwrap())
    }

    fn isn(&self, is_client: bool) -> u32 {
        self.retelling.isns[usize::from(!is_client)]
    }

    fn line(&mut self, connection: usize, is_client: bool, words: &str) {
        let end = format!("{}{}", if is_client { 'C' } else { 'S' }, connection + 1);
        let is_fixed = !words.starts_with("DATA") && !words.starts_with("GOT");
        self.told.push(Told { end, words: words.to_owned(), is_fixed });
    }

    /// The lines as they stand in the capture, with their times.
    fn lines(&self) -> Vec<String> {
        let disorder = &self.retelling.disorder;
        let mut lines = Vec::new();
        let mut now_us = 0;
        for stretch in self.told.chunk_by(|one, next| one.is_fixed == next.is_fixed) {
            let late = |rank: usize| if stretch[0].is_fixed { 0 } else { disorder[rank % disorder.len()] };
            let mut places: Vec<usize> = (0..stretch.len()).collect();
            places.sort_by_key(|rank| rank + late(*rank));
            for Told { end, words, .. } in places.into_iter().map(|rank| &stretch[rank]) {
                let (seconds, micros) = (now_us / 1_000_000, now_us % 1_000_000);
                lines.push(format!("{end} {seconds}.{micros:06} {words}"));
                now_us += if words.starts_with("OPEN") { OPENING_US } else { PACE_US };
            }
        }
        lines
    }
}
