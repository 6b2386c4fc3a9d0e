//! What `captures/README.md` says of each sample is what the program finds in it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

/// The lines of this type that a sample gives.
fn lines(sample: &str, kind: &str) -> Vec<Value> {
    let path = support::project_file("captures").join(sample);
    let run = support::synscope(&["read", path.to_str().unwrap(), "--format", "json"], &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut lines = run.json_lines().unwrap();
    lines.retain(|line| line["type"] == kind);
    lines
}

/// The `connection` lines of a sample, by `id`.
fn connections(sample: &str) -> Vec<Value> {
    let mut connections = lines(sample, "connection");
    connections.sort_by_key(|line| line["id"].as_u64());
    connections
}

/// The WebSocket messages of a sample, in order.
fn websocket_messages(sample: &str) -> Vec<Value> {
    let mut messages = lines(sample, "message");
    messages.retain(|line| line["protocol"] == "websocket");
    messages
}

/// What was asked for, what was answered, what came of it, and the frames of both, of every upgrade in a sample.
fn upgrades(sample: &str) -> Vec<(String, Value, String, Value, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |upgrade: &Value| {
        let frame = |of: &str| upgrade[of].clone();
        let (target, outcome) = (text(&upgrade["target"]), text(&upgrade["outcome"]));
        (target, frame("status"), outcome, frame("request_frame"), frame("response_frame"))
    };
    connections(sample).iter().flat_map(|c| c["upgrades"].as_array().unwrap()).map(told).collect()
}

fn upgrade(
    target: &str,
    status: u16,
    outcome: &str,
    frames: [u64; 2],
) -> (String, Value, String, Value, Value) {
    (target.into(), json!(status), outcome.into(), json!(frames[0]), json!(frames[1]))
}

/// Texts of the messages of one side, `None` where a message is no text.
fn texts(messages: &[Value], from: &str) -> Vec<Option<String>> {
    let of_side = messages.iter().filter(|message| message["from"] == from);
    of_side.map(|message| message["text"].as_str().map(str::to_owned)).collect()
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

/// The binary message of the chat, in hexadecimal digits.
const BYTES: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[test]
fn what_is_said_in_the_chat_is_read_with_its_accents() {
    let messages = websocket_messages("websocket-chat.pcapng");
    let hello = "ada: hello grace, höre ich dich? ✓";
    let told: Vec<&Value> = messages.iter().filter(|message| message["text"] == hello).collect();
    assert_eq!(told.iter().map(|m| m["frame"].as_u64().unwrap()).collect::<Vec<_>>(), [24, 26, 27]);
    assert!(messages.iter().all(|message| message["violations"] == json!([])));
    let pieces = messages.iter().find(|message| message["frames"] == json!([34, 35, 36])).unwrap();
    assert_eq!((&pieces["opcode"], &pieces["length"]), (&json!("binary"), &json!(32)));
    assert_eq!((&pieces["fragments"], &pieces["hex"]), (&json!(3), &json!(BYTES)));
    let codes: Vec<u64> = messages.iter().filter_map(|message| message["close_code"].as_u64()).collect();
    assert_eq!(codes, [1000, 1000, 1001, 1001]);
}

#[test]
fn compressed_messages_are_inflated_with_the_context_of_those_before() {
    let messages = websocket_messages("websocket-compressed.pcapng");
    let weather: Vec<&Value> = messages.iter().filter(|m| m["from"] == "server").collect();
    assert_eq!(
        (&weather[0]["text"], &weather[0]["compressed"]),
        (&json!("{\"hello\":\"weather\"}"), &json!(false))
    );
    for (nth, city) in [(1, "Reykjavík"), (4, "Tromsø")] {
        for day in 1..=3_usize {
            let answer = weather[nth + day - 1];
            let told: Value = serde_json::from_str(answer["text"].as_str().unwrap()).unwrap();
            assert_eq!((&told["city"], &told["day"]), (&json!(city), &json!(day)), "{answer}");
            assert_eq!(answer["compressed"], true);
        }
    }
    let long = messages.iter().find(|message| message["frames"] == json!([26, 27, 28, 29])).unwrap();
    assert_eq!((&long["fragments"], &long["compressed"]), (&json!(4), &json!(true)));
    assert!(long["text"].as_str().unwrap().ends_with("rain, rain, sun\"}"), "{long}");
    let zeros = messages.iter().find(|message| message["frame"] == 32).unwrap();
    assert_eq!((&zeros["opcode"], &zeros["length"]), (&json!("binary"), &json!(1000)));
    let ping = messages.iter().find(|message| message["opcode"] == "ping").unwrap();
    assert_eq!((&ping["text"], &ping["compressed"]), (&json!("still there?"), &json!(false)));
    let closes: Vec<u64> = messages.iter().filter_map(|message| message["close_code"].as_u64()).collect();
    assert_eq!(closes, [1000, 1000]);
    assert!(messages.iter().all(|message| message["violations"] == json!([])));
}

#[test]
fn upgrades_are_turned_down_in_many_ways_and_the_last_is_taken() {
    let found = upgrades("upgrade-rejected.pcapng");
    let expected = [
        upgrade("/chat", 403, "rejected", [6, 8]),
        upgrade("/nothing-here", 404, "rejected", [14, 18]),
        upgrade("/members", 401, "rejected", [26, 28]),
        upgrade("/page", 200, "rejected", [34, 38]),
        upgrade("/chat", 426, "rejected", [44, 48]),
        upgrade("/chat", 400, "rejected", [54, 58]),
        upgrade("/old-chat", 302, "rejected", [64, 68]),
        upgrade("/chat", 101, "accepted", [76, 78]),
    ];
    assert_eq!(found, expected);
    let reasons = connections("upgrade-rejected.pcapng");
    for connection in &reasons[..7] {
        assert!(connection["upgrades"][0]["reason"].is_string(), "{connection}");
    }
}

#[test]
fn a_101_that_no_client_may_take_is_told_from_one_that_it_may() {
    let found = connections("wrong-accept.pcap");
    let told = |connection: &Value| {
        let upgrade = &connection["upgrades"][0];
        assert!(upgrade["reason"].is_string(), "{upgrade}");
        // Nobody is told 1006 of a WebSocket that never was.
        assert_eq!(connection["closings"], json!([]));
        assert!(!connection["rules"].to_string().contains("close"), "{connection}");
        (upgrade["outcome"].clone(), upgrade["accept_valid"].clone())
    };
    let invalid = |accept_valid: Value| (json!("invalid"), accept_valid);
    let expected = [invalid(json!(false)), invalid(Value::Null), invalid(json!(true)), invalid(json!(true))];
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn a_tunnel_carries_the_same_websocket_as_the_leg_behind_the_proxy() {
    let found = upgrades("connect-proxy.pcapng");
    let legs = [upgrade("/echo", 101, "accepted", [15, 20]), upgrade("/echo", 101, "accepted", [16, 18])];
    assert_eq!(found, legs);
    let both = websocket_messages("connect-proxy.pcapng");
    let leg = |port: &str| -> Vec<Value> {
        both.iter().filter(|m| m["server"].as_str().unwrap().ends_with(port)).cloned().collect()
    };
    for side in ["client", "server"] {
        assert_eq!(texts(&leg(":3128"), side), texts(&leg(":8000"), side), "{side}");
        assert_eq!(texts(&leg(":3128"), side)[0].as_deref(), Some("hello through the proxy"));
    }
}

#[test]
fn a_proxy_that_forgets_the_upgrade_asks_for_a_page() {
    let found = upgrades("nginx-proxy.pcapng");
    let seen: Vec<_> = found.iter().map(|upgrade| (upgrade.0.as_str(), upgrade.2.as_str())).collect();
    assert_eq!(seen[..2], [("/right", "accepted"); 2]);
    assert_eq!(seen[2], ("/forgotten", "rejected"));
    // The leg behind the proxy asked for no upgrade any more, or is told as one that lost what makes it one.
    assert!(seen[3..].iter().all(|upgrade| *upgrade == ("/forgotten", "rejected")), "{seen:?}");
    let through = websocket_messages("nginx-proxy.pcapng");
    assert_eq!(through.iter().filter(|m| m["text"] == "hello through the proxy").count(), 4);
}

/// The path of a connection in `violations.pcapng`, and what is said of the client's messages in it.
const BROKEN: [(&str, &str); 13] = [
    ("/unmasked", "client-frame-not-masked"),
    ("/reserved-bit", "reserved-bit-set"),
    ("/reserved-opcode", "reserved-opcode"),
    ("/fragmented-ping", "control-frame-fragmented"),
    ("/long-ping", "control-frame-too-long"),
    ("/continuation-of-nothing", "continuation-without-start"),
    ("/message-in-message", "message-abandoned message-interrupted"),
    ("/not-utf-8", "text-not-utf8"),
    ("/close-code-1005", "close-code-illegal"),
    ("/close-code-cut", "close-body-of-one-byte"),
    ("/close-reason-not-utf-8", "close-reason-not-utf8"),
    ("/long-length", "length-not-minimal"),
    ("/after-close", "frame-after-close"),
];

#[test]
fn every_broken_rule_is_named_where_it_is_broken() {
    let connections = connections("violations.pcapng");
    let messages = websocket_messages("violations.pcapng");
    assert_eq!(connections.len(), BROKEN.len());
    for (connection, (path, rule)) in connections.iter().zip(BROKEN) {
        assert_eq!(connection["upgrades"][0]["target"], path);
        let mut named: Vec<&str> = Vec::new();
        for message in messages.iter().filter(|message| message["connection"] == connection["id"]) {
            assert!(message["from"] == "client" || message["violations"] == json!([]), "{message}");
            named.extend(message["violations"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()));
        }
        assert_eq!(named.join(" "), rule, "{path}");
    }
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

/// Rules that fired on a connection, each with the frames that raised it.
fn fired(connection: &Value) -> BTreeMap<String, Vec<u64>> {
    let mut fired: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for annotation in connection["annotations"].as_array().unwrap() {
        let rule = annotation["rule"].as_str().unwrap().to_owned();
        fired.entry(rule).or_default().push(annotation["frame"].as_u64().unwrap());
    }
    fired
}

fn rules<const N: usize>(expected: [(&str, &[u64]); N]) -> BTreeMap<String, Vec<u64>> {
    expected.into_iter().map(|(rule, frames)| (rule.to_owned(), frames.to_vec())).collect()
}

#[test]
fn a_server_without_room_still_waits_for_an_acknowledgment_that_was_sent() {
    let found = connections("backlog-overflow.pcapng");
    assert_eq!(outcomes(&found), ["established"; 3]);
    let waits = &found[0]["handshake"];
    assert_eq!((&waits["certainty"], &waits["doubt"]), (&json!("inferred"), &json!("server_still_waits")));
    assert_eq!(waits["syn_ack_frames"], json!([4, 14, 16, 20]));
    assert_eq!(waits["syn_ack_retry_looks_like"], json!(["linux"]));
    let expected = rules([
        ("syn-ack-sent-again", &[14, 16, 20]),
        ("server-still-waits", &[14, 16, 20]),
        ("syn-ack-answered-again", &[15, 17]),
        ("fin-sent-again", &[27, 28, 31]),
        ("fin-not-acknowledged", &[22]),
    ]);
    assert_eq!(fired(&found[0]), expected);
    let expected = rules([("fin-not-acknowledged", &[23]), ("fin-sent-again", &[26, 29, 30])]);
    assert_eq!(fired(&found[1]), expected);
    assert!(fired(&found[2]).is_empty());
    assert_eq!(closes(&found), [("half_closed", "client"); 3]);
    assert_eq!(found[2]["client_state"], "FIN-WAIT-2");
    assert_eq!(found[2]["client_traffic"]["data_bytes"], 18);
}

#[test]
fn what_is_lost_is_sent_again_and_a_full_receiver_closes_its_window() {
    let found = connections("lossy.pcapng");
    assert_eq!((outcomes(&found), closes(&found)), (vec!["established"], vec![("fin", "client")]));
    let analysis = &found[0]["analysis"];
    for (label, count) in [
        ("retransmission", 6),
        ("fast_retransmission", 2),
        ("spurious_retransmission", 0),
        ("duplicate_ack", 4),
        ("window_full", 9),
        ("zero_window", 2),
        ("keep_alive", 2),
    ] {
        assert_eq!(analysis[label], count, "{label}");
    }
    let fired = fired(&found[0]);
    assert_eq!(fired["fast-retransmission"], [31, 80]);
    assert_eq!(fired["retransmission"], [89, 93]);
    assert_eq!(fired["zero-window"], [96, 98]);
    assert_eq!(fired["window-probe"], [97, 99]);
    assert_eq!(fired["duplicate-reported"], [90]);
    assert_eq!(fired["sack-retransmission"], [135, 161]);
    assert_eq!(fired["window-open-again"], [100]);
    let missing = &found[0]["missing"];
    assert_eq!((&missing["client_bytes"], &missing["server_bytes"]), (&json!(0), &json!(0)));
}

#[test]
fn every_scan_is_one_finding_and_names_the_open_port_where_it_shows() {
    let found = lines("scans.pcapng", "finding");
    let told = |finding: &Value| {
        let facts = &finding["facts"];
        let number = |of: &str| facts[of].as_u64().unwrap();
        let counts = ["attempts", "open", "closed", "silent"].map(number);
        (facts["kind"].as_str().unwrap().to_owned(), finding["frames"][0].as_u64().unwrap(), counts)
    };
    let expected = [
        ("SYN", 1, [24, 1, 23, 0]),
        ("FIN", 52, [24, 0, 23, 1]),
        ("NULL", 99, [24, 0, 23, 1]),
        ("Xmas", 146, [24, 0, 23, 1]),
        ("Maimon", 193, [24, 0, 24, 0]),
        ("connect", 241, [24, 1, 23, 0]),
    ];
    let expected = expected.map(|(kind, frame, counts)| (kind.to_owned(), frame, counts));
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|finding| finding["rule"] == "port-scan"));
    assert_eq!(found[0]["facts"]["open_ports"], json!([7010]));
    let connections = connections("scans.pcapng");
    assert_eq!(connections.len(), 144);
    let [dropped, completed] = [23, 261].map(|id| connections.iter().find(|c| c["id"] == id).unwrap());
    assert_eq!(dropped["handshake"]["outcome"], "reset");
    assert_eq!(completed["handshake"]["outcome"], "established");
}

#[test]
fn a_flood_is_one_finding_and_its_one_real_client_is_served() {
    let found = lines("syn-flood.pcapng", "finding");
    assert_eq!(found.len(), 1);
    let facts = &found[0]["facts"];
    assert_eq!((&found[0]["rule"], &facts["target"]), (&json!("syn-flood"), &json!("192.0.2.2:7004")));
    for (fact, count) in [
        ("half_open", 400),
        ("rejected", 0),
        ("sources", 399),
        ("syns", 401),
        ("syn_acks", 505),
        ("opened", 1),
    ] {
        assert_eq!(facts[fact], count, "{fact}");
    }
    let connections = connections("syn-flood.pcapng");
    let repeated = |c: &&Value| c["handshake"]["syn_ack_count"].as_u64() > Some(1);
    assert_eq!(connections.iter().filter(repeated).count(), 38);
    let served = connections.iter().find(|c| c["id"] == 25).unwrap();
    assert_eq!(served["handshake"]["outcome"], "established");
    assert_eq!(served["server_traffic"]["data_bytes"], 13);
}

#[test]
fn the_same_endpoints_in_two_overlays_are_two_connections() {
    let found = connections("vxlan.pcapng");
    assert_eq!((outcomes(&found), closes(&found)), (vec!["established"; 2], vec![("fin", "server"); 2]));
    assert_eq!((&found[0]["client"], &found[0]["server"]), (&found[1]["client"], &found[1]["server"]));
    let via = |connection: &Value| connection["via"].clone();
    assert_eq!(via(&found[0]), json!([{"kind": "vxlan", "id": 7}]));
    assert_eq!(via(&found[1]), json!([{"kind": "vxlan", "id": 8}]));
    assert!(found.iter().all(|connection| fired(connection).is_empty()));
    assert_eq!(found.iter().map(|c| c["id"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 13]);
}

#[test]
fn a_request_in_fragments_is_whole_in_the_frames_that_complete_its_packets() {
    let found = connections("fragments.pcapng");
    assert_eq!((outcomes(&found), closes(&found)), (vec!["established"], vec![("fin", "client")]));
    assert!(fired(&found[0]).is_empty());
    assert_eq!(found[0]["client_traffic"]["frames"], 8);
    let messages = lines("fragments.pcapng", "message");
    assert_eq!((&messages[0]["frames"], &messages[0]["body_length"]), (&json!([6, 10, 14]), &json!(4000)));
    assert_eq!((&messages[1]["text"], &messages[1]["answers_frame"]), (&json!("4095\n"), &json!(14)));
}

#[test]
fn handshakes_agree_on_congestion_notification_fast_open_and_several_paths() {
    let found = connections("handshake-options.pcapng");
    assert_eq!(outcomes(&found), ["established"; 5]);
    let agreed = |c: &Value| {
        let of = |key: &str| c["handshake"]["negotiated"][key].as_str().unwrap().to_owned();
        (of("ecn"), of("fast_open"))
    };
    let expected = [
        ("classic", "none"),
        ("none", "cookie_given"),
        ("none", "accepted"),
        ("none", "none"),
        ("none", "none"),
    ];
    assert_eq!(
        found.iter().map(agreed).collect::<Vec<_>>(),
        expected.map(|(ecn, tfo)| (ecn.into(), tfo.into()))
    );
    assert_eq!(fired(&found[2]), rules([("syn-with-data", &[23])]));
    assert_eq!(found[2]["handshake"]["syn"]["data_length"], 6);
    assert_eq!((&found[3]["mptcp"]["role"], &found[3]["mptcp"]["version"]), (&json!("capable"), &json!(1)));
    assert_eq!((&found[4]["mptcp"]["role"], &found[4]["mptcp"]["joins"]), (&json!("join"), &json!(34)));
    assert_eq!(found[4]["client"]["address"], "192.0.2.21");
}
