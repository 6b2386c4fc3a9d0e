//! Laws of the whole program that hold for any conversation.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod conversations;
mod scenario;
mod support;

use std::io::Cursor;

use conversations::rewrite::{self, Layout};
use conversations::{Shift, Talk, capture, talks};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::in_process;

const CASES: u32 = 150;

/// The `connection` lines of a capture, by `id`.
fn connections(capture: &[u8]) -> Vec<Value> {
    let mut lines = in_process::json(capture);
    lines.retain(|line| line["type"] == "connection");
    lines.sort_by_key(|line| line["id"].as_u64());
    lines
}

/// Adds to a number that is there, on the circle of 2^32.
fn add(number: &mut Value, shift: u32) {
    if let Some(old) = number.as_u64() {
        *number = json!(u32::try_from(old).unwrap().wrapping_add(shift));
    }
}

/// A connection's line as it would be with other ISNs.
fn shifted(line: &mut Value, shift: Shift) {
    let Shift { client, server } = shift;
    let handshake = &mut line["handshake"];
    add(&mut handshake["client_isn"], client);
    add(&mut handshake["server_isn"], server);
    for (segment, of_sender, of_other) in
        [("syn", client, server), ("syn_ack", server, client), ("ack", client, server)]
    {
        if handshake[segment].is_object() {
            add(&mut handshake[segment]["seq"], of_sender);
            add(&mut handshake[segment]["ack"], of_other);
        }
    }
}

/// What must not change when every frame is in the capture twice, with frame numbers mapped to those of the first copies.
fn essence(line: &Value, number: impl Fn(&Value) -> Value) -> Value {
    let handshake = &line["handshake"];
    json!({
        "id": number(&line["id"]),
        "outcome": handshake["outcome"], "certainty": handshake["certainty"],
        "syn_count": handshake["syn_count"], "syn_ack_count": handshake["syn_ack_count"],
        "client_isn": handshake["client_isn"], "server_isn": handshake["server_isn"],
        "negotiated": handshake["negotiated"], "connect_ns": handshake["connect_ns"],
        "syn": number(&handshake["syn"]["frame"]), "syn_ack": number(&handshake["syn_ack"]["frame"]),
        "ack": number(&handshake["ack"]["frame"]),
        "how": line["close"]["how"], "first": line["close"]["first"], "frame": number(&line["close"]["frame"]),
        "client_data": line["client_traffic"]["data_bytes"], "server_data": line["server_traffic"]["data_bytes"],
        "annotations": annotations(line, number),
    })
}

fn annotations(line: &Value, number: impl Fn(&Value) -> Value) -> Vec<Value> {
    let all = line["annotations"].as_array().unwrap().iter();
    all.filter(|a| a["rule"] != "recorded-twice").map(|a| json!([a["rule"], number(&a["frame"])])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn other_initial_sequence_numbers_change_nothing_but_the_numbers(
        talks in talks(),
        client in prop_oneof![any::<u32>(), (u32::MAX - 4_000)..=u32::MAX],
        server in prop_oneof![any::<u32>(), (u32::MAX - 4_000)..=u32::MAX],
    ) {
        let shift = Shift { client, server };
        let mut expected = connections(&capture(&talks, Shift::default()));
        for line in &mut expected {
            shifted(line, shift);
        }
        prop_assert_eq!(connections(&capture(&talks, shift)), expected);
    }

    #[test]
    fn the_format_of_the_file_changes_nothing(talks in talks()) {
        let file = capture(&talks, Shift::default());
        let (lines, text) = (connections(&file), in_process::text(Cursor::new(file.clone()), 100));
        // pcap tells its link type at once and has it in the heading, pcapng later and has it in the totals, whose lines may
        // then break elsewhere.
        let below_the_heading = |text: &str| {
            let (_, rest) = text.split_once("\n\n")?;
            Some(rest.replace(" · Ethernet", "").replace("\nfrom ", " · from "))
        };
        for layout in Layout::ALL {
            let other = rewrite::in_layout(&file, layout);
            prop_assert_eq!(&connections(&other), &lines, "{:?}", layout);
            let other = in_process::text(Cursor::new(other), 100);
            prop_assert_eq!(below_the_heading(&other), below_the_heading(&text), "{:?}", layout);
        }
    }

    #[test]
    fn which_end_has_the_lower_address_changes_nothing(talks in talks()) {
        let talks: Vec<Talk> = talks.into_iter().map(Talk::without_losses).collect();
        let mut expected = connections(&capture(&talks, Shift::default()));
        for line in &mut expected {
            let (client, server) = (line["client"].take(), line["server"].take());
            line["client"] = server;
            line["server"] = client;
        }
        let mirrored: Vec<Talk> = talks.into_iter().map(Talk::mirrored).collect();
        prop_assert_eq!(connections(&capture(&mirrored, Shift::default())), expected);
    }

    #[test]
    fn a_capture_that_holds_every_frame_twice_tells_the_same(talks in talks()) {
        let talks: Vec<Talk> = talks.into_iter().map(Talk::over_ipv4).collect();
        let file = capture(&talks, Shift::default());
        let once: Vec<Value> = connections(&file).iter().map(|line| essence(line, Value::clone)).collect();
        // Frame n is the copy of frame (n + 1) / 2 of the capture that holds each once.
        let number = |frame: &Value| frame.as_u64().map_or(Value::Null, |frame| json!(frame.div_ceil(2)));
        let twice = connections(&rewrite::with_copies(&file, 10_000));
        let twice: Vec<Value> = twice.iter().map(|line| essence(line, number)).collect();
        prop_assert_eq!(twice, once);
    }
}
