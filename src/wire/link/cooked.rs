//! What both versions of Linux cooked captures share: words for their fields, and what follows them.

use crate::explain::{FieldWriter, Place, counted};
use crate::wire::link::{ether_type, mac_address};
use crate::wire::{Fact, Input, Selector, Step};

/// Hardware types whose frames carry no EtherType in the protocol field (netlink, 802.11, Frame Relay).
const WITHOUT_ETHER_TYPE: [u16; 5] = [770, 801, 802, 803, 824];

/// What follows a cooked header with this hardware type and protocol field.
pub(super) fn step(hardware: u16, protocol: u16, header_length: u32, input: &Input<'_>) -> Step {
    let next = match protocol {
        _ if WITHOUT_ETHER_TYPE.contains(&hardware) => None,
        4 => Some(Selector::Llc),
        _ => Some(Selector::EtherType(protocol)),
    };
    Step { header_length, payload_length: input.after(header_length), next, fact: Fact::Nothing }
}

/// The protocol field in words.
pub(super) fn explain_protocol(fields: &mut FieldWriter<'_>, place: Place) {
    fields.number("protocol type", place, |v| match u16::try_from(v) {
        Ok(1) => "0x0001: Novell IPX without 802.2".to_owned(),
        Ok(4) => "0x0004: an 802.2 header follows".to_owned(),
        Ok(number) if number >= ether_type::SMALLEST => ether_type::text(number),
        _ => format!("0x{v:04x}"),
    });
}

/// The summary: who the frame was for, and what it carries.
pub(super) fn summary(packet_type: u64, protocol: u16) -> String {
    let carried = if protocol >= ether_type::SMALLEST {
        ether_type::carries(protocol)
    } else {
        format!("carries protocol 0x{protocol:04x}")
    };
    format!("{}   {carried}", direction(packet_type))
}

/// What a packet type says about who sent the frame to whom.
pub(super) fn direction(packet_type: u64) -> &'static str {
    match packet_type {
        0 => "to this host",
        1 => "broadcast by another host",
        2 => "multicast by another host",
        3 => "from another host to another",
        4 => "sent by this host",
        5 => "looped back, multicast or broadcast",
        6 => "to user space",
        7 => "to the kernel",
        _ => "of a packet type synscope does not know",
    }
}

/// Name of an ARPHRD hardware type (Linux `if_arp.h`, IANA ARP parameters).
pub(super) fn hardware(number: u64) -> String {
    let name = match number {
        1 => "Ethernet",
        6 => "IEEE 802",
        24 => "IEEE 1394",
        32 => "InfiniBand",
        256 => "SLIP",
        280 => "CAN",
        512 => "PPP",
        768 => "IP tunnel",
        769 => "IPv6 tunnel",
        770 => "Frame Relay",
        772 => "loopback",
        776 => "IPv6 in IPv4 tunnel",
        778 => "GRE tunnel",
        801 => "802.11",
        802 => "802.11 with Prism header",
        803 => "802.11 with radiotap",
        824 => "netlink",
        65534 => "none: bare IP, such as a tun interface",
        _ => return format!("{number}, which synscope does not know"),
    };
    format!("{number} {name}")
}

/// The sender's link-layer address, as far as its field holds it; `place` is the field of eight bytes.
pub(super) fn explain_address(fields: &mut FieldWriter<'_>, length: u32, place: Place) {
    if length > place.1 {
        fields.note(format!(
            "The sender's address has {}; a cooked header keeps the first {} of them.",
            counted(u64::from(length), "byte"),
            place.1
        ));
    }
    let kept = length.min(place.1);
    if kept > 0 {
        mac_address::explain(fields, "link-layer address", (place.0, kept));
    }
}
