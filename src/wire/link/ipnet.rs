//! Solaris's way to show IP packets as its hosts and zones see them (`LINKTYPE_IPNET`).

use std::fmt::Write;

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Header length in bytes.
const HEADER: u32 = 24;
/// Address families of Solaris (`sys/socket.h`).
const INET: u8 = 2;
const INET6: u8 = 26;

/// An IPNET header.
pub struct Ipnet;

impl Protocol for Ipnet {
    fn name(&self) -> &'static str {
        "ipnet"
    }

    fn title(&self) -> &'static str {
        "Solaris IPNET"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::IPNET)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let [_, family, ..] = octets::chunk::<24>(input.bytes, 0).ok_or_else(|| input.cut(HEADER))?;
        let next = match family {
            INET => Some(Selector::EtherType(ether_type::IPV4)),
            INET6 => Some(Selector::EtherType(ether_type::IPV6)),
            _ => None,
        };
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_IPNET");
        fields.number("version", (0, 1), |v| v.to_string());
        fields.number("address family", (1, 1), |v| format!("{v} {}", family(v)));
        fields.number("hook", (2, 2), |v| format!("{v} {}", hook(v)));
        fields.number("packet length", (4, 4), |v| format!("{v} bytes"));
        fields.number("interface index", (8, 4), |v| v.to_string());
        fields.number("group interface index", (12, 4), |v| v.to_string());
        fields.number("source zone", (16, 4), zone);
        fields.number("destination zone", (20, 4), zone);
        let mut summary = String::from("as the host's IP sees it");
        if let Some(index) = octets::big_32(input.bytes, 8) {
            let _ = write!(summary, "   interface {index}");
        }
        fields.summary(summary);
    }
}

fn family(number: u64) -> &'static str {
    match number {
        2 => "IPv4",
        26 => "IPv6",
        _ => "not IP: shown as bytes",
    }
}

fn hook(number: u64) -> &'static str {
    match number {
        0 => "received",
        1 => "sent",
        2 => "within the host",
        _ => "elsewhere",
    }
}

fn zone(number: u64) -> String {
    if number == u64::from(u32::MAX) { String::from("unknown") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn the_family_says_which_ip_follows() {
        let mut frame = [0; 25];
        let mut needed = |family| {
            frame[1] = family;
            frame[24] = if family == INET { 0x45 } else { 0x60 };
            match Dissector::new().dissect(LinkType::IPNET, &frame, 25, 0).stop {
                Some(Stop::Cut { needed, .. }) => needed,
                _ => 0,
            }
        };
        assert_eq!((needed(2), needed(26), needed(9)), (20, 40, 0));
    }
}
