//! A finding.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::{Fact, Finding};

#[derive(Serialize)]
pub(super) struct FindingLine<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    rule: &'static str,
    severity: &'static str,
    certainty: &'static str,
    connection: Option<u64>,
    /// Not known to this version.
    session: (),
    frames: Vec<u64>,
    frames_left_out: u64,
    title: &'a str,
    explanation: &'a str,
    advice: &'a str,
    source: &'static str,
    facts: BTreeMap<&'static str, FactValue<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum FactValue<'a> {
    Number(u64),
    Text(&'a str),
    Numbers(&'a [u64]),
}

impl<'a> FindingLine<'a> {
    pub(super) fn new(finding: &'a Finding, file: Option<&'a str>) -> Self {
        Self {
            r#type: "finding",
            file,
            rule: finding.rule.id,
            severity: finding.rule.severity.name(),
            certainty: finding.certainty.name(),
            connection: finding.connection.map(|connection| connection.0.0),
            session: (),
            frames: finding.frames.iter().map(|frame| frame.0).collect(),
            frames_left_out: finding.frames_left_out,
            title: &finding.title,
            explanation: &finding.explanation,
            advice: &finding.advice,
            source: finding.rule.cite.0,
            facts: finding.facts.iter().map(|(name, fact)| (*name, FactValue::new(fact))).collect(),
        }
    }
}

impl<'a> FactValue<'a> {
    fn new(fact: &'a Fact) -> Self {
        match fact {
            Fact::Number(number) => Self::Number(*number),
            Fact::Text(text) => Self::Text(text),
            Fact::Numbers(numbers) | Fact::OverTime(numbers) => Self::Numbers(numbers),
        }
    }
}
