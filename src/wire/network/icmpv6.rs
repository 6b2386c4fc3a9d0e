//! Icmpv6.

use crate::explain::{LayerExplanation, OsiLayer};
use crate::wire::{Input, Protocol, Selector, Step, Stop};

/// Icmpv6.
pub struct Icmpv6;

impl Protocol for Icmpv6 {
    fn name(&self) -> &'static str {
        "icmpv6"
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
