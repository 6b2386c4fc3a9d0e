//! What signs point out.

use crate::base::{Cite, Rule, Severity};

/// The rules of signs.
pub(in crate::track) static RULES: &[&Rule] = &[
    &OPTION_STRIPPED,
    &MSS_CLAMPED,
    &TTL_JUMP,
    &RST_FROM_ANOTHER_TTL,
    &RST_INJECTED,
    &ISN_REUSED,
    &ISN_ZERO,
    &SYN_COOKIES_SUSPECTED,
    &MTU_BLACK_HOLE,
    &PATH_MTU_LOWERED,
    &TIMESTAMPS_NOT_NEGOTIATED,
    &TIMESTAMPS_MISSING,
    &SACK_NOT_PERMITTED,
];

/// A SYN or SYN-ACK came again without an option.
pub(super) static OPTION_STRIPPED: Rule = Rule {
    id: "option-stripped",
    severity: Severity::Note,
    title: "a SYN or SYN-ACK came again with fewer options",
    why: "The first time it had options that are missing now. Some systems leave options out when no answer comes, in case that something \
          on the way drops segments that have them. Or a middlebox removed them: that is certain where the same packet is in the \
          capture twice, before it and behind it.",
    cite: Cite("RFC 9293 §3.1, §3.2"),
};

/// A SYN or SYN-ACK came again with another segment size.
pub(super) static MSS_CLAMPED: Rule = Rule {
    id: "mss-clamped",
    severity: Severity::Note,
    title: "a SYN or SYN-ACK came again with another maximum segment size",
    why: "A router in front of a tunnel often lowers the maximum segment size in SYNs that pass, so that no segment becomes too large for \
          it. Where the same packet is in the capture twice, something between the two places did this. In a segment that was sent \
          again, the sender itself may have become careful.",
    cite: Cite("RFC 9293 §3.7.1"),
};

/// One end's time to live changed.
pub(super) static TTL_JUMP: Rule = Rule {
    id: "ttl-jump",
    severity: Severity::Note,
    title: "the time to live of one side changed",
    why: "All packets of one machine that take the same way arrive with the same time to live. Here it changes in the middle of a \
          connection: the route changed, or another machine (a load balancer, a proxy, a firewall) sends some of the segments.",
    cite: Cite("RFC 791 §3.2, RFC 8200 §3"),
};

/// A RST seems to have come from elsewhere.
pub(super) static RST_FROM_ANOTHER_TTL: Rule = Rule {
    id: "rst-from-another-ttl",
    severity: Severity::Warning,
    title: "this RST looks as if somebody else sent it",
    why: "It passed another number of routers than the other segments of its sender, and its IP identification does not continue theirs. \
          Firewalls, filters and other middleboxes end connections with such RSTs in the name of an end. Systems that begin RSTs with \
          another time to live than other segments are allowed for: the routers passed are counted from the next of 32, 64, 128, 255.",
    cite: Cite("RFC 9293 §3.5.2, RFC 3360"),
};

/// The sender of a RST seems not to know of it.
pub(super) static RST_INJECTED: Rule = Rule {
    id: "rst-injected",
    severity: Severity::Warning,
    title: "a RST looks forged: its sender knows nothing of it",
    why: "An end that sends a RST has forgotten the connection. This one goes on sending new data as if nothing had happened, or sends \
          several RSTs at once with numbers that it has not reached: so does who must guess which number fits. Somebody on the way may \
          have sent the RST in its name.",
    cite: Cite("RFC 9293 §3.5.2, RFC 5961 §3, RFC 3360"),
};

/// A host begins several connections with one number.
pub static ISN_REUSED: Rule = Rule {
    id: "isn-reused",
    severity: Severity::Note,
    title: "the host's connection before this began with the same sequence number",
    why: "Initial sequence numbers should differ from connection to connection and be hard to guess. Scanners and flooding tools send one \
          number again and again; a system that does so by itself is easily attacked, and confuses old segments with new ones.",
    cite: Cite("RFC 9293 §3.4.1, RFC 6528 §3"),
};

/// A connection begins with number 0.
pub(super) static ISN_ZERO: Rule = Rule {
    id: "isn-zero",
    severity: Severity::Note,
    title: "the initial sequence number is 0",
    why: "By chance this happens once in four thousand million connections. It is rather a scanner, a broken system, a packet made by \
          hand, or a capture whose numbers were made relative.",
    cite: Cite("RFC 9293 §3.4.1, RFC 6528 §3"),
};

/// A server seems to answer without keeping state.
pub static SYN_COOKIES_SUSPECTED: Rule = Rule {
    id: "syn-cookies-suspected",
    severity: Severity::Note,
    title: "the server looks as if it answered with SYN cookies",
    why: "Under a flood of SYNs a server can keep what it must know in the number of its SYN-ACK instead of in memory. Each sign of that \
          is weak, so at least two agreed: options withheld that the server grants at other times, timestamps whose low bits stay the \
          same, SYN-ACKs that are never sent again though no ACK comes, very many of them in one second.",
    cite: Cite("RFC 4987 §3.6"),
};

/// Large segments do not get through.
pub(super) static MTU_BLACK_HOLE: Rule = Rule {
    id: "mtu-black-hole",
    severity: Severity::Warning,
    title: "large segments do not seem to get through",
    why: "A segment of this size was sent again and again in vain, none so large ever arrived, and small ones do: something on the way \
          seems to take only smaller packets, and its ICMP errors that say so are blocked, or they are seen here and the sender does not \
          heed them. Let ICMP \"fragmentation needed\" and \"packet too big\" pass, or lower the MTU or the MSS.",
    cite: Cite("RFC 2923 §2.1, RFC 1191 §3, RFC 8201 §4, RFC 4821 §7"),
};

/// Segments became smaller.
pub(super) static PATH_MTU_LOWERED: Rule = Rule {
    id: "path-mtu-lowered",
    severity: Severity::Note,
    title: "sent again in smaller segments, as an ICMP error asked",
    why: "A router said that a packet was too large for the way behind it. The sender heeds that: it sends the same data again in smaller \
          segments. This is path MTU discovery at work, and costs one round trip.",
    cite: Cite("RFC 1191 §3, RFC 8201 §4"),
};

/// Timestamps that were not agreed on.
pub(super) static TIMESTAMPS_NOT_NEGOTIATED: Rule = Rule {
    id: "timestamps-not-negotiated",
    severity: Severity::Warning,
    title: "a segment has timestamps, though the handshake did not agree on them",
    why: "Timestamps may be sent only where both SYN and SYN-ACK had the option. Its sender saw another handshake than the capture shows: \
          a middlebox changed the options of one of the two, or somebody else sends in its name.",
    cite: Cite("RFC 7323 §3.2"),
};

/// Timestamps that should be there.
pub(super) static TIMESTAMPS_MISSING: Rule = Rule {
    id: "timestamps-missing",
    severity: Severity::Warning,
    title: "a segment has no timestamps, though the handshake agreed on them",
    why: "Once both sides agreed on timestamps, every segment but a RST must have them; the receiver may drop it otherwise. Its sender is \
          broken, saw another handshake than the capture shows, or is somebody else: a proxy, a firewall, a forger.",
    cite: Cite("RFC 7323 §3.2"),
};

/// SACK blocks that were not permitted.
pub(super) static SACK_NOT_PERMITTED: Rule = Rule {
    id: "sack-not-permitted",
    severity: Severity::Warning,
    title: "a segment acknowledges selectively, though the other side did not permit it",
    why: "Blocks of selective acknowledgment may be sent only to an end whose SYN or SYN-ACK permits them. A middlebox removed the \
          permission on the way, or the sender is broken. The receiver ignores the blocks.",
    cite: Cite("RFC 2018 §2, §3"),
};
