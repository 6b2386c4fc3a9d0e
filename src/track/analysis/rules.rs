//! What the analysis points out.

use crate::base::Rule;

/// The rules of the analysis.
pub(in crate::track) static RULES: &[&Rule] = &[];
