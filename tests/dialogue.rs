//! Who asked, who answered, who spoke unasked, and what nobody can know because the capture misses it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod scenario;
mod support;

use scenario::{Conversation, Ends};
use serde_json::{Value, json};

/// What the program says in JSON of a conversation.
fn told(lines: &[&str]) -> Vec<Value> {
    let ends = Ends::parse(std::iter::empty()).unwrap();
    Conversation::parse(ends, lines).unwrap().json_lines().unwrap()
}

fn messages(told: &[Value]) -> Vec<&Value> {
    told.iter().filter(|line| line["type"] == "message").collect()
}

fn connection(told: &[Value]) -> &Value {
    told.iter().find(|line| line["type"] == "connection").unwrap()
}

#[test]
fn a_response_that_came_while_nothing_was_asked_answers_no_later_request() {
    let told = told(&[
        "C 0.000 OPEN",
        "C 0.010 DATA http=\"GET /1 HTTP/1.1|Host: a.example\"",
        "S 0.020 DATA http=\"HTTP/1.1 200 OK\" body=\"1\"",
        "S 60.020 DATA http=\"HTTP/1.1 408 Request Timeout\" body=\"late\"",
        "C 60.500 DATA http=\"GET /2 HTTP/1.1|Host: a.example\"",
        "S 60.600 CLOSE",
    ]);
    let responses: Vec<_> = messages(&told).into_iter().filter(|line| line["kind"] == "response").collect();
    assert_eq!(responses.len(), 2);
    assert_eq!(responses[0]["answers_frame"], 4);
    assert_eq!((&responses[1]["status"], &responses[1]["answers_frame"]), (&json!(408), &Value::Null));
}

#[test]
fn answers_to_messages_sent_in_a_row_are_not_unasked_and_what_goes_beyond_them_is() {
    let told = told(&[
        "C 0.000 OPEN",
        "C 0.001 DATA upgrade",
        "S 0.002 DATA accepted",
        "C 0.010 DATA ws text \"a?\" ws text \"b?\"",
        "S 0.020 DATA ws text \"a!\" ws text \"b!\" ws text \"news\"",
        "C 0.030 CLOSE",
    ]);
    let unasked: Vec<_> = messages(&told)
        .iter()
        .filter(|line| line["from"] == "server" && line["protocol"] == "websocket")
        .map(|line| line["unasked"].clone())
        .collect();
    assert_eq!(unasked, [false, false, true]);
    assert_eq!(connection(&told)["dialogue"]["unasked"], 1);
}

#[test]
fn what_one_side_sent_and_nobody_captured_is_counted_and_named() {
    let told = told(&[
        "C 0.000 OPEN",
        "C 0.010 DATA http=\"GET / HTTP/1.1|Host: a.example\" lost",
        "S 0.020 DATA http=\"HTTP/1.1 200 OK\" body=\"ok\"",
        "S 0.030 CLOSE",
    ]);
    let connection = connection(&told);
    assert!(connection["missing"]["client_bytes"].as_u64().unwrap() > 30, "{connection}");
    assert_eq!(connection["missing"]["server_bytes"], 0);
    let rules: Vec<_> = connection["annotations"].as_array().unwrap().iter().map(|a| &a["rule"]).collect();
    assert!(rules.contains(&&json!("data-not-captured")), "{rules:?}");
}
