//! The fault of a compressed stream.

use std::fmt;
use std::io::{self, ErrorKind};

/// A compressed stream that ends early or contradicts itself: a fault of the content, not of the device.
#[derive(Debug)]
pub(in crate::capture) struct Broken(String);

impl Broken {
    /// Such a fault, as decoders report it through [`std::io::Read`].
    pub(super) fn error(reason: impl Into<String>) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, Self(reason.into()))
    }

    /// The reason, where `error` is such a fault.
    ///
    /// # Errors
    /// `error` itself where it is not.
    pub(in crate::capture) fn reason(error: io::Error) -> io::Result<String> {
        error.downcast::<Self>().map(|broken| broken.0)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}
