//! Apple's header with the interface and the process of a frame (XNU `bsd/net/pktap.h`).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, printable};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Shortest header, all fields of the first version: 108 bytes.
const SHORTEST: u32 = 108;
/// Record type of a packet.
const PACKET: u32 = 1;

/// A PKTAP header.
pub struct Pktap;

impl Protocol for Pktap {
    fn name(&self) -> &'static str {
        "pktap"
    }

    fn title(&self) -> &'static str {
        "Apple PKTAP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::PKTAP), Selector::Link(LinkType::USER_2)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let length = octets::little_32(input.bytes, 0).ok_or_else(|| input.cut(SHORTEST))?;
        if length < SHORTEST || length > input.declared {
            return Err(Stop::Malformed(match input.selected_by {
                Selector::Link(LinkType::USER_2) => {
                    "a link type that everybody may use for something else, and not Apple's PKTAP header"
                }
                _ => "the PKTAP header's length does not fit the frame",
            }));
        }
        if length > input.captured() {
            return Err(input.cut(length));
        }
        let number = octets::little_32(input.bytes, 8).and_then(|number| u16::try_from(number).ok());
        let packet = octets::little_32(input.bytes, 4) == Some(PACKET);
        let next = number.filter(|_| packet).map(|number| Selector::Link(LinkType(dlt(number))));
        Ok(Step { header_length: length, payload_length: input.after(length), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "XNU pktap.h");
        fields.little("length", (0, 4), |v| format!("{v} bytes"));
        if octets::little_32(input.bytes, 0).is_none_or(|length| length < SHORTEST) {
            return;
        }
        fields.little("record type", (4, 4), |v| if v == 1 { "1 packet".to_owned() } else { v.to_string() });
        fields.little("link type", (8, 4), |v| match u16::try_from(v) {
            Ok(number) => format!("{v} {}", LinkType(dlt(number))),
            Err(_) => v.to_string(),
        });
        fields.text("interface name", (12, 24), text);
        fields.little("flags", (36, 4), flags);
        fields.little("protocol family", (40, 4), |v| v.to_string());
        fields.little("link header length", (44, 4), |v| format!("{v} bytes"));
        fields.little("link trailer length", (48, 4), |v| format!("{v} bytes"));
        fields.little("process identifier", (52, 4), |v| v.to_string());
        fields.text("command", (56, 20), text);
        fields.little("service class", (76, 4), |v| v.to_string());
        fields.little("interface type", (80, 2), |v| v.to_string());
        fields.little("interface unit", (82, 2), |v| v.to_string());
        fields.little("effective process identifier", (84, 4), |v| v.to_string());
        fields.text("effective command", (88, 20), text);
        let name = |place, length| fields.at((place, length)).map(text).unwrap_or_default();
        let (interface, command) = (name(12, 24), name(56, 20));
        fields.summary(format!("interface {interface}   process {command}"));
    }
}

/// Darwin's number for raw IP is its own.
fn dlt(number: u16) -> u16 {
    if LinkType(number) == LinkType::RAW_BSD { LinkType::RAW.0 } else { number }
}

fn text(bytes: &[u8]) -> String {
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    if name.is_empty() {
        String::from("unknown")
    } else {
        printable(&String::from_utf8_lossy(name)).into_owned()
    }
}

fn flags(value: u64) -> String {
    let direction = match value & 3 {
        1 => ", received",
        2 => ", sent",
        _ => "",
    };
    format!("0x{value:08x}{direction}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn its_link_type_says_what_follows() {
        let mut frame = vec![0; 108];
        frame[0] = 108;
        frame[4] = 1;
        frame[8] = 1;
        frame[12..15].copy_from_slice(b"en0");
        frame[56..60].copy_from_slice(b"curl");
        frame.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc]);
        for link_type in [LinkType::PKTAP, LinkType::USER_2] {
            let layers = Dissector::new().explain(link_type, &frame, 122, 0);
            assert_eq!(layers[0].summary, "interface en0   process curl");
            assert_eq!(layers[1].protocol, "ethernet");
        }
    }

    #[test]
    fn another_use_of_the_user_defined_number_is_not_taken_for_it() {
        let dissection = Dissector::new().dissect(LinkType::USER_2, &[0; 200], 200, 0);
        assert!(matches!(dissection.stop, Some(Stop::Malformed(_))));
    }
}
