//! The other two numberings of link types: libpcap's `DLT_` (what its functions take and give) and Linux's `ARPHRD_` (what the
//! kernel calls an interface's type).

use crate::base::LinkType;

/// libpcap's number for raw IP on this system; files have another one.
const DLT_RAW: i32 = if cfg!(target_os = "openbsd") { 14 } else { 12 };
/// libpcap's number for LLC/SNAP encapsulated ATM; files have 100.
const DLT_ATM_RFC1483: i32 = 11;

/// The number that libpcap's functions know a file's link type by (<https://www.tcpdump.org/linktypes.html>).
pub(in crate::capture) fn dlt_of(link_type: LinkType) -> i32 {
    match link_type {
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => DLT_RAW,
        LinkType(100) => DLT_ATM_RFC1483,
        LinkType(number) => i32::from(number),
    }
}

/// The registered number of a link type that libpcap gave; `None` where it is no such number.
pub(super) fn of_dlt(number: i32) -> Option<LinkType> {
    match number {
        DLT_RAW => Some(LinkType::RAW),
        DLT_ATM_RFC1483 => Some(LinkType(100)),
        _ => u16::try_from(number).ok().map(LinkType),
    }
}

/// What a frame of an interface begins with, by the number in `/sys/class/net/NAME/type` (`ARPHRD_*` in Linux's
/// `if_arp.h`); `None` for types that sniffing shows in a form of its own.
pub(super) fn of_hardware_type(number: u32) -> Option<LinkType> {
    Some(match number {
        // Ethernet, loopback (whose frames have an Ethernet header of zeros).
        1 | 772 => LinkType::ETHERNET,
        // Raw IP from a modem; IP-in-IP, IPv6 tunnel and SIT; no header at all (tun, WireGuard).
        519 | 768 | 769 | 776 | 65_534 => LinkType::RAW,
        // CAN, IEEE 802.11, IEEE 802.11 with radiotap.
        280 => LinkType(227),
        801 => LinkType(105),
        803 => LinkType(127),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_ip_has_one_number_in_files_and_another_in_libpcap() {
        assert_eq!(dlt_of(LinkType::RAW), DLT_RAW);
        assert_eq!(of_dlt(DLT_RAW), Some(LinkType::RAW));
        assert_eq!(dlt_of(LinkType::LINUX_SLL2), 276);
        assert_eq!(of_dlt(1), Some(LinkType::ETHERNET));
        assert_eq!(of_dlt(-1), None);
    }

    #[test]
    fn loopback_has_ethernet_headers_and_a_tunnel_has_none() {
        assert_eq!(of_hardware_type(772), Some(LinkType::ETHERNET));
        assert_eq!(of_hardware_type(65_534), Some(LinkType::RAW));
        assert_eq!(of_hardware_type(512), None);
    }
}
