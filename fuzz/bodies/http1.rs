//! Any bytes as what two sides say to each other, HTTP or not.

use synscope::app::{Conversation, Item, Outbox, StreamEnd};
use synscope::base::{Side, StreamSpan};

/// The bytes are records: one byte that says what happens, one with a length, and so many bytes. Panics where the program would,
/// and where the messages depend on how the bytes were cut. With gaps only the former.
pub(crate) fn run(bytes: &[u8]) {
    let whole = play(bytes, usize::MAX, false);
    for piece in [1, 3, 16] {
        assert_eq!(play(bytes, piece, false), whole, "in pieces of {piece}");
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
    outbox.drain().map(|item| line(&item)).collect()
}

/// Everything that is told of an item, with what is shown of it.
fn line(item: &Item) -> String {
    let Item::Message(number, message) = item else { return format!("{item:?}") };
    let content = &message.content;
    let rules: Vec<_> = message.rules.iter().map(|rule| rule.id).collect();
    let shown = (content.headline(), content.remarks(), content.explain().len());
    format!("{number:?} {:?} {:?} {rules:?} {shown:?} {:?}", message.from, message.span, content.facts())
}
