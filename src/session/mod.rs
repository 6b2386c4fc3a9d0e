//! What spans several connections: who knocks on a thousand doors, and who sends a thousand knocks to one.

pub mod crowd;

use crate::base::Rule;

/// The rules of what spans several connections, for listings and tests.
pub static RULES: &[&[&Rule]] = &[crowd::rules::RULES];
