//! The Internet Protocol, version 6 (RFC 8200).

use std::net::Ipv6Addr;

use etherparse::Ipv6HeaderSlice;

use crate::base::Addresses;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, Place, counted};
use crate::wire::network::{NetworkFact, protocol_number, traffic_class};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length in bytes.
const HEADER: u32 = 40;

/// An IPv6 header without its extension headers, which are layers of their own.
pub struct Ipv6;

impl Protocol for Ipv6 {
    fn name(&self) -> &'static str {
        "ipv6"
    }

    fn title(&self) -> &'static str {
        "IPv6"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[
            Selector::EtherType(0x86dd),
            Selector::IpProtocol(protocol_number::IPV6),
            Selector::PppProtocol(0x0057),
        ]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = read(input)?;
        let next = header.next_header().0;
        let rest = input.after(HEADER);
        let declared = u32::from(header.payload_length());
        // A length of 0 is a jumbogram (RFC 2675) or left to the network card, unless there really is nothing.
        let payload_length =
            if declared == 0 && next != protocol_number::NO_NEXT_HEADER { rest } else { declared.min(rest) };
        let fact = NetworkFact {
            addresses: Addresses {
                source: header.source_addr().into(),
                destination: header.destination_addr().into(),
            },
            ttl: header.hop_limit(),
            identification: None,
            fragment: None,
            ecn: header.ecn().value(),
        };
        Ok(Step { header_length: HEADER, payload_length, next: announce(next), fact: Fact::Network(fact) })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 8200 §3");
        fields.bits("version", (0, 1), (0, 4), |v| v.to_string());
        traffic_class::explain(&mut fields, (0, 2), 4);
        fields.cite("RFC 6437 §2");
        fields.bits("flow label", (0, 4), (12, 20), |v| match v {
            0 => "0x00000: no flow named".to_owned(),
            _ => format!("0x{v:05x}: packets of one flow share it"),
        });
        fields.cite("RFC 8200 §3");
        fields.number("payload length", (4, 2), |v| counted(v, "byte"));
        fields.number("next header", (6, 1), protocol_number::text);
        fields.number("hop limit", (7, 1), |v| format!("{v} more hops at most"));
        explain_address(&mut fields, "source address", (8, 16));
        explain_address(&mut fields, "destination address", (24, 16));
        if let (Ok(header), Ok(step)) = (read(input), self.dissect(input)) {
            let (source, destination) = (header.source_addr(), header.destination_addr());
            let length = counted(u64::from(HEADER.saturating_add(step.payload_length)), "byte");
            fields.summary(format!("{source} → {destination}   hop limit {}   {length}", header.hop_limit()));
            note_length(&mut fields, &header, input);
        }
    }
}

/// The selector of a Next Header value; nothing follows "no next header" (RFC 8200 §4.7).
pub(super) fn announce(next_header: u8) -> Option<Selector> {
    (next_header != protocol_number::NO_NEXT_HEADER).then_some(Selector::IpProtocol(next_header))
}

/// Adds an address with a word on special ones (RFC 6890).
pub(super) fn explain_address(fields: &mut FieldWriter<'_>, name: &'static str, place: Place) {
    fields.address(name, place, address, hint);
}

/// An address in its usual notation.
pub(super) fn address(bytes: &[u8]) -> String {
    bytes.first_chunk::<16>().map_or_else(String::new, |octets| Ipv6Addr::from(*octets).to_string())
}

fn hint(bytes: &[u8]) -> Option<&'static str> {
    let address = Ipv6Addr::from(*bytes.first_chunk::<16>()?);
    Some(match address {
        _ if address.is_multicast() => "multicast: a group",
        _ if address.is_loopback() => "loopback: this host itself",
        _ if address.is_unicast_link_local() => "this link only",
        _ if address.is_unique_local() => "private network",
        _ if address.is_unspecified() => "no address yet",
        _ => return None,
    })
}

fn read<'a>(input: &Input<'a>) -> Result<Ipv6HeaderSlice<'a>, Stop> {
    let first = input.bytes.first().ok_or_else(|| input.cut(HEADER))?;
    if first >> 4 != 6 {
        return Err(Stop::Malformed("version is not 6"));
    }
    Ipv6HeaderSlice::from_slice(input.bytes).map_err(|_| input.cut(HEADER))
}

fn note_length(fields: &mut FieldWriter<'_>, header: &Ipv6HeaderSlice<'_>, input: &Input<'_>) {
    let rest = input.after(HEADER);
    let declared = u32::from(header.payload_length());
    if declared > rest {
        fields.note(format!("The payload length claims {declared} bytes, but the layer below carries only {rest}: counted as {rest}."));
    } else if declared == 0 && rest > 0 && header.next_header().0 != protocol_number::NO_NEXT_HEADER {
        fields.note(format!("The payload length is 0: a jumbogram (RFC 2675), or a packet that the network card cuts later (segmentation offload). Counted as {rest} bytes, the rest of the frame."));
    }
}

#[cfg(test)]
mod tests {
    use crate::base::{ByteSpan, LinkType};
    use crate::wire::Dissector;

    fn packet(payload_length: u16, next: u8) -> Vec<u8> {
        let mut bytes = vec![0x62, 0x81, 0x23, 0x45];
        bytes.extend(payload_length.to_be_bytes());
        bytes.extend([next, 64]);
        bytes.extend("2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap().octets());
        bytes.extend("2001:db8::2".parse::<std::net::Ipv6Addr>().unwrap().octets());
        bytes.extend([0x9c, 0x40, 0x00, 0x35, 0, 12, 0, 0, 1, 2, 3, 4]);
        bytes
    }

    #[test]
    fn the_traffic_class_is_split_across_two_bytes() {
        let layers = Dissector::new().explain(LinkType::IPV6, &packet(12, 17), 52, 0);
        let text = |name| layers[1].fields.iter().find(|field| field.name == name).unwrap().text.clone();
        assert_eq!(text("differentiated services code point"), "10 (AF11)");
        assert_eq!(text("explicit congestion notification"), "0 (not ECN-capable: congestion shows as loss)");
        assert_eq!(text("flow label"), "0x12345: packets of one flow share it");
        assert_eq!(layers[1].summary, "2001:db8::1 → 2001:db8::2   hop limit 64   52 bytes");
    }

    #[test]
    fn a_payload_length_of_zero_means_the_rest_of_the_frame() {
        let dissection = Dissector::new().dissect(LinkType::IPV6, &packet(0, 17), 52, 0);
        assert_eq!(dissection.payload, ByteSpan::new(48, 4));
    }

    #[test]
    fn behind_no_next_header_everything_is_trailer() {
        let dissection = Dissector::new().dissect(LinkType::IPV6, &packet(0, 59), 52, 0);
        assert_eq!(dissection.trailer, ByteSpan::new(40, 12));
        assert_eq!(dissection.stop, None);
    }
}
