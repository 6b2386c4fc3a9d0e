//! The only place that knows the order of the stages: frames in, events out.

mod conversations;
mod follow;
mod followed;
mod frame;
mod oddities;
mod relay;
mod rules;
mod run;
mod streams;
mod wholes;

pub use frame::{Found, explain_frame};
pub use rules::RULES;
pub use run::{Error, Options, run};
