//! Servers that seem to answer with SYN cookies (RFC 4987 §3.6): each sign is weak, so that two must agree. The cookie itself
//! cannot be told from another number by anybody but the server.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::base::{Duration, Endpoint, Timestamp};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::rules;
use crate::wire::transport::SynOptions;

/// Most servers that are watched; of further ones nothing is said.
const MOST_SERVERS: usize = 1 << 10;
/// Low bits of a timestamp in which Linux keeps what the SYN offered.
const KEPT_BITS: u32 = 0x3f;
/// So many answers in a row with the same low bits are no chance: one in 4,096.
const IN_A_ROW: u8 = 3;
/// A server with state sends its SYN-ACK again after a second, or three (RFC 6298 §2).
const PATIENCE: Duration = Duration::seconds(4);
/// So many half-open connections whose SYN-ACK was not sent again tell of a server without state.
const SILENT: u8 = 3;
/// Connections of one server on which it is told.
const TOLD_OF_ONE_SERVER: u8 = 16;
/// So many SYN-ACKs within a second are a flood's.
const FLOOD: u16 = 128;

/// Servers by address and port.
#[derive(Debug, Default)]
pub(super) struct Answerers(HashMap<Endpoint, Answers>);

/// How one server answers.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    /// It granted an option beside the segment size.
    granted: bool,
    /// It granted none, though some were offered, after it had granted some.
    plain: bool,
    latest: Option<Stamp>,
    /// Answers in a row whose low timestamp bits are what the SYN offered.
    exact: u8,
    /// Answers in a row to one host and one offer with the same low bits.
    alike: u8,
    /// Half-open connections in a row whose SYN-ACK was not sent again in time.
    silent: u8,
    second: u64,
    in_second: u16,
    flooded: bool,
    told: u8,
}

/// The timestamp of the latest answer that had one.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    to: IpAddr,
    offered: u32,
    value: u32,
}

impl Answerers {
    /// The first SYN-ACK of a connection; whether it looks like a cookie.
    pub(super) fn take(&mut self, record: &Record, answer: &Segment) -> bool {
        let Some(syn) = record.connection.handshake.syn else { return false };
        if syn.options.incomplete || answer.options.incomplete {
            return false;
        }
        let server = record.connection.server;
        if self.0.len() >= MOST_SERVERS && !self.0.contains_key(&server) {
            return false;
        }
        let answers = self.0.entry(server).or_default();
        let plain = answers.plain(&syn.options, &answer.options);
        let stamped = answers.stamped(record.connection.client.address, &syn.options, &answer.options);
        answers.count(answer.at);
        answers.tells(plain, stamped)
    }

    /// A connection that stayed half-open is final.
    pub(super) fn conclude(&mut self, record: &mut Record, until: Option<Timestamp>) {
        let Some(answers) = self.0.get_mut(&record.connection.server) else { return };
        let handshake = &record.connection.handshake;
        let Some(answer) = handshake.syn_ack else { return };
        if handshake.syn_ack_count > 1 {
            answers.silent = 0;
        } else if answer.time.zip(until).is_some_and(|(at, until)| until.since(at) >= PATIENCE) {
            answers.silent = answers.silent.saturating_add(1);
            let plain = handshake.syn.is_some_and(|syn| answers.is_plain(&syn.options, &answer.options));
            let told =
                record.connection.annotations.iter().any(|a| a.rule.id == rules::SYN_COOKIES_SUSPECTED.id);
            if answers.silent >= SILENT && !told && answers.tells(plain, false) {
                record.annotate(&rules::SYN_COOKIES_SUSPECTED, answer.frame, None);
            }
        }
    }
}

impl Answers {
    /// Options are missing that were offered, though the server grants such at other times.
    fn plain(&mut self, offered: &SynOptions, granted: &SynOptions) -> bool {
        let plain = self.is_plain(offered, granted);
        self.plain |= plain;
        self.granted |= any(granted);
        plain
    }

    fn is_plain(&self, offered: &SynOptions, granted: &SynOptions) -> bool {
        self.granted && any(offered) && !any(granted)
    }

    /// The low bits of the timestamp hold what was offered: as it is, or added to something that stays the same for one host.
    fn stamped(&mut self, to: IpAddr, offered: &SynOptions, granted: &SynOptions) -> bool {
        let Some((value, _)) = granted.timestamps else { return false };
        let offered = kept(offered);
        let low = value & KEPT_BITS;
        let before = self.latest.filter(|before| before.to == to && before.offered == offered);
        let later = before.is_some_and(|before| before.value != value);
        let same = before.is_some_and(|before| before.value & KEPT_BITS == low);
        self.exact = if low == offered { self.exact.saturating_add(1) } else { 0 };
        self.alike = if later && same { self.alike.saturating_add(1) } else { 0 };
        self.latest = Some(Stamp { to, offered, value });
        self.exact >= IN_A_ROW || self.alike >= IN_A_ROW
    }

    fn count(&mut self, at: Option<Timestamp>) {
        let Some(second) = at.map(|at| at.0 / 1_000_000_000) else { return };
        self.in_second = if second == self.second { self.in_second.saturating_add(1) } else { 1 };
        self.flooded = self.in_second >= FLOOD || (self.flooded && second.abs_diff(self.second) <= 1);
        self.second = second;
    }

    /// Whether it is to be told of one more connection that at least two signs agree.
    fn tells(&mut self, plain: bool, stamped: bool) -> bool {
        let tells = self.told < TOLD_OF_ONE_SERVER && self.agree(plain, stamped);
        self.told += u8::from(tells);
        tells
    }

    /// Whether at least two signs agree, one of which is on this very answer or on those just before it.
    fn agree(&self, plain: bool, stamped: bool) -> bool {
        let signs = [plain, stamped, self.silent >= SILENT, self.flooded];
        signs.into_iter().filter(|sign| *sign).count() >= 2
    }
}

/// Whether more than the segment size is there.
fn any(options: &SynOptions) -> bool {
    options.window_scale.is_some() || options.sack_permitted || options.timestamps.is_some()
}

/// What Linux keeps of an offer: the window scale, 15 for none, and whether selective acknowledgment is permitted.
fn kept(offered: &SynOptions) -> u32 {
    let scale = offered.window_scale.map_or(15, |shift| u32::from(shift.min(14)));
    scale | u32::from(offered.sack_permitted) << 4
}

#[cfg(test)]
mod tests {
    use super::*;

    const RICH: SynOptions = SynOptions {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        timestamps: Some((5, 0)),
        fast_open: None,
        mptcp: None,
        others: 0,
        incomplete: false,
    };

    fn stamp(value: u32) -> SynOptions {
        SynOptions { timestamps: Some((value, 5)), ..RICH }
    }

    #[test]
    fn low_bits_that_stay_what_was_offered_are_a_sign() {
        let mut answers = Answers::default();
        let to = |n: u8| IpAddr::from([192, 0, 2, n]);
        assert!(!answers.stamped(to(1), &RICH, &stamp(64 * 9 + 0x17)));
        assert!(!answers.stamped(to(2), &RICH, &stamp(64 * 11 + 0x17)));
        assert!(answers.stamped(to(3), &RICH, &stamp(64 * 15 + 0x17)));
        assert!(!answers.stamped(to(4), &RICH, &stamp(64 * 16 + 0x18)));
    }

    #[test]
    fn an_offset_of_its_own_for_each_host_hides_nothing() {
        let mut answers = Answers::default();
        let to = IpAddr::from([192, 0, 2, 1]);
        let signs = [1, 65, 129, 193].map(|value| answers.stamped(to, &RICH, &stamp(value)));
        assert_eq!(signs, [false, false, false, true]);
        assert!(!answers.stamped(to, &RICH, &stamp(200)));
    }

    #[test]
    fn one_sign_alone_is_none() {
        let answers = Answers::default();
        assert!(!answers.agree(true, false) && !answers.agree(false, true) && answers.agree(true, true));
        assert!(Answers { flooded: true, ..answers }.agree(true, false));
    }

    #[test]
    fn a_server_that_never_granted_anything_withholds_nothing() {
        let mut answers = Answers::default();
        let bare = SynOptions { mss: Some(1460), ..SynOptions::default() };
        assert!(!answers.plain(&RICH, &bare));
        assert!(!answers.plain(&RICH, &RICH));
        assert!(answers.plain(&RICH, &bare) && !answers.plain(&bare, &bare));
    }
}
