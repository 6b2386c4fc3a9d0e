//! VXLAN: Ethernet frames over UDP (RFC 7348).

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length in bytes.
pub(super) const HEADER: u32 = 8;
/// The flag that says that the network identifier is valid.
const VALID: u8 = 0x08;
/// The flag of the group policy extension.
const POLICY: u8 = 0x80;

/// A VXLAN header.
pub struct Vxlan;

impl Protocol for Vxlan {
    fn name(&self) -> &'static str {
        "vxlan"
    }

    fn title(&self) -> &'static str {
        "VXLAN"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        // 8472 is what Linux used before the assignment and still uses unless told.
        &[Selector::UdpPort(4789), Selector::UdpPort(8472)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let fits = |flags: u8, rest: [u8; 3]| match flags {
            VALID => rest == [0; 3],
            _ => flags & !POLICY == VALID && rest.first().is_some_and(|bits| bits & !0x48 == 0),
        };
        let id = network_identifier(input, fits)?;
        let fact = Fact::Carrier(Carrier { kind: CarrierKind::Vxlan, id: Some(id) });
        let payload_length = input.after(HEADER);
        Ok(Step { header_length: HEADER, payload_length, next: Some(Selector::Ethernet), fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 7348 §5");
        fields.flag("network identifier valid", (0, 1), 4, ("as it must be", "it must be"));
        if input.bytes.first().is_some_and(|flags| flags & POLICY != 0) {
            fields.cite("draft-smith-vxlan-group-policy-05 §2.1");
            fields.flag("group policy", (0, 1), 0, ("a group policy follows", ""));
            fields.flag("don't learn", (1, 1), 1, ("the sender's address is not to be learnt", ""));
            fields.flag("policy applied", (1, 1), 4, ("the policy was applied already", ""));
            fields.number("group policy ID", (2, 2), |v| v.to_string());
            fields.cite("RFC 7348 §5");
        }
        fields.number("network identifier", (4, 3), |v| v.to_string());
        fields.number("reserved", (7, 1), |v| format!("0x{v:02x}"));
        if let [_, _, _, _, a, b, c, _, ..] = input.bytes {
            let id = u32::from_be_bytes([0, *a, *b, *c]);
            fields.summary(format!("network {id}   carries an Ethernet frame"));
        }
    }
}

/// The 24-bit identifier in the second word, where flags and the three bytes behind them fit: a port alone proves nothing.
pub(super) fn network_identifier(
    input: &Input<'_>,
    fits: impl FnOnce(u8, [u8; 3]) -> bool,
) -> Result<u32, Stop> {
    if input.declared < HEADER {
        return Err(Stop::Foreign);
    }
    let [flags, rest @ .., a, b, c, _] = *input.bytes.first_chunk::<8>().ok_or_else(|| input.cut(HEADER))?;
    if fits(flags, rest) { Ok(u32::from_be_bytes([0, a, b, c])) } else { Err(Stop::Foreign) }
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::Scope;
    use crate::wire::tunnel::testing::{dissect, ethernet, ipv4, names, tcp, udp};

    fn vxlan(ports: (u16, u16), header: [u8; 8]) -> Vec<u8> {
        ipv4(17, &udp(ports, &[&header[..], &ethernet(0x0800, &ipv4(6, &tcp()))].concat()))
    }

    #[test]
    fn the_inner_segment_is_what_counts() {
        let bytes = vxlan((50_000, 4789), [8, 0, 0, 0, 0, 0, 42, 0]);
        let dissection = dissect(&bytes);
        assert_eq!(names(&dissection), ["raw_ip", "ipv4", "udp", "vxlan", "ethernet", "ipv4", "tcp"]);
        assert!(dissection.tcp.is_some() && dissection.udp.is_none());
        assert_ne!(dissection.scope, Scope::default());
        assert_ne!(dissection.scope, dissect(&vxlan((1, 4789), [8, 0, 0, 0, 0, 0, 43, 0])).scope);
        assert_eq!(dissection.scope, dissect(&vxlan((4789, 7), [8, 0, 0, 0, 0, 0, 42, 0])).scope);
    }

    #[test]
    fn what_does_not_fit_the_header_is_plain_data() {
        for header in [[0; 8], [8, 1, 0, 0, 0, 0, 42, 0], [0xff; 8]] {
            let dissection = dissect(&vxlan((50_000, 4789), header));
            assert_eq!(names(&dissection), ["raw_ip", "ipv4", "udp"]);
            assert_eq!(dissection.stop, None);
            assert!(dissection.udp.is_some());
        }
    }
}
