//! What can be pointed out on compressed bodies.

use crate::base::{Cite, Rule, Severity};

/// All of them.
pub static RULES: &[&Rule] = &[
    &BODY_NOT_INFLATED,
    &BODY_CODING_BROKEN,
    &BODY_CODING_CUT,
    &BODY_WINDOW_TOO_LARGE,
    &BODY_CODING_UNKNOWN,
    &BODY_CODINGS_TOO_MANY,
];

/// More bytes would be made than may be.
pub static BODY_NOT_INFLATED: Rule = Rule {
    id: "body-not-inflated",
    severity: Severity::Warning,
    title: "a compressed body was not inflated to its end",
    why: "It grows so much that the rest was left as it is: 256 MiB and 64 bytes for every byte of the capture may be made of all \
          compressed data together, so that a small capture cannot keep the program busy for hours. Such a body is either a very \
          repetitive file or a decompression bomb, made to exhaust whoever unpacks it. Its length and digest are those of the part \
          that was inflated.",
    cite: Cite("RFC 9110 §17.6"),
};

/// The compressed bytes are damaged.
pub static BODY_CODING_BROKEN: Rule = Rule {
    id: "body-coding-broken",
    severity: Severity::Warning,
    title: "a body is not compressed in the way its header says",
    why: "The bytes do not follow the format that Content-Encoding or Transfer-Encoding names, or a checksum in them is wrong. \
          Often the sender names a coding that it did not apply, applies it twice, or something on the way changed the body. What \
          could be decoded before the damage is kept. A browser shows a decoding error.",
    cite: Cite("RFC 9110 §8.4"),
};

/// The compressed bytes end too early.
pub static BODY_CODING_CUT: Rule = Rule {
    id: "body-coding-cut",
    severity: Severity::Warning,
    title: "a compressed body ends before its compressed data does",
    why: "The message is complete, but the compressed data in it wants to go on: the sender stopped in the middle, or did not \
          flush its compressor at the end. What could be decoded is kept.",
    cite: Cite("RFC 1952 §2.2, RFC 9110 §8.4"),
};

/// The decoder would need too much memory.
pub static BODY_WINDOW_TOO_LARGE: Rule = Rule {
    id: "body-window-too-large",
    severity: Severity::Warning,
    title: "a compressed body asks for too much memory",
    why: "Its header asks whoever decodes it to keep more than 8 MiB of earlier output (16 MiB with Brotli). The standards allow \
          receivers on the web to refuse that, browsers do, and so does this program. The sender must compress with a smaller window.",
    cite: Cite("RFC 9659 §3, RFC 7932 §9.1"),
};

/// A coding has an unknown name.
pub static BODY_CODING_UNKNOWN: Rule = Rule {
    id: "body-coding-unknown",
    severity: Severity::Note,
    title: "a body has a coding that is not known here",
    why: "Content-Encoding or Transfer-Encoding names something else than gzip, deflate, br and zstd. The body is shown as it was sent, \
          and its length and digest are those of the coded bytes.",
    cite: Cite("RFC 9110 §8.4.1"),
};

/// More codings than anybody uses.
pub static BODY_CODINGS_TOO_MANY: Rule = Rule {
    id: "body-codings-too-many",
    severity: Severity::Warning,
    title: "a body is compressed more than four times over",
    why: "Nobody gains from that; it is the shape of a decompression bomb. Such a body is not decoded: its length and digest are \
          those of the coded bytes.",
    cite: Cite("RFC 9110 §8.4, §17.6"),
};
