//! Random conversations: every way of opening, transferring and closing, with frames lost on the way to the capture.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

pub(crate) mod rewrite;

use proptest::prelude::*;

use crate::scenario::{Conversation, Ends};

/// What is added to every sequence number of the clients and of the servers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shift {
    pub(crate) client: u32,
    pub(crate) server: u32,
}

/// How an attempt is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accepted,
    Refused,
    Silence,
    /// SYN-ACK, then a RST of the client.
    TakenBack,
    /// SYN-ACK, then nothing.
    HalfOpen,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Open,
    ClientFin,
    ServerFin,
    ClientHalf,
    ServerRst,
}

/// One connection.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    client_isn: u32,
    server_isn: u32,
    options: [bool; 4],
    answer: Answer,
    syn_retries: u8,
    syn_ack_retries: u8,
    /// Data: whether the client sends it, and how many octets.
    data: Vec<(bool, u32)>,
    ending: Ending,
    /// Microseconds between segments.
    pace: u32,
    /// Frames that the capture lacks.
    lost: Vec<bool>,
    is_ipv6: bool,
    is_mirrored: bool,
}

/// One or two connections, one after the other.
pub(crate) fn talks() -> impl Strategy<Value = Vec<Talk>> {
    prop::collection::vec(talk(), 1..3)
}

fn talk() -> impl Strategy<Value = Talk> {
    let answer = prop_oneof![
        6 => Just(Answer::Accepted),
        1 => Just(Answer::Refused),
        1 => Just(Answer::Silence),
        1 => Just(Answer::TakenBack),
        1 => Just(Answer::HalfOpen),
    ];
    let ending = prop::sample::select(vec![
        Ending::Open,
        Ending::ClientFin,
        Ending::ServerFin,
        Ending::ClientHalf,
        Ending::ServerRst,
    ]);
    let lost = prop_oneof![Just(Vec::new()), prop::collection::vec(prop::bool::weighted(0.1), 40),];
    let opening = (any::<[u32; 2]>(), any::<[bool; 4]>(), answer, 0..3_u8, 0..2_u8);
    let rest = (
        prop::collection::vec((any::<bool>(), 1..1_400_u32), 0..8),
        ending,
        50..900_000_u32,
        lost,
        any::<bool>(),
    );
    (opening, rest).prop_map(|(opening, (data, ending, pace, lost, is_ipv6))| {
        let ([client_isn, server_isn], options, answer, syn_retries, syn_ack_retries) = opening;
        Talk {
            client_isn,
            server_isn,
            options,
            answer,
            syn_retries,
            syn_ack_retries,
            data,
            ending,
            pace,
            lost,
            is_ipv6,
            is_mirrored: false,
        }
    })
}

/// The conversations as one capture: pcap, little-endian, nanoseconds that are whole microseconds.
pub(crate) fn capture(talks: &[Talk], shift: Shift) -> Vec<u8> {
    let mut names = Vec::new();
    let mut lines = Vec::new();
    let mut now = 0;
    for (number, talk) in (1..).zip(talks) {
        for (end, address) in talk.addresses(number) {
            names.push((format!("{end}{number}"), address));
        }
        let mut script = Script { number, now, pace: talk.pace, lines: Vec::new() };
        talk.play(&mut script, shift);
        now = script.now + 100;
        let lost = talk.lost.iter().copied().chain(std::iter::repeat(false));
        lines.extend(script.lines.into_iter().zip(lost).filter(|(_, lost)| !lost).map(|(line, _)| line));
    }
    let ends = Ends::parse(names.iter().map(|(name, address)| (name.as_str(), address.as_str()))).unwrap();
    Conversation::parse(ends, &lines).unwrap().capture().unwrap()
}

impl Talk {
    /// The same, with every frame in the capture.
    pub(crate) fn without_losses(self) -> Self {
        Self { lost: Vec::new(), ..self }
    }

    /// The same between the same ends with their addresses and ports exchanged.
    pub(crate) fn mirrored(self) -> Self {
        Self { is_mirrored: !self.is_mirrored, ..self }
    }

    /// The same over IPv4, whose identification tells copies from retransmissions.
    pub(crate) fn over_ipv4(self) -> Self {
        Self { is_ipv6: false, ..self }
    }

    fn addresses(&self, number: u8) -> [(char, String); 2] {
        let hosts =
            if self.is_ipv6 { ["[2001:db8::1]", "[2001:db8::2]"] } else { ["192.0.2.1", "192.0.2.2"] };
        let (high, low) =
            (format!("{}:{}", hosts[0], 40_000 + u16::from(number)), format!("{}:80", hosts[1]));
        if self.is_mirrored { [('C', low), ('S', high)] } else { [('C', high), ('S', low)] }
    }

    fn play(&self, script: &mut Script, shift: Shift) {
        let client = self.client_isn.wrapping_add(shift.client);
        let server = self.server_isn.wrapping_add(shift.server);
        let mut next = [client.wrapping_add(1), server.wrapping_add(1)];
        let options = self.option_words();
        for _ in 0..=self.syn_retries {
            script.client(&format!("SYN seq={client} mss=1460 {options}"));
        }
        match self.answer {
            Answer::Silence => return script.now += 2_000_000,
            Answer::Refused => return script.server(&format!("RST-ACK seq=0 ack={} win=0", next[0])),
            Answer::Accepted | Answer::TakenBack | Answer::HalfOpen => {}
        }
        for _ in 0..=self.syn_ack_retries {
            script.server(&format!("SYN-ACK seq={server} ack={} mss=1400 {options}", next[0]));
        }
        match self.answer {
            Answer::TakenBack => return script.client(&format!("RST seq={} win=0", next[0])),
            Answer::HalfOpen => return,
            Answer::Accepted | Answer::Refused | Answer::Silence => {}
        }
        script.client(&format!("ACK seq={} ack={}", next[0], next[1]));
        for (is_client, length) in &self.data {
            script.exchange(*is_client, &mut next, "PSH-ACK", *length);
        }
        self.close(script, &mut next);
    }

    fn close(&self, script: &mut Script, next: &mut [u32; 2]) {
        match self.ending {
            Ending::Open => {}
            Ending::ClientHalf => script.exchange(true, next, "FIN-ACK", 0),
            Ending::ServerRst => script.server(&format!("RST-ACK seq={} ack={} win=0", next[1], next[0])),
            Ending::ClientFin | Ending::ServerFin => {
                let first_is_client = self.ending == Ending::ClientFin;
                script.exchange(first_is_client, next, "FIN-ACK", 0);
                script.exchange(!first_is_client, next, "FIN-ACK", 0);
            }
        }
    }

    fn option_words(&self) -> String {
        let words = ["ws=7", "sack", "ts=5,0", "tfo"];
        let chosen = words.iter().zip(self.options).filter(|(_, chosen)| *chosen);
        chosen.map(|(word, _)| *word).collect::<Vec<_>>().join(" ")
    }
}

/// The lines of one connection.
struct Script {
    number: u8,
    /// Microseconds since the beginning.
    now: u64,
    pace: u32,
    lines: Vec<String>,
}

impl Script {
    fn client(&mut self, words: &str) {
        self.line('C', words);
    }

    fn server(&mut self, words: &str) {
        self.line('S', words);
    }

    /// A segment and the acknowledgment of all it counts.
    fn exchange(&mut self, is_client: bool, next: &mut [u32; 2], bits: &str, length: u32) {
        let (own, other) = if is_client { (0, 1) } else { (1, 0) };
        let ends = if is_client { ['C', 'S'] } else { ['S', 'C'] };
        self.line(ends[0], &format!("{bits} seq={} ack={} len={length}", next[own], next[other]));
        next[own] = next[own].wrapping_add(length + u32::from(bits.starts_with("FIN")));
        self.line(ends[1], &format!("ACK seq={} ack={}", next[other], next[own]));
    }

    fn line(&mut self, end: char, words: &str) {
        let (seconds, micros) = (self.now / 1_000_000, self.now % 1_000_000);
        self.lines.push(format!("{end}{} {seconds}.{micros:06} {words}", self.number));
        self.now += u64::from(self.pace);
    }
}
