//! Udp.

use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::{Input, Protocol, Selector, Step, Stop};

/// Udp.
pub struct Udp;

impl Protocol for Udp {
    fn name(&self) -> &'static str {
        "udp"
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
