//! FDDI (ISO 9314-2): frame control and addresses.

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::{LinkAddresses, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Frame control and two addresses: 13 bytes.
const HEADER: u32 = 13;

/// An FDDI header.
pub struct Fddi;

impl Protocol for Fddi {
    fn name(&self) -> &'static str {
        "fddi"
    }

    fn title(&self) -> &'static str {
        "FDDI"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::FDDI)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let addresses = addresses(input.bytes).ok_or_else(|| input.cut(HEADER))?;
        let control = octets::byte(input.bytes, 0).unwrap_or(0);
        Ok(Step {
            header_length: HEADER,
            payload_length: input.after(HEADER),
            next: carries_data(control).then_some(Selector::Llc),
            fact: Fact::Link(addresses),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "ISO 9314-2 §7.3");
        fields.flag("class", (0, 1), 0, ("synchronous", "asynchronous"));
        fields.flag("address length", (0, 1), 1, ("48 bits", "16 bits"));
        fields.bits("frame type", (0, 1), (2, 2), |v| match v {
            0 => String::from("0: about the ring itself"),
            1 => String::from("1: data"),
            _ => v.to_string(),
        });
        fields.bits("control", (0, 1), (4, 4), |v| v.to_string());
        mac_address::explain(&mut fields, "destination address", (1, 6));
        mac_address::explain(&mut fields, "source address", (7, 6));
        if let Some(LinkAddresses { source, destination }) = addresses(input.bytes) {
            let (from, to) = (mac_address::plain(&source), mac_address::plain(&destination));
            fields.summary(format!("{from} → {to}"));
        }
    }
}

fn addresses(bytes: &[u8]) -> Option<LinkAddresses> {
    Some(LinkAddresses { source: octets::chunk(bytes, 7)?, destination: octets::chunk(bytes, 1)? })
}

/// Frames of type 1 carry an 802.2 header (ISO 9314-2 §7.3.3.1).
fn carries_data(control: u8) -> bool {
    control & 0x30 == 0x10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn data_frames_carry_llc_and_others_do_not() {
        let mut frame = vec![0x51, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        frame.extend([0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0xcc]);
        let data = Dissector::new().dissect(LinkType::FDDI, &frame, 21, 0);
        assert_eq!(data.stop, Some(Stop::Unknown(Selector::EtherType(0x88cc))));
        frame[0] = 0xc3;
        assert_eq!(Dissector::new().dissect(LinkType::FDDI, &frame, 21, 0).layers().count(), 1);
    }
}
