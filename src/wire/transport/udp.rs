//! The User Datagram Protocol (RFC 768).

use etherparse::UdpHeaderSlice;

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::checksum::{self, Checksum};
use crate::wire::network::protocol_number::UDP;
use crate::wire::transport::UdpHeader;
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length in bytes.
const HEADER: u32 = 8;

/// A UDP header.
pub struct Udp;

impl Protocol for Udp {
    fn name(&self) -> &'static str {
        "udp"
    }

    fn title(&self) -> &'static str {
        "UDP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Transport
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::IpProtocol(UDP)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header = UdpHeaderSlice::from_slice(input.bytes).map_err(|_| input.cut(HEADER))?;
        let fact =
            UdpHeader { source_port: header.source_port(), destination_port: header.destination_port() };
        let payload_length = extent(&header, input).saturating_sub(HEADER);
        Ok(Step { header_length: HEADER, payload_length, next: None, fact: Fact::Udp(fact) })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 768");
        fields.number("source port", (0, 2), |v| v.to_string());
        fields.number("destination port", (2, 2), |v| v.to_string());
        fields.number("length", (4, 2), |v| counted(v, "byte"));
        let Ok(header) = UdpHeaderSlice::from_slice(input.bytes) else {
            return;
        };
        let checksum = verify(&header, input);
        fields.number("checksum", (6, 2), |_| match header.checksum() {
            0 => "0x0000: not used".to_owned(),
            found => checksum.text(found),
        });
        let data = counted(u64::from(extent(&header, input).saturating_sub(HEADER)), "byte");
        let mut summary = vec![
            format!("{} → {}", header.source_port(), header.destination_port()),
            format!("{data} of data"),
        ];
        summary.extend(checksum.summary().map(str::to_owned));
        fields.summary(summary.join("   "));
        if header.checksum() == 0 && input.addresses.is_some_and(|addresses| addresses.source.is_ipv6()) {
            fields.note("Over IPv6 a UDP checksum of 0 is allowed for tunnels only (RFC 6935).");
        }
        note_length(&mut fields, u32::from(header.length()), input);
        if let Some(note) = checksum.note() {
            fields.note(note);
        }
    }
}

/// Bytes of the datagram: as its length says where that can be, else what the IP header left. 0 is a jumbogram (RFC 2675 §4).
fn extent(header: &UdpHeaderSlice<'_>, input: &Input<'_>) -> u32 {
    match u32::from(header.length()) {
        0..HEADER => input.declared,
        length => length.min(input.declared),
    }
}

fn verify(header: &UdpHeaderSlice<'_>, input: &Input<'_>) -> Checksum {
    if header.checksum() == 0 || u32::from(header.length()) > input.declared {
        return Checksum::Unknown;
    }
    checksum::check_upper(input, UDP, extent(header, input), header.checksum())
}

fn note_length(fields: &mut FieldWriter<'_>, length: u32, input: &Input<'_>) {
    let there = counted(u64::from(input.declared), "byte");
    if (1..HEADER).contains(&length) {
        fields.note(format!("The length of {length} is less than the header itself: counted as {there}."));
    } else if length > input.declared && input.fragment {
        fields.note(format!("The datagram has {length} bytes; this first fragment of it carries {there}."));
    } else if length > input.declared {
        fields.note(format!("The length claims {length} bytes, but the IP packet carries only {there}."));
    } else if length < input.declared && length > 0 {
        fields.note(format!(
            "The IP packet carries {there}, of which this datagram takes {length}: the rest is not data."
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::wire::Dissector;

    fn packet(length: u16, checksum: u16) -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 32, 0, 7, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend([0x9c, 0x40, 0x00, 0x35]);
        bytes.extend(length.to_be_bytes());
        bytes.extend(checksum.to_be_bytes());
        bytes.extend([1, 2, 3, 4]);
        bytes
    }

    fn summary(bytes: &[u8]) -> String {
        Dissector::new().explain(LinkType::RAW, bytes, 32, 0)[2].summary.clone()
    }

    #[test]
    fn a_length_below_that_of_ip_leaves_bytes_that_are_no_data() {
        let bytes = packet(10, 0);
        let dissection = Dissector::new().dissect(LinkType::RAW, &bytes, 32, 0);
        assert_eq!(dissection.payload.of(&bytes), [1, 2]);
        assert_eq!(dissection.trailer.len, 0);
    }

    #[test]
    fn an_impossible_length_keeps_ports_and_data() {
        let bytes = packet(3, 0);
        let dissection = Dissector::new().dissect(LinkType::RAW, &bytes, 32, 0);
        assert_eq!(dissection.udp, Some(UdpHeader { source_port: 40000, destination_port: 53 }));
        assert_eq!(dissection.payload.len, 4);
    }

    #[test]
    fn a_checksum_of_zero_is_not_used_rather_than_wrong() {
        assert_eq!(summary(&packet(12, 0)), "40000 → 53   4 bytes of data");
    }

    #[test]
    fn a_checksum_that_only_sums_the_pseudo_header_was_left_to_the_card() {
        assert_eq!(summary(&packet(12, 0x1420)), "40000 → 53   4 bytes of data   checksum not filled in yet");
        assert!(summary(&packet(12, 0x1421)).ends_with("checksum WRONG"));
    }
}
