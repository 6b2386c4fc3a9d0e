//! VLAN tags: 802.1Q, 802.1ad and the number used before that (IEEE 802.1Q §9).

use etherparse::SingleVlanHeaderSlice;

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::ether_type;
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Tag control information and EtherType: 4 bytes.
const HEADER: u32 = 4;

/// A VLAN tag, from its control information on; stacked ones (QinQ) are layers of their own.
pub struct Vlan;

impl Protocol for Vlan {
    fn name(&self) -> &'static str {
        "vlan"
    }

    fn title(&self) -> &'static str {
        "VLAN tag"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::EtherType(0x8100), Selector::EtherType(0x88a8), Selector::EtherType(0x9100)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = SingleVlanHeaderSlice::from_slice(input.bytes).map_err(|_| input.cut(HEADER))?;
        let id = header.vlan_identifier().value();
        // Identifier 0 is no VLAN: the tag carries a priority only.
        let fact = match id {
            0 => Fact::Nothing,
            _ => Fact::Carrier(Carrier { kind: CarrierKind::Vlan, id: Some(id.into()) }),
        };
        Ok(ether_type::step(header.ether_type().0, HEADER, input, fact))
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "IEEE 802.1Q §9.6");
        fields.bits("priority code point", (0, 2), (0, 3), |v| format!("{v} ({})", priority(v)));
        fields.flag(
            "drop eligible indicator",
            (0, 2),
            3,
            ("may be dropped first when the network is full", ""),
        );
        fields.bits("VLAN identifier", (0, 2), (4, 12), |v| match v {
            0 => "0: no VLAN, the tag carries a priority only".to_owned(),
            4095 => "4095: reserved".to_owned(),
            _ => v.to_string(),
        });
        ether_type::explain(&mut fields, (2, 2), input);
        if let Ok(header) = SingleVlanHeaderSlice::from_slice(input.bytes) {
            let service =
                if input.selected_by == Selector::EtherType(0x88a8) { "service VLAN" } else { "VLAN" };
            let code = header.priority_code_point().value();
            fields.summary(format!(
                "{service} {}   priority {code} ({})   {}",
                header.vlan_identifier().value(),
                priority(u64::from(code)),
                ether_type::carries(header.ether_type().0)
            ));
        }
    }
}

/// Usual use of a priority (IEEE 802.1Q Annex I).
fn priority(code: u64) -> &'static str {
    match code {
        0 => "best effort",
        1 => "background",
        2 => "excellent effort",
        3 => "critical applications",
        4 => "video",
        5 => "voice",
        6 => "internetwork control",
        _ => "network control",
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::Dissector;

    #[test]
    fn stacked_tags_are_kept_from_the_outside_in() {
        let mut frame = vec![0; 12];
        frame.extend([0x88, 0xa8, 0x00, 0x64, 0x81, 0x00, 0xa0, 0x2a, 0x88, 0xcc]);
        let dissection = Dissector::new().dissect(LinkType::ETHERNET, &frame, 22, 0);
        let vlans: Vec<_> = dissection.carriers.iter().map(|vlan| vlan.to_string()).collect();
        assert_eq!(vlans, ["VLAN 100", "VLAN 42"]);
        assert_eq!(dissection.layers().count(), 3);
        let layers = Dissector::new().explain(LinkType::ETHERNET, &frame, 22, 0);
        assert!(layers[1].summary.starts_with("service VLAN 100   priority 0 (best effort)"));
        assert!(layers[2].summary.starts_with("VLAN 42   priority 5 (voice)   carries LLDP"));
    }
}
