//! Every rule that can fire: the lists of all stages in one place.

use crate::base::RuleGroup;
use crate::{app, fragments, session, stream, track};

/// Every rule that can fire, by the stage that raises it, in the order of the stages.
pub static RULES: &[RuleGroup] = &[
    RuleGroup { stage: "fragments", title: "IP fragments", lists: &[fragments::rules::RULES] },
    RuleGroup { stage: "track", title: "Connections", lists: track::rules::RULES },
    RuleGroup { stage: "stream", title: "Data in order", lists: &[stream::rules::RULES] },
    RuleGroup { stage: "app", title: "HTTP and WebSocket", lists: app::rules::RULES },
    RuleGroup { stage: "session", title: "What spans connections", lists: session::RULES },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_stages_have_a_rule_of_the_same_name() {
        let ids: Vec<_> = RULES.iter().flat_map(RuleGroup::rules).map(|rule| rule.id).collect();
        let different: BTreeSet<_> = ids.iter().collect();
        assert!(ids.len() == different.len() && ids.len() > 50, "{ids:?}");
    }
}
