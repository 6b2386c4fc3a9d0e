//! Which captures are read.

use std::ffi::OsString;

use crate::capture::{self, Error, Merged, Source};

/// One saved capture, or several joined in time order.
///
/// # Errors
/// As [`capture::open`]: of the first one that cannot be opened.
pub(super) fn saved(files: &[OsString]) -> Result<Box<dyn Source>, Error> {
    match files {
        [file] => Ok(capture::open(file)?),
        several => {
            let open = |file: &OsString| -> Result<Box<dyn Source>, Error> { Ok(capture::open(file)?) };
            Ok(Box::new(Merged::new(several.iter().map(open).collect::<Result<_, _>>()?)))
        }
    }
}
