//! What the first byte of a frame is.

/// Link-layer type of a frame, by its registered LINKTYPE number (<https://www.tcpdump.org/linktypes.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: address family in the recording machine's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet, from the destination address on.
    pub const ETHERNET: Self = Self(1);
    /// Raw IP, as some systems number it (`DLT_RAW` where it is 12).
    pub const RAW_BSD: Self = Self(12);
    /// Raw IP, as OpenBSD numbers it (`DLT_RAW` where it is 14).
    pub const RAW_OPENBSD: Self = Self(14);
    /// Raw IP: the version is in the first four bits.
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback: address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux cooked capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);

    /// Name of a type that synscope reads or often meets; others are shown by their number.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "BSD loopback",
            1 => "Ethernet",
            6 => "Token Ring",
            8 => "SLIP",
            9 => "PPP",
            10 => "FDDI",
            12 | 14 | 101 => "raw IP",
            50 => "PPP in HDLC framing",
            51 => "PPPoE",
            100 => "ATM RFC 1483",
            104 => "Cisco HDLC",
            105 => "IEEE 802.11",
            107 => "Frame Relay",
            108 => "OpenBSD loopback",
            113 => "Linux cooked",
            127 => "IEEE 802.11 with radiotap",
            187 => "Bluetooth HCI H4",
            189 | 220 => "USB, Linux",
            192 => "PPI",
            195 | 230 => "IEEE 802.15.4",
            201 => "Bluetooth HCI H4 with direction",
            227 => "CAN, Linux",
            228 => "raw IPv4",
            229 => "raw IPv6",
            239 => "Netfilter log",
            249 => "USBPcap",
            253 => "Netlink",
            276 => "Linux cooked 2",
            _ => return None,
        })
    }
}

impl std::fmt::Display for LinkType {
    /// `Ethernet`; `link type 147` where there is no name for it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "link type {}", self.0),
        }
    }
}
