//! RFC 6455 and RFC 7692 by section: what they show as examples, and what they forbid.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "../fuzz/bodies/mod.rs"]
#[allow(dead_code, reason = "of what the fuzzer does only the conversation is needed here")]
mod bodies;

use bodies::websocket::{after_upgrade, converse};
use synscope::app::{Closing, FactValue, Item, Message, MessageNo, Role};
use synscope::base::Side::{Client, Server};
use synscope::base::convert::wide;
use synscope::base::{Severity, Side};

/// A frame of the client, masked.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = head(first, 0x80, payload.len());
    frame.extend(key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// A frame of the server.
fn plain(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(first, 0, payload.len());
    frame.extend(payload);
    frame
}

fn head(first: u8, mask: u8, length: usize) -> Vec<u8> {
    match length {
        0..126 => vec![first, mask | u8::try_from(length).unwrap()],
        126..65_536 => [&[first, mask | 0x7e][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
        _ => [&[first, mask | 0x7f][..], &u64::try_from(length).unwrap().to_be_bytes()].concat(),
    }
}

/// What is told of these frames; the same for every cutting.
fn told(deflates: bool, frames: &[(Side, Vec<u8>)]) -> Vec<Item> {
    let segments: Vec<_> = frames.iter().map(|(side, frame)| (*side, frame.as_slice())).collect();
    let items = converse(after_upgrade(deflates), &segments, usize::MAX);
    for size in [1, 2, 5] {
        let cut = converse(after_upgrade(deflates), &segments, size);
        assert_eq!(format!("{items:?}"), format!("{cut:?}"), "in pieces of {size}");
    }
    items
}

fn messages(items: &[Item]) -> Vec<&Message> {
    items
        .iter()
        .filter_map(|item| if let Item::Message(_, message) = item { Some(message) } else { None })
        .collect()
}

fn fact(message: &Message, name: &str) -> FactValue {
    message.content.facts().into_iter().find(|fact| fact.name == name).unwrap().value
}

fn ids(message: &Message) -> Vec<&'static str> {
    message.rules.iter().map(|rule| rule.id).collect()
}

fn stray_ids(items: &[Item]) -> Vec<&'static str> {
    let id = |item: &Item| match item {
        Item::Rule { rule, .. } | Item::RuleOnMessage { rule, .. } => Some(rule.id),
        _ => None,
    };
    items.iter().filter_map(id).collect()
}

fn closing(items: &[Item]) -> Closing {
    let closing = |item: &Item| if let Item::Closing(closing) = item { Some(closing.clone()) } else { None };
    items.iter().find_map(closing).unwrap()
}

/// The rules of the last message that one side sends with these frames, and the number of messages.
#[track_caller]
fn assert_rules(frames: &[(Side, Vec<u8>)], expected: &[&str]) {
    let items = told(false, frames);
    let messages = messages(&items);
    let last = messages.last().unwrap();
    assert_eq!(ids(last), expected);
    let remarks = last.content.remarks();
    let mut said: Vec<_> = remarks.iter().map(|remark| remark.text.as_str()).collect();
    assert_eq!(said.iter().filter(|text| text.contains('§')).count(), expected.len(), "{said:?}");
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), remarks.len(), "each thing is said once: {said:?}");
}

mod section_5_7 {
    use super::*;

    #[track_caller]
    fn assert_hello(side: Side, bytes: &[u8]) {
        let items = told(false, &[(side, bytes.to_vec())]);
        let messages = messages(&items);
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].content.text(), Some("Hello"));
        assert_eq!((messages[0].span.start, messages[0].span.len()), (0, wide(bytes.len())));
        assert!(messages[0].rules.is_empty());
    }

    #[test]
    fn a_single_frame_unmasked_text_message() {
        assert_hello(Server, &[0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
    }

    #[test]
    fn a_single_frame_masked_text_message() {
        assert_hello(Client, &[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    #[test]
    fn a_fragmented_unmasked_text_message() {
        assert_hello(Server, &[0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]);
    }

    #[test]
    fn an_unmasked_ping_and_its_masked_pong() {
        let ping = vec![0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
        let answer = vec![0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let items = told(false, &[(Server, ping), (Client, answer)]);
        let messages = messages(&items);
        assert_eq!(messages.iter().map(|message| message.kind).collect::<Vec<_>>(), ["ping", "pong"]);
        assert!(matches!(&items[0], Item::Message(number, _) if messages[1].answers == Some(*number)));
        assert!(messages.iter().all(|message| message.role == Role::Control && message.rules.is_empty()));
    }

    #[test]
    fn binary_messages_of_256_bytes_and_of_64_kib_in_single_frames() {
        for (length, head) in [(256, 4), (65_536, 10)] {
            let items = told(false, &[(Server, plain(0x82, &vec![7; length]))]);
            let messages = messages(&items);
            assert_eq!(fact(messages[0], "length"), FactValue::Number(wide(length)));
            assert_eq!(messages[0].span.len(), wide(length + head));
            assert_eq!(fact(messages[0], "hex"), FactValue::Text("07".repeat(256)));
            assert_eq!(messages[0].content.text(), None);
        }
    }
}

mod section_5 {
    use super::*;

    #[test]
    fn section_5_1_every_client_frame_is_masked_and_no_server_frame() {
        assert_rules(&[(Client, masked(0x81, b"a"))], &[]);
        assert_rules(&[(Client, plain(0x81, b"a"))], &["client-frame-not-masked"]);
        assert_rules(&[(Server, plain(0x81, b"a"))], &[]);
        assert_rules(&[(Server, masked(0x81, b"a"))], &["server-frame-masked"]);
    }

    #[test]
    fn section_5_2_reserved_bits_opcodes_and_lengths() {
        for bit in [0x40, 0x20, 0x10] {
            assert_rules(&[(Client, masked(0x81 | bit, b"a"))], &["reserved-bit-set"]);
        }
        for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            assert_rules(&[(Client, masked(0x80 | opcode, b"a"))], &["reserved-opcode"]);
        }
        assert_rules(&[(Server, vec![0x82, 126, 0, 1, 9])], &["length-not-minimal"]);
        assert_rules(&[(Server, vec![0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 9])], &["length-not-minimal"]);
        let endless = vec![0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1, 0x81, 1, b'a'];
        let items = told(false, &[(Server, endless), (Client, masked(0x81, b"a"))]);
        let messages = messages(&items);
        assert_eq!(ids(messages[0]), ["length-too-large", "message-incomplete"]);
        assert_eq!(messages[1].content.text(), Some("a"), "the other side can still be read");
        assert_eq!(messages.len(), 2);
    }

    #[test]
    fn section_5_3_masking_keys_are_fresh() {
        let mut frames: Vec<_> = (0..8).map(|_| (Client, masked(0x81, b"a"))).collect();
        assert_rules(&frames[1..], &[]);
        assert_rules(&frames, &["masking-key-repeated"]);
        frames[6].1[2] ^= 1;
        frames[6].1[6] ^= 1;
        assert_rules(&frames, &[]);
        assert_rules(&[(Client, vec![0x81, 0x81, 0, 0, 0, 0, b'a'])], &["masking-key-zero"]);
    }

    #[test]
    fn section_5_4_fragments_of_one_message_come_together() {
        assert_rules(&[(Client, masked(0x80, b"a"))], &["continuation-without-start"]);
        let frames =
            [(Client, masked(0x01, b"a")), (Client, masked(0x89, b"p")), (Client, masked(0x80, b"b"))];
        let items = told(false, &frames);
        let messages_told = messages(&items);
        assert_eq!(messages_told.iter().map(|message| message.kind).collect::<Vec<_>>(), ["ping", "text"]);
        assert_eq!(messages_told[1].content.text(), Some("ab"));
        assert!(messages_told.iter().all(|message| message.rules.is_empty()));
        let items = told(false, &[(Client, masked(0x01, b"a")), (Client, masked(0x81, b"b"))]);
        let messages_told = messages(&items);
        assert_eq!(ids(messages_told[0]), ["message-abandoned"]);
        assert_eq!(ids(messages_told[1]), ["message-interrupted"]);
        assert_eq!(messages_told[1].content.text(), Some("b"));
    }

    #[test]
    fn section_5_4_what_was_sent_of_a_message_that_was_never_finished_is_shown() {
        let detail = |deflates, first, payload: &[u8]| {
            let items = told(deflates, &[(Client, masked(first, payload)), (Client, masked(0x81, b"b"))]);
            let message = messages(&items)[0];
            assert_eq!(ids(message), ["message-abandoned"]);
            assert_eq!((fact(message, "length"), message.content.text()), (FactValue::Null, None));
            message.content.headline().detail
        };
        assert_eq!(detail(false, 0x01, b"begun"), "\"begun\"… · 5 bytes so far");
        assert_eq!(detail(false, 0x01, b"caf\xc3"), "\"caf\"… · 4 bytes so far", "a character may be cut");
        assert_eq!(detail(false, 0x01, b"\xff\xff\xff\xff\xffa"), "hex ffffffffff61 · 6 bytes so far");
        assert_eq!(detail(false, 0x02, b"\x01\x02"), "0102 · 2 bytes so far");
        assert_eq!(detail(false, 0x01, b""), "0 bytes so far");
        assert_eq!(detail(true, 0x41, b"\xf2\x48\xcd"), "3 bytes deflated so far");
    }

    #[test]
    fn section_5_6_a_message_of_no_bytes_is_called_empty() {
        let detail = |deflates, first, payload: &[u8]| {
            let items = told(deflates, &[(Client, masked(first, payload))]);
            messages(&items)[0].content.headline().detail
        };
        assert_eq!(detail(false, 0x81, b""), "empty");
        assert_eq!(detail(false, 0x82, b""), "empty");
        assert_eq!(detail(true, 0xc1, b"\0"), "empty (deflated to 1 byte)");
        assert_eq!(detail(false, 0x89, b""), "", "most pings have no body");
        assert_eq!(detail(false, 0x88, b""), "");
    }

    #[test]
    fn section_5_6_a_text_is_quoted_so_that_its_own_quotes_can_be_told_from_these() {
        let detail = |text: &str| {
            let items = told(false, &[(Client, masked(0x81, text.as_bytes()))]);
            messages(&items)[0].content.headline().detail
        };
        assert_eq!(detail("hello"), "\"hello\" · 5 bytes");
        assert_eq!(detail("\"quoted\" handshake"), "'\"quoted\" handshake' · 18 bytes");
        assert_eq!(detail("\"ok\""), "'\"ok\"' · 4 bytes");
        assert_eq!(detail("{\"a\":1}"), "{\"a\":1} · 7 bytes");
    }

    #[test]
    fn section_5_5_control_frames_are_not_said_to_be_not_compressed() {
        let presentation = |first, payload: &[u8]| {
            let items = told(true, &[(Server, plain(first, payload))]);
            messages(&items)[0].content.explain()[1].summary.clone()
        };
        assert_eq!(presentation(0x88, b"\x03\xe8"), "2 bytes not masked → code and reason");
        assert_eq!(presentation(0x89, b"p"), "1 byte not masked → UTF-8");
        assert!(presentation(0x81, b"text").ends_with("   not compressed"));
    }

    #[test]
    fn section_5_5_control_frames_are_whole_and_short() {
        assert_rules(&[(Client, masked(0x89, &[b'a'; 125]))], &[]);
        assert_rules(&[(Client, masked(0x89, &[b'a'; 126]))], &["control-frame-too-long"]);
        assert_rules(&[(Client, masked(0x09, b"a"))], &["control-frame-fragmented"]);
    }

    #[test]
    fn section_5_5_1_close_frames() {
        let close = |body: &[u8]| [(Client, masked(0x88, body))];
        assert_rules(&close(b""), &[]);
        assert_rules(&close(b"\x03\xe8"), &[]);
        assert_rules(&close("\u{3}\u{64}".as_bytes()), &["close-code-illegal"]);
        assert_rules(&close(b"\x03"), &["close-body-of-one-byte"]);
        assert_rules(&close(b"\x03\xed"), &["close-code-illegal"]);
        assert_rules(&close(b"\x03\xe8\xff"), &["close-reason-not-utf8"]);
        let items = told(false, &[(Client, masked(0x88, b"\x03\xe9bye"))]);
        let message = messages(&items)[0];
        assert_eq!(fact(message, "close_code"), FactValue::Number(1001));
        assert_eq!(fact(message, "close_reason"), FactValue::Text("bye".to_owned()));
        assert_eq!(fact(message, "text"), FactValue::Null);
        assert_eq!(message.content.headline().name, "close 1001");
        assert_rules(&[(Client, masked(0x88, b"")), (Client, masked(0x81, b"late"))], &["frame-after-close"]);
        assert_rules(&[(Client, masked(0x88, b"")), (Server, plain(0x81, b"in time"))], &[]);
    }

    /// How many of these pongs are said to answer no ping.
    fn unasked(frames: &[(Side, Vec<u8>)]) -> usize {
        let items = told(false, frames);
        stray_ids(&items).into_iter().filter(|id| *id == "pong-unasked").count()
    }

    #[test]
    fn section_5_5_3_a_pong_carries_the_body_of_its_ping() {
        let ping = |body: &[u8]| (Server, plain(0x89, body));
        let answer = |body: &[u8]| (Client, masked(0x8a, body));
        assert_eq!(unasked(&[ping(b"1"), answer(b"1")]), 0);
        assert_eq!(unasked(&[ping(b"1"), answer(b"2")]), 1);
        assert_eq!(unasked(&[answer(b"")]), 1);
        assert_eq!(unasked(&[ping(b"1"), ping(b"2"), answer(b"2")]), 0);
        assert_eq!(unasked(&[ping(b"1"), ping(b"2"), answer(b"2"), answer(b"1")]), 0);
    }

    #[test]
    fn section_5_5_3_pings_with_the_same_body_have_a_pong_each() {
        let ping = || (Server, plain(0x89, b""));
        let answer = || (Client, masked(0x8a, b""));
        let items = told(false, &[ping(), ping(), answer(), answer(), answer()]);
        let answered: Vec<_> = messages(&items)[2..].iter().map(|pong| pong.answers).collect();
        assert_eq!(answered, [Some(MessageNo(0)), Some(MessageNo(1)), None]);
        let is_last = |item: &Item| matches!(item, Item::RuleOnMessage { rule, message: MessageNo(4) } if rule.id == "pong-unasked");
        assert!(items.iter().any(is_last));
        assert_eq!(stray_ids(&items).iter().filter(|id| **id == "pong-unasked").count(), 1);
    }

    #[test]
    fn section_5_5_3_pings_and_pongs_too_many_to_be_remembered_are_not_misjudged() {
        let frames = |pings: u8, pongs: u8| {
            let pings = (0..pings).map(|body| (Server, plain(0x89, &[body])));
            pings.chain((0..pongs).map(|body| (Client, masked(0x8a, &[body])))).collect::<Vec<_>>()
        };
        assert_eq!(unasked(&frames(70, 6)), 0);
        assert_eq!(unasked(&frames(70, 70)), 0);
        assert_eq!(unasked(&frames(70, 71)), 1);
        let many: Vec<_> = (0..2_000).map(|_| (Client, masked(0x8a, b""))).collect();
        assert_eq!(unasked(&many), 2_000);
    }

    #[test]
    fn section_5_5_2_a_ping_wants_an_answer() {
        let text = || (Client, masked(0x81, b"a"));
        let ping = || (Server, plain(0x89, b"1"));
        let without = told(false, &[ping(), text(), text(), text()]);
        assert!(stray_ids(&without).contains(&"ping-not-answered"));
        let stands_on = |item: &Item| matches!(item, Item::RuleOnMessage { message: MessageNo(0), .. });
        assert!(without.iter().any(stands_on), "on the ping, and not on what came last");
        let with = told(false, &[ping(), text(), text(), text(), (Client, masked(0x8a, b"1"))]);
        assert!(!stray_ids(&with).contains(&"ping-not-answered"));
        let one_for_two = told(false, &[ping(), ping(), (Client, masked(0x8a, b"1")), text(), text()]);
        assert!(!stray_ids(&one_for_two).contains(&"ping-not-answered"), "only the latest needs a pong");
    }

    #[test]
    fn section_5_6_text_is_utf8_over_all_its_fragments() {
        assert_rules(&[(Client, masked(0x01, b"\xe6\x9d")), (Client, masked(0x80, b"\xb1"))], &[]);
        assert_rules(&[(Client, masked(0x81, b"\xe6\x9d"))], &["text-not-utf8"]);
        let items = told(false, &[(Client, masked(0x81, b"a\xff(A"))]);
        assert_eq!(fact(messages(&items)[0], "hex"), FactValue::Text("61ff2841".to_owned()));
        assert_eq!(messages(&items)[0].content.headline().detail, "hex 61ff2841 · 4 bytes");
        let layers = messages(&items)[0].content.explain();
        assert!(layers[1].summary.contains("→ not UTF-8"), "{}", layers[1].summary);
    }
}

mod section_7 {
    use super::*;

    #[test]
    fn a_closing_handshake_names_who_began_and_what_both_are_told() {
        let items = told(false, &[(Server, plain(0x88, b"\x03\xe9")), (Client, masked(0x88, b"\x03\xe9"))]);
        let closing = closing(&items);
        assert_eq!((closing.first, closing.code, closing.answered), (Some(Server), Some(1001), true));
        assert_eq!((closing.client_sees, closing.server_sees), (Some(1001), Some(1001)));
        assert!(closing.verdict.starts_with("the server closed with code 1001 (going away"));
        assert_eq!(stray_ids(&items), ["client-closed-tcp-first"]);
        assert!(
            matches!(&items[0], Item::Message(number, _) if messages(&items)[1].answers == Some(*number))
        );
    }

    #[test]
    fn without_a_close_frame_applications_are_told_1006() {
        let items = told(false, &[(Client, masked(0x81, b"a"))]);
        let closing = closing(&items);
        assert_eq!((closing.first, closing.client_sees, closing.server_sees), (None, Some(1006), Some(1006)));
        assert_eq!(stray_ids(&items), ["closed-without-close-frame"]);
    }

    /// What is told of an end where an empty segment stands for missing bytes.
    fn closing_with_gap(frames: &[(Side, Vec<u8>)]) -> (Closing, Vec<&'static str>) {
        let segments: Vec<_> = frames.iter().map(|(side, frame)| (*side, frame.as_slice())).collect();
        let items = converse(after_upgrade(false), &segments, usize::MAX);
        (closing(&items), stray_ids(&items))
    }

    #[test]
    fn a_close_frame_that_may_be_missing_is_not_said_to_be() {
        let (text, gap) = ((Client, masked(0x81, b"a")), (Client, Vec::new()));
        let (closing, rules) = closing_with_gap(&[text, gap.clone()]);
        assert_eq!((closing.client_sees, closing.server_sees), (Some(1006), None));
        assert!(closing.verdict.starts_with("no Close frame is in the capture,"), "{}", closing.verdict);
        assert!(rules.is_empty(), "{rules:?}");
        let (closing, _) = closing_with_gap(&[(Server, plain(0x88, b"\x03\xe8")), gap]);
        assert_eq!((closing.client_sees, closing.server_sees), (Some(1000), None));
        assert!(closing.verdict.contains("an answer of the client is not in the capture"));
    }

    #[test]
    fn a_close_frame_whose_body_is_missing_has_no_known_code() {
        let frames = [(Client, masked(0x88, b"\x03\xe8hello")[..6].to_vec()), (Client, Vec::new())];
        let (closing, _) = closing_with_gap(&frames);
        assert_eq!((closing.first, closing.code, closing.server_sees), (Some(Client), None, None));
        assert!(closing.verdict.contains("with a code that is not in the capture"), "{}", closing.verdict);
    }

    #[test]
    fn a_gap_inside_the_payload_of_data_hides_no_close_frame() {
        let frames = [(Client, masked(0x82, &[7; 20])[..19].to_vec()), (Client, Vec::new())];
        let (closing, rules) = closing_with_gap(&frames);
        assert_eq!(closing.server_sees, Some(1006));
        assert_eq!(rules, ["closed-without-close-frame"]);
        assert_eq!(closing.tcp_ended_by, None, "the end of the stream may have waited for the hole");
    }

    #[test]
    fn a_message_that_the_end_cuts_off_is_pointed_out() {
        let items = told(false, &[(Client, masked(0x81, b"abcdef")[..9].to_vec())]);
        assert!(stray_ids(&items).contains(&"message-unfinished"));
        assert!(messages(&items).is_empty());
    }
}

mod rfc_7692_section_7_2_3 {
    use super::*;

    #[track_caller]
    fn assert_hellos(payloads: &[&[u8]]) {
        let frames: Vec<_> = payloads.iter().map(|payload| (Client, masked(0xc1, payload))).collect();
        let items = told(true, &frames);
        assert_eq!(messages(&items).len(), payloads.len());
        for (message, payload) in messages(&items).iter().zip(payloads) {
            assert_eq!(message.content.text(), Some("Hello"), "{:?}", message.rules);
            assert_eq!(fact(message, "compressed"), FactValue::Flag(true));
            assert_eq!(fact(message, "length"), FactValue::Number(5));
            assert_eq!(fact(message, "wire_length"), FactValue::Number(wide(payload.len())));
        }
    }

    const HELLO: &[u8] = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

    #[test]
    fn a_compressed_message_in_one_block() {
        assert_hellos(&[HELLO]);
    }

    #[test]
    fn a_message_that_refers_to_the_one_before() {
        assert_hellos(&[HELLO, &[0xf2, 0x00, 0x11, 0x00, 0x00]]);
    }

    #[test]
    fn a_block_without_compression() {
        assert_hellos(&[&[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]]);
    }

    #[test]
    fn a_final_block_begins_anew() {
        let last = &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
        assert_hellos(&[last, last, HELLO]);
    }

    #[test]
    fn two_blocks_in_one_message() {
        assert_hellos(&[&[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]]);
    }

    #[test]
    fn fragments_compressed_as_one_message_beside_plain_and_empty_ones() {
        let frames = [
            (Server, plain(0x41, &HELLO[..3])),
            (Server, plain(0x80, &HELLO[3..])),
            (Server, plain(0x81, b"plain")),
            (Server, plain(0xc1, &[0])),
            (Server, plain(0xc1, &[0xf2, 0x00, 0x11, 0x00, 0x00])),
        ];
        let items = told(true, &frames);
        let texts: Vec<_> = messages(&items).iter().map(|message| message.content.text()).collect();
        assert_eq!(texts, [Some("Hello"), Some("plain"), Some(""), Some("Hello")]);
        assert!(messages(&items).iter().all(|message| message.rules.is_empty()));
    }

    #[test]
    fn rsv1_belongs_on_the_first_frame_of_a_data_message_only() {
        let frames = [(Server, plain(0x41, HELLO)), (Server, plain(0xc0, &[]))];
        assert_eq!(ids(messages(&told(true, &frames))[0]), ["reserved-bit-set"]);
        let items = told(true, &[(Server, plain(0xc9, b"a"))]);
        assert_eq!(ids(messages(&items)[0]), ["reserved-bit-set"]);
    }

    #[test]
    fn a_compressed_message_of_no_bytes_is_wrong_itself_and_harms_no_other() {
        let items = told(
            true,
            &[
                (Server, plain(0xc1, HELLO)),
                (Server, plain(0xc1, b"")),
                (Server, plain(0xc1, &[0xf2, 0x00, 0x11, 0, 0])),
            ],
        );
        let texts: Vec<_> = messages(&items).iter().map(|message| message.content.text()).collect();
        assert_eq!(texts, [Some("Hello"), None, Some("Hello")]);
        assert_eq!(
            messages(&items).into_iter().map(ids).collect::<Vec<_>>(),
            [vec![], vec!["deflate-broken"], vec![]]
        );
    }

    #[test]
    fn what_is_not_deflate_is_told_with_a_digest_of_what_was_sent() {
        let items = told(true, &[(Client, masked(0xc2, &[0xff; 4])), (Client, masked(0xc1, HELLO))]);
        let messages = messages(&items);
        assert_eq!(ids(messages[0]), ["deflate-broken"]);
        assert_eq!(fact(messages[0], "length"), FactValue::Null);
        assert_eq!(fact(messages[0], "wire_length"), FactValue::Number(4));
        assert_eq!(messages[1].content.text(), Some("Hello"));
    }
}

mod limits {
    use super::*;
    use synscope::app::{Input, Outbox};

    #[test]
    fn a_text_of_more_than_16_mib_is_digested_but_not_kept() {
        for (length, is_kept) in [(16 << 20, true), ((16 << 20) + 1, false)] {
            let frame = plain(0x81, &vec![b'a'; length]);
            let items = converse(after_upgrade(false), &[(Server, &frame)], usize::MAX);
            let message = messages(&items)[0];
            assert_eq!(message.content.text().is_some(), is_kept);
            let expected: &[&str] = if is_kept { &[] } else { &["text-not-kept"] };
            assert_eq!(ids(message), expected);
            assert_eq!(fact(message, "length"), FactValue::Number(wide(length)));
        }
    }

    #[test]
    fn a_bomb_is_told_without_what_is_in_it() {
        let mut compressor = flate2::Compress::new(flate2::Compression::best(), false);
        let mut bomb = Vec::with_capacity(1 << 20);
        compressor.compress_vec(&vec![0; 2 << 20], &mut bomb, flate2::FlushCompress::Sync).unwrap();
        bomb.truncate(bomb.len() - 4);
        let frame = masked(0xc2, &bomb);
        let mut told = Vec::new();
        for is_poor in [false, true] {
            let (mut decoder, mut outbox) = (after_upgrade(true), Outbox::default());
            assert!(!is_poor || outbox.allowance.spend(255 << 20));
            decoder.feed(Client, &mut Input::new(&frame, 0), &mut outbox);
            told.extend(outbox.drain());
        }
        let messages = messages(&told);
        assert!(messages[0].rules.is_empty());
        assert_eq!(fact(messages[0], "length"), FactValue::Number(2 << 20));
        assert_eq!(ids(messages[1]), ["message-not-inflated"]);
        assert_eq!(fact(messages[1], "length"), FactValue::Null);
        assert_eq!(fact(messages[1], "wire_length"), FactValue::Number(wide(bomb.len())));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_told_the_same_however_they_are_cut(
            flags in 0_u8..4,
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
        ) {
            bodies::websocket::run(&[&[flags][..], &bytes].concat());
        }

        #[test]
        fn frames_of_any_shape_are_told_the_same_however_they_are_cut(
            deflates in 0_u8..2,
            frames in proptest::collection::vec((
                proptest::prelude::any::<bool>(),
                proptest::prelude::any::<u8>(),
                proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20),
            ), 1..20),
        ) {
            let mut bytes = vec![deflates];
            for (is_client, first, payload) in frames {
                let frame = if is_client { masked(first, &payload) } else { plain(first, &payload) };
                bytes.push(u8::try_from(frame.len()).unwrap() | if is_client { 0 } else { 0x80 });
                bytes.extend(frame);
            }
            bodies::websocket::run(&bytes);
        }
    }
}

mod gaps {
    use super::*;

    /// Seven bytes of the client are missing between what comes before and after.
    fn around_a_gap(deflates: bool, before: &[u8], after: &[&[u8]]) -> Vec<Item> {
        let mut segments = vec![(Client, before), (Client, &[][..])];
        segments.extend(after.iter().map(|bytes| (Client, *bytes)));
        converse(after_upgrade(deflates), &segments, usize::MAX)
    }

    fn texts(items: &[Item]) -> Vec<Option<&str>> {
        messages(items).iter().map(|message| message.content.text()).collect()
    }

    #[test]
    fn bytes_missing_inside_a_payload_cost_only_this_message() {
        let frame = masked(0x81, b"0123456789 and so on");
        let items = around_a_gap(false, &frame[..8], &[&frame[15..], &masked(0x81, b"next")]);
        let messages = messages(&items);
        assert_eq!(ids(messages[0]), ["message-incomplete"]);
        assert_eq!(fact(messages[0], "length"), FactValue::Number(20));
        assert_eq!(texts(&items), [None, Some("next")]);
        assert!(messages[1].rules.is_empty());
    }

    #[test]
    fn behind_a_missing_header_frames_are_found_again() {
        let items =
            around_a_gap(false, b"", &[b"rest of nothing", &masked(0x81, b"found"), &masked(0x81, b"!")]);
        assert_eq!(texts(&items), [Some("found"), Some("!")]);
    }

    #[test]
    fn the_end_of_a_message_whose_beginning_is_missing_breaks_no_rule() {
        let items = around_a_gap(false, b"", &[&masked(0x80, b"the end"), &masked(0x81, b"next")]);
        assert_eq!(ids(messages(&items)[0]), ["message-incomplete"]);
        assert_eq!(texts(&items), [None, Some("next")]);
    }

    #[test]
    fn compressed_messages_are_read_again_once_they_refer_to_nothing_missing() {
        let hello = masked(0xc1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
        let again = masked(0xc1, &[0xf2, 0x00, 0x11, 0x00, 0x00]);
        let items = around_a_gap(true, &hello, &[&again, &hello, &again]);
        assert_eq!(texts(&items), [Some("Hello"), None, Some("Hello"), Some("Hello")]);
        assert_eq!(ids(messages(&items)[1]), ["deflate-context-lost"]);
    }
}

#[test]
fn every_rule_has_its_own_id() {
    let all = synscope::app::websocket::rules::RULES.iter();
    let all: Vec<_> = all.chain(synscope::app::websocket::handshake_rules::RULES).collect();
    let mut ids: Vec<_> = all.iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    assert!(all.iter().any(|rule| rule.severity == Severity::Error));
}
