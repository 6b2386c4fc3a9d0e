//! Where the body of a message ends (RFC 9112 §6.3).

use crate::app::http1::chunked::Chunks;
use crate::app::http1::exchanges::Wish;
use crate::app::http1::{Headers, RequestHead, ResponseHead, rules};
use crate::base::Rule;

/// How the end of a body is found.
#[derive(Debug)]
pub(super) enum Framing {
    /// After so many more bytes; 0 where there is none.
    Length(u64),
    /// By the chunked coding.
    Chunked(Box<Chunks>),
    /// The connection ends with it.
    UntilClose,
}

/// How the end of a body is found, and what is wrong with what the head says of it.
pub(super) struct Decided {
    pub(super) framing: Framing,
    pub(super) rules: Vec<&'static Rule>,
}

/// The framing of a request's body.
pub(super) fn of_request(head: &RequestHead) -> Decided {
    if head.method == "CONNECT" {
        return Decided { framing: Framing::Length(0), rules: Vec::new() };
    }
    decide(&head.headers, head.minor_version, Framing::Length(0), Framing::UntilClose)
}

/// The framing of the body of a response to a request with this wish.
pub(super) fn of_response(head: &ResponseHead, wish: Option<&Wish>) -> Decided {
    let is_bare = match wish {
        Some(Wish::HeadOnly) => true,
        Some(Wish::Tunnel) => matches!(head.status, 200..=299),
        _ => false,
    };
    if is_bare || matches!(head.status, 100..=199 | 204 | 304) {
        return Decided { framing: Framing::Length(0), rules: Vec::new() };
    }
    let mut decided = decide(&head.headers, head.minor_version, Framing::UntilClose, Framing::UntilClose);
    decided.rules.retain(|rule| rule.id != rules::CODING_NOT_CHUNKED.id);
    decided
}

/// Codings of a body in the order in which they were applied: content codings, then transfer codings without chunked.
pub(super) fn codings(headers: &Headers) -> impl Iterator<Item = &str> {
    let transfer = headers.members("Transfer-Encoding").map(coding_name).filter(|name| !is_chunked(name));
    headers.members("Content-Encoding").chain(transfer)
}

fn decide(headers: &Headers, minor_version: u8, without: Framing, unended: Framing) -> Decided {
    let (length, mut rules) = content_length(headers);
    let Some(last) = headers.members("Transfer-Encoding").last() else {
        let framing = match length {
            Some(length) => Framing::Length(length),
            None => without,
        };
        return Decided { framing, rules };
    };
    if headers.first("Content-Length").is_some() {
        rules.push(&rules::LENGTH_AND_CHUNKED);
    }
    if minor_version == 0 {
        rules.push(&rules::CHUNKED_IN_HTTP_1_0);
    }
    if is_chunked(coding_name(last)) {
        return Decided { framing: Framing::Chunked(Box::new(Chunks::new())), rules };
    }
    rules.push(&rules::CODING_NOT_CHUNKED);
    Decided { framing: unended, rules }
}

/// The declared length: the first that can be read.
fn content_length(headers: &Headers) -> (Option<u64>, Vec<&'static Rule>) {
    let (mut length, mut rules) = (None, Vec::<&'static Rule>::new());
    // No list, although it is sent like one: an empty member is as wrong as any other.
    for text in headers.all("Content-Length").flat_map(|value| value.split(',')).map(str::trim) {
        let number =
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
        match (number, length) {
            (None, _) => rules.push(&rules::LENGTH_INVALID),
            (Some(number), None) => length = Some(number),
            (Some(number), Some(first)) if number != first => rules.push(&rules::LENGTH_CONFLICTING),
            _ => {}
        }
    }
    rules.dedup_by_key(|rule| rule.id);
    (length, rules)
}

/// A transfer coding without its parameters.
fn coding_name(member: &str) -> &str {
    member.split(';').next().unwrap_or_default().trim()
}

fn is_chunked(name: &str) -> bool {
    name.eq_ignore_ascii_case("chunked")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        Headers(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn response(status: u16, fields: &[(&str, &str)]) -> Decided {
        let head = ResponseHead { status, reason: String::new(), minor_version: 1, headers: headers(fields) };
        of_response(&head, None)
    }

    fn ids(decided: &Decided) -> Vec<&'static str> {
        decided.rules.iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn responses_end_by_length_by_chunks_or_with_the_connection() {
        assert!(matches!(response(200, &[("content-length", "5")]).framing, Framing::Length(5)));
        assert!(matches!(response(200, &[("content-length", "5, 5")]).framing, Framing::Length(5)));
        assert!(matches!(
            response(200, &[("Transfer-Encoding", "gzip, Chunked")]).framing,
            Framing::Chunked(_)
        ));
        assert!(matches!(response(200, &[("Transfer-Encoding", "gzip")]).framing, Framing::UntilClose));
        assert!(matches!(response(200, &[]).framing, Framing::UntilClose));
        assert!(matches!(response(304, &[("content-length", "5")]).framing, Framing::Length(0)));
    }

    #[test]
    fn lengths_that_contradict_each_other_are_pointed_out() {
        assert_eq!(ids(&response(200, &[("content-length", "5, 6")])), ["http-length-conflicting"]);
        assert_eq!(ids(&response(200, &[("content-length", "+5")])), ["http-length-invalid"]);
        for empty in ["", " ", "5,"] {
            assert_eq!(ids(&response(200, &[("content-length", empty)])), ["http-length-invalid"]);
        }
        let huge = response(200, &[("content-length", "99999999999999999999")]);
        assert_eq!(ids(&huge), ["http-length-invalid"]);
        let both = response(200, &[("content-length", "5"), ("transfer-encoding", "chunked")]);
        assert_eq!(ids(&both), ["http-length-and-chunked"]);
        assert!(matches!(both.framing, Framing::Chunked(_)));
        assert!(ids(&response(200, &[("transfer-encoding", "gzip")])).is_empty());
    }

    #[test]
    fn codings_are_listed_in_the_order_in_which_they_were_applied() {
        let headers = headers(&[("Transfer-Encoding", "gzip;q=1, chunked"), ("Content-Encoding", "br")]);
        assert_eq!(codings(&headers).collect::<Vec<_>>(), ["br", "gzip"]);
    }
}
