//! Captures of very many short conversations, made segment by segment.

use std::net::Ipv4Addr;

use synscope::wire::transport::TcpFlags;

const SYN: u16 = TcpFlags::SYN;
pub(crate) const ACK: u16 = TcpFlags::ACK;
pub(crate) const RST: u16 = TcpFlags::RST;
pub(crate) const FIN: u16 = TcpFlags::FIN;
pub(crate) const XMAS: u16 = TcpFlags::FIN | TcpFlags::PSH | TcpFlags::URG;

const CLIENT_ISN: u32 = 1_000_000;
const SERVER_ISN: u32 = 9_000_000;

/// An address and a port.
pub(crate) type End = (u32, u16);

/// `10.0.0.n` and so on upwards.
pub(crate) fn host(n: u32) -> u32 {
    u32::from(Ipv4Addr::new(10, 0, 0, 0)) + n
}

/// A capture of raw IP packets with times in milliseconds, put in order of time at the end.
#[derive(Default)]
pub(crate) struct Segments {
    packets: Vec<(u64, Vec<u8>)>,
    pub(crate) ttl: u8,
    /// Options of every SYN: whole words of 32 bits.
    pub(crate) syn_options: Vec<u8>,
}

impl Segments {
    pub(crate) fn new() -> Self {
        Self { packets: Vec::new(), ttl: 64, syn_options: Vec::new() }
    }

    /// One segment: its control bits, and its numbers with the length of its data.
    pub(crate) fn send(
        &mut self,
        ms: u64,
        (from, to): (End, End),
        flags: u16,
        (seq, ack, data): (u32, u32, usize),
    ) {
        let options = if flags == SYN { self.syn_options.clone() } else { Vec::new() };
        let length = u16::try_from(40 + options.len() + data).unwrap();
        let offset = u8::try_from(5 + options.len() / 4).unwrap() << 4;
        let identification = u16::try_from(self.packets.len() % 65_536).unwrap();
        let mut packet = vec![0x45, 0];
        packet.extend(length.to_be_bytes());
        packet.extend(identification.to_be_bytes());
        packet.extend([0x40, 0, self.ttl, 6, 0, 0]);
        packet.extend(from.0.to_be_bytes());
        packet.extend(to.0.to_be_bytes());
        packet.extend(from.1.to_be_bytes());
        packet.extend(to.1.to_be_bytes());
        packet.extend(seq.to_be_bytes());
        packet.extend(if flags & ACK == 0 { 0 } else { ack }.to_be_bytes());
        packet.extend([offset, u8::try_from(flags).unwrap(), 0xfa, 0xf0, 0, 0, 0, 0]);
        packet.extend(options);
        packet.resize(packet.len() + data, b'x');
        self.packets.push((ms, packet));
    }

    /// A SYN, and nothing else of the client.
    pub(crate) fn syn(&mut self, ms: u64, client: End, server: End) {
        self.send(ms, (client, server), SYN, (CLIENT_ISN, 0, 0));
    }

    /// The answer to it.
    pub(crate) fn syn_ack(&mut self, ms: u64, client: End, server: End) {
        self.send(ms, (server, client), SYN | ACK, (SERVER_ISN, CLIENT_ISN + 1, 0));
    }

    /// SYN and SYN-ACK.
    pub(crate) fn half_open(&mut self, ms: u64, client: End, server: End) {
        self.syn(ms, client, server);
        self.syn_ack(ms, client, server);
    }

    /// SYN and RST.
    pub(crate) fn refused(&mut self, ms: u64, client: End, server: End) {
        self.syn(ms, client, server);
        self.send(ms, (server, client), RST | ACK, (0, CLIENT_ISN + 1, 0));
    }

    /// SYN, SYN-ACK, RST.
    pub(crate) fn dropped(&mut self, ms: u64, client: End, server: End) {
        self.half_open(ms, client, server);
        self.send(ms, (client, server), RST, (CLIENT_ISN + 1, 0, 0));
    }

    /// A connection that is opened, carries so many bytes each way and is closed.
    pub(crate) fn connection(&mut self, ms: u64, client: End, server: End, data: usize) {
        self.half_open(ms, client, server);
        let sent = u32::try_from(data).unwrap();
        let (c, s) = (CLIENT_ISN + 1, SERVER_ISN + 1);
        self.send(ms, (client, server), ACK, (c, s, 0));
        if data > 0 {
            self.send(ms, (client, server), ACK, (c, s, data));
            self.send(ms, (server, client), ACK, (s, c + sent, data));
        }
        self.send(ms, (client, server), FIN | ACK, (c + sent, s + sent, 0));
        self.send(ms, (server, client), FIN | ACK, (s + sent, c + sent + 1, 0));
        self.send(ms, (client, server), ACK, (c + sent + 1, s + sent + 1, 0));
    }

    /// A probe without SYN, and the RST of a closed port where `rejected`.
    pub(crate) fn probe(&mut self, ms: u64, (client, server): (End, End), flags: u16, rejected: bool) {
        self.send(ms, (client, server), flags, (CLIENT_ISN, 77, 0));
        if rejected && flags & ACK != 0 {
            self.send(ms, (server, client), RST, (77, 0, 0));
        } else if rejected {
            self.send(ms, (server, client), RST | ACK, (0, CLIENT_ISN + u32::from(flags & FIN != 0), 0));
        }
    }

    /// The capture, as a file.
    pub(crate) fn capture(mut self) -> Vec<u8> {
        self.packets.sort_by_key(|(ms, _)| *ms);
        let header: [u32; 6] = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 101];
        let mut file: Vec<u8> = header.iter().flat_map(|field| field.to_le_bytes()).collect();
        for (ms, packet) in &self.packets {
            let length = u32::try_from(packet.len()).unwrap();
            let seconds = u32::try_from(1_767_225_600 + ms / 1_000).unwrap();
            let micros = u32::try_from(ms % 1_000 * 1_000).unwrap();
            file.extend([seconds, micros, length, length].iter().flat_map(|field| field.to_le_bytes()));
            file.extend(packet);
        }
        file
    }
}
