//! All that one scanner did in one way: the doors that it tried, and what was behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::session::crowd::ends::Ends;
use crate::session::crowd::evidence::Evidence;
use crate::session::crowd::scan::{Answer, Scan};

/// All that one scanner did in one way.
#[derive(Clone, Debug, Default)]
pub(super) struct Scanned {
    pub(super) doors: BTreeMap<(IpAddr, u16), Answer>,
    pub(super) hosts: BTreeSet<IpAddr>,
    pub(super) ports: BTreeSet<u16>,
    /// Of scans of many ports, and of sweeps over many hosts: each sees the same attempts in its own way.
    scans: Tried,
    sweeps: Tried,
}

/// Attempts, and when they were made.
#[derive(Clone, Debug, Default)]
pub(super) struct Tried {
    pub(super) attempts: u64,
    /// Doors may have been left out: they could not be remembered.
    pub(super) beyond: bool,
    pub(super) completed: u64,
    pub(super) dropped: u64,
    pub(super) ends: Ends,
    pub(super) evidence: Evidence,
}

impl Scanned {
    /// Takes what it tried of one host.
    pub(super) fn host(&mut self, host: IpAddr, scan: &Scan<u16>) {
        self.hosts.insert(host);
        self.ports.extend(scan.answers.keys());
        self.doors.extend(scan.answers.iter().map(|(port, answer)| ((host, *port), *answer)));
        self.scans.take(scan);
    }

    /// Takes what it tried of one port.
    pub(super) fn port(&mut self, port: u16, scan: &Scan<IpAddr>) {
        self.ports.insert(port);
        self.hosts.extend(scan.answers.keys());
        for (host, answer) in &scan.answers {
            let known = self.doors.entry((*host, port)).or_insert(*answer);
            *known = (*known).max(*answer);
        }
        self.sweeps.take(scan);
    }

    /// What was tried: as scans or as sweeps, whatever saw more of it.
    pub(super) fn tried(&self) -> &Tried {
        if self.sweeps.attempts > self.scans.attempts { &self.sweeps } else { &self.scans }
    }

    /// How many doors gave this answer.
    pub(super) fn count(&self, answer: Answer) -> u64 {
        self.doors.values().filter(|other| **other == answer).map(|_| 1).sum()
    }

    /// The doors that gave this answer, in order.
    pub(super) fn with(&self, answer: Answer) -> impl Iterator<Item = (IpAddr, u16)> + '_ {
        self.doors.iter().filter(move |(_, other)| **other == answer).map(|(door, _)| *door)
    }
}

impl Tried {
    fn take<T>(&mut self, scan: &Scan<T>) {
        self.attempts += scan.attempts;
        self.beyond |= scan.beyond > 0;
        self.completed += scan.completed;
        self.dropped += scan.dropped;
        self.ends = self.ends.and(scan.ends);
        self.evidence.join(&scan.evidence);
    }
}
