//! What the program prints for each sample in `captures/`, kept in `tests/snapshots/` and read by people before it is accepted.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use insta::{Settings, assert_snapshot};

const SAMPLES: [&str; 19] = [
    "websocket-chat.pcapng",
    "websocket-compressed.pcapng",
    "upgrade-rejected.pcapng",
    "wrong-accept.pcap",
    "connect-proxy.pcapng",
    "nginx-proxy.pcapng",
    "violations.pcapng",
    "normal-ipv4.pcapng",
    "normal-ipv6.pcap",
    "refused.pcap.gz",
    "no-answer.pcapng",
    "reset-in-handshake.pcap",
    "backlog-overflow.pcapng",
    "lossy.pcapng",
    "scans.pcapng",
    "syn-flood.pcapng",
    "vxlan.pcapng",
    "fragments.pcapng",
    "handshake-options.pcapng",
];

/// Hundreds of connections alike: of their JSON, what is said of the capture as a whole is kept.
const CROWDED: [&str; 2] = ["scans.pcapng", "syn-flood.pcapng"];

/// One of each kind: an ARP question, a SYN, a SYN-ACK with options, an ACK, data, a RST, and what IPv6 adds to them; of WebSocket a 101,
/// a text, a text that needs the messages before it to be inflated, a piece of a message, a text in a tunnel, two messages in one
/// frame of which one is against the rules; a fragment in the middle and the one that completes its packet, a SYN in a tunnel, data on a
/// SYN, a further path of Multipath TCP, a probe.
const FRAMES: [(&str, &str, u64); 21] = [
    ("arp", "websocket-chat.pcapng", 1),
    ("syn", "websocket-chat.pcapng", 3),
    ("syn-ack", "websocket-chat.pcapng", 4),
    ("ack", "websocket-chat.pcapng", 5),
    ("data", "websocket-chat.pcapng", 6),
    ("rst", "reset-in-handshake.pcap", 5),
    ("rst-ack", "refused.pcap.gz", 4),
    ("syn-ipv6", "normal-ipv6.pcap", 1),
    ("data-ipv6", "normal-ipv6.pcap", 4),
    ("switching", "websocket-chat.pcapng", 8),
    ("websocket", "websocket-chat.pcapng", 24),
    ("websocket-compressed", "websocket-compressed.pcapng", 14),
    ("websocket-piece", "websocket-compressed.pcapng", 27),
    ("websocket-in-tunnel", "connect-proxy.pcapng", 21),
    ("websocket-violation", "violations.pcapng", 162),
    ("fragment", "fragments.pcapng", 5),
    ("fragment-last", "fragments.pcapng", 14),
    ("vxlan", "vxlan.pcapng", 3),
    ("fast-open", "handshake-options.pcapng", 23),
    ("multipath-join", "handshake-options.pcapng", 44),
    ("probe", "scans.pcapng", 166),
];

/// Standard output of the program, run at the project's root as a newcomer would.
fn printed(sample: &str, before: &[&str], after: &[&str]) -> String {
    let path = format!("captures/{sample}");
    let arguments = [before, &[path.as_str()], after].concat();
    let mut command = support::command(&arguments);
    let run = support::finish(command.current_dir(support::project_file("")), &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "");
    // A snapshot is read on a terminal too: an escape is shown, not obeyed.
    run.text().replace('\u{1b}', "␛")
}

fn hold(name: &str, printed: &str) {
    let mut settings = Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| assert_snapshot!(name, printed));
}

/// `refused.pcap.gz` is `refused`.
fn stem(sample: &str) -> &str {
    sample.split('.').next().unwrap()
}

fn assert_fits(text: &str, width: usize) {
    for line in text.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "wider than {width}: {line}");
    }
}

#[test]
fn text_in_80_columns() {
    for sample in SAMPLES {
        let text = printed(sample, &["read"], &["--width", "80"]);
        hold(&format!("{}-80", stem(sample)), &text);
        assert_fits(&text, 80);
    }
}

#[test]
fn text_in_160_columns() {
    for sample in SAMPLES {
        let text = printed(sample, &["read"], &["--width", "160"]);
        hold(&format!("{}-160", stem(sample)), &text);
        assert_fits(&text, 160);
    }
}

/// There are so many connections that they are only listed: what is said of each broken rule is drawn apart.
#[test]
fn text_of_every_broken_rule() {
    let list = printed("violations.pcapng", &["read"], &["--format", "json"]);
    let lines = list.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let ids: Vec<String> =
        lines.filter(|line| line["type"] == "connection").map(|line| line["id"].to_string()).collect();
    let drawn: Vec<String> = ids
        .iter()
        .map(|id| printed("violations.pcapng", &["read"], &["--width", "100", "--connection", id]))
        .collect();
    hold("violations-drawn", &drawn.concat());
    assert_fits(&drawn.concat(), 100);
}

#[test]
fn text_in_ascii() {
    let text = printed("websocket-chat.pcapng", &["read"], &["--width", "120", "--ascii"]);
    assert!(text.is_ascii());
    hold("websocket-chat-ascii", &text);
    assert_fits(&text, 120);
}

#[test]
fn text_in_colour() {
    let text = printed("websocket-chat.pcapng", &["read"], &["--width", "120", "--color", "always"]);
    hold("websocket-chat-colour", &text);
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = printed("websocket-chat.pcapng", &["read"], &["--width", "120"]);
    let coloured = printed("websocket-chat.pcapng", &["read"], &["--width", "120", "--color", "always"]);
    let mut pieces = coloured.split("␛[");
    let mut stripped = pieces.next().unwrap().to_owned();
    stripped.extend(pieces.map(|piece| piece.split_once('m').unwrap().1));
    assert_eq!(stripped, plain);
}

#[test]
fn json_lines() {
    for sample in SAMPLES {
        let mut text = printed(sample, &["read"], &["--format", "json"]);
        if CROWDED.contains(&sample) {
            let whole = |line: &&str| !line.starts_with("{\"type\":\"connection\"");
            text = text.lines().filter(whole).flat_map(|line| [line, "\n"]).collect();
        }
        hold(&format!("{}-json", stem(sample)), &text);
    }
}

#[test]
fn frames_as_layers() {
    for (name, sample, number) in FRAMES {
        let text = printed(sample, &["frame"], &[&number.to_string(), "--width", "100"]);
        hold(&format!("frame-{name}"), &text);
        assert_fits(&text, 100);
    }
}

#[test]
fn frames_with_every_field() {
    for (name, sample, number) in FRAMES {
        let text = printed(sample, &["frame"], &[&number.to_string(), "--fields", "--width", "80"]);
        hold(&format!("frame-{name}-fields"), &text);
        assert_fits(&text, 80);
    }
}

#[test]
fn frames_as_json() {
    for (name, sample, number) in FRAMES {
        let line = printed(sample, &["frame"], &[&number.to_string(), "--format", "json"]);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_numbers_are_exact(&value);
        hold(&format!("frame-{name}-json"), &serde_json::to_string_pretty(&value).unwrap());
    }
}

/// Numbers stay below 2^53: above it readers in JavaScript round them.
fn assert_numbers_are_exact(value: &serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => {
            let magnitude = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            assert!(magnitude.is_none_or(|n| n < 1 << 53), "{number} is not below 2^53");
        }
        serde_json::Value::Array(values) => values.iter().for_each(assert_numbers_are_exact),
        serde_json::Value::Object(members) => members.values().for_each(assert_numbers_are_exact),
        _ => {}
    }
}
