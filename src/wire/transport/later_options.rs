//! What the options of a segment without SYN tell of what was agreed on in the handshake.

use crate::base::SeqNum;
use crate::base::convert::narrow;
use crate::wire::transport::{TcpHeader, TcpOption, TcpOptions};

/// The options of a segment without SYN, as far as they rest on the handshake. Small: it is read for every segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LaterOptions {
    /// All option bytes were captured and could be read: what is not here was not sent.
    pub whole: bool,
    /// Timestamps are there (RFC 7323 §3.2).
    pub timestamps: bool,
    /// SACK blocks are there: octets in the largest of them (RFC 2018 §3).
    pub sacked: Option<u32>,
    /// The first two SACK blocks, left and right edge: the first octet that arrived and the one after the last (RFC 2018 §3). A first
    /// block that was acknowledged, or lies in the second, tells of data that arrived twice (RFC 2883 §4).
    pub blocks: [Option<(SeqNum, SeqNum)>; 2],
    /// Something of Multipath TCP is there (RFC 8684 §3).
    pub multipath: bool,
    /// Option bytes on the wire, 0 to 40.
    pub length: u8,
}

/// What nearly every segment with timestamps begins with: two no-operations, kind 8, length 10 (RFC 7323 appendix A).
const USUAL_TIMESTAMPS: [u8; 4] =
    [TcpOption::NO_OPERATION, TcpOption::NO_OPERATION, TcpOption::TIMESTAMPS, 10];
/// Length of the usual option bytes with timestamps alone.
const USUAL_LENGTH: usize = 12;

impl LaterOptions {
    /// The options of a header in its frame.
    #[must_use]
    pub fn of(header: &TcpHeader, frame: &[u8]) -> Self {
        let length = u8::try_from(header.options_length).unwrap_or(u8::MAX);
        let bytes = header.options.of(frame);
        Self { length, ..Self::read(bytes, narrow(bytes.len()) < header.options_length) }
    }

    /// What `options`, the bytes between the fixed header and the data, hold; `cut` says that more of them were on the wire than
    /// were captured.
    fn read(options: &[u8], cut: bool) -> Self {
        let mut read = Self { whole: !cut, ..Self::default() };
        if options.len() == USUAL_LENGTH && options.starts_with(&USUAL_TIMESTAMPS) {
            read.timestamps = true;
            return read;
        }
        let mut walk = TcpOptions::new(options);
        for option in &mut walk {
            match option.kind {
                TcpOption::TIMESTAMPS if option.timestamps().is_some() => read.timestamps = true,
                TcpOption::SACK => {
                    // A block that ends before it begins holds nothing.
                    let octets = option.sack_blocks().map(|(left, right)| right.distance(left));
                    let largest = octets.map(|octets| u32::try_from(octets).unwrap_or(0)).max();
                    read.sacked = read.sacked.max(largest);
                    let mut blocks = option.sack_blocks();
                    read.blocks = [blocks.next(), blocks.next()];
                }
                TcpOption::MPTCP => read.multipath = true,
                _ => {}
            }
        }
        read.whole &= !walk.incomplete();
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_found_wherever_they_stand() {
        let usual = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
        let behind_blocks = [5, 10, 0, 0, 0, 5, 0, 0, 0, 15, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
        assert!(LaterOptions::read(&usual, false).timestamps);
        let read = LaterOptions::read(&behind_blocks, false);
        assert_eq!((read.timestamps, read.sacked, read.whole), (true, Some(10), true));
    }

    #[test]
    fn options_that_were_cut_or_broken_are_not_whole() {
        assert!(!LaterOptions::read(&[1, 1, 8, 10], true).whole);
        assert!(!LaterOptions::read(&[8, 1, 0, 0], false).whole);
        assert!(LaterOptions::read(&[], false).whole);
    }

    #[test]
    fn blocks_wrap_around_and_backward_ones_count_nothing() {
        let wrapped = [5, 10, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 2];
        let backward = [5, 10, 0, 0, 0, 9, 0, 0, 0, 2];
        assert_eq!(LaterOptions::read(&wrapped, false).sacked, Some(4));
        assert_eq!(LaterOptions::read(&backward, false).sacked, Some(0));
        assert_eq!(LaterOptions::read(&[5, 2], false).sacked, None);
    }
}
