//! TCP data of one side in order, whatever the capture did to it. Knows sequence numbers, not TCP: who drives it says where the
//! stream begins, what was acknowledged and where it ends.

mod assembler;
mod origins;
pub mod rules;

pub use assembler::{Assembler, Gap, GapCause, Piece, Run};
pub use origins::Origin;
