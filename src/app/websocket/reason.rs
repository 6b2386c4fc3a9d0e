//! Why an upgrade did not go well, in a sentence: the likely cause, by what request and answer show.

use crate::app::http1::{RequestHead, ResponseHead};
use crate::app::websocket::handshake::Points;
use crate::base::Side;
use crate::explain::printable;

/// The likely cause; `None` where all went well.
pub(super) fn of(request: &RequestHead, response: Option<&ResponseHead>, points: &Points) -> Option<String> {
    match response {
        None => Some("no answer is in the capture".to_owned()),
        Some(response) if response.status == 101 => {
            points.first_broken(Side::Server).map(|rule| format!("{}: a client gives up", rule.title))
        }
        Some(response) => Some(rejected(request, response)),
    }
}

fn rejected(request: &RequestHead, response: &ResponseHead) -> String {
    let status = response.status;
    if let Some(cause) = cause_in_request(request, response) {
        return cause;
    }
    let server =
        response.headers.first("Server").map(|name| format!(" ({})", shown(name))).unwrap_or_default();
    match status {
        200..=299 => format!(
            "the server answered {status} as to an ordinary request: nobody there handles WebSocket at {}",
            shown(&request.target)
        ),
        300..=399 => match response.headers.first("Location") {
            Some(location) => format!(
                "the server redirects to {}, which most WebSocket clients do not follow",
                shown(location)
            ),
            None => format!("the server redirects with status {status}"),
        },
        401 => "the server wants a login first (401)".to_owned(),
        403 => forbidden(request),
        404 => format!("the server knows nothing at {} (404)", shown(&request.target)),
        407 => "a proxy wants a login first (407)".to_owned(),
        429 => "the server takes no more connections from this client for now (429)".to_owned(),
        502..=504 => {
            format!("a proxy{server} could not get an answer from the server behind it ({status})")
        }
        500..=599 => format!("the server{server} failed while it handled the request ({status})"),
        _ => format!("the server turned the request down with status {status}"),
    }
}

/// A cause that the request itself shows.
fn cause_in_request(request: &RequestHead, response: &ResponseHead) -> Option<String> {
    let (asked, status) = (&request.headers, response.status);
    if !matches!(status, 200 | 400 | 404 | 405 | 426 | 501) {
        return None;
    }
    if request.method != "GET" {
        return Some(format!("the request's method is {}, only GET can upgrade", shown(&request.method)));
    }
    let via = asked.first("Via").map(|via| format!(" (Via: {})", shown(via))).unwrap_or_default();
    let connection = asked.first("Connection").map(shown).unwrap_or_default();
    let (has_upgrade, has_connection) =
        (asked.names("Upgrade", "websocket"), asked.names("Connection", "upgrade"));
    if !has_upgrade || !has_connection {
        let missing = if has_upgrade { "Connection: Upgrade" } else { "Upgrade: websocket" };
        let instead =
            if connection.is_empty() { String::new() } else { format!(", Connection says {connection}") };
        return Some(format!(
            "{missing} did not reach the server{instead}: a proxy{via} removed it, because it holds for one hop only and the proxy was not told to pass it on"
        ));
    }
    if request.minor_version == 0 {
        return Some(format!("the request came as HTTP/1.0, which cannot upgrade: a proxy{via} speaks it"));
    }
    let version = asked.first("Sec-WebSocket-Version").map(str::trim);
    if version != Some("13") {
        let asked_for = version.map_or_else(|| "no version".to_owned(), |v| format!("version {}", shown(v)));
        let spoken = response.headers.first("Sec-WebSocket-Version").map(shown);
        let spoken = spoken.map(|spoken| format!(", the server speaks {spoken}")).unwrap_or_default();
        return Some(format!("the request names {asked_for} of WebSocket{spoken}; it must be 13"));
    }
    None
}

fn forbidden(request: &RequestHead) -> String {
    match request.headers.first("Origin") {
        Some(origin) => {
            format!("the server forbids it (403), perhaps because of the origin {}", shown(origin))
        }
        None => "the server forbids it (403), perhaps because the request names no origin".to_owned(),
    }
}

/// The beginning of a text from the network, safe to print.
fn shown(text: &str) -> String {
    const MOST: usize = 120;
    let end = text.floor_char_boundary(MOST);
    let more = if end < text.len() { "…" } else { "" };
    format!("{}{more}", printable(text.get(..end).unwrap_or_default()))
}
