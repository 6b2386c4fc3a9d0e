//! Floods and scans are told as one finding each, and ordinary crowds of connections are not: rules that take more connections than a
//! scenario can hold.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod segments;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::io::Cursor;

use segments::{ACK, End, FIN, RST, Segments, XMAS, host};
use serde_json::{Value, json};
use support::in_process;

const SERVER: u32 = 7;

fn server(port: u16) -> End {
    (host(SERVER), port)
}

fn findings(segments: Segments) -> Vec<Value> {
    let mut lines = in_process::json(segments.capture());
    assert_eq!(lines.last().unwrap()["type"], "summary");
    lines.retain(|line| line["type"] == "finding");
    lines
}

/// The one finding, of this rule.
fn only(segments: Segments, rule: &str) -> Value {
    let mut found = findings(segments);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["rule"], rule, "{found:#?}");
    found.remove(0)
}

fn nothing(segments: Segments) {
    let found = findings(segments);
    assert!(found.is_empty(), "{found:#?}");
}

/// Numbers below `below` in an order that is no order.
fn shuffled(below: u32) -> impl Iterator<Item = u32> {
    (0..below).map(move |n| (n * 7_919 + 13) % below)
}

/// A client that opens a connection now and then, so that acknowledgments are in the capture.
fn regular(segments: &mut Segments) {
    for n in 0..3 {
        segments.connection(u64::from(n) * 900, (host(5), 50_000 + n), server(443), 300);
    }
}

/// So many half-open handshakes, one from each of so many addresses in turn, one a millisecond.
fn flood(segments: &mut Segments, handshakes: u32, sources: u32) {
    for (ms, n) in (0..).zip(shuffled(handshakes)) {
        let port = 1_024 + u16::try_from(n % 60_000).unwrap();
        segments.half_open(ms, (host(1_000_000 + n % sources), port), server(443));
    }
}

#[test]
fn a_flood_from_forged_addresses_is_one_finding() {
    let mut segments = Segments::new();
    regular(&mut segments);
    flood(&mut segments, 2_000, 2_000);
    // Time for the server to repeat its SYN-ACKs, which it does not.
    segments.connection(9_000, (host(5), 51_000), server(80), 10);
    let found = only(segments, "syn-flood");
    assert_eq!((&found["severity"], &found["certainty"]), (&json!("warning"), &json!("inferred")));
    assert_eq!((&found["connection"], &found["session"]), (&Value::Null, &Value::Null));
    assert_eq!(found["title"], "SYN flood at 10.0.0.7:443");
    let facts = &found["facts"];
    assert_eq!((&facts["half_open"], &facts["sources"]), (&json!(2_000), &json!(2_000)));
    assert_eq!((&facts["peak_per_second"], &facts["opened"]), (&json!(1_000), &json!(3)));
    assert_eq!(found["frames"].as_array().unwrap().len(), 16);
    assert_eq!(found["frames_left_out"], 1_984);
    let text = found["explanation"].as_str().unwrap();
    for words in [
        "2,000 handshakes were begun within 2.00 s and never completed, 1,000 in the busiest second",
        "2,000 addresses, all with the same time to live, window and options, hardly any of them twice: the addresses look forged",
        "2,003 SYNs and 2,003 SYN-ACKs, repeats included, and 3 completed handshakes",
        "may use SYN cookies",
        "3 connections were opened there in spite of it",
        "because at least 100 handshakes within 10.0 s stayed incomplete",
    ] {
        assert!(text.contains(words), "{words:?} in {text}");
    }
}

#[test]
fn a_flood_that_nobody_answers_is_one_too_and_clients_that_wait_are_counted_apart() {
    let mut segments = Segments::new();
    regular(&mut segments);
    for n in 0..400_u32 {
        segments.syn(
            u64::from(n) * 5,
            (host(2_000 + n % 40), 2_000 + u16::try_from(n).unwrap()),
            server(8_080),
        );
    }
    for again in [0, 1_000, 3_000] {
        segments.syn(400 + again, (host(6), 40_000), server(8_080));
    }
    let facts = only(segments, "syn-flood")["facts"].clone();
    assert_eq!((&facts["unanswered"], &facts["half_open"]), (&json!(400), &json!(0)));
    assert_eq!((&facts["sources"], &facts["waiting"]), (&json!(40), &json!(1)));
}

#[test]
fn a_flood_of_one_address_that_rejects_the_answers_is_one() {
    let mut segments = Segments::new();
    for n in 0..300_u16 {
        segments.dropped(u64::from(n) * 3, (host(9), 10_000 + n), server(80));
    }
    let found = only(segments, "syn-flood");
    assert_eq!((&found["facts"]["rejected"], &found["facts"]["sources"]), (&json!(300), &json!(1)));
}

#[test]
fn servers_that_are_merely_busy_are_not_flooded() {
    let mut segments = Segments::new();
    for n in 0..500 {
        segments.connection(u64::from(n) * 4, (host(9), 20_000 + n), server(80), 100);
    }
    nothing(segments);
    let mut segments = Segments::new();
    for n in 0..1_000_u32 {
        let client = (host(3_000 + n), 40_000);
        if n % 5 == 0 {
            segments.half_open(u64::from(n) * 4, client, server(80));
        } else {
            segments.connection(u64::from(n) * 4, client, server(80), 100);
        }
    }
    nothing(segments);
}

#[test]
fn one_client_that_keeps_trying_a_dead_port_is_no_flood() {
    for repeats in [1, 3] {
        let mut segments = Segments::new();
        regular(&mut segments);
        for n in 0..300 {
            for again in 0..repeats {
                segments.syn(u64::from(n) * 10 + again * 1_000, (host(9), 20_000 + n), server(9_000));
            }
        }
        nothing(segments);
    }
}

#[test]
fn clients_that_wait_for_a_dead_server_are_no_flood() {
    let mut segments = Segments::new();
    regular(&mut segments);
    for n in 0..500 {
        for again in [0, 1_000, 3_000] {
            segments.syn(u64::from(n) * 10 + again, (host(4_000 + n), 40_000), server(80));
        }
    }
    nothing(segments);
}

#[test]
fn too_few_or_too_slow_half_open_handshakes_are_no_flood() {
    let mut segments = Segments::new();
    regular(&mut segments);
    flood(&mut segments, 99, 99);
    nothing(segments);
    let mut segments = Segments::new();
    for n in 0..300 {
        segments.half_open(u64::from(n) * 120, (host(3_000 + n), 40_000), server(80));
        segments.connection(
            u64::from(n) * 120,
            (host(5), 10_000 + u16::try_from(n).unwrap()),
            server(443),
            10,
        );
    }
    nothing(segments);
}

#[test]
fn a_capture_of_syns_alone_is_no_flood_unless_they_are_all_alike() {
    let syns = |alike: bool| {
        let mut segments = Segments::new();
        for n in 0..400_u32 {
            segments.ttl = if alike { 64 } else { 40 + u8::try_from(n % 20).unwrap() };
            segments.half_open(u64::from(n) * 10, (host(5_000 + n), 40_000), server(80));
        }
        segments
    };
    nothing(syns(false));
    assert_eq!(only(syns(true), "syn-flood")["certainty"], "guessed");
}

#[test]
fn more_sources_than_can_be_counted_are_estimated() {
    let mut segments = Segments::new();
    regular(&mut segments);
    flood(&mut segments, 10_000, 10_000);
    let found = only(segments, "syn-flood");
    let sources = found["facts"]["sources"].as_u64().unwrap();
    assert!((9_000..11_000).contains(&sources), "{sources}");
    assert!(found["explanation"].as_str().unwrap().contains("They came from about "), "{found}");
}

/// What a scanner does with each of so many ports of the server, 10 ms apart.
fn vertical(ports: u16, each: impl Fn(&mut Segments, u64, End, End)) -> Segments {
    let mut segments = Segments::new();
    regular(&mut segments);
    for (ms, n) in (0..).step_by(10).zip(shuffled(ports.into())) {
        each(&mut segments, ms, (host(99), 61_000), server(1 + u16::try_from(n).unwrap()));
    }
    segments
}

#[test]
fn a_scan_of_many_ports_is_one_finding_with_its_answers() {
    let found = only(
        vertical(300, |segments, ms, scanner, door| match door.1 {
            22 | 80 | 111 => segments.dropped(ms, scanner, door),
            1..20 => segments.syn(ms, scanner, door),
            _ => segments.refused(ms, scanner, door),
        }),
        "port-scan",
    );
    assert_eq!(found["title"], "SYN scan of 300 ports of 10.0.0.7 by 10.0.0.99");
    let facts = &found["facts"];
    assert_eq!((&facts["open"], &facts["closed"], &facts["silent"]), (&json!(3), &json!(278), &json!(19)));
    assert_eq!((&facts["open_ports"], &facts["attempts"]), (&json!([22, 80, 111]), &json!(300)));
}

#[test]
fn scans_by_connecting_are_told_from_those_with_bare_syns() {
    let kind = |open: fn(&mut Segments, u64, End, End)| {
        let scan = vertical(100, |segments, ms, scanner, door| match door.1 {
            80 | 90 => open(segments, ms, scanner, door),
            _ => segments.refused(ms, scanner, door),
        });
        only(scan, "port-scan")["facts"]["kind"].clone()
    };
    assert_eq!(kind(|segments, ms, scanner, door| segments.connection(ms, scanner, door, 0)), "connect");
    assert_eq!(kind(Segments::dropped), "SYN");
    assert_eq!(kind(Segments::half_open), "SYN");
    assert_eq!(kind(Segments::refused), "SYN or connect");
}

#[test]
fn two_tools_of_one_scanner_are_told_apart_by_the_options_of_their_syns() {
    let mut segments = Segments::new();
    let scanner = (host(99), 50_000);
    for port in 1..=24_u16 {
        let (ms, door) = (u64::from(port) * 30, server(port));
        if port == 10 { segments.dropped(ms, scanner, door) } else { segments.refused(ms, scanner, door) }
    }
    segments.syn_options = vec![2, 4, 5, 180, 4, 2, 1, 1];
    for port in 1..=24_u16 {
        let (ms, scanner, door) = (5_000 + u64::from(port) * 30, (host(99), 60_000 + port), server(port));
        if port == 10 {
            segments.connection(ms, scanner, door, 0);
        } else {
            segments.refused(ms, scanner, door);
        }
    }
    let found = findings(segments);
    let kinds: Vec<_> =
        found.iter().map(|finding| (&finding["facts"]["kind"], &finding["facts"]["attempts"])).collect();
    assert_eq!(kinds, [(&json!("SYN"), &json!(24)), (&json!("connect"), &json!(24))]);
}

#[test]
fn a_server_that_repeats_few_of_its_syn_acks_seems_to_use_cookies_for_the_rest() {
    let mut segments = Segments::new();
    regular(&mut segments);
    flood(&mut segments, 400, 400);
    for (ms, n) in (0..).zip(shuffled(400)).take(40) {
        let port = 1_024 + u16::try_from(n).unwrap();
        segments.syn_ack(1_000 + ms, (host(1_000_000 + n), port), server(443));
    }
    segments.connection(9_000, (host(5), 51_000), server(80), 10);
    let found = only(segments, "syn-flood");
    let told = found["explanation"].as_str().unwrap();
    assert!(told.contains("repeated its SYN-ACK for 40 of them"), "{told}");
    assert!(told.contains("none for 360 others"), "{told}");
    assert!(
        found["advice"].as_str().unwrap().starts_with("SYN cookies seem to be in use already"),
        "{found}"
    );
}

#[test]
fn probes_without_syn_are_told_by_their_names() {
    for (flags, name) in [(FIN, "FIN"), (0, "NULL"), (XMAS, "Xmas"), (FIN | ACK, "Maimon"), (ACK, "ACK")] {
        let probe = |segments: &mut Segments, ms, scanner, door: End| {
            segments.probe(ms, (scanner, door), flags, !door.1.is_multiple_of(10));
        };
        let found = only(vertical(60, probe), "port-scan");
        assert_eq!(found["facts"]["kind"], name);
        assert_eq!(found["facts"]["closed"], 54, "{found}");
        // Silence says nothing where such segments are sent in good faith too.
        let silent = if flags & ACK == 0 { 6 } else { 0 };
        assert_eq!(found["facts"]["silent"], silent, "{found}");
    }
}

#[test]
fn a_sweep_over_many_hosts_is_one_finding() {
    let mut segments = Segments::new();
    regular(&mut segments);
    for n in 0..200_u32 {
        let (scanner, door) = ((host(99), 61_000), (host(10_000 + n), 23));
        match n % 10 {
            0 => segments.dropped(u64::from(n) * 20, scanner, door),
            1..5 => segments.refused(u64::from(n) * 20, scanner, door),
            _ => segments.syn(u64::from(n) * 20, scanner, door),
        }
    }
    let found = only(segments, "port-sweep");
    assert_eq!(found["title"], "SYN scan of port 23 of 200 hosts by 10.0.0.99");
    assert_eq!((&found["facts"]["open"], &found["facts"]["silent"]), (&json!(20), &json!(100)));
}

#[test]
fn a_scan_of_many_ports_of_many_hosts_is_one_finding_too() {
    let mut segments = Segments::new();
    for n in 0..900_u32 {
        let door = (host(20_000 + n / 30), 1 + u16::try_from(n % 30).unwrap());
        segments.refused(u64::from(n) * 10, (host(99), 61_000), door);
    }
    let found = only(segments, "port-sweep");
    assert_eq!(found["title"], "SYN or connect scan of 30 ports of 30 hosts by 10.0.0.99");
    assert_eq!((&found["facts"]["closed"], &found["facts"]["attempts"]), (&json!(900), &json!(900)));
}

#[test]
fn many_ports_that_are_used_are_not_scanned() {
    nothing(vertical(60, |segments, ms, scanner, door| segments.connection(ms, scanner, door, 50)));
    // What watches whether services are there finds them there.
    nothing(vertical(60, |segments, ms, scanner, door| segments.connection(ms, scanner, door, 0)));
    nothing(vertical(19, Segments::refused));
}

#[test]
fn ports_tried_slowly_or_again_and_again_are_not_scanned() {
    let mut segments = Segments::new();
    for n in 0..100 {
        segments.refused(u64::from(n) * 2_000, (host(99), 61_000), server(1 + n));
    }
    nothing(segments);
    let mut segments = Segments::new();
    for n in 0..250 {
        segments.refused(u64::from(n) * 10, (host(99), 40_000 + n), server(1 + n % 25));
    }
    nothing(segments);
}

#[test]
fn browsers_gateways_and_health_checks_scan_nobody() {
    let mut segments = Segments::new();
    for n in 0..30 {
        segments.connection(u64::from(n) * 10, (host(5), 50_000 + n), server(443), 500);
    }
    for n in 0..100_u16 {
        let site = (host(30_000 + u32::from(n)), 443);
        segments.connection(u64::from(n) * 50, (host(5), 51_000 + n), site, 500);
        // Opened ahead of need, and not needed.
        segments.connection(u64::from(n) * 50, (host(5), 52_000 + n), site, 0);
    }
    nothing(segments);
    let mut segments = Segments::new();
    for round in 0..4_u16 {
        for n in 0..50_u16 {
            let backend = (host(40_000 + u32::from(n)), 8_080);
            let checker = (host(5), 20_000 + round * 100 + n);
            let ms = u64::from(round) * 5_000 + u64::from(n);
            if n % 3 == 0 {
                segments.refused(ms, checker, backend);
            } else {
                segments.connection(ms, checker, backend, 0);
            }
        }
    }
    nothing(segments);
}

#[test]
fn a_client_without_a_network_sweeps_nobody() {
    let mut segments = Segments::new();
    regular(&mut segments);
    for n in 0..60 {
        for again in [0, 1_000, 3_000] {
            segments.syn(n * 100 + again, (host(5), 50_000), (host(30_000 + u32::try_from(n).unwrap()), 443));
        }
    }
    nothing(segments);
}

#[test]
fn connections_that_are_over_are_no_probes() {
    // Somebody wakes up and closes or checks what the others have forgotten.
    for flags in [FIN | ACK, ACK] {
        let mut segments = Segments::new();
        for n in 0..60_u16 {
            let site = (host(30_000 + u32::from(n)), 443);
            segments.probe(u64::from(n) * 10, ((host(5), 50_000 + n), site), flags, true);
        }
        nothing(segments);
        // A server closes what its clients have forgotten.
        let mut segments = Segments::new();
        for n in 0..60 {
            segments.probe(u64::from(n) * 10, (server(443), (host(5), 50_000 + n)), flags, true);
        }
        nothing(segments);
    }
}

#[test]
fn answers_that_nobody_asked_for_are_backscatter() {
    let mut segments = Segments::new();
    for n in 0..80_u32 {
        let (ms, to) = (u64::from(n) * 100, (host(50_000 + n), 2_000));
        if n % 2 == 0 {
            segments.syn_ack(ms, to, server(443));
        } else {
            segments.send(ms, (server(443), to), RST | ACK, (0, 78, 0));
        }
    }
    let found = only(segments, "backscatter");
    assert_eq!((&found["severity"], &found["certainty"]), (&json!("note"), &json!("guessed")));
    assert_eq!((&found["facts"]["addresses"], &found["facts"]["resets"]), (&json!(80), &json!(40)));
}

#[test]
fn a_server_seen_from_one_side_is_no_backscatter() {
    let mut segments = Segments::new();
    for n in 0..80_u32 {
        let (ms, to) = (u64::from(n) * 100, (host(50_000 + n), 2_000));
        segments.syn_ack(ms, to, server(443));
        segments.send(ms, (server(443), to), ACK, (9_000_001, 1_000_101, 500));
    }
    nothing(segments);
    // To one address only.
    let mut segments = Segments::new();
    for n in 0..80_u16 {
        segments.syn_ack(u64::from(n) * 100, (host(50_000), 2_000 + n), server(443));
    }
    nothing(segments);
}

#[test]
fn texts_tell_a_crowd_once_and_draw_none_of_it() {
    let mut segments = Segments::new();
    regular(&mut segments);
    flood(&mut segments, 2_000, 2_000);
    let text = in_process::text(Cursor::new(segments.capture()), 100);
    assert!(text.contains("2,000 connections of floods and scans: told together below"), "{text}");
    assert!(text.contains("! SYN flood at 10.0.0.7:443   syn-flood, likely"), "{text}");
    assert!(text.contains("over time ") && text.contains('█'), "{text}");
    assert_eq!(text.matches("established").count(), 4, "{text}");
    assert!(!text.contains("→ 10.0.0.7:443         half-open"), "{text}");
    assert!(text.lines().count() < 30, "{text}");
}

#[test]
fn every_line_of_a_crowd_is_as_the_schema_says() {
    let schema = fs::read_to_string(support::project_file("docs/synscope.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let mut segments = vertical(40, Segments::refused);
    flood(&mut segments, 200, 200);
    let lines = in_process::json(segments.capture());
    assert_eq!(lines.iter().filter(|line| line["type"] == "finding").count(), 2);
    for line in lines {
        assert!(
            validator.is_valid(&line),
            "{:?}",
            validator.iter_errors(&line).map(|e| e.to_string()).collect::<Vec<_>>()
        );
    }
}

#[test]
fn findings_are_the_same_on_every_run_and_come_in_the_order_of_their_frames() {
    let capture = || {
        let mut segments = Segments::new();
        for scanner in [90, 95, 92, 91] {
            for n in 0..40 {
                let ms = u64::from(scanner) * 1_000 + u64::from(n);
                segments.refused(ms, (host(scanner), 61_000), server(1 + n));
            }
        }
        segments
    };
    let titles: Vec<_> =
        findings(capture()).iter().map(|found| found["title"].as_str().unwrap().to_owned()).collect();
    let by = |scanner| format!("SYN or connect scan of 40 ports of 10.0.0.7 by 10.0.0.{scanner}");
    assert_eq!(titles, [90, 91, 92, 95].map(by));
    assert_eq!(findings(capture()), findings(capture()));
}
