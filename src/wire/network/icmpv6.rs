//! ICMP for IPv6 (RFC 4443), neighbour discovery included (RFC 4861).

use etherparse::Icmpv6Slice;

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted, hex};
use crate::wire::checksum::{self, Checksum};
use crate::wire::network::icmp_quote::{self, Head, Quote};
use crate::wire::network::{neighbor_discovery, protocol_number};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Type, code, checksum and four bytes that depend on the type.
const HEADER: u32 = 8;

/// An ICMPv6 message; its first eight bytes are the header, all of it in neighbour discovery.
pub struct Icmpv6;

impl Protocol for Icmpv6 {
    fn name(&self) -> &'static str {
        "icmpv6"
    }

    fn title(&self) -> &'static str {
        "ICMPv6"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::IpProtocol(protocol_number::ICMPV6)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let message = Icmpv6Slice::from_slice(input.bytes).map_err(|_| input.cut(HEADER))?;
        let (kind, code) = (message.type_u8(), message.code_u8());
        let mtu = (kind == 2).then(|| u32::from_be_bytes(message.bytes5to8()));
        let head = Head { v6: true, kind, code, mtu };
        let quote = if is_error(kind) { Quote::read(message.payload(), true) } else { None };
        let fact = quote.and_then(|quote| quote.error(head)).map_or(Fact::Nothing, Fact::Icmp);
        let header_length = if neighbor_discovery::has(kind) { input.declared.max(HEADER) } else { HEADER };
        Ok(Step { header_length, payload_length: input.after(header_length), next: None, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 4443 §2.1");
        let [kind, code, high, low] = *input.bytes.first_chunk::<4>().unwrap_or(&[0; 4]);
        let found = u16::from_be_bytes([high, low]);
        let checksum = if input.captured() < HEADER {
            Checksum::Unknown
        } else {
            checksum::check_upper(input, protocol_number::ICMPV6, input.declared, found)
        };
        fields.number("type", (0, 1), |v| format!("{v} {}", type_name(kind)));
        fields.number("code", (1, 1), |v| format!("{v} {}", meaning(kind, code)));
        fields.number("checksum", (2, 2), |_| checksum.text(found));
        let about = explain_body(&mut fields, kind);
        let (name, meaning) = (type_name(kind), meaning(kind, code));
        let mut summary = vec![if name == meaning { name.to_owned() } else { format!("{name}: {meaning}") }];
        summary.extend(about);
        summary.extend(checksum.summary().map(str::to_owned));
        fields.summary(summary.join("   "));
        if let Some(note) = checksum.note() {
            fields.note(note);
        }
    }
}

/// What type and code mean.
pub(super) fn meaning(kind: u8, code: u8) -> &'static str {
    match (kind, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "communication administratively prohibited",
        (1, 2) => "beyond scope of source address",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, 5) => "source address failed a policy",
        (1, 6) => "route to destination rejected",
        (1, 7) => "error in source routing header",
        (1, 8) => "headers too long",
        (2, 0) => "packet too big",
        (3, 0) => "hop limit exceeded in transit",
        (3, 1) => "fragment reassembly time exceeded",
        (4, 0) => "a header field is wrong",
        (4, 1) => "a next header type is not known",
        (4, 2) => "an option is not known",
        (4, 3) => "the first fragment lacks headers",
        (_, 0) => type_name(kind),
        _ => "a code synscope does not know",
    }
}

/// Types below 128 are errors (RFC 4443 §2.1); these four are the defined ones.
fn is_error(kind: u8) -> bool {
    matches!(kind, 1..=4)
}

fn type_name(kind: u8) -> &'static str {
    match kind {
        1 => "destination unreachable",
        2 => "packet too big",
        3 => "time exceeded",
        4 => "parameter problem",
        128 => "echo request",
        129 => "echo reply",
        130 => "multicast listener query",
        131 => "multicast listener report",
        132 => "multicast listener done",
        133 => "router solicitation",
        134 => "router advertisement",
        135 => "neighbor solicitation",
        136 => "neighbor advertisement",
        137 => "redirect",
        143 => "multicast listener report, version 2",
        155 => "RPL control",
        160 => "extended echo request",
        161 => "extended echo reply",
        _ => "a type synscope does not know",
    }
}

/// What depends on the type, and the quoted packet; says what the summary should add.
fn explain_body(fields: &mut FieldWriter<'_>, kind: u8) -> Option<String> {
    match kind {
        2 => {
            fields.cite("RFC 4443 §3.2");
            fields.number("MTU", (4, 4), |v| format!("packets of at most {} pass", counted(v, "byte")));
        }
        4 => {
            fields.cite("RFC 4443 §3.4");
            fields.number("pointer", (4, 4), |v| format!("byte {v} of the quoted packet is wrong"));
        }
        128 | 129 => {
            fields.cite("RFC 4443 §4.1");
            fields.number("identifier", (4, 2), |v| v.to_string());
            fields.number("sequence number", (6, 2), |v| v.to_string());
            let [a, b, c, d] = *fields.at((4, 4))?.first_chunk::<4>()?;
            return Some(format!("id {}   seq {}", u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])));
        }
        _ if neighbor_discovery::has(kind) => return neighbor_discovery::explain(fields, kind),
        _ => fields.raw("rest of header", (4, 4), hex),
    }
    if !is_error(kind) {
        return None;
    }
    let quote = icmp_quote::explain(&mut fields.part(HEADER, u32::MAX), true)?;
    Some(format!("about {}", quote.words()))
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::Dissector;

    fn packet(message: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x60, 0, 0, 0, 0, u8::try_from(message.len()).unwrap(), 58, 255];
        bytes.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.extend([0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 2]);
        bytes.extend(message);
        bytes
    }

    #[test]
    fn packet_too_big_tells_the_mtu_and_the_connection() {
        let mut message = vec![2, 0, 0, 0, 0, 0, 5, 0];
        let mut quoted = vec![0x60, 0, 0, 0, 5, 0, 6, 60];
        quoted.extend([0x20; 16]);
        quoted.extend([0x30; 16]);
        quoted.extend([0x9c, 0xb0, 0x01, 0xbb, 0, 0, 0, 9]);
        message.extend(quoted);
        let bytes = packet(&message);
        let wire = u32::try_from(bytes.len()).unwrap();
        let icmp = Dissector::new().dissect(LinkType::IPV6, &bytes, wire, 0).icmp.unwrap();
        assert_eq!((icmp.mtu, icmp.quoted_ports), (Some(1280), (40112, 443)));
        assert_eq!(icmp.meaning(), "packet too big");
    }

    #[test]
    fn a_neighbor_solicitation_names_its_target() {
        let mut message = vec![135, 0, 0, 0, 0, 0, 0, 0];
        message.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        message.extend([1, 1, 2, 0, 0, 0, 0, 1]);
        let bytes = packet(&message);
        let layers = Dissector::new().explain(LinkType::IPV6, &bytes, 72, 0);
        assert!(
            layers[2].summary.starts_with("neighbor solicitation   who has fe80::2?"),
            "{}",
            layers[2].summary
        );
        let option = layers[2].fields.iter().find(|field| field.name == "source link-layer address").unwrap();
        assert_eq!(option.text, "02:00:00:00:00:01");
    }
}
