//! Which octets of one direction were captured, so that what comes again is told from what comes late.

use crate::base::SeqNum;

/// The numbers of one direction's data that were captured: one stretch, with the holes in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// The first number that is known of, and the one after the highest.
    span: Option<(SeqNum, SeqNum)>,
    /// What lies before the span may have been captured too: it was forgotten.
    forgot: bool,
    /// First number of each hole and the one after its last, in order, apart from each other.
    holes: Vec<(SeqNum, SeqNum)>,
}

impl Seen {
    /// Holes that are remembered.
    const MOST_HOLES: usize = 8;
    /// Octets behind the highest number that are remembered: more than any window holds, less than half the circle.
    const LONGEST: u32 = 1 << 29;
    /// Bytes that one takes beyond its own size, at most.
    pub(super) const BYTES_BESIDE: usize = Self::MOST_HOLES * size_of::<(SeqNum, SeqNum)>();

    /// Takes the data of a segment; how many of its octets were not captured before, `None` where that is not known any more.
    pub(super) fn take(&mut self, from: SeqNum, length: u32) -> Option<u32> {
        let Some((low, high)) = self.span else {
            self.span = Some((from, from + length));
            return Some(length);
        };
        if from == high && length <= Self::LONGEST {
            self.reach(low, high + length);
            return Some(length);
        }
        if length > Self::LONGEST || from.distance(high).unsigned_abs() > 2 * Self::LONGEST {
            *self = Self { span: Some((from, from + length)), forgot: true, holes: Vec::new() };
            return None;
        }
        self.take_apart((low, high), (from, from + length))
    }

    /// Whether data with these numbers was captured, as far as is known.
    pub(super) fn holds(&self, left: SeqNum, right: SeqNum) -> bool {
        self.span.is_some_and(|(low, high)| !low.is_after(left) && !right.is_after(high))
            && !self.holes.iter().any(|(start, end)| right.is_after(*start) && end.is_after(left))
    }

    /// Octets that are not simply the next ones.
    fn take_apart(&mut self, (low, high): (SeqNum, SeqNum), (from, end): (SeqNum, SeqNum)) -> Option<u32> {
        let is_before = low.is_after(from);
        if is_before && self.forgot {
            if end.is_after(low) {
                self.take_apart((low, high), (low, end));
            }
            return None;
        }
        let mut fresh = self.fill(from, end);
        let mut span = (low, high);
        if is_before {
            fresh += earlier(low, end).since(from);
            span.0 = from;
            if low.is_after(end) {
                self.open(0, (end, low));
            }
        }
        if end.is_after(high) {
            fresh += end.since(later(high, from));
            span.1 = end;
            if from.is_after(high) {
                self.open(self.holes.len(), (high, from));
            }
        }
        // Where a hole was forgotten the span begins behind it.
        let low = if self.forgot { self.span.map_or(span.0, |(low, _)| low) } else { span.0 };
        self.reach(low, span.1);
        Some(fresh)
    }

    /// Fills holes; how many octets of them.
    fn fill(&mut self, from: SeqNum, end: SeqNum) -> u32 {
        let (mut filled, mut rest) = (0, None);
        self.holes.retain_mut(|hole| {
            let (left, right) = (later(hole.0, from), earlier(hole.1, end));
            if !right.is_after(left) {
                return true;
            }
            filled += right.since(left);
            let behind = (right, hole.1);
            if left == hole.0 {
                *hole = behind;
            } else {
                hole.1 = left;
                rest = (behind.0 != behind.1).then_some(behind);
            }
            hole.0 != hole.1
        });
        if let Some(rest) = rest {
            let place = self.holes.iter().take_while(|hole| rest.0.is_after(hole.0)).count();
            self.open(place, rest);
        }
        filled
    }

    /// Remembers a hole at this place among the others; if they are too many, the lowest is forgotten with all before it.
    fn open(&mut self, place: usize, hole: (SeqNum, SeqNum)) {
        self.holes.insert(place.min(self.holes.len()), hole);
        if self.holes.len() > Self::MOST_HOLES {
            let (_, end) = self.holes.remove(0);
            self.forget_before(end);
        }
    }

    /// Moves the highest number on; what lies too far behind it is forgotten.
    fn reach(&mut self, low: SeqNum, high: SeqNum) {
        self.span = Some((low, high));
        if high.since(low) > Self::LONGEST {
            let from = SeqNum(high.0.wrapping_sub(Self::LONGEST));
            self.forget_before(from);
            self.holes.retain(|(start, _)| !from.is_after(*start));
        }
    }

    fn forget_before(&mut self, from: SeqNum) {
        self.forgot = true;
        self.span = self.span.map(|(low, high)| (later(low, from), high));
    }
}

fn earlier(one: SeqNum, other: SeqNum) -> SeqNum {
    if other.is_after(one) { one } else { other }
}

fn later(one: SeqNum, other: SeqNum) -> SeqNum {
    if other.is_after(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(seen: &mut Seen, from: u32, length: u32) -> Option<u32> {
        seen.take(SeqNum(from), length)
    }

    #[test]
    fn octets_count_as_new_once_wherever_they_lie() {
        let mut seen = Seen::default();
        let told = [(501, 200), (1, 300), (701, 300), (201, 400), (1, 300), (1, 1_000)];
        let fresh: Vec<_> = told.map(|(from, length)| take(&mut seen, from, length).unwrap()).into();
        assert_eq!(fresh, [200, 300, 300, 200, 0, 0]);
        assert!(seen.holds(SeqNum(1), SeqNum(1_001)) && !seen.holds(SeqNum(900), SeqNum(1_002)));
        assert!(seen.holes.is_empty());
    }

    #[test]
    fn numbers_go_on_after_the_largest_at_zero() {
        let mut seen = Seen::default();
        assert_eq!(take(&mut seen, u32::MAX - 9, 5), Some(5));
        assert_eq!(take(&mut seen, 10, 5), Some(5));
        assert_eq!(take(&mut seen, u32::MAX - 9, 30), Some(20));
        assert_eq!(take(&mut seen, 0, 20), Some(0));
    }

    #[test]
    fn a_hole_that_is_filled_in_the_middle_becomes_two() {
        let mut seen = Seen::default();
        take(&mut seen, 0, 10);
        take(&mut seen, 100, 10);
        assert_eq!(take(&mut seen, 40, 20), Some(20));
        assert_eq!(seen.holes, [(SeqNum(10), SeqNum(40)), (SeqNum(60), SeqNum(100))]);
        assert!(!seen.holds(SeqNum(30), SeqNum(50)));
        assert_eq!(take(&mut seen, 0, 110), Some(70));
    }

    #[test]
    fn of_what_was_forgotten_nothing_is_said() {
        let mut seen = Seen::default();
        for n in 0..=20 {
            take(&mut seen, n * 10, 5);
        }
        assert_eq!(seen.holes.len(), Seen::MOST_HOLES);
        assert_eq!(take(&mut seen, 5, 5), None);
        assert_eq!(take(&mut seen, 195, 5), Some(5));
        let mut seen = Seen::default();
        take(&mut seen, 0, 10);
        for n in 0..70 {
            take(&mut seen, 10 + (n << 23), 1 << 23);
        }
        assert_eq!(take(&mut seen, 0, 10), None);
        assert_eq!(take(&mut seen, 10 + (70 << 23), 10), Some(10));
    }

    /// Held against a plain set, with numbers around the end of the circle.
    #[test]
    fn what_is_new_is_new_however_segments_come() {
        let mut random = 7_u32;
        let mut seen = Seen::default();
        let mut all = std::collections::HashSet::new();
        for _ in 0..5_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (from, length) = ((random >> 8) % 300, 1 + (random >> 20) % 20);
            let fresh = (from..from + length).filter(|octet| all.insert(*octet)).count();
            if let Some(told) = take(&mut seen, from.wrapping_sub(150), length) {
                assert_eq!(usize::try_from(told).unwrap(), fresh);
            }
            assert!(seen.holes.len() <= Seen::MOST_HOLES);
        }
        assert_eq!(take(&mut seen, 160, 5), Some(0));
    }
}
