//! A clean capture raises nothing above a note, every rule fires somewhere, and beside each stands a conversation that is nearly the
//! same and must not raise it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod scenario;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use scenario::{Conversation, Ends};
use serde::Deserialize;
use serde_json::Value;
use support::in_process;
use synscope::base::RuleGroup;
use synscope::pipeline;

/// Captures of ordinary traffic.
const CLEAN: [&str; 8] = [
    "normal-ipv4.pcapng",
    "normal-ipv6.pcap",
    "websocket-chat.pcapng",
    "websocket-compressed.pcapng",
    "connect-proxy.pcapng",
    "vxlan.pcapng",
    "fragments.pcapng",
    "handshake-options.pcapng",
];

/// Each rule of TCP with a scenario that raises it and its twin: like it, but for what the rule is about. Scenarios of other rules hold
/// their twins themselves.
const TWINS: &[(&str, &str, &str)] = &[
    ("syn-sent-again", "syn_retry_then_answer", "recorded_twice"),
    ("fin-sent-again", "fin_sent_again", "half_closed"),
    ("syn-with-data", "syn_with_data_ignored", "fast_open_cookie_given"),
    ("syn-inside-connection", "stale_syn_is_challenged", "ports_used_again"),
    ("syn-ack-sent-again", "syn_ack_sent_again", "second_syn_ack_with_another_number"),
    ("syn-ack-wrong-acknowledgment", "wrong_acknowledgment_is_reset", "numbers_wrap_around"),
    ("syn-ack-other-number", "second_syn_ack_with_another_number", "syn_ack_sent_again"),
    ("syn-ack-zero-window", "syn_ack_with_zero_window", "basic_handshake"),
    ("ack-wrong-number", "ack_of_a_number_never_sent", "ack_with_data"),
    ("ack-before-syn", "ack_with_the_number_of_the_syn", "basic_handshake"),
    ("simultaneous-open", "simultaneous_open", "syn_retry_then_answer"),
    ("challenge-ack", "stale_syn_is_challenged", "final_ack_not_captured"),
    ("rst-ignored", "foreign_rst_is_ignored", "refused"),
    ("segment-after-rst", "data_after_a_rst", "fin_then_reset"),
    ("recorded-twice", "recorded_twice", "syn_retry_then_answer"),
    ("window-scale-too-large", "window_scale_too_large", "window_scale_only_in_syn"),
];

/// Rules for what takes more than a scenario may hold: 256 MiB to be inflated, or more than a thousand requests. Unit tests of the
/// decoders raise them.
const TOO_SLOW: [&str; 4] =
    ["body-not-inflated", "message-not-inflated", "data-given-up", "http-requests-too-many"];

/// Rules for what takes more connections than a scenario may hold. `tests/crowds` raises each and holds what is nearly the same and must
/// not raise it.
const CROWDS: [&str; 4] = ["syn-flood", "backscatter", "port-scan", "port-sweep"];

/// The part of a scenario that makes a capture; `tests/scenarios.rs` reads the rest.
#[derive(Deserialize)]
struct Scenario {
    conversation: Vec<String>,
    #[serde(default)]
    ends: BTreeMap<String, String>,
    #[serde(default)]
    twin: Vec<Twin>,
}

/// A scenario again with some of its text replaced, so that it is nearly the same and does not raise `rule`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Twin {
    rule: String,
    /// What stands in the conversation once, and what the twin has there.
    replace: Vec<(String, String)>,
}

impl Scenario {
    fn capture(&self, lines: &[String]) -> Vec<u8> {
        let ends = self.ends.iter().map(|(name, address)| (name.as_str(), address.as_str()));
        let conversation = Conversation::parse(Ends::parse(ends).unwrap(), lines).unwrap();
        conversation.capture().unwrap()
    }

    /// The lines of a twin; those that it replaces by nothing it does not have.
    fn lines_of(&self, twin: &Twin) -> Vec<String> {
        let mut text = self.conversation.join("\n");
        for (from, to) in &twin.replace {
            assert_eq!(text.matches(from.as_str()).count(), 1, "{from:?} stands once in\n{text}");
            text = text.replace(from, to);
        }
        text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

/// A scenario and what it raised.
struct Played {
    scenario: Scenario,
    raised: BTreeSet<String>,
}

/// Every rule that there is, but for those that are too slow to play.
fn played_rules() -> BTreeSet<&'static str> {
    let all = known();
    assert!(TOO_SLOW.iter().all(|rule| all.contains(rule)), "{TOO_SLOW:?}");
    assert!(CROWDS.iter().all(|rule| all.contains(rule)), "{CROWDS:?}");
    all.into_iter().filter(|rule| !TOO_SLOW.contains(rule) && !CROWDS.contains(rule)).collect()
}

/// Every rule that there is.
fn known() -> BTreeSet<&'static str> {
    pipeline::RULES.iter().flat_map(RuleGroup::rules).map(|rule| rule.id).collect()
}

/// Every annotation in a capture.
fn annotations(capture: Vec<u8>) -> Vec<Value> {
    let lines = in_process::json(capture);
    assert_eq!(lines.last().unwrap()["type"], "summary");
    let lists = lines.iter().filter(|line| line["type"] == "connection").map(|line| &line["annotations"]);
    lists.flat_map(|list| list.as_array().unwrap().clone()).collect()
}

fn rules(capture: Vec<u8>) -> BTreeSet<String> {
    annotations(capture).iter().map(|annotation| annotation["rule"].as_str().unwrap().to_owned()).collect()
}

/// Every scenario and the rules that it raises, by its name.
static SCENARIOS: LazyLock<BTreeMap<String, Played>> = LazyLock::new(|| {
    let folder = fs::read_dir(support::project_file("tests/scenarios")).unwrap();
    let of_file = |path: std::path::PathBuf| {
        let scenario: Scenario = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let raised = rules(scenario.capture(&scenario.conversation));
        (path.file_stem().unwrap().to_string_lossy().into_owned(), Played { scenario, raised })
    };
    folder.map(|entry| of_file(entry.unwrap().path())).collect()
});

#[test]
fn clean_captures_raise_nothing_above_a_note() {
    for sample in CLEAN {
        let capture = fs::read(support::project_file("captures").join(sample)).unwrap();
        let loud: Vec<Value> = annotations(capture).into_iter().filter(|a| a["severity"] != "note").collect();
        assert!(loud.is_empty(), "{sample}: {loud:?}");
        let capture = fs::read(support::project_file("captures").join(sample)).unwrap();
        let found = in_process::json(capture).into_iter().find(|line| line["type"] == "finding");
        assert!(found.is_none(), "{sample}: {found:?}");
    }
}

#[test]
fn every_rule_fires_in_a_scenario() {
    let raised: BTreeSet<&str> =
        SCENARIOS.values().flat_map(|played| &played.raised).map(String::as_str).collect();
    let unknown: Vec<_> = raised.difference(&known()).copied().collect();
    let silent: Vec<_> = played_rules().difference(&raised).copied().collect();
    assert!(unknown.is_empty(), "raised in tests/scenarios, but in no list of rules: {unknown:?}");
    assert!(silent.is_empty(), "no scenario in tests/scenarios raises {silent:?}");
}

#[test]
fn every_rule_has_a_twin_that_does_not_raise_it() {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for &(rule, loud, quiet) in TWINS {
        let (loud_rules, quiet_rules) = (&SCENARIOS[loud].raised, &SCENARIOS[quiet].raised);
        assert!(loud_rules.contains(rule), "{loud} raises {loud_rules:?}, not {rule}");
        assert!(!quiet_rules.contains(rule), "{quiet} raises {rule}");
        named.insert(rule);
    }
    for (name, Played { scenario, raised }) in SCENARIOS.iter() {
        for twin in &scenario.twin {
            let rule = twin.rule.as_str();
            assert!(raised.contains(rule), "{name} raises {raised:?}, not {rule}");
            let quiet = rules(scenario.capture(&scenario.lines_of(twin)));
            assert!(!quiet.contains(rule), "the twin of {name} raises {rule}");
            named.insert(rule);
        }
    }
    let without: Vec<_> = played_rules().difference(&named).copied().collect();
    assert!(without.is_empty(), "rules without a twin: {without:?}");
}
