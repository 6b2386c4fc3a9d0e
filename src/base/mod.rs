//! Words that every stage shares. Nothing here knows a protocol, a file or a screen.

pub mod convert;
mod endpoint;
mod finding;
mod identity;
mod link_type;
pub mod number;
mod rule;
mod sequence;
mod span;
mod stream_span;
mod time;

pub use endpoint::{Addresses, Endpoint, Side};
pub use finding::{Fact, Finding};
pub use identity::{ConnId, FrameNo};
pub use link_type::LinkType;
pub use number::{grouped, ordinal};
pub use rule::{Annotation, Certainty, Cite, Rule, RuleGroup, Severity};
pub use sequence::SeqNum;
pub use span::ByteSpan;
pub use stream_span::StreamSpan;
pub use time::{Duration, Timestamp};
