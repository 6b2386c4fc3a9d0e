//! Ipv6Extension.

use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::{Input, Protocol, Selector, Step, Stop};

/// Ipv6Extension.
pub struct Ipv6Extension;

impl Protocol for Ipv6Extension {
    fn name(&self) -> &'static str {
        "ipv6extension"
    }
    fn osi(&self) -> OsiLayer {
        OsiLayer::DataLink
    }
    fn announced_by(&self) -> &'static [Selector] {
        &[]
    }
    fn dissect(&self, _input: &Input<'_>) -> Result<Step, Stop> {
        todo!()
    }
    fn explain(&self, _input: &Input<'_>, _out: &mut LayerExplanation) {
        todo!()
    }
}
