//! No link header: the first byte is IP's (`LINKTYPE_RAW` and its relatives).

use crate::base::LinkType;
use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// The absence of a link header: zero bytes, but the layer that says so.
pub struct RawIp;

impl Protocol for RawIp {
    fn name(&self) -> &'static str {
        "raw_ip"
    }

    fn title(&self) -> &'static str {
        "raw IP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[
            Selector::Link(LinkType::RAW),
            Selector::Link(LinkType::RAW_BSD),
            Selector::Link(LinkType::RAW_OPENBSD),
            Selector::Link(LinkType::IPV4),
            Selector::Link(LinkType::IPV6),
            Selector::Link(LinkType::ATM_CLIP),
            Selector::BareIp,
        ]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let first = input.bytes.first().ok_or_else(|| input.cut(1))?;
        let number = match (input.selected_by, first >> 4) {
            (Selector::Link(LinkType::IPV4), _) | (_, 4) => ether_type::IPV4,
            (Selector::Link(LinkType::IPV6), _) | (_, 6) => ether_type::IPV6,
            _ => {
                return Err(Stop::Malformed("the first four bits are neither IP version 4 nor 6"));
            }
        };
        let next = Some(Selector::EtherType(number));
        Ok(Step { header_length: 0, payload_length: input.declared, next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let place = if input.selected_by == Selector::BareIp { "here" } else { "in this capture" };
        out.summary = format!("no link header {place}: the first byte is IP's");
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::{Dissector, Stop};

    #[test]
    fn the_version_decides_unless_the_link_type_does() {
        let dissector = Dissector::new();
        let seven = [0x70; 40];
        let raw = dissector.dissect(LinkType::RAW, &seven, 40, 0);
        assert!(matches!(raw.stop, Some(Stop::Malformed(_))));
        let ipv4 = dissector.dissect(LinkType::IPV4, &seven, 40, 0);
        assert_eq!(ipv4.stop, Some(Stop::Malformed("version is not 4")));
    }
}
