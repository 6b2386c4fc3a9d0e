//! WebSocket (RFC 6455) with permessage-deflate (RFC 7692): the opening handshake judged, frames put together to messages, and how
//! it ended.

mod close_code;
mod closing;
mod content;
mod decoder;
mod direction;
mod explanation;
mod extension;
mod frame;
mod guess;
mod handshake;
pub mod handshake_rules;
mod inflate;
mod message;
mod reason;
pub mod rules;
mod utf8;
mod violation;

pub use guess::WebSocketStream;

use crate::app::http1::{Headers, RequestHead, ResponseHead};
use crate::app::{Decoder, MessageNo, Upgrade};
use crate::base::{Rule, Side};

/// What became of an upgrade request.
pub struct Judged {
    /// The record of it; `response` is for the caller to fill in.
    pub upgrade: Upgrade,
    /// Rules that failed checks fired, each on the message of this side: the request or the answer.
    pub rules: Vec<(Side, &'static Rule)>,
    /// What reads both sides from here on, where the answer was 101; where none was seen, what reads them if it was.
    pub decoder: Option<Box<dyn Decoder>>,
}

/// Whether a request means to go on with WebSocket, well formed or not.
#[must_use]
pub fn is_asked_for(request: &RequestHead) -> bool {
    request.headers.names("Upgrade", "websocket") || request.headers.first("Sec-WebSocket-Key").is_some()
}

/// What reads both sides behind an opening handshake that is not in the capture as a whole. `negotiated` is what was granted, or at
/// least offered, where that is known; without it any extension that is known may be in use.
#[must_use]
pub fn assume(negotiated: Option<&Headers>) -> Box<dyn Decoder> {
    Box::new(decoder::WebSocketDecoder::assumed(negotiated.is_none_or(handshake::grants_deflate)))
}

/// Holds request and answer (`None` where no answer came) against RFC 6455 §4.
#[must_use]
pub fn judge(request: &RequestHead, response: Option<&ResponseHead>, number: MessageNo) -> Judged {
    handshake::judge(request, response, number)
}
