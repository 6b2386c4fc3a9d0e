//! Extension headers of GTP-U (3GPP TS 29.281 §5.2).

use crate::base::convert::index;
use crate::explain::{FieldWriter, hex};

/// Bytes of all extension headers together, the first of which has this type; `None` where they do not end within `bytes`.
pub(super) fn length(first: u8, bytes: &[u8]) -> Option<u32> {
    let mut kind = first;
    let mut at = 0_u32;
    while kind != 0 {
        let words = *bytes.get(index(at)).filter(|words| **words > 0)?;
        at += 4 * u32::from(words);
        kind = *bytes.get(index(at - 1))?;
    }
    Some(at)
}

/// Adds each as one field; the writer stands on the first, which has this type.
pub(super) fn explain(fields: &mut FieldWriter<'_>, first: u8) {
    fields.cite("3GPP TS 29.281 §5.2");
    let mut kind = first;
    let mut at = 0_u32;
    while let Some([words]) = fields.at((at, 1)).filter(|_| kind != 0) {
        let length = 4 * u32::from(*words);
        let Some(header) = fields.at((at, length)) else {
            break;
        };
        let (content, next) = match header {
            [_, content @ .., next] => (content, *next),
            _ => break,
        };
        fields.raw("extension header", (at, length), |_| match (kind, content) {
            (0x85, [kind, flow, ..]) => format!("{}: {}", name(0x85), session(*kind, *flow)),
            _ => format!("{}: {}", name(kind), hex(content)),
        });
        (kind, at) = (next, at.saturating_add(length));
    }
}

/// Name of an extension header's type.
pub(super) fn name(kind: u8) -> &'static str {
    match kind {
        0x00 => "none",
        0x03 | 0x82 => "long PDCP number",
        0x20 => "service class",
        0x40 => "UDP port",
        0x81 => "radio container",
        0x83 => "Xw radio container",
        0x84 => "NR radio container",
        0x85 => "PDU session container",
        0xc0 => "PDCP number",
        _ => "extension header of a type that synscope does not know",
    }
}

/// Direction and flow of a 5G session (3GPP TS 38.415 §5.5.2).
fn session(kind: u8, flow: u8) -> String {
    let direction = if kind >> 4 == 0 { "downlink" } else { "uplink" };
    format!("{direction}, quality of service flow {}", flow & 0x3f)
}
