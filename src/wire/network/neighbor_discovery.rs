//! Neighbour discovery and multicast listener messages of ICMPv6 (RFC 4861 §4, RFC 3810 §5).

use crate::explain::{FieldWriter, counted, hex};
use crate::wire::network::ipv6;

/// Most options that are listed of one message.
const MOST: usize = 32;

/// Whether messages of this type are wholly explained here.
pub(super) fn has(kind: u8) -> bool {
    matches!(kind, 130..=137 | 143)
}

/// Explains what comes after the checksum; says what the summary should add.
pub(super) fn explain(fields: &mut FieldWriter<'_>, kind: u8) -> Option<String> {
    let (options, target) = match kind {
        133 => (8, None),
        134 => (router_advertisement(fields), None),
        135 => (24, Some("target address")),
        136 => (neighbor_advertisement(fields), Some("target address")),
        137 => (redirect(fields), Some("target address")),
        143 => return listener_report(fields),
        _ => (u32::MAX, Some("multicast address")),
    };
    fields.cite("RFC 4861 §4");
    if let Some(name) = target {
        ipv6::explain_address(fields, name, (8, 16));
    }
    if options < u32::MAX {
        explain_options(&mut fields.part(options, u32::MAX));
    }
    let address = std::net::Ipv6Addr::from(*fields.at((8, 16))?.first_chunk::<16>()?);
    target?;
    Some(match kind {
        135 => format!("who has {address}?"),
        136 => format!("{address} is here"),
        137 => format!("better next hop {address}"),
        _ => address.to_string(),
    })
}

fn router_advertisement(fields: &mut FieldWriter<'_>) -> u32 {
    fields.cite("RFC 4861 §4.2");
    fields.number("current hop limit", (4, 1), |v| v.to_string());
    fields.flag("managed address configuration", (5, 1), 0, ("addresses come from DHCPv6", ""));
    fields.flag("other configuration", (5, 1), 1, ("other settings come from DHCPv6", ""));
    fields.number("router lifetime", (6, 2), |v| counted(v, "second"));
    fields.number("reachable time", (8, 4), |v| format!("{v} ms"));
    fields.number("retransmission timer", (12, 4), |v| format!("{v} ms"));
    16
}

fn neighbor_advertisement(fields: &mut FieldWriter<'_>) -> u32 {
    fields.cite("RFC 4861 §4.4");
    fields.flag("router", (4, 1), 0, ("the sender is a router", ""));
    fields.flag("solicited", (4, 1), 1, ("answers a solicitation", ""));
    fields.flag("override", (4, 1), 2, ("replaces what was known", ""));
    24
}

fn redirect(fields: &mut FieldWriter<'_>) -> u32 {
    fields.cite("RFC 4861 §4.5");
    ipv6::explain_address(fields, "destination address", (24, 16));
    40
}

fn listener_report(fields: &mut FieldWriter<'_>) -> Option<String> {
    fields.cite("RFC 3810 §5.2");
    fields.number("number of records", (6, 2), |v| v.to_string());
    fields.raw("records", (8, u32::MAX), hex);
    let [high, low] = *fields.at((6, 2))?.first_chunk::<2>()?;
    Some(counted(u64::from(u16::from_be_bytes([high, low])), "record"))
}

/// Options of type, length in units of 8 bytes, value (RFC 4861 §4.6); the writer stands on the first.
fn explain_options(fields: &mut FieldWriter<'_>) {
    let mut at = 0;
    for _ in 0..MOST {
        let Some([kind, units]) = fields.at((at, 2)) else {
            return;
        };
        if *units == 0 {
            fields.note("A neighbour discovery option has the length 0: what follows it was not read.");
            return;
        }
        let length = u32::from(*units) * 8;
        fields.raw(option_name(*kind), (at, length), option_words);
        at += length;
    }
    fields.note(format!("Only the first {MOST} options are listed."));
}

fn option_name(kind: u8) -> &'static str {
    match kind {
        1 => "source link-layer address",
        2 => "target link-layer address",
        3 => "prefix information",
        4 => "redirected header",
        5 => "MTU",
        14 => "nonce",
        24 => "route information",
        25 => "recursive DNS servers",
        31 => "DNS search list",
        _ => "unknown option",
    }
}

fn option_words(option: &[u8]) -> String {
    match option {
        [1 | 2, 1, address @ ..] => {
            address.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
        }
        [5, 1, _, _, a, b, c, d] => counted(u64::from(u32::from_be_bytes([*a, *b, *c, *d])), "byte"),
        [3, 4, length, ..] => {
            let prefix = option.last_chunk::<16>().map_or_else(String::new, |octets| ipv6::address(octets));
            format!("{prefix}, prefix of {length} bits")
        }
        [25, _, _, _, _, _, _, _, servers @ ..] => {
            servers.chunks_exact(16).map(ipv6::address).collect::<Vec<_>>().join(", ")
        }
        _ => hex(option),
    }
}
