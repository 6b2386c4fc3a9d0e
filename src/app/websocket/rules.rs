//! What can be pointed out on WebSocket frames and messages. Rules of the opening handshake stand in `handshake_rules`.

use crate::base::{Cite, Rule, Severity};

/// Rules of frames, messages and the end of a WebSocket, for listings and tests.
pub static RULES: &[&Rule] = &[
    &CLIENT_FRAME_NOT_MASKED,
    &SERVER_FRAME_MASKED,
    &RESERVED_BIT_SET,
    &RESERVED_OPCODE,
    &CONTROL_FRAME_TOO_LONG,
    &CONTROL_FRAME_FRAGMENTED,
    &CONTINUATION_WITHOUT_START,
    &MESSAGE_INTERRUPTED,
    &MESSAGE_ABANDONED,
    &LENGTH_NOT_MINIMAL,
    &LENGTH_TOO_LARGE,
    &MASKING_KEY_REPEATED,
    &MASKING_KEY_ZERO,
    &TEXT_NOT_UTF8,
    &CLOSE_BODY_OF_ONE_BYTE,
    &CLOSE_CODE_ILLEGAL,
    &CLOSE_REASON_NOT_UTF8,
    &FRAME_AFTER_CLOSE,
    &PONG_UNASKED,
    &PING_NOT_ANSWERED,
    &CLOSED_WITHOUT_CLOSE_FRAME,
    &CLIENT_CLOSED_TCP_FIRST,
    &MESSAGE_INCOMPLETE,
    &MESSAGE_UNFINISHED,
    &MESSAGE_NOT_INFLATED,
    &DEFLATE_CONTEXT_LOST,
    &DEFLATE_BROKEN,
    &TEXT_NOT_KEPT,
];

/// A frame of the client has no masking key.
pub static CLIENT_FRAME_NOT_MASKED: Rule = Rule {
    id: "client-frame-not-masked",
    severity: Severity::Error,
    title: "the client sent a frame that is not masked",
    why: "A client must mask everything it sends, so that no page can make a browser write bytes of its choice into the cache of a \
          proxy. A server must close the connection on such a frame, usually with code 1002. The client is home-made, or something \
          on the way rewrites frames.",
    cite: Cite("RFC 6455 §5.1"),
};

/// A frame of the server has a masking key.
pub static SERVER_FRAME_MASKED: Rule = Rule {
    id: "server-frame-masked",
    severity: Severity::Error,
    title: "the server sent a masked frame",
    why: "A server must not mask what it sends, and a client must close the connection on such a frame, usually with code 1002. The \
          server uses the client's half of a library, or the roles of both ends were guessed wrong.",
    cite: Cite("RFC 6455 §5.1"),
};

/// RSV1, RSV2 or RSV3 without an extension that gives it a meaning.
pub static RESERVED_BIT_SET: Rule = Rule {
    id: "reserved-bit-set",
    severity: Severity::Error,
    title: "a reserved bit is set and no extension gives it a meaning",
    why: "The three bits behind FIN belong to extensions. RSV1 marks the first frame of a compressed message, where \
          permessage-deflate was negotiated; on any other frame, or without an extension, the receiver must close the connection. \
          Usually one side believes that compression was agreed on: a proxy removed the header field, or one side ignored the answer.",
    cite: Cite("RFC 6455 §5.2, RFC 7692 §6"),
};

/// An opcode without a meaning.
pub static RESERVED_OPCODE: Rule = Rule {
    id: "reserved-opcode",
    severity: Severity::Error,
    title: "the opcode has no meaning",
    why: "Opcodes 3 to 7 and 11 to 15 are kept for later. A receiver must close the connection on them. Where more faults stand \
          around this one, the bytes are probably not WebSocket frames at all.",
    cite: Cite("RFC 6455 §5.2"),
};

/// A control frame of more than 125 bytes.
pub static CONTROL_FRAME_TOO_LONG: Rule = Rule {
    id: "control-frame-too-long",
    severity: Severity::Error,
    title: "a control frame is longer than 125 bytes",
    why: "Close, ping and pong must fit into the shortest form of a frame, so that every receiver can take them at once. Usually the \
          reason of a Close is too long: it has room for 123 bytes of UTF-8, which are fewer letters in most languages.",
    cite: Cite("RFC 6455 §5.5"),
};

/// A control frame without FIN.
pub static CONTROL_FRAME_FRAGMENTED: Rule = Rule {
    id: "control-frame-fragmented",
    severity: Severity::Error,
    title: "a control frame is fragmented",
    why: "Close, ping and pong must be whole frames of their own, because they may stand between the fragments of a message. The \
          receiver must close the connection.",
    cite: Cite("RFC 6455 §5.5"),
};

/// A continuation frame where no message is open.
pub static CONTINUATION_WITHOUT_START: Rule = Rule {
    id: "continuation-without-start",
    severity: Severity::Error,
    title: "a continuation frame continues nothing",
    why: "A continuation belongs to a message whose first frame came without FIN. Here no message is open, so nobody knows whether \
          the bytes are text. The sender lost count of its fragments, or two of its tasks write to one connection.",
    cite: Cite("RFC 6455 §5.4"),
};

/// A new message begins before the last one ended.
pub static MESSAGE_INTERRUPTED: Rule = Rule {
    id: "message-interrupted",
    severity: Severity::Error,
    title: "a new message begins although the last one is not finished",
    why: "Fragments of two messages must not be mixed: only control frames may stand between them. The receiver must close the \
          connection. Usually two tasks of the sender write to one connection without waiting for each other.",
    cite: Cite("RFC 6455 §5.4"),
};

/// A message of which the last frame never came.
pub static MESSAGE_ABANDONED: Rule = Rule {
    id: "message-abandoned",
    severity: Severity::Note,
    title: "this message was never finished: another one began in its place",
    why: "Its last frame did not come before the next message began, so no application ever got it; the error is told with the \
          message that interrupts it. What is shown is what was sent of it. Its digest is over these bytes, not inflated.",
    cite: Cite("RFC 6455 §5.4"),
};

/// A length in a longer form than needed.
pub static LENGTH_NOT_MINIMAL: Rule = Rule {
    id: "length-not-minimal",
    severity: Severity::Error,
    title: "the length is written in a longer form than needed",
    why: "Lengths up to 125 must be written in 7 bits, and those up to 65,535 in 16. Some receivers take other forms, others close \
          the connection. A home-made sender always uses its longest form.",
    cite: Cite("RFC 6455 §5.2"),
};

/// A 64-bit length whose highest bit is set.
pub static LENGTH_TOO_LARGE: Rule = Rule {
    id: "length-too-large",
    severity: Severity::Error,
    title: "the length is larger than any stream",
    why: "The highest bit of a 64-bit length must be 0. No payload can be that long, so nothing that follows on this side can be \
          read. The bytes are damaged or are not WebSocket frames.",
    cite: Cite("RFC 6455 §5.2"),
};

/// Many frames in a row with one masking key.
pub static MASKING_KEY_REPEATED: Rule = Rule {
    id: "masking-key-repeated",
    severity: Severity::Note,
    title: "many frames in a row have the same masking key",
    why: "A client must choose a fresh, unpredictable key for every frame. A fixed one works, but gives up what masking is for: the \
          client is home-made, or its source of random numbers is broken.",
    cite: Cite("RFC 6455 §5.3"),
};

/// A masking key of four zeros.
pub static MASKING_KEY_ZERO: Rule = Rule {
    id: "masking-key-zero",
    severity: Severity::Note,
    title: "the masking key is zero",
    why: "With a key of zeros the bytes stay as they are. Some clients do so to save time, where no browser is involved; one such key \
          among many is chance.",
    cite: Cite("RFC 6455 §5.3"),
};

/// A text message is not UTF-8.
pub static TEXT_NOT_UTF8: Rule = Rule {
    id: "text-not-utf8",
    severity: Severity::Error,
    title: "a text message is not UTF-8",
    why: "Text messages must be UTF-8 as a whole; a character may be cut by a fragment, not by the end. The receiver must close the \
          connection, with code 1007. Usually binary data was sent as text, or text in another encoding.",
    cite: Cite("RFC 6455 §5.6, §8.1"),
};

/// A Close frame with a body of one byte.
pub static CLOSE_BODY_OF_ONE_BYTE: Rule = Rule {
    id: "close-body-of-one-byte",
    severity: Severity::Error,
    title: "the body of the Close frame is one byte long",
    why: "A Close frame has no body at all or begins it with a code of two bytes.",
    cite: Cite("RFC 6455 §5.5.1"),
};

/// A close code that must not be sent.
pub static CLOSE_CODE_ILLEGAL: Rule = Rule {
    id: "close-code-illegal",
    severity: Severity::Error,
    title: "the close code must not be sent",
    why: "Codes below 1000 have no meaning, 1005, 1006 and 1015 only stand for something inside a program, and the others up to 2999 \
          are reserved. Usually a program passes on the code that its library reported, which says that there was none. The receiver \
          answers with code 1002.",
    cite: Cite("RFC 6455 §7.4"),
};

/// A close reason that is not UTF-8.
pub static CLOSE_REASON_NOT_UTF8: Rule = Rule {
    id: "close-reason-not-utf8",
    severity: Severity::Error,
    title: "the reason in the Close frame is not UTF-8",
    why: "What follows the code must be UTF-8. Usually a long reason was cut in the middle of a character to fit into 123 bytes.",
    cite: Cite("RFC 6455 §5.5.1, §8.1"),
};

/// A frame behind the Close of its side.
pub static FRAME_AFTER_CLOSE: Rule = Rule {
    id: "frame-after-close",
    severity: Severity::Error,
    title: "a frame follows the Close frame of the same side",
    why: "With its Close frame a side says that nothing more comes. The other side does not read what follows, so it is lost.",
    cite: Cite("RFC 6455 §5.5.1, §1.4"),
};

/// A pong that answers no ping.
pub static PONG_UNASKED: Rule = Rule {
    id: "pong-unasked",
    severity: Severity::Note,
    title: "a pong answers no ping",
    why: "This is legal: a pong may be sent unasked, as a sign of life that wants no answer. Where it was meant as an answer, its body \
          is not that of the ping.",
    cite: Cite("RFC 6455 §5.5.3"),
};

/// A ping was never answered.
pub static PING_NOT_ANSWERED: Rule = Rule {
    id: "ping-not-answered",
    severity: Severity::Warning,
    title: "a ping was never answered although the other side went on sending",
    why: "A pong must follow a ping as soon as it can be sent; only the latest ping needs one. The other side lives, so its library \
          does not handle pings, or its program does not read. Many servers take a client without pongs for dead and close.",
    cite: Cite("RFC 6455 §5.5.2"),
};

/// TCP ended and no Close frame came.
pub static CLOSED_WITHOUT_CLOSE_FRAME: Rule = Rule {
    id: "closed-without-close-frame",
    severity: Severity::Warning,
    title: "the connection ended without a Close frame",
    why: "Applications are told code 1006. A program ended or crashed, its network went away, or a proxy closed the connection because \
          nothing was sent for too long: pings at shorter distances help against that.",
    cite: Cite("RFC 6455 §7.1.5"),
};

/// The client ended TCP before the server.
pub static CLIENT_CLOSED_TCP_FIRST: Rule = Rule {
    id: "client-closed-tcp-first",
    severity: Severity::Note,
    title: "the client ended the TCP connection before the server did",
    why: "After both Close frames the server should end the TCP connection first, so that the wait for late segments (TIME-WAIT) is on \
          its side and the client can connect again at once. A client may do it itself when the server takes too long.",
    cite: Cite("RFC 6455 §7.1.1"),
};

/// Bytes of a message are not in the capture.
pub static MESSAGE_INCOMPLETE: Rule = Rule {
    id: "message-incomplete",
    severity: Severity::Note,
    title: "bytes of this message are missing",
    why: "Its frames are there in part: the capture lost segments, cut them off, or began too late. Its text is not told; its digest \
          is over the bytes that are there.",
    cite: Cite("RFC 6455 §5.4"),
};

/// The stream ended inside a message.
pub static MESSAGE_UNFINISHED: Rule = Rule {
    id: "message-unfinished",
    severity: Severity::Note,
    title: "a message had begun when the stream ended",
    why: "The connection or the capture ended before the last byte of a message, so no application ever got it.",
    cite: Cite("RFC 6455 §5.4, §7.1.7"),
};

/// A compressed message expands too much.
pub static MESSAGE_NOT_INFLATED: Rule = Rule {
    id: "message-not-inflated",
    severity: Severity::Warning,
    title: "a message was not inflated: too much comes out of too few bytes",
    why: "synscope inflates about 64 bytes for each byte of the capture, with much in reserve for ordinary traffic. This message wants \
          more: it may be an attack on the receiver's memory. Its digest is over the compressed bytes, and messages that refer to it \
          cannot be read.",
    cite: Cite("RFC 7692 §8"),
};

/// A compressed message refers to bytes that are not known.
pub static DEFLATE_CONTEXT_LOST: Rule = Rule {
    id: "deflate-context-lost",
    severity: Severity::Note,
    title: "a compressed message refers to bytes that are not in the capture",
    why: "Compressed messages of one side refer to earlier ones. Some of those are missing here or could not be inflated, so this one \
          cannot be read, though its receiver could. Its digest is over the compressed bytes. Later messages are told again as \
          soon as they refer to nothing missing.",
    cite: Cite("RFC 7692 §7.2.2"),
};

/// A compressed message is not DEFLATE.
pub static DEFLATE_BROKEN: Rule = Rule {
    id: "deflate-broken",
    severity: Severity::Error,
    title: "a compressed message cannot be inflated",
    why: "RSV1 says that the message is compressed, but its bytes are not DEFLATE, or there are none (an empty message takes one byte, \
          00). The receiver must close the connection. Its digest is over the compressed bytes.",
    cite: Cite("RFC 7692 §6.2"),
};

/// A text too long to be kept.
pub static TEXT_NOT_KEPT: Rule = Rule {
    id: "text-not-kept",
    severity: Severity::Note,
    title: "the text is too long to be told",
    why: "synscope keeps up to 16 MiB of one text. Length and digest are over the whole of it.",
    cite: Cite("RFC 6455 §5.6"),
};
