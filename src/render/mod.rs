//! The picture in one medium: a file a format. Nothing here decides what is true, only how it looks.

pub mod json;
pub mod text;
