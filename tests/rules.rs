//! `synscope rules`, and the pages that are made of the rules. `SYNSCOPE_UPDATE_DOCS=1` writes `docs/rules.md` anew.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use serde_json::Value;
use support::{project_file, synscope};
use synscope::base::{Rule, RuleGroup};
use synscope::pipeline::RULES;

const INTRODUCTION: &str = "\
# Rules

<!-- Made from the rules in src by tests/rules.rs: SYNSCOPE_UPDATE_DOCS=1 cargo test --test rules -->

Everything that synscope can point out on a frame. `synscope rules` lists them, `synscope rules ID` says what one means. The severity says how
much a rule matters to somebody who asks what went wrong: a *note* is worth knowing and nothing is wrong, a *warning* may hurt, an *error* is
something that failed. What other tools call the same is in [vocabulary.md](vocabulary.md).
";

fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(RuleGroup::rules)
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for group in RULES {
        writeln!(page, "\n## {}\n\nRaised by `src/{}`.", group.title, group.stage).unwrap();
        for rule in group.rules() {
            let Rule { id, severity, title, why, cite } = rule;
            let severity = severity.name();
            writeln!(page, "\n### `{id}`\n\n*{severity}*: {title}\n\n{why}\n\nSource: {}", cite.0).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_rules_is_current() {
    let path = project_file("docs/rules.md");
    if std::env::var_os("SYNSCOPE_UPDATE_DOCS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/rules.md is not current: SYNSCOPE_UPDATE_DOCS=1 cargo test --test rules"
    );
}

#[test]
fn the_vocabulary_names_only_rules_that_there_are() {
    let vocabulary = fs::read_to_string(project_file("docs/vocabulary.md")).unwrap();
    let known: BTreeSet<&str> = all().map(|rule| rule.id).collect();
    let table = vocabulary.split_once("| rule |").expect("the table of rules").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let named: Vec<&str> =
        rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 10, "{named:?}");
    for name in named {
        assert!(known.contains(name), "docs/vocabulary.md names {name}, which is no rule");
    }
}

#[test]
fn every_rule_is_listed() {
    let run = synscope(&["rules", "--width", "120"], &[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let text = run.text();
    for rule in all() {
        let line = text.lines().find(|line| line.split_whitespace().nth(1) == Some(rule.id));
        assert!(line.is_some_and(|line| line.contains(rule.severity.name())), "{} in\n{text}", rule.id);
    }
}

#[test]
fn one_rule_is_explained() {
    let run = synscope(&["rules", "rst-ignored"], &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = run.text();
    assert!(text.starts_with("rst-ignored · warning\n"), "{text}");
    assert!(text.contains("Source: RFC 9293") && text.contains("grep"), "{text}");
}

#[test]
fn rules_are_json_lines_as_the_schema_says() {
    let schema = fs::read_to_string(project_file("docs/synscope.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let lines = synscope(&["rules", "--format", "json"], &[]).json_lines().unwrap();
    assert_eq!(lines.len(), all().count());
    for (line, rule) in lines.iter().zip(all()) {
        assert!(schema.is_valid(line), "{line}");
        assert_eq!(line["id"], rule.id);
    }
    let one: Vec<Value> = synscope(&["rules", "rst-ignored", "--format", "json"], &[]).json_lines().unwrap();
    assert_eq!((one.len(), &one[0]["severity"]), (1, &Value::from("warning")));
}

#[test]
fn a_rule_that_there_is_not_is_answered_with_the_nearest() {
    let run = synscope(&["rules", "rst-ignord"], &[]);
    assert_eq!((run.code, run.text().as_str()), (Some(2), ""));
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("no rule rst-ignord: did you mean rst-ignored"), "{}", run.stderr);
    let hostile = synscope(&["rules", "\u{1b}[31mred"], &[]);
    assert!(!hostile.stderr.contains('\u{1b}'), "{}", hostile.stderr);
}
