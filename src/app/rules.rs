//! Everything that the decoders of layers 5 to 7 point out.

use crate::app::{coding, http1, proxy};
use crate::base::Rule;

/// The lists of all decoders, for listings and tests.
pub static RULES: &[&[&Rule]] = &[http1::rules::RULES, coding::rules::RULES, proxy::rules::RULES];
