//! WebSocket (RFC 6455) with permessage-deflate (RFC 7692).

use crate::app::http1::{RequestHead, ResponseHead};
use crate::app::{Decoder, MessageNo, Upgrade, UpgradeOutcome};

/// What became of an upgrade request.
pub struct Judged {
    /// The record of it; `response` is for the caller to fill in.
    pub upgrade: Upgrade,
    /// What reads both sides from here on, where the answer was 101.
    pub decoder: Option<Box<dyn Decoder>>,
}

/// Whether a request means to go on with WebSocket, well formed or not.
#[must_use]
pub fn is_asked_for(request: &RequestHead) -> bool {
    request.headers.names("Upgrade", "websocket") || request.headers.first("Sec-WebSocket-Key").is_some()
}

/// Holds request and answer (`None` where no answer came) against RFC 6455 §4.
#[must_use]
pub fn judge(request: &RequestHead, response: Option<&ResponseHead>, number: MessageNo) -> Judged {
    let text = |value: Option<&str>| value.map(str::to_owned);
    Judged {
        upgrade: Upgrade {
            stream: None,
            request: number,
            response: None,
            status: response.map(|head| head.status),
            target: request.target.clone(),
            host: text(request.headers.first("Host")),
            key: text(request.headers.first("Sec-WebSocket-Key")),
            accept: text(response.and_then(|head| head.headers.first("Sec-WebSocket-Accept"))),
            accept_valid: None,
            subprotocol: None,
            extensions: None,
            outcome: UpgradeOutcome::Unanswered,
            reason: None,
            checks: Vec::new(),
        },
        decoder: None,
    }
}
