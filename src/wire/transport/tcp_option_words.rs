//! TCP options in words: names, sources and meaning of each kind.

use crate::base::SeqNum;
use crate::explain::{FieldWriter, counted, hex};
use crate::wire::transport::{TcpOption, TcpOptions};

/// Explains the options, each as a field of its own; the writer stands on the first and ends with the header. `ack` is the
/// acknowledgment number, which tells a D-SACK (RFC 2883 §4).
pub(super) fn explain(fields: &mut FieldWriter<'_>, ack: Option<SeqNum>, is_cut: bool) {
    let mut walk = TcpOptions::new(fields.bytes());
    for option in &mut walk {
        let (name, source) = title(&option);
        fields.cite(source);
        fields.raw(name, (option.offset, option.length()), |_| words(&option, ack));
    }
    fields.cite("RFC 9293 §3.1");
    if walk.incomplete() {
        fields.raw("unreadable options", (walk.offset(), u32::MAX), hex);
        let why = if is_cut { "was not captured whole" } else { "has a length that cannot be" };
        fields.note(format!("A TCP option {why}: it and what follows it were not read."));
    } else {
        fields.raw("padding after the options", (walk.offset(), u32::MAX), hex);
    }
}

/// A few words on the options of a SYN: `MSS 1460   scale ×128   SACK`.
pub(super) fn summary(options: &[u8]) -> Vec<String> {
    let offered = super::SynOptions::read(options, false);
    let mut parts = Vec::new();
    parts.extend(offered.mss.map(|mss| format!("MSS {mss}")));
    parts.extend(offered.window_scale.map(|shift| format!("scale ×{}", 1 << shift.min(14))));
    parts.extend(offered.sack_permitted.then(|| "SACK".to_owned()));
    parts.extend(offered.timestamps.map(|_| "timestamps".to_owned()));
    parts.extend(offered.fast_open.map(|_| "Fast Open".to_owned()));
    parts.extend(offered.mptcp.map(|_| "Multipath TCP".to_owned()));
    parts
}

/// Name and source of an option.
fn title(option: &TcpOption<'_>) -> (&'static str, &'static str) {
    match option.kind {
        TcpOption::END => ("end of option list", "RFC 9293 §3.2"),
        TcpOption::NO_OPERATION => ("no-operation", "RFC 9293 §3.2"),
        TcpOption::MSS => ("maximum segment size", "RFC 9293 §3.7.1"),
        TcpOption::WINDOW_SCALE => ("window scale", "RFC 7323 §2.2"),
        TcpOption::SACK_PERMITTED => ("SACK permitted", "RFC 2018 §2"),
        TcpOption::SACK => ("SACK", "RFC 2018 §3"),
        TcpOption::TIMESTAMPS => ("timestamps", "RFC 7323 §3.2"),
        TcpOption::MD5 => ("MD5 signature", "RFC 2385 §3"),
        TcpOption::USER_TIMEOUT => ("user timeout", "RFC 5482 §3"),
        TcpOption::AUTHENTICATION => ("TCP authentication", "RFC 5925 §2.2"),
        TcpOption::MPTCP => ("multipath TCP", "RFC 8684 §3"),
        TcpOption::FAST_OPEN => ("Fast Open cookie", "RFC 7413 §4.1.1"),
        TcpOption::ACCURATE_ECN_0 | TcpOption::ACCURATE_ECN_1 => ("accurate ECN counters", "RFC 9768 §3.2.3"),
        TcpOption::EXPERIMENT_1 | TcpOption::EXPERIMENT_2 => match option.value {
            [0xf9, 0x89, ..] => ("Fast Open cookie (experimental)", "RFC 7413 §4.1.1"),
            _ => ("experimental option", "RFC 6994 §3"),
        },
        _ => ("unknown option", "IANA TCP parameters"),
    }
}

fn words(option: &TcpOption<'_>, ack: Option<SeqNum>) -> String {
    match (option.kind, option.value) {
        (TcpOption::END, _) => "end of the options".to_owned(),
        (TcpOption::NO_OPERATION, _) => "no operation: fills a byte".to_owned(),
        (TcpOption::MSS, [high, low]) => {
            let mss = u64::from(u16::from_be_bytes([*high, *low]));
            format!("{} of data in one segment at most, please", counted(mss, "byte"))
        }
        (TcpOption::WINDOW_SCALE, [shift]) => window_scale(*shift),
        (TcpOption::SACK_PERMITTED, []) => "the sender understands selective acknowledgments".to_owned(),
        (TcpOption::SACK, [_, ..]) => sack(option, ack),
        (TcpOption::TIMESTAMPS, _) => match option.timestamps() {
            Some((value, 0)) => format!("sender's clock {value}, echoes nothing yet"),
            Some((value, echo)) => format!("sender's clock {value}, echoes {echo}"),
            None => unusual(option),
        },
        (TcpOption::MD5, digest) => format!("digest {}", hex(digest)),
        (TcpOption::USER_TIMEOUT, [high, low]) => user_timeout(u16::from_be_bytes([*high, *low])),
        (TcpOption::AUTHENTICATION, [key, next, code @ ..]) => {
            format!("key {key}, next key {next}, code {}", hex(code))
        }
        (TcpOption::MPTCP, [first, ..]) => multipath(*first, option.value),
        (TcpOption::ACCURATE_ECN_0, counters) => accurate_ecn(counters, ["ECT(0)", "CE", "ECT(1)"]),
        (TcpOption::ACCURATE_ECN_1, counters) => accurate_ecn(counters, ["ECT(1)", "CE", "ECT(0)"]),
        (TcpOption::FAST_OPEN, cookie)
        | (TcpOption::EXPERIMENT_1 | TcpOption::EXPERIMENT_2, [0xf9, 0x89, cookie @ ..]) => fast_open(cookie),
        (TcpOption::EXPERIMENT_1 | TcpOption::EXPERIMENT_2, [high, low, value @ ..]) => {
            format!("experiment 0x{high:02x}{low:02x}: {}", hex(value))
        }
        _ => unusual(option),
    }
}

/// An option that is not known, or not of the length it should have.
fn unusual(option: &TcpOption<'_>) -> String {
    let value = if option.value.is_empty() { "no value".to_owned() } else { hex(option.value) };
    format!("kind {}, {}: {value}", option.kind, counted(u64::from(option.length()), "byte"))
}

fn window_scale(shift: u8) -> String {
    let used = shift.min(14);
    let factor = format!("windows count × 2^{used} = × {}, if both sides send this option", 1 << used);
    if shift > 14 {
        format!("{shift}, more than the largest of 14: {factor}")
    } else {
        format!("{shift}: {factor}")
    }
}

fn sack(option: &TcpOption<'_>, ack: Option<SeqNum>) -> String {
    let blocks: Vec<_> = option.sack_blocks().collect();
    let text: Vec<String> = blocks.iter().map(|(left, right)| format!("{left} to {right}")).collect();
    let listed = format!("received out of order: {}", text.join(", "));
    let second = blocks.get(1);
    match (blocks.first(), ack) {
        (Some((left, right)), Some(ack)) if !right.is_after(ack) => {
            format!(
                "{listed}; {left} to {right} is below the acknowledgment: received twice (D-SACK, RFC 2883)"
            )
        }
        (Some((left, right)), _) if second.is_some_and(|outer| inside((*left, *right), *outer)) => {
            format!("{listed}; {left} to {right} lies in the next block: received twice (D-SACK, RFC 2883)")
        }
        _ => listed,
    }
}

fn inside((left, right): (SeqNum, SeqNum), outer: (SeqNum, SeqNum)) -> bool {
    !outer.0.is_after(left) && !right.is_after(outer.1)
}

fn user_timeout(field: u16) -> String {
    let unit = if field >> 15 == 1 { "minute" } else { "second" };
    format!("unacknowledged data may wait {}", counted(u64::from(field & 0x7fff), unit))
}

fn fast_open(cookie: &[u8]) -> String {
    if cookie.is_empty() {
        "asks for a cookie, to send data in the SYN next time".to_owned()
    } else {
        format!("cookie {}", hex(cookie))
    }
}

/// Counters of 24 bits, as many as there are (RFC 9768 §3.2.3).
fn accurate_ecn(counters: &[u8], order: [&str; 3]) -> String {
    let texts: Vec<String> = counters
        .as_chunks::<3>()
        .0
        .iter()
        .zip(order)
        .map(|([a, b, c], name)| format!("{name} {}", u32::from_be_bytes([0, *a, *b, *c])))
        .collect();
    if texts.is_empty() {
        "no counters".to_owned()
    } else {
        format!("bytes received as {}", texts.join(", "))
    }
}

fn multipath(first: u8, value: &[u8]) -> String {
    let name = match first >> 4 {
        0 => return format!("MP_CAPABLE, version {}: {}", first & 15, capable(value.len())),
        1 => "MP_JOIN: adds this path to a connection",
        2 => "DSS: place of the data in the whole connection",
        3 => "ADD_ADDR: another address of the sender",
        4 => "REMOVE_ADDR: an address is gone",
        5 => "MP_PRIO: changes the priority of this path",
        6 => "MP_FAIL: a checksum was wrong, falls back",
        7 => "MP_FASTCLOSE: closes all paths at once",
        8 => "MP_TCPRST: why this path is reset",
        _ => "a subtype synscope does not know",
    };
    format!("{name} ({})", hex(value))
}

/// Keys in `MP_CAPABLE` follow from its length, here without kind and length (RFC 8684 §3.1).
fn capable(value_length: usize) -> &'static str {
    match value_length {
        2 => "offers several paths",
        10 => "the sender's key",
        18.. => "both keys",
        _ => "of an unusual length",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{LayerExplanation, OsiLayer};

    fn explained(options: &[u8], ack: Option<SeqNum>) -> LayerExplanation {
        let mut out = LayerExplanation::new(OsiLayer::Transport, "tcp", "TCP", None);
        explain(&mut FieldWriter::new(&mut out, options, 54, "RFC 9293 §3.1"), ack, false);
        out
    }

    fn text(options: &[u8]) -> String {
        explained(options, Some(SeqNum(100))).fields[0].text.clone()
    }

    #[test]
    fn common_options_read_as_sentences() {
        assert_eq!(text(&[2, 4, 5, 0xb4]), "1460 bytes of data in one segment at most, please");
        assert_eq!(text(&[3, 3, 7]), "7: windows count × 2^7 = × 128, if both sides send this option");
        assert_eq!(text(&[8, 10, 0, 0, 0, 5, 0, 0, 0, 0]), "sender's clock 5, echoes nothing yet");
        assert_eq!(text(&[28, 4, 0x80, 2]), "unacknowledged data may wait 2 minutes");
        assert_eq!(text(&[34, 2]), "asks for a cookie, to send data in the SYN next time");
        assert_eq!(text(&[254, 6, 0x12, 0x34, 0xab, 0xcd]), "experiment 0x1234: ab cd");
        assert_eq!(text(&[172, 8, 0, 0, 1, 0, 0, 2]), "bytes received as ECT(0) 1, CE 2");
        assert_eq!(text(&[200, 3, 1]), "kind 200, 3 bytes: 01");
    }

    #[test]
    fn a_scale_above_fourteen_counts_as_fourteen() {
        assert!(text(&[3, 3, 15]).starts_with("15, more than the largest of 14: windows count × 2^14"));
    }

    #[test]
    fn a_first_block_below_the_acknowledgment_is_a_d_sack() {
        assert!(text(&[5, 10, 0, 0, 0, 10, 0, 0, 0, 20]).contains("D-SACK"));
        assert!(!text(&[5, 10, 0, 0, 0, 120, 0, 0, 0, 130]).contains("D-SACK"));
    }

    #[test]
    fn multipath_subtypes_have_their_names() {
        assert_eq!(text(&[30, 4, 0x01, 0]), "MP_CAPABLE, version 1: offers several paths");
        assert!(text(&[30, 4, 0x80, 1]).starts_with("MP_TCPRST"));
    }

    #[test]
    fn an_option_that_cannot_be_read_is_noted() {
        let out = explained(&[1, 2, 0, 0], None);
        assert_eq!(out.fields[1].name, "unreadable options");
        assert_eq!(out.notes.len(), 1);
    }
}
