//! What an ICMP error means to the TCP end whose segment it quotes (RFC 9293 §3.9.2.2).

use crate::wire::network::IcmpError;

/// How much an ICMP error weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IcmpWeight {
    /// TCP should give the connection up.
    Hard,
    /// It may pass: TCP must not give an open connection up. Many systems give up an attempt all the same (RFC 5461 §3).
    Soft,
    /// It asks for smaller packets (RFC 1191 §3, RFC 8201 §3): no reason to give up.
    Size,
    /// It asks to slow down, which TCP ignores (RFC 6633 §3).
    Ignored,
    /// RFC 9293 does not say.
    Unsaid,
}

impl IcmpWeight {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Size => "size",
            Self::Ignored => "ignored",
            Self::Unsaid => "unsaid",
        }
    }
}

impl IcmpError {
    /// What the error means to TCP.
    #[must_use]
    pub fn weight(&self) -> IcmpWeight {
        match (self.v6, self.kind, self.code) {
            (false, 3, 4) | (true, 2, _) => IcmpWeight::Size,
            (false, 3, 2 | 3) | (true, 1, 1 | 4) => IcmpWeight::Hard,
            (false, 3, 0 | 1 | 5) | (true, 1, 0 | 3) | (false, 11 | 12, _) | (true, 3 | 4, _) => {
                IcmpWeight::Soft
            }
            (false, 4, _) => IcmpWeight::Ignored,
            _ => IcmpWeight::Unsaid,
        }
    }
}
