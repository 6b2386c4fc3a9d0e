//! What can be pointed out on the PROXY protocol.

use crate::base::{Cite, Rule, Severity};

/// All of them.
pub static RULES: &[&Rule] = &[&PROXY_HEADER_BROKEN];

/// A header that cannot be read.
pub static PROXY_HEADER_BROKEN: Rule = Rule {
    id: "proxy-header-broken",
    severity: Severity::Error,
    title: "a PROXY protocol header cannot be read",
    why: "The connection begins like a PROXY protocol header, but the line is not complete within 107 bytes, or the binary header has \
          an unknown version, command or length. The receiver must close the connection. Usually one end speaks a version that the \
          other does not know, or a health check sends something else.",
    cite: Cite("proxy-protocol.txt §2.1, §2.2"),
};
