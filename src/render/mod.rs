//! Ladders, timelines and explanations as bytes in one format: a folder a format. Nothing here decides what is true, only how
//! it looks.

pub mod json;
pub mod text;
