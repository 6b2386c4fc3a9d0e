//! Which network a packet travels in: addresses mean the same host only within one scope.

use std::net::IpAddr;

use crate::base::Addresses;
use crate::wire::tunnel::{Carrier, CarrierKind};

/// The VLANs and tunnels around a packet as one number: the same for both directions of a connection, and on every run.
///
/// It is made of VLAN identifiers, network identifiers of VXLAN and GENEVE, GRE keys, PPPoE sessions, and the addresses between
/// which each tunnel runs, in either order. What differs by direction is left out: MPLS labels, tunnel endpoint identifiers of
/// GTP, call numbers of PPTP, UDP ports. Two scopes that differ give the same number by chance only (64 bits); whoever makes
/// them do so on purpose mixes up connections of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(u64);

impl Scope {
    /// The scope of a packet in this carrier. Without an identifier, as in MPLS, it is the one outside.
    #[must_use]
    pub fn within(self, carrier: Carrier) -> Self {
        match (carrier.kind, carrier.id) {
            (CarrierKind::Mpls, _) | (_, None) => self,
            (kind, Some(id)) => self.and(tag(kind)).and(id.into()),
        }
    }

    /// The scope of a packet in a tunnel between these two.
    #[must_use]
    pub fn between(self, ends: Addresses) -> Self {
        let (one, other) = (number(ends.source), number(ends.destination));
        self.and(TUNNEL).and(one.wrapping_add(other)).and(one ^ other)
    }

    fn and(self, value: u64) -> Self {
        Self(mixed(self.0 ^ value))
    }
}

/// Stands for the tunnel itself, so that one is never taken for a VLAN.
const TUNNEL: u64 = 0x100;

fn tag(kind: CarrierKind) -> u64 {
    match kind {
        CarrierKind::Vlan => 1,
        CarrierKind::Mpls => 2,
        CarrierKind::Pppoe => 3,
        CarrierKind::IpInIp => 4,
        CarrierKind::Gre => 5,
        CarrierKind::Erspan => 6,
        CarrierKind::Vxlan => 7,
        CarrierKind::Geneve => 8,
        CarrierKind::Gtp => 9,
        CarrierKind::Teredo => 10,
        CarrierKind::L2tp => 11,
    }
}

fn number(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => mixed(u64::from(u32::from(address))),
        IpAddr::V6(address) => {
            let octets = address.octets();
            let (words, _) = octets.as_chunks::<8>();
            words.iter().fold(6, |sum, word| mixed(sum ^ u64::from_be_bytes(*word)))
        }
    }
}

/// Every bit of the result hangs on every bit of the value: xor, shift and multiply with odd numbers, twice over.
fn mixed(value: u64) -> u64 {
    const ODD: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93];
    ODD.iter().fold(value.wrapping_add(1), |value, odd| {
        let value = value.wrapping_mul(*odd);
        value ^ (value >> 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier(kind: CarrierKind, id: u32) -> Carrier {
        Carrier { kind, id: Some(id) }
    }

    fn addresses(source: [u8; 4], destination: [u8; 4]) -> Addresses {
        Addresses { source: source.into(), destination: destination.into() }
    }

    #[test]
    fn both_directions_of_a_tunnel_have_one_scope() {
        let there = Scope::default().between(addresses([10, 0, 0, 1], [10, 0, 0, 2]));
        let back = Scope::default().between(addresses([10, 0, 0, 2], [10, 0, 0, 1]));
        assert_eq!(there, back);
        assert_ne!(there, Scope::default());
        assert_ne!(there, Scope::default().between(addresses([10, 0, 0, 1], [10, 0, 0, 3])));
        assert_ne!(there, Scope::default().between(addresses([10, 0, 0, 3], [10, 0, 0, 0])));
    }

    #[test]
    fn kind_identifier_and_order_make_a_difference() {
        let (ten, eleven) = (carrier(CarrierKind::Vlan, 10), carrier(CarrierKind::Vlan, 11));
        let plain = Scope::default();
        assert_ne!(plain.within(ten), plain.within(eleven));
        assert_ne!(plain.within(ten), plain.within(carrier(CarrierKind::Vxlan, 10)));
        assert_ne!(plain.within(ten).within(eleven), plain.within(eleven).within(ten));
    }

    #[test]
    fn what_differs_by_direction_makes_none() {
        let plain = Scope::default();
        assert_eq!(plain.within(carrier(CarrierKind::Mpls, 16)), plain);
        assert_eq!(plain.within(Carrier { kind: CarrierKind::Gtp, id: None }), plain);
    }
}
