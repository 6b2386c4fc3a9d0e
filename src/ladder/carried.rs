//! What a connection carried, in sentences: who asked for what, how it ended, who spoke how often.

use crate::app::websocket::rules;
use crate::app::{Closing, UpgradeOutcome, title};
use crate::base::{Annotation, FrameNo, Rule, Severity, Side};
use crate::explain::printable;
use crate::ladder::number::{counted, grouped};
use crate::ladder::{Mark, Note};
use crate::timeline::{Carried, Dialogue, Missing, PlacedUpgrade};

/// The protocol that a connection was used for in the end, in its name for people: `WebSocket`, also where HTTP came before it.
#[must_use]
pub fn carries(carried: &Carried) -> Option<&'static str> {
    carried.protocols.last().map(|name| title(name))
}

/// Most upgrade requests, endings of WebSockets and rules that get a sentence each.
const MOST_SENTENCES: usize = 4;

/// What became of upgrade requests, and how WebSockets ended.
pub(super) fn agreements(carried: &Carried) -> Vec<Note> {
    let mut notes: Vec<_> = carried.upgrades.iter().take(MOST_SENTENCES).map(upgrade).collect();
    let more = carried.upgrades.iter().skip(MOST_SENTENCES);
    let accepted = more.clone().filter(|placed| placed.upgrade.outcome == UpgradeOutcome::Accepted).count();
    let more = u64::try_from(more.count()).unwrap_or(u64::MAX).saturating_add(carried.upgrades_left_out);
    if more > 0 {
        let text = format!("and {}, {accepted} of them accepted", counted(more, "more upgrade request"));
        notes.push(Note::marked(Mark::Aside, text));
    }
    notes.extend(carried.closings.iter().take(MOST_SENTENCES).map(closing));
    notes
}

/// What is missing of what was sent, where something is.
pub(super) fn missing(missing: Missing) -> Option<Note> {
    let of = |side: Side| {
        let bytes = missing.of(side);
        (bytes > 0).then(|| format!("{} that the {} sent", counted(bytes, "byte"), side.name()))
    };
    let said: Vec<_> = [Side::Client, Side::Server].into_iter().filter_map(of).collect();
    let text = format!("not in the capture: {}", said.join(" and "));
    (!said.is_empty()).then(|| Note::marked(Mark::Aside, text))
}

/// Who spoke how often; nothing where nobody said anything.
pub(super) fn dialogue(dialogue: &Dialogue) -> Option<Note> {
    let (client, server) = (dialogue.client_messages, dialogue.server_messages);
    if client == 0 && server == 0 {
        return None;
    }
    let count = |count| if count == 0 { "no message".to_owned() } else { counted(count, "message") };
    let unasked = match (dialogue.unasked, server) {
        (0, _) => String::new(),
        (_, 1) => ", unasked".to_owned(),
        (unasked, server) if unasked == server => ", all of them unasked".to_owned(),
        (unasked, _) => format!(", {} of them unasked", grouped(unasked)),
    };
    let server = if server == 0 { "none".to_owned() } else { grouped(server) };
    Some(Note::new(format!("the client sent {}, the server {server}{unasked}", count(client))))
}

/// Rules of which the sentence on how a WebSocket ended says as much.
const TOLD_BY_CLOSINGS: [&str; 2] = [rules::CLOSED_WITHOUT_CLOSE_FRAME.id, rules::CLIENT_CLOSED_TCP_FIRST.id];

/// Rules that fired and that no rung told of, each once with its frames.
pub(super) fn untold(carried: &Carried, told: &[(&'static Rule, FrameNo)]) -> Vec<Note> {
    let is_told = |annotation: &Annotation| {
        !carried.closings.is_empty() && TOLD_BY_CLOSINGS.contains(&annotation.rule.id)
            || told.iter().any(|(rule, frame)| rule.id == annotation.rule.id && *frame == annotation.frame)
    };
    let mut rules: Vec<(&'static Rule, Vec<FrameNo>)> = Vec::new();
    for annotation in carried.annotations.iter().filter(|annotation| !is_told(annotation)) {
        match rules.iter_mut().find(|(rule, _)| rule.id == annotation.rule.id) {
            Some((_, frames)) => frames.push(annotation.frame),
            None => rules.push((annotation.rule, vec![annotation.frame])),
        }
    }
    rules.sort_by_key(|(rule, _)| std::cmp::Reverse(rule.severity));
    let mut notes: Vec<_> = rules.into_iter().map(|(rule, frames)| fired(rule, &frames)).collect();
    notes.extend((carried.annotations_left_out > 0).then(|| {
        let more = counted(carried.annotations_left_out, "more remark");
        Note::marked(Mark::Aside, format!("{more} on what it carried, not kept"))
    }));
    notes
}

/// `upgrade of /chat to WebSocket accepted in frame 8`.
fn upgrade(placed: &PlacedUpgrade) -> Note {
    let upgrade = &placed.upgrade;
    let target = shortened(&printable(&upgrade.target));
    let reason = upgrade.reason.as_deref().map(|reason| format!(": {}", printable(reason)));
    let reason = reason.unwrap_or_default();
    let status = upgrade.status.map(|status| format!(" with {status}")).unwrap_or_default();
    let answer = placed.response_frame.map(|frame| format!(" in frame\u{a0}{frame}")).unwrap_or_default();
    let asked =
        placed.request_frame.map(|frame| format!(" (asked in frame\u{a0}{frame})")).unwrap_or_default();
    let what = format!("upgrade of {target} to WebSocket");
    match upgrade.outcome {
        UpgradeOutcome::Accepted => {
            Note::marked(Mark::Right, accepted(placed, &format!("{what} accepted{answer}")))
        }
        UpgradeOutcome::Invalid => {
            Note::marked(Mark::Wrong, format!("{what} answered wrongly{answer}{reason}"))
        }
        UpgradeOutcome::Rejected => {
            Note::marked(Mark::Fault, format!("{what} rejected{status}{answer}{reason}"))
        }
        UpgradeOutcome::Unanswered => {
            Note::marked(Mark::Fault, format!("{what} not answered{asked}{reason}"))
        }
    }
}

/// With what both sides agreed on.
fn accepted(placed: &PlacedUpgrade, what: &str) -> String {
    let upgrade = &placed.upgrade;
    let mut parts = vec![what.to_owned()];
    let chosen = |name: &str, value: &str| format!("{name} {}", shortened(&printable(value)));
    parts.extend(upgrade.subprotocol.as_deref().map(|value| chosen("subprotocol", value)));
    parts.extend(upgrade.extensions.as_deref().map(|value| chosen("extension", value)));
    parts.join(" · ")
}

/// Without a Close frame the applications learn only that it is over (RFC 6455 §7.1.5).
fn closing(closing: &Closing) -> Note {
    let mark = if closing.code.is_none() && !closing.answered { Mark::Fault } else { Mark::Plain };
    Note::marked(mark, format!("WebSocket: {}", printable(&closing.verdict)))
}

/// `text is not UTF-8 (frames 12 and 15)`.
fn fired(rule: &'static Rule, frames: &[FrameNo]) -> Note {
    let mark = match rule.severity {
        Severity::Error => Mark::Fault,
        Severity::Warning => Mark::Plain,
        Severity::Note => Mark::Aside,
    };
    let place = match frames {
        [] => String::new(),
        [frame] => format!(" (frame\u{a0}{frame})"),
        [first, second] => format!(" (frames\u{a0}{first} and {second})"),
        [first, ..] => {
            let times = u64::try_from(frames.len()).unwrap_or(u64::MAX);
            format!(" ({} times, first in frame\u{a0}{first})", grouped(times))
        }
    };
    Note::marked(mark, format!("{}{place}", rule.title))
}

fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::sample_messages;
    use crate::track::rules::SYN_SENT_AGAIN as RULE;

    fn upgraded(outcome: UpgradeOutcome) -> Note {
        let upgrade = sample_messages::upgrade(outcome);
        super::upgrade(&PlacedUpgrade {
            upgrade,
            request_frame: Some(FrameNo(4)),
            response_frame: Some(FrameNo(6)),
        })
    }

    #[test]
    fn an_upgrade_says_what_came_of_it_and_why() {
        let accepted = upgraded(UpgradeOutcome::Accepted);
        assert_eq!(accepted.text, "upgrade of /chat?room=1 to WebSocket accepted in frame\u{a0}6");
        assert_eq!(accepted.mark, Mark::Right);
        let rejected = upgraded(UpgradeOutcome::Rejected);
        assert_eq!(
            rejected.text,
            "upgrade of /chat?room=1 to WebSocket rejected with 403 in frame\u{a0}6: the server said no\\u{7}"
        );
        assert_eq!(rejected.mark, Mark::Fault);
    }

    #[test]
    fn who_spoke_how_often_is_one_sentence() {
        let said = |client_messages, server_messages, unasked| {
            let told = Dialogue { client_messages, server_messages, unasked, turns: Vec::new() };
            dialogue(&told).map(|note| note.text).unwrap_or_default()
        };
        assert_eq!(said(12, 14, 3), "the client sent 12 messages, the server 14, 3 of them unasked");
        assert_eq!(said(1, 1, 1), "the client sent 1 message, the server 1, unasked");
        assert_eq!(said(0, 7, 7), "the client sent no message, the server 7, all of them unasked");
        assert_eq!(said(2, 0, 0), "the client sent 2 messages, the server none");
        assert_eq!(said(0, 0, 0), "");
    }

    #[test]
    fn rules_that_no_rung_told_of_are_said_once_with_their_frames() {
        let fired = |frame| Annotation { rule: &RULE, frame: FrameNo(frame), about: None };
        let carried = Carried { annotations: vec![fired(5), fired(7), fired(9)], ..Carried::default() };
        let texts = |told: &[_]| untold(&carried, told).into_iter().map(|note| note.text).collect::<Vec<_>>();
        assert_eq!(texts(&[]), [format!("{} (3 times, first in frame\u{a0}5)", RULE.title)]);
        assert_eq!(texts(&[(&RULE, FrameNo(5))]), [format!("{} (frames\u{a0}7 and 9)", RULE.title)]);
    }

    #[test]
    fn what_was_carried_in_the_end_names_the_connection() {
        let carried = Carried { protocols: vec!["http1", "websocket"], ..Carried::default() };
        assert_eq!(carries(&carried), Some("WebSocket"));
        assert_eq!(carries(&Carried::default()), None);
    }

    #[test]
    fn how_a_websocket_ended_is_told_to_the_last_word() {
        let mut carried = sample_messages::websocket().carried;
        carried.closings[0].verdict = format!("{}the end", "a long way to ".repeat(60));
        assert!(agreements(&carried).last().unwrap().text.ends_with("a long way to the end"));
    }

    #[test]
    fn how_a_websocket_ended_is_told_once() {
        let mut carried = sample_messages::websocket().carried;
        let rule = &rules::CLIENT_CLOSED_TCP_FIRST;
        carried.annotations = vec![Annotation { rule, frame: FrameNo(21), about: None }];
        assert_eq!(untold(&carried, &[]), []);
        carried.closings.clear();
        assert_eq!(untold(&carried, &[]).len(), 1);
    }
}
