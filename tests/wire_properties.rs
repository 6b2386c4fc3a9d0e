//! Laws that reading a frame keeps for any bytes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking, also in its helpers"
)]

use proptest::prelude::*;
use synscope::base::{ByteSpan, LinkType};
use synscope::wire::transport::{SynOptions, TcpOptions};
use synscope::wire::{Dissector, MAX_LAYERS, Stop};

/// Every type that is read, and one that is not.
const LINK_TYPES: [u16; 43] = [
    0, 1, 6, 7, 9, 10, 12, 14, 18, 50, 51, 219, 100, 101, 104, 105, 107, 108, 113, 117, 119, 123, 127, 129,
    138, 147, 149, 163, 166, 182, 192, 204, 226, 228, 229, 239, 242, 253, 258, 276, 281, 284, 285,
];

/// Link headers and tunnels with which the good packets below make good frames.
const LINK_HEADERS: [(LinkType, &[u8], &[u8]); 32] = [
    (
        LinkType::ETHERNET,
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00],
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd],
    ),
    (
        LinkType::ETHERNET,
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, 0, 1, 0x81, 0x00, 0, 2, 0x08, 0x00],
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0, 200, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd],
    ),
    (
        LinkType::LINUX_SLL,
        &[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00],
        &[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x86, 0xdd],
    ),
    (
        LinkType::LINUX_SLL2,
        &[0x08, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0],
        &[0x86, 0xdd, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0],
    ),
    (LinkType::NULL, &[2, 0, 0, 0], &[30, 0, 0, 0]),
    (LinkType::LOOP, &[0, 0, 0, 2], &[0, 0, 0, 24]),
    (LinkType::RAW, &[], &[]),
    (
        LinkType::IEEE802_11,
        &[
            8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0,
            0x08, 0,
        ],
        &[
            0x88, 2, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0x80, 0, 2, 0, 0, 0,
            0, 1, 2, 0, 0, 0, 0, 3, 0, 114, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd,
        ],
    ),
    (
        LinkType::IEEE802_11_RADIOTAP,
        &[
            0, 0, 18, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 4, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0,
            0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0,
        ],
        &[
            0, 0, 16, 0, 2, 0, 0, 0x80, 4, 0, 0, 0, 0x20, 0, 0, 0, 0x88, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0,
            0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd,
        ],
    ),
    (
        LinkType::PPI,
        &[0, 0, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0],
        &[0, 1, 16, 0, 101, 0, 0, 0, 6, 0, 3, 0, 1, 2, 3, 0],
    ),
    (LinkType::CISCO_HDLC, &[0x0f, 0, 0x08, 0], &[0x8f, 0, 0x86, 0xdd]),
    (LinkType::FRAME_RELAY, &[0x18, 0x41, 3, 0xcc], &[0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 0x86, 0xdd]),
    (
        LinkType::FRAME_RELAY,
        &[0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0],
        &[0x18, 0x40, 0x41, 3, 0xcf, 0, 0x57],
    ),
    (LinkType::MULTILINK_FRAME_RELAY, &[0xc0, 7, 0x18, 0x41, 3, 0xcc], &[0xc0, 8, 0x18, 0x41, 0x86, 0xdd]),
    (LinkType::PPP, &[0xff, 3, 0, 0x21], &[0x57]),
    (LinkType::PPP_HDLC, &[0xff, 3, 0, 0x21], &[0x0f, 0, 0x86, 0xdd]),
    (
        LinkType::NFLOG,
        &[2, 0, 0, 1, 7, 0, 10, 0, b'a', b'b', 0, 0, 74, 0, 9, 0],
        &[10, 0, 0, 1, 0, 8, 0, 2, 0, 0, 0, 1, 0, 110, 0, 9],
    ),
    (
        LinkType::NETLINK,
        &[
            0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 94, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 2, 0, 0, 1, 74, 0, 9, 0,
        ],
        &[
            0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 130, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 10, 0, 0, 1, 110, 0, 10, 0,
        ],
    ),
    (
        LinkType::IPNET,
        &[1, 2, 0, 0, 0, 0, 0, 70, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[1, 26, 0, 1, 0, 0, 0, 106, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ),
    (LinkType::ARCNET, &[1, 2, 0xd4, 0, 0, 9], &[1, 2, 0xc4, 0xff, 0xff, 0xff, 0xc4, 0, 0, 9]),
    (LinkType::ARCNET_LINUX, &[1, 2, 0, 0, 0xf0], &[1, 2, 0, 0, 0xc4, 0, 0, 9]),
    (
        LinkType::TOKEN_RING,
        &[0x10, 0x40, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0],
        &[
            0x10, 0x40, 2, 0, 0, 0, 0, 1, 0x82, 0, 0, 0, 0, 2, 4, 0x30, 0, 1, 0xaa, 0xaa, 3, 0, 0, 0, 0x86,
            0xdd,
        ],
    ),
    (
        LinkType::FDDI,
        &[0x51, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0],
        &[0x51, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd],
    ),
    (
        LinkType::SUN_ATM,
        &[0x82, 0, 0, 100, 0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0],
        &[
            2, 0, 0, 100, 0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86,
            0xdd,
        ],
    ),
    (
        LinkType::DSA_TAG_EDSA,
        &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xda, 0xda, 0, 0, 0xc0, 0x10, 5, 0x39, 0x08, 0],
        &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xda, 0xda, 0, 0, 0xc0, 0x10, 5, 0x39, 0x86, 0xdd],
    ),
    (
        LinkType::ETHERNET,
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xc3, 0x50, 18, 181, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 42, 0, 2, 0, 0, 0, 0, 2, 2,
            0, 0, 0, 0, 1, 8, 0,
        ],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xc3, 0x50, 33, 24, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 42, 0, 2, 0, 0, 0, 0, 2, 2,
            0, 0, 0, 0, 1, 0x86, 0xdd,
        ],
    ),
    (
        LinkType::ETHERNET,
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xc3, 0x50, 23, 193, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 42, 0, 1, 2, 3, 0,
        ],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xc3, 0x50, 18, 182, 0, 0, 0, 0, 12, 0, 0, 2, 0, 0, 42, 0,
        ],
    ),
    (
        LinkType::ETHERNET,
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 47, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xb0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1,
        ],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 47, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0x30, 0x81, 0x88, 0x0b, 0, 72, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x57,
        ],
    ),
    (
        LinkType::ETHERNET,
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 47, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 7, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2,
            2, 0, 0, 0, 0, 1, 8, 0,
        ],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 47, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0,
            0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd,
        ],
    ),
    (
        LinkType::ETHERNET,
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0x47, 0, 1, 0, 64, 0, 1, 1, 64],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0x47, 0, 1, 1, 64, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 2, 0,
            0, 0, 0, 1, 0x86, 0xdd,
        ],
    ),
    (
        LinkType::ETHERNET,
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0x64, 0x11, 0, 0, 5, 0, 72, 0, 0x21],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0x63, 0x11, 9, 0, 0, 0, 40, 1, 1, 0, 0, 1, 3, 0, 4, 1,
            2, 3, 4,
        ],
    ),
    (
        LinkType::ETHERNET,
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xc3, 0x50, 8, 104, 0, 0, 0, 0, 0x34, 255, 0, 40, 0, 0, 0, 7, 0, 0, 0, 0x85,
            1, 16, 9, 0,
        ],
        &[
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 203, 0, 113,
            1, 203, 0, 113, 2, 0xc3, 0x50, 13, 216, 0, 0, 0, 0, 0, 1, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 1, 2, 3, 4, 5, 6,
        ],
    ),
];

/// An IPv4 packet with options and one IPv6 packet with extension headers, both with a TCP segment, an ICMP error, and a
/// neighbour solicitation.
fn packets() -> [Vec<u8>; 4] {
    let tcp = [
        0x9c, 0xb0, 0x0b, 0xb8, 0, 0, 0, 1, 0, 0, 0, 2, 0xa0, 0x12, 0xfa, 0xf0, 0, 0, 0, 0, 2, 4, 5, 0xb4, 4,
        2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8, 1, 3, 3, 7, b'h', b'i',
    ];
    let mut four =
        vec![0x47, 0, 0, 70, 0, 7, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 148, 4, 0, 0, 1, 1, 1, 0];
    four.extend(tcp);
    let mut six = vec![0x60, 0, 0, 0, 0, 66, 0, 64];
    six.extend([0x20; 32]);
    six.extend([43, 0, 5, 2, 0, 0, 1, 0, 44, 0, 4, 0, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 9]);
    six.extend(tcp);
    let mut error =
        vec![0x45, 0, 0, 56, 0, 7, 0, 0, 64, 1, 0, 0, 10, 0, 0, 9, 10, 0, 0, 1, 3, 4, 0, 0, 0, 0, 5, 0x78];
    error.extend([
        0x45, 0, 0, 60, 0, 7, 0x40, 0, 63, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x9c, 0xb0, 0, 80, 0, 0, 0, 17,
    ]);
    let mut neighbor = vec![0x60, 0, 0, 0, 0, 32, 58, 255];
    neighbor.extend([0xfe; 32]);
    neighbor.extend([135, 0, 0, 0, 0, 0, 0, 0]);
    neighbor.extend([0xfe; 16]);
    neighbor.extend([1, 1, 2, 0, 0, 0, 0, 1]);
    [four, six, error, neighbor]
}

/// Good frames of every link type with a few bytes changed, cut or padded.
fn mutated_frames() -> impl Strategy<Value = (LinkType, Vec<u8>)> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (0..LINK_HEADERS.len(), 0..4_usize, changes, 0..220_usize).prop_map(|(link, packet, changes, length)| {
        let (link_type, version_4, version_6) = LINK_HEADERS[link];
        let mut frame = if packet % 2 == 0 { version_4.to_vec() } else { version_6.to_vec() };
        frame.extend(&packets()[packet]);
        for (at, value) in changes {
            *at.get_mut(&mut frame) = value;
        }
        frame.resize(length, 0);
        (link_type, frame)
    })
}

fn inside(span: ByteSpan, frame: &[u8]) -> bool {
    usize::try_from(span.end()).unwrap() <= frame.len()
}

/// What holds for any frame, whatever its bytes.
fn assert_laws(link_type: LinkType, frame: &[u8], wire_length: u32, fcs_length: u8) {
    let dissector = Dissector::new();
    let dissection = dissector.dissect(link_type, frame, wire_length, fcs_length);
    let explained = dissector.explain(link_type, frame, wire_length, fcs_length);
    let unreadable = usize::from(matches!(dissection.stop, Some(Stop::Cut { .. } | Stop::Malformed(_))));
    let read = dissection.layers().count();
    assert_eq!(explained.len(), read + unreadable, "both tiers see the same headers");
    assert!(read <= MAX_LAYERS);
    let mut end = 0;
    for (layer, explanation) in dissection.layers().zip(&explained) {
        assert_eq!(layer.protocol.name(), explanation.protocol);
        assert_eq!(Some(layer.header), explanation.span);
        assert_eq!(layer.header.start, end, "headers follow one another without gaps");
        end = layer.header.end();
    }
    assert_eq!(dissection.payload.start, end);
    assert!(inside(dissection.payload, frame) && inside(dissection.trailer, frame));
    assert!(dissection.payload.end() <= dissection.trailer.start || dissection.payload.len == 0);
    for field in explained.iter().flat_map(|layer| &layer.fields) {
        assert!(field.span.is_some_and(|span| inside(span, frame)), "{field:?}");
        assert!(!field.text.is_empty(), "{field:?}");
    }
    for layer in &explained {
        assert!(!layer.summary.is_empty(), "{layer:?}");
    }
    if let Some(tcp) = dissection.tcp {
        assert!(inside(tcp.options, frame) && inside(tcp.data, frame));
        assert!(tcp.data.len <= tcp.data_length);
        let cut = tcp.options.end() < tcp.data.start;
        let _ = SynOptions::read(tcp.options.of(frame), cut);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_give_an_answer_inside_the_frame(
        link in 0..LINK_TYPES.len(),
        frame in prop::collection::vec(any::<u8>(), 0..200),
        wire_length in 0..400_u32,
        fcs_length in 0..8_u8,
    ) {
        assert_laws(LinkType(LINK_TYPES[link]), &frame, wire_length, fcs_length);
    }

    #[test]
    fn a_damaged_frame_gives_an_answer_inside_the_frame(
        (link_type, frame) in mutated_frames(),
        more in 0..100_u32,
        fcs_length in 0..8_u8,
    ) {
        let wire_length = u32::try_from(frame.len()).unwrap() + more;
        assert_laws(link_type, &frame, wire_length, fcs_length);
    }

    #[test]
    fn cutting_a_frame_never_changes_a_tcp_header_that_is_still_there((link_type, frame) in mutated_frames(), keep in 0..220_usize) {
        let dissector = Dissector::new();
        let wire_length = u32::try_from(frame.len()).unwrap();
        let whole = dissector.dissect(link_type, &frame, wire_length, 0).tcp;
        let kept = &frame[..keep.min(frame.len())];
        if let (Some(whole), Some(cut)) = (whole, dissector.dissect(link_type, kept, wire_length, 0).tcp) {
            prop_assert_eq!((cut.source_port, cut.destination_port, cut.seq, cut.ack), (whole.source_port, whole.destination_port, whole.seq, whole.ack));
            prop_assert_eq!(cut.sequence_length(), whole.sequence_length());
        }
    }

    #[test]
    fn walking_options_ends_and_covers_their_bytes_once(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut walk = TcpOptions::new(&bytes);
        let mut next = 0;
        for option in &mut walk {
            prop_assert_eq!(option.offset, next);
            next += option.length();
        }
        prop_assert_eq!(usize::try_from(next).unwrap() + walk.rest().len(), bytes.len());
    }
}

#[test]
fn nested_packets_end_at_the_layer_limit_with_a_note() {
    let mut frame: Vec<u8> =
        (0..40).flat_map(|_| [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]).collect();
    frame.push(0);
    let wire_length = u32::try_from(frame.len()).unwrap();
    let dissector = Dissector::new();
    let dissection = dissector.dissect(LinkType::IPV4, &frame, wire_length, 0);
    assert_eq!(dissection.stop, Some(Stop::TooDeep));
    assert_eq!(dissection.layers().count(), MAX_LAYERS);
    let layers = dissector.explain(LinkType::IPV4, &frame, wire_length, 0);
    assert!(layers[MAX_LAYERS - 1].notes.iter().any(|note| note.contains("nested")));
}

#[test]
fn a_good_packet_is_found_behind_every_link_header() {
    for (link_type, version_4, version_6) in LINK_HEADERS {
        // Those of Ethernet carry tunnels, some of which carry no packet.
        if link_type == LinkType::ETHERNET {
            continue;
        }
        for (number, packet) in packets().iter().enumerate() {
            let front = if number % 2 == 0 { version_4 } else { version_6 };
            let frame = [front, packet, &[0; 4]].concat();
            let length = u32::try_from(frame.len()).unwrap();
            let dissection = Dissector::new().dissect(link_type, &frame, length, 0);
            let names: Vec<_> = dissection.layers().map(|layer| layer.protocol.name()).collect();
            assert_eq!(dissection.tcp.is_some(), number < 2, "{link_type} {names:?} {:?}", dissection.stop);
            assert!(dissection.network.is_some(), "{link_type} {names:?}");
        }
    }
}
