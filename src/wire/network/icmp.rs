//! The Internet Control Message Protocol (RFC 792).

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted, hex};
use crate::wire::checksum::{self, Checksum, Sum};
use crate::wire::network::icmp_quote::{self, Head, Quote};
use crate::wire::network::ipv4;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Type, code, checksum and four bytes that depend on the type.
const HEADER: u32 = 8;

/// An ICMP message; its first eight bytes are the header.
pub struct Icmp;

impl Protocol for Icmp {
    fn name(&self) -> &'static str {
        "icmp"
    }

    fn title(&self) -> &'static str {
        "ICMP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::IpProtocol(1)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let Some((head, payload)) = input.bytes.split_first_chunk::<8>() else {
            return Err(input.cut(HEADER));
        };
        let [kind, code, _, _, _, _, high, low] = *head;
        let mtu = u32::from(u16::from_be_bytes([high, low]));
        let head = Head { v6: false, kind, code, mtu: (kind == 3 && code == 4 && mtu > 0).then_some(mtu) };
        let quote = if is_error(kind) { Quote::read(payload, false) } else { None };
        let fact = quote.and_then(|quote| quote.error(head)).map_or(Fact::Nothing, Fact::Icmp);
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next: None, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 792");
        let [kind, code, ..] = *input.bytes.first_chunk::<4>().unwrap_or(&[255; 4]);
        let checksum = verify(input);
        fields.number("type", (0, 1), |v| format!("{v} {}", type_name(kind)));
        fields.number("code", (1, 1), |v| format!("{v} {}", meaning(kind, code)));
        fields.number("checksum", (2, 2), |v| checksum.text(u16::try_from(v).unwrap_or_default()));
        let about = explain_body(&mut fields, kind, code);
        let mut summary = vec![summary(kind, code)];
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
        (3, _) => unreachable(code),
        (4, 0) => "slow down (source quench, no longer used)",
        (5, 0) => "use another router for this network",
        (5, 1) => "use another router for this host",
        (5, 2 | 3) => "use another router for this type of service",
        (11, 0) => "time to live exceeded in transit",
        (11, 1) => "fragment reassembly time exceeded",
        (12, 0) => "a header field is wrong",
        (12, 1) => "a required option is missing",
        (12, 2) => "a length is wrong",
        (_, 0) => type_name(kind),
        _ => "a code synscope does not know",
    }
}

fn unreachable(code: u8) -> &'static str {
    match code {
        0 => "network unreachable",
        1 => "host unreachable",
        2 => "protocol unreachable",
        3 => "port unreachable",
        4 => "fragmentation needed but don't fragment is set",
        5 => "source route failed",
        6 => "destination network unknown",
        7 => "destination host unknown",
        8 => "source host isolated",
        9 => "network administratively prohibited",
        10 => "host administratively prohibited",
        11 => "network unreachable for this type of service",
        12 => "host unreachable for this type of service",
        13 => "communication administratively prohibited",
        14 => "host precedence violation",
        15 => "precedence cutoff in effect",
        _ => "destination unreachable",
    }
}

fn is_error(kind: u8) -> bool {
    matches!(kind, 3 | 4 | 11 | 12)
}

fn type_name(kind: u8) -> &'static str {
    match kind {
        0 => "echo reply",
        3 => "destination unreachable",
        4 => "source quench",
        5 => "redirect",
        8 => "echo request",
        9 => "router advertisement",
        10 => "router solicitation",
        11 => "time exceeded",
        12 => "parameter problem",
        13 => "timestamp request",
        14 => "timestamp reply",
        15 => "information request",
        16 => "information reply",
        17 => "address mask request",
        18 => "address mask reply",
        42 => "extended echo request",
        43 => "extended echo reply",
        _ => "a type synscope does not know",
    }
}

fn summary(kind: u8, code: u8) -> String {
    let (name, meaning) = (type_name(kind), meaning(kind, code));
    if name == meaning { name.to_owned() } else { format!("{name}: {meaning}") }
}

fn verify(input: &Input<'_>) -> Checksum {
    match input.bytes {
        [_, _, high, low, ..] if input.is_whole() && !input.fragment => {
            checksum::check(Sum::default().add(input.bytes), u16::from_be_bytes([*high, *low]))
        }
        _ => Checksum::Unknown,
    }
}

/// The four bytes that depend on the type, and the quoted packet; says what the summary should add.
fn explain_body(fields: &mut FieldWriter<'_>, kind: u8, code: u8) -> Option<String> {
    let words = |v: u64| format!("{v} (0x{v:04x})");
    match kind {
        0 | 8 | 13..=18 => {
            fields.number("identifier", (4, 2), words);
            fields.number("sequence number", (6, 2), words);
            let [a, b, c, d] = *fields.at((4, 4))?.first_chunk::<4>()?;
            return Some(format!("id {}   seq {}", u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])));
        }
        3 if code == 4 => {
            fields.cite("RFC 1191 §4");
            fields.raw("unused", (4, 2), hex);
            fields.number("next-hop MTU", (6, 2), |v| match v {
                0 => "0: the router does not tell".to_owned(),
                _ => format!("packets of at most {} pass", counted(v, "byte")),
            });
        }
        5 => ipv4::explain_address(fields, "better router", (4, 4)),
        12 => {
            fields.number("pointer", (4, 1), |v| format!("byte {v} of the quoted packet is wrong"));
            fields.raw("unused", (5, 3), hex);
        }
        _ => fields.raw("rest of header", (4, 4), hex),
    }
    if !is_error(kind) && kind != 5 {
        return None;
    }
    fields.cite("RFC 792");
    let quote = icmp_quote::explain(&mut fields.part(HEADER, u32::MAX), false)?;
    Some(format!("about {}", quote.words()))
}

#[cfg(test)]
mod tests {
    use crate::base::{LinkType, SeqNum};
    use crate::wire::Dissector;

    /// An error of this type and code that quotes 28 bytes of a TCP packet.
    fn error(kind: u8, code: u8) -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 56, 0, 1, 0, 0, 64, 1, 0, 0, 10, 0, 0, 9, 10, 0, 0, 1];
        bytes.extend([kind, code, 0, 0, 0, 0, 0x05, 0x78]);
        bytes.extend([0x45, 0, 0, 60, 0, 7, 0x40, 0, 63, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        bytes.extend([0x9c, 0xb0, 0x00, 0x50, 0, 0, 0, 17]);
        bytes
    }

    #[test]
    fn eight_quoted_bytes_give_ports_and_sequence_number() {
        let bytes = error(3, 4);
        let icmp = Dissector::new().dissect(LinkType::RAW, &bytes, 56, 0).icmp.unwrap();
        assert_eq!(icmp.quoted_ports, (40112, 80));
        assert_eq!(icmp.quoted_seq, SeqNum(17));
        assert_eq!(icmp.mtu, Some(1400));
        assert_eq!(icmp.meaning(), "fragmentation needed but don't fragment is set");
    }

    #[test]
    fn fewer_quoted_bytes_are_no_error_about_a_connection() {
        let bytes = error(3, 3);
        let dissection = Dissector::new().dissect(LinkType::RAW, &bytes[..55], 55, 0);
        assert!(dissection.icmp.is_none());
        assert_eq!(dissection.layers().count(), 3);
    }

    #[test]
    fn the_explanation_says_which_packet_it_is_about() {
        let layers = Dissector::new().explain(LinkType::RAW, &error(3, 3), 56, 0);
        let start =
            "destination unreachable: port unreachable   about TCP 10.0.0.1:40112 → 10.0.0.2:80, seq 17";
        assert!(layers[2].summary.starts_with(start), "{}", layers[2].summary);
    }

    #[test]
    fn echoes_quote_nothing() {
        let bytes = error(8, 0);
        assert!(Dissector::new().dissect(LinkType::RAW, &bytes, 56, 0).icmp.is_none());
        let layers = Dissector::new().explain(LinkType::RAW, &bytes, 56, 0);
        assert!(layers[2].summary.starts_with("echo request   id 0   seq 1400"));
    }
}
