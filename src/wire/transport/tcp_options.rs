//! TCP options (RFC 9293 §3.1, and the RFC of each).

use crate::base::SeqNum;
use crate::base::convert::narrow;
use crate::wire::transport::TcpHeader;

/// What the options of a SYN or SYN-ACK offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SynOptions {
    /// Maximum segment size in octets of data (RFC 9293 §3.7.1).
    pub mss: Option<u16>,
    /// Window scale: the shift, as sent; above 14 counts as 14 (RFC 7323 §2.3).
    pub window_scale: Option<u8>,
    /// Selective acknowledgment permitted (RFC 2018 §2).
    pub sack_permitted: bool,
    /// Timestamps: TSval and TSecr (RFC 7323 §3.2).
    pub timestamps: Option<(u32, u32)>,
    /// Fast Open: a cookie, or the request for one (RFC 7413 §4.1.1).
    pub fast_open: Option<FastOpen>,
    /// Multipath TCP (RFC 8684 §3).
    pub mptcp: Option<Mptcp>,
    /// Kinds of further options as a bit set: bit n is kind n (2 to 63); rarer kinds are left out.
    pub others: u64,
    /// The options end before they should: cut by the snap length, or a length that cannot be.
    pub incomplete: bool,
}

/// A Fast Open option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FastOpen {
    /// No cookie: asks for one.
    Request,
    /// A cookie of so many bytes.
    Cookie(u8),
}

/// A Multipath TCP option on a SYN or SYN-ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mptcp {
    /// `MP_CAPABLE`, with its version.
    Capable(u8),
    /// `MP_JOIN`.
    Join,
    /// Another subtype.
    Other(u8),
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpOption<'a> {
    /// Kind (IANA TCP parameters).
    pub kind: u8,
    /// Offset of the kind byte from the first option byte.
    pub offset: u32,
    /// Value bytes after kind and length; empty for end-of-options and no-operation.
    pub value: &'a [u8],
}

/// Walks the options of one header, up to the end-of-options or the first that cannot be read.
#[derive(Clone, Debug)]
pub struct TcpOptions<'a> {
    bytes: &'a [u8],
    offset: u32,
    state: Walk,
}

/// Where a walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    Going,
    /// Came upon the end-of-options: whatever follows is padding.
    Ended,
    /// Came upon an option that cannot be read.
    Broken,
}

impl SynOptions {
    /// What `options`, the bytes between the fixed header and the data, offer. `cut` says that more of them were on the wire
    /// than were captured. The first option of a kind counts.
    #[must_use]
    pub fn read(options: &[u8], cut: bool) -> Self {
        let mut offered = Self::default();
        let mut walk = TcpOptions::new(options);
        for option in &mut walk {
            offered.take(&option);
        }
        offered.incomplete = walk.incomplete() || (cut && walk.state != Walk::Ended);
        offered
    }

    /// The options of a header in its frame.
    #[must_use]
    pub fn of(header: &TcpHeader, frame: &[u8]) -> Self {
        Self::read(header.options.of(frame), header.options.len < header.options_length)
    }

    fn take(&mut self, option: &TcpOption<'_>) {
        match (option.kind, option.value) {
            (TcpOption::END | TcpOption::NO_OPERATION, _) => {}
            (TcpOption::MSS, [high, low]) if self.mss.is_none() => {
                self.mss = Some(u16::from_be_bytes([*high, *low]));
            }
            (TcpOption::WINDOW_SCALE, [shift]) if self.window_scale.is_none() => {
                self.window_scale = Some(*shift);
            }
            (TcpOption::SACK_PERMITTED, []) => self.sack_permitted = true,
            (TcpOption::TIMESTAMPS, _) if self.timestamps.is_none() => self.timestamps = option.timestamps(),
            (TcpOption::MPTCP, [first, ..]) if self.mptcp.is_none() => self.mptcp = Some(Mptcp::read(*first)),
            (TcpOption::FAST_OPEN, cookie) | (TcpOption::EXPERIMENT_2, [0xf9, 0x89, cookie @ ..])
                if self.fast_open.is_none() =>
            {
                self.fast_open = Some(FastOpen::read(cookie));
            }
            (kind, _) => self.others |= 1_u64.checked_shl(u32::from(kind)).unwrap_or(0),
        }
    }
}

impl FastOpen {
    fn read(cookie: &[u8]) -> Self {
        match u8::try_from(cookie.len()) {
            Ok(0) => Self::Request,
            Ok(length) => Self::Cookie(length),
            Err(_) => Self::Cookie(u8::MAX),
        }
    }
}

impl Mptcp {
    /// The first byte of the value: subtype, and the version where it is `MP_CAPABLE` (RFC 8684 §3.1).
    fn read(first: u8) -> Self {
        match first >> 4 {
            0 => Self::Capable(first & 15),
            1 => Self::Join,
            subtype => Self::Other(subtype),
        }
    }
}

impl<'a> TcpOption<'a> {
    /// End of option list (RFC 9293 §3.2).
    pub const END: u8 = 0;
    /// No-operation (RFC 9293 §3.2).
    pub const NO_OPERATION: u8 = 1;
    /// Maximum segment size (RFC 9293 §3.7.1).
    pub const MSS: u8 = 2;
    /// Window scale (RFC 7323 §2.2).
    pub const WINDOW_SCALE: u8 = 3;
    /// SACK permitted (RFC 2018 §2).
    pub const SACK_PERMITTED: u8 = 4;
    /// SACK blocks (RFC 2018 §3).
    pub const SACK: u8 = 5;
    /// Timestamps (RFC 7323 §3.2).
    pub const TIMESTAMPS: u8 = 8;
    /// MD5 signature (RFC 2385 §3).
    pub const MD5: u8 = 19;
    /// User timeout (RFC 5482 §3).
    pub const USER_TIMEOUT: u8 = 28;
    /// Authentication (RFC 5925 §2.2).
    pub const AUTHENTICATION: u8 = 29;
    /// Multipath TCP (RFC 8684 §3).
    pub const MPTCP: u8 = 30;
    /// Fast Open cookie (RFC 7413 §4.1.1).
    pub const FAST_OPEN: u8 = 34;
    /// Accurate ECN, order 0 (RFC 9768 §3.2.3).
    pub const ACCURATE_ECN_0: u8 = 172;
    /// Accurate ECN, order 1 (RFC 9768 §3.2.3).
    pub const ACCURATE_ECN_1: u8 = 174;
    /// Experiment 1 (RFC 6994 §3).
    pub const EXPERIMENT_1: u8 = 253;
    /// Experiment 2 (RFC 6994 §3).
    pub const EXPERIMENT_2: u8 = 254;

    /// Bytes the option takes with its kind and length.
    #[must_use]
    pub fn length(&self) -> u32 {
        if self.kind <= Self::NO_OPERATION { 1 } else { narrow(self.value.len()).saturating_add(2) }
    }

    /// TSval and TSecr, where it is a timestamps option (RFC 7323 §3.2).
    #[must_use]
    pub fn timestamps(&self) -> Option<(u32, u32)> {
        if self.kind == Self::TIMESTAMPS { two_numbers(self.value) } else { None }
    }

    /// Left and right edge of each SACK block: first octet received, and the one after the last (RFC 2018 §3). Empty for
    /// other options.
    pub fn sack_blocks(&self) -> impl Iterator<Item = (SeqNum, SeqNum)> + 'a {
        let blocks = if self.kind == Self::SACK { self.value } else { &[] };
        let edges = blocks.chunks_exact(8).filter_map(two_numbers);
        edges.map(|(left, right)| (SeqNum(left), SeqNum(right)))
    }
}

impl<'a> TcpOptions<'a> {
    /// The options in `bytes`, all that lies between the fixed header and the data.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0, state: Walk::Going }
    }

    /// After the walk: it ended at a length that cannot be, or in the middle of an option.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        self.state == Walk::Broken
    }

    /// Bytes not walked over: what is behind the end-of-options, or from the option on that cannot be read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Offset of [`rest`](Self::rest) from the first option byte.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.offset
    }
}

impl<'a> Iterator for TcpOptions<'a> {
    type Item = TcpOption<'a>;

    fn next(&mut self) -> Option<TcpOption<'a>> {
        if self.state != Walk::Going {
            return None;
        }
        let (kind, value, rest): (u8, &[u8], &[u8]) = match self.bytes {
            [] => return None,
            [kind @ (TcpOption::END | TcpOption::NO_OPERATION), rest @ ..] => (*kind, &[], rest),
            [kind, length @ 2..=u8::MAX, rest @ ..] if rest.len() >= usize::from(*length - 2) => {
                let (value, rest) = rest.split_at_checked(usize::from(*length - 2))?;
                (*kind, value, rest)
            }
            _ => {
                self.state = Walk::Broken;
                return None;
            }
        };
        if kind == TcpOption::END {
            self.state = Walk::Ended;
        }
        let option = TcpOption { kind, offset: self.offset, value };
        self.bytes = rest;
        self.offset = self.offset.saturating_add(option.length());
        Some(option)
    }
}

/// Eight bytes as two numbers in network byte order.
fn two_numbers(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.as_chunks::<4>() {
        ([first, second], []) => Some((u32::from_be_bytes(*first), u32::from_be_bytes(*second))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX_SYN: [u8; 20] = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7];

    #[test]
    fn the_options_of_a_linux_syn_are_all_read() {
        let offered = SynOptions::read(&LINUX_SYN, false);
        let expected = SynOptions {
            mss: Some(1460),
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some((9, 0)),
            ..SynOptions::default()
        };
        assert_eq!(offered, expected);
    }

    #[test]
    fn a_length_of_zero_or_one_ends_the_walk() {
        for length in [0, 1] {
            let bytes = [1, 5, length, 2, 4, 5, 0xb4];
            let mut walk = TcpOptions::new(&bytes);
            assert_eq!(walk.by_ref().count(), 1);
            assert!(walk.incomplete());
            assert_eq!(walk.rest(), &bytes[1..]);
            assert!(SynOptions::read(&bytes, false).incomplete);
        }
    }

    #[test]
    fn cut_options_keep_what_came_before_and_are_incomplete() {
        let offered = SynOptions::read(&LINUX_SYN[..9], true);
        assert_eq!(offered.mss, Some(1460));
        assert!(offered.sack_permitted && offered.incomplete);
        assert!(SynOptions::read(&LINUX_SYN[..6], true).incomplete);
        assert!(!SynOptions::read(&[2, 4, 5, 0xb4, 0], true).incomplete);
    }

    #[test]
    fn fast_open_is_read_in_both_its_forms() {
        assert_eq!(SynOptions::read(&[34, 2], false).fast_open, Some(FastOpen::Request));
        assert_eq!(SynOptions::read(&[254, 4, 0xf9, 0x89], false).fast_open, Some(FastOpen::Request));
        let cookie = [254, 8, 0xf9, 0x89, 1, 2, 3, 4];
        assert_eq!(SynOptions::read(&cookie, false).fast_open, Some(FastOpen::Cookie(4)));
        assert_eq!(SynOptions::read(&[254, 4, 0x12, 0x34], false).fast_open, None);
    }

    #[test]
    fn multipath_and_unlisted_kinds_are_kept() {
        let offered = SynOptions::read(&[30, 4, 0x01, 0, 28, 4, 0, 5], false);
        assert_eq!(offered.mptcp, Some(Mptcp::Capable(1)));
        assert_eq!(offered.others, 1 << 28);
    }

    #[test]
    fn sack_blocks_are_pairs_of_edges() {
        let bytes = [5, 10, 0, 0, 0, 1, 0, 0, 0, 9];
        let option = TcpOptions::new(&bytes).next().unwrap();
        assert_eq!(option.sack_blocks().collect::<Vec<_>>(), [(SeqNum(1), SeqNum(9))]);
    }
}
