//! A flood, or its backscatter, in words.

use crate::base::convert::wide;
use crate::base::number::{counted, span};
use crate::base::{Certainty, Endpoint, Fact, Finding, grouped};
use crate::session::crowd::backscatter::Backscatter;
use crate::session::crowd::flood::Flood;
use crate::session::crowd::period::Counts;
use crate::session::crowd::rules;

/// The finding of a flood at `target`.
pub(super) fn finding(target: Endpoint, flood: &Flood, certainty: Certainty) -> Finding {
    let worst = flood.period.worst();
    let (frames, frames_left_out) = flood.evidence.frames();
    let mut sentences = vec![seen(flood, &worst), answered(flood), sources(flood), ratio(&worst)];
    sentences.extend(cookies(flood));
    sentences.push(others(&worst));
    if certainty == Certainty::Guessed {
        sentences.push(
            "The capture holds no acknowledgment of anybody: perhaps only some kinds of segments were recorded".to_owned(),
        );
    }
    sentences.push(threshold());
    Finding {
        rule: &rules::SYN_FLOOD,
        certainty,
        connection: None,
        frames,
        frames_left_out,
        title: format!("SYN flood at {target}"),
        explanation: sentences.join(". "),
        advice: advice(flood),
        facts: facts(target, flood, &worst),
    }
}

fn seen(flood: &Flood, worst: &Counts) -> String {
    let within = worst.ends.length().map(|length| format!(" within {}", span(length)));
    format!(
        "{} {} begun{} and never completed, {} in the busiest second",
        counted(worst.incomplete, "handshake"),
        if worst.incomplete == 1 { "was" } else { "were" },
        within.unwrap_or_default(),
        grouped(flood.period.peak_per_second())
    )
}

fn answered(flood: &Flood) -> String {
    let kinds = [
        (flood.half_open, "were answered with a SYN-ACK that nobody acknowledged"),
        (flood.dropped, "were answered with a SYN-ACK that was rejected with RST"),
        (flood.silent, "were not answered"),
    ];
    let told = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)));
    format!("Of all these, {}", told.collect::<Vec<_>>().join(", "))
}

fn sources(flood: &Flood) -> String {
    let one_make =
        if flood.is_of_one_make() { ", all with the same time to live, window and options" } else { "" };
    let count = flood.sources.count();
    let each = match flood.incomplete().div_ceil(count.max(1)) {
        _ if count == 1 => return format!("They came from one address{one_make}"),
        _ if flood.looks_forged() => ", hardly any of them twice: the addresses look forged".to_owned(),
        _ if flood.comes_once_from_each() => {
            ", hardly any of them twice: the addresses may be forged".to_owned()
        }
        each => format!(", up to about {} from each", grouped(each)),
    };
    format!("They came from {} addresses{one_make}{each}", flood.sources.words())
}

fn ratio(worst: &Counts) -> String {
    format!(
        "At that time there were {} and {}, repeats included, and {}",
        counted(worst.syns, "SYN"),
        counted(worst.syn_acks, "SYN-ACK"),
        counted(worst.opened, "completed handshake")
    )
}

/// What the SYN-ACKs say of the server's memory.
fn cookies(flood: &Flood) -> Option<String> {
    if flood.sent_again > 0 {
        let queued = format!(
            "The server repeated its SYN-ACK for {} of them: each takes a place in its queue",
            grouped(flood.sent_again)
        );
        let rest = flood.uses_cookies().then(|| {
            format!(
                ". It repeated none for {} others that were watched for 3 s or longer: it looks like SYN cookies are in use for these, \
                 which keep nothing to repeat",
                grouped(flood.not_repeated)
            )
        });
        return Some(queued + &rest.unwrap_or_default());
    }
    (flood.watched > 0 && flood.watched * 2 >= flood.half_open).then(|| {
        format!(
            "None of {} SYN-ACKs that were watched for 3 s or longer came again: the server may use SYN cookies, which keep nothing to \
             repeat",
            grouped(flood.watched)
        )
    })
}

fn others(worst: &Counts) -> String {
    match (worst.opened, worst.waiting) {
        (0, 0) => "Nobody else is seen to have tried at that time".to_owned(),
        (0, waiting) => format!("{} that looked real did not get through", counted(waiting, "other attempt")),
        (opened, 0) => format!("{} was opened there in spite of it", counted(opened, "connection"))
            .replace("s was", "s were"),
        (opened, waiting) => format!(
            "{} got through at that time, {} that looked real did not",
            counted(opened, "connection"),
            counted(waiting, "attempt")
        ),
    }
}

fn threshold() -> String {
    format!(
        "It counts as a flood because at least {} handshakes within {} stayed incomplete, that is one in {} attempts or more, and they came \
         from {} addresses or more, or were answered",
        Flood::THRESHOLD,
        span(Flood::WITHIN),
        Flood::SHARE,
        Flood::SOURCES
    )
}

fn advice(flood: &Flood) -> String {
    let filter = if flood.comes_once_from_each() || flood.sources.count() > Flood::SOURCES {
        "filtering by source address does not help where addresses are forged: ask whoever is upstream to filter"
    } else {
        "block or limit the few sources"
    };
    let cookies = if flood.uses_cookies() {
        "SYN cookies seem to be in use already, which is the right defence: see that they stay on (Linux: net.ipv4.tcp_syncookies = 1)"
    } else {
        "Let the server use SYN cookies (Linux: net.ipv4.tcp_syncookies = 1) and keep its queue of half-open connections long enough"
    };
    format!("{cookies}; {filter}")
}

fn facts(target: Endpoint, flood: &Flood, worst: &Counts) -> Vec<(&'static str, Fact)> {
    let mut facts = vec![
        ("target", Fact::Text(target.to_string())),
        ("incomplete", Fact::Number(flood.incomplete())),
        ("half_open", Fact::Number(flood.half_open)),
        ("rejected", Fact::Number(flood.dropped)),
        ("unanswered", Fact::Number(flood.silent)),
        ("sources", Fact::Number(flood.sources.count())),
        ("peak_per_second", Fact::Number(flood.period.peak_per_second())),
        ("syns", Fact::Number(worst.syns)),
        ("syn_acks", Fact::Number(worst.syn_acks)),
        ("opened", Fact::Number(worst.opened)),
        ("waiting", Fact::Number(worst.waiting)),
    ];
    if let Some((first, last)) = worst.ends.both() {
        facts.push(("first_time", Fact::Text(first.to_string())));
        facts.push(("last_time", Fact::Text(last.to_string())));
    }
    facts.push(("over_time", Fact::OverTime(flood.period.picture())));
    facts
}

/// The finding of backscatter from `sender`.
pub(super) fn backscatter(sender: Endpoint, answers: &Backscatter) -> Finding {
    let (frames, frames_left_out) = answers.evidence.frames();
    let what = match (answers.syn_acks, answers.resets) {
        (syn_acks, 0) => counted(syn_acks, "SYN-ACK"),
        (0, resets) => counted(resets, "RST"),
        (syn_acks, resets) => format!("{} and {}", counted(syn_acks, "SYN-ACK"), counted(resets, "RST")),
    };
    let explanation = format!(
        "{sender} sent {what} to {} addresses that are not seen to have asked for anything. Somebody seems to flood it with forged \
         sources, and these are its answers to them. It counts as backscatter because at least {} \
         addresses were answered within {}",
        answers.addresses.words(),
        Backscatter::THRESHOLD,
        span(Backscatter::WITHIN)
    );
    Finding {
        rule: &rules::BACKSCATTER,
        certainty: Certainty::Guessed,
        connection: None,
        frames,
        frames_left_out,
        title: format!("backscatter from {sender}"),
        explanation,
        advice: "Nothing needs to be done at the addresses that get it; if the capture holds one direction only, look at the other first"
            .to_owned(),
        facts: vec![
            ("sender", Fact::Text(sender.to_string())),
            ("addresses", Fact::Number(answers.addresses.count())),
            ("syn_acks", Fact::Number(answers.syn_acks)),
            ("resets", Fact::Number(answers.resets)),
            ("threshold", Fact::Number(wide(Backscatter::THRESHOLD))),
        ],
    }
}
