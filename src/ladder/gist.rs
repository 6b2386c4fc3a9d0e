//! A connection in a few words, for tables: what it carried, and that something went wrong there.

use std::collections::BTreeMap;

use crate::app::UpgradeOutcome;
use crate::base::{Rule, Severity};
use crate::ladder::number::counted;
use crate::ladder::{came_to_be, carries};
use crate::timeline::Carried;
use crate::track::Connection;

/// What a connection was used for, in a few words.
#[derive(Clone, Debug, Default)]
pub struct Gist {
    /// The protocol, in its name for people; `None` where it is not known.
    pub carries: Option<&'static str>,
    /// What went wrong on it above or in TCP once it was open, where something did.
    pub trouble: Option<Trouble>,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// How much it matters: a warning or an error.
    pub severity: Severity,
    /// What it was, in full and in one or two words, the longest first. They hold numbers and synscope's own words alone.
    pub words: Vec<String>,
}

impl Gist {
    /// The gist of `connection`, which carried `carried`.
    #[must_use]
    pub fn new(connection: &Connection, carried: &Carried) -> Self {
        // Of an attempt that failed its outcome says enough.
        let came = came_to_be(connection.handshake.outcome);
        Self {
            carries: carries(carried),
            trouble: turned_down(carried).or_else(|| broken(connection, carried)).filter(|_| came),
        }
    }
}

/// Close codes that tell nothing of what went wrong (RFC 6455 §7.4.1).
const QUIET: [u16; 4] = [1000, 1001, 1005, 1006];

/// The last request to go on with another protocol, where nothing came of it.
fn turned_down(carried: &Carried) -> Option<Trouble> {
    let upgrade = &carried.upgrades.last()?.upgrade;
    let status = upgrade.status.map(|status| status.to_string());
    let (severity, told) = match upgrade.outcome {
        UpgradeOutcome::Accepted => return None,
        UpgradeOutcome::Rejected => (Severity::Error, "WebSocket rejected"),
        UpgradeOutcome::Invalid => (Severity::Error, "WebSocket answered wrongly"),
        UpgradeOutcome::Unanswered => (Severity::Warning, "WebSocket not answered"),
    };
    let rejected = upgrade.outcome == UpgradeOutcome::Rejected;
    let words = match status.filter(|_| rejected) {
        Some(status) => vec![format!("{told} with {status}"), format!("rejected with {status}"), status],
        None => vec![told.to_owned()],
    };
    Some(Trouble { severity, words })
}

/// The rules that fired, without those that only tell what is worth knowing.
fn broken(connection: &Connection, carried: &Carried) -> Option<Trouble> {
    let mut rules: BTreeMap<&'static str, &'static Rule> = BTreeMap::new();
    let fired = connection.annotations.iter().chain(&carried.annotations).map(|annotation| annotation.rule);
    rules.extend(fired.filter(|rule| rule.severity > Severity::Note).map(|rule| (rule.id, rule)));
    let severity = rules.values().map(|rule| rule.severity).max()?;
    let mut worst = rules.values().filter(|rule| rule.severity == severity);
    let (first, others) = (worst.next()?, worst.count());
    let noun = if severity == Severity::Error { "rule" } else { "warning" };
    let count = counted(u64::try_from(others).unwrap_or(u64::MAX).saturating_add(1), noun);
    let mut words =
        if severity == Severity::Error { vec![format!("{count} broken"), count] } else { vec![count] };
    if others == 0 {
        words.insert(0, first.title.to_owned());
    }
    let told = carried.closings.first().map(|closing| [closing.client_sees, closing.server_sees]);
    let code = told.into_iter().flatten().flatten().find(|code| !QUIET.contains(code));
    words.extend(code.map(|code| code.to_string()));
    Some(Trouble { severity, words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Annotation, FrameNo};
    use crate::ladder::sample_messages::{upgrade, websocket};
    use crate::timeline::PlacedUpgrade;
    use crate::track::rules::{RST_IGNORED, SYN_SENT_AGAIN};

    fn gist(carried: &Carried) -> Gist {
        Gist::new(&websocket().connection, carried)
    }

    fn with_rules(rules: &[&'static Rule]) -> Gist {
        let mut carried = websocket().carried;
        let fired = rules.iter().map(|rule| Annotation { rule, frame: FrameNo(9), about: None });
        carried.annotations.extend(fired);
        gist(&carried)
    }

    #[test]
    fn where_all_went_well_nothing_is_said() {
        let gist = with_rules(&[&SYN_SENT_AGAIN]);
        assert_eq!((gist.carries, gist.trouble), (Some("WebSocket"), None));
    }

    #[test]
    fn one_rule_is_named_and_several_are_counted_once_each() {
        let one = with_rules(&[&RST_IGNORED, &RST_IGNORED]).trouble.unwrap();
        assert_eq!(
            (one.severity, &*one.words),
            (Severity::Warning, &[RST_IGNORED.title.to_owned(), "1 warning".to_owned()][..])
        );
        let errors: Vec<_> = crate::app::rules::RULES
            .iter()
            .flat_map(|list| list.iter().copied())
            .filter(|rule| rule.severity == Severity::Error)
            .take(2)
            .collect();
        let several = with_rules(&[errors[0], errors[1], &RST_IGNORED, errors[1]]).trouble.unwrap();
        assert_eq!(
            (several.severity, &*several.words),
            (Severity::Error, &["2 rules broken".to_owned(), "2 rules".to_owned()][..])
        );
    }

    #[test]
    fn an_unusual_close_code_is_the_shortest_way_to_say_it() {
        let mut carried = websocket().carried;
        carried.annotations.push(Annotation { rule: &RST_IGNORED, frame: FrameNo(9), about: None });
        carried.closings[0].client_sees = Some(1002);
        assert_eq!(gist(&carried).trouble.unwrap().words.last().unwrap(), "1002");
    }

    #[test]
    fn a_rejected_upgrade_says_with_what() {
        let mut carried = Carried { protocols: vec!["http1"], ..Carried::default() };
        let placed = |outcome| PlacedUpgrade {
            upgrade: upgrade(outcome),
            request_frame: Some(FrameNo(4)),
            response_frame: Some(FrameNo(6)),
        };
        carried.upgrades.push(placed(UpgradeOutcome::Rejected));
        let told = gist(&carried);
        assert_eq!(told.carries, Some("HTTP/1.1"));
        let words = told.trouble.unwrap().words;
        assert_eq!(words, ["WebSocket rejected with 403", "rejected with 403", "403"]);
        carried.upgrades.push(placed(UpgradeOutcome::Accepted));
        assert_eq!(gist(&carried).trouble, None, "it was granted in the end");
    }
}
