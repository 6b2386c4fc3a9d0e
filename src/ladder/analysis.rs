//! What the analysis of a connection adds up to, in one sentence.

use crate::base::Side;
use crate::ladder::number::{counted, grouped, span};
use crate::ladder::{Mark, Note};
use crate::track::{Analysis, Connection, Word};

/// Retransmissions, losses, closed windows: how often, and for how long; `None` where there was nothing of it.
pub(super) fn sum_of_analysis(connection: &Connection) -> Option<Note> {
    let analysis = &connection.analysis;
    let count = |word| u64::from(analysis.said(word));
    let some = |number: u64, noun: &str| (number > 0).then(|| counted(number, noun));
    let mut parts: Vec<String> = retransmissions(analysis).into_iter().collect();
    let segments = |word, what: &str| some(count(word), "segment").map(|told| format!("{told} {what}"));
    parts.extend(segments(Word::OutOfOrder, "out of order"));
    parts.extend(segments(Word::FillsGap, "late"));
    parts.extend(some(count(Word::LostSegment), "gap"));
    parts.extend(some(count(Word::DuplicateAck), "duplicate ACK"));
    parts.extend(
        some(count(Word::AnswersSynAck), "answer").map(|told| format!("{told} to a repeated SYN-ACK")),
    );
    parts.extend(
        some(count(Word::DuplicateReported), "report")
            .map(|told| format!("{told} of data that came twice (D-SACK)")),
    );
    parts.extend(
        some(count(Word::AckLostSegment), "ACK").map(|acks| format!("{acks} of data that was not captured")),
    );
    parts.extend(some(count(Word::KeepAlive), "keep-alive"));
    parts.extend(some(count(Word::WindowProbe), "window probe"));
    parts.extend(some(count(Word::WindowFull), "full window"));
    parts.extend(closed_windows(analysis));
    let most = Analysis::MOST_OF_EACH;
    let shown = if analysis.is_annotated_in_part() {
        format!(" (at most {most} of each kind are marked above)")
    } else {
        String::new()
    };
    (!parts.is_empty()).then(|| Note::marked(Mark::Plain, format!("{}{shown}", parts.join(", "))))
}

/// `5 retransmissions (1 of the SYN-ACK, 1 fast)`.
fn retransmissions(analysis: &Analysis) -> Option<String> {
    let of = |word| u64::from(analysis.said(word));
    let fast = of(Word::SentAgainFast);
    let spurious = of(Word::SentAgainNeedlessly);
    let after_sack = of(Word::SentAgainAfterSack);
    let repeated = analysis.repeated();
    let control = [repeated.syns, repeated.syn_acks, repeated.fins].map(u64::from);
    let all = of(Word::SentAgain) + fast + spurious + after_sack + control.iter().sum::<u64>();
    let [syns, syn_acks, fins] = control;
    let kinds: Vec<String> = [
        (syns, "of the SYN"),
        (syn_acks, "of the SYN-ACK"),
        (fins, "of a FIN"),
        (fast, "fast"),
        (after_sack, "after a SACK"),
        (spurious, "spurious"),
    ]
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
    let zero = u64::from(analysis.said(Word::ZeroWindow));
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
    use crate::track::Repeated;

    fn analysed(said: &[(Word, u32)], closed: Duration) -> Connection {
        let mut connection = chat().connection;
        connection.analysis = Analysis::sample(said, Repeated::default(), closed);
        connection
    }

    #[test]
    fn a_lossy_transfer_is_one_sentence() {
        let said = [(Word::SentAgain, 2), (Word::SentAgainFast, 1), (Word::DuplicateAck, 12)];
        let told = sum_of_analysis(&analysed(&said, Duration(2_100_000_000))).unwrap();
        assert_eq!(
            told.text,
            "3 retransmissions (1 fast), 12 duplicate ACKs, the server's window was closed for 2.10 s (at most 2 \
             of each kind are marked above)"
        );
    }

    #[test]
    fn what_opens_and_ends_is_counted_with_the_rest_and_by_itself() {
        let mut connection = chat().connection;
        let repeated = Repeated { syns: 0, syn_acks: 5, fins: 2 };
        let said = [(Word::SentAgainAfterSack, 2), (Word::FillsGap, 1)];
        connection.analysis = Analysis::sample(&said, repeated, Duration(0));
        assert_eq!(
            sum_of_analysis(&connection).unwrap().text,
            "9 retransmissions (5 of the SYN-ACK, 2 of a FIN, 2 after a SACK), 1 segment late"
        );
    }

    #[test]
    fn a_window_that_was_closed_for_nobody_knows_how_long_is_told_by_its_segments() {
        let told = sum_of_analysis(&analysed(&[(Word::ZeroWindow, 1)], Duration(0))).unwrap();
        assert_eq!(told.text, "1 segment with a window of 0");
    }

    #[test]
    fn nothing_is_said_where_nothing_happened() {
        assert_eq!(sum_of_analysis(&analysed(&[], Duration(0))), None);
    }
}
