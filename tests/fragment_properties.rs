//! Laws of putting fragments together: their order, copies among them and where they were cut never change the packet.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use proptest::collection::vec;
use proptest::prelude::*;
use synscope::base::{FrameNo, LinkType, Timestamp};
use synscope::fragments::{Carrier, Packet, Reassembly};
use synscope::wire::{Dissection, Dissector};

const CASES: u32 = 300;
const TCP_HEADER: usize = 20;

/// A packet to be sent in fragments.
#[derive(Clone, Debug)]
struct Sent {
    is_v6: bool,
    /// TCP header and data.
    segment: Vec<u8>,
}

impl Sent {
    fn new(is_v6: bool, data: &[u8]) -> Self {
        let mut segment = vec![0x9c, 0x40, 0, 80, 0, 0, 0, 100, 0, 0, 0, 0, 0x50, 0x18, 255, 255, 0, 0, 0, 0];
        segment.extend(data);
        Self { is_v6, segment }
    }

    fn link_type(&self) -> LinkType {
        if self.is_v6 { LinkType::IPV6 } else { LinkType::IPV4 }
    }

    /// The fragment with the bytes in these units of eight; the last one reaches to the end.
    fn fragment(&self, from: usize, to: usize) -> Vec<u8> {
        let to = (to * 8).min(self.segment.len());
        let more = u16::from(to < self.segment.len());
        let data = &self.segment[from * 8..to];
        let offset = u16::try_from(from).unwrap();
        let length = u16::try_from(data.len()).unwrap();
        let mut packet = Vec::new();
        if self.is_v6 {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend((length + 8).to_be_bytes());
            packet.extend([44, 64]);
            packet.extend([0x20; 16]);
            packet.extend([0x21; 16]);
            packet.extend([6, 0]);
            packet.extend(((offset << 3) | more).to_be_bytes());
            packet.extend([0, 0, 0, 9]);
        } else {
            packet.extend([0x45, 0]);
            packet.extend((length + 20).to_be_bytes());
            packet.extend([0, 9]);
            packet.extend((offset | (more << 13)).to_be_bytes());
            packet.extend([64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        }
        packet.extend(data);
        packet
    }

    /// All fragments, cut at these places.
    fn fragments(&self, cuts: &[usize]) -> Vec<Vec<u8>> {
        let units = self.segment.len().div_ceil(8);
        let mut places: Vec<_> = cuts.iter().map(|cut| 1 + cut % (units - 1)).collect();
        places.extend([0, units]);
        places.sort_unstable();
        places.dedup();
        places.windows(2).map(|pair| self.fragment(pair[0], pair[1])).collect()
    }
}

/// What takes the fragments.
struct Table {
    dissector: Dissector,
    fragments: Reassembly,
    frames: u64,
}

impl Table {
    fn new() -> Self {
        Self { dissector: Dissector::new(), fragments: Reassembly::default(), frames: 0 }
    }

    /// Takes a frame of which so many bytes were captured.
    fn take(&mut self, sent: &Sent, frame: &[u8], captured: usize) -> Option<(Packet, Dissection)> {
        self.frames += 1;
        let wire_length = u32::try_from(frame.len()).unwrap();
        let bytes = &frame[..captured.min(frame.len())];
        let dissection = self.dissector.dissect(sent.link_type(), bytes, wire_length, 0);
        let carrier = Carrier {
            number: FrameNo(self.frames),
            time: Some(Timestamp(self.frames)),
            link_type: sent.link_type(),
            wire_length,
            bytes,
        };
        let packet = self.fragments.take(&carrier, &dissection)?;
        let whole = self.dissector.dissect_whole(&dissection, packet.whole());
        Some((packet, whole))
    }

    fn said(mut self) -> Vec<String> {
        self.fragments.finish();
        self.fragments.tally().sentences().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn any_order_and_any_copies_give_the_packet_that_was_sent(
        is_v6: bool,
        data in vec(any::<u8>(), 12..2_000),
        cuts in vec(any::<usize>(), 1..12),
        order in vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let sent = Sent::new(is_v6, &data);
        let pieces = sent.fragments(&cuts);
        let mut table = Table::new();
        let mut packets = Vec::new();
        let any_first = order.iter().map(|at| at.index(pieces.len()));
        for at in any_first.chain(0..pieces.len()) {
            packets.extend(table.take(&sent, &pieces[at], usize::MAX));
        }
        prop_assert!(!packets.is_empty());
        for (packet, dissection) in &packets {
            let tcp = dissection.tcp.unwrap();
            prop_assert_eq!(dissection.payload.of(packet.whole().bytes), &data);
            prop_assert_eq!((tcp.seq.0, tcp.data_length), (100, u32::try_from(data.len()).unwrap()));
            prop_assert!(dissection.fragment.is_none() && dissection.stop.is_none());
            let is_tiny = packet.fragments[0].length < u32::try_from(TCP_HEADER).unwrap();
            prop_assert_eq!(packet.judged(FrameNo(1), dissection).len(), usize::from(is_tiny));
        }
        prop_assert_eq!(table.said(), Vec::<String>::new());
    }

    #[test]
    fn what_the_snap_length_cut_off_is_declared_and_never_invented(
        is_v6: bool,
        data in vec(any::<u8>(), 100..2_000),
        cuts in vec(any::<usize>(), 1..6),
        snap in 80_usize..400,
    ) {
        let sent = Sent::new(is_v6, &data);
        let mut table = Table::new();
        let pieces = sent.fragments(&cuts);
        let found = pieces.iter().rev().find_map(|piece| table.take(&sent, piece, snap));
        let (packet, dissection) = found.unwrap();
        let captured = dissection.payload.of(packet.whole().bytes);
        prop_assert!(data.starts_with(captured));
        prop_assert_eq!(packet.data_length(), u32::try_from(sent.segment.len()).unwrap());
        if let Some(tcp) = dissection.tcp {
            prop_assert_eq!(tcp.data_length, u32::try_from(data.len()).unwrap());
        }
    }

    #[test]
    fn without_one_of_them_there_is_no_packet_and_the_summary_says_so(
        is_v6: bool,
        data in vec(any::<u8>(), 12..500),
        cuts in vec(any::<usize>(), 1..6),
        missing: prop::sample::Index,
    ) {
        let sent = Sent::new(is_v6, &data);
        let mut pieces = sent.fragments(&cuts);
        pieces.remove(missing.index(pieces.len()));
        let mut table = Table::new();
        let is_whole = |piece: &Vec<u8>| table.take(&sent, piece, usize::MAX).is_some();
        prop_assert!(!pieces.iter().any(is_whole));
        prop_assert_eq!(table.said().len(), usize::from(!pieces.is_empty()));
    }
}

#[test]
fn very_many_packets_that_never_end_stay_in_bounded_memory() {
    let mut table = Table::new();
    for number in 0..40_000_u32 {
        let sent = Sent::new(false, &[7; 1_400]);
        let mut frame = sent.fragment(0, 170);
        frame[4..6].copy_from_slice(&number.to_be_bytes()[2..]);
        frame[12..14].copy_from_slice(&number.to_be_bytes()[..2]);
        table.take(&sent, &frame, usize::MAX);
        while table.fragments.next_due().is_some() {}
        assert!(table.fragments.memory() <= Reassembly::MOST_MEMORY);
    }
    let said = table.said();
    assert!(said[0].contains("40,000 packets came in fragments and never completely"), "{said:?}");
    assert!(said[1].contains("given up early"), "{said:?}");
}

#[test]
fn a_packet_waits_a_minute_for_its_fragments_and_no_longer() {
    let sent = Sent::new(false, &[7; 100]);
    for (seconds, is_whole) in [(60, true), (61, false)] {
        let mut table = Table::new();
        assert!(table.take(&sent, &sent.fragment(0, 8), usize::MAX).is_none());
        let frame = sent.fragment(8, 15);
        let dissection = table.dissector.dissect(LinkType::IPV4, &frame, 76, 0);
        let carrier = Carrier {
            number: FrameNo(2),
            time: Some(Timestamp(1 + seconds * 1_000_000_000)),
            link_type: LinkType::IPV4,
            wire_length: 76,
            bytes: &frame,
        };
        assert_eq!(table.fragments.take(&carrier, &dissection).is_some(), is_whole);
        assert_eq!(table.fragments.next_due().is_some(), !is_whole, "the first one is followed alone");
    }
}
