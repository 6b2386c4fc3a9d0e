//! What can be pointed out on HTTP/1.

use crate::base::{Cite, Rule, Severity};

/// All of them.
pub static RULES: &[&Rule] = &[
    &HEAD_MALFORMED,
    &HEAD_LOOSE,
    &HEAD_TOO_LONG,
    &HEAD_INCOMPLETE,
    &HEAD_NOT_CAPTURED,
    &LENGTH_CONFLICTING,
    &LENGTH_INVALID,
    &LENGTH_AND_CHUNKED,
    &CODING_NOT_CHUNKED,
    &CHUNKED_IN_HTTP_1_0,
    &CHUNKS_BROKEN,
    &BODY_CUT_OFF,
    &BODY_NOT_CAPTURED,
    &RESPONSE_WITHOUT_REQUEST,
    &REQUEST_WITHOUT_RESPONSE,
    &REQUESTS_TOO_MANY,
    &SWITCHED_ELSEWHERE,
];

/// A head that does not follow the grammar.
pub static HEAD_MALFORMED: Rule = Rule {
    id: "http-head-malformed",
    severity: Severity::Warning,
    title: "these bytes are no HTTP message, although one should begin here",
    why: "The connection spoke HTTP before, but what comes next has no start line and header fields that can be read. Either the \
          length of the last body was declared wrong, or another protocol goes on, or the sender is broken. Reading goes on \
          at the next bytes of that side that look like a message.",
    cite: Cite("RFC 9112 §2.1, §2.2"),
};

/// A head that only patient peers understand.
pub static HEAD_LOOSE: Rule = Rule {
    id: "http-head-loose",
    severity: Severity::Warning,
    title: "a message head breaks the grammar in a way that only some peers accept",
    why: "There is a space before a colon, a folded line, a field that cannot be read or something alike. One peer accepts it, the next \
          refuses it, and two peers that read it differently can be played against each other (request smuggling).",
    cite: Cite("RFC 9112 §5.1, §5.2, §11.2"),
};

/// A head beyond the limits.
pub static HEAD_TOO_LONG: Rule = Rule {
    id: "http-head-too-long",
    severity: Severity::Warning,
    title: "a message head is longer than is read",
    why: "Heads of up to 64 KiB and 512 header fields are read, far more than servers accept (8 to 32 KiB and 100 fields are usual). \
          Reading goes on at the next bytes of that side that look like a message.",
    cite: Cite("RFC 9112 §3, RFC 9110 §5.4"),
};

/// A head that never ended.
pub static HEAD_INCOMPLETE: Rule = Rule {
    id: "http-head-incomplete",
    severity: Severity::Note,
    title: "a message head never came to its end",
    why: "The connection or the capture ended, or bytes are missing, before the empty line that ends a head. The message is not shown. \
          A client that keeps many connections in this state may be a slow-header attack (Slowloris).",
    cite: Cite("RFC 9112 §8"),
};

/// A head of which the capture misses the rest.
pub static HEAD_NOT_CAPTURED: Rule = Rule {
    id: "http-head-not-captured",
    severity: Severity::Note,
    title: "the capture does not hold the whole head",
    why: "Bytes of the head are missing in the capture, most often because a snap length cut the frame. The first line and the header \
          fields before the missing bytes are shown; whether a body follows and what else was agreed is not known. Capture whole \
          frames to see more: synscope --live does, and so does tcpdump with -s 0.",
    cite: Cite("RFC 9112 §2.1"),
};

/// Several different lengths.
pub static LENGTH_CONFLICTING: Rule = Rule {
    id: "http-length-conflicting",
    severity: Severity::Error,
    title: "a message declares several different lengths",
    why: "Content-Length appears with different values. Peers that choose different ones disagree about where the next message begins, \
          which is how requests are smuggled past a proxy. A receiver must refuse such a message. Here the first value is followed.",
    cite: Cite("RFC 9112 §6.3, §11.2"),
};

/// A length that is no number.
pub static LENGTH_INVALID: Rule = Rule {
    id: "http-length-invalid",
    severity: Severity::Error,
    title: "Content-Length is not a number",
    why: "The declared length of the body cannot be read, so nobody can know where the message ends; it may also be an attempt to \
          smuggle a request past a proxy. A request is read as one without a body, a response up to the end of the connection.",
    cite: Cite("RFC 9110 §8.6, RFC 9112 §6.3"),
};

/// Both ways to say where the body ends.
pub static LENGTH_AND_CHUNKED: Rule = Rule {
    id: "http-length-and-chunked",
    severity: Severity::Warning,
    title: "a message has both Content-Length and Transfer-Encoding",
    why: "The two may say different things about where the message ends. Transfer-Encoding wins, but a peer that follows the other one \
          reads the rest as the next message: the classic way to smuggle a request past a proxy. A sender must not send both.",
    cite: Cite("RFC 9112 §6.1, §6.3, §11.2"),
};

/// The last transfer coding of a request is not chunked.
pub static CODING_NOT_CHUNKED: Rule = Rule {
    id: "http-coding-not-chunked",
    severity: Severity::Error,
    title: "a request has a Transfer-Encoding that does not end with chunked",
    why: "Then nobody can tell where the request ends. A server must answer 400 and close the connection. Everything that follows is taken \
          as its body here.",
    cite: Cite("RFC 9112 §6.3"),
};

/// Chunked in a version that has no such thing.
pub static CHUNKED_IN_HTTP_1_0: Rule = Rule {
    id: "http-chunked-in-1-0",
    severity: Severity::Warning,
    title: "an HTTP/1.0 message has a Transfer-Encoding",
    why: "HTTP/1.0 has none, so the other side may take the framing for content. Often a proxy copied the header from a newer version.",
    cite: Cite("RFC 9112 §6.1"),
};

/// A chunked body that is none.
pub static CHUNKS_BROKEN: Rule = Rule {
    id: "http-chunks-broken",
    severity: Severity::Error,
    title: "a chunked body does not follow the chunked coding",
    why: "Where the size of a chunk or the end of a line should stand, there is something else (or a line of more than 4 KiB, or trailers of more than 64 KiB). The receiver \
          cannot tell where the message ends and must close the connection. Reading goes on at the next bytes that look like a message.",
    cite: Cite("RFC 9112 §7.1"),
};

/// The connection ended inside a body.
pub static BODY_CUT_OFF: Rule = Rule {
    id: "http-body-cut-off",
    severity: Severity::Warning,
    title: "the connection ended before the body did",
    why: "Fewer bytes came than the message declared, or the last chunk never came: the sender crashed, gave up, ran into a time-out, or \
          something on the way cut the connection. The receiver must treat the message as incomplete.",
    cite: Cite("RFC 9112 §8"),
};

/// The capture misses bytes of a body.
pub static BODY_NOT_CAPTURED: Rule = Rule {
    id: "http-body-not-captured",
    severity: Severity::Note,
    title: "the capture does not hold the whole body",
    why: "Bytes of the body are missing in the capture, or the capture ends inside it. The digest is that of the bytes that are there, and \
          what was compressed cannot be decoded behind a missing byte.",
    cite: Cite("RFC 9112 §8"),
};

/// An answer to nothing.
pub static RESPONSE_WITHOUT_REQUEST: Rule = Rule {
    id: "http-response-without-request",
    severity: Severity::Note,
    title: "a response without a request",
    why: "The capture does not hold the request that it answers, or the server spoke unasked: many servers send 408 before they close an \
          idle connection.",
    cite: Cite("RFC 9112 §9.2, RFC 9110 §15.5.9"),
};

/// A question without an answer.
pub static REQUEST_WITHOUT_RESPONSE: Rule = Rule {
    id: "http-request-without-response",
    severity: Severity::Note,
    title: "the connection ended before a request was answered",
    why: "The client gave up, the server closed or crashed, or both closed a kept-alive connection at the same moment. A client may repeat \
          a request only if doing it twice does no harm.",
    cite: Cite("RFC 9112 §9.3.1, §9.5"),
};

/// More questions than are remembered.
pub static REQUESTS_TOO_MANY: Rule = Rule {
    id: "http-requests-too-many",
    severity: Severity::Note,
    title: "more requests wait for their answers than are remembered",
    why: "Up to 1,024 requests of a connection wait for their answers here. Answers to requests beyond that are shown, but not which \
          request they answer. No ordinary client asks so much ahead; most often the capture holds the client's side only.",
    cite: Cite("RFC 9112 §9.3.2"),
};

/// 101 to something else than WebSocket.
pub static SWITCHED_ELSEWHERE: Rule = Rule {
    id: "http-switched-elsewhere",
    severity: Severity::Note,
    title: "the connection went on with another protocol than WebSocket",
    why: "The server answered 101 and named a protocol that is not read here, such as h2c. Its bytes are shown as data.",
    cite: Cite("RFC 9110 §15.2.2, §7.8"),
};
