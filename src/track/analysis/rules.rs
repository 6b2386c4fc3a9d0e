//! What the analysis points out. The names in brackets are Wireshark's.

use crate::base::{Cite, Rule, Severity};

/// The rules of the analysis.
pub(in crate::track) static RULES: &[&Rule] = &[
    &RETRANSMISSION,
    &FAST_RETRANSMISSION,
    &SPURIOUS_RETRANSMISSION,
    &SACK_RETRANSMISSION,
    &GAP_FILLED,
    &OUT_OF_ORDER,
    &DUPLICATE_ACK,
    &DUPLICATE_REPORTED,
    &SYN_ACK_ANSWERED_AGAIN,
    &ZERO_WINDOW,
    &ZERO_WINDOW_PROBE,
    &WINDOW_PROBE,
    &WINDOW_OPEN_AGAIN,
    &WINDOW_FULL,
    &KEEP_ALIVE,
    &KEEP_ALIVE_ACK,
    &SEGMENT_MISSING,
    &UNSEEN_ACKNOWLEDGED,
    &PORTS_USED_AGAIN,
];

/// Data came again, and nothing more telling can be said.
pub(in crate::track) static RETRANSMISSION: Rule = Rule {
    id: "retransmission",
    severity: Severity::Note,
    title: "data was sent again (Retransmission)",
    why: "The sender did not see its data acknowledged in time and sent it again. The data was lost on the way, or its \
          acknowledgment was; a few are ordinary, many make a connection slow. Also what is sent again and reaches further than \
          before is one. A copy of the same packet that the recording made is not.",
    cite: Cite("RFC 6298 §5, RFC 9293 §3.8.1"),
};

/// Data came again, right after the ACKs that asked for it.
pub(in crate::track) static FAST_RETRANSMISSION: Rule = Rule {
    id: "fast-retransmission",
    severity: Severity::Note,
    title: "data was sent again because duplicate ACKs asked for it (Fast Retransmission)",
    why: "At least two duplicate ACKs asked for exactly this data, and it came less than 20 ms after the last: the sender took \
          them for a sign of loss and did not wait for its timer. Something was lost on the way, and the repair was quick.",
    cite: Cite("RFC 5681 §3.2"),
};

/// Data came again that was acknowledged.
pub(in crate::track) static SPURIOUS_RETRANSMISSION: Rule = Rule {
    id: "spurious-retransmission",
    severity: Severity::Note,
    title: "data was sent again although it was acknowledged (Spurious Retransmission)",
    why: "The other side had acknowledged all of this data before, as the capture shows. The acknowledgment was lost between the \
          capture point and the sender or came too late for the sender's timer; some systems also send old data on purpose, to \
          probe.",
    cite: Cite("RFC 9293 §3.10.7.4, RFC 2883"),
};

/// Data came again, right after the SACK that showed it missing.
pub(in crate::track) static SACK_RETRANSMISSION: Rule = Rule {
    id: "sack-retransmission",
    severity: Severity::Note,
    title: "data was sent again because a SACK showed that it was missing",
    why: "The other side's latest segment acknowledged data behind a gap, selectively, and the data of the gap came less than 20 ms \
          after it. The sender took the SACK for a sign of loss and waited neither for three duplicate ACKs nor for its timer. \
          Wireshark calls it Retransmission, or Out-Of-Order where it came very soon.",
    cite: Cite("RFC 6675 §5, RFC 2018 §5"),
};

/// Data that was missing came late.
pub(in crate::track) static GAP_FILLED: Rule = Rule {
    id: "gap-filled",
    severity: Severity::Note,
    title: "data that was not captured before came late",
    why: "The segment lies before others that were captured already, and none of its data was captured before. It was overtaken on \
          the way, or it is a second try and the first was lost before it came to the capture point: the frames do not show which. \
          Wireshark goes by the time that passed and calls it Retransmission, or Spurious Retransmission where it was \
          acknowledged already.",
    cite: Cite("RFC 9293 §3.10.7.4, RFC 4737"),
};

/// A segment was overtaken.
pub(in crate::track) static OUT_OF_ORDER: Rule = Rule {
    id: "out-of-order",
    severity: Severity::Note,
    title: "a segment came after one that was sent later (Out-Of-Order)",
    why: "The segment lies before others that were captured already, and came so soon after them, within the round trip of the \
          handshake (3 ms where that is not known), that it can hardly be an answer to a loss. The network, or the recording, \
          changed the order; receivers put it right.",
    cite: Cite("RFC 9293 §3.10.7.4, RFC 4737"),
};

/// An ACK repeats the one before.
pub(in crate::track) static DUPLICATE_ACK: Rule = Rule {
    id: "duplicate-ack",
    severity: Severity::Note,
    title: "the same number was acknowledged again (Dup ACK)",
    why: "A segment without data repeats the acknowledgment and the window of the one before. The receiver got something that it \
          did not wait for: data behind a gap, or data that it had. Three in a row ask the sender to send again what is missing.",
    cite: Cite("RFC 5681 §2, §3.2"),
};

/// An ACK tells of data that came twice.
pub(in crate::track) static DUPLICATE_REPORTED: Rule = Rule {
    id: "duplicate-reported",
    severity: Severity::Note,
    title: "the other side already had what came again (D-SACK)",
    why: "The first SACK block tells of data that arrived a second time: it lies below the acknowledged number, or inside the second \
          block. What was sent again had not been lost; its acknowledgment was late or lost, the sender was too quick, or the \
          network made a copy. Senders learn from this to wait longer.",
    cite: Cite("RFC 2883 §4"),
};

/// An ACK answers a SYN-ACK that came again.
pub(in crate::track) static SYN_ACK_ANSWERED_AGAIN: Rule = Rule {
    id: "syn-ack-answered-again",
    severity: Severity::Note,
    title: "acknowledges the SYN-ACK that came again",
    why: "The server sent its SYN-ACK once more, as if the acknowledgment of the first had not arrived, and the client answers it with \
          the same acknowledgment. Wireshark calls it Dup ACK; it says nothing of lost data. The client's first acknowledgment was lost \
          on the way or crossed it, or the server had no room for one more connection and dropped it.",
    cite: Cite("RFC 9293 §3.10.7.4"),
};

/// A receiver has no room.
pub(in crate::track) static ZERO_WINDOW: Rule = Rule {
    id: "zero-window",
    severity: Severity::Warning,
    title: "no room for more data: the window is 0 (ZeroWindow)",
    why: "The receiver's buffer is full, for its application does not read as fast as data comes. The sender must stop until the \
          window opens again. Short pauses are how flow control works; long ones mean that the receiving application is slow or \
          stuck, not the network.",
    cite: Cite("RFC 9293 §3.8.6"),
};

/// A closed window is probed.
pub(in crate::track) static ZERO_WINDOW_PROBE: Rule = Rule {
    id: "zero-window-probe",
    severity: Severity::Note,
    title: "one octet asks whether there is room again (ZeroWindowProbe)",
    why: "The window is closed, and the sender sends a single octet now and then, so that it learns when there is room even if \
          the segment that says so is lost.",
    cite: Cite("RFC 9293 §3.8.6.1"),
};

/// A closed window is probed without an octet.
pub(in crate::track) static WINDOW_PROBE: Rule = Rule {
    id: "window-probe",
    severity: Severity::Note,
    title: "asks whether there is room again (window probe; Wireshark says Keep-Alive)",
    why: "The other side's window is 0, and this segment repeats a number that was used already, so that the other side must answer and \
          tell its window. Linux and others probe a closed window so, without an octet of new data. On the wire it looks like a \
          keep-alive; the closed window tells the difference.",
    cite: Cite("RFC 9293 §3.8.6.1"),
};

/// A closed window opens.
pub(in crate::track) static WINDOW_OPEN_AGAIN: Rule = Rule {
    id: "window-open-again",
    severity: Severity::Note,
    title: "there is room for data again (the window was 0)",
    why: "The receiver had announced a window of 0 and now announces room: its application has read. How long the sender had to \
          wait is the time between the two.",
    cite: Cite("RFC 9293 §3.8.6"),
};

/// Data reaches the edge of the window.
pub(in crate::track) static WINDOW_FULL: Rule = Rule {
    id: "window-full",
    severity: Severity::Note,
    title: "the data fills the window to its end (Window Full)",
    why: "With this segment the sender has used all the room that the receiver announced, and must wait for an acknowledgment. \
          The receiver's buffer, not the network, limits the transfer here.",
    cite: Cite("RFC 9293 §3.8.6, RFC 7323 §2"),
};

/// An idle connection is probed.
pub(in crate::track) static KEEP_ALIVE: Rule = Rule {
    id: "keep-alive",
    severity: Severity::Note,
    title: "asks whether the other side is still there (Keep-Alive)",
    why: "The segment repeats the number of the last octet that was sent, with no data or one octet, so that the other side must \
          answer. One end keeps an idle connection alive, or wants to know whether the other end still is.",
    cite: Cite("RFC 9293 §3.8.4, RFC 1122 §4.2.3.6"),
};

/// A keep-alive is answered.
pub(in crate::track) static KEEP_ALIVE_ACK: Rule = Rule {
    id: "keep-alive-ack",
    severity: Severity::Note,
    title: "answers that it is still there (Keep-Alive ACK)",
    why: "The acknowledgment repeats the one before, right after the other side asked whether somebody is there. The connection \
          lives.",
    cite: Cite("RFC 9293 §3.8.4, RFC 1122 §4.2.3.6"),
};

/// A segment begins behind a gap.
pub(in crate::track) static SEGMENT_MISSING: Rule = Rule {
    id: "segment-missing",
    severity: Severity::Note,
    title: "a segment before this one is missing so far (Previous segment not captured)",
    why: "The segment begins behind the highest number that was captured of its side. What lies between was lost on the way, was \
          not recorded, or comes later. Where it never comes, a further remark says so.",
    cite: Cite("RFC 9293 §3.4"),
};

/// An ACK is ahead of what was captured.
pub(in crate::track) static UNSEEN_ACKNOWLEDGED: Rule = Rule {
    id: "unseen-acknowledged",
    severity: Severity::Note,
    title: "acknowledges data that was not captured (ACKed unseen segment)",
    why: "The receiver acknowledges more than the capture shows of the sender, so that the data arrived and only the recording \
          lacks it: whoever recorded was too slow, or began too late, or the data took another way. Where frames are out of \
          order in the capture it may still come.",
    cite: Cite("RFC 9293 §3.4"),
};

/// Endpoints of an earlier connection come again.
pub(in crate::track) static PORTS_USED_AGAIN: Rule = Rule {
    id: "ports-used-again",
    severity: Severity::Note,
    title: "the same addresses and ports as in an earlier connection (Port numbers reused)",
    why: "A SYN with another number began a new connection on the endpoints of one that was captured before. A busy client runs \
          out of ports and uses them in turn, or uses a fixed one; a server that still remembers the old connection may answer \
          with a challenge ACK, or refuse.",
    cite: Cite("RFC 9293 §3.4.1, §3.6.1"),
};
