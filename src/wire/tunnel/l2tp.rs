//! The Layer Two Tunneling Protocol, version 2, over UDP (RFC 2661).

use crate::base::ByteSpan;
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::tunnel::ppp_number::{self, PppNumber};
use crate::wire::tunnel::{Carrier, CarrierKind};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, octets};

/// Flags, version, tunnel and session: 6 bytes.
const FIXED: u32 = 6;

/// An L2TP header; of a data message, with the PPP header behind it.
pub struct L2tp;

/// Which fields there are, and where.
#[derive(Clone, Copy)]
struct Form {
    /// The first byte.
    flags: u8,
    /// Bytes of padding that the offset field asks for.
    padding: u32,
    /// Bytes of the message as its length says, or as the datagram has.
    end: u32,
}

impl Protocol for L2tp {
    fn name(&self) -> &'static str {
        "l2tp"
    }

    fn title(&self) -> &'static str {
        "L2TP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::UdpPort(1701)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let form = Form::read(input)?;
        let length = form.header_length();
        if length > form.end {
            return Err(Stop::Foreign);
        }
        if length > input.captured() {
            return Err(input.cut(length));
        }
        let frame = ByteSpan::new(length, form.end.saturating_sub(length)).of(input.bytes);
        let ppp = if form.control() { None } else { PppNumber::read(frame) };
        let header_length = length + ppp.map_or(0, PppNumber::header_length);
        Ok(Step {
            header_length,
            payload_length: form.end.saturating_sub(header_length),
            next: ppp.map(PppNumber::selector),
            // Tunnel and session are the receiver's numbers: they differ by direction.
            fact: Fact::Carrier(Carrier { kind: CarrierKind::L2tp, id: None }),
        })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 2661 §3.1");
        let Ok(form) = Form::read(input) else {
            return;
        };
        explain_flags(&mut fields);
        explain_numbers(&mut fields, form);
        let length = form.header_length();
        if !form.control() {
            ppp_number::explain(&mut fields.part(length, form.end.saturating_sub(length)));
        }
        let place = form.tunnel_place();
        let number = |at| octets::big_16(input.bytes, at).unwrap_or_default();
        let what = if form.control() { "control message" } else { "carries PPP" };
        fields.summary(format!("tunnel {}   session {}   {what}", number(place), number(place + 2)));
    }
}

impl Form {
    /// Reads it where the bytes fit: a port alone proves nothing.
    fn read(input: &Input<'_>) -> Result<Self, Stop> {
        if input.declared < FIXED {
            return Err(Stop::Foreign);
        }
        let [flags, version, high, low, ..] =
            *input.bytes.first_chunk::<6>().ok_or_else(|| input.cut(FIXED))?;
        let mut form = Self { flags, padding: 0, end: input.declared };
        let incomplete_control = form.control() && !(form.length() && form.sequence());
        if version != 2 || flags & 0x34 != 0 || incomplete_control || (form.control() && form.offset()) {
            return Err(Stop::Foreign);
        }
        if form.length() {
            form.end = u32::from(u16::from_be_bytes([high, low]));
            if form.end > input.declared && !input.fragment {
                return Err(Stop::Foreign);
            }
            form.end = form.end.min(input.declared);
        }
        if form.offset() {
            let place = form.offset_place();
            let size = octets::big_16(input.bytes, place).ok_or_else(|| input.cut(place + 2))?;
            form.padding = size.into();
        }
        Ok(form)
    }

    fn control(self) -> bool {
        self.flags & 0x80 != 0
    }

    fn length(self) -> bool {
        self.flags & 0x40 != 0
    }

    fn sequence(self) -> bool {
        self.flags & 0x08 != 0
    }

    fn offset(self) -> bool {
        self.flags & 0x02 != 0
    }

    fn tunnel_place(self) -> u32 {
        if self.length() { 4 } else { 2 }
    }

    fn sequence_place(self) -> u32 {
        self.tunnel_place() + 4
    }

    fn offset_place(self) -> u32 {
        self.sequence_place() + if self.sequence() { 4 } else { 0 }
    }

    fn header_length(self) -> u32 {
        self.offset_place() + if self.offset() { 2 + self.padding } else { 0 }
    }
}

fn explain_flags(fields: &mut FieldWriter<'_>) {
    fields.flag("type", (0, 2), 0, ("a control message", "a data message"));
    fields.flag("length present", (0, 2), 1, ("a length follows", ""));
    fields.flag("sequence numbers present", (0, 2), 4, ("sequence numbers follow", ""));
    fields.flag("offset present", (0, 2), 6, ("an offset follows", ""));
    fields.flag("priority", (0, 2), 7, ("goes first", ""));
    fields.bits("version", (0, 2), (12, 4), |v| v.to_string());
}

fn explain_numbers(fields: &mut FieldWriter<'_>, form: Form) {
    if form.length() {
        fields.number("length", (2, 2), |v| counted(v, "byte"));
    }
    fields.number("tunnel ID", (form.tunnel_place(), 2), |v| v.to_string());
    fields.number("session ID", (form.tunnel_place() + 2, 2), |v| v.to_string());
    if form.sequence() {
        fields.number("sequence number", (form.sequence_place(), 2), |v| v.to_string());
        fields.number("next expected", (form.sequence_place() + 2, 2), |v| v.to_string());
    }
    if form.offset() {
        fields.number("offset size", (form.offset_place(), 2), |v| {
            format!("{} of padding", counted(v, "byte"))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::tunnel::testing::{dissect, ipv4, names, tcp, udp};

    fn carried(l2tp: &[u8]) -> Vec<&'static str> {
        names(&dissect(&ipv4(17, &udp((1701, 1701), l2tp))))
    }

    #[test]
    fn a_data_message_carries_ppp() {
        let packet = ipv4(6, &tcp());
        let expected = ["raw_ip", "ipv4", "udp", "l2tp", "ipv4", "tcp"];
        assert_eq!(carried(&[&[0, 2, 0, 7, 0, 9, 0xff, 3, 0, 0x21][..], &packet].concat()), expected);
        let all = [0x4a, 2, 0, 58, 0, 7, 0, 9, 0, 1, 0, 2, 0, 2, 0xee, 0xee, 0, 0x21];
        assert_eq!(carried(&[&all[..], &packet].concat()), expected);
    }

    #[test]
    fn a_control_message_carries_nothing() {
        let control = [0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 1, 0, 2];
        assert_eq!(carried(&control), ["raw_ip", "ipv4", "udp", "l2tp"]);
    }

    #[test]
    fn other_bytes_on_its_port_are_plain_data() {
        for payload in
            [&b"hello world"[..], &[0xc8, 2, 0, 99, 0, 0, 0, 0, 0, 1, 0, 2], &[0x80, 2, 0, 7, 0, 9]]
        {
            assert_eq!(carried(payload), ["raw_ip", "ipv4", "udp"]);
        }
    }
}
