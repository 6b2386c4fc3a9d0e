//! Any bytes, dissected and explained as a frame. The first four choose the link type, what was on the wire and what of it is
//! the check sequence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synscope::base::{ByteSpan, LinkType};
use synscope::wire::transport::SynOptions;
use synscope::wire::{Dissector, Stop};

const LINK_TYPES: [LinkType; 10] = [
    LinkType::ETHERNET,
    LinkType::RAW,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::RAW_BSD,
    LinkType::RAW_OPENBSD,
];

fn assert_inside(span: ByteSpan, frame: &[u8]) {
    assert!(
        usize::try_from(span.end()).is_ok_and(|end| end <= frame.len()),
        "{span:?} lies outside the frame"
    );
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([link, fcs, more @ ..], frame)) = bytes.split_first_chunk::<4>() else { return };
    let link_type = LINK_TYPES[usize::from(*link) % LINK_TYPES.len()];
    let wire_length =
        u32::try_from(frame.len()).unwrap_or(u32::MAX).saturating_add(u32::from(u16::from_be_bytes(*more)));
    let dissector = Dissector::new();
    let dissection = dissector.dissect(link_type, frame, wire_length, *fcs);
    let layers = dissector.explain(link_type, frame, wire_length, *fcs);
    let unreadable = usize::from(matches!(dissection.stop, Some(Stop::Cut { .. } | Stop::Malformed(_))));
    assert_eq!(layers.len(), dissection.layers().count() + unreadable, "both tiers see the same headers");
    assert_inside(dissection.payload, frame);
    assert_inside(dissection.trailer, frame);
    for span in layers.iter().flat_map(|layer| &layer.fields).filter_map(|field| field.span) {
        assert_inside(span, frame);
    }
    if let Some(tcp) = dissection.tcp {
        assert_inside(tcp.options, frame);
        assert_inside(tcp.data, frame);
        let _ = SynOptions::read(tcp.options.of(frame), true);
    }
});
