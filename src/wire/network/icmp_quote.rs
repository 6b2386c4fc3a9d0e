//! The packet that an ICMP error quotes.

use crate::base::{Addresses, SeqNum};
use crate::explain::FieldWriter;
use crate::wire::network::{IcmpError, Ipv4, Ipv6, Ipv6Extension, NetworkFact, protocol_number};
use crate::wire::{Fact, Input, Protocol, Selector};

/// Most extension headers that are followed in a quoted packet.
const MOST_EXTENSIONS: usize = 8;

/// What an error tells of the packet it is about.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    network: NetworkFact,
    /// Protocol of the payload; `None` where it is not the beginning of one.
    protocol: Option<u8>,
    /// First eight bytes of the payload, where they are there: every error quotes so many (RFC 792).
    transport: Option<[u8; 8]>,
}

/// Kind, code and MTU of an error that was read so far.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) v6: bool,
    pub(super) kind: u8,
    pub(super) code: u8,
    pub(super) mtu: Option<u32>,
}

impl Quote {
    /// Reads the quote in an error's payload.
    pub(super) fn read(payload: &[u8], v6: bool) -> Option<Self> {
        let selected_by =
            Selector::IpProtocol(if v6 { protocol_number::IPV6 } else { protocol_number::IPV4 });
        let mut input = Input {
            bytes: payload,
            offset: 0,
            declared: u32::MAX,
            selected_by,
            addresses: None,
            fragment: false,
        };
        let mut step = if v6 { Ipv6.dissect(&input) } else { Ipv4.dissect(&input) }.ok()?;
        let network = match step.fact {
            Fact::Network(network) => network,
            Fact::SourceRouted(network, last) => {
                let addresses = Addresses { destination: last.into(), ..network.addresses };
                NetworkFact { addresses, ..network }
            }
            _ => return None,
        };
        for _ in 0..MOST_EXTENSIONS {
            input.bytes = input.bytes.get(crate::base::convert::index(step.header_length)..)?;
            input.selected_by = match step.next {
                Some(next) if Ipv6Extension.announced_by().contains(&next) => next,
                _ => break,
            };
            step = Ipv6Extension.dissect(&input).ok()?;
        }
        let protocol = match step.next {
            Some(Selector::IpProtocol(number)) => Some(number),
            _ => None,
        };
        Some(Self { network, protocol, transport: input.bytes.first_chunk::<8>().copied() })
    }

    /// The error as later stages want it: `None` where it is not about a TCP segment.
    pub(super) fn error(&self, head: Head) -> Option<IcmpError> {
        let [a, b, c, d, seq @ ..] =
            self.transport.filter(|_| self.protocol == Some(protocol_number::TCP))?;
        Some(IcmpError {
            v6: head.v6,
            kind: head.kind,
            code: head.code,
            quoted: self.network.addresses,
            quoted_ports: (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])),
            quoted_seq: SeqNum(u32::from_be_bytes(seq)),
            mtu: head.mtu,
        })
    }

    /// `TCP 10.0.0.1:40112 → 10.0.0.2:80, seq 17`.
    pub(super) fn words(&self) -> String {
        let (source, destination) = (self.network.addresses.source, self.network.addresses.destination);
        let name = self.protocol.map_or_else(
            || "a later fragment".to_owned(),
            |number| {
                protocol_number::name(number).map_or_else(|| format!("protocol {number}"), str::to_owned)
            },
        );
        let Some([a, b, c, d, seq @ ..]) = self.transport else {
            return format!("{name} {source} → {destination}");
        };
        let end = |address, high, low| crate::base::Endpoint::new(address, u16::from_be_bytes([high, low]));
        match self.protocol {
            Some(protocol_number::TCP | protocol_number::UDP) => {
                let ports = format!("{name} {} → {}", end(source, a, b), end(destination, c, d));
                let is_tcp = self.protocol == Some(protocol_number::TCP);
                if is_tcp { format!("{ports}, seq {}", u32::from_be_bytes(seq)) } else { ports }
            }
            _ => format!("{name} {source} → {destination}"),
        }
    }
}

/// Adds the quoted packet as one field; the writer stands on its first byte.
pub(super) fn explain(fields: &mut FieldWriter<'_>, v6: bool) -> Option<Quote> {
    let quote = Quote::read(fields.bytes(), v6)?;
    let length = crate::base::convert::narrow(fields.bytes().len());
    fields.text("quoted packet", (0, length), |_| quote.words());
    Some(quote)
}
