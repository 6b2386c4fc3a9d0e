//! How attempts at one target spread over time, in a bounded number of equal steps.

use std::collections::BTreeMap;

use crate::base::Timestamp;
use crate::base::convert::index;
use crate::session::crowd::ends::Ends;

const SECOND: u64 = 1_000_000_000;

/// Counts in equal steps of time. Where there are too many steps, two become one.
#[derive(Clone, Debug)]
pub(super) struct Period {
    /// Nanoseconds of one step.
    step: u64,
    /// By number of steps since the epoch; steps in which nothing happened are not there.
    steps: BTreeMap<u64, Counts>,
}

/// What happened in one step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Handshakes begun and never completed.
    pub(super) incomplete: u64,
    /// Attempts of whoever seems to wait for an answer.
    pub(super) waiting: u64,
    /// Connections opened.
    pub(super) opened: u64,
    /// SYNs, repeats included.
    pub(super) syns: u64,
    /// SYN-ACKs, repeats included.
    pub(super) syn_acks: u64,
    /// When the first and the last of the incomplete ones were begun.
    pub(super) ends: Ends,
}

impl Default for Period {
    /// Nothing happened yet.
    fn default() -> Self {
        Self { step: Self::FINEST, steps: BTreeMap::new() }
    }
}

impl Period {
    /// Most steps.
    const MOST: usize = 256;
    /// An eighth of a second, so that steps double to whole seconds.
    const FINEST: u64 = SECOND / 8;
    /// Columns of the small picture.
    const COLUMNS: u64 = 24;

    /// The counts of the step in which `at` lies.
    pub(super) fn at(&mut self, at: Timestamp) -> &mut Counts {
        while self.steps.len() >= Self::MOST && !self.steps.contains_key(&(at.0 / self.step)) {
            self.coarsen();
        }
        self.steps.entry(at.0 / self.step).or_default()
    }

    /// All that happened while it was at its worst.
    pub(super) fn worst(&self) -> Counts {
        let Some((first, last)) = self.bounds() else { return Counts::default() };
        self.steps.range(first..=last).fold(Counts::default(), |sum, (_, counts)| sum.and(counts))
    }

    /// Most incomplete handshakes that were begun within a second; an average where the steps are longer than that.
    pub(super) fn peak_per_second(&self) -> u64 {
        let together = (SECOND / self.step).max(1);
        let within = |(first, _): (&u64, &Counts)| {
            self.steps
                .range(*first..first.saturating_add(together))
                .map(|(_, counts)| counts.incomplete)
                .sum()
        };
        let most: u64 = self.steps.iter().map(within).max().unwrap_or_default();
        most / (self.step / SECOND).max(1)
    }

    /// Incomplete handshakes over that time, in columns of equal length.
    pub(super) fn picture(&self) -> Vec<u64> {
        let Some((first, last)) = self.bounds() else { return Vec::new() };
        let each = (last - first + 1).div_ceil(Self::COLUMNS);
        let columns = (last - first) / each + 1;
        let mut picture = vec![0; usize::try_from(columns).unwrap_or_default()];
        for (number, counts) in self.steps.range(first..=last) {
            let column = u32::try_from((number - first) / each).unwrap_or_default();
            if let Some(column) = picture.get_mut(index(column)) {
                *column += counts.incomplete;
            }
        }
        picture
    }

    /// From the first to the last step with at least a tenth of what the worst one had, and what adjoins with a hundredth.
    fn bounds(&self) -> Option<(u64, u64)> {
        let worst = self.steps.values().map(|counts| counts.incomplete).max()?.max(1);
        let mut bad = self.steps.iter().filter(|(_, counts)| counts.incomplete * 10 >= worst);
        let first = *bad.next()?.0;
        let last = bad.next_back().map_or(first, |(last, _)| *last);
        let adjoins = |number: &u64| {
            self.steps
                .get(number)
                .is_some_and(|counts| counts.incomplete > 0 && counts.incomplete * 100 >= worst)
        };
        let before = (0..first).rev().take_while(adjoins).last().unwrap_or(first);
        let after = (last.saturating_add(1)..u64::MAX).take_while(adjoins).last().unwrap_or(last);
        Some((before, after))
    }

    fn coarsen(&mut self) {
        self.step = self.step.saturating_mul(2);
        for (number, counts) in std::mem::take(&mut self.steps) {
            let sum = self.steps.entry(number / 2).or_default();
            *sum = sum.and(&counts);
        }
    }
}

impl Counts {
    /// All attempts.
    pub(super) fn attempts(&self) -> u64 {
        self.incomplete + self.waiting + self.opened
    }

    /// Counts an incomplete handshake.
    pub(super) fn incomplete(&mut self, at: Timestamp) {
        self.incomplete += 1;
        self.ends.take(at);
    }

    fn and(self, other: &Self) -> Self {
        Self {
            incomplete: self.incomplete + other.incomplete,
            waiting: self.waiting + other.waiting,
            opened: self.opened + other.opened,
            syns: self.syns + other.syns,
            syn_acks: self.syn_acks + other.syn_acks,
            ends: self.ends.and(other.ends),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times_ms: impl IntoIterator<Item = u64>) -> Period {
        let mut period = Period::default();
        for ms in times_ms {
            let at = Timestamp(ms * 1_000_000);
            period.at(at).incomplete(at);
        }
        period
    }

    #[test]
    fn the_worst_of_a_long_capture_is_found() {
        let noise = (0..100).map(|n| n * 60_000);
        let flood = (0..2_000).map(|n| 3_000_500 + n);
        let worst = of(noise.chain(flood)).worst();
        assert!((2_000..2_010).contains(&worst.incomplete), "{worst:?}");
    }

    #[test]
    fn the_peak_is_counted_over_a_second() {
        assert_eq!(of((0..1_000).map(|n| 500 + n)).peak_per_second(), 1_000);
        assert_eq!(of((0..3_000).map(|n| n * 2)).peak_per_second(), 500);
        let steady = of((0..10_000).map(|n| n * 100)).peak_per_second();
        assert!((9..=10).contains(&steady), "{steady}");
    }

    #[test]
    fn the_picture_is_narrow_and_leaves_nothing_out() {
        for seconds in [1, 3, 20, 1_000, 90_000] {
            let picture = of((0..seconds * 2).map(|n| n * 500)).picture();
            assert!(picture.len() <= 24, "{seconds}: {picture:?}");
            assert_eq!(picture.iter().sum::<u64>(), seconds * 2);
        }
    }

    #[test]
    fn memory_stays_the_same_whatever_the_times() {
        let mut period = Period::default();
        for at in [u64::MAX, 0, 1 << 40, 1 << 62].into_iter().chain((0..10_000).map(|n| n << 45)) {
            period.at(Timestamp(at)).waiting += 1;
        }
        assert!(period.steps.len() <= Period::MOST);
        assert_eq!(period.steps.values().map(|counts| counts.waiting).sum::<u64>(), 10_004);
    }
}
