//! A frame's packet in fragments (RFC 791 §3.2, RFC 8200 §4.5).

use super::frame::ETHERNET_HEADER;
use super::line::number;

const IPV4_HEADER: usize = 20;
const IPV6_HEADER: usize = 40;
/// Next Header value of a fragment header.
const FRAGMENT: u8 = 44;

/// How a packet is sent in fragments.
#[derive(Clone, Debug)]
pub(crate) struct Fragments {
    /// Bytes of data in each but the last.
    size: usize,
    /// Which are sent, from 1, and whether with other bytes; `None` for all of them in their order.
    order: Option<Vec<(usize, bool)>>,
}

impl Fragments {
    /// Reads `24` or `24:3,2,2!,1`.
    pub(crate) fn parse(word: &str, value: &str) -> Result<Self, String> {
        let (size, order) = value.split_once(':').map_or((value, None), |(size, order)| (size, Some(order)));
        let rank = |text: &str| {
            let twisted = text.strip_suffix('!');
            Ok((number(word, twisted.unwrap_or(text))?, twisted.is_some()))
        };
        let order = order.map(|order| order.split(',').map(rank).collect::<Result<_, String>>());
        Ok(Self { size: number(word, size)?, order: order.transpose()? })
    }

    /// The frames with the fragments.
    pub(crate) fn of(&self, frame: &[u8]) -> Vec<Vec<u8>> {
        let (link, packet) = frame.split_at(ETHERNET_HEADER);
        let header = if packet[0] >> 4 == 4 { IPV4_HEADER } else { IPV6_HEADER };
        let (header, data) = packet.split_at(header);
        let count = data.len().div_ceil(self.size);
        let all = || (1..=count).map(|rank| (rank, false)).collect();
        let order: Vec<(usize, bool)> = self.order.clone().unwrap_or_else(all);
        let one = |(rank, twisted): (usize, bool)| {
            let offset = (rank - 1) * self.size;
            let mut data = data[offset..data.len().min(offset + self.size)].to_vec();
            if twisted {
                data = data.iter().map(|byte| byte ^ 1).collect();
            }
            let packet = fragment(header, offset as u16, rank < count, &data);
            [link, &packet].concat()
        };
        order.into_iter().map(one).collect()
    }
}

fn fragment(header: &[u8], offset: u16, more: bool, data: &[u8]) -> Vec<u8> {
    let mut packet = header.to_vec();
    if header.len() == IPV4_HEADER {
        packet[2..4].copy_from_slice(&((IPV4_HEADER + data.len()) as u16).to_be_bytes());
        packet[6..8].copy_from_slice(&((offset / 8) | (u16::from(more) << 13)).to_be_bytes());
        packet[10..12].copy_from_slice(&[0, 0]);
        let checksum = pnet::util::checksum(&packet, 5);
        packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    } else {
        let next = std::mem::replace(&mut packet[6], FRAGMENT);
        packet[4..6].copy_from_slice(&((8 + data.len()) as u16).to_be_bytes());
        packet.extend([next, 0]);
        packet.extend((offset | u16::from(more)).to_be_bytes());
        packet.extend([0, 0, 0, 7]);
    }
    packet.extend(data);
    packet
}
