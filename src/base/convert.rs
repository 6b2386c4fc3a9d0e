//! Number conversions that cannot lose anything on the platforms synscope supports, or that saturate where they could.

/// A 32-bit length or offset as an index. Every supported platform has pointers of at least 32 bits.
#[must_use]
pub fn index(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// An index as a 64-bit number. No supported platform has wider pointers.
#[must_use]
pub fn wide(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// A length as a 32-bit number, `u32::MAX` for anything longer (frames are bounded far below that).
#[must_use]
pub fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
