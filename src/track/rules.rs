//! Everything that the tracker points out.

use crate::base::{Cite, Rule, Severity};

pub use crate::track::signs::rules::{ISN_REUSED, SYN_COOKIES_SUSPECTED};
use crate::track::{analysis, signs};

/// The tracker's rules, for listings and tests.
pub static RULES: &[&[&Rule]] = &[HANDSHAKE, analysis::rules::RULES, signs::rules::RULES];

/// What is pointed out of opening and ending.
static HANDSHAKE: &[&Rule] = &[
    &SYN_SENT_AGAIN,
    &SYN_WITH_DATA,
    &SYN_INSIDE_CONNECTION,
    &SYN_ACK_SENT_AGAIN,
    &SERVER_STILL_WAITS,
    &SYN_ACK_WRONG_ACKNOWLEDGMENT,
    &SYN_ACK_OTHER_NUMBER,
    &SYN_ACK_ZERO_WINDOW,
    &ACK_WRONG_NUMBER,
    &ACK_BEFORE_SYN,
    &SIMULTANEOUS_OPEN,
    &SPLIT_HANDSHAKE,
    &CHALLENGE_ACK,
    &FIN_SENT_AGAIN,
    &FIN_NOT_ACKNOWLEDGED,
    &RST_IGNORED,
    &SEGMENT_AFTER_RST,
    &RST_NOT_EXACT,
    &RST_NOT_TAKEN,
    &RECORDED_TWICE,
    &WINDOW_SCALE_TOO_LARGE,
    &ICMP_ERROR_WHILE_OPEN,
    &SEGMENT_WITHOUT_ACK,
    &SCAN_PROBE,
    &STRAY_SEGMENT,
    &SYN_ACK_UNASKED,
    &TIME_WAIT_REUSED,
];

/// A SYN of the same attempt came again.
pub static SYN_SENT_AGAIN: Rule = Rule {
    id: "syn-sent-again",
    severity: Severity::Note,
    title: "the SYN was sent again",
    why: "No answer came in time, so the client repeated its SYN with the same sequence number. The SYN or its answer was lost, or \
          something on the way drops them. All repeats are one attempt; connect time counts from the first.",
    cite: Cite("RFC 9293 §3.8.1, RFC 6298 §5"),
};

/// A SYN carries data.
pub static SYN_WITH_DATA: Rule = Rule {
    id: "syn-with-data",
    severity: Severity::Note,
    title: "the SYN carries data",
    why: "This is legal. With TCP Fast Open the server may use the data at once; without it the data waits until the handshake is \
          complete, or is ignored and sent again.",
    cite: Cite("RFC 9293 §3.4, RFC 7413 §2"),
};

/// A SYN with another number arrived in a connection that lives.
pub static SYN_INSIDE_CONNECTION: Rule = Rule {
    id: "syn-inside-connection",
    severity: Severity::Warning,
    title: "a new SYN arrived inside a connection that is still open",
    why: "One end may have restarted and forgotten the connection (half-open), the same ports may be used again, or somebody forges \
          segments. The other end answers with a challenge ACK; it is a new connection only if a SYN-ACK acknowledges it.",
    cite: Cite("RFC 9293 §3.5.1, §3.10.7.4"),
};

/// A SYN-ACK came again.
pub static SYN_ACK_SENT_AGAIN: Rule = Rule {
    id: "syn-ack-sent-again",
    severity: Severity::Note,
    title: "the SYN-ACK was sent again",
    why: "The server did not see the acknowledgment of its SYN-ACK: it was lost, or the server could not take it because the queue of \
          connections waiting for the application was full.",
    cite: Cite("RFC 9293 §3.8.1"),
};

/// The server repeats a SYN-ACK that the client has acknowledged.
pub static SERVER_STILL_WAITS: Rule = Rule {
    id: "server-still-waits",
    severity: Severity::Warning,
    title: "the server still waits for an acknowledgment that was sent",
    why: "The client acknowledged the SYN-ACK and takes the connection for open, but the server repeats its SYN-ACK: it did not take that \
          acknowledgment. It may have been lost behind the capture point, or the queue of connections that the application has yet to accept \
          (backlog) is full, which makes some servers drop it. The connection is open for the client alone until the server goes on.",
    cite: Cite("RFC 9293 §3.5.1, §3.10.7.4"),
};

/// A SYN-ACK does not acknowledge the SYN.
pub static SYN_ACK_WRONG_ACKNOWLEDGMENT: Rule = Rule {
    id: "syn-ack-wrong-acknowledgment",
    severity: Severity::Warning,
    title: "the SYN-ACK does not acknowledge the SYN",
    why: "Its acknowledgment number is not the client's ISN + 1. It answers an older SYN, a middlebox changed the numbers, or it is \
          forged. The client must answer with a RST that carries exactly that number.",
    cite: Cite("RFC 9293 §3.5 figure 8, §3.10.7.3"),
};

/// A second SYN-ACK has another ISN.
pub static SYN_ACK_OTHER_NUMBER: Rule = Rule {
    id: "syn-ack-other-number",
    severity: Severity::Warning,
    title: "a second SYN-ACK came with another sequence number",
    why: "A server repeats its SYN-ACK with the same number. Another number means that two machines answer (anycast, a load balancer, a \
          SYN proxy), that the server forgot its first answer, or that one of the two is forged. The client's ACK shows which it took.",
    cite: Cite("RFC 9293 §3.4.1"),
};

/// A SYN-ACK announces no window.
pub static SYN_ACK_ZERO_WINDOW: Rule = Rule {
    id: "syn-ack-zero-window",
    severity: Severity::Note,
    title: "the server accepts the connection but no data yet",
    why: "The window in the SYN-ACK is 0: the client may send nothing until the server announces room.",
    cite: Cite("RFC 9293 §3.8.6"),
};

/// The client's ACK in the handshake acknowledges something else.
pub static ACK_WRONG_NUMBER: Rule = Rule {
    id: "ack-wrong-number",
    severity: Severity::Warning,
    title: "the client acknowledges a number the server never sent",
    why: "The acknowledgment is not the server's ISN + 1, so it does not complete the handshake. A server that is still waiting answers \
          with a RST that carries that number.",
    cite: Cite("RFC 9293 §3.10.7.4"),
};

/// The client's ACK in the handshake begins with its SYN's number.
pub static ACK_BEFORE_SYN: Rule = Rule {
    id: "ack-before-syn",
    severity: Severity::Warning,
    title: "the client's ACK has the number of its SYN, not the next one",
    why: "The SYN counts one, so what follows it begins at ISN + 1. A segment that begins earlier is not acceptable: the server does not \
          take its acknowledgment, and the handshake is not complete.",
    cite: Cite("RFC 9293 §3.4, §3.10.7.4"),
};

/// Both ends sent SYN.
pub static SIMULTANEOUS_OPEN: Rule = Rule {
    id: "simultaneous-open",
    severity: Severity::Note,
    title: "both ends opened at the same time",
    why: "Each sent a SYN before it saw the other's. This is legal and gives one connection; neither is the server.",
    cite: Cite("RFC 9293 §3.5 figure 7"),
};

/// A SYN was answered with a SYN.
pub static SPLIT_HANDSHAKE: Rule = Rule {
    id: "split-handshake",
    severity: Severity::Note,
    title: "a split handshake: a SYN of its own instead of a SYN-ACK",
    why: "The other side answered the SYN with a SYN, let its receiver send the SYN-ACK, and acknowledged that without a SYN-ACK of its           own. To the one who asked this looks like a simultaneous open. It is one in which its own SYN was lost on the way, or the other           side splits its answer in two: few stacks do, and tools that follow connections have mistaken the roles.",
    cite: Cite("RFC 9293 §3.5 figure 7, RFC 793 §3.3"),
};

/// An ACK answers a SYN or RST that did not fit.
pub static CHALLENGE_ACK: Rule = Rule {
    id: "challenge-ack",
    severity: Severity::Note,
    title: "a challenge ACK",
    why: "The end answers a segment that does not fit with an ACK of what it really expects. If the other end has truly forgotten the \
          connection, it answers with a RST; otherwise nothing changes.",
    cite: Cite("RFC 9293 §3.10.7.4, RFC 5961 §3.2, §4.2"),
};

/// A FIN came again.
pub static FIN_SENT_AGAIN: Rule = Rule {
    id: "fin-sent-again",
    severity: Severity::Note,
    title: "the FIN was sent again",
    why: "Its acknowledgment did not come in time: the FIN or the answer was lost, or the other end is gone. Repeats have the same \
          number and close nothing anew.",
    cite: Cite("RFC 9293 §3.6, §3.8.1"),
};

/// A FIN was sent again and again, and nobody acknowledged it.
pub static FIN_NOT_ACKNOWLEDGED: Rule = Rule {
    id: "fin-not-acknowledged",
    severity: Severity::Warning,
    title: "the FIN was never acknowledged",
    why: "It was sent three times or more, and the other side, of which there are frames in the capture, acknowledged none of them. That           side is gone, or cannot be reached any more, or it never had this connection: a server whose queue of connections to be           accepted (backlog) is full may answer a SYN and then drop all that follows.",
    cite: Cite("RFC 9293 §3.6, §3.8.3"),
};

// What is said of a RST, each by something else. By its own number, when it comes: `rst-ignored` lies outside what its receiver takes,
// `rst-not-exact` inside and not at the edge. By what its receiver does next: `challenge-ack` asks, `segment-after-rst` sends data. By
// what both ends do: `rst-not-taken`, which takes the RST back. Whether its apparent sender sent it is asked among the signs: by what
// that one does (`rst-injected`) and by the way it came (`rst-from-another-ttl`). Several may be true of one RST.

/// A RST whose numbers do not fit.
pub static RST_IGNORED: Rule = Rule {
    id: "rst-ignored",
    severity: Severity::Warning,
    title: "a RST that does not fit",
    why: "Its numbers are not what the receiver accepts, so the receiver ignores it and nothing is closed. It is stale, or forged.",
    cite: Cite("RFC 9293 §3.5.3, §3.10.7.3, §3.10.7.4"),
};

/// Segments go on after a RST.
pub static SEGMENT_AFTER_RST: Rule = Rule {
    id: "segment-after-rst",
    severity: Severity::Warning,
    title: "the receiver of a RST goes on sending",
    why: "Whoever was to be reset still sends data. It was on its way already, the RST was lost behind the capture point, or the RST was \
          not accepted, as happens with forged ones.",
    cite: Cite("RFC 9293 §3.5.3"),
};

/// A RST in the window, but not at its edge.
pub static RST_NOT_EXACT: Rule = Rule {
    id: "rst-not-exact",
    severity: Severity::Note,
    title: "a RST that is not exactly the next number",
    why: "It lies in the receiver's window, but is not the number that the receiver expects next. A receiver of today answers with a \
          challenge ACK and goes on; older ones close. Segments before it may have been lost, or somebody guesses numbers to cut the \
          connection off.",
    cite: Cite("RFC 9293 §3.10.7.4, RFC 5961 §3.2"),
};

/// Both ends go on after a RST.
pub static RST_NOT_TAKEN: Rule = Rule {
    id: "rst-not-taken",
    severity: Severity::Note,
    title: "both ends go on after the RST: it closed nothing",
    why: "The receiver of the RST did not take it, and its alleged sender goes on as if it had never sent it. An end that resets a \
          connection forgets it, so somebody else may have sent the RST in its name.",
    cite: Cite("RFC 9293 §3.5.3, RFC 5961 §1.2"),
};

/// The same segment is twice in the capture.
pub static RECORDED_TWICE: Rule = Rule {
    id: "recorded-twice",
    severity: Severity::Note,
    title: "the same segment is in the capture twice",
    why: "Same identification, same numbers, at almost the same time: the capture saw one packet at two places (a mirror port, a bridge, \
          the interface `any`), or before and behind a router, which lowers the time to live and changes nothing else. It is not a \
          retransmission and counts once.",
    cite: Cite("RFC 6864 §4"),
};

/// A window scale above 14.
pub static WINDOW_SCALE_TOO_LARGE: Rule = Rule {
    id: "window-scale-too-large",
    severity: Severity::Warning,
    title: "the window scale is larger than 14",
    why: "A shift above 14 is not allowed; the receiver must use 14 instead.",
    cite: Cite("RFC 7323 §2.3"),
};

/// An ICMP error quotes a segment of a connection that is open.
pub static ICMP_ERROR_WHILE_OPEN: Rule = Rule {
    id: "icmp-error-while-open",
    severity: Severity::Warning,
    title: "an ICMP error about a segment of the open connection",
    why: "A router or the host itself could not deliver a segment. What is only temporary must not end the connection: the sender tries \
          again. ICMP is easily forged, so ends check that \
          the quoted number is one that they sent just now.",
    cite: Cite("RFC 9293 §3.9.2.2, RFC 5927 §4.1"),
};

/// A segment without SYN, RST and ACK.
pub static SEGMENT_WITHOUT_ACK: Rule = Rule {
    id: "segment-without-ack",
    severity: Severity::Warning,
    title: "a segment without the ACK bit, which every receiver drops",
    why: "Once a connection is open every segment acknowledges something. One that does not belongs to no connection: somebody probes how \
          the receiver reacts, or a stack is broken.",
    cite: Cite("RFC 9293 §3.10.7.4"),
};

/// The few segments of a connection look like a probe.
pub static SCAN_PROBE: Rule = Rule {
    id: "scan-probe",
    severity: Severity::Note,
    title: "looks like the probe of a port scan",
    why: "A SYN scan resets the SYN-ACK that it asked for; FIN, NULL and Xmas scans send bits that open nothing, to which a closed port \
          answers with a RST and an open one with silence. A client that gave up while it waited for the SYN-ACK looks like a SYN scan too.",
    cite: Cite("RFC 9293 §3.10.7.1, §3.10.7.2"),
};

/// A RST answers a segment whose connection is not known.
pub static STRAY_SEGMENT: Rule = Rule {
    id: "stray-segment",
    severity: Severity::Note,
    title: "the receiver does not know the connection that the segment belongs to",
    why: "The RST has the very number that the segment acknowledged: its sender has no such connection, or no longer. It restarted and forgot \
          the connection (half-open), it closed long ago, or the segment is the probe of an ACK or Maimon scan, which finds hosts and \
          firewalls that way.",
    cite: Cite("RFC 9293 §3.5.1 figure 10, §3.5.2"),
};

/// A SYN-ACK came to somebody who did not ask.
pub static SYN_ACK_UNASKED: Rule = Rule {
    id: "syn-ack-unasked",
    severity: Severity::Note,
    title: "the SYN-ACK was not asked for: its receiver resets it",
    why: "The receiver knows no SYN that this would answer, and neither does the capture. Somebody sent a SYN with the receiver's address \
          as its source (then this is backscatter of a flood), or an old duplicate SYN came late.",
    cite: Cite("RFC 9293 §3.5 figure 11, RFC 4987 §2"),
};

/// A SYN on endpoints that are still in TIME-WAIT.
pub static TIME_WAIT_REUSED: Rule = Rule {
    id: "time-wait-reused",
    severity: Severity::Note,
    title: "a new SYN on ports that are still in TIME-WAIT",
    why: "The connection before it closed moments ago, and one end still keeps its numbers away from new connections. It may accept the \
          SYN if its sequence number or its timestamp is higher than the last of the old connection; otherwise it answers with an ACK of \
          the old one.",
    cite: Cite("RFC 9293 §3.6.1, §3.10.7.4, RFC 6191 §2"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_name_and_says_why_and_where() {
        let rules: Vec<_> = RULES.iter().flat_map(|list| list.iter()).collect();
        for (n, rule) in rules.iter().enumerate() {
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
            assert!(rule.why.len() > 40 && rule.cite.0.starts_with("RFC "), "{}", rule.id);
            assert!(rules.iter().skip(n + 1).all(|other| other.id != rule.id), "{} twice", rule.id);
        }
    }
}
