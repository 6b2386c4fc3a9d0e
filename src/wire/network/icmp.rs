//! Icmp.

use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::{Input, Protocol, Selector, Step, Stop};

/// Icmp.
pub struct Icmp;

impl Protocol for Icmp {
    fn name(&self) -> &'static str {
        "icmp"
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
pub(super) fn meaning(_kind: u8, _code: u8) -> &'static str {
    todo!()
}
