//! HTTP/1.0 and HTTP/1.1 (RFC 9112): requests and responses, paired, with their bodies decoded.

mod head;

pub use head::{Headers, RequestHead, ResponseHead};
