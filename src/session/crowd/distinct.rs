//! How many different addresses there were: counted as long as they are few, estimated beyond.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::base::convert::wide;
use crate::base::grouped;

/// How many different addresses there were, in constant memory.
#[derive(Clone, Debug)]
pub(super) enum Distinct {
    /// Every one of them.
    Counted(BTreeSet<IpAddr>),
    /// Of each class of addresses, the longest row of zeros that a digest of one began with (Flajolet et al., `HyperLogLog`, 2007).
    Estimated(Vec<u8>),
}

impl Default for Distinct {
    /// None yet.
    fn default() -> Self {
        Self::Counted(BTreeSet::new())
    }
}

impl Distinct {
    /// Most addresses that are counted one by one.
    const COUNTED: usize = 4_096;
    /// Bits of a digest that choose the class, and how many classes that makes: the estimate is wrong by about 3 %.
    const CLASS_BITS: u32 = 10;
    const CLASSES: u64 = 1 << Self::CLASS_BITS;

    /// Takes one address.
    pub(super) fn take(&mut self, address: IpAddr) {
        match self {
            Self::Counted(all) => {
                all.insert(address);
                if all.len() > Self::COUNTED {
                    let all = std::mem::take(all);
                    let classes = usize::try_from(Self::CLASSES).unwrap_or_default();
                    *self = Self::Estimated(vec![0; classes]);
                    for address in all {
                        self.take(address);
                    }
                }
            }
            Self::Estimated(classes) => {
                let digest = digest(address);
                let class = usize::try_from(digest >> (u64::BITS - Self::CLASS_BITS)).unwrap_or_default();
                let zeros = (digest << Self::CLASS_BITS).leading_zeros().min(u64::BITS - Self::CLASS_BITS);
                let rank = u8::try_from(zeros + 1).unwrap_or(u8::MAX);
                if let Some(longest) = classes.get_mut(class) {
                    *longest = rank.max(*longest);
                }
            }
        }
    }

    /// How many there are, or about how many.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Counted(all) => wide(all.len()),
            Self::Estimated(classes) => {
                let sum: u128 = classes.iter().map(|rank| 1_u128 << (64 - u32::from(*rank).min(64))).sum();
                let classes = u128::from(Self::CLASSES);
                // The constant for 1,024 classes: 0.7213 / (1 + 1.079 / 1,024).
                let estimate = 72_054 * classes * classes * (1_u128 << 64) / (100_000 * sum.max(1));
                u64::try_from(estimate).unwrap_or(u64::MAX)
            }
        }
    }

    /// `2,000`, or `about 1,980,000`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Counted(all) => grouped(wide(all.len())),
            Self::Estimated(_) => {
                let count = self.count();
                let step = 10_u64.saturating_pow(count.max(1).ilog10().saturating_sub(1));
                format!("about {}", grouped(count / step * step))
            }
        }
    }
}

/// A digest that is the same on every run (Steele et al., `SplitMix64`, 2014). Whoever chooses addresses to fool it makes an
/// estimate wrong, and nothing slow or large.
fn digest(address: IpAddr) -> u64 {
    let bits = match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let low = u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
    let high = u64::try_from(bits >> 64).unwrap_or_default();
    mixed(low ^ mixed(high))
}

fn mixed(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn of(count: u32) -> Distinct {
        let mut distinct = Distinct::default();
        for address in 0..count {
            distinct.take(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + address)));
        }
        distinct
    }

    #[test]
    fn few_are_counted() {
        assert_eq!(of(0).words(), "0");
        assert_eq!(of(4_096).words(), "4,096");
        let mut twice = of(10);
        twice.take(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3)));
        assert_eq!(twice.count(), 10);
    }

    #[test]
    fn many_are_estimated_within_a_tenth() {
        for count in [4_097, 20_000, 100_000, 700_000] {
            let estimate = of(count).count();
            let (low, high) = (u64::from(count) * 9 / 10, u64::from(count) * 11 / 10);
            assert!((low..=high).contains(&estimate), "{count}: {estimate}");
        }
        assert!(of(100_000).words().starts_with("about "));
        let mut six = Distinct::default();
        for n in 0..50_000_u128 {
            six.take(IpAddr::V6(Ipv6Addr::from(n << 64)));
        }
        assert!((45_000..55_000).contains(&six.count()), "{}", six.count());
    }
}
