//! What a conversation's connections should look like, and where they differ from that.
//!
//! An expectation is any subset of a `connection` line; of a list, a subset of each element. Texts in parentheses stand for what a subset cannot say: `(null)`,
//! `(present)` (anything but null), `(not) VALUE`. Two keys are not of the line itself: `rules`, ids of rules that
//! must have fired (`syn-sent-again`, or with their frame `syn-sent-again@3`), and `only_rules = true`, no others did.
//!
//! A message is expected in one line: who sent it, its protocol, its kind, and what its summary should hold, if anything:
//! `client websocket text "hello"`. Or as a subset of its `message` line.

use serde_json::Value;

/// Differences between expected and found connections, one text each: `handshake.outcome: expected "refused", got "reset"`.
pub(crate) fn check_connections(expected: &[Value], found: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    if expected.len() != found.len() {
        wrong.push(format!("expected {} connections, got {}", expected.len(), found.len()));
    }
    for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
        let prefix = if number == 0 { String::new() } else { format!("connection {}: ", number + 1) };
        let here = check_connection(expected, found);
        wrong.extend(here.into_iter().map(|difference| format!("{prefix}{difference}")));
    }
    wrong
}

/// Differences between expected and found messages.
pub(crate) fn check_messages(expected: &[Value], found: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    if expected.len() != found.len() {
        let found: Vec<String> = found.iter().map(in_one_line).collect();
        wrong.push(format!("expected {} messages, got {}: {found:#?}", expected.len(), found.len()));
    }
    for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
        let here = match expected.as_str() {
            Some(words) => check_line(words, found),
            None => differences(expected, found),
        };
        wrong.extend(here.into_iter().map(|difference| format!("message {}: {difference}", number + 1)));
    }
    wrong
}

/// Three words to be as said, and the rest to be in the summary.
fn check_line(expected: &str, found: &Value) -> Vec<String> {
    let mut words = expected.splitn(4, ' ');
    let is_right = ["from", "protocol", "kind"].iter().all(|key| found[key].as_str() == words.next())
        && words.next().is_none_or(|rest| found["summary"].as_str().is_some_and(|text| text.contains(rest)));
    if is_right { Vec::new() } else { vec![format!("expected `{expected}`, got `{}`", in_one_line(found))] }
}

fn in_one_line(message: &Value) -> String {
    ["from", "protocol", "kind", "summary"].map(|key| message[key].as_str().unwrap_or("?")).join(" ")
}

fn check_connection(expected: &Value, found: &Value) -> Vec<String> {
    let mut facts = expected.clone();
    let mut wrong = Vec::new();
    if let Some(table) = facts.as_object_mut() {
        let only = table.remove("only_rules").is_some_and(|v| v == true);
        if let Some(rules) = table.remove("rules") {
            check_rules(&rules, only, found, &mut wrong);
        } else if only {
            check_rules(&Value::Array(Vec::new()), only, found, &mut wrong);
        }
    }
    wrong.splice(0..0, differences(&facts, found));
    wrong
}

/// Where `found` lacks, or differs from, something that `expected` says; keys that `expected` does not name may be anything.
pub(crate) fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    compare("", expected, found, &mut wrong);
    wrong
}

fn compare(path: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) {
    if let (Value::Object(expected), Value::Object(found)) = (expected, found) {
        for (key, value) in expected {
            let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match found.get(key) {
                Some(found) => compare(&below, value, found, wrong),
                None => wrong.push(format!("{below}: expected {value}, got nothing")),
            }
        }
    } else if let (Value::Array(expected), Value::Array(found)) = (expected, found)
        && expected.len() == found.len()
    {
        for (rank, (expected, found)) in expected.iter().zip(found).enumerate() {
            compare(&format!("{path}[{rank}]"), expected, found, wrong);
        }
    } else if !matches(expected, found) {
        wrong.push(format!("{path}: expected {expected}, got {found}"));
    }
}

fn matches(expected: &Value, found: &Value) -> bool {
    match expected.as_str() {
        Some("(null)") => found.is_null(),
        Some("(present)") => !found.is_null(),
        Some(text) if text.starts_with("(not) ") => found.as_str() != text.strip_prefix("(not) "),
        _ => expected == found,
    }
}

fn check_rules(expected: &Value, only: bool, found: &Value, wrong: &mut Vec<String>) {
    let fired: Vec<(String, String)> =
        found["annotations"].as_array().into_iter().flatten().map(rule_and_place).collect();
    let expected: Vec<&str> = expected.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in &expected {
        if !fired.iter().any(|(rule, place)| rule == name || place == name) {
            let places: Vec<&str> = fired.iter().map(|(_, place)| place.as_str()).collect();
            wrong.push(format!("annotations: expected {name}, got [{}]", places.join(", ")));
        }
    }
    for (rule, place) in fired.iter().filter(|_| only) {
        if !expected.iter().any(|name| name == rule || name == place) {
            wrong.push(format!("annotations: {place} was not expected"));
        }
    }
}

/// `("syn-sent-again", "syn-sent-again@3")`.
fn rule_and_place(annotation: &Value) -> (String, String) {
    let rule = annotation["rule"].as_str().unwrap_or("?").to_owned();
    let place = format!("{rule}@{}", annotation["frame"]);
    (rule, place)
}
