//! IP over IEEE 1394 as Apple's systems capture it (`LINKTYPE_APPLE_IP_OVER_IEEE1394`).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::{ether_type, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Two addresses of 8 bytes and a type field: 18 bytes.
const HEADER: u32 = 18;
/// Where the EtherType is.
const TYPE: u32 = 16;

/// A header of IP over IEEE 1394.
pub struct AppleFirewire;

impl Protocol for AppleFirewire {
    fn name(&self) -> &'static str {
        "ieee1394"
    }

    fn title(&self) -> &'static str {
        "IP over IEEE 1394"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::APPLE_FIREWIRE)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let number = octets::big_16(input.bytes, TYPE).ok_or_else(|| input.cut(HEADER))?;
        let next = (number >= ether_type::SMALLEST).then_some(Selector::EtherType(number));
        Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_APPLE_IP_OVER_IEEE1394");
        fields.text("destination identifier", (0, 8), mac_address::plain);
        fields.text("source identifier", (8, 8), mac_address::plain);
        ether_type::explain(&mut fields, (TYPE, 2), input);
        let (to, from) = (fields.at((0, 8)), fields.at((8, 8)));
        if let (Some(to), Some(from), Some(number)) = (to, from, octets::big_16(input.bytes, TYPE)) {
            let (from, to) = (mac_address::plain(from), mac_address::plain(to));
            fields.summary(format!("{from} → {to}   {}", ether_type::carries(number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn an_ethertype_is_behind_the_two_identifiers() {
        let mut frame = [7; 18];
        frame[16..].copy_from_slice(&[0x88, 0xcc]);
        let layers = Dissector::new().explain(LinkType::APPLE_FIREWIRE, &frame, 18, 0);
        assert!(layers[0].summary.ends_with("carries LLDP (0x88cc)"), "{}", layers[0].summary);
    }
}
