//! Extension headers of IPv6 (RFC 8200 §4), and the authentication header, which IPv4 may carry too (RFC 4302).

use std::net::Ipv6Addr;

use etherparse::{Ipv6FragmentHeaderSlice, Ipv6RawExtHeaderSlice};

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::network::{Fragment, ipv6, ipv6_options, protocol_number};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const DESTINATION: u8 = 60;

/// One extension header; each is a layer of its own.
pub struct Ipv6Extension;

impl Protocol for Ipv6Extension {
    fn name(&self) -> &'static str {
        "ipv6_ext"
    }

    fn title(&self) -> &'static str {
        "IP extension header"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[
            Selector::IpProtocol(HOP_BY_HOP),
            Selector::IpProtocol(ROUTING),
            Selector::IpProtocol(protocol_number::FRAGMENT),
            Selector::IpProtocol(protocol_number::AUTHENTICATION),
            Selector::IpProtocol(DESTINATION),
        ]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = length(input)?;
        if input.captured() < header_length {
            return Err(input.cut(header_length));
        }
        let next = input.bytes.first().copied().and_then(ipv6::announce);
        let fact = match kind(input) {
            protocol_number::FRAGMENT => fragment(input).map_or(Fact::Nothing, Fact::Fragment),
            ROUTING => final_destination(input).map_or(Fact::Nothing, Fact::FinalDestination),
            _ => Fact::Nothing,
        };
        let is_later_fragment = matches!(fact, Fact::Fragment(Fragment { offset: 1.., .. }));
        Ok(Step {
            header_length,
            payload_length: input.after(header_length),
            next: next.filter(|_| !is_later_fragment),
            fact,
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        out.title = title(input);
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 8200 §4");
        fields.number("next header", (0, 1), protocol_number::text);
        match kind(input) {
            protocol_number::FRAGMENT => explain_fragment(&mut fields, input),
            protocol_number::AUTHENTICATION => explain_authentication(&mut fields, input),
            ROUTING => explain_routing(&mut fields, input),
            _ => {
                fields.number("header extension length", (1, 1), units_of_8);
                if let Ok(length) = length(input) {
                    ipv6_options::explain(&mut fields.part(2, length - 2));
                }
            }
        }
        if let Some(next) = input.bytes.first() {
            fields.summary(format!("then {}", protocol_number::text(u64::from(*next))));
        }
        if let Some(fragment) = fragment(input) {
            fields.summary(format!("fragment from byte {}", fragment.offset));
        }
    }
}

fn kind(input: &Input<'_>) -> u8 {
    match input.selected_by {
        Selector::IpProtocol(number) => number,
        _ => HOP_BY_HOP,
    }
}

fn title(input: &Input<'_>) -> &'static str {
    match kind(input) {
        HOP_BY_HOP => "IPv6 hop-by-hop options",
        ROUTING => "IPv6 routing header",
        protocol_number::FRAGMENT => "IPv6 fragment header",
        protocol_number::AUTHENTICATION => "IP authentication header",
        _ => "IPv6 destination options",
    }
}

/// Header length in bytes: counted in units of 8 bytes after the first 8, but of 4 after the first 8 for authentication.
fn length(input: &Input<'_>) -> Result<u32, Stop> {
    let [_, units, ..] = *input.bytes.first_chunk::<8>().ok_or_else(|| input.cut(8))?;
    match kind(input) {
        protocol_number::FRAGMENT => Ok(8),
        protocol_number::AUTHENTICATION if units == 0 => {
            Err(Stop::Malformed("authentication header without length"))
        }
        protocol_number::AUTHENTICATION => Ok((u32::from(units) + 2) * 4),
        _ => Ok((u32::from(units) + 1) * 8),
    }
}

/// The fragment header's place; `None` for an atomic fragment, which is a whole packet (RFC 6946).
fn fragment(input: &Input<'_>) -> Option<Fragment> {
    let header = Ipv6FragmentHeaderSlice::from_slice(input.bytes).ok()?;
    let is_part = kind(input) == protocol_number::FRAGMENT && header.is_fragmenting_payload();
    let offset = u32::from(header.fragment_offset().byte_offset());
    is_part.then(|| Fragment {
        offset,
        more: header.more_fragments(),
        identification: header.identification(),
        protocol: header.next_header().0,
    })
}

/// Where a packet with segments left ends: the last address of the list, the first one in a segment routing header, whose
/// list runs backwards (RFC 8754 §2).
fn final_destination(input: &Input<'_>) -> Option<Ipv6Addr> {
    let header = Ipv6RawExtHeaderSlice::from_slice(input.bytes).ok()?;
    let [routing_type, segments_left, _, _, _, _, list @ ..] = header.payload() else {
        return None;
    };
    let octets = match routing_type {
        0 | 2 => list.last_chunk::<16>(),
        4 => list.first_chunk::<16>(),
        _ => None,
    }?;
    (*segments_left > 0).then(|| Ipv6Addr::from(*octets))
}

fn units_of_8(units: u64) -> String {
    format!("{units} × 8 + 8 = {} bytes", units * 8 + 8)
}

fn explain_fragment(fields: &mut FieldWriter<'_>, input: &Input<'_>) {
    fields.cite("RFC 8200 §4.5");
    fields.number("reserved", (1, 1), |v| v.to_string());
    fields.bits("fragment offset", (2, 2), (0, 13), |v| format!("{v} × 8 = {} bytes", v * 8));
    fields.flag(
        "more fragments",
        (2, 2),
        15,
        ("further fragments of this packet follow", "this is the last one"),
    );
    fields.number("identification", (4, 4), |v| format!("0x{v:08x} ({v})"));
    if fragment(input).is_none() && input.captured() >= 8 {
        fields
            .cite("RFC 6946 §4")
            .note("An atomic fragment: it has a fragment header but is a whole packet.");
    }
}

fn explain_authentication(fields: &mut FieldWriter<'_>, input: &Input<'_>) {
    fields.cite("RFC 4302 §2");
    fields.number("payload length", (1, 1), |v| format!("({v} + 2) × 4 = {} bytes", (v + 2) * 4));
    fields.number("security parameters index", (4, 4), |v| format!("0x{v:08x}"));
    fields.number("sequence number", (8, 4), |v| v.to_string());
    let rest = length(input).map_or(0, |length| length.saturating_sub(12));
    fields.raw("integrity check value", (12, rest), hex);
}

fn explain_routing(fields: &mut FieldWriter<'_>, input: &Input<'_>) {
    fields.cite("RFC 8200 §4.4");
    fields.number("header extension length", (1, 1), units_of_8);
    fields.number("routing type", (2, 1), |v| match v {
        0 => "0: source route (deprecated by RFC 5095)".to_owned(),
        2 => "2: mobile IPv6".to_owned(),
        3 => "3: RPL source route".to_owned(),
        4 => "4: segment routing".to_owned(),
        _ => v.to_string(),
    });
    fields.number("segments left", (3, 1), |v| v.to_string());
    fields.raw("type-specific data", (4, 4), hex);
    let Ok(length) = length(input) else { return };
    if !matches!(fields.at((2, 1)), Some([0 | 2 | 4])) {
        fields.raw("type-specific data", (8, length.saturating_sub(8)), hex);
        return;
    }
    for at in (8..length.saturating_sub(15)).step_by(16) {
        ipv6::explain_address(fields, "address", (at, 16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::wire::{Dissection, Dissector};

    fn packet(next: u8, extension: &[u8], transport: &[u8]) -> Vec<u8> {
        let mut bytes =
            vec![0x60, 0, 0, 0, 0, u8::try_from(extension.len() + transport.len()).unwrap(), next, 64];
        bytes.extend([0x20; 32]);
        bytes.extend(extension);
        bytes.extend(transport);
        bytes
    }

    fn dissect(bytes: &[u8]) -> Dissection {
        Dissector::new().dissect(LinkType::IPV6, bytes, u32::try_from(bytes.len()).unwrap(), 0)
    }

    const DNS: [u8; 8] = [0x9c, 0x40, 0x00, 0x35, 0, 8, 0, 0];

    #[test]
    fn extension_headers_are_walked_to_the_ports() {
        let chain = [60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0];
        let dissection = dissect(&packet(0, &chain, &DNS));
        assert_eq!(dissection.udp.unwrap().destination_port, 53);
        assert_eq!(dissection.layers().count(), 5);
    }

    #[test]
    fn a_later_fragment_has_no_ports_only_bytes() {
        let dissection = dissect(&packet(44, &[17, 0, 0x00, 0x08, 0, 0, 0, 9], &DNS));
        assert!(dissection.udp.is_none());
        let fragment = Fragment { offset: 8, more: false, identification: 9, protocol: 17 };
        assert_eq!(dissection.network.unwrap().fragment, Some(fragment));
        assert_eq!(dissection.payload.len, 8);
    }

    #[test]
    fn an_atomic_fragment_is_a_whole_packet() {
        let dissection = dissect(&packet(44, &[17, 0, 0, 0, 0, 0, 0, 9], &DNS));
        assert!(dissection.udp.is_some());
        assert_eq!(dissection.network.unwrap().fragment, None);
    }

    #[test]
    fn an_authentication_header_counts_in_words_of_four() {
        let header = [17, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
        assert!(dissect(&packet(51, &header, &DNS)).udp.is_some());
    }

    #[test]
    fn a_header_longer_than_the_packet_is_cut() {
        let dissection = dissect(&packet(0, &[17, 9, 1, 4, 0, 0, 0, 0], &DNS));
        assert_eq!(dissection.stop, Some(Stop::Cut { needed: 80, available: 16 }));
    }
}
