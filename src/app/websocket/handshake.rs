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
        self.checks.push(Check { of, what, holds, source: rule.cite.0 });
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
    let decoder = switched.map(|response| -> Box<dyn Decoder> {
        Box::new(WebSocketDecoder::new(Extension::all(&response.headers).iter().any(Extension::is_deflate)))
    });
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
    let is_key = key.is_some_and(|key| STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16));
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

fn fits(key: &str, accept: &str) -> bool {
    accept_of(key) == accept.trim()
}
