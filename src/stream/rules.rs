//! What can be pointed out on the bytes of one side.

use crate::base::{Cite, Rule, Severity};

/// All of them.
pub static RULES: &[&Rule] = &[
    &DATA_NOT_CAPTURED,
    &DATA_LOST,
    &DATA_CUT_OFF,
    &GAP_GIVEN_UP,
    &OVERLAP_CONFLICT,
    &DATA_BEFORE_BEGINNING,
    &DATA_AFTER_FIN,
    &DATA_OUT_OF_RANGE,
];

/// Acknowledged bytes are not in the capture.
pub static DATA_NOT_CAPTURED: Rule = Rule {
    id: "data-not-captured",
    severity: Severity::Note,
    title: "bytes are missing in the capture although they arrived",
    why: "The other side acknowledged bytes that no captured frame carries: whoever recorded was too slow, or the frames took another \
          way. The connection itself lost nothing. What the missing bytes said cannot be shown; reading goes on behind them. Before \
          this is said, one second of capture time or 64 segments are waited, for the capture itself may be out of order.",
    cite: Cite("RFC 9293 §3.4"),
};

/// Unacknowledged bytes are not in the capture.
pub static DATA_LOST: Rule = Rule {
    id: "data-lost",
    severity: Severity::Warning,
    title: "bytes are missing that nobody acknowledged",
    why: "Later bytes were seen, but those before them neither came nor were acknowledged up to the end of the connection or of the \
          capture: they were lost on the way and not sent again, since the connection broke or the capture stopped before the sender \
          tried. Where the other direction is not in the capture at all nobody can tell: they may have arrived.",
    cite: Cite("RFC 9293 §3.8.1"),
};

/// The snap length cut data off.
pub static DATA_CUT_OFF: Rule = Rule {
    id: "data-cut-off",
    severity: Severity::Note,
    title: "bytes were cut off by the snap length",
    why: "The recording kept only the beginning of each frame, so the end of this segment's data is not in the file, and no message that \
          reaches into it can be read to its end. Record again with a larger snap length (tcpdump -s 0). Said on the first such frame of \
          a side only, since usually many frames follow that are cut at the same length.",
    cite: Cite("RFC 9293 §3.1"),
};

/// Too much waited behind a gap.
pub static GAP_GIVEN_UP: Rule = Rule {
    id: "gap-given-up",
    severity: Severity::Warning,
    title: "missing bytes were not waited for any longer",
    why: "More bytes came behind a gap than are kept for one side (4 MiB, or 8,192 pieces). Reading went on behind the gap; if the \
          missing bytes come later they are not used. A lossy capture without acknowledgments looks like this, and so does somebody \
          who sends scattered segments on purpose.",
    cite: Cite("RFC 9293 §3.10.7.4"),
};

/// The same bytes came twice with different content.
pub static OVERLAP_CONFLICT: Rule = Rule {
    id: "overlap-conflict",
    severity: Severity::Warning,
    title: "the same bytes were sent twice with different content",
    why: "A segment brings bytes that an earlier one brought already, and they differ. TCP sends the same bytes again, so one of the two \
          was damaged (look for a wrong checksum), changed by a middlebox, or forged: to slip bytes past whoever reads along is an old \
          trick, since receivers differ in which version they keep. What came first is shown here.",
    cite: Cite("RFC 9293 §3.10.7.4, RFC 5961 §5"),
};

/// Data lies before the first byte that was told.
pub static DATA_BEFORE_BEGINNING: Rule = Rule {
    id: "data-before-beginning",
    severity: Severity::Note,
    title: "bytes came that lie before the first one in the capture",
    why: "The capture began in the middle of the connection, so its first bytes were taken for the beginning. These lie before them: \
          frames were recorded out of order, or old bytes were sent again. They are not shown. Said once for a side.",
    cite: Cite("RFC 9293 §3.4"),
};

/// Data lies behind the FIN.
pub static DATA_AFTER_FIN: Rule = Rule {
    id: "data-after-fin",
    severity: Severity::Warning,
    title: "bytes were sent behind the end of the stream",
    why: "A FIN says that its sender has no more to send, but this segment carries bytes with higher numbers. They are not used. Either \
          the FIN or the data is forged, or the sender's TCP is broken. Said once for a side.",
    cite: Cite("RFC 9293 §3.6"),
};

/// Data lies outside any window.
pub static DATA_OUT_OF_RANGE: Rule = Rule {
    id: "data-out-of-range",
    severity: Severity::Warning,
    title: "a sequence number lies outside any possible window",
    why: "It lies more than 1 GiB, the largest window there is, before or behind the bytes that are due. No receiver takes such a \
          segment, so its data is not used. It is forged, damaged, or left over from an older connection on the same ports; or more \
          than 1 GiB is missing in the capture. Said once for a side.",
    cite: Cite("RFC 7323 §2.3, RFC 9293 §3.4"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_name_and_says_why_and_where() {
        for (n, rule) in RULES.iter().enumerate() {
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
            assert!(rule.why.len() > 40 && rule.cite.0.starts_with("RFC "), "{}", rule.id);
            assert!(!rule.title.ends_with('.'), "{}", rule.id);
            assert!(RULES.iter().skip(n + 1).all(|other| other.id != rule.id), "{} twice", rule.id);
        }
    }
}
