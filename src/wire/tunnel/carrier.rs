//! What carries a packet below its own headers: VLANs and tunnels, from the outside in.

use std::fmt;

/// Most carriers that are remembered of one frame; those further in still count for its [`Scope`](super::Scope).
pub const MOST_CARRIERS: usize = 6;

/// One VLAN or tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// What it is.
    pub kind: CarrierKind,
    /// Its number where it has one that is the same in both directions: VLAN identifier (12 bits), VXLAN and GENEVE network
    /// identifier (24 bits), GRE key (32 bits), PPPoE session (16 bits).
    pub id: Option<u32>,
}

/// Kinds of carriers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CarrierKind {
    /// A VLAN (IEEE 802.1Q).
    Vlan,
    /// A label switched path (RFC 3031).
    Mpls,
    /// A PPPoE session (RFC 2516).
    Pppoe,
    /// An IP packet that carries another one directly (RFC 2003, RFC 2473, RFC 4213).
    IpInIp,
    /// Generic routing encapsulation (RFC 2784), that of PPTP included (RFC 2637).
    Gre,
    /// Mirrored Ethernet frames in GRE.
    Erspan,
    /// VXLAN (RFC 7348).
    Vxlan,
    /// GENEVE (RFC 8926).
    Geneve,
    /// A GPRS tunnel of user data (3GPP TS 29.281).
    Gtp,
    /// PPP over UDP (RFC 2661).
    L2tp,
    /// IPv6 through UDP over IPv4 (RFC 4380).
    Teredo,
}

impl CarrierKind {
    /// As in JSON `via`: `vlan`, `vxlan`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vlan => "vlan",
            Self::Mpls => "mpls",
            Self::Pppoe => "pppoe",
            Self::IpInIp => "ip_in_ip",
            Self::Gre => "gre",
            Self::Erspan => "erspan",
            Self::Vxlan => "vxlan",
            Self::Geneve => "geneve",
            Self::Gtp => "gtp",
            Self::L2tp => "l2tp",
            Self::Teredo => "teredo",
        }
    }

    /// The name for people: `VLAN`, `PPPoE session`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Vlan => "VLAN",
            Self::Mpls => "MPLS",
            Self::Pppoe => "PPPoE session",
            Self::IpInIp => "IP in IP",
            Self::Gre => "GRE",
            Self::Erspan => "ERSPAN",
            Self::Vxlan => "VXLAN",
            Self::Geneve => "GENEVE",
            Self::Gtp => "GTP",
            Self::L2tp => "L2TP",
            Self::Teredo => "Teredo",
        }
    }
}

impl fmt::Display for Carrier {
    /// `VLAN 10`, `IP in IP`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.kind.title())?;
        self.id.map_or(Ok(()), |id| write!(out, " {id}"))
    }
}

/// The carriers of one frame, at most [`MOST_CARRIERS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carriers {
    list: [Option<Carrier>; MOST_CARRIERS],
}

impl Carriers {
    /// From the outside in.
    pub fn iter(&self) -> impl Iterator<Item = Carrier> + use<> {
        self.list.into_iter().flatten()
    }

    /// Adds the next one further in.
    pub(in crate::wire) fn push(&mut self, carrier: Carrier) {
        if let Some(free) = self.list.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(carrier);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_beyond_the_most_are_not_remembered() {
        let mut carriers = Carriers::default();
        for id in 0..20 {
            carriers.push(Carrier { kind: CarrierKind::Vlan, id: Some(id) });
        }
        assert_eq!(carriers.iter().count(), MOST_CARRIERS);
        assert_eq!(carriers.iter().last().unwrap().to_string(), "VLAN 5");
    }
}
