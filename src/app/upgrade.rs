//! A request to go on with WebSocket, what became of it, and how the WebSocket ended (RFC 6455 §4, §7).

use crate::app::MessageNo;
use crate::base::Side;

/// One request to go on with WebSocket. Texts are as sent.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// HTTP/2 stream, where there are such.
    pub stream: Option<u32>,
    /// The request.
    pub request: MessageNo,
    /// The answer.
    pub response: Option<MessageNo>,
    /// Its status.
    pub status: Option<u16>,
    /// What was asked for: `/chat?room=1`.
    pub target: String,
    /// The `Host` header.
    pub host: Option<String>,
    /// `Sec-WebSocket-Key`.
    pub key: Option<String>,
    /// `Sec-WebSocket-Accept` of the answer.
    pub accept: Option<String>,
    /// Whether it fits the key; `None` without both.
    pub accept_valid: Option<bool>,
    /// The subprotocol that the answer chose.
    pub subprotocol: Option<String>,
    /// The extensions that the answer chose.
    pub extensions: Option<String>,
    /// What came of it.
    pub outcome: UpgradeOutcome,
    /// Why, in a sentence without a full stop, where it did not go well.
    pub reason: Option<String>,
    /// Every point of the handshake that was checked, request first.
    pub checks: Vec<Check>,
}

impl Upgrade {
    /// Bytes of memory held beyond its own size.
    #[must_use]
    pub fn memory(&self) -> usize {
        let texts = [&self.host, &self.key, &self.accept, &self.subprotocol, &self.extensions, &self.reason];
        let texts: usize = texts.into_iter().flatten().map(String::capacity).sum();
        texts + self.target.capacity() + self.checks.capacity() * size_of::<Check>()
    }
}

/// What came of an upgrade request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeOutcome {
    /// 101, and every check of the answer held.
    Accepted,
    /// 101, but a check failed that makes a client give up (RFC 6455 §4.1).
    Invalid,
    /// Another status.
    Rejected,
    /// No answer in the capture.
    Unanswered,
}

impl UpgradeOutcome {
    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Invalid => "invalid",
            Self::Rejected => "rejected",
            Self::Unanswered => "unanswered",
        }
    }
}

/// One point of the opening handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Of whose message.
    pub of: Side,
    /// What was checked, in a few words: `Connection names Upgrade`.
    pub what: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What is wrong where it does not hold: `the answer has no Sec-WebSocket-Accept`.
    pub fault: &'static str,
    /// Where it is demanded: `RFC 6455 §4.1`.
    pub source: &'static str,
}

/// How a WebSocket ended (RFC 6455 §7.1).
#[derive(Clone, Debug)]
pub struct Closing {
    /// Who sent the first Close frame.
    pub first: Option<Side>,
    /// The code of that frame.
    pub code: Option<u16>,
    /// Whether the other side answered it with a Close frame.
    pub answered: bool,
    /// Who ended the TCP connection first, where the capture shows it.
    pub tcp_ended_by: Option<Side>,
    /// The code that the client's application is told: 1006 where no Close frame came (RFC 6455 §7.1.5); `None` where that Close frame
    /// may have come and not be in the capture.
    pub client_sees: Option<u16>,
    /// The same of the server's application.
    pub server_sees: Option<u16>,
    /// The whole in a sentence without a full stop.
    pub verdict: String,
}
