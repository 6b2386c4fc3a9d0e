//! One TCP segment as bytes, and what may lie around it.

/// A segment with everything that its packet says.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) from: ([u8; 4], u16),
    pub(super) to: ([u8; 4], u16),
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) flags: u8,
    pub(super) window: u16,
    pub(super) options: Vec<u8>,
    pub(super) data: Vec<u8>,
    pub(super) identification: u16,
    pub(super) ttl: u8,
}

impl Segment {
    /// TCP header and data, without a checksum.
    pub(super) fn tcp(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for port in [self.from.1, self.to.1] {
            bytes.extend(port.to_be_bytes());
        }
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.ack.to_be_bytes());
        let words = 5 + self.options.len().div_ceil(4);
        bytes.extend([u8::try_from(words).expect("options are short") << 4, self.flags]);
        bytes.extend(self.window.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(&self.options);
        bytes.resize(words * 4, 0);
        bytes.extend(&self.data);
        bytes
    }

    /// The whole packet.
    pub(super) fn packet(&self) -> Vec<u8> {
        ipv4((6, self.ttl), (self.identification, 0x4000), (self.from.0, self.to.0), &self.tcp())
    }

    /// The packet in two fragments that overlap by so many units of eight bytes.
    pub(super) fn fragments(&self, overlap: u16) -> [Vec<u8>; 2] {
        let tcp = self.tcp();
        let cut = (tcp.len() / 2).div_ceil(8).max(1);
        let start = cut.saturating_sub(usize::from(overlap));
        let (ends, head) = ((self.from.0, self.to.0), (6, self.ttl));
        let first = &tcp[..(cut * 8).min(tcp.len())];
        let rest = &tcp[(start * 8).min(tcp.len())..];
        let start = u16::try_from(start).expect("packets are small");
        [
            ipv4(head, (self.identification, 0x2000), ends, first),
            ipv4(head, (self.identification, start), ends, rest),
        ]
    }
}

/// An IPv4 packet: protocol and TTL, identification with flags and offset, addresses, and what it carries.
pub(super) fn ipv4(
    (protocol, ttl): (u8, u8),
    (identification, offset): (u16, u16),
    (from, to): ([u8; 4], [u8; 4]),
    carried: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend(u16::try_from(20 + carried.len()).expect("packets are small").to_be_bytes());
    bytes.extend(identification.to_be_bytes());
    bytes.extend(offset.to_be_bytes());
    bytes.extend([ttl, protocol, 0, 0]);
    bytes.extend(from.into_iter().chain(to));
    bytes.extend(carried);
    bytes
}

/// An ICMP error that quotes a packet.
pub(super) fn icmp(packet: &[u8], (kind, code): (u8, u8), (from, to): ([u8; 4], [u8; 4])) -> Vec<u8> {
    let mut message = vec![kind, code, 0, 0, 0, 0, 2, 64];
    message.extend(&packet[..packet.len().min(28)]);
    ipv4((1, 64), (0, 0), (from, to), &message)
}

/// An Ethernet frame with a packet, in one of a few networks.
pub(super) fn frame(packet: &[u8], network: u8) -> Vec<u8> {
    const TUNNEL: ([u8; 4], [u8; 4]) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    let plain = |packet: &[u8]| [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0], packet].concat();
    match network % 8 {
        0..=2 => plain(packet),
        tag @ 3..=4 => [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, tag, 8, 0], packet].concat(),
        5 => plain(&ipv4((4, 64), (0, 0), TUNNEL, packet)),
        6 => plain(&ipv4((47, 64), (0, 0), TUNNEL, &[&[0x20, 0, 8, 0, 0, 0, 0, network], packet].concat())),
        _ => {
            let inner = plain(packet);
            let length = u16::try_from(16 + inner.len()).expect("packets are small").to_be_bytes();
            let head = [0x30, 0x39, 0x12, 0xb5, length[0], length[1], 0, 0, 8, 0, 0, 0, 0, 0, network, 0];
            plain(&ipv4((17, 64), (0, 0), TUNNEL, &[&head[..], &inner].concat()))
        }
    }
}
