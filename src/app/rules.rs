//! Everything that the decoders of layers 5 to 7 point out.

use crate::app::{coding, http1, proxy, websocket};
use crate::base::Rule;

/// The lists of all decoders, for listings and tests.
pub static RULES: &[&[&Rule]] = &[
    http1::rules::RULES,
    coding::rules::RULES,
    proxy::rules::RULES,
    websocket::handshake_rules::RULES,
    websocket::rules::RULES,
];

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
