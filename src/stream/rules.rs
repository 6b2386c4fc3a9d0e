//! What can be pointed out on the bytes of one side.

use crate::base::Rule;

/// All of them.
pub static RULES: &[&Rule] = &[];
