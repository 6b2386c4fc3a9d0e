//! What the first byte of a frame is.

/// Link-layer type of a frame, by its registered LINKTYPE number (<https://www.tcpdump.org/linktypes.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: address family in the recording machine's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet, from the destination address on.
    pub const ETHERNET: Self = Self(1);
    /// Token Ring (IEEE 802.5).
    pub const TOKEN_RING: Self = Self(6);
    /// ARCNET, as the BSDs capture it.
    pub const ARCNET: Self = Self(7);
    /// PPP, with or without HDLC-like framing.
    pub const PPP: Self = Self(9);
    /// FDDI.
    pub const FDDI: Self = Self(10);
    /// Raw IP, as some systems number it (`DLT_RAW` where it is 12).
    pub const RAW_BSD: Self = Self(12);
    /// Raw IP, as OpenBSD numbers it (`DLT_RAW` where it is 14).
    pub const RAW_OPENBSD: Self = Self(14);
    /// Classical IP over ATM as older Linux captures number it; the first byte is IP's.
    pub const ATM_CLIP: Self = Self(18);
    /// PPP in HDLC-like framing on a serial line, or Cisco's framing.
    pub const PPP_HDLC: Self = Self(50);
    /// PPP over Ethernet, from its own header on.
    pub const PPP_ETHERNET: Self = Self(51);
    /// ATM with an 802.2 header (RFC 2684).
    pub const ATM_RFC1483: Self = Self(100);
    /// Raw IP: the version is in the first four bits.
    pub const RAW: Self = Self(101);
    /// Cisco HDLC.
    pub const CISCO_HDLC: Self = Self(104);
    /// IEEE 802.11, from the frame control on.
    pub const IEEE802_11: Self = Self(105);
    /// Frame Relay.
    pub const FRAME_RELAY: Self = Self(107);
    /// OpenBSD loopback: address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// Log of the BSDs' packet filter.
    pub const PFLOG: Self = Self(117);
    /// IEEE 802.11 behind a Prism header.
    pub const PRISM: Self = Self(119);
    /// ATM, as `SunATM` adapters capture it.
    pub const SUN_ATM: Self = Self(123);
    /// IEEE 802.11 behind a radiotap header.
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// ARCNET, as Linux captures it.
    pub const ARCNET_LINUX: Self = Self(129);
    /// Apple's IP over IEEE 1394.
    pub const APPLE_FIREWIRE: Self = Self(138);
    /// For everybody's own use; Apple's systems write PKTAP with it.
    pub const USER_2: Self = Self(149);
    /// IEEE 802.11 behind an AVS header.
    pub const AVS: Self = Self(163);
    /// PPP with a direction in place of the address.
    pub const PPP_PPPD: Self = Self(166);
    /// Multilink Frame Relay (FRF.16).
    pub const MULTILINK_FRAME_RELAY: Self = Self(182);
    /// A per-packet information header, which names what follows.
    pub const PPI: Self = Self(192);
    /// PPP behind a byte with the direction.
    pub const PPP_WITH_DIRECTION: Self = Self(204);
    /// MPLS, from the first label on.
    pub const MPLS: Self = Self(219);
    /// Solaris IPNET.
    pub const IPNET: Self = Self(226);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Log of Linux's packet filter.
    pub const NFLOG: Self = Self(239);
    /// IP over InfiniBand.
    pub const IP_OVER_INFINIBAND: Self = Self(242);
    /// Linux netlink messages.
    pub const NETLINK: Self = Self(253);
    /// Apple's PKTAP, which names what follows.
    pub const PKTAP: Self = Self(258);
    /// Linux cooked capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);
    /// Ethernet with a Broadcom switch tag behind the addresses.
    pub const DSA_TAG_BRCM: Self = Self(281);
    /// Ethernet behind a Broadcom switch tag.
    pub const DSA_TAG_BRCM_PREPEND: Self = Self(282);
    /// Ethernet with a Marvell switch tag.
    pub const DSA_TAG_DSA: Self = Self(284);
    /// Ethernet with a Marvell switch tag that has an EtherType.
    pub const DSA_TAG_EDSA: Self = Self(285);
    /// What a file of another format calls something that pcap's register has no number for.
    pub const UNREGISTERED: Self = Self(u16::MAX);

    /// Name of a type in the register; others are shown by their number.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        let after = NAMES.partition_point(|(first, _, _)| *first <= self.0);
        let (_, last, name) = NAMES.get(after.checked_sub(1)?)?;
        (self.0 <= *last).then_some(*name)
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

/// First and last number of a name, in ascending order.
static NAMES: &[(u16, u16, &str)] = &[
    (0, 0, "BSD loopback"),
    (1, 1, "Ethernet"),
    (3, 3, "AX.25"),
    (6, 6, "Token Ring"),
    (7, 7, "ARCNET, BSD"),
    (8, 8, "SLIP"),
    (9, 9, "PPP"),
    (10, 10, "FDDI"),
    (12, 12, "raw IP"),
    (14, 14, "raw IP"),
    (18, 18, "classical IP over ATM"),
    (19, 19, "classical IP over ATM"),
    (50, 50, "PPP in HDLC framing"),
    (51, 51, "PPPoE"),
    (99, 99, "Symantec firewall"),
    (100, 100, "ATM RFC 1483"),
    (101, 101, "raw IP"),
    (104, 104, "Cisco HDLC"),
    (105, 105, "IEEE 802.11"),
    (106, 106, "classical IP over ATM"),
    (107, 107, "Frame Relay"),
    (108, 108, "OpenBSD loopback"),
    (109, 109, "OpenBSD IPsec"),
    (113, 113, "Linux cooked"),
    (114, 114, "LocalTalk"),
    (117, 117, "pf log"),
    (119, 119, "IEEE 802.11 with Prism header"),
    (122, 122, "IP over Fibre Channel"),
    (123, 123, "SunATM"),
    (127, 127, "IEEE 802.11 with radiotap"),
    (129, 129, "ARCNET, Linux"),
    (130, 137, "Juniper"),
    (138, 138, "Apple IP over IEEE 1394"),
    (139, 139, "SS7 MTP2 with header"),
    (140, 140, "SS7 MTP2"),
    (141, 141, "SS7 MTP3"),
    (142, 142, "SS7 SCCP"),
    (143, 143, "DOCSIS"),
    (144, 144, "IrDA, Linux"),
    (147, 162, "user-defined"),
    (163, 163, "IEEE 802.11 with AVS header"),
    (164, 164, "Juniper"),
    (165, 165, "BACnet MS/TP"),
    (166, 166, "PPP with direction, pppd"),
    (167, 169, "Juniper"),
    (170, 170, "GPRS LLC"),
    (171, 171, "GFP"),
    (172, 172, "GFP"),
    (177, 177, "LAPD, Linux"),
    (178, 181, "Juniper"),
    (182, 182, "multilink Frame Relay"),
    (183, 186, "Juniper"),
    (187, 187, "Bluetooth HCI H4"),
    (188, 188, "IEEE 802.16"),
    (189, 189, "USB, Linux"),
    (190, 190, "CAN 2.0B"),
    (191, 191, "IEEE 802.15.4, Linux"),
    (192, 192, "PPI"),
    (193, 193, "IEEE 802.16 with radio header"),
    (194, 194, "Juniper"),
    (195, 195, "IEEE 802.15.4"),
    (196, 196, "SITA"),
    (197, 197, "Endace ERF"),
    (199, 199, "IPMB"),
    (200, 200, "Juniper"),
    (201, 201, "Bluetooth HCI H4 with direction"),
    (202, 202, "AX.25 with KISS header"),
    (203, 203, "LAPD"),
    (204, 204, "PPP with direction"),
    (205, 205, "Cisco HDLC with direction"),
    (206, 206, "Frame Relay with direction"),
    (209, 209, "IPMB, Linux"),
    (210, 210, "FlexRay"),
    (212, 212, "LIN"),
    (215, 215, "IEEE 802.15.4 with physical header"),
    (219, 219, "MPLS"),
    (220, 220, "USB, Linux"),
    (222, 222, "Juniper"),
    (224, 224, "Fibre Channel"),
    (225, 225, "Fibre Channel with delimiters"),
    (226, 226, "Solaris IPNET"),
    (227, 227, "CAN, Linux"),
    (228, 228, "raw IPv4"),
    (229, 229, "raw IPv6"),
    (230, 230, "IEEE 802.15.4"),
    (231, 231, "D-Bus"),
    (235, 235, "DVB-CI"),
    (236, 236, "MUX27010"),
    (237, 237, "STANAG 5066"),
    (238, 238, "Juniper"),
    (239, 239, "Netfilter log"),
    (240, 240, "Hilscher netANALYZER"),
    (241, 241, "Hilscher netANALYZER"),
    (242, 242, "IP over InfiniBand"),
    (243, 243, "MPEG-2 transport stream"),
    (244, 244, "ng40"),
    (245, 245, "NFC"),
    (247, 247, "InfiniBand"),
    (248, 248, "SCTP"),
    (249, 249, "USBPcap"),
    (250, 250, "RTAC serial"),
    (251, 251, "Bluetooth Low Energy"),
    (252, 252, "Wireshark dissector data"),
    (253, 253, "Netlink"),
    (254, 254, "Bluetooth, Linux monitor"),
    (255, 255, "Bluetooth BR/EDR"),
    (256, 256, "Bluetooth Low Energy with physical header"),
    (257, 257, "PROFIBUS"),
    (258, 258, "Apple PKTAP"),
    (259, 259, "EPON"),
    (260, 260, "IPMI"),
    (261, 261, "Z-Wave"),
    (262, 262, "Z-Wave"),
    (263, 263, "WattStopper"),
    (264, 264, "ISO 14443"),
    (265, 265, "RDS"),
    (266, 266, "USB, Darwin"),
    (268, 268, "SDLC"),
    (270, 270, "LoRaTap"),
    (271, 271, "vsock"),
    (272, 272, "Nordic Bluetooth sniffer"),
    (273, 273, "DOCSIS 3.1"),
    (274, 274, "Ethernet with preamble"),
    (275, 275, "DisplayPort"),
    (276, 276, "Linux cooked 2"),
    (278, 278, "OpenVizsla USB"),
    (279, 279, "EBHSCR"),
    (281, 281, "Ethernet with Broadcom switch tag"),
    (282, 282, "Ethernet with Broadcom switch tag"),
    (283, 283, "IEEE 802.15.4 TAP"),
    (284, 284, "Ethernet with Marvell switch tag"),
    (285, 285, "Ethernet with Marvell switch tag"),
    (286, 286, "ELEE"),
    (287, 287, "Z-Wave serial"),
    (288, 288, "USB 2.0"),
    (289, 289, "ATSC ALP"),
    (290, 290, "Event Tracing for Windows"),
    (292, 292, "ZBOSS NCP"),
    (293, 293, "USB 2.0, low speed"),
    (294, 294, "USB 2.0, full speed"),
    (295, 295, "USB 2.0, high speed"),
    (65_535, 65_535, "a type without a registered number"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_ascending_order_without_overlap() {
        for pair in NAMES.windows(2) {
            assert!(pair[0].0 <= pair[0].1 && pair[0].1 < pair[1].0, "{pair:?}");
        }
    }

    #[test]
    fn a_type_is_named_or_numbered() {
        assert_eq!(LinkType::ETHERNET.to_string(), "Ethernet");
        assert_eq!(LinkType(162).to_string(), "user-defined");
        assert_eq!(LinkType(65_000).to_string(), "link type 65000");
    }
}
