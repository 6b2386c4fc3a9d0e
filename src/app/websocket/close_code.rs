//! What the status codes of Close frames mean (RFC 6455 §7.4, IANA registry of WebSocket close codes).

/// What a code means, in a few words.
pub(super) fn meaning(code: u16) -> &'static str {
    match code {
        1000 => "normal closure",
        1001 => "going away: a server that shuts down, a page that was left",
        1002 => "protocol error",
        1003 => "a kind of data that it cannot take",
        1004 => "reserved, without a meaning",
        1005 => "stands for a Close without a code",
        1006 => "stands for a connection that ended without a Close frame",
        1007 => "data that does not fit its kind, such as text that is not UTF-8",
        1008 => "against its policy",
        1009 => "a message too big for it",
        1010 => "the server did not grant an extension that the client needs",
        1011 => "the server met a condition that it did not expect",
        1012 => "the service restarts",
        1013 => "try again later",
        1014 => "bad gateway: the server behind it answered badly",
        1015 => "stands for a TLS handshake that failed",
        0..=999 => "not a code of WebSocket",
        1016..=2999 => "reserved for later specifications",
        3000 => "not authorized",
        3003 => "forbidden",
        3008 => "timeout",
        3001..=3999 => "registered by a library or framework",
        4000..=4999 => "private to this application",
        _ => "outside the range of codes",
    }
}

/// Whether a Close frame may carry it.
pub(super) fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_stand_for_something_else_must_not_be_sent() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, u16::MAX] {
            assert!(!may_be_sent(code), "{code}");
        }
        for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999] {
            assert!(may_be_sent(code), "{code}");
        }
    }

    #[test]
    fn the_closing_that_everyone_hopes_for_is_called_normal() {
        assert_eq!(meaning(1000), "normal closure");
    }
}
