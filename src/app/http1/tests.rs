//! Whole conversations in HTTP/1, cut at every place.

use std::io::Write;

use crate::app::{Conversation, FactValue, Item, Message, MessageNo, Outbox, Role, StreamEnd};
use crate::base::convert::wide;
use crate::base::{Side, StreamSpan};

use Side::{Client, Server};

/// What happens to a conversation.
#[derive(Clone)]
pub(super) enum Event {
    Bytes(Side, Vec<u8>),
    Gap(Side, u64),
    End(Side, StreamEnd),
}

pub(super) fn client(text: impl AsRef<[u8]>) -> Event {
    Event::Bytes(Client, text.as_ref().to_vec())
}

pub(super) fn server(text: impl AsRef<[u8]>) -> Event {
    Event::Bytes(Server, text.as_ref().to_vec())
}

pub(super) fn ends(how: StreamEnd) -> [Event; 2] {
    [Event::End(Client, how), Event::End(Server, how)]
}

/// Plays events, bytes in pieces of at most `piece`.
pub(super) fn play(events: &[Event], piece: usize) -> Vec<Item> {
    let (mut conversation, mut outbox) = (Conversation::new(true), Outbox::default());
    let mut places = [0; 2];
    for event in events {
        match event {
            Event::Bytes(side, bytes) => {
                for part in bytes.chunks(piece) {
                    conversation.bytes(*side, part, &mut outbox);
                }
                places[usize::from(*side == Server)] += wide(bytes.len());
            }
            Event::Gap(side, count) => {
                let place = &mut places[usize::from(*side == Server)];
                conversation.gap(*side, StreamSpan::new(*place, *place + count), &mut outbox);
                *place += count;
            }
            Event::End(side, how) => conversation.end(*side, *how, &mut outbox),
        }
    }
    outbox.drain().filter(|item| !matches!(item, Item::Protocol(_))).collect()
}

/// An item in a line.
pub(super) fn line(item: &Item) -> String {
    match item {
        Item::Message(number, message) => {
            let headline = message.content.headline();
            let rules: Vec<_> = message.rules.iter().map(|rule| rule.id).collect();
            let answers =
                message.answers.map_or(String::new(), |MessageNo(answers)| format!(" to {answers}"));
            let detail =
                if headline.detail.is_empty() { String::new() } else { format!(" | {}", headline.detail) };
            let rules = if rules.is_empty() { String::new() } else { format!(" ! {}", rules.join(" ")) };
            format!("{} {}{answers}{detail}{rules}", number.0, headline.name)
        }
        Item::Upgrade(upgrade) => {
            format!("upgrade {} {:?} {:?}", upgrade.request.0, upgrade.response.map(|n| n.0), upgrade.status)
        }
        Item::Rule { rule, side, offset } => format!("{side:?} {offset}: {}", rule.id),
        Item::RuleOnMessage { rule, message } => format!("on {}: {}", message.0, rule.id),
        Item::Closing(_) => "closing".to_owned(),
        Item::Protocol(name) => (*name).to_owned(),
    }
}

/// What comes of events, checked to be the same for any cut.
#[track_caller]
pub(super) fn told(events: &[Event]) -> Vec<String> {
    let whole: Vec<_> = play(events, usize::MAX).iter().map(line).collect();
    let longest = events.iter().map(|e| if let Event::Bytes(_, bytes) = e { bytes.len() } else { 0 }).max();
    for piece in 1..longest.unwrap_or(1).min(400) {
        let cut: Vec<_> = play(events, piece).iter().map(line).collect();
        assert_eq!(cut, whole, "in pieces of {piece}");
    }
    whole
}

pub(super) fn messages(events: &[Event]) -> Vec<Message> {
    let message = |item| if let Item::Message(_, message) = item { Some(message) } else { None };
    play(events, 5).into_iter().filter_map(message).collect()
}

pub(super) fn fact(message: &Message, name: &str) -> FactValue {
    let facts = message.content.facts();
    facts.into_iter().find(|fact| fact.name == name).unwrap().value
}

pub(super) const GET: &str = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

#[test]
fn a_kept_alive_connection_tells_every_exchange() {
    let events = [
        client(GET),
        server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"),
        client("POST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"),
        server("HTTP/1.1 204 No Content\r\n\r\n"),
    ];
    assert_eq!(
        told(&events),
        ["0 GET /a", "1 200 OK to 0 | text/plain · 5 bytes", "2 POST /b | 4 bytes", "3 204 No Content to 2"]
    );
    let messages = messages(&events);
    assert_eq!(messages[1].span, StreamSpan::new(0, 69));
    assert_eq!((messages[0].role, messages[1].role), (Role::Request, Role::Response));
    assert_eq!(fact(&messages[1], "text"), FactValue::Text("hello".to_owned()));
    assert_eq!(
        fact(&messages[1], "sha256"),
        FactValue::Text("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".to_owned())
    );
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let head = "HEAD /b HTTP/1.1\r\n\r\n";
    let answers = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nAHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n";
    let events = [client([GET, head, GET].concat()), server(answers)];
    let expected =
        ["0 GET /a", "1 HEAD /b", "2 GET /a", "3 200 OK to 0 | 1 byte", "4 200 OK to 1", "5 404 to 2"];
    assert_eq!(told(&events), expected);
}

#[test]
fn an_answer_that_was_captured_before_its_request_waits_for_it() {
    let events = [server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), client(GET)];
    assert_eq!(told(&events), ["0 GET /a", "1 200 OK to 0"]);
    let alone =
        [&[server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")][..], &ends(StreamEnd::Fin)].concat();
    assert_eq!(told(&alone), ["0 200 OK ! http-response-without-request"]);
}

#[test]
fn an_answer_that_came_before_its_request_was_complete_answers_it() {
    let request = "POST /b HTTP/1.1\r\nContent-Length: 1000\r\n\r\nsome of it";
    let answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    let expected = ["0 POST /b | 10 bytes ! http-body-cut-off", "1 413 Content Too Large to 0"];
    for sides in [[Client, Server], [Server, Client]] {
        let ends = sides.map(|side| Event::End(side, StreamEnd::Fin));
        assert_eq!(told(&[&[client(request), server(answer)][..], &ends].concat()), expected);
    }
}

#[test]
fn a_request_line_beyond_what_is_waited_for_is_read_all_the_same() {
    let events = [client(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(20_000)))];
    assert_eq!(messages(&events).len(), 1);
    let events = [client(format!("GET /{}", "x".repeat(70_000)))];
    let items: Vec<_> = play(&events, 1_000).iter().map(line).collect();
    assert_eq!(items, ["Client 0: http-head-too-long"]);
}

#[test]
fn an_error_that_says_what_is_wrong_in_a_few_words_is_quoted() {
    let answer = |body: &str| {
        let length = body.len();
        server(format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    };
    let remarks = |body: &str| messages(&[client(GET), answer(body)])[1].content.remarks();
    assert_eq!(remarks("no such room\n")[0].text, "says \"no such room\"");
    assert!(
        remarks("Bad Request").is_empty() && remarks(&"x".repeat(201)).is_empty() && remarks("").is_empty()
    );
}

#[test]
fn interim_answers_are_told_and_leave_the_request_open() {
    let events = [
        client("PUT /b HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"),
        server("HTTP/1.1 100 Continue\r\n\r\n"),
        client("body"),
        server(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        ),
    ];
    let expected = ["0 100 Continue", "1 PUT /b | 4 bytes", "2 103 Early Hints to 1", "3 201 Created to 1"];
    assert_eq!(told(&events), expected);
}

#[test]
fn chunks_trailers_and_compression_are_taken_off() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(br#"{"a":1}"#.repeat(20).as_slice()).unwrap();
    let body = gzip.finish().unwrap();
    let (first, second) = body.split_at(9);
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Type: application/json; charset=utf-8\r\n\r\n".to_vec();
    answer.extend(b"9;x=y\r\n");
    answer.extend(first);
    write!(answer, "\r\n{:x}\r\n", second.len()).unwrap();
    answer.extend(second);
    answer.extend(b"\r\n0\r\nX-Sum: 1\r\n\r\n");
    let events = [client(GET), server(&answer)];
    let expected = format!("1 200 OK to 0 | application/json · 140 bytes (gzip {})", body.len());
    assert_eq!(told(&events), ["0 GET /a", expected.as_str()]);
    let messages = messages(&events);
    assert_eq!(fact(&messages[1], "body_length"), FactValue::Number(140));
    assert_eq!(messages[1].span.end, wide(answer.len()));
    let layers = messages[1].content.explain();
    let six = layers.iter().find(|layer| layer.osi.number() == 6).unwrap();
    assert!(six.summary.contains("2 chunks put together → gunzipped to 140 bytes"), "{}", six.summary);
    assert!(layers.iter().any(|layer| layer.fields.iter().any(|field| field.text == "X-Sum: 1")));
}

#[test]
fn a_body_without_length_ends_with_the_connection() {
    let answer = "HTTP/1.0 200 OK\r\n\r\nuntil the end";
    let whole = [client(GET), server(answer), Event::End(Server, StreamEnd::Fin)];
    assert_eq!(told(&whole), ["0 GET /a", "1 200 OK to 0 | 13 bytes"]);
    let reset = [client(GET), server(answer), Event::End(Server, StreamEnd::Reset)];
    assert_eq!(told(&reset), ["0 GET /a", "1 200 OK to 0 | 13 bytes ! http-body-cut-off"]);
}

#[test]
fn a_connection_that_ends_inside_a_body_or_a_head_says_so() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nonly this";
    let cut = [&[client(GET), server(answer)][..], &ends(StreamEnd::Fin)].concat();
    assert_eq!(told(&cut), ["0 GET /a", "1 200 OK to 0 | 9 bytes ! http-body-cut-off"]);
    let unseen = [&[client(GET), server(answer)][..], &ends(StreamEnd::Unseen)].concat();
    assert_eq!(told(&unseen), ["0 GET /a", "1 200 OK to 0 | 9 bytes ! http-body-not-captured"]);
    let head = [&[client("GET /a HTTP/1.1\r\nHost")][..], &ends(StreamEnd::Fin)].concat();
    assert_eq!(told(&head), ["Client 0: http-head-incomplete"]);
    let unanswered = [&[client(GET)][..], &ends(StreamEnd::Fin)].concat();
    assert_eq!(told(&unanswered), ["0 GET /a", "on 0: http-request-without-response"]);
    let unseen = [&[client(GET)][..], &ends(StreamEnd::Unseen)].concat();
    assert_eq!(told(&unseen), ["0 GET /a"]);
    let lost = [&[client(GET), Event::Gap(Server, 9)][..], &ends(StreamEnd::Fin)].concat();
    assert_eq!(told(&lost), ["0 GET /a"]);
}

#[test]
fn a_request_that_the_server_ignores_is_pointed_out() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let events = [&[client(GET), server(answer), client(GET)][..], &ends(StreamEnd::Fin)].concat();
    let expected = ["0 GET /a", "1 200 OK to 0", "2 GET /a", "on 2: http-request-without-response"];
    assert_eq!(told(&events), expected);
}

#[test]
fn a_gap_inside_a_body_is_bridged_and_a_head_with_a_gap_is_told_in_part() {
    let events = [
        client(GET),
        server("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhere"),
        Event::Gap(Server, 10),
        server("behind"),
        client(GET),
        server("HTTP/1.1 200 OK\r\nContent-"),
        Event::Gap(Server, 30),
        server("end of something"),
        client("GET /c HTTP/1.1\r\n\r\n"),
        server("HTTP/1.1 304 Not Modified\r\n\r\n"),
    ];
    let told = told(&events);
    assert_eq!(told[1], "1 200 OK to 0 | 10 bytes ! http-body-not-captured");
    assert_eq!(
        told[2..],
        ["2 GET /a", "3 200 OK to 2 ! http-head-not-captured", "4 GET /c", "5 304 Not Modified to 4"]
    );
}

#[test]
fn a_gap_beyond_the_end_of_a_body_ends_the_message() {
    let events = [
        client(GET),
        server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        Event::Gap(Server, 3),
        client(GET),
        server("rest HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ];
    let expected =
        ["0 GET /a", "1 200 OK to 0 | 5 bytes ! http-body-not-captured", "2 GET /a", "3 200 OK to 2"];
    assert_eq!(told(&events), expected);
}

#[test]
fn an_answer_to_a_request_that_was_lost_waits_for_nothing() {
    let events = [
        Event::Gap(Client, 40),
        server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        client(GET),
        server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
    ];
    let told = told(&events);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[2].starts_with("2 201 Created"), "{told:?}");
}

#[test]
fn lengths_that_help_smugglers_are_pointed_out() {
    let events =
        [client("POST / HTTP/1.1\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")];
    assert_eq!(told(&events), ["0 POST / ! http-length-and-chunked"]);
    let events = [client("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc")];
    assert_eq!(told(&events), ["0 POST / | 3 bytes ! http-length-conflicting"]);
    let events = [client("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")];
    assert_eq!(told(&events), ["0 GET / ! http-chunks-broken"]);
}

#[test]
fn a_tunnel_carries_a_conversation_of_its_own() {
    let events = [
        client("CONNECT inside:80 HTTP/1.1\r\n\r\nGET /within HTTP/1.1\r\n\r\n"),
        server(
            "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        ),
    ];
    let expected =
        ["0 CONNECT inside:80", "1 200 Connection established to 0", "2 GET /within", "3 404 Not Found to 2"];
    assert_eq!(told(&events), expected);
}

#[test]
fn a_refused_tunnel_leaves_http_as_it_was() {
    let events = [
        client(["CONNECT inside:80 HTTP/1.1\r\n\r\n", GET].concat()),
        server(
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ),
    ];
    let expected = ["0 CONNECT inside:80", "1 403 Forbidden to 0 | 2 bytes", "2 GET /a", "3 200 OK to 2"];
    assert_eq!(told(&events), expected);
}

pub(super) const UPGRADE: &str = "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

#[test]
fn an_upgrade_that_is_refused_or_never_answered_is_told() {
    let events =
        [client(UPGRADE), server("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), client(GET)];
    let expected =
        ["0 GET /chat", "1 403 Forbidden to 0 ! upgrade-rejected", "upgrade 0 Some(1) Some(403)", "2 GET /a"];
    assert_eq!(told(&events), expected);
    let unanswered = [&[client(UPGRADE)][..], &ends(StreamEnd::Unseen)].concat();
    assert_eq!(told(&unanswered), ["0 GET /chat", "upgrade 0 None None"]);
    let message = &messages(&events)[0];
    assert_eq!(message.content.remarks()[0].text, "asks to upgrade to WebSocket");
}

#[test]
fn an_accepted_upgrade_ends_http() {
    let accept = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let events = [client([UPGRADE.as_bytes(), b"\x81\x80\0\0\0\0"].concat()), server(accept)];
    let told = told(&events);
    assert_eq!(told[..3], ["0 GET /chat", "1 101 Switching Protocols to 0", "upgrade 0 Some(1) Some(101)"]);
}

#[test]
fn another_upgrade_than_to_websocket_is_named() {
    let events = [
        client("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
        server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\0\0\0"),
    ];
    let expected = ["0 GET /", "1 101 Switching Protocols to 0 ! http-switched-elsewhere"];
    assert_eq!(told(&events), expected);
    assert_eq!(messages(&events)[1].content.remarks()[0].text, "the connection goes on with h2c");
}

#[test]
fn what_is_no_head_is_pointed_out_and_passed_over() {
    let events = [client([GET, "\u{1}\u{2}\u{3}"].concat()), client(GET)];
    assert_eq!(told(&events), ["0 GET /a", "Client 28: http-head-malformed", "1 GET /a"]);
    let long = [client(["GET / HTTP/1.1\r\nX: ", &"y".repeat(70_000)].concat())];
    let items: Vec<_> = play(&long, 1_000).iter().map(line).collect();
    assert_eq!(items, ["Client 0: http-head-too-long"]);
}

#[test]
fn a_proxy_protocol_line_comes_before_the_conversation() {
    let events = [
        client(["PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", GET].concat()),
        server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ];
    let expected = ["0 PROXY v1 | 192.0.2.1:56324 → 198.51.100.7:443", "1 GET /a", "2 200 OK to 1"];
    assert_eq!(told(&events), expected);
}

#[test]
fn the_middle_of_a_stream_is_passed_over_up_to_the_next_head() {
    let (mut conversation, mut outbox) = (Conversation::new(false), Outbox::default());
    conversation.bytes(Server, b"end of a body", &mut outbox);
    conversation.bytes(Client, b"}GET /a HTTP/1.1\r\n\r\n", &mut outbox);
    conversation.bytes(Server, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", &mut outbox);
    let items: Vec<_> = outbox.drain().map(|item| line(&item)).collect();
    assert_eq!(items, ["http1", "0 GET /a", "1 200 OK to 0"]);
}
