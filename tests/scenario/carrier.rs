//! VLANs and tunnels around a frame, by the byte.

use std::net::Ipv4Addr;

use pnet::packet::ipv4::{self, Ipv4Packet};

use super::line::number;

/// Addresses that every frame begins with.
const ADDRESSES: usize = 12;

/// Something that carries a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carrier {
    Vlan(u16),
    Mpls(u32),
    Pppoe(u16),
    Gre(u32),
    Vxlan(u32),
    Geneve(u32),
    Gtp(u32),
}

impl Carrier {
    /// Reads `vlan=10`; `None` where the word is about something else.
    pub(crate) fn parse(word: &str, name: &str, value: &str) -> Result<Option<Self>, String> {
        Ok(Some(match name {
            "vlan" => Self::Vlan(number(word, value)?),
            "mpls" => Self::Mpls(number(word, value)?),
            "pppoe" => Self::Pppoe(number(word, value)?),
            "gre" => Self::Gre(number(word, value)?),
            "vxlan" => Self::Vxlan(number(word, value)?),
            "geneve" => Self::Geneve(number(word, value)?),
            "gtp" => Self::Gtp(number(word, value)?),
            _ => return Ok(None),
        }))
    }

    /// The Ethernet frame that carries this one. Tunnels run between 203.0.113.1, on the client's side, and 203.0.113.2.
    fn wrap(self, is_client: bool, frame: &[u8]) -> Vec<u8> {
        let (addresses, rest) = frame.split_at(ADDRESSES);
        let packet = &rest[2..];
        let is_ipv4 = rest[..2] == [8, 0];
        let carried = match self {
            Self::Vlan(id) => [&[0x81, 0][..], &id.to_be_bytes(), rest].concat(),
            Self::Mpls(label) => [&[0x88, 0x47][..], &(label << 12 | 0x13f).to_be_bytes(), packet].concat(),
            Self::Pppoe(session) => {
                let length = (packet.len() + 2) as u16;
                let [a, b] = session.to_be_bytes();
                let [c, d] = length.to_be_bytes();
                let protocol = if is_ipv4 { 0x21 } else { 0x57 };
                [&[0x88, 0x64, 0x11, 0, a, b, c, d, 0, protocol][..], packet].concat()
            }
            Self::Gre(key) => {
                let gre = [&[0x20, 0][..], &rest[..2], &key.to_be_bytes(), packet].concat();
                outer(is_client, 47, &gre)
            }
            Self::Vxlan(id) => datagram(is_client, 4789, &[&[8, 0, 0, 0], &(id << 8).to_be_bytes(), frame]),
            Self::Geneve(id) => {
                datagram(is_client, 6081, &[&[0, 0, 0x65, 0x58], &(id << 8).to_be_bytes(), frame])
            }
            Self::Gtp(tunnel) => {
                let length = (packet.len() as u16).to_be_bytes();
                datagram(is_client, 2152, &[&[0x30, 255], &length, &tunnel.to_be_bytes(), packet])
            }
        };
        [addresses, &carried].concat()
    }
}

/// The frame with everything around it; `carriers` are from the outside in.
pub(crate) fn wrap(carriers: &[Carrier], is_client: bool, frame: Vec<u8>) -> Vec<u8> {
    carriers.iter().rev().fold(frame, |frame, carrier| carrier.wrap(is_client, &frame))
}

fn datagram(is_client: bool, port: u16, parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    let header = [50_000, port, data.len() as u16 + 8, 0].map(u16::to_be_bytes).concat();
    outer(is_client, 17, &[header, data].concat())
}

/// EtherType and IPv4 packet.
fn outer(is_client: bool, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut ends = [Ipv4Addr::new(203, 0, 113, 1), Ipv4Addr::new(203, 0, 113, 2)];
    if !is_client {
        ends.reverse();
    }
    let length = (payload.len() as u16 + 20).to_be_bytes();
    let mut packet = vec![0x45, 0, length[0], length[1], 0, 0, 0x40, 0, 64, protocol, 0, 0];
    packet.extend(ends.iter().flat_map(Ipv4Addr::octets));
    let checksum = ipv4::checksum(&Ipv4Packet::new(&packet).unwrap()).to_be_bytes();
    packet[10..12].copy_from_slice(&checksum);
    [&[8, 0][..], &packet, payload].concat()
}
