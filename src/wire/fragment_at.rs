//! Where a fragment lies in a frame, and the packet that was put together of it and others, read again from its IP header on.

use crate::base::convert::{index, narrow};
use crate::base::{Addresses, ByteSpan};
use crate::explain::LayerExplanation;
use crate::wire::dissector::explanation;
use crate::wire::network::Fragment;
use crate::wire::tunnel::{Carriers, Scope};
use crate::wire::{Dissection, Dissector, Fact, Input};

/// Where a fragment lies in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FragmentAt {
    /// Its place in its packet.
    pub fragment: Fragment,
    /// Addresses of its IP header.
    pub addresses: Addresses,
    /// Whether a fragment header says so, as in IPv6, not the IP header itself.
    pub by_header: bool,
    /// Layers below its IP header.
    pub below: usize,
    /// VLANs and tunnels around its IP header.
    pub carriers: Carriers,
    /// The same as one number: within which network its addresses mean a host.
    pub scope: Scope,
    /// From its IP header to its data: the IP header with options, or with the extension headers up to the fragment header.
    pub header: ByteSpan,
    /// Its data, as captured.
    pub data: ByteSpan,
    /// Bytes of its data on the wire, as its IP header declares.
    pub data_length: u32,
}

/// A packet that was put together.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// Bytes of the frame below the IP header, then the packet, as far as it was captured without a hole.
    pub bytes: &'a [u8],
    /// Layers below the IP header.
    pub below: usize,
    /// Where the IP header begins.
    pub start: u32,
    /// Where the data of its fragments begin.
    pub data: u32,
    /// Bytes of the packet on the wire, IP header included.
    pub declared: u32,
}

impl Dissector {
    /// The layers of a packet that was put together, on top of those below the fragment that completed it. Total, without
    /// allocation. Spans count from the beginning of `whole.bytes`; nothing is known of a trailer.
    #[must_use]
    pub fn dissect_whole(&self, last: &Dissection, whole: Whole<'_>) -> Dissection {
        whole.input(last).map_or_else(
            || last.clone(),
            |input| {
                let mut dissection = last.below(whole);
                self.walk_on(&mut dissection, input, |_, _, _| {});
                dissection
            },
        )
    }

    /// The headers that the fragments of such a packet carried, in words.
    #[must_use]
    pub fn explain_whole(&self, last: &Dissection, whole: Whole<'_>) -> Vec<LayerExplanation> {
        let mut layers = Vec::new();
        let Some(input) = whole.input(last) else { return layers };
        self.walk_on(&mut last.below(whole), input, |protocol, input, outcome| {
            if input.offset >= whole.data {
                layers.push(explanation(protocol, input, outcome));
            }
        });
        layers
    }
}

impl Whole<'_> {
    /// What the reader of its IP header is given; `None` where the frame's layers are not those that it was made of.
    fn input(&self, last: &Dissection) -> Option<Input<'_>> {
        let layer = last.layers().nth(self.below)?;
        let rest = self.bytes.len().saturating_sub(index(self.start));
        let captured = narrow(rest).min(self.declared);
        Some(Input {
            bytes: ByteSpan::new(self.start, captured).of(self.bytes),
            offset: self.start,
            declared: self.declared,
            selected_by: layer.selected_by,
            addresses: None,
            fragment: false,
        })
    }
}

impl Dissection {
    /// What is known before the IP header of a packet that was put together is read.
    fn below(&self, whole: Whole<'_>) -> Self {
        let mut below = self.clone();
        for layer in below.layers.iter_mut().skip(whole.below) {
            *layer = None;
        }
        let end = narrow(whole.bytes.len());
        let payload = ByteSpan::new(whole.start, end.saturating_sub(whole.start));
        let around = self.fragment.map_or((self.carriers, self.scope), |at| (at.carriers, at.scope));
        let trailer = ByteSpan::new(end, 0);
        Self {
            network: None,
            tcp: None,
            udp: None,
            icmp: None,
            fragment: None,
            carriers: around.0,
            scope: around.1,
            in_tunnel: false,
            stop: None,
            payload,
            trailer,
            ..below
        }
    }

    /// Keeps where the outermost fragment lies, once the header that says so was read; `input` begins behind it.
    pub(in crate::wire) fn note_fragment(&mut self, layer: usize, fact: &Fact, input: &Input<'_>) {
        let fragment = match fact {
            Fact::Network(network) | Fact::SourceRouted(network, _) => {
                self.innermost_ip = layer;
                network.fragment
            }
            Fact::Fragment(fragment) => Some(*fragment),
            _ => return,
        };
        let Some((fragment, network)) = fragment.filter(|_| self.fragment.is_none()).zip(self.network) else {
            return;
        };
        let below = self.innermost_ip;
        let Some(start) = self.layers.get(below).copied().flatten().map(|ip| ip.header.start) else { return };
        self.fragment = Some(FragmentAt {
            fragment,
            addresses: network.addresses,
            by_header: matches!(fact, Fact::Fragment(_)),
            below,
            carriers: self.carriers,
            scope: self.scope,
            header: ByteSpan::new(start, input.offset.saturating_sub(start)),
            data: ByteSpan::new(input.offset, input.captured()),
            data_length: input.declared,
        });
    }
}
