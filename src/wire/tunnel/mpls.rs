//! Multiprotocol label switching: a stack of labels (RFC 3032), and the control word of pseudo-wires (RFC 4385).

use crate::base::{ByteSpan, LinkType};
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::network::protocol_number;
use crate::wire::tunnel::{Carrier, CarrierKind, inner};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// One label stack entry: 4 bytes.
const ENTRY: u32 = 4;
/// A control word: 4 bytes (RFC 4385 §3).
const CONTROL_WORD: u32 = 4;
/// Most labels that are followed to the bottom of the stack; real stacks have a handful.
const MOST_LABELS: u32 = 32;

/// A label stack, with the control word behind it where there is one.
pub struct Mpls;

/// A stack that was read to its bottom, and what seems to lie there: nothing says it but the label, which only routers know.
#[derive(Clone, Copy)]
struct Stack {
    labels: u32,
    content: Content,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Ip(Selector),
    Ethernet,
    /// An Ethernet frame behind a control word.
    ControlledEthernet,
    Unknown,
}

impl Protocol for Mpls {
    fn name(&self) -> &'static str {
        "mpls"
    }

    fn title(&self) -> &'static str {
        "MPLS"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[
            Selector::EtherType(0x8847),
            Selector::EtherType(0x8848),
            Selector::Link(LinkType::MPLS),
            Selector::IpProtocol(protocol_number::MPLS),
            Selector::PppProtocol(0x0281),
            Selector::PppProtocol(0x0283),
        ]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let stack = Stack::read(input)?;
        let header_length = stack.header_length();
        let next = match stack.content {
            Content::Ip(selector) => Some(selector),
            Content::Ethernet | Content::ControlledEthernet => Some(Selector::Ethernet),
            Content::Unknown => None,
        };
        let fact = Fact::Carrier(Carrier { kind: CarrierKind::Mpls, id: None });
        Ok(Step { header_length, payload_length: input.after(header_length), next, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 3032 §2.1");
        let labels = labels(input.bytes);
        let places = (0..).step_by(4);
        for (place, _) in places.zip(&labels) {
            explain_entry(&mut fields, place);
        }
        let Ok(stack) = Stack::read(input) else {
            return;
        };
        if stack.content == Content::ControlledEthernet {
            explain_control_word(&mut fields.part(ENTRY * stack.labels, CONTROL_WORD));
        }
        let carried = match stack.content {
            Content::Ip(Selector::IpProtocol(protocol_number::IPV6)) => "carries IPv6",
            Content::Ip(_) => "carries IPv4",
            Content::Ethernet => "carries what looks like an Ethernet frame",
            Content::ControlledEthernet => "carries what looks like an Ethernet frame behind a control word",
            Content::Unknown => "carries what only its routers know",
        };
        let names: Vec<String> = labels.iter().map(|label| label_text((*label).into())).collect();
        fields.summary(format!("label {}   {carried}", names.join(", ")));
    }
}

impl Stack {
    fn read(input: &Input<'_>) -> Result<Self, Stop> {
        let (entries, _) = input.bytes.as_chunks::<4>();
        for (entry, labels) in entries.iter().zip(1..=MOST_LABELS) {
            let entry = u32::from_be_bytes(*entry);
            if entry & 0x100 != 0 {
                let rest = ByteSpan::new(ENTRY * labels, u32::MAX).of(input.bytes);
                let content = Content::guess(entry >> 12, rest, input.after(ENTRY * labels));
                return Ok(Self { labels, content });
            }
        }
        if entries.len() >= crate::base::convert::index(MOST_LABELS) {
            return Err(Stop::Malformed("no bottom of the label stack within 32 labels"));
        }
        Err(input.cut(input.captured().saturating_add(1).next_multiple_of(ENTRY)))
    }

    fn header_length(self) -> u32 {
        let control = if self.content == Content::ControlledEthernet { CONTROL_WORD } else { 0 };
        ENTRY * self.labels + control
    }
}

impl Content {
    /// What lies below the bottom label. The labels for explicit null say it (RFC 3032 §2.1); else the first four bits may: 4 and 6
    /// of IP, 0 of a control word, 1 of a channel about the wire itself (RFC 4928 §3, RFC 4385 §3). A pseudo-wire without control
    /// word may begin with any of them, so what follows has to fit as well.
    fn guess(label: u32, rest: &[u8], declared: u32) -> Self {
        let behind = rest.get(4..).unwrap_or_default();
        match (label, inner::ip(rest)) {
            (0 | 2, Some(selector)) => Self::Ip(selector),
            (_, Some(selector)) if inner::looks_like_ip(rest, declared) => Self::Ip(selector),
            _ if rest.first().is_some_and(|first| first >> 4 == 0)
                && inner::looks_like_ethernet(behind, declared.saturating_sub(CONTROL_WORD)) =>
            {
                Self::ControlledEthernet
            }
            _ if inner::looks_like_ethernet(rest, declared) => Self::Ethernet,
            (_, Some(selector)) => Self::Ip(selector),
            _ => Self::Unknown,
        }
    }
}

/// The labels that were captured, down to the bottom.
fn labels(bytes: &[u8]) -> Vec<u32> {
    let mut labels = Vec::new();
    let (entries, _) = bytes.as_chunks::<4>();
    for entry in entries.iter().take(crate::base::convert::index(MOST_LABELS)) {
        let entry = u32::from_be_bytes(*entry);
        labels.push(entry >> 12);
        if entry & 0x100 != 0 {
            break;
        }
    }
    labels
}

fn explain_entry(fields: &mut FieldWriter<'_>, place: u32) {
    fields.bits("label", (place, 4), (0, 20), label_text);
    fields.cite("RFC 5462 §2");
    fields.bits("traffic class", (place, 4), (20, 3), |v| v.to_string());
    fields.cite("RFC 3032 §2.1");
    fields.flag("bottom of stack", (place, 4), 23, ("the last label", "another label follows"));
    fields.number("time to live", (place + 3, 1), |v| format!("{v} more hops at most"));
}

/// `100003`; the reserved ones with their names (IANA, special-purpose MPLS label values).
fn label_text(label: u64) -> String {
    let name = match label {
        0 => "IPv4 explicit null",
        1 => "router alert",
        2 => "IPv6 explicit null",
        3 => "implicit null",
        7 => "entropy label indicator",
        13 => "generic associated channel",
        14 => "operation and maintenance alert",
        15 => "extension",
        _ => return label.to_string(),
    };
    format!("{label} ({name})")
}

fn explain_control_word(fields: &mut FieldWriter<'_>) {
    fields.cite("RFC 4385 §3");
    fields.bits("control word", (0, 1), (0, 4), |_| "0: data of a pseudo-wire follows".to_owned());
    fields.bits("flags", (0, 1), (4, 4), |v| format!("0x{v:x}"));
    fields.bits("fragmentation", (1, 1), (0, 2), |v| v.to_string());
    fields.bits("length", (1, 1), (2, 6), |v| match v {
        0 => "0: the frame is as long as it seems".to_owned(),
        _ => format!("{v} bytes, for it is short"),
    });
    fields.number("sequence number", (2, 2), |v| match v {
        0 => "0: not used".to_owned(),
        _ => v.to_string(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tunnel::testing::{dissect_frame, ethernet, ipv4, ipv6, names, tcp};

    const TWO: [u8; 8] = [0x00, 0x01, 0x00, 64, 0x00, 0x02, 0x01, 63];

    fn carried(content: &[u8]) -> Vec<&'static str> {
        names(&dissect_frame(&ethernet(0x8847, &[&TWO[..], content].concat())))
    }

    #[test]
    fn below_the_bottom_label_lies_ip_or_a_pseudo_wire() {
        let (four, six) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        let frame = ethernet(0x0800, &four);
        assert_eq!(carried(&four), ["ethernet", "mpls", "ipv4", "tcp"]);
        assert_eq!(carried(&six), ["ethernet", "mpls", "ipv6", "tcp"]);
        let wire = ["ethernet", "mpls", "ethernet", "ipv4", "tcp"];
        assert_eq!(carried(&frame), wire);
        assert_eq!(carried(&[&[0, 0, 0, 9][..], &frame].concat()), wire);
        let mut like_ip = frame;
        like_ip[0] = 0x44;
        assert_eq!(carried(&like_ip), wire);
        assert_eq!(carried(&[0x10; 30]), ["ethernet", "mpls"]);
    }

    #[test]
    fn a_stack_without_bottom_ends() {
        let endless = dissect_frame(&ethernet(0x8847, &[0; 400]));
        assert!(matches!(endless.stop, Some(Stop::Malformed(_))));
        let cut = dissect_frame(&ethernet(0x8847, &[0; 6]));
        assert!(matches!(cut.stop, Some(Stop::Cut { needed: 8, available: 6 })));
    }
}
