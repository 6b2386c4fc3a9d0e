//! Holds the opening handshake against RFC 6455 §4, point by point.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use crate::app::http1::{Headers, RequestHead, ResponseHead};
use crate::app::websocket::decoder::WebSocketDecoder;
use crate::app::websocket::extension::Extension;
use crate::app::websocket::handshake_rules as rules;
use crate::app::websocket::{Judged, reason};
use crate::app::{Check, Decoder, MessageNo, Upgrade, UpgradeOutcome};
use crate::base::{Rule, Side};

/// What a server mixes into the key, so that no other protocol's answer passes for its own (§1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What the answer to a request says about the rest of the connection.
#[derive(Debug, Default)]
pub(super) struct Points {
    checks: Vec<Check>,
    broken: Vec<(Side, &'static Rule)>,
}

impl Points {
    /// One point: whether what `what` says holds; `rule` fires where it does not.
    fn check(&mut self, of: Side, what: &'static str, holds: bool, rule: &'static Rule) {
        self.checks.push(Check { of, what, holds, fault: rule.title, source: rule.cite.0 });
        if !holds {
            self.broken.push((of, rule));
        }
    }

    /// The first rule that this side broke.
    pub(super) fn first_broken(&self, side: Side) -> Option<&'static Rule> {
        self.broken.iter().find(|(of, _)| *of == side).map(|(_, rule)| *rule)
    }
}

/// Holds request and answer against the specification.
pub(super) fn judge(request: &RequestHead, response: Option<&ResponseHead>, number: MessageNo) -> Judged {
    let mut points = Points::default();
    request_points(request, &mut points);
    if let Some(response) = response {
        points.check(Side::Server, "status is 101", response.status == 101, &rules::UPGRADE_REJECTED);
    }
    let switched = response.filter(|response| response.status == 101);
    if let Some(response) = switched {
        answer_points(&request.headers, &response.headers, &mut points);
    }
    let outcome = match (response, switched) {
        (None, _) => UpgradeOutcome::Unanswered,
        (Some(_), None) => UpgradeOutcome::Rejected,
        (Some(_), Some(_)) if points.first_broken(Side::Server).is_some() => UpgradeOutcome::Invalid,
        (Some(_), Some(_)) => UpgradeOutcome::Accepted,
    };
    let decoder: Option<Box<dyn Decoder>> = match (response, switched) {
        (_, Some(response)) => {
            let inflates = grants_deflate(&response.headers);
            let is_invalid = outcome == UpgradeOutcome::Invalid;
            let decoder = if is_invalid { WebSocketDecoder::invalid } else { WebSocketDecoder::new };
            Some(Box::new(decoder(inflates)))
        }
        (None, None) => Some(Box::new(WebSocketDecoder::assumed(grants_deflate(&request.headers)))),
        (Some(_), None) => None,
    };
    let upgrade = record(request, response, number);
    let reason = reason::of(request, response, &points);
    Judged {
        upgrade: Upgrade { outcome, reason, checks: points.checks, ..upgrade },
        rules: points.broken,
        decoder,
    }
}

/// The key with the GUID behind it, digested (§4.2.2 step 5.4).
pub(super) fn accept_of(key: &str) -> String {
    let digest = Sha1::new().chain_update(key.trim()).chain_update(GUID).finalize();
    STANDARD.encode(digest)
}

/// Whether a `Sec-WebSocket-Key` is 16 bytes in base64 (§4.1 step 7).
pub(super) fn is_key(key: &str) -> bool {
    STANDARD.decode(key.trim()).is_ok_and(|bytes| bytes.len() == 16)
}

/// What was asked and answered, before it is judged.
fn record(request: &RequestHead, response: Option<&ResponseHead>, number: MessageNo) -> Upgrade {
    let asked = |name| request.headers.first(name).map(str::to_owned);
    let answered = |name| response.and_then(|head| head.headers.first(name)).map(str::to_owned);
    let (key, accept) = (asked("Sec-WebSocket-Key"), answered("Sec-WebSocket-Accept"));
    let accept_valid = key.as_deref().zip(accept.as_deref()).map(|(key, accept)| fits(key, accept));
    let extensions = response.map(|head| head.headers.all("Sec-WebSocket-Extensions").collect::<Vec<_>>());
    Upgrade {
        stream: None,
        request: number,
        response: None,
        status: response.map(|head| head.status),
        target: request.target.clone(),
        host: asked("Host"),
        key,
        accept,
        accept_valid,
        subprotocol: answered("Sec-WebSocket-Protocol"),
        extensions: extensions.filter(|all| !all.is_empty()).map(|all| all.join(", ")),
        outcome: UpgradeOutcome::Unanswered,
        reason: None,
        checks: Vec::new(),
    }
}

/// What §4.1 and §4.2.1 demand of a request.
fn request_points(request: &RequestHead, points: &mut Points) {
    let headers = &request.headers;
    let key = headers.first("Sec-WebSocket-Key").map(str::trim);
    let is_key = key.is_some_and(is_key);
    let is_version = headers.first("Sec-WebSocket-Version").map(str::trim) == Some("13");
    let offers_are_sound = Extension::all(headers).iter().all(Extension::is_sound_offer);
    let mut check = |what, holds, rule| points.check(Side::Client, what, holds, rule);
    check("method is GET", request.method == "GET", &rules::UPGRADE_NOT_GET);
    check("HTTP version is 1.1", request.minor_version >= 1, &rules::UPGRADE_OVER_HTTP_1_0);
    check("Host is given", headers.first("Host").is_some(), &rules::UPGRADE_WITHOUT_HOST);
    check("Upgrade names websocket", headers.names("Upgrade", "websocket"), &rules::UPGRADE_HEADER_MISSING);
    check(
        "Connection names Upgrade",
        headers.names("Connection", "upgrade"),
        &rules::UPGRADE_CONNECTION_MISSING,
    );
    check("key is 16 bytes in base64", is_key, &rules::UPGRADE_KEY_MALFORMED);
    check("version is 13", is_version, &rules::UPGRADE_VERSION_UNKNOWN);
    check("offered extensions are well formed", offers_are_sound, &rules::EXTENSION_OFFER_MALFORMED);
}

/// What §4.1 makes a client demand of an answer with status 101.
fn answer_points(request: &Headers, response: &Headers, points: &mut Points) {
    let mut check = |what, holds, rule| points.check(Side::Server, what, holds, rule);
    check("Upgrade names websocket", response.names("Upgrade", "websocket"), &rules::ANSWER_UPGRADE_MISSING);
    check(
        "Connection names Upgrade",
        response.names("Connection", "upgrade"),
        &rules::ANSWER_CONNECTION_MISSING,
    );
    let accept = response.first("Sec-WebSocket-Accept");
    check("accept is given", accept.is_some(), &rules::ACCEPT_MISSING);
    if let (Some(key), Some(accept)) = (request.first("Sec-WebSocket-Key"), accept) {
        check("accept matches the key", fits(key, accept), &rules::ACCEPT_WRONG);
    }
    if let Some(chosen) = response.first("Sec-WebSocket-Protocol") {
        let is_offered = request.members("Sec-WebSocket-Protocol").any(|offer| offer == chosen.trim());
        check("subprotocol was offered", is_offered, &rules::SUBPROTOCOL_NOT_OFFERED);
    }
    let (offers, granted) = (Extension::all(request), Extension::all(response));
    if granted.is_empty() {
        return;
    }
    let is_offered =
        |one: &Extension<'_>| offers.iter().any(|offer| offer.name.eq_ignore_ascii_case(one.name));
    check("extensions were offered", granted.iter().all(is_offered), &rules::EXTENSION_NOT_OFFERED);
    let is_sound = |one: &Extension<'_>| !is_offered(one) || one.is_sound_answer(&offers);
    let is_repeated = granted.iter().filter(|one| one.is_deflate()).count() > 1;
    let are_sound = granted.iter().all(is_sound) && !is_repeated;
    check("extension parameters are allowed", are_sound, &rules::EXTENSION_PARAMETERS_WRONG);
}

/// Whether messages may be compressed, by what a head offers or grants.
pub(super) fn grants_deflate(headers: &Headers) -> bool {
    Extension::all(headers).iter().any(Extension::is_deflate)
}

fn fits(key: &str, accept: &str) -> bool {
    accept_of(key) == accept.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: (&str, &str) = ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    const ACCEPT: (&str, &str) = ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const UPGRADE: (&str, &str) = ("Upgrade", "WebSocket");
    const CONNECTION: (&str, &str) = ("Connection", "keep-alive, Upgrade");
    const VERSION: (&str, &str) = ("Sec-WebSocket-Version", "13");
    const HOST: (&str, &str) = ("Host", "server.example.com");

    fn headers(fields: &[(&str, &str)]) -> Headers {
        Headers(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn request(more: &[(&str, &str)]) -> RequestHead {
        let fields = [&[HOST, UPGRADE, CONNECTION, KEY, VERSION], more].concat();
        let (method, target) = ("GET".to_owned(), "/chat".to_owned());
        RequestHead { method, target, minor_version: 1, headers: headers(&fields) }
    }

    fn answer(status: u16, fields: &[(&str, &str)]) -> ResponseHead {
        ResponseHead { status, reason: String::new(), minor_version: 1, headers: headers(fields) }
    }

    fn judged(request: &RequestHead, response: &ResponseHead) -> (Upgrade, Vec<&'static str>) {
        let judged = judge(request, Some(response), MessageNo(0));
        assert_eq!(judged.decoder.is_some(), response.status == 101);
        (judged.upgrade, judged.rules.iter().map(|(_, rule)| rule.id).collect())
    }

    #[track_caller]
    fn assert_invalid(asked: &[(&str, &str)], answered: &[(&str, &str)], rule: &str) {
        let (upgrade, rules) = judged(&request(asked), &answer(101, answered));
        assert_eq!((upgrade.outcome, rules), (UpgradeOutcome::Invalid, vec![rule]));
        assert!(upgrade.reason.is_some());
    }

    #[track_caller]
    fn assert_granted(asked: &str, granted: &str, is_allowed: bool) {
        const NAME: &str = "Sec-WebSocket-Extensions";
        let (upgrade, rules) =
            judged(&request(&[(NAME, asked)]), &answer(101, &[UPGRADE, CONNECTION, ACCEPT, (NAME, granted)]));
        let expected: &[&str] = if is_allowed { &[] } else { &["extension-parameters-wrong"] };
        assert_eq!(rules, expected, "{asked} / {granted}");
        assert_eq!(upgrade.outcome == UpgradeOutcome::Accepted, is_allowed);
    }

    #[test]
    fn section_1_3_shows_an_accept_value() {
        assert_eq!(accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_handshake_by_the_book_is_accepted() {
        let (upgrade, rules) = judged(&request(&[]), &answer(101, &[UPGRADE, CONNECTION, ACCEPT]));
        assert_eq!((upgrade.outcome, upgrade.accept_valid), (UpgradeOutcome::Accepted, Some(true)));
        assert!(rules.is_empty() && upgrade.reason.is_none());
        assert!(upgrade.checks.iter().all(|check| check.holds));
        assert_eq!(upgrade.checks.len(), 13);
    }

    #[test]
    fn an_answer_that_makes_a_client_give_up_is_invalid() {
        assert_invalid(&[], &[CONNECTION, ACCEPT], "answer-upgrade-missing");
        assert_invalid(&[], &[UPGRADE, ACCEPT], "answer-connection-missing");
        assert_invalid(&[], &[UPGRADE, CONNECTION], "accept-missing");
        let wrong = ("Sec-WebSocket-Accept", "AAAALMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_invalid(&[], &[UPGRADE, CONNECTION, wrong], "accept-wrong");
        let (upgrade, _) = judged(&request(&[]), &answer(101, &[UPGRADE, CONNECTION, wrong]));
        let said = "Sec-WebSocket-Accept does not match the key: it is AAAALMBiTxaQ9kYGzzhZRbK+xOo=, \
                    must be s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, so a client gives up";
        assert_eq!(upgrade.reason.as_deref(), Some(said));
        let chat = ("Sec-WebSocket-Protocol", "Chat");
        assert_invalid(
            &[("Sec-WebSocket-Protocol", "chat, superchat")],
            &[UPGRADE, CONNECTION, ACCEPT, chat],
            "subprotocol-not-offered",
        );
        let deflate = ("Sec-WebSocket-Extensions", "permessage-deflate");
        assert_invalid(&[], &[UPGRADE, CONNECTION, ACCEPT, deflate], "extension-not-offered");
    }

    #[test]
    fn parameters_of_permessage_deflate_follow_the_offer() {
        let plain = "permessage-deflate";
        assert_granted(plain, plain, true);
        assert_granted(
            plain,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            true,
        );
        assert_granted(plain, "permessage-deflate; server_max_window_bits=10", true);
        assert_granted(plain, "permessage-deflate; client_max_window_bits=10", false);
        assert_granted(
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=10",
            true,
        );
        assert_granted(
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits",
            false,
        );
        assert_granted(
            "permessage-deflate; client_max_window_bits=9",
            "permessage-deflate; client_max_window_bits=10",
            false,
        );
        assert_granted(
            "permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=9",
            true,
        );
        assert_granted(
            "permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=10",
            false,
        );
        assert_granted(plain, "permessage-deflate; server_max_window_bits=16", false);
        assert_granted(plain, "permessage-deflate; server_max_window_bits=\"12\"", true);
        assert_granted(plain, "permessage-deflate; unknown", false);
        assert_granted(
            plain,
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            false,
        );
        assert_granted("permessage-deflate; server_max_window_bits=9, permessage-deflate", plain, true);
        assert_granted(plain, "permessage-deflate, permessage-deflate", false);
    }

    #[test]
    fn a_rejected_request_names_its_likely_cause() {
        let cause = |request: &RequestHead, status, fields: &[(&str, &str)]| {
            let (upgrade, _) = judged(request, &answer(status, fields));
            assert_eq!(upgrade.outcome, UpgradeOutcome::Rejected);
            upgrade.reason.unwrap()
        };
        assert!(cause(&request(&[]), 404, &[]).contains("/chat"));
        assert!(cause(&request(&[]), 302, &[("Location", "/login")]).contains("/login"));
        assert!(cause(&request(&[("Origin", "https://evil.example")]), 403, &[]).contains("evil.example"));
        assert!(cause(&request(&[]), 200, &[]).contains("nobody there handles WebSocket"));
        for (status, said) in [(502, "a bad answer"), (503, "not available now"), (504, "in vain")] {
            let cause = cause(&request(&[]), status, &[("Server", "nginx")]);
            assert!(cause.starts_with("the server (nginx), or a proxy in front of it,"), "{cause}");
            assert!(cause.contains(said), "{cause}");
        }
        let mut old = request(&[]);
        old.headers.0[4].1 = "12".to_owned();
        assert!(cause(&old, 426, &VERSIONS).contains("version 12 of WebSocket, the server speaks 13"));
        let mut stripped = request(&[("Via", "1.0 cache")]);
        stripped.headers.0.drain(1..3);
        let said = cause(&stripped, 400, &[]);
        assert!(said.contains("with Connection: Upgrade did not reach"), "{said}");
        assert!(said.contains("a proxy (Via: 1.0 cache) removed it, as it seems"), "{said}");
    }

    #[test]
    fn a_fault_of_the_request_is_named_where_the_status_may_be_for_it() {
        type Spoil = fn(&mut RequestHead);
        let faults: [(Spoil, &str); 7] = [
            (|head| head.method = "POST".to_owned(), "method is POST"),
            (|head| drop(head.headers.0.remove(1)), "Upgrade: websocket did not reach"),
            (|head| drop(head.headers.0.remove(2)), "either the client did not send it, or a proxy"),
            (|head| head.minor_version = 0, "HTTP/1.0"),
            (|head| drop(head.headers.0.remove(3)), "no Sec-WebSocket-Key"),
            (|head| head.headers.0[3].1 = "short\u{1b}".to_owned(), "is not 16 bytes in base64"),
            (|head| drop(head.headers.0.remove(0)), "no Host"),
        ];
        for (spoil, named) in faults {
            let mut spoilt = request(&[]);
            spoil(&mut spoilt);
            let reason = |status| judged(&spoilt, &answer(status, &[])).0.reason.unwrap();
            for status in [200, 400, 403, 405, 426, 500] {
                let reason = reason(status);
                assert!(reason.contains(named) && !reason.contains('\u{1b}'), "{status}: {reason}");
            }
            assert!(!reason(401).contains(named) && !reason(503).contains(named));
        }
    }

    #[test]
    fn a_request_that_is_right_is_not_blamed_for_the_answer() {
        let reason = |asked: &[(&str, &str)], status| judged(&request(asked), &answer(status, &[])).0.reason;
        assert!(reason(&[], 426).unwrap().contains("although this request does ask: a proxy in between may"));
        assert!(reason(&[], 400).unwrap().contains("the request is right"));
        let bad = ("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits");
        assert!(reason(&[bad], 400).unwrap().contains("perhaps because an extension is offered with"));
    }

    const VERSIONS: [(&str, &str); 1] = [VERSION];

    #[test]
    fn every_fault_of_a_request_has_its_rule() {
        type Spoil = fn(&mut RequestHead);
        let faults: [(&str, Spoil); 8] = [
            ("upgrade-not-get", |head| head.method = "POST".to_owned()),
            ("upgrade-over-http-1-0", |head| head.minor_version = 0),
            ("upgrade-without-host", |head| drop(head.headers.0.remove(0))),
            ("upgrade-header-missing", |head| drop(head.headers.0.remove(1))),
            ("upgrade-connection-missing", |head| head.headers.0[2].1 = "close".to_owned()),
            ("upgrade-key-malformed", |head| head.headers.0[3].1 = "c2hvcnQ=".to_owned()),
            ("upgrade-version-unknown", |head| head.headers.0[4].1 = "8".to_owned()),
            ("extension-offer-malformed", |head| {
                let bad = "permessage-deflate; server_max_window_bits";
                head.headers.0.push(("Sec-WebSocket-Extensions".to_owned(), bad.to_owned()));
            }),
        ];
        for (rule, spoil) in faults {
            let mut spoilt = request(&[]);
            spoil(&mut spoilt);
            let (upgrade, rules) = judged(&spoilt, &answer(400, &[]));
            assert_eq!(rules, [rule, "upgrade-rejected"]);
            assert_eq!(upgrade.checks.iter().filter(|check| !check.holds).count(), 2);
        }
    }

    #[test]
    fn a_request_without_an_answer_is_unanswered() {
        let judged = judge(&request(&[]), None, MessageNo(3));
        assert_eq!(judged.upgrade.reason.as_deref(), Some("no answer is in the capture"));
        assert_eq!(judged.upgrade.outcome, UpgradeOutcome::Unanswered);
        assert_eq!(judged.upgrade.request, MessageNo(3));
        assert!(judged.decoder.is_some(), "what follows may be read all the same");
    }
}
