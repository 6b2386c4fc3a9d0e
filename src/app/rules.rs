//! Everything that the decoders of layers 5 to 7 point out.

use crate::app::{coding, http1, proxy, websocket};
use crate::base::{Cite, Rule, Severity};

/// The lists of all decoders, for listings and tests.
pub static RULES: &[&[&Rule]] = &[
    &[&DATA_GIVEN_UP],
    http1::rules::RULES,
    coding::rules::RULES,
    proxy::rules::RULES,
    websocket::handshake_rules::RULES,
    websocket::rules::RULES,
];

/// What a connection carries is not read any more.
pub static DATA_GIVEN_UP: Rule = Rule {
    id: "data-given-up",
    severity: Severity::Note,
    title: "what the connection carried from here on was not read, for want of memory",
    why: "Messages that are not complete and bytes that came out of order wait in memory. Where all connections together hold more than a \
          quarter of --max-memory, the data of the connections that were idle longest is given up: their messages so far stay, later \
          data is shown as plain data. Raise --max-memory to read on.",
    cite: Cite("RFC 9293 §3.10.7.4"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_a_text() {
        let all: Vec<_> = RULES.iter().flat_map(|list| list.iter()).collect();
        for (n, rule) in all.iter().enumerate() {
            let is_kebab = rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(is_kebab && !rule.id.is_empty(), "{}", rule.id);
            assert!(!rule.title.ends_with('.') && rule.why.ends_with('.'), "{}", rule.id);
            assert!(all.iter().skip(n + 1).all(|other| other.id != rule.id), "{} twice", rule.id);
        }
    }
}
