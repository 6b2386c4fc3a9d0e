//! Any bytes as a compressed body.

use synscope::app::Allowance;
use synscope::app::coding::Chain;

/// Most bytes that are made of one input: a fuzzer has better things to do than to unpack bombs.
const MOST_MADE: u64 = 1 << 20;

/// The first byte chooses the codings, the rest is coded. Panics where a decoder would, where more is made than is paid for, and
/// where what is made depends on how the bytes were cut.
pub(crate) fn run(bytes: &[u8]) {
    let [choice, coded @ ..] = bytes else { return };
    let names = ["gzip", "deflate", "br", "zstd"];
    let first = names[usize::from(choice & 3)];
    let second = if choice & 4 == 0 { "identity" } else { names[usize::from(choice >> 3 & 3)] };
    let whole = decode([first, second], coded, usize::MAX);
    assert!(whole.0.len() <= usize::try_from(MOST_MADE).expect("a small number"));
    if whole.1 == Some("body-not-inflated") {
        // Where the allowance ends is a matter of pieces.
        return;
    }
    for piece in [1, 5, 100] {
        let cut = decode([first, second], coded, piece);
        if whole.1 == Some("body-coding-broken") {
            // How much came out before the fault is a matter of pieces, too.
            let shorter = cut.0.len().min(whole.0.len());
            assert!(cut.1 == whole.1 && cut.0[..shorter] == whole.0[..shorter], "in pieces of {piece}");
        } else {
            assert!(cut == whole, "in pieces of {piece}");
        }
    }
}

/// What is made, and what went wrong.
fn decode(names: [&str; 2], coded: &[u8], piece: usize) -> (Vec<u8>, Option<&'static str>) {
    let (mut chain, mut allowance) = (Chain::new(names.into_iter()), Allowance::default());
    assert!(allowance.spend((256 << 20) - MOST_MADE), "there is so much to begin with");
    let mut made = Vec::new();
    for part in coded.chunks(piece) {
        chain.push(part, &mut allowance, &mut |bytes| made.extend_from_slice(bytes));
    }
    chain.end();
    (made, chain.fault().map(|rule| rule.id))
}
