//! Ipv4.

use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::{Input, Protocol, Selector, Step, Stop};

/// Ipv4.
pub struct Ipv4;

impl Protocol for Ipv4 {
    fn name(&self) -> &'static str {
        "ipv4"
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
