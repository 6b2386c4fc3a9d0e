//! The protocol that `docs/adding-a-protocol.md` adds works, and the page shows it as it is.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod pop3;

use synscope::app::{Conversation, Item, Message, Outbox, StreamEnd, StreamProtocol};
use synscope::base::{Side, StreamSpan};

static POP3_ALONE: &[&dyn StreamProtocol] = &[&pop3::Pop3];

const DIALOGUE: [(Side, &str); 7] = [
    (Side::Server, "+OK mail is here\r\n"),
    (Side::Client, "USER anna\r\n"),
    (Side::Server, "+OK\r\n"),
    (Side::Client, "PASS secret\r\n"),
    (Side::Server, "-ERR no\u{1b}[31m\r\n"),
    (Side::Client, "QUIT\r\n"),
    (Side::Server, "+OK bye\r\n"),
];

/// Messages of the dialogue when it comes in pieces of so many bytes.
fn messages(piece: usize) -> Vec<Message> {
    let (mut conversation, mut outbox) = (Conversation::speaking(POP3_ALONE, true), Outbox::default());
    for (side, text) in DIALOGUE {
        for bytes in text.as_bytes().chunks(piece) {
            conversation.bytes(side, bytes, &mut outbox);
        }
    }
    finish(&mut conversation, &mut outbox)
}

fn finish(conversation: &mut Conversation, outbox: &mut Outbox) -> Vec<Message> {
    for side in [Side::Client, Side::Server] {
        conversation.end(side, StreamEnd::Fin, outbox);
    }
    outbox
        .drain()
        .filter_map(|item| if let Item::Message(_, message) = item { Some(message) } else { None })
        .collect()
}

/// What is said of a message, for comparing.
fn told(message: &Message) -> String {
    let headline = message.content.headline();
    let answers = message.answers.map(|number| number.0);
    format!("{:?} {} {} | {} {:?}", message.from, message.kind, headline.name, headline.detail, answers)
}

#[test]
fn the_page_shows_the_protocol_as_it_is() {
    let page = include_str!("../../docs/adding-a-protocol.md");
    let code = include_str!("pop3.rs");
    assert!(
        page.contains(&format!("```rust\n{code}```\n")),
        "copy tests/adding_a_protocol/pop3.rs into the page"
    );
}

#[test]
fn every_line_is_a_message_and_replies_know_their_commands() {
    let told: Vec<_> = messages(usize::MAX).iter().map(told).collect();
    assert_eq!(
        told,
        [
            "Server line +OK | mail is here None",
            "Client command USER | anna None",
            "Server reply +OK |  Some(1)",
            "Client command PASS | secret None",
            "Server reply -ERR | no\\u{1b}[31m Some(3)",
            "Client command QUIT |  None",
            "Server reply +OK | bye Some(5)",
        ]
    );
}

#[test]
fn a_refusal_is_pointed_out() {
    let refused: Vec<_> =
        messages(9).iter().map(|m| m.rules.iter().map(|rule| rule.id).collect::<Vec<_>>()).collect();
    assert_eq!(refused.concat(), ["pop3-refused"]);
    assert_eq!(refused[4], ["pop3-refused"]);
}

#[test]
fn the_messages_are_the_same_however_the_bytes_are_cut() {
    let whole: Vec<_> = messages(usize::MAX).iter().map(|m| (told(m), m.span)).collect();
    for piece in 1..20 {
        assert_eq!(messages(piece).iter().map(|m| (told(m), m.span)).collect::<Vec<_>>(), whole, "{piece}");
    }
}

#[test]
fn a_line_that_begins_in_missing_bytes_is_left_out_and_the_next_is_read() {
    let (mut conversation, mut outbox) = (Conversation::speaking(POP3_ALONE, true), Outbox::default());
    conversation.bytes(Side::Server, b"+OK hello\r\n+OK go", &mut outbox);
    conversation.gap(Side::Server, StreamSpan::new(17, 30), &mut outbox);
    conversation.bytes(Side::Server, b"rest of a line\r\n+OK again\r\n", &mut outbox);
    let texts: Vec<_> = finish(&mut conversation, &mut outbox)
        .iter()
        .map(|message| message.content.text().unwrap().to_owned())
        .collect();
    assert_eq!(texts, ["+OK hello", "+OK again"]);
}

#[test]
fn bytes_of_another_protocol_are_not_taken_for_it() {
    for (side, bytes) in [(Side::Client, "GET / HTTP/1.1\r\n"), (Side::Server, "220 mail ESMTP\r\n")] {
        let (mut conversation, mut outbox) = (Conversation::speaking(POP3_ALONE, true), Outbox::default());
        conversation.bytes(side, bytes.as_bytes(), &mut outbox);
        assert!(!conversation.is_decoding(), "{bytes}");
        assert!(finish(&mut conversation, &mut outbox).is_empty());
    }
}
