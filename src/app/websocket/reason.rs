//! Why an upgrade did not go well, in a sentence: the likely cause, by what request and answer show.

use crate::app::http1::{RequestHead, ResponseHead};
use crate::app::websocket::handshake::{Points, accept_of, is_key};
use crate::app::websocket::handshake_rules as rules;
use crate::base::Side;
use crate::explain::printable;

/// The likely cause; `None` where all went well.
pub(super) fn of(request: &RequestHead, response: Option<&ResponseHead>, points: &Points) -> Option<String> {
    match response {
        None => Some("no answer is in the capture".to_owned()),
        Some(response) if response.status == 101 => points.first_broken(Side::Server).map(|rule| {
            let is_about_accept = rule.id == rules::ACCEPT_WRONG.id;
            let values = if is_about_accept { accept_values(request, response) } else { None };
            format!("{}: {}a client gives up", rule.title, values.unwrap_or_default())
        }),
        Some(response) => Some(rejected(request, response, points)),
    }
}

/// The accept value that came, and the one that the key demands.
fn accept_values(request: &RequestHead, response: &ResponseHead) -> Option<String> {
    let key = request.headers.first("Sec-WebSocket-Key")?;
    let accept = response.headers.first("Sec-WebSocket-Accept")?;
    Some(format!("it is {}, must be {}, so ", shown(accept), accept_of(key)))
}

fn rejected(request: &RequestHead, response: &ResponseHead, points: &Points) -> String {
    let status = response.status;
    if let Some(fault) = fault_of_request(request, response).filter(|_| may_be_for_a_fault(status)) {
        return fault;
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
        400 | 426 => not_for_a_fault(status, points),
        401 => "the server wants a login first (401)".to_owned(),
        403 => forbidden(request),
        404 => format!("the server knows nothing at {} (404)", shown(&request.target)),
        407 => "a proxy wants a login first (407)".to_owned(),
        429 => "the server takes no more connections from this client for now (429)".to_owned(),
        502 => {
            format!("the server{server}, or a proxy in front of it, got a bad answer from behind it (502)")
        }
        503 => format!("the server{server}, or a proxy in front of it, is not available now (503)"),
        504 => format!("the server{server}, or a proxy in front of it, waited in vain for an answer (504)"),
        500..=599 => format!("the server{server} failed while it handled the request ({status})"),
        _ => format!("the server turned the request down with status {status}"),
    }
}

/// Whether an answer with this status may be for a fault of the request: others say themselves what is the matter.
fn may_be_for_a_fault(status: u16) -> bool {
    !matches!(status, 300..=399 | 401 | 407 | 429 | 502..=504)
}

/// A fault that the request itself shows, worst first.
fn fault_of_request(request: &RequestHead, response: &ResponseHead) -> Option<String> {
    if request.method != "GET" {
        return Some(format!("the request's method is {}, only GET can upgrade", shown(&request.method)));
    }
    let asked = &request.headers;
    if let Some(missing) = missing_of_one_hop(request) {
        return Some(missing);
    }
    if request.minor_version == 0 {
        let via = via(request);
        return Some(format!(
            "the request came as HTTP/1.0, which cannot upgrade: a proxy{via} may speak it"
        ));
    }
    let version = asked.first("Sec-WebSocket-Version").map(str::trim);
    if version != Some("13") {
        let asked_for = version.map_or_else(|| "no version".to_owned(), |v| format!("version {}", shown(v)));
        let spoken = response.headers.first("Sec-WebSocket-Version").map(shown);
        let spoken = spoken.map(|spoken| format!(", the server speaks {spoken}")).unwrap_or_default();
        return Some(format!("the request names {asked_for} of WebSocket{spoken}; it must be 13"));
    }
    match asked.first("Sec-WebSocket-Key") {
        None => Some("the request has no Sec-WebSocket-Key, which every WebSocket begins with".to_owned()),
        Some(key) if !is_key(key) => {
            Some(format!("the request's Sec-WebSocket-Key, {}, is not 16 bytes in base64", shown(key)))
        }
        Some(_) if asked.first("Host").is_none() => {
            Some("the request has no Host, which HTTP/1.1 demands".to_owned())
        }
        Some(_) => None,
    }
}

/// What is missing of the header fields that hold for one hop only.
fn missing_of_one_hop(request: &RequestHead) -> Option<String> {
    const FORWARDED: [&str; 4] = ["Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"];
    let asked = &request.headers;
    let missing = match (asked.names("Upgrade", "websocket"), asked.names("Connection", "upgrade")) {
        (true, true) => return None,
        (true, false) => "Connection: Upgrade",
        (false, true) => "Upgrade: websocket",
        (false, false) => "Upgrade: websocket with Connection: Upgrade",
    };
    let instead = asked.first("Connection").map(shown).filter(|value| !value.is_empty());
    let instead = instead.map(|value| format!(", Connection says {value}")).unwrap_or_default();
    let shows_proxy = request.minor_version == 0 || FORWARDED.iter().any(|name| asked.first(name).is_some());
    let via = via(request);
    let cause = if shows_proxy {
        format!(
            "a proxy{via} removed it, as it seems: it holds for one hop only and must be passed on by hand"
        )
    } else {
        "either the client did not send it, or a proxy removed it, because it holds for one hop only"
            .to_owned()
    };
    Some(format!("{missing} did not reach the server{instead}: {cause}"))
}

fn via(request: &RequestHead) -> String {
    request.headers.first("Via").map(|via| format!(" (Via: {})", shown(via))).unwrap_or_default()
}

/// An answer that is for faults of requests, to a request that shows none that servers turn down as a rule.
fn not_for_a_fault(status: u16, points: &Points) -> String {
    match (status, points.first_broken(Side::Client)) {
        (_, Some(rule)) => format!("the server turned the request down ({status}), perhaps because {}", rule.title),
        (426, None) => "the server wants to be asked to upgrade (426) although this request does ask: a proxy in between \
                        may have left out Upgrade and Connection, which hold for one hop only"
            .to_owned(),
        (_, None) => format!(
            "the request is right, as far as RFC 6455 goes ({status}): the application may want more, or a proxy in between \
             may have left out Upgrade and Connection, which hold for one hop only"
        ),
    }
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
