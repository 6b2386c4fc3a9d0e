//! JSON, one object a line, `type` first: the contract with scripts (`docs/json.md`).
//!
//! These types are the format. They live apart from the program's own, so that the program stays free to change and the
//! format does not.

mod capture;
mod carried;
mod connection;
mod escape;
mod finding;
mod frame;
#[cfg(feature = "live")]
mod interfaces;
mod lines;
mod message;
mod rules;
mod signs;
mod summary;

pub use frame::frame;
#[cfg(feature = "live")]
pub use interfaces::interfaces;
pub use lines::JsonLines;
pub use rules::rule;
