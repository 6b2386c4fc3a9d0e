//! What `captures/README.md` says of each sample is what the program finds in it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::fs;

use serde_json::{Value, json};

/// The `connection` lines of a sample, by `id`.
fn connections(sample: &str) -> Vec<Value> {
    let path = support::project_file("captures").join(sample);
    let run = support::synscope(&["read", path.to_str().unwrap(), "--format", "json"], &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut lines = run.json_lines().unwrap();
    lines.retain(|line| line["type"] == "connection");
    lines.sort_by_key(|line| line["id"].as_u64());
    lines
}

fn outcomes(connections: &[Value]) -> Vec<&str> {
    connections.iter().map(|c| c["handshake"]["outcome"].as_str().unwrap()).collect()
}

/// How each connection ended and who began.
fn closes(connections: &[Value]) -> Vec<(&str, &str)> {
    let close = |c: usize, key| connections[c]["close"][key].as_str().unwrap_or("nobody");
    (0..connections.len()).map(|c| (close(c, "how"), close(c, "first"))).collect()
}

#[test]
fn ordinary_connections_end_in_the_three_ways_there_are() {
    for sample in ["normal-ipv4.pcapng", "normal-ipv6.pcap"] {
        let found = connections(sample);
        assert_eq!(outcomes(&found), ["established"; 3], "{sample}");
        assert_eq!(closes(&found), [("fin", "client"), ("fin", "server"), ("reset", "client")], "{sample}");
        assert!(found.iter().all(|c| c["handshake"]["certainty"] == "proven"), "{sample}");
        assert_eq!(found[0]["client_traffic"]["data_bytes"], 2007, "{sample}");
    }
}

#[test]
fn refused_attempts_are_refused_over_both_versions_of_ip() {
    let found = connections("refused.pcap.gz");
    assert_eq!(outcomes(&found), ["refused"; 3]);
    assert_eq!(found[2]["server"], json!({"address": "2001:db8::2", "port": 8080}));
}

#[test]
fn swallowed_syns_are_proven_to_have_no_answer() {
    let found = connections("no-answer.pcapng");
    let silent: Vec<&Value> = found.iter().filter(|c| c["server"]["port"] == 8443).collect();
    assert_eq!(silent.len(), 2);
    for connection in silent {
        let handshake = &connection["handshake"];
        assert_eq!((&handshake["outcome"], &handshake["certainty"]), (&json!("no_answer"), &json!("proven")));
        assert!(handshake["syn_count"].as_u64() >= Some(4), "{handshake}");
        assert_eq!(handshake["syn_ack_count"], 0);
    }
    let count = |outcome| outcomes(&found).into_iter().filter(|o| *o == outcome).count();
    assert_eq!((count("established"), count("refused")), (3, 3));
}

#[test]
fn a_rst_in_the_handshake_ends_it_unless_the_client_goes_on() {
    let found = connections("reset-in-handshake.pcap");
    assert_eq!(outcomes(&found), ["reset", "reset", "established"]);
    assert_eq!(closes(&found), [("reset", "client"), ("reset", "server"), ("fin", "client")]);
    assert_eq!(found[2]["handshake"]["syn_count"], 2);
    assert_eq!(found[2]["handshake"]["server_isn"], 7000);
}

#[test]
fn the_chat_is_two_connections_that_the_server_closes() {
    let found = connections("websocket-chat.pcapng");
    assert_eq!(outcomes(&found), ["established"; 2]);
    assert_eq!(closes(&found), [("fin", "server"); 2]);
    assert_eq!((&found[0]["id"], &found[1]["id"]), (&json!(3), &json!(12)));
}

#[test]
fn the_readme_lists_every_sample_with_its_frames() {
    let readme = fs::read_to_string(support::project_file("captures/README.md")).unwrap();
    let folder = fs::read_dir(support::project_file("captures")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter(|name| name.contains(".pcap")) {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("captures/README.md does not list {name}"));
        let frames = row.split('|').nth(3).unwrap().trim();
        let path = support::project_file("captures").join(&name);
        let run = support::synscope(&["read", path.to_str().unwrap(), "--format", "json"], &[]);
        let summary = run.json_lines().unwrap().pop().unwrap();
        assert_eq!(summary["frames"].to_string(), frames, "{name}");
    }
}
