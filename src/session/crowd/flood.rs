//! Handshakes at one port that are begun by the hundred and never completed.

use crate::base::convert::wide;
use crate::base::{Certainty, ConnId, Duration};
use crate::session::crowd::attempt::{Attempt, Fate, Look};
use crate::session::crowd::distinct::Distinct;
use crate::session::crowd::evidence::Evidence;
use crate::session::crowd::period::Period;
use crate::session::crowd::window::Window;

/// What attempts to open connections to one address and port came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Flood {
    window: Window<ConnId>,
    pub(super) period: Period,
    pub(super) evidence: Evidence,
    /// Who began what was never completed.
    pub(super) sources: Distinct,
    /// Incomplete: SYN-ACK, and no acknowledgment.
    pub(super) half_open: u64,
    /// Incomplete: SYN-ACK, which somebody rejected with RST.
    pub(super) dropped: u64,
    /// Incomplete: no answer.
    pub(super) silent: u64,
    /// Of the half-open ones, those that were watched long enough to see a SYN-ACK again.
    pub(super) watched: u64,
    /// SYN-ACKs of half-open ones that came again.
    pub(super) sent_again: u64,
    /// Of those watched, the ones whose SYN-ACK never came again.
    pub(super) not_repeated: u64,
    look: Option<Look>,
    look_alike: u64,
    /// Attempts of all kinds, and how many there were when it was judged.
    attempts: u64,
    judged_at: u64,
    judged: Option<Certainty>,
}

impl Flood {
    /// So many handshakes begun within [`Flood::WITHIN`] and never completed look like a flood.
    pub(super) const THRESHOLD: usize = 100;
    /// See [`Flood::THRESHOLD`].
    pub(super) const WITHIN: Duration = Duration::seconds(10);
    /// From so many addresses, or they must have been answered: one client that keeps trying a dead port is no flood.
    pub(super) const SOURCES: u64 = 10;
    /// At least one in so many attempts of that time was not completed.
    pub(super) const SHARE: u64 = 3;

    /// Takes an attempt at this port.
    pub(super) fn take(&mut self, attempt: &Attempt) {
        self.attempts += 1;
        let counts = self.period.at(attempt.at);
        counts.syns += u64::from(attempt.syns);
        counts.syn_acks += u64::from(attempt.syn_acks);
        match attempt.fate {
            _ if is_part(attempt) => counts.incomplete(attempt.at),
            Fate::Used | Fate::Idle => counts.opened += 1,
            _ => counts.waiting += 1,
        }
        if is_part(attempt) {
            self.part(attempt);
        }
    }

    fn part(&mut self, attempt: &Attempt) {
        self.sources.take(attempt.from.address);
        self.evidence.take(attempt.id.0);
        match attempt.fate {
            Fate::HalfOpen => self.half_open += 1,
            Fate::Dropped => self.dropped += 1,
            _ => self.silent += 1,
        }
        self.watched += u64::from(attempt.watched);
        self.not_repeated += u64::from(attempt.watched && attempt.syn_acks <= 1);
        self.sent_again += u64::from(attempt.fate == Fate::HalfOpen && attempt.syn_acks > 1);
        self.look_alike += u64::from(*self.look.get_or_insert(attempt.look) == attempt.look);
        self.window.take(attempt.at, attempt.id, Self::THRESHOLD, Self::WITHIN);
    }

    /// Whether the threshold was reached.
    pub(super) fn is_recognised(&self) -> bool {
        self.window.is_reached()
    }

    /// Handshakes begun and never completed.
    pub(super) fn incomplete(&self) -> u64 {
        self.half_open + self.dropped + self.silent
    }

    /// For most of the half-open ones the server kept nothing that it could repeat, though it had the time.
    pub(super) fn uses_cookies(&self) -> bool {
        self.not_repeated > 0 && self.not_repeated * 2 >= self.half_open
    }

    /// All incomplete ones have the same time to live, window and options.
    pub(super) fn is_of_one_make(&self) -> bool {
        self.look_alike == self.incomplete()
    }

    /// Many addresses, and hardly any of them twice.
    pub(super) fn comes_once_from_each(&self) -> bool {
        let sources = self.sources.count();
        sources >= Self::SOURCES && self.incomplete() * 10 <= sources * 11
    }

    /// The same, and all alike: nobody has so many machines of one make at one distance that try once.
    pub(super) fn looks_forged(&self) -> bool {
        self.comes_once_from_each() && self.is_of_one_make()
    }

    /// What [`Flood::verdict`] says, found out again only where an eighth more came since: a verdict costs as much as there are steps.
    pub(super) fn judge(&mut self, acknowledged: bool) -> Option<Certainty> {
        if self.judged_at == 0 || self.attempts - self.judged_at > self.judged_at / 8 {
            (self.judged_at, self.judged) = (self.attempts, self.verdict(acknowledged));
        }
        self.judged
    }

    /// How sure it is that this is a flood; `None` where it does not look like one. Where the capture holds no acknowledgment of
    /// anybody (`acknowledged`), these may have been filtered out, and something else must show that they never came.
    pub(super) fn verdict(&self, acknowledged: bool) -> Option<Certainty> {
        if !self.is_recognised() {
            return None;
        }
        let answered = self.half_open + self.dropped;
        let enough = self.sources.count() >= Self::SOURCES || answered >= wide(Self::THRESHOLD);
        let worst = self.period.worst();
        if !enough || worst.incomplete * Self::SHARE < worst.attempts() {
            return None;
        }
        let never_came = self.dropped + self.sent_again >= self.incomplete() / 10;
        match acknowledged || never_came {
            true => Some(Certainty::Inferred),
            false if self.looks_forged() => Some(Certainty::Guessed),
            false => None,
        }
    }
}

/// Never completed: answered and not acknowledged, or not answered and not asked again, as real clients do.
pub(super) fn is_part(attempt: &Attempt) -> bool {
    match attempt.fate {
        Fate::HalfOpen | Fate::Dropped => true,
        Fate::Silent => !attempt.repeated,
        Fate::Used | Fate::Idle | Fate::Refused => false,
    }
}
