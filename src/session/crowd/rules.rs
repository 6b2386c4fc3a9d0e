//! Everything that is pointed out of crowds.

use crate::base::{Cite, Rule, Severity};

/// The rules of crowds, for listings and tests.
pub static RULES: &[&Rule] = &[&SYN_FLOOD, &BACKSCATTER, &PORT_SCAN, &PORT_SWEEP];

/// Handshakes at one port are begun by the hundred and never completed.
pub static SYN_FLOOD: Rule = Rule {
    id: "syn-flood",
    severity: Severity::Warning,
    title: "looks like a SYN flood",
    why: "Within 10 s at least 100 handshakes with one port were begun and never completed, from 10 addresses or more or although they \
          were answered, and they were at least a third of all attempts there. Each takes a place in the server's queue until it gives \
          up, so that real clients find no place. An attempt without answer counts only where its SYN came once: real clients send it \
          again. Forged addresses show by many sources with one SYN each and the same time to live, window and options. A load test \
          that never completes its handshakes looks the same.",
    cite: Cite("RFC 4987 §2, RFC 9293 §3.10.7"),
};

/// Answers to connections that nobody here asked for.
pub static BACKSCATTER: Rule = Rule {
    id: "backscatter",
    severity: Severity::Note,
    title: "looks like backscatter of a flood elsewhere",
    why: "Within 30 s one port sent SYN-ACKs or RSTs to at least 50 addresses that are not seen to have asked for anything, and did \
          nothing else. Somebody seems to flood that port with forged sources, and its answers go to the addresses that were forged. \
          A capture of one direction, or one that kept some segments only, can look the same.",
    cite: Cite("RFC 4987 §2, RFC 9293 §3.10.7.1"),
};

/// One host tries the ports of another.
pub static PORT_SCAN: Rule = Rule {
    id: "port-scan",
    severity: Severity::Warning,
    title: "looks like a port scan",
    why: "Within 30 s one address tried at least 20 ports of another, at least half of which did not open, asked each of them three times \
          at most on average, and hardly used what it found open. Scanners look for services in that way, administrators' as well as \
          intruders'. The kind of scan follows from the first segment: a port that is closed answers with RST, an open one with a \
          SYN-ACK if asked with a SYN, and with nothing if asked with FIN, with no control bit or with FIN, PSH and URG.",
    cite: Cite("RFC 9293 §3.10.7.1, §3.10.7.2"),
};

/// One host tries one port of many others.
pub static PORT_SWEEP: Rule = Rule {
    id: "port-sweep",
    severity: Severity::Warning,
    title: "looks like a sweep over many hosts",
    why: "Within 30 s one address tried the same port of at least 20 others, at least half of which did not open, asked each of them \
          three times at most on average, and hardly used what it found open. Scanners and worms look for one service in that way. \
          Attempts without answer count only where their SYN came once: a client that waits for an answer sends it again.",
    cite: Cite("RFC 9293 §3.10.7.1, §3.10.7.2"),
};
