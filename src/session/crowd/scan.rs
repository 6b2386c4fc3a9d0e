//! One address that tries many doors: many ports of one host, or one port of many hosts.

use std::collections::BTreeMap;

use crate::base::Duration;
use crate::base::convert::wide;
use crate::session::crowd::attempt::{Attempt, Fate};
use crate::session::crowd::ends::Ends;
use crate::session::crowd::evidence::Evidence;
use crate::session::crowd::window::Window;

/// What one address found at the doors that it tried: ports, or addresses.
#[derive(Clone, Debug)]
pub(super) struct Scan<T> {
    window: Window<T>,
    /// It is never forgotten, and may remember many doors.
    pub(super) kept: bool,
    pub(super) answers: BTreeMap<T, Answer>,
    open: u64,
    /// Attempts at doors that could not be remembered.
    pub(super) beyond: u64,
    pub(super) attempts: u64,
    /// Attempts that became connections with data: of somebody who knows the door.
    pub(super) used: u64,
    /// SYN-ACKs that were acknowledged, and those that were answered with RST.
    pub(super) completed: u64,
    pub(super) dropped: u64,
    pub(super) ends: Ends,
    pub(super) evidence: Evidence,
}

/// What was behind a door; a later answer counts where it says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// Nothing came back, or an ICMP error.
    Silent,
    /// RST.
    Closed,
    /// SYN-ACK.
    Open,
}

impl<T> Default for Scan<T> {
    /// No attempt yet.
    fn default() -> Self {
        Self {
            window: Window::default(),
            kept: false,
            answers: BTreeMap::new(),
            open: 0,
            beyond: 0,
            attempts: 0,
            used: 0,
            completed: 0,
            dropped: 0,
            ends: Ends::default(),
            evidence: Evidence::default(),
        }
    }
}

impl<T: Ord + Copy> Scan<T> {
    /// So many doors tried within [`Scan::WITHIN`] look like a scan.
    pub(super) const THRESHOLD: usize = 20;
    /// See [`Scan::THRESHOLD`].
    pub(super) const WITHIN: Duration = Duration::seconds(30);
    /// Attempts at each door, on average, at most: who asks more often checks whether what it knows is still there.
    pub(super) const ATTEMPTS_EACH: u64 = 3;
    /// Doors remembered of an address that does not look like a scanner (yet).
    const FEW: usize = 256;

    /// Takes an attempt at a door. `room` is how many doors may still be remembered, of all scans together.
    pub(super) fn take(&mut self, attempt: &Attempt, door: T, room: &mut usize) {
        self.attempts += 1;
        let answer = match attempt.fate {
            Fate::Used | Fate::Idle | Fate::HalfOpen | Fate::Dropped => Answer::Open,
            Fate::Refused => Answer::Closed,
            Fate::Silent => Answer::Silent,
        };
        self.remember(door, answer, room);
        if attempt.fate == Fate::Used {
            self.used += 1;
            return;
        }
        self.completed += u64::from(attempt.acknowledged);
        self.dropped += u64::from(attempt.fate == Fate::Dropped);
        self.evidence.take(attempt.id.0);
        self.ends.take(attempt.at);
        self.window.take(attempt.at, door, Self::THRESHOLD, Self::WITHIN);
    }

    fn remember(&mut self, door: T, answer: Answer, room: &mut usize) {
        let known = self.answers.get(&door).copied();
        if known.is_none() && self.answers.len() >= Self::FEW {
            if !self.kept || *room == 0 {
                self.beyond += 1;
                return;
            }
            *room -= 1;
        }
        let now = known.map_or(answer, |known| known.max(answer));
        self.open += u64::from(now == Answer::Open && known != Some(Answer::Open));
        self.answers.insert(door, now);
    }

    /// Whether the threshold was reached.
    pub(super) fn is_recognised(&self) -> bool {
        self.window.is_reached()
    }

    /// Whether it looks like a scan.
    pub(super) fn is_scan(&self) -> bool {
        let doors = wide(self.answers.len());
        self.is_recognised()
            && self.open * 2 <= doors
            && self.used * 4 <= self.attempts
            && (self.attempts - self.beyond) <= doors * Self::ATTEMPTS_EACH
    }
}
