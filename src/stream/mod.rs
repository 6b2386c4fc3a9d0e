//! TCP data of one side in order, whatever the capture did to it. Knows sequence numbers, not TCP: who drives it says where the
//! stream begins, what was acknowledged and where it ends.

mod acknowledgments;
mod assembler;
mod gap;
mod held;
mod notices;
mod origins;
mod piece;
pub mod rules;
mod unacknowledged;

pub use assembler::{Assembler, Run};
pub use gap::{Gap, GapCause};
pub use origins::Origin;
pub use piece::Piece;
