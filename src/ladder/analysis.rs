//! What the analysis of a connection adds up to, in one sentence.

use crate::base::Side;
use crate::ladder::number::{counted, grouped, span};
use crate::ladder::{Mark, Note};
use crate::track::{Analysis, Connection, Label};

/// Retransmissions, losses, closed windows: how often, and for how long; `None` where there was nothing of it.
pub(super) fn sum_of_analysis(connection: &Connection) -> Option<Note> {
    let analysis = &connection.analysis;
    let count = |label| u64::from(analysis.while_exchanging(label));
    let some = |number: u64, noun: &str| (number > 0).then(|| counted(number, noun));
    let mut parts: Vec<String> = retransmissions(analysis).into_iter().collect();
    parts
        .extend(some(count(Label::OutOfOrder), "segment").map(|segments| format!("{segments} out of order")));
    parts.extend(some(count(Label::LostSegment), "gap"));
    parts.extend(some(count(Label::DuplicateAck), "duplicate ACK"));
    parts.extend(
        some(count(Label::AckLostSegment), "ACK").map(|acks| format!("{acks} of data that was not captured")),
    );
    parts.extend(some(count(Label::KeepAlive), "keep-alive"));
    parts.extend(some(count(Label::WindowFull), "full window"));
    parts.extend(closed_windows(analysis));
    (!parts.is_empty()).then(|| Note::marked(Mark::Plain, parts.join(", ")))
}

/// `3 retransmissions (1 fast)`.
fn retransmissions(analysis: &Analysis) -> Option<String> {
    let of = |label| u64::from(analysis.while_exchanging(label));
    let fast = of(Label::FastRetransmission);
    let spurious = of(Label::SpuriousRetransmission);
    let all = of(Label::Retransmission);
    let kinds: Vec<String> = [(fast, "fast"), (spurious, "spurious")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, kind)| format!("{} {kind}", grouped(number)))
        .collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    (all > 0).then(|| format!("{}{kinds}", counted(all, "retransmission")))
}

/// `the server's window was closed for 2.1 s`.
fn closed_windows(analysis: &Analysis) -> Vec<String> {
    let closed = |side| {
        let time = analysis.window_closed(side);
        (time.0 > 0).then(|| format!("the {}'s window was closed for {}", Side::name(side), span(time)))
    };
    let told: Vec<String> = [Side::Client, Side::Server].into_iter().filter_map(closed).collect();
    let zero = u64::from(analysis.while_exchanging(Label::ZeroWindow));
    if told.is_empty() && zero > 0 {
        return vec![format!("{} with a window of 0", counted(zero, "segment"))];
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Duration;
    use crate::ladder::sample::chat;

    fn analysed(labels: &[(Label, u32)], closed: Duration) -> Connection {
        let mut connection = chat().connection;
        connection.analysis = Analysis::sample(labels, closed);
        connection
    }

    #[test]
    fn a_lossy_transfer_is_one_sentence() {
        let labels = [(Label::Retransmission, 3), (Label::FastRetransmission, 1), (Label::DuplicateAck, 12)];
        let told = sum_of_analysis(&analysed(&labels, Duration(2_100_000_000))).unwrap();
        assert_eq!(
            told.text,
            "3 retransmissions (1 fast), 12 duplicate ACKs, the server's window was closed for 2.10 s"
        );
    }

    #[test]
    fn a_window_that_was_closed_for_nobody_knows_how_long_is_told_by_its_segments() {
        let told = sum_of_analysis(&analysed(&[(Label::ZeroWindow, 1)], Duration(0))).unwrap();
        assert_eq!(told.text, "1 segment with a window of 0");
    }

    #[test]
    fn nothing_is_said_where_nothing_happened() {
        assert_eq!(sum_of_analysis(&analysed(&[], Duration(0))), None);
    }
}
