//! GENEVE: frames and packets over UDP, with options (RFC 8926).

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted, hex};
use crate::wire::link::ether_type;
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length without options, in bytes.
const FIXED: u32 = 8;
/// A whole Ethernet frame (RFC 8926 §3.4).
const ETHERNET: u16 = 0x6558;

/// A GENEVE header with its options.
pub struct Geneve;

impl Protocol for Geneve {
    fn name(&self) -> &'static str {
        "geneve"
    }

    fn title(&self) -> &'static str {
        "GENEVE"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::UdpPort(6081)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        if input.declared < FIXED {
            return Err(Stop::Foreign);
        }
        let bytes = input.bytes.first_chunk::<8>().ok_or_else(|| input.cut(FIXED))?;
        let [first, second, high, low, a, b, c, last] = *bytes;
        let header_length = FIXED + 4 * u32::from(first & 0x3f);
        let protocol = u16::from_be_bytes([high, low]);
        let reserved = second & 0x3f != 0 || last != 0;
        let is_plausible = protocol == 0 || protocol >= ether_type::SMALLEST;
        if first >> 6 != 0 || reserved || !is_plausible || header_length > input.declared {
            return Err(Stop::Foreign);
        }
        if header_length > input.captured() {
            return Err(input.cut(header_length));
        }
        let id = u32::from_be_bytes([0, a, b, c]);
        Ok(Step {
            header_length,
            payload_length: input.after(header_length),
            next: match protocol {
                0 => None,
                ETHERNET => Some(Selector::Ethernet),
                number => Some(Selector::EtherType(number)),
            },
            fact: Fact::Carrier(Carrier { kind: CarrierKind::Geneve, id: Some(id) }),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 8926 §3.4");
        fields.bits("version", (0, 1), (0, 2), |v| v.to_string());
        fields.bits("options length", (0, 1), (2, 6), |v| format!("{v} × 4 = {} bytes", v * 4));
        fields.flag("control", (1, 1), 0, ("a message about the tunnel itself", ""));
        let critical = ("some options must be understood", "");
        fields.flag("critical options present", (1, 1), 1, critical);
        fields.number("protocol type", (2, 2), |v| ether_type::text(u16::try_from(v).unwrap_or_default()));
        fields.number("network identifier", (4, 3), |v| v.to_string());
        fields.number("reserved", (7, 1), |v| format!("0x{v:02x}"));
        let [first, _, high, low, a, b, c, ..] = input.bytes else {
            return;
        };
        let length = 4 * u32::from(first & 0x3f);
        explain_options(&mut fields.part(FIXED, length));
        let (id, protocol) = (u32::from_be_bytes([0, *a, *b, *c]), u16::from_be_bytes([*high, *low]));
        let mut parts = vec![format!("network {id}")];
        if length > 0 {
            parts.push(format!("{} of options", counted(length.into(), "byte")));
        }
        parts.push(ether_type::carries(protocol));
        fields.summary(parts.join("   "));
    }
}

/// Options, each with class, type and value (RFC 8926 §3.5).
fn explain_options(fields: &mut FieldWriter<'_>) {
    fields.cite("RFC 8926 §3.5");
    let mut at = 0;
    while let Some([high, low, kind, length]) = fields.at((at, 4)) {
        let words = 4 * u32::from(length & 0x1f);
        let name = if kind & 0x80 == 0 { "option" } else { "critical option" };
        let class = u16::from_be_bytes([*high, *low]);
        fields.raw(name, (at, 4 + words), |value| {
            let value = value.get(4..).unwrap_or_default();
            let value = if value.is_empty() { String::from("no value") } else { hex(value) };
            format!("class 0x{class:04x}, type {}: {value}", kind & 0x7f)
        });
        at = at.saturating_add(4 + words);
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::testing::{dissect, ethernet, ipv4, names, tcp, udp};

    #[test]
    fn options_lie_before_what_is_carried() {
        let header = [2, 0x40, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 0x80, 1, 0xaa, 0xbb, 0xcc, 0xdd];
        let payload = [&header[..], &ethernet(0x0800, &ipv4(6, &tcp()))].concat();
        let bytes = ipv4(17, &udp((50_000, 6081), &payload));
        let expected = ["raw_ip", "ipv4", "udp", "geneve", "ethernet", "ipv4", "tcp"];
        assert_eq!(names(&dissect(&bytes)), expected);
        let layers = crate::wire::tunnel::testing::explain(&bytes);
        let option = layers[3].fields.iter().find(|field| field.name == "critical option").unwrap();
        assert_eq!(option.text, "class 0x0102, type 0: aa bb cc dd");
    }

    #[test]
    fn a_version_that_nobody_defined_is_plain_data() {
        let payload = [&[0x40, 0, 0x65, 0x58, 0, 0, 9, 0][..], &[0; 20]].concat();
        let dissection = dissect(&ipv4(17, &udp((50_000, 6081), &payload)));
        assert_eq!(names(&dissection), ["raw_ip", "ipv4", "udp"]);
        assert_eq!(dissection.stop, None);
    }
}
