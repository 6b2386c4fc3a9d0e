//! Chains the protocols of [`PROTOCOLS`](crate::wire::PROTOCOLS) over one frame.

use crate::base::convert::narrow;
use crate::base::{Addresses, ByteSpan, LinkType};
use crate::explain::{LayerExplanation, OsiLayer, counted};
use crate::wire::fragment_at::FragmentAt;
use crate::wire::link::LinkAddresses;
use crate::wire::network::{IcmpError, NetworkFact};
use crate::wire::registry::Registry;
use crate::wire::transport::{TcpHeader, UdpHeader};
use crate::wire::tunnel::{Carrier, CarrierKind, Carriers, Scope};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop, trailer};

/// Most layers that are followed in one frame; deeper nesting is shown as bytes.
pub const MAX_LAYERS: usize = 16;

/// One layer's header in a frame.
#[derive(Clone, Copy)]
pub struct LayerAt {
    /// Who read it.
    pub protocol: &'static dyn Protocol,
    /// How the layer below named it.
    pub selected_by: Selector,
    /// The header's captured bytes.
    pub header: ByteSpan,
}

/// What one frame holds, layers 2 to 4. `Copy`-sized facts and spans only.
#[derive(Clone)]
pub struct Dissection {
    pub(in crate::wire) layers: [Option<LayerAt>; MAX_LAYERS],
    /// Who sent the frame to whom on its link; of a tunnel's frames, the outermost.
    pub link: Option<LinkAddresses>,
    /// The innermost IP header. Where a source route or a routing header is not used up, its destination is the final one:
    /// that is the connection's other end (RFC 9293 §3.9.2.1, RFC 8200 §4.4).
    pub network: Option<NetworkFact>,
    /// The TCP header above it.
    pub tcp: Option<TcpHeader>,
    /// The UDP header above it.
    pub udp: Option<UdpHeader>,
    /// An ICMP error that quotes a TCP segment.
    pub icmp: Option<IcmpError>,
    /// The host that an ARP reply was sent to.
    pub arp_receiver: Option<std::net::Ipv4Addr>,
    /// Innermost VLAN identifier.
    pub vlan: Option<u16>,
    /// The outermost IP packet that is a fragment.
    pub fragment: Option<FragmentAt>,
    /// VLANs and tunnels around the innermost packet.
    pub carriers: Carriers,
    /// The same as one number: within which network the innermost addresses mean a host.
    pub scope: Scope,
    /// The scope of the link that was captured: its VLANs alone.
    pub link_scope: Scope,
    /// The innermost IP header is known to carry what follows as a tunnel.
    pub(in crate::wire) in_tunnel: bool,
    /// Captured bytes above the last header.
    pub payload: ByteSpan,
    /// Captured bytes behind the packet: padding, and a frame check sequence where the capture has one.
    pub trailer: ByteSpan,
    /// A check sequence that a header announced: the bytes that it covers, and its length in bytes.
    pub check_sequence: Option<(ByteSpan, u32)>,
    /// Why dissection ended before a transport header was read.
    pub stop: Option<Stop>,
    /// Place of the innermost IP header among the layers, once there is one.
    pub(in crate::wire) innermost_ip: usize,
}

impl Dissection {
    /// Layers from the link up. A header that could not be read is not among them; `stop` says why.
    pub fn layers(&self) -> impl Iterator<Item = &LayerAt> {
        self.layers.iter().flatten()
    }
}

/// The tables that find a protocol by its selector, built once.
pub struct Dissector {
    registry: Registry,
}

impl Dissector {
    /// Builds the tables.
    #[must_use]
    pub fn new() -> Self {
        Self { registry: Registry::new() }
    }

    /// A frame's layers. Total: any bytes give an answer. No allocation.
    ///
    /// `wire_length` is the frame's length on the wire in bytes, `fcs_length` how many of them are its check sequence.
    #[must_use]
    pub fn dissect(&self, link_type: LinkType, bytes: &[u8], wire_length: u32, fcs_length: u8) -> Dissection {
        self.walk(link_type, Extent::new(bytes, wire_length, fcs_length), |_, _, _| {})
    }

    /// The same frame in words, one explanation a layer, from the link up. A header that could not be read is explained as
    /// far as its bytes go, and is then the last one.
    #[must_use]
    pub fn explain(
        &self,
        link_type: LinkType,
        bytes: &[u8],
        wire_length: u32,
        fcs_length: u8,
    ) -> Vec<LayerExplanation> {
        let extent = Extent::new(bytes, wire_length, fcs_length);
        let mut layers = Vec::new();
        let mut unread = 0;
        let dissection = self.walk(link_type, extent, |protocol, input, outcome| {
            layers.push(explanation(protocol, input, outcome));
            if let Ok(step) = outcome {
                unread = step.payload_length;
            }
        });
        if let Some(last) = layers.last_mut() {
            note_the_rest(last, &dissection, unread);
        }
        if let Some(first) = layers.first_mut() {
            trailer::explain(first, link_type, &dissection, (bytes, extent.declared));
        }
        layers
    }

    /// Follows the headers; `visit` sees every one with what came of reading it.
    fn walk<'a>(
        &self,
        link_type: LinkType,
        extent: Extent<'a>,
        visit: impl FnMut(&'static dyn Protocol, &Input<'a>, &Result<Step, Stop>),
    ) -> Dissection {
        let input = extent.first_layer(link_type);
        let mut dissection = extent.nothing_read(&input);
        self.walk_on(&mut dissection, input, visit);
        dissection
    }

    /// Follows the headers above those that were read already.
    pub(in crate::wire) fn walk_on<'a>(
        &self,
        dissection: &mut Dissection,
        mut input: Input<'a>,
        mut visit: impl FnMut(&'static dyn Protocol, &Input<'a>, &Result<Step, Stop>),
    ) {
        let mut depth = dissection.layers().count();
        loop {
            let Some(protocol) = self.registry.find(input.selected_by) else {
                dissection.stop = Some(Stop::Unknown(input.selected_by));
                break;
            };
            let Some(slot) = dissection.layers.get_mut(depth) else {
                dissection.stop = Some(Stop::TooDeep);
                break;
            };
            let outcome = protocol.dissect(&input);
            if let Err(Stop::Foreign) = &outcome {
                break;
            }
            visit(protocol, &input, &outcome);
            let step = match &outcome {
                Ok(step) => step,
                Err(stop) => {
                    dissection.stop = Some(*stop);
                    break;
                }
            };
            let header = ByteSpan::new(input.offset, step.header_length.min(input.captured()));
            *slot = Some(LayerAt { protocol, selected_by: input.selected_by, header });
            dissection.note_end(protocol, &input, step);
            climb(&mut input, step);
            dissection.note_fact(&step.fact, &mut input);
            dissection.note_fragment(depth, &step.fact, &input);
            depth += 1;
            dissection.payload = ByteSpan::new(input.offset, input.captured());
            match step.next.or_else(|| self.tunnel_over(&step.fact)) {
                Some(selector) => input.selected_by = selector,
                None => break,
            }
        }
    }

    /// The tunnel that a datagram's ports announce, the destination's first.
    fn tunnel_over(&self, fact: &Fact) -> Option<Selector> {
        let Fact::Udp(header) = fact else {
            return None;
        };
        let ports = [header.destination_port, header.source_port].map(Selector::UdpPort);
        ports.into_iter().find(|port| self.registry.find(*port).is_some())
    }
}

impl Default for Dissector {
    fn default() -> Self {
        Self::new()
    }
}

/// A frame's bytes and how many of those on the wire are not its check sequence.
#[derive(Clone, Copy)]
struct Extent<'a> {
    bytes: &'a [u8],
    declared: u32,
}

impl<'a> Extent<'a> {
    fn new(bytes: &'a [u8], wire_length: u32, fcs_length: u8) -> Self {
        let on_the_wire = wire_length.max(narrow(bytes.len()));
        Self { bytes, declared: on_the_wire.saturating_sub(u32::from(fcs_length)) }
    }

    fn first_layer(self, link_type: LinkType) -> Input<'a> {
        Input {
            bytes: ByteSpan::new(0, self.declared).of(self.bytes),
            offset: 0,
            declared: self.declared,
            selected_by: Selector::Link(link_type),
            addresses: None,
            fragment: false,
        }
    }

    fn nothing_read(self, input: &Input<'_>) -> Dissection {
        let captured = narrow(self.bytes.len());
        let end = input.captured();
        Dissection {
            layers: [None; MAX_LAYERS],
            link: None,
            network: None,
            tcp: None,
            udp: None,
            icmp: None,
            arp_receiver: None,
            vlan: None,
            fragment: None,
            carriers: Carriers::default(),
            scope: Scope::default(),
            link_scope: Scope::default(),
            in_tunnel: false,
            payload: ByteSpan::new(0, end),
            trailer: ByteSpan::new(end, captured.saturating_sub(end)),
            check_sequence: None,
            stop: None,
            innermost_ip: 0,
        }
    }
}

impl Dissection {
    /// Keeps where the packet ends, as headers of layers 2 and 3 declare: what is behind that end is the trailer.
    fn note_end(&mut self, protocol: &dyn Protocol, input: &Input<'_>, step: &Step) {
        let length = step.header_length.saturating_add(step.payload_length);
        let end = input.offset.saturating_add(length.min(input.captured()));
        let behind = input.offset.saturating_add(input.captured());
        if end < behind && protocol.osi() <= OsiLayer::Network {
            self.trailer = ByteSpan::new(end, self.trailer.end().saturating_sub(end));
        }
    }

    fn note_fact(&mut self, fact: &Fact, input: &mut Input<'_>) {
        match *fact {
            Fact::Nothing => {}
            // A tunnel's own frames have link addresses too, of a link that was not captured.
            Fact::Link(addresses) => {
                self.link.get_or_insert(addresses);
            }
            Fact::Carrier(carrier) => self.note_carrier(carrier),
            Fact::CheckSequence(length) => {
                self.check_sequence = Some((ByteSpan::new(input.offset, input.declared), length));
            }
            Fact::Vlan(identifier) => self.vlan = Some(identifier),
            Fact::ArpReply { receiver } => self.arp_receiver = Some(receiver),
            Fact::Network(network) => self.note_network(network, input),
            Fact::SourceRouted(network, last) => {
                let addresses = Addresses { destination: last.into(), ..network.addresses };
                self.note_network(NetworkFact { addresses, ..network }, input);
            }
            Fact::Fragment(fragment) => {
                input.fragment = true;
                if let Some(network) = &mut self.network {
                    network.fragment = Some(fragment);
                }
            }
            Fact::FinalDestination(address) => {
                if let Some(network) = &mut self.network {
                    network.addresses.destination = address.into();
                    input.addresses = Some(network.addresses);
                }
            }
            Fact::Tcp(header) => self.tcp = Some(header),
            Fact::Udp(header) => self.udp = Some(header),
            Fact::Icmp(error) => self.icmp = Some(error),
        }
    }

    fn note_carrier(&mut self, carrier: Carrier) {
        self.enter_tunnel();
        self.carriers.push(carrier);
        self.scope = self.scope.within(carrier);
        if self.network.is_none() {
            self.link_scope = self.scope;
        }
    }

    /// What follows an IP header, if it is no transport, makes a tunnel of it: between its two addresses.
    fn enter_tunnel(&mut self) {
        if let Some(network) = self.network.filter(|_| !self.in_tunnel) {
            self.scope = self.scope.between(network.addresses);
            self.in_tunnel = true;
        }
    }

    fn note_network(&mut self, network: NetworkFact, input: &mut Input<'_>) {
        if self.network.is_some() && !self.in_tunnel {
            self.note_carrier(Carrier { kind: CarrierKind::IpInIp, id: None });
        }
        self.in_tunnel = false;
        self.udp = None;
        input.addresses = Some(network.addresses);
        input.fragment |= network.fragment.is_some();
        self.network = Some(network);
    }
}

/// Moves the input above a header, clipped to what that header declares.
fn climb(input: &mut Input<'_>, step: &Step) {
    let header = step.header_length.min(input.captured());
    input.bytes = ByteSpan::new(header, step.payload_length).of(input.bytes);
    input.offset = input.offset.saturating_add(header);
    input.declared = step.payload_length;
}

pub(in crate::wire) fn explanation(
    protocol: &'static dyn Protocol,
    input: &Input<'_>,
    outcome: &Result<Step, Stop>,
) -> LayerExplanation {
    let header_length = outcome.as_ref().map_or(input.captured(), |step| step.header_length);
    let span = ByteSpan::new(input.offset, header_length.min(input.captured()));
    let mut out = LayerExplanation::new(protocol.osi(), protocol.name(), protocol.title(), Some(span));
    protocol.explain(input, &mut out);
    match outcome {
        Ok(step) if step.header_length > input.captured() => {
            out.notes.push(missing_header(step.header_length, input));
        }
        Err(Stop::Cut { needed, .. }) => {
            out.notes.push(missing_header(*needed, input));
            out.summary =
                format!("cut off after {} of its header", counted(u64::from(input.captured()), "byte"));
        }
        Err(Stop::Malformed(what)) => {
            out.notes.push(format!("Malformed: {what}. What follows is shown as bytes."));
            out.summary = format!("malformed: {what}");
        }
        _ => {}
    }
    out
}

fn missing_header(needed: u32, input: &Input<'_>) -> String {
    let missing = counted(u64::from(needed.saturating_sub(input.captured())), "byte");
    if needed <= input.declared {
        format!(
            "{missing} of this header's {needed} were not captured: the capture keeps only the beginning of a frame (snap length)."
        )
    } else {
        format!(
            "The layer below carries only {} here: {missing} of this header's {needed} are missing.",
            counted(u64::from(input.declared), "byte")
        )
    }
}

/// What was not captured, or not followed, above the last header.
fn note_the_rest(last: &mut LayerExplanation, dissection: &Dissection, unread: u32) {
    let captured = dissection.payload.len;
    match dissection.stop {
        Some(Stop::TooDeep) => last.notes.push(format!(
            "More than {MAX_LAYERS} headers are nested in this frame: the rest is shown as bytes."
        )),
        Some(Stop::Cut { .. } | Stop::Malformed(_)) => {}
        _ if captured < unread => last.notes.push(format!(
            "{} of the {unread} above this header were not captured: the capture keeps only the beginning of a frame (snap length).",
            counted(u64::from(unread - captured), "byte")
        )),
        _ => {}
    }
}
