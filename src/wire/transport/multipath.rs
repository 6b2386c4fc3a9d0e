//! The Multipath TCP options that open a connection (RFC 8684 §3.1, §3.2).

use crate::wire::transport::{TcpHeader, TcpOption, TcpOptions};

/// A Multipath TCP option with what it carries of keys and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multipath {
    /// `MP_CAPABLE`: offers, grants or confirms Multipath TCP.
    Capable {
        /// 0 (RFC 6824) or 1 (RFC 8684).
        version: u8,
        /// The key of whoever sent it.
        senders_key: Option<[u8; 8]>,
        /// The key of the other end, as its sender repeats it.
        receivers_key: Option<[u8; 8]>,
    },
    /// `MP_JOIN`: a further path of a connection.
    Join {
        /// The token that names the connection: on the SYN alone.
        token: Option<u32>,
    },
}

impl Multipath {
    /// The option in a header, where there is one of these two.
    #[must_use]
    pub fn of(header: &TcpHeader, frame: &[u8]) -> Option<Self> {
        let mut options = TcpOptions::new(header.options.of(frame));
        let option = options.find(|option| option.kind == TcpOption::MPTCP)?;
        Self::read(option.value, header.flags.syn() && !header.flags.ack())
    }

    /// Reads the bytes behind kind and length; `opens` says whether they are those of a SYN without ACK.
    #[must_use]
    pub fn read(value: &[u8], opens: bool) -> Option<Self> {
        let (first, rest) = value.split_first()?;
        match first >> 4 {
            0 => {
                let keys = rest.get(1..).unwrap_or_default().as_chunks::<8>().0;
                Some(Self::Capable {
                    version: first & 15,
                    senders_key: keys.first().copied(),
                    receivers_key: keys.get(1).copied(),
                })
            }
            1 => {
                let token = rest.get(1..).and_then(<[u8]>::first_chunk::<4>).filter(|_| opens);
                Some(Self::Join { token: token.map(|bytes| u32::from_be_bytes(*bytes)) })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_segment_carries_both_keys() {
        let mut value = vec![0x01, 0x81];
        value.extend([1; 8]);
        value.extend([2; 8]);
        // Length of the data that comes with it (RFC 8684 §3.1).
        value.extend([0, 9]);
        let read = Multipath::read(&value, false);
        let keys = (Some([1; 8]), Some([2; 8]));
        assert_eq!(read, Some(Multipath::Capable { version: 1, senders_key: keys.0, receivers_key: keys.1 }));
    }

    #[test]
    fn a_first_segment_of_version_1_carries_no_key() {
        let read = Multipath::read(&[0x01, 0x81], true);
        assert_eq!(read, Some(Multipath::Capable { version: 1, senders_key: None, receivers_key: None }));
    }

    #[test]
    fn only_a_syn_that_joins_carries_a_token() {
        let value = [0x10, 1, 0, 0, 1, 2, 9, 9, 9, 9];
        assert_eq!(Multipath::read(&value, true), Some(Multipath::Join { token: Some(0x102) }));
        assert_eq!(Multipath::read(&value, false), Some(Multipath::Join { token: None }));
        assert_eq!(Multipath::read(&[], true), None);
        assert_eq!(Multipath::read(&[0x20, 0], true), None);
    }
}
