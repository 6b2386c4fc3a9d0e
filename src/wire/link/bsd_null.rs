//! Loopback headers of the BSD family: an address family in four bytes (`LINKTYPE_NULL`, `LINKTYPE_LOOP`).

use crate::base::LinkType;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::link::ether_type;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length in bytes.
const HEADER: u32 = 4;

/// The family in the byte order of the machine that captured.
pub struct BsdNull;

/// The family in network byte order, as OpenBSD writes it.
pub struct BsdLoop;

impl Protocol for BsdNull {
    fn name(&self) -> &'static str {
        "null"
    }

    fn title(&self) -> &'static str {
        "BSD loopback"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::NULL)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        dissect(input)
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        explain(input, out, "LINKTYPE_NULL");
    }
}

impl Protocol for BsdLoop {
    fn name(&self) -> &'static str {
        "loop"
    }

    fn title(&self) -> &'static str {
        "OpenBSD loopback"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::Link(LinkType::LOOP)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        dissect(input)
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        explain(input, out, "LINKTYPE_LOOP");
    }
}

fn dissect(input: &Input<'_>) -> Result<Step, Stop> {
    let header = input.bytes.first_chunk::<4>().ok_or_else(|| input.cut(HEADER))?;
    let next = carried(family(*header)).map(Selector::EtherType);
    Ok(Step { header_length: HEADER, payload_length: input.after(HEADER), next, fact: Fact::Nothing })
}

fn explain(input: &Input<'_>, out: &mut LayerExplanation, source: &'static str) {
    let mut fields = FieldWriter::new(out, input.bytes, input.offset, source);
    let Some(header) = input.bytes.first_chunk::<4>() else {
        return;
    };
    let family = family(*header);
    let order = if u32::from_be_bytes(*header) == family { "network" } else { "reversed" };
    let name = match carried(family) {
        Some(ether_type::IPV4) => "IPv4",
        Some(_) => "IPv6",
        None => "not IP: shown as bytes",
    };
    fields.number("address family", (0, 4), |_| format!("{family} ({name}), in {order} byte order"));
    fields.summary(format!("never left the host   address family {family} ({name})"));
}

/// The family in whichever byte order makes it small: families are below 256, so just one does.
fn family(header: [u8; 4]) -> u32 {
    u32::from_be_bytes(header).min(u32::from_le_bytes(header))
}

/// `AF_INET` is 2 everywhere; `AF_INET6` is 24 on NetBSD, OpenBSD and with Npcap, 28 on FreeBSD, 30 on macOS.
fn carried(family: u32) -> Option<u16> {
    match family {
        2 => Some(ether_type::IPV4),
        24 | 28 | 30 => Some(ether_type::IPV6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_read_in_either_byte_order() {
        assert_eq!(carried(family([2, 0, 0, 0])), Some(ether_type::IPV4));
        assert_eq!(carried(family([0, 0, 0, 2])), Some(ether_type::IPV4));
        for version_6 in [24, 28, 30] {
            assert_eq!(carried(family([version_6, 0, 0, 0])), Some(ether_type::IPV6));
            assert_eq!(carried(family([0, 0, 0, version_6])), Some(ether_type::IPV6));
        }
        assert_eq!(carried(family([7, 0, 0, 0])), None);
    }
}
