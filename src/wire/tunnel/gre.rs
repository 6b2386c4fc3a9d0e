//! Generic routing encapsulation (RFC 2784, RFC 2890), and the form of it that PPTP uses (RFC 2637).

use crate::base::ByteSpan;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::checksum::{self, Checksum, Sum};
use crate::wire::link::ether_type;
use crate::wire::network::protocol_number;
use crate::wire::tunnel::ppp_number::{self, PppNumber};
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Flags, version and protocol type: 4 bytes.
const FIXED: u32 = 4;
/// A whole Ethernet frame (RFC 1701, RFC 7637 §3.2).
const ETHERNET: u16 = 0x6558;
/// ERSPAN types I and II; only the second has a header of its own.
const ERSPAN: u16 = 0x88be;

/// A GRE header with its optional fields.
pub struct Gre;

/// Which fields there are, and what follows them.
#[derive(Clone, Copy)]
struct Form {
    /// Flags and version: the first two bytes.
    flags: u16,
    protocol: u16,
}

impl Protocol for Gre {
    fn name(&self) -> &'static str {
        "gre"
    }

    fn title(&self) -> &'static str {
        "GRE"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::IpProtocol(protocol_number::GRE)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let form = Form::read(input)?;
        let length = form.length();
        if length > input.captured() {
            return Err(input.cut(length));
        }
        if form.pptp() {
            return Ok(pptp_step(form, input));
        }
        let id = form.key().then(|| octets::big_32(input.bytes, form.key_place())).flatten();
        Ok(Step {
            header_length: length,
            payload_length: input.after(length),
            next: form.next(),
            fact: Fact::Carrier(Carrier { kind: CarrierKind::Gre, id }),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 2784 §2.1");
        let Ok(form) = Form::read(input) else {
            return;
        };
        explain_flags(&mut fields, form);
        let checksum = if form.checksum() { verify(input) } else { Checksum::Unknown };
        if form.has_checksum_field() {
            fields.cite("RFC 2784 §2.5");
            fields.number("checksum", (4, 2), |v| checksum.text(u16::try_from(v).unwrap_or_default()));
            fields.number("reserved1", (6, 2), |v| format!("0x{v:04x}"));
        }
        if form.pptp() {
            explain_pptp(&mut fields, form);
        } else {
            explain_optional(&mut fields, form);
        }
        if form.routing() {
            fields.note(
                "Source routes of RFC 1701 follow, which nobody uses any more: the rest is shown as bytes.",
            );
        }
        if let Some(note) = checksum.note() {
            fields.note(note);
        }
        fields.summary(summary(form, input));
    }
}

impl Form {
    fn read(input: &Input<'_>) -> Result<Self, Stop> {
        let [first, second, high, low] = *input.bytes.first_chunk::<4>().ok_or_else(|| input.cut(FIXED))?;
        let flags = u16::from_be_bytes([first, second]);
        let form = Self { flags, protocol: u16::from_be_bytes([high, low]) };
        match flags & 7 {
            0 => Ok(form),
            1 if form.key() => Ok(form),
            1 => Err(Stop::Malformed("GRE of version 1 without a key")),
            _ => Err(Stop::Malformed("GRE version is neither 0 nor 1")),
        }
    }

    fn checksum(self) -> bool {
        self.flags & 0x8000 != 0
    }

    fn routing(self) -> bool {
        self.flags & 0x4000 != 0
    }

    fn key(self) -> bool {
        self.flags & 0x2000 != 0
    }

    fn sequence(self) -> bool {
        self.flags & 0x1000 != 0
    }

    fn pptp(self) -> bool {
        self.flags & 7 == 1
    }

    fn acknowledgment(self) -> bool {
        self.pptp() && self.flags & 0x80 != 0
    }

    fn has_checksum_field(self) -> bool {
        !self.pptp() && (self.checksum() || self.routing())
    }

    fn key_place(self) -> u32 {
        FIXED + if self.has_checksum_field() { 4 } else { 0 }
    }

    fn sequence_place(self) -> u32 {
        self.key_place() + if self.key() { 4 } else { 0 }
    }

    fn acknowledgment_place(self) -> u32 {
        self.sequence_place() + if self.sequence() { 4 } else { 0 }
    }

    fn length(self) -> u32 {
        self.acknowledgment_place() + if self.acknowledgment() { 4 } else { 0 }
    }

    fn next(self) -> Option<Selector> {
        match self.protocol {
            _ if self.routing() => None,
            ETHERNET => Some(Selector::Ethernet),
            // Type I: without a sequence number there is no ERSPAN header.
            ERSPAN if !self.sequence() => Some(Selector::Ethernet),
            number @ ether_type::SMALLEST.. => Some(Selector::EtherType(number)),
            _ => None,
        }
    }
}

/// PPTP carries a PPP frame as long as the key says; without a sequence number it only acknowledges (RFC 2637 §4.1).
fn pptp_step(form: Form, input: &Input<'_>) -> Step {
    let length = form.length();
    let payload = octets::big_32(input.bytes, FIXED).map_or(0, |key| key >> 16).min(input.after(length));
    let frame = ByteSpan::new(length, payload).of(input.bytes);
    let ppp = if form.sequence() { PppNumber::read(frame) } else { None };
    let framing = ppp.map_or(0, PppNumber::header_length);
    Step {
        header_length: length + framing,
        payload_length: payload.saturating_sub(framing),
        next: ppp.map(PppNumber::selector),
        // The call number differs by direction.
        fact: Fact::Carrier(Carrier { kind: CarrierKind::Gre, id: None }),
    }
}

fn verify(input: &Input<'_>) -> Checksum {
    match input.bytes {
        [_, _, _, _, high, low, ..] if input.is_whole() && !input.fragment => {
            checksum::check(Sum::default().add(input.bytes), u16::from_be_bytes([*high, *low]))
        }
        _ => Checksum::Unknown,
    }
}

fn explain_flags(fields: &mut FieldWriter<'_>, form: Form) {
    fields.flag("checksum present", (0, 2), 0, ("a checksum follows", ""));
    fields.cite("RFC 1701");
    fields.flag("routing present", (0, 2), 1, ("source routes follow", ""));
    fields.cite("RFC 2890 §2");
    fields.flag("key present", (0, 2), 2, ("a key follows", ""));
    fields.flag("sequence number present", (0, 2), 3, ("a sequence number follows", ""));
    if form.pptp() {
        fields.cite("RFC 2637 §4.1");
        fields.flag("acknowledgment present", (0, 2), 8, ("an acknowledgment number follows", ""));
    }
    fields.cite("RFC 2784 §2.1");
    fields.bits("version", (0, 2), (13, 3), |v| match v {
        1 => "1 (PPTP)".to_owned(),
        _ => v.to_string(),
    });
    fields.number("protocol type", (2, 2), |v| ether_type::text(u16::try_from(v).unwrap_or_default()));
}

fn explain_optional(fields: &mut FieldWriter<'_>, form: Form) {
    fields.cite("RFC 2890 §2.1");
    if form.key() {
        fields.number("key", (form.key_place(), 4), |v| format!("{v} (0x{v:08x})"));
        if form.protocol == ETHERNET {
            fields.cite("RFC 7637 §3.2");
            fields.number("virtual subnet ID", (form.key_place(), 3), |v| format!("{v}, if this is NVGRE"));
        }
    }
    fields.cite("RFC 2890 §2.2");
    if form.sequence() {
        fields.number("sequence number", (form.sequence_place(), 4), |v| v.to_string());
    }
}

fn explain_pptp(fields: &mut FieldWriter<'_>, form: Form) {
    fields.cite("RFC 2637 §4.1");
    fields.number("payload length", (4, 2), |v| counted(v, "byte"));
    fields.number("call ID", (6, 2), |v| v.to_string());
    if form.sequence() {
        fields.number("sequence number", (form.sequence_place(), 4), |v| v.to_string());
    }
    if form.acknowledgment() {
        fields.number("acknowledgment number", (form.acknowledgment_place(), 4), |v| {
            format!("{v}: received up to this one")
        });
    }
    if form.sequence() {
        ppp_number::explain(&mut fields.part(form.length(), u32::MAX));
    }
}

fn summary(form: Form, input: &Input<'_>) -> String {
    let number = |place| octets::big_32(input.bytes, place);
    let mut parts = Vec::new();
    if form.pptp() {
        parts.push("PPTP".to_owned());
        parts.extend(number(FIXED).map(|key| format!("call {}", key & 0xffff)));
    } else if form.key() {
        parts.extend(number(form.key_place()).map(|key| format!("key {key}")));
    }
    if form.sequence() {
        parts.extend(number(form.sequence_place()).map(|number| format!("sequence number {number}")));
    }
    parts.push(match form.pptp() {
        true if form.sequence() => "carries PPP".to_owned(),
        true => "acknowledges only".to_owned(),
        false => ether_type::carries(form.protocol),
    });
    parts.join("   ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tunnel::testing::{dissect, ipv4, names, tcp};

    #[test]
    fn every_optional_field_moves_what_follows() {
        let inner = ipv4(6, &tcp());
        let mut gre = vec![0xb0, 0, 0x08, 0x00, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 9];
        gre.extend(&inner);
        let dissection = dissect(&ipv4(47, &gre));
        assert_eq!(names(&dissection), ["raw_ip", "ipv4", "gre", "ipv4", "tcp"]);
        assert_eq!(dissection.carriers.iter().next().unwrap().to_string(), "GRE 42");
    }

    #[test]
    fn pptp_carries_ppp_as_long_as_its_key_says() {
        let inner = ipv4(6, &tcp());
        let length = u8::try_from(inner.len() + 2).unwrap();
        let mut gre = vec![0x30, 0x81, 0x88, 0x0b, 0, length, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0x00, 0x21];
        gre.extend(&inner);
        gre.extend([0xee; 9]);
        let dissection = dissect(&ipv4(47, &gre));
        assert_eq!(names(&dissection), ["raw_ip", "ipv4", "gre", "ipv4", "tcp"]);
        let only_acknowledges = dissect(&ipv4(47, &[0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 7, 0, 0, 0, 2]));
        assert_eq!(only_acknowledges.stop, None);
        assert_eq!(only_acknowledges.payload.len, 0);
    }

    #[test]
    fn an_unknown_version_is_malformed() {
        let dissection = dissect(&ipv4(47, &[0, 3, 8, 0, 0, 0]));
        assert!(matches!(dissection.stop, Some(Stop::Malformed(_))));
    }
}
