//! The messages of a recorded capture are the same however its bytes are cut into segments, put out of order, recorded twice or
//! sent again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod replay;
mod scenario;
mod support;

use std::sync::LazyLock;

use proptest::prelude::*;
use replay::{Replay, Retelling};
use serde_json::Value;
use support::in_process;

const CASES: u32 = 24;

/// Captures in which nothing is lost. Whoever adds one: it needs no more than its name here.
const CAPTURES: [&str; 7] = [
    "websocket-chat.pcapng",
    "websocket-compressed.pcapng",
    "upgrade-rejected.pcapng",
    "violations.pcapng",
    "connect-proxy.pcapng",
    "nginx-proxy.pcapng",
    "wrong-accept.pcap",
];

/// Each capture with what is said in it.
static REPLAYS: LazyLock<Vec<(&str, Replay)>> = LazyLock::new(|| {
    CAPTURES.map(|name| (name, Replay::of(&support::project_file("captures").join(name)))).into()
});

/// Members of a line that say when and in which frames.
const OF_FRAMES: [&str; 8] = [
    "connection",
    "frame",
    "frames",
    "frames_left_out",
    "time",
    "offset_ns",
    "answers_frame",
    "answered_after_ns",
];

/// Members of a line that do not depend on what the other side said before.
const OF_CONTENT: [&str; 10] =
    ["from", "protocol", "kind", "method", "target", "status", "headers", "length", "sha256", "text"];

/// The messages of a capture, connection by connection, without their frames and times.
fn messages(capture: Vec<u8>) -> Vec<Vec<Value>> {
    let mut connections: Vec<(u64, Vec<Value>)> = Vec::new();
    for mut line in in_process::json(capture).into_iter().filter(|line| line["type"] == "message") {
        let id = line["connection"].as_u64().unwrap();
        let answers = line["answers_frame"].is_u64();
        let members = line.as_object_mut().unwrap();
        members.retain(|name, _| !OF_FRAMES.contains(&name.as_str()));
        members.insert("answers".to_owned(), answers.into());
        match connections.iter_mut().find(|(known, _)| *known == id) {
            Some((_, messages)) => messages.push(line),
            None => connections.push((id, vec![line])),
        }
    }
    connections.sort_by_key(|(id, _)| *id);
    connections.into_iter().map(|(_, messages)| messages).collect()
}

/// The first message that is not as expected, in few words.
fn difference(expected: &[Vec<Value>], found: &[Vec<Value>]) -> Option<String> {
    for (rank, pair) in expected.iter().zip(found).enumerate() {
        for (expected, found) in pair.0.iter().zip(pair.1) {
            let members = expected.as_object().unwrap();
            if let Some((name, value)) = members.iter().find(|(name, value)| found[*name] != **value) {
                let (of, found) = (&expected["kind"], &found[name]);
                return Some(format!("connection {rank}, {of}: {name} should be {value}, is {found}"));
            }
        }
        if pair.0.len() != pair.1.len() {
            return Some(format!("connection {rank}: {} messages, not {}", pair.1.len(), pair.0.len()));
        }
    }
    (expected != found).then(|| format!("{} connections, not {}", found.len(), expected.len()))
}

/// In order, in segments as long as they are cut usually.
fn plain() -> Retelling {
    Retelling {
        isns: [100, 300],
        lengths: vec![1_460],
        late: vec![0],
        twice: vec![false],
        again: vec![0],
        disorder: vec![0],
    }
}

fn isn() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), (u32::MAX - 4_000)..=u32::MAX]
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    let length = prop_oneof![1..8_usize, 1..80_usize, 1..1_461_usize];
    prop_oneof![prop::collection::vec(length, 1..40), (1..12_usize).prop_map(|length| vec![length])]
}

/// Every few items something, else nothing.
fn seldom<T: Clone + Default + std::fmt::Debug + 'static>(
    some: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Vec<T>> {
    let item = prop_oneof![3 => Just(T::default()), 1 => some];
    prop_oneof![Just(vec![T::default()]), prop::collection::vec(item, 1..30)]
}

fn retelling() -> impl Strategy<Value = Retelling> {
    let parts = ([isn(), isn()], lengths(), seldom(1..6_usize), seldom(Just(true)), seldom(1..2_000_usize));
    parts.prop_map(|(isns, lengths, late, twice, again)| Retelling {
        isns,
        lengths,
        late,
        twice,
        again,
        ..plain()
    })
}

/// What each side of each connection said, whatever the other side said in between.
fn by_side(connections: &[Vec<Value>]) -> Vec<Vec<Value>> {
    let essence = |message: &Value| {
        let members = OF_CONTENT.iter().map(|name| ((*name).to_owned(), message[*name].clone()));
        Value::Object(members.collect())
    };
    let of = |messages: &[Value], side: &str| {
        messages.iter().filter(|message| message["from"] == side).map(essence).collect()
    };
    connections.iter().flat_map(|all| [of(all, "client"), of(all, "server")]).collect()
}

#[test]
fn what_is_told_again_is_what_was_recorded() {
    for (name, replay) in REPLAYS.iter() {
        let recorded = messages(std::fs::read(support::project_file("captures").join(name)).unwrap());
        assert!(replay.length() > 0, "{name} carries nothing");
        assert!(!recorded.is_empty(), "{name} holds no messages");
        assert_eq!(difference(&recorded, &messages(replay.retold(&plain()))), None, "{name}");
    }
}

#[test]
fn messages_are_the_same_octet_by_octet() {
    for (name, replay) in REPLAYS.iter() {
        let octets = Retelling { lengths: vec![1], ..plain() };
        let (expected, found) = (messages(replay.retold(&plain())), messages(replay.retold(&octets)));
        assert_eq!(difference(&expected, &found), None, "{name}");
    }
}

#[test]
fn another_telling_is_another_capture() {
    let (_, replay) = &REPLAYS[0];
    let told = [
        plain(),
        Retelling { lengths: vec![7], ..plain() },
        Retelling { lengths: vec![7], late: vec![0, 3], ..plain() },
        Retelling { lengths: vec![7], twice: vec![false, true], ..plain() },
        Retelling { lengths: vec![7], again: vec![0, 12], ..plain() },
        Retelling { disorder: vec![0, 0, 4], ..plain() },
        Retelling { isns: [u32::MAX - 9, 7], ..plain() },
    ]
    .map(|retelling| replay.retold(&retelling));
    for (rank, capture) in told.iter().enumerate() {
        assert!(!told[rank + 1..].contains(capture), "retelling {rank} is told twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn messages_are_the_same_in_any_segments_and_any_order(
        which in 0..CAPTURES.len(),
        retelling in retelling(),
    ) {
        let (name, replay) = &REPLAYS[which];
        let expected = messages(replay.retold(&plain()));
        prop_assert_eq!(difference(&expected, &messages(replay.retold(&retelling))), None, "{}", name);
    }

    #[test]
    fn a_capture_that_is_out_of_order_itself_tells_the_same_of_each_side(
        which in 0..CAPTURES.len(),
        retelling in retelling(),
        disorder in seldom(1..9_usize),
    ) {
        let (name, replay) = &REPLAYS[which];
        let expected = by_side(&messages(replay.retold(&plain())));
        let found = by_side(&messages(replay.retold(&Retelling { disorder, ..retelling })));
        prop_assert_eq!(difference(&expected, &found), None, "{}", name);
    }
}
