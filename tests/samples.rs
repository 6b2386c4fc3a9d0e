//! What `captures/README.md` says of each sample is what the program finds in it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

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
    connections
        .iter()
        .map(|c| c["handshake"]["outcome"].as_str().unwrap())
        .collect()
}

/// How each connection ended and who began.
fn closes(connections: &[Value]) -> Vec<(&str, &str)> {
    let close = |c: usize, key| connections[c]["close"][key].as_str().unwrap_or("nobody");
    (0..connections.len())
        .map(|c| (close(c, "how"), close(c, "first")))
        .collect()
}

#[test]
fn ordinary_connections_end_in_the_three_ways_there_are() {
    for sample in ["normal-ipv4.pcapng", "normal-ipv6.pcap"] {
        let found = connections(sample);
        assert_eq!(outcomes(&found), ["established"; 3], "{sample}");
        assert_eq!(
            closes(&found),
            [("fin", "client"), ("fin", "server"), ("reset", "client")],
            "{sample}"
        );
        assert!(
            found.iter().all(|c| c["handshake"]["certainty"] == "proven"),
            "{sample}"
        );
        assert_eq!(found[0]["client_traffic"]["data_bytes"], 2007, "{sample}");
    }
}

#[test]
fn refused_attempts_are_refused_over_both_versions_of_ip() {
    let found = connections("refused.pcap.gz");
    assert_eq!(outcomes(&found), ["refused"; 3]);
    assert_eq!(
        found[2]["server"],
        json!({"address": "2001:db8::2", "port": 8080})
    );
}

#[test]
fn swallowed_syns_are_proven_to_have_no_answer() {
    let found = connections("no-answer.pcapng");
    let silent: Vec<&Value> = found.iter().filter(|c| c["server"]["port"] == 8443).collect();
    assert_eq!(silent.len(), 2);
    for connection in silent {
        let handshake = &connection["handshake"];
        assert!(handshake["syn_count"].as_u64() >= Some(4), "{handshake}");
        assert_eq!(handshake["syn_ack_count"], 0);
        if connection["server"]["address"] == "192.0.2.2" {
            assert_eq!(
                (&handshake["outcome"], &handshake["certainty"]),
                (&json!("no_answer"), &json!("proven"))
            );
        }
    }
    assert_eq!(
        outcomes(&found).iter().filter(|o| **o == "established").count(),
        3
    );
}

#[test]
fn a_rst_in_the_handshake_ends_it_unless_the_client_goes_on() {
    let found = connections("reset-in-handshake.pcap");
    assert_eq!(outcomes(&found), ["reset", "reset", "established"]);
    assert_eq!(
        closes(&found),
        [("reset", "client"), ("reset", "server"), ("fin", "client")]
    );
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
