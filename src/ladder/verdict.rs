//! What came of a connection, in sentences: how it opened, how it ended.

use crate::base::{Certainty, Duration, Rule, Side};
use crate::ladder::analysis::sum_of_analysis;
use crate::ladder::number::{counted, grouped, span};
use crate::ladder::{Mark, Note, icmp, multipath, probe};
use crate::track::{CloseHow, Connection, Doubt, FinalBecause, Outcome, ScanProbe, rules};

/// Of a connection of which nothing before its RST was captured.
const LONE_RESET: &str = "a reset; what it ended is not in the capture";

/// An outcome in a word or two, for tables and counts.
#[must_use]
pub fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Established => "established",
        Outcome::SimultaneousOpen => "simultaneous open",
        Outcome::HalfOpen => "half-open",
        Outcome::NoAnswer => "no answer",
        Outcome::Refused => "refused",
        Outcome::Unreachable => "unreachable",
        Outcome::Reset => "reset",
        Outcome::Abandoned => "abandoned",
        Outcome::Undecided => "undecided",
        Outcome::NotCaptured => "no SYN seen",
    }
}

/// Whether there was a connection at all, as far as the capture tells: only then is there an end to speak of.
#[must_use]
pub fn came_to_be(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Established | Outcome::SimultaneousOpen | Outcome::NotCaptured)
}

/// What came of the attempt to open the connection, and how sure that is.
#[must_use]
pub fn verdict(connection: &Connection) -> Note {
    let mark = match connection.handshake.outcome {
        Outcome::Established | Outcome::SimultaneousOpen => Mark::Plain,
        Outcome::Undecided | Outcome::NotCaptured => Mark::Aside,
        _ => Mark::Fault,
    };
    let doubt = named_doubt(connection).or_else(|| doubt(connection).map(str::to_owned));
    let doubt = doubt.map(|doubt| format!(" ({doubt})")).unwrap_or_default();
    let itself = if is_to_itself(connection) { "; a socket connected to itself" } else { "" };
    Note::marked(mark, format!("{}{itself}{doubt}", opened(connection)))
}

/// How the connection ended and what it carried, one sentence each.
#[must_use]
pub fn closing(connection: &Connection) -> Vec<Note> {
    // Of a lone RST the verdict has said all.
    let ended = came_to_be(connection.handshake.outcome)
        && !is_lone_reset(connection)
        && connection.handshake.probe.is_none();
    let mut notes: Vec<_> = ended.then(|| ending(connection)).into_iter().collect();
    notes.extend(multipath::sentence(connection));
    notes.extend(sum_of_analysis(connection).filter(|_| ended));
    notes.extend(carried(connection));
    notes
}

/// How a connection ended that has just closed, with what it carried: known before it is final.
#[must_use]
pub fn closed(connection: &Connection) -> Vec<Note> {
    let mut notes = vec![ending(connection)];
    notes.extend(sum_of_analysis(connection));
    notes.extend(carried(connection));
    notes
}

/// What both sides sent, and what is in the capture twice; nothing where there is neither.
fn carried(connection: &Connection) -> Option<Note> {
    let mut parts = Vec::new();
    if connection.client_traffic.data_bytes > 0 || connection.server_traffic.data_bytes > 0 {
        if is_to_itself(connection) {
            parts.push(sent_to_itself(connection));
        } else {
            parts.extend([Side::Client, Side::Server].map(|side| sent(connection, side)));
        }
    }
    let twice = connection.client_traffic.duplicates.saturating_add(connection.server_traffic.duplicates);
    if twice > 0 {
        parts.push(format!("{} recorded twice", counted(twice, "frame")));
    }
    (!parts.is_empty()).then(|| Note::marked(Mark::Aside, parts.join(" · ")))
}

fn sent(connection: &Connection, side: Side) -> String {
    let (traffic, name) = (connection.traffic(side), side.name());
    if traffic.frames == 0 {
        return format!("nothing of the {name} was captured");
    }
    if traffic.data_bytes == 0 {
        return format!("the {name} sent no data");
    }
    let (bytes, frames) = (counted(traffic.data_bytes, "byte"), counted(traffic.frames, "frame"));
    let again = match connection.analysis.bytes_again(side).min(traffic.data_bytes) {
        0 => String::new(),
        again if again == traffic.data_bytes => " (all of them again)".to_owned(),
        again => format!(" ({} of them again)", grouped(again)),
    };
    format!("the {name} sent {bytes} of data{again}, {frames} in all")
}

fn sent_to_itself(connection: &Connection) -> String {
    let (client, server) = (&connection.client_traffic, &connection.server_traffic);
    format!(
        "it sent {} of data, {} in all",
        counted(client.data_bytes.saturating_add(server.data_bytes), "byte"),
        counted(client.frames.saturating_add(server.frames), "frame")
    )
}

/// Both ends are one socket: there is no other direction.
fn is_to_itself(connection: &Connection) -> bool {
    connection.client == connection.server
}

/// All that is known is a RST: its first frame ended it.
fn is_lone_reset(connection: &Connection) -> bool {
    let close = connection.close;
    connection.handshake.outcome == Outcome::NotCaptured
        && close.how == CloseHow::Reset
        && close.frame == Some(connection.first_frame)
}

/// Whether a rule fired on the connection.
fn has_fired(connection: &Connection, rule: &Rule) -> bool {
    connection.annotations.iter().any(|annotation| annotation.rule.id == rule.id)
}

/// The server sent SYN and ACK one after the other.
pub(super) fn is_split(connection: &Connection) -> bool {
    has_fired(connection, &rules::SPLIT_HANDSHAKE)
}

/// A RST says that its sender knows no such connection, and nothing of its beginning was captured.
pub(super) fn is_stray(connection: &Connection) -> bool {
    connection.handshake.outcome == Outcome::NotCaptured && has_fired(connection, &rules::STRAY_SEGMENT)
}

/// The segments look like a probe, and no connection is known that they could be of.
pub(super) fn is_none(connection: &Connection) -> bool {
    connection.handshake.outcome == Outcome::NotCaptured && connection.handshake.probe.is_some()
}

/// The side of which the capture holds no frame: nothing may be said about what it did.
fn unseen(connection: &Connection) -> Option<Side> {
    if is_to_itself(connection) {
        return None;
    }
    [Side::Client, Side::Server].into_iter().find(|side| connection.traffic(*side).frames == 0)
}

/// What to add to the outcome where the reason for the doubt has a name.
fn named_doubt(connection: &Connection) -> Option<String> {
    let how_sure = match (connection.handshake.outcome, connection.handshake.certainty) {
        (Outcome::Undecided, _) | (_, Certainty::Proven) => "",
        (_, Certainty::Inferred) => "likely: ",
        (_, Certainty::Guessed) => "a guess: ",
    };
    Some(match connection.handshake.doubt? {
        Doubt::FramesDropped(count) => {
            format!("{how_sure}{} dropped, {} may be among them", were(count), missing(connection))
        }
        Doubt::SegmentNotCaptured => {
            format!("{how_sure}segments are missing, {} may be among them", missing(connection))
        }
        Doubt::ServerStillWaits => {
            "for the client; the server repeats its SYN-ACK and may still wait for the acknowledgment, because its queue of connections \
             to be accepted (backlog) is full or the acknowledgment was lost"
                .to_owned()
        }
    })
}

/// What would change the verdict if it were there.
fn missing(connection: &Connection) -> &'static str {
    match connection.handshake.outcome {
        Outcome::HalfOpen => "the ACK",
        _ => "an answer",
    }
}

fn were(count: u64) -> String {
    format!("{} {}", counted(count, "frame"), if count == 1 { "was" } else { "were" })
}

/// What to add to the outcome where it is not proven.
fn doubt(connection: &Connection) -> Option<&'static str> {
    let silence =
        matches!(connection.handshake.outcome, Outcome::NoAnswer | Outcome::HalfOpen | Outcome::Abandoned);
    match (connection.handshake.certainty, connection.handshake.outcome) {
        (Certainty::Proven, _) | (_, Outcome::Undecided) => None,
        // Which frame acknowledges which is not to be told apart there, and does not matter.
        (_, Outcome::Established | Outcome::SimultaneousOpen | Outcome::NotCaptured)
            if is_to_itself(connection) =>
        {
            None
        }
        (_, Outcome::NotCaptured) if connection.handshake.probe.is_some() => None,
        (_, Outcome::NotCaptured) => Some("which end opened it is a guess"),
        (Certainty::Inferred, Outcome::SimultaneousOpen) if is_split(connection) => {
            Some("likely: the server's own SYN may have been under way already")
        }
        (Certainty::Inferred, Outcome::HalfOpen) if unseen(connection).is_some() => {
            Some("likely: its acknowledgment may not have been captured")
        }
        (Certainty::Inferred, _) if silence => Some("likely: the capture ends too soon to be sure"),
        (Certainty::Guessed, _) if silence => Some("a guess: answers may not have been captured"),
        (Certainty::Inferred, _) => Some(match unseen(connection) {
            Some(Side::Client) => "likely: only the server's frames were captured",
            Some(Side::Server) => "likely: only the client's frames were captured",
            None => "likely: a frame of it is missing, others prove it",
        }),
        (Certainty::Guessed, _) => Some("a guess: the capture does not prove it"),
    }
}

fn opened(connection: &Connection) -> String {
    let handshake = &connection.handshake;
    let within = handshake.connect.map(|connect| format!(" in {}", span(connect))).unwrap_or_default();
    match handshake.outcome {
        Outcome::SimultaneousOpen if is_split(connection) => format!(
            "established{within} by a split handshake: the server sent a SYN of its own instead of a SYN-ACK, which makes it like a \
             simultaneous open, but one after the other"
        ),
        Outcome::SimultaneousOpen if !is_to_itself(connection) => {
            format!("established{within} by a simultaneous open: both sides sent a SYN")
        }
        Outcome::Established if handshake.syn_count > 1 => {
            format!("established{within}, after {} SYNs", handshake.syn_count)
        }
        Outcome::Established | Outcome::SimultaneousOpen => format!("established{within}"),
        Outcome::HalfOpen if unseen(connection) == Some(Side::Client) => format!(
            "half-open: {}; nothing of the client was captured",
            repeated("the server sent a SYN-ACK", handshake.syn_ack_count, connection)
        ),
        Outcome::HalfOpen => format!(
            "half-open: {}, and the client never acknowledged it",
            repeated("the server answered with a SYN-ACK", handshake.syn_ack_count, connection)
        ),
        Outcome::NoAnswer => format!(
            "no answer: {}{}, nothing came back",
            counted(handshake.syn_count.into(), "SYN"),
            over(connection, handshake.syn_count)
        ),
        Outcome::Refused => format!(
            "refused: the server's RST acknowledges the SYN: nobody listens on port {}, or a firewall answers for it",
            connection.server.port
        ),
        Outcome::Unreachable => unreachable_sentence(connection),
        Outcome::Reset if handshake.probe == Some(ScanProbe::Syn) => format!(
            "reset: {} when the SYN-ACK came: looks like a SYN scan, or it had given up; the port is open",
            who_reset(connection)
        ),
        Outcome::Reset => format!("reset: {} before the handshake was complete", who_reset(connection)),
        Outcome::Abandoned => "abandoned: the client gave up before any SYN-ACK came".to_owned(),
        Outcome::Undecided => {
            "undecided: a SYN, but the capture lacks the other direction or ends too soon to tell".to_owned()
        }
        Outcome::NotCaptured if handshake.probe.is_some() => probe::sentence(connection),
        Outcome::NotCaptured if is_lone_reset(connection) => LONE_RESET.to_owned(),
        Outcome::NotCaptured if is_stray(connection) => {
            "open at one end at most: the other end knows no such connection, or no longer".to_owned()
        }
        Outcome::NotCaptured => "already open: its handshake is not in the capture".to_owned(),
    }
}

fn repeated(what: &str, times: u32, connection: &Connection) -> String {
    if times > 1 { format!("{what} ({times} times{})", over(connection, times)) } else { what.to_owned() }
}

fn over(connection: &Connection, times: u32) -> String {
    match lifetime(connection).filter(|_| times > 1) {
        Some(time) => format!(" over {}", span(time)),
        None => String::new(),
    }
}

fn unreachable_sentence(connection: &Connection) -> String {
    match connection.handshake.icmp {
        Some(answer) => icmp::unreachable(connection, &answer),
        None => "unreachable: an ICMP error answered the SYN".to_owned(),
    }
}

fn who_reset(connection: &Connection) -> String {
    match connection.handshake.reset {
        Some((side, frame)) => format!("the {} sent RST (frame {frame})", side.name()),
        None => "a RST came".to_owned(),
    }
}

/// Only for what became a connection: the outcome of an attempt says it all.
fn ending(connection: &Connection) -> Note {
    if is_lone_reset(connection) {
        return Note::new(LONE_RESET);
    }
    if is_to_itself(connection) {
        return ending_of_one_socket(connection);
    }
    let after = lifetime(connection).map(|time| format!(" after {}", span(time))).unwrap_or_default();
    let who = connection.close.first.map_or("one side", |side| match side {
        Side::Client => "the client",
        Side::Server => "the server",
    });
    let one_way = unseen(connection).is_some();
    let plain = |text: String| Note::new(text);
    match connection.close.how {
        CloseHow::Open if one_way => {
            plain("no end was captured; the other direction is not in this capture".to_owned())
        }
        CloseHow::Open => plain(format!("still open {}", until(connection))),
        CloseHow::HalfClosed if one_way => {
            plain(format!("{who} sent FIN{after}; the other direction is not in this capture"))
        }
        CloseHow::HalfClosed if has_fired(connection, &rules::FIN_NOT_ACKNOWLEDGED) => Note::marked(
            Mark::Fault,
            format!(
                "half closed: {who} sent FIN {} times, and it was never acknowledged: the other side is gone, or never had this connection",
                connection.close.tries
            ),
        ),
        CloseHow::HalfClosed => {
            plain(format!("half closed: {who} sent FIN, the other side still had not {}", until(connection)))
        }
        CloseHow::Fin if connection.close.simultaneous => plain(format!("both closed at once (FIN){after}")),
        CloseHow::Fin if connection.close.inferred.is_some() => {
            plain(format!("{}{after}", closed_unseen(connection, who)))
        }
        CloseHow::Fin => plain(format!("closed by {who} (FIN){after}, the other side followed")),
        CloseHow::Reset if is_stray(connection) => {
            Note::marked(Mark::Fault, format!("{who} answered with RST{after}: it knows no such connection"))
        }
        CloseHow::Reset => Note::marked(Mark::Fault, format!("cut off by {who} (RST){after}")),
        CloseHow::FinThenReset => plain(format!("closed by {who} (FIN), then ended by a RST{after}")),
    }
}

/// Both sides closed, and one FIN shows in its acknowledgment alone.
fn closed_unseen(connection: &Connection, who: &str) -> String {
    if connection.close.inferred == connection.close.first {
        format!("closed by {who} (FIN not captured, but acknowledged), the other side followed")
    } else {
        format!("closed by {who} (FIN), the other side followed (FIN not captured, but acknowledged)")
    }
}

fn ending_of_one_socket(connection: &Connection) -> Note {
    let after = lifetime(connection).map(|time| format!(" after {}", span(time))).unwrap_or_default();
    match connection.close.how {
        CloseHow::Open => Note::new(format!("still open {}", until(connection))),
        CloseHow::HalfClosed | CloseHow::Fin => Note::new(format!("closed (FIN){after}")),
        CloseHow::Reset => Note::marked(Mark::Fault, format!("cut off by a RST{after}")),
        CloseHow::FinThenReset => Note::new(format!("closed (FIN), then ended by a RST{after}")),
    }
}

/// The moment after which nothing more is known.
fn until(connection: &Connection) -> &'static str {
    match connection.final_because {
        None => "so far",
        Some(FinalBecause::Reused) => "when its ports were used for another connection",
        Some(FinalBecause::Evicted) => "when it was given up to stay within the memory bound",
        _ => "when the capture ended",
    }
}

fn lifetime(connection: &Connection) -> Option<Duration> {
    connection.first_time.zip(connection.last_time).map(|(first, last)| last.since(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FrameNo;
    use crate::ladder::sample::{Talk, chat};
    use crate::track::{RstEffect, Traffic};

    fn texts(talk: &Talk) -> Vec<String> {
        closing(&talk.connection).into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn nothing_is_said_about_a_side_that_was_not_captured() {
        let mut talk = chat();
        talk.traffic(Side::Server).frames = 0;
        talk.traffic(Side::Server).data_bytes = 0;
        talk.connection.close.how = CloseHow::HalfClosed;
        let [ending, carried] = &texts(&talk)[..] else { panic!("two sentences") };
        assert!(ending.ends_with("; the other direction is not in this capture"), "{ending}");
        assert!(carried.ends_with(" · nothing of the server was captured"), "{carried}");
        talk.connection.close.how = CloseHow::Open;
        assert!(texts(&talk)[0].starts_with("no end was captured"));
    }

    #[test]
    fn frames_recorded_twice_are_counted() {
        let mut talk = chat();
        talk.traffic(Side::Client).duplicates = 4;
        talk.traffic(Side::Server).duplicates = 5;
        assert!(texts(&talk).iter().any(|text| text.ends_with(" · 9 frames recorded twice")));
    }

    #[test]
    fn bare_acknowledgments_are_mentioned_where_there_were_some() {
        let mut talk = chat();
        let said = |talk: &Talk| talk.ladder().closing.iter().any(|note| note.text.contains("bare"));
        assert!(!said(&talk));
        talk.traffic(Side::Client).frames += 1;
        assert!(said(&talk));
        talk.traffic(Side::Client).duplicates += 1;
        assert!(!said(&talk));
    }

    #[test]
    fn a_firewall_may_refuse_too() {
        let talk = Talk::on_ipv4().syn(0, 0).ended(Outcome::Refused);
        assert!(verdict(&talk.connection).text.ends_with("port 3000, or a firewall answers for it"));
    }

    #[test]
    fn a_lone_reset_ends_what_was_not_captured() {
        let mut talk = Talk::on_ipv4().reset(0, Side::Client, RstEffect::Ends).ended(Outcome::NotCaptured);
        let close = &mut talk.connection.close;
        (close.how, close.frame) = (CloseHow::Reset, Some(FrameNo(1)));
        assert_eq!(verdict(&talk.connection).text, LONE_RESET);
        assert!(texts(&talk).is_empty());
        assert_eq!(closed(&talk.connection)[0].text, LONE_RESET);
        talk.connection.close.frame = Some(FrameNo(2));
        assert_eq!(verdict(&talk.connection).text, "already open: its handshake is not in the capture");
    }

    #[test]
    fn a_socket_connected_to_itself_lacks_no_direction() {
        let mut talk = Talk::between("127.0.0.1:5003", "127.0.0.1:5003").handshake();
        talk.connection.handshake.certainty = Certainty::Inferred;
        talk.connection.client_traffic = Traffic { frames: 7, data_bytes: 9, ..Traffic::default() };
        talk.connection.server_traffic = Traffic::default();
        assert_eq!(verdict(&talk.connection).text, "established in 0.611 ms; a socket connected to itself");
        for how in [CloseHow::Open, CloseHow::HalfClosed, CloseHow::Fin, CloseHow::Reset] {
            talk.connection.close.how = how;
            let said = texts(&talk).join("; ");
            assert!(!said.contains("client") && !said.contains("server"), "{said}");
            assert!(said.contains("it sent 9 bytes of data, 7 frames in all"), "{said}");
            assert!(!said.contains("not in this capture"), "{said}");
        }
    }

    #[test]
    fn both_may_close_at_once() {
        let mut talk = chat();
        talk.connection.close.simultaneous = true;
        assert!(texts(&talk)[0].starts_with("both closed at once (FIN) after "));
    }
}
