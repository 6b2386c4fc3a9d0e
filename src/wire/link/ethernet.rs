//! Ethernet.

use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::{Input, Protocol, Selector, Step, Stop};

/// Ethernet.
pub struct Ethernet;

impl Protocol for Ethernet {
    fn name(&self) -> &'static str {
        "ethernet"
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
