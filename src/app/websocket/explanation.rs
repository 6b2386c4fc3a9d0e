//! A WebSocket message as layers 5 to 7.

use crate::app::websocket::close_code;
use crate::app::websocket::content::{Body, WebSocketMessage, bytes_of};
use crate::app::websocket::frame::{Header, MaskingKey, Opcode};
use crate::app::websocket::rules;
use crate::base::convert::wide;
use crate::base::{Cite, grouped, ordinal};
use crate::explain::{Field, LayerExplanation, OsiLayer, Value, counted};

/// Layers 5, 6 and 7 of a message.
pub(super) fn layers(message: &WebSocketMessage) -> Vec<LayerExplanation> {
    vec![session(message), presentation(message), application(message)]
}

/// Layer 5: whose message it is, and in how many fragments it came.
fn session(message: &WebSocketMessage) -> LayerExplanation {
    let mut layer = layer(OsiLayer::Session);
    let mut parts =
        vec![format!("the {}'s {} message on this WebSocket", message.from.name(), ordinal(message.rank))];
    if message.frames > 1 {
        parts.push(format!("in {} fragments", grouped(message.frames)));
    }
    layer.summary = parts.join("   ");
    field(&mut layer, "message number", Value::Number(message.rank), grouped(message.rank));
    field(&mut layer, "fragments", Value::Number(message.frames), counted(message.frames, "frame"));
    layer
}

/// Layer 6: the way from bytes on the wire to what they say.
fn presentation(message: &WebSocketMessage) -> LayerExplanation {
    let mut layer = layer(OsiLayer::Presentation);
    if message.wire_length == 0 {
        "no payload".clone_into(&mut layer.summary);
        return layer;
    }
    let mut chain = vec![on_the_wire(message)];
    if message.is_masked {
        chain.push("unmasked".to_owned());
    }
    if message.is_compressed {
        chain.push(inflated(message));
    }
    chain.extend(read_as(message).map(str::to_owned));
    layer.summary = chain.join(" → ");
    // Control frames never are.
    if !message.is_compressed && !message.opcode.is_control() {
        layer.summary.push_str("   not compressed");
    }
    layer
}

/// Layer 7: the message itself, and its frames' headers field by field.
fn application(message: &WebSocketMessage) -> LayerExplanation {
    let mut layer = layer(OsiLayer::Application);
    let preview = message.preview();
    let mut parts = vec![match message.close.as_ref().and_then(|close| close.code) {
        Some(code) => format!("{} ({})", message.name(), close_code::meaning(code)),
        None if message.opcode.is_control() => message.name(),
        None => format!("{} message", message.name()),
    }];
    parts.extend((!preview.is_empty()).then_some(preview));
    parts.extend(message.length.map(bytes_of));
    layer.summary = parts.join("   ");
    for header in &message.headers {
        header_fields(&mut layer, header);
    }
    if wide(message.headers.len()) < message.frames {
        let rest = message.frames - wide(message.headers.len());
        layer.notes.push(format!("the headers of {} more are left out", counted(rest, "frame")));
    }
    layer.notes.extend(message.rules.iter().map(|rule| format!("{} ({})", rule.title, rule.cite.0)));
    layer
}

/// `25 bytes masked (37 fa 21 3d)`.
fn on_the_wire(message: &WebSocketMessage) -> String {
    let size = bytes_of(message.wire_length);
    let mut keys = message.headers.iter().filter_map(|header| header.masking_key);
    match (keys.next(), keys.next()) {
        (Some(key), None) => format!("{size} masked ({})", spaced(key)),
        (Some(_), Some(_)) => format!("{size} masked (a key for each fragment)"),
        _ => format!("{size} not masked"),
    }
}

/// `inflated to 1,000 bytes (× 12.5)`.
fn inflated(message: &WebSocketMessage) -> String {
    let Some(length) = message.length else { return "could not be inflated".to_owned() };
    format!("inflated to {} (× {})", bytes_of(length), ratio(length, message.wire_length))
}

/// How many times `length` is `of`, rounded to tenths: `12.5`.
fn ratio(length: u64, of: u64) -> String {
    let tenths = length.saturating_mul(10).saturating_add(of / 2).checked_div(of).unwrap_or_default();
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

/// What the bytes are read as in the end.
fn read_as(message: &WebSocketMessage) -> Option<&'static str> {
    match &message.body {
        Body::Nothing => None,
        Body::Text(text) if is_json(text) => Some("UTF-8 → JSON"),
        Body::Text(_) => Some("UTF-8"),
        Body::Begun(_) => Some("UTF-8, not finished"),
        Body::Bytes(_) if message.close.is_some() => Some("code and reason"),
        Body::Bytes(_) if message.opcode == Opcode::TEXT && message.broke(&rules::TEXT_NOT_KEPT) => {
            Some("UTF-8, too long to be told")
        }
        Body::Bytes(_) if message.opcode == Opcode::TEXT => Some("not UTF-8"),
        Body::Bytes(_) if message.opcode == Opcode::CONTINUATION => Some("text or binary, nobody knows"),
        Body::Bytes(_) if message.opcode.is_reserved() => Some("without a meaning"),
        Body::Bytes(_) => Some("binary"),
    }
}

/// Whether a text is a JSON object or list.
fn is_json(text: &str) -> bool {
    text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn header_fields(layer: &mut LayerExplanation, header: &Header) {
    let bit = |place: u8| header.rsv & place != 0;
    let flag = |layer: &mut LayerExplanation, name, set: bool, words: &str| {
        let text = if set { format!("set{words}") } else { "not set".to_owned() };
        field(layer, name, Value::Flag(set), text);
    };
    flag(layer, "FIN", header.fin, ": the message ends with this frame");
    flag(layer, "RSV1", bit(4), ": compressed, where permessage-deflate was negotiated");
    flag(layer, "RSV2", bit(2), "");
    flag(layer, "RSV3", bit(1), "");
    let opcode = u64::from(header.opcode.0);
    field(layer, "opcode", Value::Number(opcode), format!("{opcode} ({})", header.opcode.word()));
    flag(layer, "mask", header.masking_key.is_some(), "");
    let length = format!("{} in the {}-bit form", bytes_of(header.length), header.length_bits);
    field(layer, "payload length", Value::Number(header.length), length);
    if let Some(key) = header.masking_key {
        field(layer, "masking key", Value::Bytes(key.to_vec()), spaced(key));
    }
}

fn layer(osi: OsiLayer) -> LayerExplanation {
    LayerExplanation::new(osi, "websocket", "WebSocket", None)
}

fn field(layer: &mut LayerExplanation, name: &'static str, value: Value, text: String) {
    layer.fields.push(Field { name, value, text, span: None, bits: None, source: Cite("RFC 6455 §5.2") });
}

fn spaced([a, b, c, d]: MaskingKey) -> String {
    format!("{a:02x} {b:02x} {c:02x} {d:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_rounded() {
        let told = [(100, 94), (25, 2), (5, 7), (1, 3), (0, 1), (999_999, 1), (3, 4)]
            .map(|(length, of)| ratio(length, of));
        assert_eq!(told, ["1.1", "12.5", "0.7", "0.3", "0.0", "999,999.0", "0.8"]);
    }

    #[test]
    fn ranks_are_spoken_as_people_do() {
        let spoken: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 112, 1_003].map(ordinal).to_vec();
        let expected = ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "1,003rd"];
        assert_eq!(spoken, expected);
    }
}
