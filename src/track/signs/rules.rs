//! What signs point out.

use crate::base::Rule;

/// The rules of signs.
pub(in crate::track) static RULES: &[&Rule] = &[];
