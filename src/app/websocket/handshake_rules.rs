//! What can be pointed out on the opening handshake of a WebSocket.

use crate::base::{Cite, Rule, Severity};

/// Rules of the opening handshake, for listings and tests.
pub static RULES: &[&Rule] = &[
    &UPGRADE_NOT_GET,
    &UPGRADE_OVER_HTTP_1_0,
    &UPGRADE_WITHOUT_HOST,
    &UPGRADE_HEADER_MISSING,
    &UPGRADE_CONNECTION_MISSING,
    &UPGRADE_KEY_MALFORMED,
    &UPGRADE_VERSION_UNKNOWN,
    &EXTENSION_OFFER_MALFORMED,
    &UPGRADE_REJECTED,
    &ANSWER_UPGRADE_MISSING,
    &ANSWER_CONNECTION_MISSING,
    &ACCEPT_MISSING,
    &ACCEPT_WRONG,
    &SUBPROTOCOL_NOT_OFFERED,
    &EXTENSION_NOT_OFFERED,
    &EXTENSION_PARAMETERS_WRONG,
];

/// The method is not GET.
pub static UPGRADE_NOT_GET: Rule = Rule {
    id: "upgrade-not-get",
    severity: Severity::Error,
    title: "the upgrade request is not a GET",
    why: "A WebSocket begins with a GET request. A server turns down anything else.",
    cite: Cite("RFC 6455 §4.1"),
};

/// The request is HTTP/1.0.
pub static UPGRADE_OVER_HTTP_1_0: Rule = Rule {
    id: "upgrade-over-http-1-0",
    severity: Severity::Error,
    title: "the upgrade request came as HTTP/1.0",
    why: "HTTP/1.0 knows no upgrade. Usually a proxy between client and server speaks it to the server, as nginx does unless told \
          otherwise (proxy_http_version 1.1).",
    cite: Cite("RFC 6455 §4.1"),
};

/// No Host header field.
pub static UPGRADE_WITHOUT_HOST: Rule = Rule {
    id: "upgrade-without-host",
    severity: Severity::Error,
    title: "the upgrade request names no host",
    why: "Every HTTP/1.1 request needs a Host header field: one address often serves many names.",
    cite: Cite("RFC 6455 §4.1"),
};

/// Upgrade does not name websocket.
pub static UPGRADE_HEADER_MISSING: Rule = Rule {
    id: "upgrade-header-missing",
    severity: Severity::Error,
    title: "the request has a WebSocket key, but no Upgrade: websocket",
    why: "The server takes it for an ordinary request. The header field holds for one hop only: a proxy that was not told to pass it \
          on removes it.",
    cite: Cite("RFC 6455 §4.1"),
};

/// Connection does not name Upgrade.
pub static UPGRADE_CONNECTION_MISSING: Rule = Rule {
    id: "upgrade-connection-missing",
    severity: Severity::Error,
    title: "the Connection header field of the request does not name Upgrade",
    why: "Without it, Upgrade is to be ignored. Usually a proxy set Connection to its own value, close or keep-alive.",
    cite: Cite("RFC 6455 §4.1"),
};

/// The key is not 16 bytes in base64.
pub static UPGRADE_KEY_MALFORMED: Rule = Rule {
    id: "upgrade-key-malformed",
    severity: Severity::Error,
    title: "the WebSocket key is missing or not 16 bytes in base64",
    why: "The key is 16 random bytes, 24 characters of base64. Servers turn down anything else; a home-made client is the usual cause.",
    cite: Cite("RFC 6455 §4.1"),
};

/// The version is not 13.
pub static UPGRADE_VERSION_UNKNOWN: Rule = Rule {
    id: "upgrade-version-unknown",
    severity: Severity::Error,
    title: "the request names another version of WebSocket than 13",
    why: "13 is the version of RFC 6455 and the only one in use. A server answers 426 and names the versions that it speaks.",
    cite: Cite("RFC 6455 §4.1"),
};

/// An offered extension has wrong parameters.
pub static EXTENSION_OFFER_MALFORMED: Rule = Rule {
    id: "extension-offer-malformed",
    severity: Severity::Warning,
    title: "an extension is offered with parameters that are not allowed",
    why: "A parameter of permessage-deflate is unknown, there twice, or has a value out of range (window bits are 8 to 15). A server \
          must pass over such an offer, so messages are not compressed.",
    cite: Cite("RFC 7692 §7.1"),
};

/// The answer is not 101.
pub static UPGRADE_REJECTED: Rule = Rule {
    id: "upgrade-rejected",
    severity: Severity::Warning,
    title: "the request for a WebSocket was turned down",
    why: "Any status but 101 means that no WebSocket begins. The status and the header fields of both say why, as a rule.",
    cite: Cite("RFC 6455 §4.1"),
};

/// 101 without Upgrade: websocket.
pub static ANSWER_UPGRADE_MISSING: Rule = Rule {
    id: "answer-upgrade-missing",
    severity: Severity::Error,
    title: "the answer switches protocols, but not to WebSocket",
    why: "The Upgrade header field of the answer must name websocket. A client must close the connection.",
    cite: Cite("RFC 6455 §4.1"),
};

/// 101 without Connection: Upgrade.
pub static ANSWER_CONNECTION_MISSING: Rule = Rule {
    id: "answer-connection-missing",
    severity: Severity::Error,
    title: "the Connection header field of the answer does not name Upgrade",
    why: "A client must close the connection. Usually a proxy replaced the header field.",
    cite: Cite("RFC 6455 §4.1"),
};

/// 101 without accept.
pub static ACCEPT_MISSING: Rule = Rule {
    id: "accept-missing",
    severity: Severity::Error,
    title: "the answer has no Sec-WebSocket-Accept",
    why: "Without it nothing shows that the server understood the request. A client must close the connection.",
    cite: Cite("RFC 6455 §4.1"),
};

/// The accept value does not match the key.
pub static ACCEPT_WRONG: Rule = Rule {
    id: "accept-wrong",
    severity: Severity::Error,
    title: "Sec-WebSocket-Accept does not match the key",
    why: "It must be the SHA-1 of the request's key with a fixed text behind it. The server is home-made, or the answer belongs to \
          another request: a cache or a proxy mixed them up. A client must close the connection.",
    cite: Cite("RFC 6455 §4.1"),
};

/// A subprotocol that was not offered.
pub static SUBPROTOCOL_NOT_OFFERED: Rule = Rule {
    id: "subprotocol-not-offered",
    severity: Severity::Error,
    title: "the answer chooses a subprotocol that was not offered",
    why: "A server may choose one of the names that the client listed, letter by letter, or none. Browsers close the connection. \
          Often the client listed none and the server names its own, or it joins several in one value.",
    cite: Cite("RFC 6455 §4.1"),
};

/// An extension that was not offered.
pub static EXTENSION_NOT_OFFERED: Rule = Rule {
    id: "extension-not-offered",
    severity: Severity::Error,
    title: "the answer uses an extension that was not offered",
    why: "A server may use only extensions that the client listed. A client must close the connection; often a proxy removed the \
          client's header field and passed on the server's.",
    cite: Cite("RFC 6455 §4.1"),
};

/// Extension parameters that the answer may not have.
pub static EXTENSION_PARAMETERS_WRONG: Rule = Rule {
    id: "extension-parameters-wrong",
    severity: Severity::Error,
    title: "the answer's parameters of permessage-deflate are not allowed",
    why: "A parameter is unknown, there twice, out of range, or does not fit what was offered: client_max_window_bits needs an offer, \
          and a window must not be larger than asked for. A client must close the connection.",
    cite: Cite("RFC 7692 §7.1"),
};
