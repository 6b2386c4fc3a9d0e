//! Ladders, timelines and explanations as bytes in one format.

pub mod text;
