//! Frames built by another library are read with the values they were built from.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking, also in its helpers"
)]

use std::net::{Ipv4Addr, Ipv6Addr};

use pnet::packet::ethernet::{EtherTypes, MutableEthernetPacket};
use pnet::packet::ip::IpNextHeaderProtocols;
use pnet::packet::ipv4::{self, Ipv4Flags, MutableIpv4Packet};
use pnet::packet::ipv6::MutableIpv6Packet;
use pnet::packet::tcp::{self, MutableTcpPacket, TcpOption};
use pnet::packet::udp::{self, MutableUdpPacket};
use pnet::util::MacAddr;
use proptest::prelude::*;
use synscope::base::{LinkType, SeqNum};
use synscope::wire::Dissector;
use synscope::wire::transport::SynOptions;

const ETHERNET: usize = 14;
const IPV4: usize = 20;
const IPV6: usize = 40;

/// What a segment is built from.
#[derive(Clone, Debug)]
struct Segment {
    ports: (u16, u16),
    seq: u32,
    ack: u32,
    flags: u8,
    window: u16,
    mss: u16,
    scale: u8,
    data: Vec<u8>,
}

fn segments() -> impl Strategy<Value = Segment> {
    let numbers = (any::<(u16, u16)>(), any::<u32>(), any::<u32>(), any::<u8>(), any::<u16>());
    (numbers, any::<u16>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..100)).prop_map(
        |((ports, seq, ack, flags, window), mss, scale, data)| Segment {
            ports,
            seq,
            ack,
            flags,
            window,
            mss,
            scale,
            data,
        },
    )
}

fn tcp_bytes(segment: &Segment) -> Vec<u8> {
    let options = [
        TcpOption::mss(segment.mss),
        TcpOption::nop(),
        TcpOption::wscale(segment.scale),
        TcpOption::timestamp(7, 9),
        TcpOption::sack_perm(),
    ];
    let mut bytes = vec![0; 20 + 20 + segment.data.len()];
    let mut packet = MutableTcpPacket::new(&mut bytes).unwrap();
    packet.set_source(segment.ports.0);
    packet.set_destination(segment.ports.1);
    packet.set_sequence(segment.seq);
    packet.set_acknowledgement(segment.ack);
    packet.set_data_offset(10);
    packet.set_flags(segment.flags);
    packet.set_window(segment.window);
    packet.set_options(&options);
    packet.set_payload(&segment.data);
    bytes
}

fn ethernet(ether_type: pnet::packet::ethernet::EtherType, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; ETHERNET + payload.len()];
    let mut frame = MutableEthernetPacket::new(&mut bytes).unwrap();
    frame.set_source(MacAddr::new(2, 0, 0, 0, 0, 1));
    frame.set_destination(MacAddr::new(2, 0, 0, 0, 0, 2));
    frame.set_ethertype(ether_type);
    frame.set_payload(payload);
    bytes
}

fn over_ipv4(
    addresses: (Ipv4Addr, Ipv4Addr),
    protocol: pnet::packet::ip::IpNextHeaderProtocol,
    payload: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0; IPV4 + payload.len()];
    let mut packet = MutableIpv4Packet::new(&mut bytes).unwrap();
    packet.set_version(4);
    packet.set_header_length(5);
    packet.set_total_length(u16::try_from(IPV4 + payload.len()).unwrap());
    packet.set_ttl(61);
    packet.set_identification(0x1234);
    packet.set_flags(Ipv4Flags::DontFragment);
    packet.set_next_level_protocol(protocol);
    packet.set_source(addresses.0);
    packet.set_destination(addresses.1);
    packet.set_payload(payload);
    let checksum = ipv4::checksum(&packet.to_immutable());
    packet.set_checksum(checksum);
    ethernet(EtherTypes::Ipv4, &bytes)
}

fn over_ipv6(addresses: (Ipv6Addr, Ipv6Addr), payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; IPV6 + payload.len()];
    let mut packet = MutableIpv6Packet::new(&mut bytes).unwrap();
    packet.set_version(6);
    packet.set_payload_length(u16::try_from(payload.len()).unwrap());
    packet.set_next_header(IpNextHeaderProtocols::Tcp);
    packet.set_hop_limit(61);
    packet.set_source(addresses.0);
    packet.set_destination(addresses.1);
    packet.set_payload(payload);
    ethernet(EtherTypes::Ipv6, &bytes)
}

/// The frame's TCP header has the values the segment was built from; its checksum counts as right.
fn assert_reads_as(frame: &[u8], segment: &Segment) {
    let wire = u32::try_from(frame.len()).unwrap();
    let dissector = Dissector::new();
    let dissection = dissector.dissect(LinkType::ETHERNET, frame, wire, 0);
    let header = dissection.tcp.expect("a TCP header");
    assert_eq!((header.source_port, header.destination_port), segment.ports);
    assert_eq!(header.seq, SeqNum(segment.seq));
    assert_eq!(header.ack, (segment.flags & 0x10 != 0).then_some(SeqNum(segment.ack)));
    assert_eq!(header.flags.0, u16::from(segment.flags));
    assert_eq!(header.window, segment.window);
    assert_eq!(header.data.of(frame), segment.data);
    let options = SynOptions::read(header.options.of(frame), false);
    assert_eq!((options.mss, options.window_scale), (Some(segment.mss), Some(segment.scale)));
    assert_eq!((options.timestamps, options.sack_permitted, options.incomplete), (Some((7, 9)), true, false));
    let layers = dissector.explain(LinkType::ETHERNET, frame, wire, 0);
    let checksum = layers[2].fields.iter().find(|field| field.name == "checksum").unwrap();
    assert!(checksum.text.ends_with("right"), "{}", checksum.text);
}

proptest! {
    #[test]
    fn tcp_over_ipv4_reads_as_it_was_built(segment in segments(), a: u32, b: u32) {
        let addresses = (Ipv4Addr::from(a), Ipv4Addr::from(b));
        let mut bytes = tcp_bytes(&segment);
        let checksum = tcp::ipv4_checksum(&MutableTcpPacket::new(&mut bytes).unwrap().to_immutable(), &addresses.0, &addresses.1);
        MutableTcpPacket::new(&mut bytes).unwrap().set_checksum(checksum);
        let frame = over_ipv4(addresses, IpNextHeaderProtocols::Tcp, &bytes);
        assert_reads_as(&frame, &segment);
        let network = Dissector::new().dissect(LinkType::ETHERNET, &frame, 0, 0).network.unwrap();
        prop_assert_eq!(network.addresses.source, addresses.0);
        prop_assert_eq!(network.addresses.destination, addresses.1);
        prop_assert_eq!((network.ttl, network.identification, network.fragment), (61, Some(0x1234), None));
    }

    #[test]
    fn tcp_over_ipv6_reads_as_it_was_built(segment in segments(), a: u128, b: u128) {
        let addresses = (Ipv6Addr::from(a), Ipv6Addr::from(b));
        let mut bytes = tcp_bytes(&segment);
        let checksum = tcp::ipv6_checksum(&MutableTcpPacket::new(&mut bytes).unwrap().to_immutable(), &addresses.0, &addresses.1);
        MutableTcpPacket::new(&mut bytes).unwrap().set_checksum(checksum);
        assert_reads_as(&over_ipv6(addresses, &bytes), &segment);
    }

    #[test]
    fn udp_over_ipv4_reads_as_it_was_built(ports: (u16, u16), data in prop::collection::vec(any::<u8>(), 0..100)) {
        let addresses = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        let mut bytes = vec![0; 8 + data.len()];
        let length = u16::try_from(bytes.len()).unwrap();
        let mut packet = MutableUdpPacket::new(&mut bytes).unwrap();
        packet.set_source(ports.0);
        packet.set_destination(ports.1);
        packet.set_length(length);
        packet.set_payload(&data);
        let checksum = udp::ipv4_checksum(&packet.to_immutable(), &addresses.0, &addresses.1);
        packet.set_checksum(checksum);
        let frame = over_ipv4(addresses, IpNextHeaderProtocols::Udp, &bytes);
        let dissector = Dissector::new();
        let dissection = dissector.dissect(LinkType::ETHERNET, &frame, 0, 0);
        let header = dissection.udp.unwrap();
        prop_assert_eq!((header.source_port, header.destination_port), ports);
        prop_assert_eq!(dissection.payload.of(&frame), &data[..]);
        let summary = dissector.explain(LinkType::ETHERNET, &frame, 0, 0)[2].summary.clone();
        prop_assert!(summary.ends_with("checksum right") || checksum == 0, "{}", summary);
    }
}
