//! A scan in words.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::base::convert::wide;
use crate::base::number::{counted, span};
use crate::base::{Certainty, Endpoint, Fact, Finding, Rule, grouped};
use crate::session::crowd::rules;
use crate::session::crowd::scan::{Answer, Scan};
use crate::session::crowd::scanned::Scanned;
use crate::track::ScanProbe;

/// Open doors that are listed in words, and in facts.
const LISTED: usize = 12;
const LISTED_FACTS: usize = 1_024;

/// The finding of what `from` tried.
pub(super) fn finding(from: IpAddr, probe: ScanProbe, scanned: &Scanned) -> Finding {
    let (frames, frames_left_out) = scanned.tried().evidence.frames();
    let kind = kind(probe, scanned);
    let rule: &'static Rule = if scanned.hosts.len() > 1 { &rules::PORT_SWEEP } else { &rules::PORT_SCAN };
    let mut sentences = vec![tried(from, probe, scanned)];
    sentences.extend(answers(probe, scanned));
    sentences.extend(method(probe, scanned).map(str::to_owned));
    sentences.push(threshold(scanned));
    Finding {
        rule,
        certainty: Certainty::Inferred,
        connection: None,
        frames,
        frames_left_out,
        title: format!("{kind} scan of {} by {from}", whom(scanned)),
        explanation: sentences.join(". "),
        advice: "If nobody is meant to look for services here, find out who uses that address, and see to it that the open ports are \
                 meant to be reached from there"
            .to_owned(),
        facts: facts(from, kind, scanned),
    }
}

/// The kind of scan, as scanners name it: how an open port is treated tells a SYN scan from a connect scan.
fn kind(probe: ScanProbe, scanned: &Scanned) -> &'static str {
    let tried = scanned.tried();
    match probe {
        ScanProbe::Syn if scanned.count(Answer::Open) == 0 => "SYN or connect",
        ScanProbe::Syn if tried.completed > 0 && tried.dropped > 0 => "SYN and connect",
        ScanProbe::Syn if tried.completed > 0 => "connect",
        _ => probe.title(),
    }
}

/// `500 ports of 10.0.0.1`, `port 23 of 200 hosts`.
fn whom(scanned: &Scanned) -> String {
    let least = if scanned.tried().beyond { "at least " } else { "" };
    let ports = match scanned.ports.first() {
        Some(port) if scanned.ports.len() == 1 => format!("port {port}"),
        _ => format!("{least}{}", counted(wide(scanned.ports.len()), "port")),
    };
    match scanned.hosts.first() {
        Some(host) if scanned.hosts.len() == 1 => format!("{ports} of {host}"),
        _ => format!("{ports} of {least}{}", counted(wide(scanned.hosts.len()), "host")),
    }
}

fn tried(from: IpAddr, probe: ScanProbe, scanned: &Scanned) -> String {
    let tried = scanned.tried();
    let length = tried.ends.length().unwrap_or_default();
    let ns = u128::from(length.0.unsigned_abs().max(1));
    let rate = (u128::from(tried.attempts) * 1_000_000_000 + ns / 2) / ns;
    let rate = u64::try_from(rate).ok().filter(|rate| *rate > 0 && length.0 >= 1_000_000_000);
    let rate = rate.map(|rate| format!(", about {} a second", grouped(rate))).unwrap_or_default();
    format!(
        "{from} tried {}{} with {}, {} within {}{rate}",
        whom(scanned),
        range(scanned),
        control_bits(probe),
        counted(tried.attempts, "attempt"),
        span(length)
    )
}

fn control_bits(probe: ScanProbe) -> &'static str {
    match probe {
        ScanProbe::Syn => "a SYN",
        ScanProbe::Fin => "a FIN and nothing else",
        ScanProbe::Null => "no control bit at all",
        ScanProbe::Xmas => "FIN, PSH and URG",
        ScanProbe::Maimon => "a FIN with ACK",
        ScanProbe::Ack => "an ACK",
    }
}

/// ` (6000 to 6499)`, ` (10.0.0.1 to 10.0.0.254)`: where it is one dimension that was tried.
fn range(scanned: &Scanned) -> String {
    fn ends<T: std::fmt::Display + Ord>(all: &BTreeSet<T>) -> Option<String> {
        Some(format!(" ({} to {})", all.first()?, all.last()?))
    }
    let text = match (scanned.hosts.len(), scanned.ports.len()) {
        (1, _) => ends(&scanned.ports),
        (_, 1) => ends(&scanned.hosts),
        _ => None,
    };
    text.unwrap_or_default()
}

fn answers(probe: ScanProbe, scanned: &Scanned) -> Vec<String> {
    let [open, closed, silent] =
        [Answer::Open, Answer::Closed, Answer::Silent].map(|answer| scanned.count(answer));
    let mut told = Vec::new();
    if closed > 0 && probe == ScanProbe::Ack {
        told.push(format!(
            "{} answered with RST: a filter lets that through, open or closed",
            grouped(closed)
        ));
    } else if closed > 0 && probe == ScanProbe::Maimon {
        told.push(format!(
            "{} answered with RST: closed, or open on systems that follow RFC 9293 §3.10.7.2",
            grouped(closed)
        ));
    } else if closed > 0 {
        told.push(format!("{} answered with RST: closed", grouped(closed)));
    }
    if silent > 0 && probe == ScanProbe::Syn {
        told.push(format!(
            "{} did not answer, or with an ICMP error: filtered, or nobody is there",
            grouped(silent)
        ));
    } else if silent > 0 {
        told.push(format!("{} did not answer: open, or filtered", grouped(silent)));
    }
    if open > 0 {
        let single = scanned.hosts.len() == 1;
        let names = scanned.with(Answer::Open).take(LISTED).map(|(host, port)| door(single, host, port));
        let more = if open > wide(LISTED) { ", …" } else { "" };
        let names = names.collect::<Vec<_>>().join(", ");
        told.push(format!("{} answered with SYN-ACK: open ({names}{more})", grouped(open)));
    }
    told
}

fn door(single: bool, host: IpAddr, port: u16) -> String {
    if single { port.to_string() } else { Endpoint::new(host, port).to_string() }
}

fn method(probe: ScanProbe, scanned: &Scanned) -> Option<&'static str> {
    let tried = scanned.tried();
    match probe {
        ScanProbe::Syn if scanned.count(Answer::Open) == 0 => None,
        ScanProbe::Syn if tried.completed > 0 && tried.dropped > 0 => Some(
            "Handshakes with open ports were dropped with RST in some attempts and completed in others: a scan of either kind",
        ),
        ScanProbe::Syn if tried.completed > 0 => Some(
            "Handshakes with open ports were completed, and hardly anything was sent: a scan by connecting",
        ),
        ScanProbe::Syn if tried.dropped > 0 => Some(
            "The handshakes with open ports were cut off with RST before they were complete, so that the programs there never hear of them",
        ),
        ScanProbe::Syn => Some(
            "The handshakes with open ports were never completed, so that the programs there never hear of them",
        ),
        _ => None,
    }
}

fn threshold(scanned: &Scanned) -> String {
    let doors = if scanned.hosts.len() > 1 && scanned.ports.len() == 1 { "hosts" } else { "ports" };
    format!(
        "It counts as a scan because at least {} {doors} were tried within {}, at least half of those tried did not open, and each was tried at most \
         {} times on average",
        Scan::<u16>::THRESHOLD,
        span(Scan::<u16>::WITHIN),
        Scan::<u16>::ATTEMPTS_EACH
    )
}

fn facts(from: IpAddr, kind: &'static str, scanned: &Scanned) -> Vec<(&'static str, Fact)> {
    let tried = scanned.tried();
    let mut facts = vec![
        ("kind", Fact::Text(kind.to_owned())),
        ("scanner", Fact::Text(from.to_string())),
        ("hosts", Fact::Number(wide(scanned.hosts.len()))),
        ("ports", Fact::Number(wide(scanned.ports.len()))),
        ("attempts", Fact::Number(tried.attempts)),
        ("open", Fact::Number(scanned.count(Answer::Open))),
        ("closed", Fact::Number(scanned.count(Answer::Closed))),
        ("silent", Fact::Number(scanned.count(Answer::Silent))),
    ];
    if let Some(host) = scanned.hosts.first().filter(|_| scanned.hosts.len() == 1) {
        facts.push(("target", Fact::Text(host.to_string())));
        let ports = scanned.with(Answer::Open).take(LISTED_FACTS).map(|(_, port)| u64::from(port));
        facts.push(("open_ports", Fact::Numbers(ports.collect())));
    }
    if let Some((first, last)) = tried.ends.both() {
        facts.push(("first_time", Fact::Text(first.to_string())));
        facts.push(("last_time", Fact::Text(last.to_string())));
    }
    facts
}
