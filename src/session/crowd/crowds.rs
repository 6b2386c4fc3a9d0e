//! Every connection of a capture, looked at for what is common to many of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::base::convert::wide;
use crate::base::{Endpoint, Finding, Rule, Timestamp};
use crate::session::crowd::attempt::{Attempt, Fate, OptionKinds};
use crate::session::crowd::backscatter::{Backscatter, Unasked};
use crate::session::crowd::candidates::Candidates;
use crate::session::crowd::flood::{Flood, is_part};
use crate::session::crowd::scan::Scan;
use crate::session::crowd::scanned::Scanned;
use crate::session::crowd::{flood_words, rules, scan_words};
use crate::track::{Connection, ScanProbe};

/// Floods and scans among the connections of one capture. Takes constant memory and, for each connection, constant time.
#[derive(Clone, Debug)]
pub struct Crowds {
    floods: Candidates<Endpoint, Flood>,
    /// One address at many ports of another.
    at_ports: Candidates<(IpAddr, IpAddr, Manner), Scan<u16>>,
    /// One address at one port of many others.
    at_hosts: Candidates<Sweeper, Scan<IpAddr>>,
    answers: Candidates<Endpoint, Backscatter>,
    /// Ports and addresses that scans may still remember.
    room: usize,
    /// An acknowledgment of anybody is in the capture.
    acknowledged: bool,
}

/// How somebody tries: with which probe, and with which options on it.
type Manner = (ScanProbe, OptionKinds);

/// Who tries which port of everybody, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sweeper {
    from: IpAddr,
    /// For probes that occur in good faith: a scanner sends them from one port, connections that are over have each their own.
    from_port: Option<u16>,
    port: u16,
    manner: Manner,
}

impl Default for Crowds {
    /// Nothing seen yet.
    fn default() -> Self {
        Self {
            floods: Candidates::new(Self::PORTS),
            at_ports: Candidates::new(Self::SCANNERS),
            at_hosts: Candidates::new(Self::SCANNERS),
            answers: Candidates::new(Self::PORTS),
            room: Self::DOORS,
            acknowledged: false,
        }
    }
}

impl Crowds {
    /// Most findings that are told of one capture.
    pub const MOST_FINDINGS: usize = 64;
    /// Most ports that are watched for floods, and as many for backscatter.
    const PORTS: usize = 512;
    /// Most pairs of addresses that are watched for scans, and as many addresses with a port for sweeps.
    const SCANNERS: usize = 1_024;
    /// Ports and addresses that all scans together remember beyond the first few of each.
    const DOORS: usize = 262_144;

    /// Takes a connection that is final; `now` is the latest time of the capture so far.
    pub fn take(&mut self, connection: &Connection, now: Option<Timestamp>) {
        let first = connection.first_segment.flags;
        self.acknowledged |=
            connection.handshake.ack.is_some() || (first.ack() && !first.syn() && !first.rst());
        let unasked = Unasked::of(connection);
        let sender = unasked.map_or(connection.server, |unasked| unasked.sender(connection));
        if let Some(answers) = self.answers.take(sender) {
            answers.take(connection, unasked);
            if answers.is_recognised() {
                self.answers.keep(sender);
            }
        }
        let now = now.or(connection.last_time);
        if let Some(attempt) = now.and_then(|now| Attempt::of(connection, now)) {
            self.flood(&attempt);
            self.scan(&attempt);
            self.sweep(&attempt);
        }
    }

    fn flood(&mut self, attempt: &Attempt) {
        if attempt.probe != ScanProbe::Syn {
            return;
        }
        if let Some(flood) = self.floods.take(attempt.to) {
            flood.take(attempt);
            if flood.is_recognised() {
                self.floods.keep(attempt.to);
            }
        }
    }

    fn scan(&mut self, attempt: &Attempt) {
        try_door(&mut self.at_ports, scanner(attempt), (attempt, attempt.to.port), &mut self.room);
    }

    fn sweep(&mut self, attempt: &Attempt) {
        if !waits(attempt) {
            try_door(&mut self.at_hosts, sweeper(attempt), (attempt, attempt.to.address), &mut self.room);
        }
    }

    /// The crowd that a connection is one of, as far as known from those taken so far.
    pub fn crowd_of(&mut self, connection: &Connection, now: Option<Timestamp>) -> Option<&'static Rule> {
        if let Some(unasked) = Unasked::of(connection) {
            let answers = self.answers.look(unasked.sender(connection))?;
            return answers.is_backscatter().then_some(&rules::BACKSCATTER);
        }
        let attempt = Attempt::of(connection, now.or(connection.last_time)?)?;
        if attempt.fate == Fate::Used {
            return None;
        }
        let acknowledged = self.acknowledged;
        let syn = attempt.probe == ScanProbe::Syn && is_part(&attempt);
        let flood = self.floods.look_mut(attempt.to).filter(|flood| syn && flood.is_recognised());
        if flood.is_some_and(|flood| flood.judge(acknowledged).is_some()) {
            return Some(&rules::SYN_FLOOD);
        }
        if self.at_ports.look(scanner(&attempt)).is_some_and(Scan::is_scan) {
            return Some(&rules::PORT_SCAN);
        }
        let sweep = self.at_hosts.look(sweeper(&attempt)).filter(|_| !waits(&attempt));
        sweep.is_some_and(Scan::is_scan).then_some(&rules::PORT_SWEEP)
    }

    /// Everything that was found, in the order of the first frame that shows it, and how many findings there are beyond
    /// [`Crowds::MOST_FINDINGS`].
    #[must_use]
    pub fn findings(&self) -> (Vec<Finding>, u64) {
        let mut findings: Vec<Finding> = Vec::new();
        for (target, flood) in self.floods.all() {
            let certainty = flood.verdict(self.acknowledged);
            findings.extend(certainty.map(|certainty| flood_words::finding(target, flood, certainty)));
        }
        for (sender, answers) in self.answers.all() {
            // What a flood makes its target answer may outlive the memory of what was asked.
            let flooded = self.floods.look(sender).is_some_and(Flood::is_recognised);
            if answers.is_backscatter() && !flooded {
                findings.push(flood_words::backscatter(sender, answers));
            }
        }
        findings.extend(
            self.scanned()
                .iter()
                .map(|((from, (probe, _)), scanned)| scan_words::finding(*from, *probe, scanned)),
        );
        findings.sort_by(|a, b| (&a.frames, a.rule.id, &a.title).cmp(&(&b.frames, b.rule.id, &b.title)));
        let beyond = findings.len().saturating_sub(Self::MOST_FINDINGS);
        findings.truncate(Self::MOST_FINDINGS);
        (findings, wide(beyond))
    }

    /// What each scanner did, all that it did in one way together.
    fn scanned(&self) -> BTreeMap<(IpAddr, Manner), Scanned> {
        let mut all: BTreeMap<(IpAddr, Manner), Scanned> = BTreeMap::new();
        for ((from, to, manner), scan) in self.at_ports.all().filter(|(_, scan)| scan.is_scan()) {
            all.entry((from, manner)).or_default().host(to, scan);
        }
        for (sweeper, scan) in self.at_hosts.all().filter(|(_, scan)| scan.is_scan()) {
            all.entry((sweeper.from, sweeper.manner)).or_default().port(sweeper.port, scan);
        }
        all
    }
}

/// Tells who may be a scanner of an attempt at a door; keeps those who are.
fn try_door<K: Ord + Copy, T: Ord + Copy>(
    scans: &mut Candidates<K, Scan<T>>,
    key: K,
    (attempt, door): (&Attempt, T),
    room: &mut usize,
) {
    let Some(scan) = scans.take(key) else { return };
    scan.take(attempt, door, room);
    if scan.is_recognised() && !scan.kept {
        let kept = scans.keep(key);
        scans.look_mut(key).into_iter().for_each(|scan| scan.kept = kept);
    }
}

fn manner(attempt: &Attempt) -> Manner {
    (attempt.probe, attempt.look.option_kinds())
}

fn scanner(attempt: &Attempt) -> (IpAddr, IpAddr, Manner) {
    (attempt.from.address, attempt.to.address, manner(attempt))
}

fn sweeper(attempt: &Attempt) -> Sweeper {
    Sweeper {
        from: attempt.from.address,
        from_port: attempt.probe.occurs_in_good_faith().then_some(attempt.from.port),
        port: attempt.to.port,
        manner: manner(attempt),
    }
}

/// Whether somebody waits for an answer, as clients do and scanners of many hosts do not.
fn waits(attempt: &Attempt) -> bool {
    attempt.fate == Fate::Silent && attempt.repeated
}
