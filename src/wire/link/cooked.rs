//! What both versions of Linux cooked captures share: words for their fields, and what follows them.

use crate::base::LinkType;
use crate::explain::{FieldWriter, Place, counted};
use crate::wire::link::{ether_type, mac_address};
use crate::wire::{Fact, Input, Selector, Step};

/// The hardware type of netlink messages, whose protocol field is a netlink family.
pub(super) const NETLINK: u16 = 824;
/// The netlink family of the packet filter (Linux `netlink.h`).
const NETFILTER: u16 = 12;

/// What follows a cooked header with this hardware type and protocol field (`LINKTYPE_LINUX_SLL`, "notes").
pub(super) fn step(hardware: u16, protocol: u16, header_length: u32, input: &Input<'_>) -> Step {
    let next = match (hardware, protocol) {
        (770, _) => Some(Selector::Link(LinkType::FRAME_RELAY)),
        (801, _) => Some(Selector::Ieee80211),
        (802, _) => Some(Selector::Link(LinkType::PRISM)),
        (803, _) => Some(Selector::Link(LinkType::IEEE802_11_RADIOTAP)),
        (NETLINK, NETFILTER) => Some(Selector::Netfilter),
        (NETLINK, _) => None,
        (_, 4) => Some(Selector::Llc),
        _ => Some(Selector::EtherType(protocol)),
    };
    Step { header_length, payload_length: input.after(header_length), next, fact: Fact::Nothing }
}

/// The protocol field in words.
pub(super) fn explain_protocol(fields: &mut FieldWriter<'_>, hardware: u16, place: Place) {
    let name = if hardware == NETLINK { "netlink family" } else { "protocol type" };
    fields.number(name, place, |v| match u16::try_from(v) {
        Ok(number) if hardware == NETLINK => format!("{number} {}", netlink_family(number)),
        Ok(1) => "0x0001: Novell IPX without 802.2".to_owned(),
        Ok(4) => "0x0004: an 802.2 header follows".to_owned(),
        Ok(number) if number >= ether_type::SMALLEST => ether_type::text(number),
        _ => format!("0x{v:04x}"),
    });
}

/// The summary: who the frame was for, and what it carries.
pub(super) fn summary(packet_type: u64, hardware: u16, protocol: u16) -> String {
    let carried = if hardware == NETLINK {
        format!("carries netlink messages {}", netlink_family(protocol))
    } else if protocol >= ether_type::SMALLEST {
        ether_type::carries(protocol)
    } else {
        format!("carries protocol 0x{protocol:04x}")
    };
    format!("{}   {carried}", direction(packet_type))
}

fn netlink_family(number: u16) -> &'static str {
    match number {
        0 => "on routes and interfaces",
        4 => "on sockets",
        9 => "on audits",
        NETFILTER => "of the packet filter",
        15 => "on devices that come and go",
        16 => "of a family with a name of its own",
        _ => "of a family synscope does not know",
    }
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
