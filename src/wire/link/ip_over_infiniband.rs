//! IP over InfiniBand (RFC 4391 §6), behind the global route header that the adapter gives.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Global route header of 40 bytes, EtherType and a reserved field of 2 each.
const HEADER: u32 = 44;
/// Where the EtherType is.
const TYPE: u32 = 40;

/// A header of IP over InfiniBand.
pub struct IpOverInfiniband;

impl Protocol for IpOverInfiniband {
    fn name(&self) -> &'static str {
        "ipoib"
    }

    fn title(&self) -> &'static str {
        "IP over InfiniBand"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::IP_OVER_INFINIBAND)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        if input.captured() < HEADER {
            return Err(input.cut(HEADER));
        }
        let number = octets::big_16(input.bytes, TYPE).unwrap_or(0);
        Ok(Step {
            header_length: HEADER,
            payload_length: input.after(HEADER),
            next: (number >= ether_type::SMALLEST).then_some(Selector::EtherType(number)),
            fact: Fact::Nothing,
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_IPOIB");
        fields.raw("route header, filling", (0, 20), hex);
        fields.raw("destination queue pair", (20, 4), hex);
        fields.raw("destination identifier", (24, 16), hex);
        fields.cite("RFC 4391 §6");
        ether_type::explain(&mut fields, (TYPE, 2), input);
        fields.number("reserved", (42, 2), |v| v.to_string());
        if let Some(number) = octets::big_16(input.bytes, TYPE) {
            fields.summary(ether_type::carries(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn an_ethertype_is_behind_the_route_header() {
        let mut frame = [0; 44];
        frame[40..42].copy_from_slice(&[0x88, 0xcc]);
        let layers = Dissector::new().explain(LinkType::IP_OVER_INFINIBAND, &frame, 44, 0);
        assert_eq!(layers[0].summary, "carries LLDP (0x88cc)");
    }
}
