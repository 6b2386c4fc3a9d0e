//! The list of interfaces as a table.

use std::io::{self, Write};

use crate::capture::live::InterfaceInfo;
use crate::explain::printable;

const HEADINGS: [&str; 5] = ["NAME", "STATE", "LINK TYPE", "MAC", "ADDRESSES"];

/// Writes one line for each interface, in aligned columns; further addresses on lines of their own. Ends with whether this
/// user may sniff.
///
/// # Errors
/// Those of `out`.
pub fn interfaces(list: &[InterfaceInfo], out: &mut dyn Write) -> io::Result<()> {
    if list.is_empty() {
        return writeln!(out, "There are no network interfaces.");
    }
    let rows: Vec<[String; 5]> = list.iter().flat_map(rows).collect();
    let widths = widths(&rows);
    line(&HEADINGS.map(str::to_owned), widths, out)?;
    for row in &rows {
        line(row, widths, out)?;
    }
    writeln!(out)?;
    match list.iter().find_map(|interface| interface.may_sniff.as_ref().err()) {
        None => writeln!(out, "You may sniff on these interfaces."),
        Some(reason) => writeln!(out, "You may not sniff: {reason}."),
    }
}

fn rows(interface: &InterfaceInfo) -> Vec<[String; 5]> {
    let mut addresses = interface.addresses.iter().map(|(address, prefix)| format!("{address}/{prefix}"));
    let first = [
        printable(&interface.name).into_owned(),
        interface.state.name().to_owned(),
        if interface.loopback {
            "loopback".to_owned()
        } else {
            interface.link_type.map_or_else(|| "unknown".to_owned(), |link_type| link_type.to_string())
        },
        interface.mac.map_or_else(|| "-".to_owned(), mac),
        addresses.next().unwrap_or_else(|| "-".to_owned()),
    ];
    let mut rows = vec![first];
    rows.extend(addresses.map(continuation));
    rows.extend(interface.description.iter().map(|text| continuation(format!("({})", printable(text)))));
    rows
}

fn continuation(last: String) -> [String; 5] {
    [String::new(), String::new(), String::new(), String::new(), last]
}

fn mac(octets: [u8; 6]) -> String {
    octets.map(|octet| format!("{octet:02x}")).join(":")
}

fn widths(rows: &[[String; 5]]) -> [usize; 5] {
    let mut widths = HEADINGS.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths
}

fn line(cells: &[String; 5], widths: [usize; 5], out: &mut dyn Write) -> io::Result<()> {
    let padded: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    writeln!(out, "{}", padded.join("  ").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::capture::live::State;

    fn interface(name: &str) -> InterfaceInfo {
        InterfaceInfo {
            name: name.into(),
            description: None,
            addresses: Vec::new(),
            mac: None,
            link_type: Some(LinkType::ETHERNET),
            state: State::Up,
            loopback: false,
            may_sniff: Ok(()),
        }
    }

    fn table(list: &[InterfaceInfo]) -> String {
        let mut out = Vec::new();
        interfaces(list, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_aligned_and_further_addresses_get_lines_of_their_own() {
        let mut loopback = interface("lo");
        loopback.loopback = true;
        loopback.addresses = vec![("127.0.0.1".parse().unwrap(), 8), ("::1".parse().unwrap(), 128)];
        let mut ethernet = interface("eth0");
        ethernet.mac = Some([2, 0, 0, 0xfc, 0, 1]);
        ethernet.state = State::NoCarrier;
        let expected = "\
NAME  STATE       LINK TYPE  MAC                ADDRESSES
lo    up          loopback   -                  127.0.0.1/8
                                                ::1/128
eth0  no carrier  Ethernet   02:00:00:fc:00:01  -

You may sniff on these interfaces.
";
        assert_eq!(table(&[loopback, ethernet]), expected);
    }

    #[test]
    fn who_may_not_sniff_is_told_why() {
        let mut ethernet = interface("eth0");
        ethernet.may_sniff = Err("this user may not open packet sockets".into());
        assert!(
            table(&[ethernet]).ends_with("\nYou may not sniff: this user may not open packet sockets.\n")
        );
    }

    #[test]
    fn a_name_cannot_send_commands_to_the_terminal() {
        let mut odd = interface("e\u{1b}[31m");
        odd.description = Some("a\nb".into());
        let text = table(&[odd]);
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(text.contains("(a\\nb)"), "{text:?}");
    }
}
