//! How fast WebSocket messages are decoded: unmasked, inflated, checked, digested and told. An item is a message.
//!
//! Small compressed messages cost what their Huffman tables cost: each begins a block, and the inflater builds its tables anew.

#![allow(clippy::expect_used, reason = "a measurement that cannot be prepared has failed")]

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use synscope::app::http1::{Headers, RequestHead, ResponseHead};
use synscope::app::websocket::judge;
use synscope::app::{Decoder, Input, MessageNo, Outbox};
use synscope::base::Side;

fn main() {
    divan::main();
}

/// Bytes of a segment as they come from the wire.
const SEGMENT: usize = 1_460;
/// About so many bytes are decoded in one round.
const ROUND: usize = 2 << 20;

#[divan::bench(args = [25, 1_000, 100_000], sample_count = 20)]
fn masked_text(bencher: Bencher, length: usize) {
    let text: String = "the quick brown fox jumps over the lazy dog ".chars().cycle().take(length).collect();
    decode(bencher, &frame(0x81, text.as_bytes()), length);
}

#[divan::bench(args = [25, 1_000, 100_000], sample_count = 20)]
fn masked_binary(bencher: Bencher, length: usize) {
    let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
    decode(bencher, &frame(0x82, &bytes), length);
}

#[divan::bench(args = [25, 1_000, 100_000], sample_count = 20)]
fn deflated_text(bencher: Bencher, length: usize) {
    let text: String =
        (0..).flat_map(|n: u32| n.to_string().into_bytes()).map(char::from).take(length).collect();
    let mut deflated = Vec::with_capacity(2 * length + 64);
    let mut compressor = flate2::Compress::new(flate2::Compression::default(), false);
    compressor
        .compress_vec(text.as_bytes(), &mut deflated, flate2::FlushCompress::Sync)
        .expect("memory is enough");
    deflated.truncate(deflated.len() - 4);
    decode(bencher, &frame(0xc1, &deflated), length);
}

/// Decodes this frame over and over; counts bytes of payload after inflating.
fn decode(bencher: Bencher, frame: &[u8], payload: usize) {
    let count = (ROUND / payload.max(frame.len())).max(1);
    let stream = frame.repeat(count);
    bencher
        .counter(BytesCount::new(payload * count))
        .counter(ItemsCount::new(count))
        .with_inputs(decoder)
        .bench_local_values(|mut decoder| {
            let (mut outbox, mut unread, mut offset) = (Outbox::default(), Vec::new(), 0);
            let mut told = 0;
            for segment in stream.chunks(SEGMENT) {
                unread.extend_from_slice(segment);
                let mut input = Input::new(&unread, offset);
                decoder.feed(Side::Client, &mut input, &mut outbox);
                let taken = input.taken();
                offset = input.offset();
                unread.drain(..taken);
                told += outbox.drain().count();
            }
            assert_eq!(told, count);
        });
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..126), _) => frame.push(0x80 | length),
        (_, Ok(length)) => {
            frame.push(0xfe);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(0xff);
            frame.extend(u64::try_from(payload.len()).expect("small").to_be_bytes());
        }
    }
    frame.extend(key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// A decoder behind an upgrade that granted compression without context takeover.
fn decoder() -> Box<dyn Decoder> {
    let headers = |own: (&str, &str)| {
        let extensions = ("Sec-WebSocket-Extensions", "permessage-deflate; client_no_context_takeover");
        let all = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Host", "a"), extensions, own];
        Headers(all.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    };
    let request = RequestHead {
        method: "GET".to_owned(),
        target: "/".to_owned(),
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
