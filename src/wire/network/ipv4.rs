//! The Internet Protocol, version 4 (RFC 791).

use std::net::Ipv4Addr;

use etherparse::Ipv4HeaderSlice;

use crate::base::{Addresses, ByteSpan};
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, Place, counted};
use crate::wire::checksum::{self, Checksum, Sum};
use crate::wire::network::{Fragment, NetworkFact, ipv4_options, protocol_number, traffic_class};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length without options, in bytes.
const FIXED: u32 = 20;

/// An IPv4 header with its options.
pub struct Ipv4;

impl Protocol for Ipv4 {
    fn name(&self) -> &'static str {
        "ipv4"
    }

    fn title(&self) -> &'static str {
        "IPv4"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[
            Selector::EtherType(0x0800),
            Selector::IpProtocol(protocol_number::IPV4),
            Selector::PppProtocol(0x0021),
        ]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let mut room = [0; FIXED_BYTES];
        let header = fixed_part(input, &mut room)?;
        let header_length = header_length(input)?;
        let offset = u32::from(header.fragments_offset().byte_offset());
        let more = header.more_fragments();
        let fragment = (more || offset > 0).then(|| Fragment {
            offset,
            more,
            identification: header.identification().into(),
            protocol: header.protocol().0,
        });
        let total = end(u32::from(header.total_len()), header_length, input.declared);
        let fact = NetworkFact {
            addresses: Addresses {
                source: header.source_addr().into(),
                destination: header.destination_addr().into(),
            },
            ttl: header.ttl(),
            identification: Some(header.identification()),
            fragment,
            ecn: header.ecn().value(),
        };
        Ok(Step {
            header_length,
            payload_length: total.saturating_sub(header_length),
            next: (offset == 0).then_some(Selector::IpProtocol(header.protocol().0)),
            fact: match ipv4_options::final_destination(options(input, header_length)) {
                Some(last) => Fact::SourceRouted(fact, last),
                None => Fact::Network(fact),
            },
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 791 §3.1");
        let checksum = verify(input);
        explain_front(&mut fields);
        explain_back(&mut fields, checksum);
        if let Ok(length) = header_length(input) {
            ipv4_options::explain(&mut fields.part(FIXED, length.saturating_sub(FIXED)));
        }
        let mut room = [0; FIXED_BYTES];
        if let (Ok(step), Ok(header)) = (self.dissect(input), fixed_part(input, &mut room)) {
            fields.summary(summary(&header, &step, checksum));
            note_length(&mut fields, &header, step.header_length, input);
            note_fragment(&mut fields, &header);
        }
        if let Some(note) = checksum.note() {
            fields.note(note);
        }
    }
}

const FIXED_BYTES: usize = 20;

/// The fixed part as etherparse reads it: a copy without options, so that options that were cut do not hide it.
fn fixed_part<'r>(input: &Input<'_>, room: &'r mut [u8; FIXED_BYTES]) -> Result<Ipv4HeaderSlice<'r>, Stop> {
    let first = input.bytes.first().ok_or_else(|| input.cut(FIXED))?;
    if first >> 4 != 4 {
        return Err(Stop::Malformed("version is not 4"));
    }
    *room = *input.bytes.first_chunk::<FIXED_BYTES>().ok_or_else(|| input.cut(FIXED))?;
    let [first, ..] = room;
    *first = 0x45;
    Ipv4HeaderSlice::from_slice(room).map_err(|_| input.cut(FIXED))
}

fn header_length(input: &Input<'_>) -> Result<u32, Stop> {
    let first = input.bytes.first().ok_or_else(|| input.cut(FIXED))?;
    match u32::from(first & 15) * 4 {
        0..FIXED => Err(Stop::Malformed("header length below 20 bytes")),
        length if length > input.declared => Err(Stop::Malformed("header longer than the frame")),
        length => Ok(length),
    }
}

/// The option bytes that were captured.
fn options<'a>(input: &Input<'a>, header_length: u32) -> &'a [u8] {
    ByteSpan::new(FIXED, header_length.saturating_sub(FIXED)).of(input.bytes)
}

/// Where the packet ends: as its Total Length says where that can be, else with the frame.
fn end(total_length: u32, header_length: u32, declared: u32) -> u32 {
    if total_length < header_length { declared } else { total_length.min(declared) }
}

fn verify(input: &Input<'_>) -> Checksum {
    let Ok(length) = header_length(input) else {
        return Checksum::Unknown;
    };
    let header = ByteSpan::new(0, length).of(input.bytes);
    match header {
        [_, _, _, _, _, _, _, _, _, _, high, low, ..] if length <= input.captured() => {
            checksum::check(Sum::default().add(header), u16::from_be_bytes([*high, *low]))
        }
        _ => Checksum::Unknown,
    }
}

fn explain_front(fields: &mut FieldWriter<'_>) {
    fields.bits("version", (0, 1), (0, 4), |v| v.to_string());
    fields.bits("header length", (0, 1), (4, 4), |v| format!("{v} × 4 = {} bytes", v * 4));
    traffic_class::explain(fields, (1, 1), 0);
    fields.cite("RFC 791 §3.1");
    fields.number("total length", (2, 2), |v| match v {
        0 => "0: left to the network card, which cuts the packet into several (segmentation offload)"
            .to_owned(),
        _ => counted(v, "byte"),
    });
    fields.cite("RFC 6864 §4");
    fields.number("identification", (4, 2), |v| format!("0x{v:04x} ({v})"));
    fields.cite("RFC 791 §3.1");
    fields.flag("reserved flag", (6, 2), 0, ("it must not be", ""));
    let words = ("routers may not cut this packet", "routers may cut this packet into fragments");
    fields.flag("don't fragment", (6, 2), 1, words);
    fields.flag("more fragments", (6, 2), 2, ("further fragments of this packet follow", ""));
    fields.bits("fragment offset", (6, 2), (3, 13), |v| format!("{v} × 8 = {} bytes", v * 8));
}

fn explain_back(fields: &mut FieldWriter<'_>, checksum: Checksum) {
    fields.number("time to live", (8, 1), |v| format!("{v} more hops at most"));
    fields.number("protocol", (9, 1), protocol_number::text);
    fields.number("header checksum", (10, 2), |v| checksum.text(u16::try_from(v).unwrap_or_default()));
    explain_address(fields, "source address", (12, 4));
    explain_address(fields, "destination address", (16, 4));
}

/// Adds an address with a word on special ones (RFC 6890).
pub(super) fn explain_address(fields: &mut FieldWriter<'_>, name: &'static str, place: Place) {
    fields.address(name, place, address, hint);
}

/// An address in its usual notation.
fn address(bytes: &[u8]) -> String {
    bytes.first_chunk::<4>().map_or_else(String::new, |octets| Ipv4Addr::from(*octets).to_string())
}

fn hint(bytes: &[u8]) -> Option<&'static str> {
    let address = Ipv4Addr::from(*bytes.first_chunk::<4>()?);
    Some(match address {
        _ if address.is_broadcast() => "broadcast: everyone on the link",
        _ if address.is_multicast() => "multicast: a group",
        _ if address.is_loopback() => "loopback: this host itself",
        _ if address.is_private() => "private network",
        _ if address.is_link_local() => "this link only",
        _ if address.is_unspecified() => "no address yet",
        _ => return None,
    })
}

fn summary(header: &Ipv4HeaderSlice<'_>, step: &Step, checksum: Checksum) -> String {
    let length = counted(u64::from(step.header_length.saturating_add(step.payload_length)), "byte");
    let (source, destination) = (header.source_addr(), header.destination_addr());
    let mut parts = vec![format!("{source} → {destination}"), format!("TTL {}", header.ttl())];
    if header.dont_fragment() {
        parts.push("don't fragment".to_owned());
    }
    if header.is_fragmenting_payload() {
        parts.push(format!("fragment from byte {}", header.fragments_offset().byte_offset()));
    }
    parts.push(length);
    parts.extend(checksum.summary().map(str::to_owned));
    parts.join("   ")
}

fn note_length(
    fields: &mut FieldWriter<'_>,
    header: &Ipv4HeaderSlice<'_>,
    header_length: u32,
    input: &Input<'_>,
) {
    let total = u32::from(header.total_len());
    let there = counted(u64::from(input.declared), "byte");
    if total == 0 {
        fields.note(format!("The total length is 0: this packet was captured on the sending host before its network card cut it into packets of ordinary size (segmentation offload). Counted as {there}, the rest of the frame."));
    } else if total < header_length {
        fields.note(format!("The total length of {total} bytes is less than the header itself: counted as {there}, the rest of the frame."));
    } else if total > input.declared {
        fields.note(format!("The total length claims {total} bytes, but the layer below carries only {there}: counted as {there}."));
    }
}

fn note_fragment(fields: &mut FieldWriter<'_>, header: &Ipv4HeaderSlice<'_>) {
    if header.is_fragmenting_payload() {
        let more = if header.more_fragments() { "more follow" } else { "the last one" };
        fields.note(format!(
            "A fragment of packet {}: its data belongs {} bytes into that packet; {more}.",
            header.identification(),
            header.fragments_offset().byte_offset()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::wire::{Dissection, Dissector};

    fn packet(total: u16, flags: u16, protocol: u8) -> Vec<u8> {
        let mut bytes = vec![0x45, 0];
        bytes.extend(total.to_be_bytes());
        bytes.extend([0, 7]);
        bytes.extend(flags.to_be_bytes());
        bytes.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        bytes.extend([0x9c, 0x40, 0x00, 0x35, 0, 12, 0, 0, 1, 2, 3, 4]);
        bytes
    }

    fn dissect(bytes: &[u8], wire: u32) -> Dissection {
        Dissector::new().dissect(LinkType::IPV4, bytes, wire, 0)
    }

    #[test]
    fn padding_behind_the_total_length_is_trailer() {
        let mut bytes = packet(32, 0, 17);
        bytes.extend([0; 6]);
        let dissection = dissect(&bytes, 38);
        assert_eq!(dissection.payload.of(&bytes), [1, 2, 3, 4]);
        assert_eq!(dissection.trailer, ByteSpan::new(32, 6));
    }

    #[test]
    fn a_total_length_of_zero_means_the_rest_of_the_frame() {
        let bytes = packet(0, 0, 17);
        assert_eq!(dissect(&bytes, 32).payload.len, 4);
        let layers = Dissector::new().explain(LinkType::IPV4, &bytes, 32, 0);
        assert!(layers[1].notes.iter().any(|note| note.contains("segmentation offload")));
    }

    #[test]
    fn a_total_length_beyond_the_frame_keeps_what_is_there() {
        let bytes = packet(900, 0, 17);
        assert_eq!(dissect(&bytes, 32).payload.len, 4);
        let layers = Dissector::new().explain(LinkType::IPV4, &bytes, 32, 0);
        assert!(layers[1].notes.iter().any(|note| note.contains("claims 900 bytes")));
    }

    #[test]
    fn a_first_fragment_goes_on_to_its_ports() {
        let dissection = dissect(&packet(32, 0x2000, 17), 32);
        assert_eq!(dissection.udp.unwrap().destination_port, 53);
        let fragment = Fragment { offset: 0, more: true, identification: 7, protocol: 17 };
        assert_eq!(dissection.network.unwrap().fragment, Some(fragment));
    }

    #[test]
    fn a_later_fragment_has_no_ports_only_bytes() {
        let dissection = dissect(&packet(32, 0x0002, 17), 32);
        assert!(dissection.udp.is_none());
        assert_eq!(dissection.payload.len, 12);
        let fragment = Fragment { offset: 16, more: false, identification: 7, protocol: 17 };
        assert_eq!(dissection.network.unwrap().fragment, Some(fragment));
    }

    #[test]
    fn cut_options_still_give_addresses() {
        let mut bytes = packet(32, 0, 6);
        bytes[0] = 0x48;
        bytes.truncate(24);
        let dissection = dissect(&bytes, 200);
        assert_eq!(dissection.network.unwrap().ttl, 64);
        assert_eq!(dissection.stop, Some(Stop::Cut { needed: 20, available: 0 }));
    }

    #[test]
    fn a_header_length_below_five_words_is_malformed() {
        let mut bytes = packet(32, 0, 6);
        bytes[0] = 0x44;
        assert_eq!(dissect(&bytes, 32).stop, Some(Stop::Malformed("header length below 20 bytes")));
    }

    #[test]
    fn the_summary_reads_as_one_line() {
        let mut bytes = packet(32, 0x4000, 17);
        bytes[10..12].copy_from_slice(&[0x26, 0xc4]);
        let layers = Dissector::new().explain(LinkType::IPV4, &bytes, 32, 0);
        let summary = "10.0.0.1 → 10.0.0.2   TTL 64   don't fragment   32 bytes   checksum right";
        assert_eq!(layers[1].summary, summary, "{:?}", layers[1].fields);
    }
}
