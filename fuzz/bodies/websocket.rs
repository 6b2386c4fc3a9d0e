//! Any bytes as what both sides of a WebSocket send: however they are cut, the same messages come out.

use synscope::app::http1::{Headers, RequestHead, ResponseHead};
use synscope::app::websocket::{WebSocketStream, judge};
use synscope::app::{Decoder, Input, Item, MessageNo, Next, Outbox, StreamEnd, StreamProtocol};
use synscope::base::{Side, StreamSpan};

/// The first byte says whether messages are compressed (bit 0) and whether the beginning is missing (bit 1). Then come segments:
/// a byte whose highest bit is the sender and whose rest is the length, and the bytes; a length of 0 is a gap of 7 bytes. Panics
/// where the program would, and where pieces of one byte give other messages than whole segments.
pub(crate) fn run(bytes: &[u8]) {
    let Some((flags, bytes)) = bytes.split_first() else { return };
    let segments = segments(bytes);
    let is_whole = flags & 2 == 0 && segments.iter().all(|(_, bytes)| !bytes.is_empty());
    let decoder = || if flags & 2 == 0 { after_upgrade(flags & 1 == 1) } else { WebSocketStream.open() };
    let at_once = converse(decoder(), &segments, usize::MAX);
    for size in [1, 3] {
        let in_pieces = converse(decoder(), &segments, size);
        if is_whole {
            assert_eq!(format!("{at_once:?}"), format!("{in_pieces:?}"));
        }
    }
    for item in &at_once {
        let Item::Message(_, message) = item else { continue };
        assert!(message.span.len() >= 2, "a message has at least one header");
        let headline = message.content.headline();
        super::assert_harmless(format!("{} {}", headline.name, headline.detail).as_bytes());
        for layer in message.content.explain() {
            super::assert_harmless(layer.summary.as_bytes());
        }
        assert_eq!(message.content.facts().len(), 12);
    }
}

/// What a decoder tells of segments that are handed to it in pieces of at most `size` bytes.
pub(crate) fn converse(mut decoder: Box<dyn Decoder>, segments: &[(Side, &[u8])], size: usize) -> Vec<Item> {
    let mut outbox = Outbox::default();
    let mut lanes = [Lane::default(), Lane::default()];
    for (side, bytes) in segments {
        let lane = &mut lanes[usize::from(*side == Side::Server)];
        if bytes.is_empty() {
            lane.gap(*side, &mut *decoder, &mut outbox);
        }
        for piece in bytes.chunks(size) {
            lane.feed(*side, piece, &mut *decoder, &mut outbox);
        }
        assert!(decoder.memory() < 1 << 20, "memory stays small");
    }
    for (side, lane) in [Side::Client, Side::Server].into_iter().zip(&mut lanes) {
        let mut input = Input::final_call(&lane.unread, lane.offset);
        decoder.end(side, &mut input, StreamEnd::Fin, &mut outbox);
    }
    outbox.drain().collect()
}

/// The decoder that an accepted upgrade leads to.
pub(crate) fn after_upgrade(deflates: bool) -> Box<dyn Decoder> {
    let extensions = deflates.then_some(("Sec-WebSocket-Extensions", "permessage-deflate"));
    let headers = |own: (&str, &str)| {
        let all = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Host", "a"), own];
        let all = all.into_iter().chain(extensions);
        Headers(all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    };
    let request = RequestHead {
        method: "GET".to_owned(),
        target: "/chat".to_owned(),
        minor_version: 1,
        headers: headers(("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")),
    };
    let response = ResponseHead {
        status: 101,
        reason: String::new(),
        minor_version: 1,
        headers: headers(("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
    };
    judge(&request, Some(&response), MessageNo(0)).decoder.expect("101 leads to frames")
}

/// One side's bytes that the decoder has not taken.
#[derive(Default)]
struct Lane {
    unread: Vec<u8>,
    offset: u64,
    at_least: usize,
}

impl Lane {
    fn feed(&mut self, side: Side, bytes: &[u8], decoder: &mut dyn Decoder, outbox: &mut Outbox) {
        self.unread.extend_from_slice(bytes);
        if self.unread.len() < self.at_least {
            return;
        }
        let mut input = Input::new(&self.unread, self.offset);
        let Next::More { at_least } = decoder.feed(side, &mut input, outbox) else {
            panic!("a WebSocket waits for nobody")
        };
        let taken = input.taken();
        self.offset = input.offset();
        self.unread.drain(..taken);
        assert!(self.unread.len() < 1 << 18, "only what belongs to one header stays");
        self.at_least = at_least.max(self.unread.len() + 1);
    }

    fn gap(&mut self, side: Side, decoder: &mut dyn Decoder, outbox: &mut Outbox) {
        let unread = std::mem::take(&mut self.unread);
        let start = self.offset + u64::try_from(unread.len()).expect("small");
        let mut input = Input::final_call(&unread, self.offset);
        decoder.gap(side, &mut input, StreamSpan::new(start, start + 7), outbox);
        self.offset = start + 7;
        self.at_least = 0;
    }
}

fn segments(mut bytes: &[u8]) -> Vec<(Side, &[u8])> {
    let mut segments = Vec::new();
    while let Some((head, rest)) = bytes.split_first() {
        let side = if head & 0x80 == 0 { Side::Client } else { Side::Server };
        let (segment, rest) = rest.split_at(usize::from(head & 0x7f).min(rest.len()));
        segments.push((side, segment));
        bytes = rest;
    }
    segments
}
