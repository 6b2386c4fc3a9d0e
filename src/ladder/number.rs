//! Numbers as people read them: the notation of every picture.

pub use crate::base::number::{amount, column, counted, grouped, offset, span};
