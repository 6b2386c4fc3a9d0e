//! Tags that an Ethernet switch puts into frames for the processor that runs it (DSA: distributed switch architecture).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, hex};
use crate::wire::link::{LinkAddresses, ether_type, mac_address};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Two addresses before the tag: 12 bytes.
const ADDRESSES: u32 = 12;

/// An Ethernet header with a Marvell tag, of 4 bytes (`LINKTYPE_DSA_TAG_DSA`) or of 8 (`LINKTYPE_DSA_TAG_EDSA`).
pub struct MarvellTag;

/// An Ethernet header with a Broadcom tag of 4 bytes (`LINKTYPE_DSA_TAG_BRCM`), or such a tag before it
/// (`LINKTYPE_DSA_TAG_BRCM_PREPEND`).
pub struct BroadcomTag;

impl Protocol for MarvellTag {
    fn name(&self) -> &'static str {
        "dsa_tag"
    }

    fn title(&self) -> &'static str {
        "Marvell switch tag"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::DSA_TAG_DSA), Selector::Link(LinkType::DSA_TAG_EDSA)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        step(input, marvell_length(input))
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let length = marvell_length(input);
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_DSA_TAG_DSA");
        explain_addresses(&mut fields);
        fields.raw("EtherType and reserved field of the tag", (ADDRESSES, length - 4), hex);
        let tag = ADDRESSES + length - 4;
        fields.bits("tag command", (tag, 1), (0, 2), |v| format!("{v} {}", command(v)));
        fields.flag("tagged", (tag, 1), 2, ("the frame had a VLAN tag", "the frame had no VLAN tag"));
        fields.bits("device", (tag, 1), (3, 5), |v| v.to_string());
        fields.bits("port", (tag + 1, 1), (0, 5), |v| v.to_string());
        fields.bits("priority", (tag + 2, 1), (0, 3), |v| v.to_string());
        fields.bits("VLAN identifier", (tag + 2, 2), (4, 12), |v| v.to_string());
        explain_end(&mut fields, ADDRESSES + length, input);
    }
}

impl Protocol for BroadcomTag {
    fn name(&self) -> &'static str {
        "brcm_tag"
    }

    fn title(&self) -> &'static str {
        "Broadcom switch tag"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::DSA_TAG_BRCM), Selector::Link(LinkType::DSA_TAG_BRCM_PREPEND)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        if !is_before(input) {
            return step(input, 4);
        }
        if input.captured() < 4 {
            return Err(input.cut(4));
        }
        let next = Some(Selector::Ethernet);
        Ok(Step { header_length: 4, payload_length: input.after(4), next, fact: Fact::Nothing })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "LINKTYPE_DSA_TAG_BRCM");
        if is_before(input) {
            fields.raw("tag", (0, 4), hex);
            fields.summary(String::from("an Ethernet frame follows"));
            return;
        }
        explain_addresses(&mut fields);
        fields.raw("tag", (ADDRESSES, 4), hex);
        explain_end(&mut fields, ADDRESSES + 4, input);
    }
}

fn is_before(input: &Input<'_>) -> bool {
    input.selected_by == Selector::Link(LinkType::DSA_TAG_BRCM_PREPEND)
}

fn marvell_length(input: &Input<'_>) -> u32 {
    if input.selected_by == Selector::Link(LinkType::DSA_TAG_EDSA) { 8 } else { 4 }
}

/// The EtherType is behind the tag.
fn step(input: &Input<'_>, tag: u32) -> Result<Step, Stop> {
    let place = ADDRESSES + tag;
    let number = octets::big_16(input.bytes, place).ok_or_else(|| input.cut(place + 2))?;
    let addresses = addresses(input.bytes).ok_or_else(|| input.cut(place + 2))?;
    Ok(ether_type::step(number, place + 2, input, Fact::Link(addresses)))
}

fn addresses(bytes: &[u8]) -> Option<LinkAddresses> {
    Some(LinkAddresses { source: octets::chunk(bytes, 6)?, destination: octets::chunk(bytes, 0)? })
}

fn explain_addresses(fields: &mut FieldWriter<'_>) {
    mac_address::explain(fields, "destination address", (0, 6));
    mac_address::explain(fields, "source address", (6, 6));
}

fn explain_end(fields: &mut FieldWriter<'_>, place: u32, input: &Input<'_>) {
    ether_type::explain(fields.cite("IEEE 802.3 §3.2.6"), (place, 2), input);
    if let (Some(ends), Some(number)) = (addresses(input.bytes), octets::big_16(input.bytes, place)) {
        let (from, to) = (mac_address::plain(&ends.source), mac_address::plain(&ends.destination));
        fields.summary(format!("{from} → {to}   {}", ether_type::carries(number)));
    }
}

fn command(code: u64) -> &'static str {
    match code {
        0 => "to the processor",
        1 => "from the processor",
        2 => "to a mirror port",
        _ => "forwarded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Dissector;

    #[test]
    fn the_ethertype_is_found_behind_each_kind_of_tag() {
        let ends = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        let unknown = Some(Stop::Unknown(Selector::EtherType(0x88cc)));
        for (link_type, front, tag) in [
            (LinkType::DSA_TAG_DSA, &[][..], &[0xc0, 0x0a, 0, 0][..]),
            (LinkType::DSA_TAG_EDSA, &[], &[0xda, 0xda, 0, 0, 0xc0, 0x10, 5, 0x39]),
            (LinkType::DSA_TAG_BRCM, &[], &[8, 0, 0, 8]),
            (LinkType::DSA_TAG_BRCM_PREPEND, &[8, 0, 0, 8], &[]),
        ] {
            let frame = [front, &ends, tag, &[0x88, 0xcc]].concat();
            let length = u32::try_from(frame.len()).unwrap();
            let dissection = Dissector::new().dissect(link_type, &frame, length, 0);
            assert_eq!((dissection.stop, dissection.link.unwrap().source[5]), (unknown, 2));
        }
    }
}
