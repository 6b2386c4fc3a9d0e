//! Any bytes as fragments of a few packets, in any order, with any overlap, at any time.

use synscope::base::{FrameNo, LinkType, Timestamp};
use synscope::fragments::{Carrier, Packet, Reassembly};
use synscope::wire::Dissector;

/// A table may hold so much more than its bound while it takes one fragment.
const MOST_MEMORY: usize = Reassembly::MOST_MEMORY + (1 << 20);

/// Every eight bytes are one fragment. Panics where the program would, where a packet is not what its fragments say, and where
/// memory is not bounded.
pub(crate) fn run(bytes: &[u8]) {
    let dissector = Dissector::new();
    let mut fragments = Reassembly::default();
    let mut now = 0;
    let mut honest = true;
    let events: &[[u8; 8]] = bytes.as_chunks().0;
    for (number, event) in (1..).zip(events) {
        let [id, high, low, units, odd, flags, time, cut] = *event;
        now += u64::from(time) << 28;
        let offset = u16::from_be_bytes([high, low]) & 0x1fff;
        let twisted = flags & 2 != 0;
        honest &= !twisted && flags & 4 == 0;
        let length = usize::from(units) * 8 + usize::from(odd & 7);
        let more = flags & 1 != 0;
        let frame = fragment(id, (offset, more), length, twisted);
        let captured = frame.len() - usize::from(if flags & 0x10 != 0 { cut } else { 0 }).min(frame.len());
        let wire = u32::try_from(frame.len()).expect("fragments are small");
        let bytes = &frame[..captured];
        let dissection = dissector.dissect(LinkType::IPV4, bytes, wire, 0);
        let carrier = Carrier {
            number: FrameNo(number),
            time: (flags & 0x20 == 0).then_some(Timestamp(now)),
            link_type: LinkType::IPV4,
            wire_length: wire,
            bytes,
        };
        if dissection.fragment.is_none() {
            fragments.pass(carrier.time, &dissection, false);
        } else if let Some(packet) = fragments.take(&carrier, &dissection) {
            let whole = dissector.dissect_whole(&dissection, packet.whole());
            assert!(whole.fragment.is_none(), "it is whole");
            check(&packet, honest, id);
        }
        while let Some(held) = fragments.next_due() {
            assert!(held.number.0 <= number && held.dissection.tcp.is_some());
        }
        assert!(fragments.memory() <= MOST_MEMORY, "{} bytes are held", fragments.memory());
    }
    fragments.finish();
    assert_eq!(fragments.memory(), 0, "nothing is left");
    assert!(fragments.tally().sentences().count() <= 4);
}

fn check(packet: &Packet, honest: bool, id: u8) {
    let whole = packet.whole();
    let data = whole.bytes.get(20..).unwrap_or_default();
    assert!(data.len() <= usize::try_from(packet.data_length()).expect("packets are small"));
    assert!(packet.fragments.is_sorted_by_key(|carried| carried.offset));
    if honest {
        let differs = (0..).zip(data).find(|(place, byte)| **byte != octet(id, *place));
        assert_eq!(differs, None, "the bytes are those that were sent");
    }
}

/// The octet at a place of a packet, unless it is twisted: the beginning is a TCP header.
fn octet(id: u8, place: usize) -> u8 {
    match place {
        12 => 0x50,
        _ => id.wrapping_add(u8::try_from(place % 251).unwrap_or_default()),
    }
}

fn fragment(id: u8, (offset, more): (u16, bool), length: usize, twisted: bool) -> Vec<u8> {
    let total = u16::try_from(20 + length).expect("fragments are small");
    let mut frame = vec![0x45, 0];
    frame.extend(total.to_be_bytes());
    frame.extend([0, id]);
    frame.extend((offset | (u16::from(more) << 13)).to_be_bytes());
    frame.extend([64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    let from = usize::from(offset) * 8;
    frame.extend((from..from + length).map(|place| octet(id, place) ^ u8::from(twisted)));
    frame
}
