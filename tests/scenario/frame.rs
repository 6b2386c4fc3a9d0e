//! Frames from lines, made with `pnet`: a second opinion on what the headers look like, beside the reader under test.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use pnet::packet::ethernet::{EtherTypes, MutableEthernetPacket};
use pnet::packet::icmp::{IcmpCode, IcmpType, MutableIcmpPacket};
use pnet::packet::icmpv6::{Icmpv6Code, Icmpv6Type, MutableIcmpv6Packet};
use pnet::packet::ip::{IpNextHeaderProtocol, IpNextHeaderProtocols};
use pnet::packet::ipv4::{self, Ipv4Flags, MutableIpv4Packet};
use pnet::packet::ipv6::MutableIpv6Packet;
use pnet::packet::tcp::{self, MutableTcpPacket};
use pnet::packet::{icmp, icmpv6};
use pnet::util::MacAddr;

use super::ends::Ends;
use super::line::{Icmp, IpWords, Line, Segment, What};

/// Length of an Ethernet header in bytes.
pub(crate) const ETHERNET_HEADER: usize = 14;
const ETHERNET_MINIMUM: usize = 60;
const IPV4_HEADER: usize = 20;
const IPV6_HEADER: usize = 40;
const TCP_HEADER: usize = 20;
const ICMP_HEADER: usize = 8;

/// The Ethernet frame of a line. `earlier` are the IP packets of the frames before it, for ICMP errors that quote one.
pub(crate) fn build(line: &Line, ends: &Ends, earlier: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    let from = ends.address(line.from);
    let to = ends.address(line.from.other());
    // Every frame gets an identification of its own, so that none looks like a copy of another (RFC 6864 §4).
    let identification = line.ip.identification.unwrap_or(earlier.len() as u16 + 1);
    let (source, protocol, payload) = match &line.what {
        What::Segment(segment) => {
            let bytes = tcp_segment(segment, from, to, line.bad_checksum);
            (from.ip(), IpNextHeaderProtocols::Tcp, bytes)
        }
        What::Icmp(error) => {
            let source = error.router.unwrap_or(from.ip());
            let (protocol, bytes) = icmp_error(error, source, to.ip(), earlier)?;
            (source, protocol, bytes)
        }
    };
    let mut packet = ip_packet(source, to.ip(), protocol, identification, &payload)?;
    apply(line.ip, source.is_ipv4(), &mut packet);
    Ok(ethernet_frame(line, &packet, source.is_ipv4()))
}

fn tcp_segment(segment: &Segment, from: SocketAddr, to: SocketAddr, bad_checksum: bool) -> Vec<u8> {
    let options_length = segment.options.len().next_multiple_of(4);
    let header = TCP_HEADER + options_length;
    let data = segment.octets();
    let mut bytes = vec![0; header + data.len()];
    let mut packet = MutableTcpPacket::new(&mut bytes).unwrap();
    packet.set_source(from.port());
    packet.set_destination(to.port());
    packet.set_sequence(segment.seq);
    packet.set_acknowledgement(segment.ack);
    packet.set_data_offset((header / 4) as u8);
    packet.set_reserved(u8::from(segment.ae));
    packet.set_flags(segment.flags);
    packet.set_window(segment.window);
    packet.get_options_raw_mut()[..segment.options.len()].copy_from_slice(&segment.options);
    packet.set_payload(&data);
    let checksum = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => tcp::ipv4_checksum(&packet.to_immutable(), &from, &to),
        (IpAddr::V6(from), IpAddr::V6(to)) => tcp::ipv6_checksum(&packet.to_immutable(), &from, &to),
        _ => 0,
    };
    packet.set_checksum(if bad_checksum { !checksum } else { checksum });
    bytes
}

fn icmp_error(
    error: &Icmp,
    from: IpAddr,
    to: IpAddr,
    earlier: &[Vec<u8>],
) -> Result<(IpNextHeaderProtocol, Vec<u8>), String> {
    let quoted =
        error.quotes.checked_sub(1).and_then(|n| earlier.get(n)).ok_or("`quotes` names no earlier frame")?;
    // The least that every error quotes: the IP header and eight octets (RFC 792).
    let header = if from.is_ipv4() { IPV4_HEADER } else { IPV6_HEADER };
    // The second half of the header tells the MTU, where there is one (RFC 1191 §4, RFC 4443 §3.2).
    let mut bytes = vec![0; ICMP_HEADER];
    bytes[4..].copy_from_slice(&u32::from(error.mtu).to_be_bytes());
    bytes.extend(&quoted[..header + 8]);
    if let (IpAddr::V6(from), IpAddr::V6(to)) = (from, to) {
        let mut packet = MutableIcmpv6Packet::new(&mut bytes).unwrap();
        packet.set_icmpv6_type(Icmpv6Type(error.kind));
        packet.set_icmpv6_code(Icmpv6Code(error.code));
        packet.set_checksum(icmpv6::checksum(&packet.to_immutable(), &from, &to));
        return Ok((IpNextHeaderProtocols::Icmpv6, bytes));
    }
    let mut packet = MutableIcmpPacket::new(&mut bytes).unwrap();
    packet.set_icmp_type(IcmpType(error.kind));
    packet.set_icmp_code(IcmpCode(error.code));
    packet.set_checksum(icmp::checksum(&packet.to_immutable()));
    Ok((IpNextHeaderProtocols::Icmp, bytes))
}

/// What the line says of the IP header.
fn apply(words: IpWords, is_ipv4: bool, bytes: &mut [u8]) {
    if is_ipv4 {
        let mut packet = MutableIpv4Packet::new(bytes).unwrap();
        packet.set_ttl(words.ttl);
        packet.set_ecn(words.ecn);
        packet.set_checksum(ipv4::checksum(&packet.to_immutable()));
    } else {
        let mut packet = MutableIpv6Packet::new(bytes).unwrap();
        packet.set_hop_limit(words.ttl);
        packet.set_traffic_class(words.ecn);
    }
}

fn ip_packet(
    from: IpAddr,
    to: IpAddr,
    protocol: IpNextHeaderProtocol,
    identification: u16,
    payload: &[u8],
) -> Result<Vec<u8>, String> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => Ok(ipv4_packet(from, to, protocol, identification, payload)),
        (IpAddr::V6(from), IpAddr::V6(to)) => Ok(ipv6_packet(from, to, protocol, payload)),
        _ => Err(format!("{from} and {to} are not of one IP version")),
    }
}

fn ipv4_packet(
    from: Ipv4Addr,
    to: Ipv4Addr,
    protocol: IpNextHeaderProtocol,
    identification: u16,
    payload: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0; IPV4_HEADER + payload.len()];
    let mut packet = MutableIpv4Packet::new(&mut bytes).unwrap();
    packet.set_version(4);
    packet.set_header_length((IPV4_HEADER / 4) as u8);
    packet.set_total_length((IPV4_HEADER + payload.len()) as u16);
    packet.set_identification(identification);
    packet.set_flags(Ipv4Flags::DontFragment);
    packet.set_ttl(64);
    packet.set_next_level_protocol(protocol);
    packet.set_source(from);
    packet.set_destination(to);
    packet.set_payload(payload);
    packet.set_checksum(ipv4::checksum(&packet.to_immutable()));
    bytes
}

fn ipv6_packet(from: Ipv6Addr, to: Ipv6Addr, protocol: IpNextHeaderProtocol, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; IPV6_HEADER + payload.len()];
    let mut packet = MutableIpv6Packet::new(&mut bytes).unwrap();
    packet.set_version(6);
    packet.set_payload_length(payload.len() as u16);
    packet.set_next_header(protocol);
    packet.set_hop_limit(64);
    packet.set_source(from);
    packet.set_destination(to);
    packet.set_payload(payload);
    bytes
}

fn ethernet_frame(line: &Line, packet: &[u8], is_ipv4: bool) -> Vec<u8> {
    let client = MacAddr::new(2, 0, 0, 0, 0, 1);
    let server = MacAddr::new(2, 0, 0, 0, 0, 2);
    let (from, to) = if line.from.is_client { (client, server) } else { (server, client) };
    let mut bytes = vec![0; ETHERNET_HEADER + packet.len()];
    let mut frame = MutableEthernetPacket::new(&mut bytes).unwrap();
    frame.set_source(from);
    frame.set_destination(to);
    frame.set_ethertype(if is_ipv4 { EtherTypes::Ipv4 } else { EtherTypes::Ipv6 });
    frame.set_payload(packet);
    if line.padded && bytes.len() < ETHERNET_MINIMUM {
        bytes.resize(ETHERNET_MINIMUM, 0);
    }
    bytes
}
