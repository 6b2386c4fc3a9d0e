//! Options in hop-by-hop and destination options headers (RFC 8200 §4.2).

use crate::explain::{FieldWriter, counted, hex};

/// Most options that are listed of one header.
const MOST: usize = 64;

/// Explains the options; the writer stands on the first of them and ends with the header.
pub(super) fn explain(fields: &mut FieldWriter<'_>) {
    let mut at = 0;
    for _ in 0..MOST {
        let Some([kind]) = fields.at((at, 1)) else { return };
        let length = match (kind, fields.at((at + 1, 1))) {
            (0, _) => 1,
            (_, Some([length])) => u32::from(*length) + 2,
            _ => 2,
        };
        fields.cite(source(*kind));
        fields.raw(name(*kind), (at, length), words);
        at += length;
    }
    if fields.at((at, 1)).is_some() {
        fields.note(format!("Only the first {MOST} options are listed."));
    }
}

fn words(option: &[u8]) -> String {
    match option {
        [0] => "1 byte of padding".to_owned(),
        [1, length, ..] => format!("{} of padding", counted(u64::from(*length) + 2, "byte")),
        [5, 2, 0, 0] => {
            "every router on the way examines the packet: multicast listener discovery".to_owned()
        }
        [0xc2, 4, a, b, c, d] => counted(u64::from(u32::from_be_bytes([*a, *b, *c, *d])), "byte"),
        [_, _, value @ ..] => hex(value),
        _ => hex(option),
    }
}

fn name(kind: u8) -> &'static str {
    match kind {
        0 => "Pad1 option",
        1 => "PadN option",
        4 => "tunnel encapsulation limit",
        5 => "router alert",
        7 => "CALIPSO",
        0x0f => "performance and diagnostic metrics",
        0x23 | 0x63 => "RPL",
        0x30 => "minimum path MTU",
        0xc2 => "jumbo payload length",
        0xc9 => "home address",
        _ => "unknown option",
    }
}

fn source(kind: u8) -> &'static str {
    match kind {
        4 => "RFC 2473 §4.1.1",
        5 => "RFC 2711 §2.1",
        7 => "RFC 5570 §5.1",
        0x0f => "RFC 8250 §3.2",
        0x23 | 0x63 => "RFC 9008 §6",
        0x30 => "RFC 9268 §5",
        0xc2 => "RFC 2675 §2",
        0xc9 => "RFC 6275 §6.3",
        _ => "RFC 8200 §4.2",
    }
}
