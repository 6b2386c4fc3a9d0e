//! Teredo: IPv6 through UDP over IPv4 (RFC 4380).

use std::net::Ipv4Addr;

use crate::base::ByteSpan;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::network::protocol_number;
use crate::wire::tunnel::{Carrier, CarrierKind, inner};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// An origin indication: 8 bytes.
const ORIGIN: u32 = 8;
/// An authentication header without identifier and value: 4 bytes before them, 9 behind.
const AUTHENTICATION: (u32, u32) = (4, 9);
/// An IPv6 header: 40 bytes.
const IPV6: u32 = 40;

/// What Teredo puts before the IPv6 packet: often nothing.
pub struct Teredo;

/// The parts before the packet.
#[derive(Clone, Copy)]
struct Parts {
    /// Length of client identifier and authentication value where there is an authentication header.
    authentication: Option<(u32, u32)>,
    origin: bool,
}

impl Protocol for Teredo {
    fn name(&self) -> &'static str {
        "teredo"
    }

    fn title(&self) -> &'static str {
        "Teredo"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::UdpPort(3544)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = Parts::read(input.bytes).header_length();
        let needed = header_length + IPV6;
        if needed > input.declared {
            return Err(Stop::Foreign);
        }
        let packet = ByteSpan::new(header_length, u32::MAX).of(input.bytes);
        let is_ipv6 = packet.first().is_some_and(|first| first >> 4 == 6);
        if packet.is_empty() {
            return Err(input.cut(header_length + 1));
        }
        if !is_ipv6 || (packet.len() >= 6 && !fits(packet, input, header_length)) {
            return Err(Stop::Foreign);
        }
        Ok(Step {
            header_length,
            payload_length: input.after(header_length),
            next: Some(Selector::IpProtocol(protocol_number::IPV6)),
            fact: Fact::Carrier(Carrier { kind: CarrierKind::Teredo, id: None }),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 4380 §5.1.1");
        let parts = Parts::read(input.bytes);
        let mut words = Vec::new();
        if let Some(lengths) = parts.authentication {
            explain_authentication(&mut fields, lengths);
            words.push("authentication");
        }
        if parts.origin {
            let start = parts.header_length().saturating_sub(ORIGIN);
            explain_origin(&mut fields.part(start, ORIGIN));
            words.push("origin indication");
        }
        fields.summary(match words.as_slice() {
            [] => "IPv6 through UDP, nothing before the packet".to_owned(),
            _ => format!("IPv6 through UDP, with {}", words.join(" and ")),
        });
    }
}

impl Parts {
    fn read(bytes: &[u8]) -> Self {
        let authentication = match bytes {
            [0, 1, identifier, value, ..] => Some((u32::from(*identifier), u32::from(*value))),
            _ => None,
        };
        let before = Self { authentication, origin: false };
        let rest = ByteSpan::new(before.header_length(), u32::MAX).of(bytes);
        Self { authentication, origin: rest.starts_with(&[0, 0]) }
    }

    fn header_length(self) -> u32 {
        let authentication = self
            .authentication
            .map_or(0, |(identifier, value)| AUTHENTICATION.0 + identifier + value + AUTHENTICATION.1);
        authentication + if self.origin { ORIGIN } else { 0 }
    }
}

/// Whether the packet's length fits; of a fragmented datagram only the beginning is here.
fn fits(packet: &[u8], input: &Input<'_>, header_length: u32) -> bool {
    input.fragment || inner::looks_like_ip(packet, input.after(header_length))
}

fn explain_authentication(fields: &mut FieldWriter<'_>, (identifier, value): (u32, u32)) {
    fields.number("authentication indicator", (0, 2), |v| format!("0x{v:04x}"));
    fields.number("client identifier length", (2, 1), |v| v.to_string());
    fields.number("authentication length", (3, 1), |v| v.to_string());
    fields.raw("client identifier", (4, identifier), hex);
    fields.raw("authentication value", (4 + identifier, value), hex);
    fields.raw("nonce", (4 + identifier + value, 8), hex);
    fields.number("confirmation", (12 + identifier + value, 1), |v| match v {
        0 => "0: the key is right".to_owned(),
        _ => format!("{v}: another key is wanted"),
    });
}

fn explain_origin(fields: &mut FieldWriter<'_>) {
    fields.cite("RFC 4380 §5.1.1");
    fields.number("origin indicator", (0, 2), |v| format!("0x{v:04x}"));
    fields.number("obscured port", (2, 2), |v| format!("0x{v:04x}: port {}", v ^ 0xffff));
    fields.number("obscured address", (4, 4), |v| {
        let address = u32::try_from(v).map(|v| Ipv4Addr::from(!v));
        address.map_or_else(|_| v.to_string(), |address| format!("0x{v:08x}: {address}"))
    });
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::testing::{dissect, explain, ipv4, ipv6, names, tcp, udp};

    #[test]
    fn indications_lie_before_the_packet() {
        let packet = ipv6(6, &tcp());
        let mut authentication = vec![0, 1, 2, 0, 7, 7];
        authentication.extend([0; 9]);
        let origin = [0, 0, 0xff, 0xfe, 0xf5, 0xff, 0xff, 0xfd];
        for before in
            [vec![], authentication.clone(), origin.to_vec(), [&authentication[..], &origin].concat()]
        {
            let bytes = ipv4(17, &udp((3544, 50_000), &[&before[..], &packet].concat()));
            assert_eq!(names(&dissect(&bytes)), ["raw_ip", "ipv4", "udp", "teredo", "ipv6", "tcp"]);
        }
        let bytes = ipv4(17, &udp((3544, 50_000), &[&origin[..], &packet].concat()));
        let layers = explain(&bytes);
        let text =
            |name: &str| layers[3].fields.iter().find(|field| field.name == name).unwrap().text.clone();
        assert_eq!(text("obscured address"), "0xf5fffffd: 10.0.0.2");
        assert_eq!(text("obscured port"), "0xfffe: port 1");
    }

    #[test]
    fn other_bytes_on_its_port_are_plain_data() {
        for payload in [&[0x60; 60][..], b"hello", &[0, 1, 255, 255]] {
            let dissection = dissect(&ipv4(17, &udp((50_000, 3544), payload)));
            assert_eq!(names(&dissection), ["raw_ip", "ipv4", "udp"]);
            assert_eq!(dissection.stop, None);
        }
    }
}
