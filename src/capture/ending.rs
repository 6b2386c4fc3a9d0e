//! How the reading of a saved capture ends: cleanly, or at a record that is broken.

use std::io;

use super::buffer::Buffer;
use super::{Damage, Error, Identity};

/// The most bytes of one frame that a capture file may hold: libpcap's own limit for network frames (`MAXIMUM_SNAPLEN`).
pub(super) const MAX_CAPTURED: u32 = 262_144;

/// What became of the attempt to read something whole.
pub(super) enum Ending {
    /// There is nothing more, and nothing is missing.
    Clean,
    /// What is there is broken.
    Damaged(Damage),
}

/// Damage to the record at `offset`.
pub(super) fn damage(offset: u64, reason: impl Into<String>) -> Ending {
    Ending::Damaged(Damage { offset, reason: reason.into() })
}

/// How a capture ends whose stream ended before the `wanted` bytes of `what` were there: cleanly if it ended right before them and
/// they could be left out.
pub(super) fn cut(buffer: &Buffer, what: &str, wanted: u32, optional: bool) -> Ending {
    let there = buffer.bytes().len();
    match buffer.broken() {
        Some(reason) => damage(buffer.offset(), reason),
        None if there == 0 && optional => Ending::Clean,
        None => damage(
            buffer.offset(),
            format!("the file ends within {what}: {there} of {wanted} bytes are there"),
        ),
    }
}

/// Notes, once, that a record holds more of its frame than was on the wire, as some writers have it.
#[inline]
pub(super) fn note_excess(notes: &mut Vec<String>, captured_length: u32, wire_length: u32) {
    if captured_length > wire_length && notes.is_empty() {
        notes.push(
            "Some records hold more bytes than they say were on the wire; the captured length was taken for both."
                .to_owned(),
        );
    }
}

/// The error to report where the input of the capture called `identity` cannot be read.
pub(super) fn unreadable(identity: &Identity) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { file: identity.file.clone().unwrap_or_default(), source }
}
