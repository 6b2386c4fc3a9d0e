//! How long ends wait before they send SYN or SYN-ACK again, and which systems wait so.

use crate::base::{Duration, Side, Timestamp};
use crate::track::handshake::opening::list;
use crate::track::record::Record;
use crate::track::segment::Segment;

/// The waits between SYNs of one attempt, and between SYN-ACKs that answer it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Retries {
    /// Between each SYN of the attempt and the one before it, at most [`Handshake::MOST_FRAMES`](crate::track::Handshake::MOST_FRAMES).
    pub syn: Vec<Duration>,
    /// Between each SYN-ACK and the one before it, at most [`Handshake::MOST_FRAMES`](crate::track::Handshake::MOST_FRAMES); empty where a further SYN may have called for
    /// one of them.
    pub syn_ack: Vec<Duration>,
    /// When the latest SYN-ACK came.
    latest_answer: Option<Timestamp>,
    /// A SYN came between two SYN-ACKs: it was not the server's own clock that made it send again.
    answered_again: bool,
}

/// Systems that send a SYN again after the same waits. One researcher's measurements and the systems' own documents say so; settings
/// can change the waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Linux from 6.5 on.
    Linux,
    /// Linux before 6.5, and Android.
    OlderLinux,
    /// macOS.
    MacOs,
    /// iOS.
    Ios,
    /// Windows 10 and 11.
    Windows,
    /// Windows before that.
    OlderWindows,
}

/// Fewer waits than this fit too many systems to say anything.
const TELLING: usize = 2;
/// A timer goes off early by at most this share, and late by at most an eighth: Linux's timer wheel rounds up so much.
const EARLY: i64 = 20;
const LATE: i64 = 8;
/// Waits are blurred by at least so much, in ns, both ways.
const BLUR: i64 = 15_000_000;
/// Copies of one SYN at two places of the way lie closer together than any wait, in ns.
const COPY: i64 = 5_000_000;

/// What each family waits, in ms.
const SCHEDULES: [(Family, &[i64]); 6] = [
    (Family::Linux, &[1_000, 1_000, 1_000, 1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]),
    (Family::OlderLinux, &[1_000, 2_000, 4_000, 8_000, 16_000, 32_000]),
    (Family::MacOs, &[1_000, 1_000, 1_000, 1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]),
    (Family::Ios, &[60, 60, 60, 60, 60, 120, 230, 460, 920, 1_830, 3_650, 3_650]),
    (Family::Windows, &[1_000, 2_000, 4_000, 8_000]),
    (Family::OlderWindows, &[3_000, 6_000, 12_000]),
];
/// What Linux waits between SYN-ACKs, in ms.
const LINUX_ANSWERS: [i64; 5] = [1_000, 2_000, 4_000, 8_000, 16_000];

impl Family {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux_from_6.5",
            Self::OlderLinux => "linux_before_6.5",
            Self::MacOs => "macos",
            Self::Ios => "ios",
            Self::Windows => "windows",
            Self::OlderWindows => "older_windows",
        }
    }

    /// In a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Linux => "Linux from 6.5",
            Self::OlderLinux => "Linux before 6.5 or Android",
            Self::MacOs => "macOS",
            Self::Ios => "iOS",
            Self::Windows => "Windows",
            Self::OlderWindows => "older Windows",
        }
    }
}

impl Retries {
    /// The systems whose waits between SYNs begin like these; none where there are too few to tell.
    pub fn client_looks_like(&self) -> impl Iterator<Item = Family> + '_ {
        let fitting = SCHEDULES.into_iter().filter(|(_, schedule)| begins(schedule, &self.syn));
        fitting.map(|(family, _)| family)
    }

    /// Whether the waits between SYN-ACKs begin like those of Linux.
    #[must_use]
    pub fn server_looks_like_linux(&self) -> bool {
        begins(&LINUX_ANSWERS, &self.syn_ack)
    }
}

impl Record {
    /// A SYN or SYN-ACK: how long after the one that it repeats?
    pub(super) fn notice_retry(&mut self, segment: &Segment) {
        match segment.from {
            Side::Client if segment.opens() => self.notice_syn_again(segment),
            Side::Server if segment.answers() => self.notice_answer_again(segment),
            _ => {}
        }
    }

    fn notice_syn_again(&mut self, segment: &Segment) {
        let latest = self.last_syn.filter(|syn| syn.seq == segment.seq).and_then(|syn| syn.time);
        if let Some(wait) = wait(latest, segment.at) {
            let retries = self.connection.handshake.retries.get_or_insert_default();
            list(&mut retries.syn, wait);
        }
    }

    fn notice_answer_again(&mut self, segment: &Segment) {
        let handshake = &mut self.connection.handshake;
        let Some(first) =
            handshake.syn_ack.filter(|answer| answer.seq == segment.seq && answer.ack == segment.ack)
        else {
            return;
        };
        let latest = handshake.retries.as_ref().and_then(|retries| retries.latest_answer).or(first.time);
        let Some(wait) = wait(latest, segment.at) else { return };
        let retries = handshake.retries.get_or_insert_default();
        retries.latest_answer = segment.at;
        // An end answers a further SYN at once, whatever its clock says.
        retries.answered_again |= self.last_syn.and_then(|syn| syn.time) > latest;
        if retries.answered_again {
            retries.syn_ack.clear();
        } else {
            list(&mut retries.syn_ack, wait);
        }
    }
}

/// The time between two sendings; `None` where the two are rather one, captured twice.
fn wait(before: Option<Timestamp>, again: Option<Timestamp>) -> Option<Duration> {
    before.zip(again).map(|(before, again)| again.since(before)).filter(|wait| wait.0 > COPY)
}

/// Whether `waits` are the beginning of a schedule in ms, and enough of it to say so.
fn begins(schedule: &[i64], waits: &[Duration]) -> bool {
    let fits = |(due, wait): (&i64, &Duration)| {
        let due = due.saturating_mul(1_000_000);
        let early = (due / EARLY).max(BLUR);
        let late = (due / LATE).max(BLUR);
        (due - early..=due + late).contains(&wait.0)
    };
    (TELLING..=schedule.len()).contains(&waits.len()) && schedule.iter().zip(waits).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks_like(milliseconds: &[i64]) -> Vec<&'static str> {
        let syn = milliseconds.iter().map(|ms| Duration(ms * 1_000_000)).collect();
        Retries { syn, ..Retries::default() }.client_looks_like().map(Family::name).collect()
    }

    #[test]
    fn waits_as_measured_are_recognised() {
        let linux = [1_030, 1_020, 1_020, 1_020, 1_020, 2_050, 4_030, 8_190, 16_380, 32_260];
        assert_eq!(looks_like(&linux), ["linux_from_6.5", "macos"]);
        assert_eq!(looks_like(&[1_015, 2_016, 4_160]), ["linux_before_6.5", "windows"]);
        assert_eq!(looks_like(&[1_015, 2_016, 4_160, 8_190, 16_640]), ["linux_before_6.5"]);
        assert_eq!(looks_like(&[3_000, 6_010]), ["older_windows"]);
        assert_eq!(looks_like(&[61, 60, 62]), ["ios"]);
    }

    #[test]
    fn too_few_or_strange_waits_say_nothing() {
        for waits in [
            &[1_000][..],
            &[],
            &[1_000, 3_000],
            &[500, 1_000],
            &[1_000, 2_000, 4_000, 9_500],
            &[2_000, 4_000],
        ] {
            assert!(looks_like(waits).is_empty(), "{waits:?}");
        }
    }

    #[test]
    fn sooner_than_any_wait_is_a_copy() {
        let at = |ms: u64| Some(Timestamp(ms * 1_000_000));
        assert_eq!(wait(at(1), at(2)), None);
        assert_eq!(wait(at(9), at(2)), None);
        assert_eq!(wait(at(1), at(1_001)), Some(Duration::seconds(1)));
        assert_eq!(wait(None, at(1)), None);
    }
}
