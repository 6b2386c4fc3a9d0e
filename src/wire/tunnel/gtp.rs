//! GTP-U: a mobile network's tunnel for user data (3GPP TS 29.281).

use crate::base::ByteSpan;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::tunnel::{Carrier, CarrierKind, gtp_extension, inner};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// The mandatory part: 8 bytes.
const FIXED: u32 = 8;
/// With sequence number, N-PDU number and the type of the first extension, which come together: 12 bytes.
const LONG: u32 = 12;
/// Version 1, and the bit that tells GTP from GTP'.
const VERSION: u8 = 0x30;
/// A tunnelled packet (G-PDU).
const PACKET: u8 = 255;

/// A GTP-U header with its extension headers.
pub struct Gtp;

/// The mandatory part.
#[derive(Clone, Copy)]
struct Head {
    flags: u8,
    kind: u8,
    length: u32,
    tunnel: u32,
}

impl Protocol for Gtp {
    fn name(&self) -> &'static str {
        "gtp"
    }

    fn title(&self) -> &'static str {
        "GTP-U"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Network
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::UdpPort(2152)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let head = Head::read(input)?;
        let header_length = header_length(head, input)?;
        let end = FIXED + head.length.min(input.after(FIXED));
        let payload_length = end.saturating_sub(header_length);
        let payload = ByteSpan::new(header_length, payload_length).of(input.bytes);
        let next = match head.kind {
            PACKET if inner::ip(payload).is_some() => inner::ip(payload),
            // A 5G session may carry Ethernet, which only signalling says.
            PACKET if inner::looks_like_ethernet(payload, payload_length) => Some(Selector::Ethernet),
            _ => None,
        };
        // The tunnel endpoint identifier is the receiver's: it differs by direction.
        let fact = Fact::Carrier(Carrier { kind: CarrierKind::Gtp, id: None });
        Ok(Step { header_length, payload_length, next, fact })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "3GPP TS 29.281 §5.1");
        let Ok(head) = Head::read(input) else {
            return;
        };
        explain_head(&mut fields);
        if head.is_long() {
            explain_optional(&mut fields, head);
        }
        let mut first = 0;
        if head.has_extensions() {
            first = input.bytes.get(11).copied().unwrap_or_default();
            gtp_extension::explain(&mut fields.part(LONG, u32::MAX), first);
        }
        let mut parts = vec![format!("tunnel 0x{:08x}", head.tunnel), kind_text(head.kind.into())];
        if first != 0 {
            parts.push(format!("with {}", gtp_extension::name(first)));
        }
        fields.summary(parts.join("   "));
    }
}

impl Head {
    /// Reads it where the bytes fit: a port alone proves nothing.
    fn read(input: &Input<'_>) -> Result<Self, Stop> {
        if input.declared < FIXED {
            return Err(Stop::Foreign);
        }
        let [flags, kind, high, low, a, b, c, d] =
            *input.bytes.first_chunk::<8>().ok_or_else(|| input.cut(FIXED))?;
        let length = u32::from(u16::from_be_bytes([high, low]));
        let is_known = matches!(kind, 1 | 2 | 26 | 31 | 253..=PACKET);
        if flags & 0xf0 != VERSION || !is_known || (length > input.after(FIXED) && !input.fragment) {
            return Err(Stop::Foreign);
        }
        Ok(Self { flags, kind, length, tunnel: u32::from_be_bytes([a, b, c, d]) })
    }

    fn is_long(self) -> bool {
        self.flags & 7 != 0
    }

    fn has_extensions(self) -> bool {
        self.flags & 4 != 0
    }
}

fn header_length(head: Head, input: &Input<'_>) -> Result<u32, Stop> {
    if !head.is_long() {
        return Ok(FIXED);
    }
    let end = FIXED + head.length;
    if end < LONG {
        return Err(Stop::Foreign);
    }
    if !head.has_extensions() {
        return Ok(LONG);
    }
    let first = *input.bytes.get(11).ok_or_else(|| input.cut(LONG))?;
    let bytes = ByteSpan::new(LONG, end.saturating_sub(LONG)).of(input.bytes);
    match gtp_extension::length(first, bytes) {
        Some(length) => Ok(LONG + length),
        None if input.captured() < end => Err(input.cut(end)),
        None => Err(Stop::Foreign),
    }
}

fn explain_head(fields: &mut FieldWriter<'_>) {
    fields.bits("version", (0, 1), (0, 3), |v| v.to_string());
    fields.flag("protocol type", (0, 1), 3, ("GTP", "GTP'"));
    fields.flag("extension header", (0, 1), 5, ("extension headers follow", ""));
    fields.flag("sequence number present", (0, 1), 6, ("the sequence number counts", ""));
    fields.flag("N-PDU number present", (0, 1), 7, ("the N-PDU number counts", ""));
    fields.number("message type", (1, 1), |v| {
        u8::try_from(v).map_or_else(|_| v.to_string(), |kind| format!("{v} {}", kind_text(kind.into())))
    });
    fields.number("length", (2, 2), |v| format!("{} behind the first 8", counted(v, "byte")));
    fields.number("tunnel endpoint identifier", (4, 4), |v| format!("0x{v:08x}"));
}

fn explain_optional(fields: &mut FieldWriter<'_>, head: Head) {
    let unused = |used: bool, v: u64| if used { v.to_string() } else { format!("{v}, not used") };
    fields.number("sequence number", (8, 2), |v| unused(head.flags & 2 != 0, v));
    fields.number("N-PDU number", (10, 1), |v| unused(head.flags & 1 != 0, v));
    fields.number("next extension header", (11, 1), |v| {
        let kind = u8::try_from(v).unwrap_or_default();
        format!("0x{v:02x} {}", gtp_extension::name(kind))
    });
}

fn kind_text(kind: u64) -> String {
    match kind {
        1 => "echo request".to_owned(),
        2 => "echo response".to_owned(),
        26 => "error indication".to_owned(),
        31 => "supported extension headers".to_owned(),
        253 => "tunnel status".to_owned(),
        254 => "end marker".to_owned(),
        255 => "carries a user's packet".to_owned(),
        _ => format!("message {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::testing::{dissect, ipv4, ipv6, names, tcp, udp};

    fn carried(gtp: &[u8]) -> Vec<&'static str> {
        names(&dissect(&ipv4(17, &udp((2152, 2152), gtp))))
    }

    #[test]
    fn optional_fields_and_extensions_lie_before_the_packet() {
        let (four, six) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        let plain = [&[0x30, 255, 0, 40, 0, 0, 0, 9][..], &four].concat();
        assert_eq!(carried(&plain), ["raw_ip", "ipv4", "udp", "gtp", "ipv4", "tcp"]);
        let extended = [&[0x34, 255, 0, 68, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0x10, 9, 0][..], &six].concat();
        assert_eq!(carried(&extended), ["raw_ip", "ipv4", "udp", "gtp", "ipv6", "tcp"]);
    }

    #[test]
    fn other_bytes_on_its_port_are_plain_data() {
        let plain = ["raw_ip", "ipv4", "udp"];
        assert_eq!(carried(b"hello world"), plain);
        assert_eq!(carried(&[0x30, 255, 0, 99, 0, 0, 0, 9]), plain);
        assert_eq!(carried(&[0x34, 255, 0, 8, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0]), plain);
    }
}
