//! What the headers of a connection betray of its surroundings: the stack that retries, cookies in place of state, middleboxes on the
//! way. Signs, never proof: the words say "looks like".

mod agreement;
mod cookie;
mod hops;
mod hosts;
mod injection;
mod isn;
mod offer;
mod path_mtu;
mod retry;
pub(super) mod rules;

pub(super) use hosts::Hosts;
pub use path_mtu::PathMtu;
pub use retry::{Family, Retries};

use crate::base::{FrameNo, Rule, Side};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::hops::Distance;
use crate::track::signs::injection::SentRst;
use crate::track::signs::path_mtu::{Sizes, Stuck, TooBig};

/// What was noticed of the surroundings of one connection. Small, for there may be a million of them: what few connections need
/// lies in a box.
#[derive(Clone, Debug, Default)]
pub(super) struct Signs {
    client: Habits,
    server: Habits,
    rare: Option<Box<Rare>>,
}

/// What one end's segments have in common.
#[derive(Clone, Copy, Debug, Default)]
struct Habits {
    distance: Distance,
    sizes: Sizes,
    /// What was pointed out of this end already, once each: a bit of [`Once`].
    told: u8,
}

/// What is pointed out once for each end of a connection.
#[derive(Clone, Copy, Debug)]
enum Once {
    TtlJump,
    ForeignRst,
    Injected,
    TimestampsUnasked,
    TimestampsMissing,
    BlocksUnasked,
    BlackHole,
    MtuLowered,
}

/// What only connections have on which something odd happened.
#[derive(Clone, Copy, Debug, Default)]
struct Rare {
    rst: Option<SentRst>,
    stuck: Option<Stuck>,
    too_big: Option<TooBig>,
}

impl Signs {
    /// The guess at the roles was wrong.
    pub(super) fn swap(&mut self) {
        std::mem::swap(&mut self.client, &mut self.server);
        // What is in the box names its side, and a connection whose SYN comes only now has told nothing yet.
        self.rare = None;
    }

    fn of(&self, side: Side) -> &Habits {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn of_mut(&mut self, side: Side) -> &mut Habits {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }
}

impl Once {
    fn bit(self) -> u8 {
        match self {
            Self::TtlJump => 1,
            Self::ForeignRst => 2,
            Self::Injected => 4,
            Self::TimestampsUnasked => 8,
            Self::TimestampsMissing => 16,
            Self::BlocksUnasked => 32,
            Self::BlackHole => 64,
            Self::MtuLowered => 128,
        }
    }
}

impl Habits {
    fn was_told(&self, what: Once) -> bool {
        self.told & what.bit() != 0
    }
}

impl Record {
    /// Takes the next segment, before anything else of the record has.
    pub(super) fn notice(&mut self, segment: &Segment) {
        if segment.flags.syn() {
            self.notice_number(segment);
            self.notice_offer(segment);
            self.notice_retry(segment);
        }
        self.notice_distance(segment);
        if segment.flags.rst() {
            self.notice_rst(segment);
            return;
        }
        self.notice_going_on(segment);
        self.notice_breach(segment);
        self.notice_size(segment);
    }

    /// Points something out that one end does, the first time.
    fn annotate_once(&mut self, what: Once, rule: &'static Rule, segment: &Segment, about: Option<FrameNo>) {
        let habits = self.signs.of_mut(segment.from);
        if !habits.was_told(what) {
            habits.told |= what.bit();
            self.annotate(rule, segment.frame, about);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_with_nothing_to_tell_keeps_little() {
        assert!(size_of::<Signs>() <= 64, "{} bytes", size_of::<Signs>());
    }
}
