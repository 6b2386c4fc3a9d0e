//! Any bytes as what two sides say to each other, HTTP or not.

use synscope::app::{Conversation, Item, Outbox, StreamEnd};
use synscope::base::{Side, StreamSpan};

/// Behind a broken head or body it is a guess which answer belongs to which request, made with what is there; how much of a broken
/// coding came out before the fault is a matter of pieces; and so is where a decoder that does not know its beginning finds its way
/// in, or goes on behind an answer that it cannot read.
const GUESSED: [&str; 6] =
    ["http-head-malformed", "http-chunks-broken", "body-coding-broken", "Guessed", "Inferred", "Unanswered"];

/// The bytes are records: one byte that says what happens, one with a length, and so many bytes. Panics where the program would,
/// and where the messages of connections without broken ones depend on how the bytes were cut. With gaps only the former.
pub(crate) fn run(bytes: &[u8]) {
    let whole = play(bytes, usize::MAX, false);
    let is_guessed =
        |lines: &[String]| lines.iter().any(|line| GUESSED.iter().any(|word| line.contains(word)));
    for piece in [1, 3, 16] {
        let cut = play(bytes, piece, false);
        if !is_guessed(&whole) && !is_guessed(&cut) {
            assert_eq!(cut, whole, "in pieces of {piece}");
        }
    }
    play(bytes, 7, true);
}

/// What comes of it.
fn play(mut bytes: &[u8], piece: usize, with_gaps: bool) -> Vec<String> {
    let (mut conversation, mut outbox) = (Conversation::new(true), Outbox::default());
    let mut places = [0_u64; 2];
    while let [kind, length, rest @ ..] = bytes {
        let (now, later) = rest.split_at(usize::from(*length).min(rest.len()));
        bytes = later;
        let side = if kind & 1 == 0 { Side::Client } else { Side::Server };
        let place = &mut places[usize::from(kind & 1)];
        if kind & 2 != 0 && with_gaps {
            let end = *place + u64::from(*length);
            conversation.gap(side, StreamSpan::new(*place, end), &mut outbox);
            *place = end;
        } else {
            for part in now.chunks(piece) {
                conversation.bytes(side, part, &mut outbox);
                *place += u64::try_from(part.len()).expect("the fuzzer's inputs are small");
            }
        }
    }
    for side in [Side::Client, Side::Server] {
        assert!(conversation.needed_from(side) <= places[usize::from(side == Side::Server)]);
        conversation.end(side, StreamEnd::Fin, &mut outbox);
    }
    // What both sides said in one breath has no order, and so a rule about who went on before the other answered none either.
    let has_place = |item: &Item| !matches!(item, Item::RuleOnMessage { .. });
    let mut told: Vec<_> = outbox.drain().filter(has_place).map(|item| line(&item)).collect();
    told.sort_by_key(|(side, _)| *side);
    told.into_iter().map(|(_, line)| line).collect()
}

/// Whose an item is, and everything that is told and shown of it but numbers.
fn line(item: &Item) -> (u8, String) {
    match item {
        Item::Message(_, message) => {
            let content = &message.content;
            let rules: Vec<_> = message.rules.iter().map(|rule| rule.id).collect();
            let shown = (content.headline(), content.remarks(), content.explain().len());
            let facts = content.facts();
            (
                u8::from(message.from == Side::Server),
                format!("{:?} {:?} {rules:?} {shown:?} {facts:?}", message.span, message.certainty),
            )
        }
        Item::Rule { rule, side, offset } => {
            (u8::from(*side == Side::Server), format!("{} {offset}", rule.id))
        }
        Item::Upgrade(upgrade) => {
            (2, format!("{} {:?} {:?}", upgrade.target, upgrade.status, upgrade.outcome))
        }
        Item::RuleOnMessage { rule, .. } => (2, rule.id.to_owned()),
        Item::Closing(_) | Item::Protocol(_) => (3, format!("{item:?}")),
    }
}
