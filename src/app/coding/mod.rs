//! Content codings: how bodies are compressed on their way (RFC 9110 §8.4).
//!
//! A coding is a value in [`CODINGS`]: one new file, one new line. A [`Chain`] takes several off, one after the other, and pays
//! for every byte that it makes.

mod chain;
pub mod rules;

pub use chain::{Chain, Layer};

/// Every coding that can be taken off.
pub static CODINGS: &[&dyn Coding] = &[];

/// A way to compress bytes.
pub trait Coding: Sync {
    /// Its names in `Content-Encoding` and `Transfer-Encoding`, in lower case, the usual one first (IANA HTTP Content Coding Registry).
    fn names(&self) -> &'static [&'static str];
    /// What was done to bytes from which it was taken off: `gunzipped`.
    fn undone(&self) -> &'static str;
    /// A decoder that has seen nothing yet.
    fn open(&self) -> Box<dyn Decode>;
}

/// Takes one coding off, piece by piece. What it makes does not depend on how the coded bytes were cut.
pub trait Decode: Send {
    /// Takes all of `coded` and hands on what can be made of it. Memory is bounded whatever the bytes claim.
    ///
    /// # Errors
    /// Where the bytes are no such coding, and where `plain` refuses; it must not be called again then.
    fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped>;
    /// Whether the coded bytes may end here.
    fn is_complete(&self) -> bool;
    /// Bytes of memory that it holds, at most.
    fn memory(&self) -> usize;
}

/// Takes the bytes that a decoder makes, and may refuse them.
pub type Plain<'a> = dyn FnMut(&[u8]) -> Result<(), Stopped> + 'a;

/// Why no more bytes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The coded bytes are damaged, or of another coding.
    Broken,
    /// They want more memory than is given.
    WindowTooLarge,
    /// They make more bytes than may be made.
    TooMany,
}
