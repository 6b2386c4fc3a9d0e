//! One frame as its layers.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::base::ByteSpan;
use crate::explain::{Bits, Field, FrameExplanation, LayerExplanation, Value};
use crate::render::json::escape;

#[derive(Serialize)]
struct FrameLine<'a> {
    r#type: &'static str,
    frame: u64,
    time: Option<String>,
    offset_ns: Option<i64>,
    captured_length: u32,
    wire_length: u32,
    connection: Option<u64>,
    from: Option<&'static str>,
    layers: Vec<LayerValue<'a>>,
}

#[derive(Serialize)]
struct LayerValue<'a> {
    osi: u8,
    name: &'static str,
    protocol: &'static str,
    span: Option<SpanValue>,
    summary: &'a str,
    fields: Vec<FieldValue<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct FieldValue<'a> {
    name: &'static str,
    value: serde_json::Value,
    text: &'a str,
    span: Option<SpanValue>,
    bits: Option<BitsValue>,
    source: &'static str,
}

#[derive(Serialize)]
struct SpanValue {
    start: u32,
    length: u32,
}

#[derive(Serialize)]
struct BitsValue {
    first: u32,
    count: u32,
}

/// Writes one frame's layers, from 1 to 7, as one line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn frame(explanation: &FrameExplanation, out: &mut dyn Write) -> io::Result<()> {
    let line = FrameLine {
        r#type: "frame",
        frame: explanation.number.0,
        time: explanation.time.map(|time| time.to_string()),
        offset_ns: explanation.offset.map(|offset| offset.0),
        captured_length: explanation.captured_length,
        wire_length: explanation.wire_length,
        connection: explanation.connection.map(|c| c.id.0.0),
        from: explanation.connection.map(|c| c.from.name()),
        layers: explanation.layers.iter().map(LayerValue::new).collect(),
    };
    escape::write(out, &line)?;
    out.write_all(b"\n")
}

impl<'a> LayerValue<'a> {
    fn new(layer: &'a LayerExplanation) -> Self {
        Self {
            osi: layer.osi.number(),
            name: layer.osi.name(),
            protocol: layer.protocol,
            span: layer.span.map(SpanValue::new),
            summary: &layer.summary,
            fields: layer.fields.iter().map(FieldValue::new).collect(),
            notes: &layer.notes,
        }
    }
}

impl<'a> FieldValue<'a> {
    fn new(field: &'a Field) -> Self {
        Self {
            name: field.name,
            value: match &field.value {
                Value::Number(number) => (*number).into(),
                Value::Flag(flag) => (*flag).into(),
                Value::Text(text) => text.as_str().into(),
                Value::Bytes(bytes) => hexadecimal(bytes).into(),
            },
            text: &field.text,
            span: field.span.map(SpanValue::new),
            bits: field.bits.map(BitsValue::new),
            source: field.source.0,
        }
    }
}

impl SpanValue {
    fn new(span: ByteSpan) -> Self {
        Self { start: span.start, length: span.len }
    }
}

impl BitsValue {
    fn new(bits: Bits) -> Self {
        Self { first: bits.first, count: bits.count }
    }
}

/// Lower-case hex without separators.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
