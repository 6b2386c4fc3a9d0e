//! IP protocol numbers (IANA), which are also the Next Header values of IPv6.

/// IPv4 in IP (RFC 2003).
pub(in crate::wire) const IPV4: u8 = 4;
/// TCP.
pub(in crate::wire) const TCP: u8 = 6;
/// UDP.
pub(in crate::wire) const UDP: u8 = 17;
/// IPv6 in IP (RFC 4213).
pub(in crate::wire) const IPV6: u8 = 41;
/// Generic routing encapsulation (RFC 2784).
pub(in crate::wire) const GRE: u8 = 47;
/// MPLS in IP (RFC 4023).
pub(in crate::wire) const MPLS: u8 = 137;
/// Fragment header of IPv6.
pub(in crate::wire) const FRAGMENT: u8 = 44;
/// Authentication header.
pub(in crate::wire) const AUTHENTICATION: u8 = 51;
/// ICMPv6.
pub(in crate::wire) const ICMPV6: u8 = 58;
/// Nothing follows (RFC 8200 §4.7).
pub(in crate::wire) const NO_NEXT_HEADER: u8 = 59;

/// `6 TCP`; the number alone where there is no name.
pub(super) fn text(number: u64) -> String {
    match u8::try_from(number).ok().and_then(name) {
        Some(name) => format!("{number} {name}"),
        None => number.to_string(),
    }
}

/// Name of a protocol that is often met.
pub(super) fn name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "hop-by-hop options",
        1 => "ICMP",
        2 => "IGMP",
        IPV4 => "IPv4 in IP",
        TCP => "TCP",
        8 => "EGP",
        9 => "IGP",
        UDP => "UDP",
        33 => "DCCP",
        IPV6 => "IPv6 in IP",
        43 => "routing header",
        FRAGMENT => "fragment header",
        46 => "RSVP",
        GRE => "GRE",
        50 => "ESP (encrypted)",
        AUTHENTICATION => "authentication header",
        ICMPV6 => "ICMPv6",
        NO_NEXT_HEADER => "no next header",
        60 => "destination options",
        88 => "EIGRP",
        89 => "OSPF",
        94 => "IPIP",
        97 => "Ethernet in IP",
        103 => "PIM",
        108 => "IP payload compression",
        112 => "VRRP",
        115 => "L2TP",
        132 => "SCTP",
        135 => "mobility header",
        136 => "UDP-Lite",
        MPLS => "MPLS in IP",
        _ => return None,
    })
}
