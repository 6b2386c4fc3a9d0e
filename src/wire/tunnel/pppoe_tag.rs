//! Tags of PPPoE discovery packets (RFC 2516 appendix A).

use crate::explain::{FieldWriter, hex, printable};

/// Adds every tag as one field; the writer stands on the first. Gives the name of the concentrator or the error, for a summary.
pub(super) fn explain(fields: &mut FieldWriter<'_>) -> Option<String> {
    fields.cite("RFC 2516 appendix A");
    let mut said = None;
    let mut at = 0_u32;
    while let Some([high, low, long, short]) = fields.at((at, 4)) {
        let kind = u16::from_be_bytes([*high, *low]);
        let length = u32::from(u16::from_be_bytes([*long, *short]));
        let value = fields.at((at.saturating_add(4), length)).unwrap_or_default();
        let text = value_text(kind, value);
        fields.raw(name(kind), (at, 4 + length), |_| text.clone());
        if matches!(kind, 0x0102 | 0x0201..=0x0203) && !text.is_empty() {
            said.get_or_insert(text);
        }
        at = at.saturating_add(4 + length);
        if kind == 0 {
            break;
        }
    }
    said
}

fn value_text(kind: u16, value: &[u8]) -> String {
    match (kind, std::str::from_utf8(value)) {
        (_, _) if value.is_empty() => "empty".to_owned(),
        (0x0101 | 0x0102 | 0x0201..=0x0203, Ok(text)) => format!("\"{}\"", printable(text)),
        _ => hex(value),
    }
}

fn name(kind: u16) -> &'static str {
    match kind {
        0x0000 => "end of list",
        0x0101 => "service name",
        0x0102 => "concentrator name",
        0x0103 => "host's own mark",
        0x0104 => "concentrator's cookie",
        0x0105 => "vendor-specific tag",
        0x0110 => "relay's session ID",
        0x0120 => "largest payload",
        0x0201 => "service name error",
        0x0202 => "concentrator error",
        0x0203 => "other error",
        _ => "tag",
    }
}

#[cfg(test)]
mod tests {
    use crate::base::LinkType;
    use crate::wire::Dissector;
    use crate::wire::tunnel::testing::ethernet;

    #[test]
    fn tags_are_read_as_text_where_they_are_names() {
        let packet =
            [0x11, 0x07, 0, 0, 0, 15, 0x01, 0x01, 0, 0, 0x01, 0x02, 0, 3, b'b', b'r', 0x1b, 0x01, 0x04, 0, 0];
        let frame = ethernet(0x8863, &packet);
        let layers = Dissector::new().explain(LinkType::ETHERNET, &frame, 60, 0);
        let text =
            |name: &str| layers[1].fields.iter().find(|field| field.name == name).unwrap().text.clone();
        assert_eq!(text("service name"), "empty");
        assert!(
            text("concentrator name").starts_with("\"br") && !text("concentrator name").contains('\u{1b}')
        );
        assert!(layers[1].summary.starts_with("offer (PADO)"));
    }
}
