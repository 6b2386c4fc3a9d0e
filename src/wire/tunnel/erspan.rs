//! Mirrored Ethernet frames in GRE: ERSPAN types II and III (type I has no header of its own).

use crate::explain::{FieldWriter, LayerExplanation, OsiLayer};
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header of type II: 8 bytes.
const TYPE_2: u32 = 8;
/// Header of type III: 12 bytes.
const TYPE_3: u32 = 12;
/// The platform-specific subheader of type III: 8 bytes.
const SUBHEADER: u32 = 8;
const SOURCE: &str = "draft-foschiano-erspan-03 §4";

/// An ERSPAN header; what follows is the mirrored frame.
pub struct Erspan;

impl Protocol for Erspan {
    fn name(&self) -> &'static str {
        "erspan"
    }

    fn title(&self) -> &'static str {
        "ERSPAN"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::EtherType(0x88be), Selector::EtherType(0x22eb)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let header_length = length(input)?;
        if header_length > input.captured() {
            return Err(input.cut(header_length));
        }
        let next = match frame_type(input) {
            None | Some(0) => Some(Selector::Ethernet),
            Some(2) => Some(Selector::BareIp),
            Some(_) => None,
        };
        let fact = Fact::Carrier(Carrier { kind: CarrierKind::Erspan, id: None });
        Ok(Step { header_length, payload_length: input.after(header_length), next, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, SOURCE);
        fields.bits("version", (0, 4), (0, 4), |v| match v {
            1 => "1 (type II)".to_owned(),
            2 => "2 (type III)".to_owned(),
            _ => v.to_string(),
        });
        fields.bits("VLAN", (0, 4), (4, 12), |v| format!("{v}, in which the frame was seen"));
        fields.bits("class of service", (0, 4), (16, 3), |v| v.to_string());
        let third = input.bytes.first().is_some_and(|first| first >> 4 == 2);
        if third {
            explain_third(&mut fields);
        } else {
            fields.bits("trunk encapsulation", (0, 4), (19, 2), |v| v.to_string());
        }
        fields.flag("truncated", (0, 4), 21, ("the mirrored frame was cut", ""));
        fields.bits("session ID", (0, 4), (22, 10), |v| v.to_string());
        if third {
            explain_rest_of_third(&mut fields, input);
        } else {
            fields.bits("port index", (4, 4), (12, 20), |v| v.to_string());
        }
        if let [first, _, high, low, ..] = input.bytes {
            let session = u16::from_be_bytes([*high, *low]) & 0x3ff;
            let name = if first >> 4 == 2 { "III" } else { "II" };
            fields.summary(format!("type {name}   session {session}   carries a mirrored frame"));
        }
    }
}

fn explain_third(fields: &mut FieldWriter<'_>) {
    fields.bits("bad, short or oversized", (0, 4), (19, 2), |v| match v {
        0 => "0: a good frame, or not known".to_owned(),
        1 => "1: oversized".to_owned(),
        2 => "2: short".to_owned(),
        _ => "3: with a wrong check sequence".to_owned(),
    });
}

fn explain_rest_of_third(fields: &mut FieldWriter<'_>, input: &Input<'_>) {
    fields.number("timestamp", (4, 4), |v| v.to_string());
    fields.number("security group tag", (8, 2), |v| v.to_string());
    fields.flag("Ethernet frame", (10, 2), 0, ("an Ethernet frame with its addresses", ""));
    fields.bits("frame type", (10, 2), (1, 5), |v| match v {
        0 => "0 Ethernet".to_owned(),
        2 => "2 IP".to_owned(),
        _ => v.to_string(),
    });
    fields.bits("hardware ID", (10, 2), (6, 6), |v| v.to_string());
    fields.flag("egress", (10, 2), 12, ("mirrored on the way out", "mirrored on the way in"));
    fields.bits("granularity", (10, 2), (13, 2), |v| match v {
        0 => "0: 100 µs".to_owned(),
        1 => "1: 100 ns".to_owned(),
        2 => "2: IEEE 1588".to_owned(),
        _ => "3: as the platform says".to_owned(),
    });
    fields.flag("subheader present", (10, 2), 15, ("a platform's own header follows", ""));
    if length(input).is_ok_and(|length| length > TYPE_3) {
        fields.raw("platform-specific subheader", (TYPE_3, SUBHEADER), crate::explain::hex);
    }
}

/// Header length by the version in the first four bits.
fn length(input: &Input<'_>) -> Result<u32, Stop> {
    match input.bytes.first().ok_or_else(|| input.cut(TYPE_2))? >> 4 {
        1 => Ok(TYPE_2),
        2 => match input.bytes.get(11).ok_or_else(|| input.cut(TYPE_3))? & 1 {
            0 => Ok(TYPE_3),
            _ => Ok(TYPE_3 + SUBHEADER),
        },
        _ => Err(Stop::Malformed("ERSPAN version is neither 1 nor 2")),
    }
}

/// What a frame of type III is; `None` where the header has no such field.
fn frame_type(input: &Input<'_>) -> Option<u8> {
    match input.bytes {
        [first, _, _, _, _, _, _, _, _, _, kind, ..] if first >> 4 == 2 => Some(kind >> 2 & 0x1f),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::testing::{dissect, ethernet, ipv4, names, tcp};

    #[test]
    fn every_type_carries_an_ethernet_frame() {
        let frame = ethernet(0x0800, &ipv4(6, &tcp()));
        let first = [&[0, 0, 0x88, 0xbe][..], &frame].concat();
        let second = [&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 7, 0, 0, 0, 0][..], &frame].concat();
        let third =
            [&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1][..], &[0; 8], &frame]
                .concat();
        assert_eq!(names(&dissect(&ipv4(47, &first))), ["raw_ip", "ipv4", "gre", "ethernet", "ipv4", "tcp"]);
        for gre in [second, third] {
            let expected = ["raw_ip", "ipv4", "gre", "erspan", "ethernet", "ipv4", "tcp"];
            assert_eq!(names(&dissect(&ipv4(47, &gre))), expected);
        }
    }
}
