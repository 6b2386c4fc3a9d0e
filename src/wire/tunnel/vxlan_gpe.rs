//! VXLAN-GPE: VXLAN that says what it carries (draft-ietf-nvo3-vxlan-gpe).

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::tunnel::vxlan::{HEADER, network_identifier};
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Flags that must be set: the network identifier and the next protocol are valid.
const VALID: u8 = 0x0c;
/// Flags that may be set beside them: broadcast, and operations.
const MAY_BE: u8 = 0x03;
const SOURCE: &str = "draft-ietf-nvo3-vxlan-gpe-13 §3";

/// A VXLAN-GPE header.
pub struct VxlanGpe;

impl Protocol for VxlanGpe {
    fn name(&self) -> &'static str {
        "vxlan_gpe"
    }

    fn title(&self) -> &'static str {
        "VXLAN-GPE"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::UdpPort(4790)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let fits = |flags: u8, [x, y, _]: [u8; 3]| flags & !MAY_BE == VALID && [x, y] == [0; 2];
        let id = network_identifier(input, fits)?;
        Ok(Step {
            header_length: HEADER,
            payload_length: input.after(HEADER),
            next: input.bytes.get(3).and_then(|number| next(*number)),
            fact: Fact::Carrier(Carrier { kind: CarrierKind::Vxlan, id: Some(id) }),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, SOURCE);
        fields.bits("version", (0, 1), (2, 2), |v| v.to_string());
        fields.flag("network identifier valid", (0, 1), 4, ("as it must be", "it must be"));
        fields.flag("next protocol valid", (0, 1), 5, ("as it must be", "it must be"));
        fields.flag("broadcast or multicast", (0, 1), 6, ("the frame is for several", ""));
        fields.flag("operations", (0, 1), 7, ("a message about the tunnel itself", ""));
        fields.number("next protocol", (3, 1), |v| match u8::try_from(v).ok().and_then(name) {
            Some(name) => format!("{v} {name}"),
            None => v.to_string(),
        });
        fields.number("network identifier", (4, 3), |v| v.to_string());
        fields.number("reserved", (7, 1), |v| format!("0x{v:02x}"));
        if let [_, _, _, number, a, b, c, _, ..] = input.bytes {
            let id = u32::from_be_bytes([0, *a, *b, *c]);
            let carried = name(*number).map_or_else(|| format!("protocol {number}"), str::to_owned);
            fields.summary(format!("network {id}   carries {carried}"));
        }
    }
}

fn next(number: u8) -> Option<Selector> {
    match number {
        1 => Some(Selector::EtherType(0x0800)),
        2 => Some(Selector::EtherType(0x86dd)),
        3 => Some(Selector::Ethernet),
        5 => Some(Selector::EtherType(0x8847)),
        _ => None,
    }
}

fn name(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "IPv4",
        2 => "IPv6",
        3 => "Ethernet",
        4 => "network service header",
        5 => "MPLS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::testing::{dissect, ipv4, names, tcp, udp};

    #[test]
    fn the_next_protocol_says_what_follows() {
        let payload = [&[0x0c, 0, 0, 1, 0, 0, 42, 0][..], &ipv4(6, &tcp())].concat();
        let dissection = dissect(&ipv4(17, &udp((50_000, 4790), &payload)));
        assert_eq!(names(&dissection), ["raw_ip", "ipv4", "udp", "vxlan_gpe", "ipv4", "tcp"]);
    }
}
