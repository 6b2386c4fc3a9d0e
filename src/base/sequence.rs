//! TCP sequence numbers.

use std::fmt;
use std::ops::Add;

/// A TCP sequence number: a point on a circle of 2^32 (RFC 9293 §3.4). No `Ord` on purpose: order on a circle is not total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct SeqNum(pub u32);

impl SeqNum {
    /// Octets from `earlier` forward to `self`, modulo 2^32.
    #[must_use]
    pub fn since(self, earlier: Self) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// Signed distance from `other` to `self`: negative where `self` lies behind it, exact within half the circle.
    #[must_use]
    pub fn distance(self, other: Self) -> i32 {
        self.since(other).cast_signed()
    }

    /// Whether `self` lies after `other`, on the shorter way round (RFC 9293 §3.4).
    #[must_use]
    pub fn is_after(self, other: Self) -> bool {
        self.distance(other) > 0
    }
}

impl Add<u32> for SeqNum {
    type Output = Self;

    /// Moves forward, modulo 2^32.
    fn add(self, octets: u32) -> Self {
        Self(self.0.wrapping_add(octets))
    }
}

impl fmt::Display for SeqNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_after_the_largest_is_zero() {
        assert_eq!(SeqNum(u32::MAX) + 1, SeqNum(0));
        assert_eq!(SeqNum(0).since(SeqNum(u32::MAX)), 1);
    }

    #[test]
    fn order_is_taken_on_the_shorter_way_round() {
        assert!(SeqNum(5).is_after(SeqNum(u32::MAX - 5)));
        assert!(!SeqNum(u32::MAX - 5).is_after(SeqNum(5)));
        assert!(!SeqNum(7).is_after(SeqNum(7)));
    }
}
