//! What there is to say beside requests and responses.

use crate::app::http1::exchanges::Wish;
use crate::app::http1::{Head, HttpMessage, RequestHead, ResponseHead};
use crate::app::{Content, Remark, RemarkKind, Upgrade, UpgradeOutcome, websocket};
use crate::base::Side;
use crate::explain::printable;

/// Longest text of an error that is quoted, in bytes.
const LONGEST_QUOTED: usize = 200;
/// Characters of an accept value that are shown: enough to recognise it.
const SHOWN_OF_ACCEPT: usize = 8;

/// What there is to say of a request.
pub(super) fn of_request(head: &RequestHead) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if head.method == "CONNECT" {
        remarks.push(plain(format!("asks for a tunnel to {}", printable(&head.target))));
    } else if websocket::is_asked_for(head) {
        remarks.push(plain(if head.headers.names("Upgrade", "websocket") {
            "asks to upgrade to WebSocket"
        } else {
            "has a Sec-WebSocket-Key but no Upgrade: websocket, as a proxy leaves it over"
        }));
        let offered: Vec<_> = head.headers.members("Sec-WebSocket-Protocol").collect();
        if !offered.is_empty() {
            let s = if offered.len() == 1 { "" } else { "s" };
            let offered = offered.join(", ");
            remarks.push(aside(format!("offers the subprotocol{s} {}", printable(&offered))));
        }
    } else if let Some(other) = head.headers.first("Upgrade") {
        remarks.push(plain(format!("offers to go on with {}", printable(other))));
    }
    if head.headers.names("Expect", "100-continue") {
        remarks.push(aside("waits for 100 Continue before it sends its body"));
    }
    remarks
}

/// What there is to say of a response to a request with this wish, beside what [`of_upgrade`] says where an upgrade `is_judged`.
pub(super) fn of_response(head: &ResponseHead, wish: Option<&Wish>, is_judged: bool) -> Vec<Remark> {
    match (head.status, wish) {
        (200..=299, Some(Wish::Tunnel)) => {
            vec![right("the tunnel is open: what follows is a conversation of its own")]
        }
        (300..=999, Some(Wish::Tunnel)) => vec![wrong("no tunnel was opened")],
        _ if head.status == 101 && is_judged => Vec::new(),
        (101, _) => {
            let other = head.headers.first("Upgrade").unwrap_or("an unnamed protocol");
            vec![plain(format!("the connection goes on with {}", printable(other)))]
        }
        (100, _) => vec![aside("the client may send its body")],
        _ => Vec::new(),
    }
}

/// What a response that reports an error says of it, where it says so in a few words.
pub(super) fn of_error(message: &HttpMessage) -> Option<Remark> {
    let Head::Response(head) = &message.head else { return None };
    let is_text = message
        .media_type()
        .is_some_and(|media| media.get(..5).is_some_and(|m| m.eq_ignore_ascii_case("text/")));
    let text = message.text()?.trim();
    let is_short = !text.is_empty() && text.len() <= LONGEST_QUOTED;
    // Most say no more than the status line does, pages of markup above all.
    let is_news = !text.eq_ignore_ascii_case(&head.reason) && !text.starts_with('<');
    (head.status >= 400 && is_text && is_short && is_news)
        .then(|| plain(format!("says \"{}\"", printable(text))))
}

/// What there is to say of the answer to an upgrade request.
pub(super) fn of_upgrade(upgrade: &Upgrade) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if let (Some(true), Some(accept)) = (upgrade.accept_valid, &upgrade.accept) {
        let more = if accept.chars().count() > SHOWN_OF_ACCEPT { "…" } else { "" };
        let shown: String = accept.chars().take(SHOWN_OF_ACCEPT).collect();
        remarks.push(right(format!("accept {}{more} matches the key", printable(&shown))));
    }
    let mut failed: Vec<_> = upgrade.checks.iter().filter(|check| !check.holds).collect();
    if upgrade.status != Some(101) {
        failed.clear();
    }
    if let Some(reason) = &upgrade.reason {
        let kind =
            if upgrade.outcome == UpgradeOutcome::Accepted { RemarkKind::Plain } else { RemarkKind::Wrong };
        let mut text = printable(reason).into_owned();
        // The reason says what the first check that the answer fails is about: better, but without the section.
        if let Some(first) = failed.iter().position(|check| check.of == Side::Server) {
            text = format!("{text} ({})", failed.remove(first).source);
        }
        remarks.push(Remark { kind, text });
    }
    remarks.extend(failed.iter().map(|check| wrong(format!("{} ({})", check.fault, check.source))));
    if let Some(subprotocol) = &upgrade.subprotocol {
        remarks.push(aside(format!("subprotocol {}", printable(subprotocol))));
    }
    if let Some(extensions) = &upgrade.extensions {
        remarks.push(aside(format!("extensions {}", printable(extensions))));
    }
    remarks
}

fn plain(text: impl Into<String>) -> Remark {
    Remark { kind: RemarkKind::Plain, text: text.into() }
}

fn aside(text: impl Into<String>) -> Remark {
    Remark { kind: RemarkKind::Aside, text: text.into() }
}

fn right(text: impl Into<String>) -> Remark {
    Remark { kind: RemarkKind::Right, text: text.into() }
}

fn wrong(text: impl Into<String>) -> Remark {
    Remark { kind: RemarkKind::Wrong, text: text.into() }
}
