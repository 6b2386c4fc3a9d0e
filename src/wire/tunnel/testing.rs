//! Packets by the byte, for the tests of tunnels.

use crate::base::LinkType;
use crate::base::convert::narrow;
use crate::explain::LayerExplanation;
use crate::wire::{Dissection, Dissector};

/// An IPv4 packet from 10.0.0.1 to 10.0.0.2.
pub(super) fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
    let header = [0x45, 0, length[0], length[1], 0, 7, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    [&header[..], payload].concat()
}

/// An IPv6 packet between two documentation addresses.
pub(super) fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let mut packet = vec![0x60, 0, 0, 0, length[0], length[1], next, 64];
    packet.extend([[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]; 2].concat());
    packet.extend(payload);
    packet
}

pub(super) fn udp(ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + payload.len()).unwrap();
    let header = [ports.0, ports.1, length, 0].map(u16::to_be_bytes).concat();
    [&header[..], payload].concat()
}

pub(super) fn ethernet(ether_type: u16, payload: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &ether_type.to_be_bytes(), payload].concat()
}

/// A SYN from port 40000 to port 80.
pub(super) fn tcp() -> Vec<u8> {
    vec![0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]
}

/// What lies in an IP packet.
pub(super) fn dissect(packet: &[u8]) -> Dissection {
    Dissector::new().dissect(LinkType::RAW, packet, narrow(packet.len()), 0)
}

/// What lies in an Ethernet frame.
pub(super) fn dissect_frame(frame: &[u8]) -> Dissection {
    Dissector::new().dissect(LinkType::ETHERNET, frame, narrow(frame.len()), 0)
}

/// The layers of an IP packet in words.
pub(super) fn explain(packet: &[u8]) -> Vec<LayerExplanation> {
    Dissector::new().explain(LinkType::RAW, packet, narrow(packet.len()), 0)
}

pub(super) fn names(dissection: &Dissection) -> Vec<&'static str> {
    dissection.layers().map(|layer| layer.protocol.name()).collect()
}
