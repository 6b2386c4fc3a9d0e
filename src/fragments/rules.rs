//! What is pointed out of fragments.

use crate::base::{Cite, Rule, Severity};

/// Rules on fragments, for listings and tests.
pub static RULES: &[&Rule] = &[&FRAGMENTS_OVERLAP, &FRAGMENT_TINY];

/// Fragments of one packet contradict each other.
pub static FRAGMENTS_OVERLAP: Rule = Rule {
    id: "fragments-overlap",
    severity: Severity::Warning,
    title: "fragments of this packet overlap or contradict each other",
    why: "Two fragments say different things about the same bytes or about the packet's end, or, in IPv6, overlap at all. Honest senders \
          do not make such fragments. They may be an attempt to show a firewall or an intrusion detection system another packet than \
          the host, an identification that was used again too soon, or damage. Hosts disagree on which version counts, and with IPv6 they \
          must throw the whole packet away. Shown is what came first.",
    cite: Cite("RFC 8200 §4.5, RFC 5722 §4, RFC 1858 §4"),
};

/// The TCP header lies in more than one fragment.
pub static FRAGMENT_TINY: Rule = Rule {
    id: "fragment-tiny",
    severity: Severity::Warning,
    title: "the TCP header is split over fragments",
    why: "The first fragment ends before the TCP header does. Every network carries larger packets than that, so this looks made on \
          purpose: a filter that looks at ports and flags of the first fragment alone does not see them. In IPv6 the first fragment \
          must hold all headers.",
    cite: Cite("RFC 1858 §3, RFC 3128, RFC 8200 §4.5"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_no_sentences_and_reasons_are() {
        for rule in RULES {
            assert!(!rule.title.ends_with('.'), "{}", rule.id);
            assert!(rule.why.ends_with('.'), "{}", rule.id);
        }
    }
}
