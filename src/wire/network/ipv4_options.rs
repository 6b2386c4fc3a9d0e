//! Options of an IPv4 header (RFC 791 §3.1, RFC 2113).

use std::net::Ipv4Addr;

use crate::base::convert::narrow;
use crate::explain::{FieldWriter, hex};

/// Explains the options; the writer stands on the first of them and ends with the header.
pub(super) fn explain(fields: &mut FieldWriter<'_>) {
    let mut at = 0;
    while let Some([kind]) = fields.at((at, 1)) {
        let length = match (kind, fields.at((at + 1, 1))) {
            (0 | 1, _) => 1,
            (_, Some([length])) if *length >= 2 => u32::from(*length),
            _ => {
                fields.raw("unreadable options", (at, u32::MAX), hex);
                fields.note(
                    "An IPv4 option has a length that cannot be, or was cut: what follows it was not read.",
                );
                return;
            }
        };
        fields.cite(source(*kind));
        fields.raw(name(*kind), (at, length), words);
        at += length;
        if *kind == 0 {
            fields.raw("padding after the options", (at, narrow(fields.bytes().len())), hex);
            return;
        }
    }
}

/// Where a packet with a source route that is not used up ends: the route's last address (RFC 791 §3.1).
pub(super) fn final_destination(options: &[u8]) -> Option<Ipv4Addr> {
    let mut rest = options;
    loop {
        match rest {
            [1, behind @ ..] => rest = behind,
            [131 | 137, length, pointer, ..] if pointer < length => {
                let octets = rest.get(..usize::from(*length))?.last_chunk::<4>()?;
                return Some(Ipv4Addr::from(*octets));
            }
            [2..=255, length @ 2..=255, ..] => rest = rest.get(usize::from(*length)..)?,
            _ => return None,
        }
    }
}

fn words(option: &[u8]) -> String {
    match option {
        [0] => "end of the options".to_owned(),
        [1] => "no operation: fills a byte".to_owned(),
        [7 | 131 | 137, _, _, addresses @ ..] => {
            let (hops, _) = addresses.as_chunks::<4>();
            let hops: Vec<String> = hops.iter().map(|hop| Ipv4Addr::from(*hop).to_string()).collect();
            format!("by way of {}", hops.join(", "))
        }
        [148, _, 0, 0] => "every router on the way examines the packet".to_owned(),
        _ => hex(option),
    }
}

fn name(kind: u8) -> &'static str {
    match kind {
        0 => "end of options list",
        1 => "no operation",
        7 => "record route",
        68 => "internet timestamp",
        82 => "traceroute",
        130 => "security",
        131 => "loose source route",
        136 => "stream identifier",
        137 => "strict source route",
        148 => "router alert",
        _ => "unknown option",
    }
}

fn source(kind: u8) -> &'static str {
    match kind {
        148 => "RFC 2113 §2.1",
        130 => "RFC 1108 §2",
        82 => "RFC 1393 §2.2",
        0 | 1 | 7 | 68 | 131 | 136 | 137 => "RFC 791 §3.1",
        _ => "IANA IP option numbers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{LayerExplanation, OsiLayer};

    fn explained(options: &[u8]) -> LayerExplanation {
        let mut out = LayerExplanation::new(OsiLayer::Network, "ipv4", "IPv4", None);
        explain(&mut FieldWriter::new(&mut out, options, 34, "RFC 791 §3.1"));
        out
    }

    #[test]
    fn each_option_is_a_field_of_its_own() {
        let out = explained(&[148, 4, 0, 0, 1, 7, 7, 8, 10, 0, 0, 9, 0, 0]);
        let names: Vec<_> = out.fields.iter().map(|field| field.name).collect();
        let expected = [
            "router alert",
            "no operation",
            "record route",
            "end of options list",
            "padding after the options",
        ];
        assert_eq!(names, expected);
        assert_eq!(out.fields[2].text, "by way of 10.0.0.9");
    }

    #[test]
    fn a_source_route_ends_at_its_last_address_until_it_is_used_up() {
        let mut options = [1, 131, 11, 4, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(final_destination(&options), Some(Ipv4Addr::new(5, 6, 7, 8)));
        options[3] = 12;
        assert_eq!(final_destination(&options), None);
        assert_eq!(final_destination(&[7, 0, 131, 7, 4, 1, 2, 3, 4]), None);
    }

    #[test]
    fn an_option_length_of_zero_ends_the_walk_with_a_note() {
        let out = explained(&[7, 0, 1, 1]);
        assert_eq!(out.fields[0].name, "unreadable options");
        assert_eq!(out.notes.len(), 1);
    }
}
