//! A request or a response as layers 5 to 7.

use crate::app::http1::content::{Head, HttpMessage};
use crate::base::{Cite, grouped, ordinal};
use crate::explain::{Field, LayerExplanation, OsiLayer, Value, counted, printable};

/// Name for JSON and for people.
const PROTOCOL: &str = "http1";
const TITLE: &str = "HTTP/1.1";

/// Layers 5, 6 and 7.
pub(super) fn layers(message: &HttpMessage) -> Vec<LayerExplanation> {
    vec![session(message), presentation(message), application(message)]
}

fn session(message: &HttpMessage) -> LayerExplanation {
    let mut layer = LayerExplanation::new(OsiLayer::Session, PROTOCOL, TITLE, None);
    let rank = message.rank.map(ordinal);
    let place = match (&message.head, rank, &message.asked) {
        (Head::Request(_), Some(rank), _) => format!("the {rank} request of the connection"),
        (Head::Response(head), Some(rank), Some(asked)) => {
            let is_final = head.status == 101 || head.status >= 200;
            let verb = if is_final { "answers" } else { "comes before the answer to" };
            format!("{verb} the {rank} request of the connection, {}", printable(asked))
        }
        (Head::Response(_), ..) => "a response whose request is not known".to_owned(),
        _ => "a request".to_owned(),
    };
    let alive = if message.head.keeps_alive() { "stays open" } else { "closes" };
    layer.summary = match switched_to(&message.head) {
        Some(protocol) => format!("{place}; {protocol} follows"),
        None if message.is_cut => place,
        None => format!("{place}; the connection {alive} behind it"),
    };
    if let Some(rank) = message.rank {
        layer.fields.push(number("request of the connection", rank, "RFC 9112 §9.3.2"));
    }
    if message.is_cut || switched_to(&message.head).is_some() {
        return layer;
    }
    layer.fields.push(Field {
        name: "persistent",
        value: Value::Flag(message.head.keeps_alive()),
        text: format!("the connection {alive} behind this exchange"),
        span: None,
        bits: None,
        source: Cite("RFC 9112 §9.3"),
    });
    layer
}

/// The protocol that follows a 101.
fn switched_to(head: &Head) -> Option<std::borrow::Cow<'_, str>> {
    match head {
        Head::Response(head) if head.status == 101 => Some(match head.headers.first("Upgrade") {
            Some(other) if other.eq_ignore_ascii_case("websocket") => "WebSocket".into(),
            Some(other) => printable(other),
            None => "another protocol".into(),
        }),
        _ => None,
    }
}

fn presentation(message: &HttpMessage) -> LayerExplanation {
    let mut layer = LayerExplanation::new(OsiLayer::Presentation, PROTOCOL, TITLE, None);
    let body = &message.body;
    let mut chain = vec![match body.wire_length {
        0 if message.is_cut => {
            "whether a body follows is not known: the rest of the head is missing".to_owned()
        }
        0 => "no body: the head is ASCII text".to_owned(),
        count => format!("{} of body on the wire", bytes(count)),
    }];
    if let Some(chunks) = message.chunks {
        chain.push(format!("{} put together", counted(chunks, "chunk")));
        layer.fields.push(number("chunks", chunks, "RFC 9112 §7.1"));
    }
    let mut before = body.wire_length;
    for step in &body.layers {
        chain.push(format!("{} to {}{}", step.undone, bytes(step.made), ratio(before, step.made)));
        before = step.made;
    }
    if body.wire_length > 0 {
        layer.fields.push(number("body length as carried", body.wire_length, "RFC 9112 §6"));
        layer.fields.push(number("body length", body.length, "RFC 9110 §6.4"));
        layer.fields.push(text("SHA-256", &body.sha256, "FIPS 180-4"));
        match &body.text {
            Some(_) => chain.push("UTF-8".to_owned()),
            None if body.missing > 0 => chain.push(format!("{} not captured", bytes(body.missing))),
            None => chain.push("not text".to_owned()),
        }
        chain.extend(message.media_type().map(|media| kind(media).into_owned()));
    }
    let bare = if body.layers.is_empty() && body.wire_length > 0 { "   not compressed" } else { "" };
    layer.notes.extend(body.fault.map(|fault| fault.title.to_owned()));
    layer.summary = chain.join(" → ") + bare;
    layer
}

fn application(message: &HttpMessage) -> LayerExplanation {
    let mut layer = LayerExplanation::new(OsiLayer::Application, PROTOCOL, TITLE, None);
    match &message.head {
        Head::Request(head) => {
            layer.summary = printable(&format!("{} {}", head.method, head.target)).into_owned();
            layer.fields.push(text("method", &head.method, "RFC 9110 §9"));
            layer.fields.push(text("request target", &head.target, "RFC 9112 §3.2"));
        }
        Head::Response(head) => {
            let status = format!("{} {}", head.status, head.reason);
            layer.summary = printable(status.trim_end()).into_owned();
            layer.fields.push(Field {
                name: "status code",
                value: Value::Number(u64::from(head.status)),
                text: format!("{} ({})", head.status, class(head.status)),
                span: None,
                bits: None,
                source: Cite("RFC 9110 §15"),
            });
            layer.fields.push(text("reason phrase", &head.reason, "RFC 9112 §4"));
        }
    }
    layer.fields.push(text("version", &format!("HTTP/1.{}", message.head.minor_version()), "RFC 9112 §2.3"));
    for (name, value) in &message.head.headers().0 {
        layer.fields.push(text("header field", &format!("{name}: {value}"), source(name)));
    }
    for (name, value) in &message.trailers.0 {
        layer.fields.push(text("trailer field", &format!("{name}: {value}"), "RFC 9112 §7.1.2"));
    }
    layer
}

/// Where a header field is defined.
fn source(name: &str) -> &'static str {
    const DEFINED: &[(&str, &str)] = &[
        ("Accept", "RFC 9110 §12.5.1"),
        ("Accept-Encoding", "RFC 9110 §12.5.3"),
        ("Accept-Language", "RFC 9110 §12.5.4"),
        ("Authorization", "RFC 9110 §11.6.2"),
        ("Cache-Control", "RFC 9111 §5.2"),
        ("Connection", "RFC 9110 §7.6.1"),
        ("Content-Encoding", "RFC 9110 §8.4"),
        ("Content-Length", "RFC 9110 §8.6"),
        ("Content-Type", "RFC 9110 §8.3"),
        ("Cookie", "RFC 6265 §4.2"),
        ("Date", "RFC 9110 §6.6.1"),
        ("ETag", "RFC 9110 §8.8.3"),
        ("Expect", "RFC 9110 §10.1.1"),
        ("Host", "RFC 9110 §7.2"),
        ("Keep-Alive", "RFC 2068 §19.7.1"),
        ("Location", "RFC 9110 §10.2.2"),
        ("Origin", "RFC 6454 §7"),
        ("Referer", "RFC 9110 §10.1.3"),
        ("Sec-WebSocket-Accept", "RFC 6455 §11.3.3"),
        ("Sec-WebSocket-Extensions", "RFC 6455 §11.3.2"),
        ("Sec-WebSocket-Key", "RFC 6455 §11.3.1"),
        ("Sec-WebSocket-Protocol", "RFC 6455 §11.3.4"),
        ("Sec-WebSocket-Version", "RFC 6455 §11.3.5"),
        ("Server", "RFC 9110 §10.2.4"),
        ("Set-Cookie", "RFC 6265 §4.1"),
        ("Transfer-Encoding", "RFC 9112 §6.1"),
        ("Upgrade", "RFC 9110 §7.8"),
        ("User-Agent", "RFC 9110 §10.1.5"),
        ("Vary", "RFC 9110 §12.5.5"),
        ("Via", "RFC 9110 §7.6.3"),
    ];
    let known = DEFINED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.map_or("RFC 9110 §6.3", |(_, source)| source)
}

fn class(status: u16) -> &'static str {
    match status {
        100..=199 => "informational: more comes",
        200..=299 => "successful",
        300..=399 => "the client has to do more, often to ask elsewhere",
        400..=499 => "the client's request is at fault",
        500..=599 => "the server failed",
        _ => "of no defined class",
    }
}

/// What people call a media type.
fn kind(media_type: &str) -> std::borrow::Cow<'_, str> {
    match media_type {
        "application/json" => "JSON".into(),
        "text/html" => "HTML".into(),
        "text/plain" => "plain text".into(),
        "text/css" => "a style sheet".into(),
        "text/javascript" | "application/javascript" => "JavaScript".into(),
        other => printable(other),
    }
}

/// ` (3.2 : 1)`; empty where it says nothing.
fn ratio(before: u64, after: u64) -> String {
    if before == 0 || after <= before {
        return String::new();
    }
    let tenths = after.saturating_mul(10).saturating_add(before / 2) / before;
    format!(" ({}.{} : 1)", grouped(tenths / 10), tenths % 10)
}

fn bytes(count: u64) -> String {
    format!("{} byte{}", grouped(count), if count == 1 { "" } else { "s" })
}

fn number(name: &'static str, value: u64, source: &'static str) -> Field {
    let (value, text) = (Value::Number(value), grouped(value));
    Field { name, value, text, span: None, bits: None, source: Cite(source) }
}

fn text(name: &'static str, value: &str, source: &'static str) -> Field {
    let text = printable(value).into_owned();
    Field { name, value: Value::Text(value.to_owned()), text, span: None, bits: None, source: Cite(source) }
}
