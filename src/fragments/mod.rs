//! Fragments of IP packets put together (RFC 791 §3.2, RFC 815, RFC 8200 §4.5), in bounded memory.
//!
//! A packet is whole when all its bytes are there. It belongs to the frame that completed it, and is read again from its IP header
//! on; so fragments of tunnel packets, of packets inside them, and both, are one case. The first version of a byte stands. Bytes that
//! the snap length cut off are missing in the packet too: it goes as far as its first hole, and declares the rest.
//!
//! A first fragment often shows a TCP header, and its companions may never have been captured: a filter for a port lets only first
//! fragments through. So it is held until its packet is whole, or until its connection goes on with a packet that is no fragment, or its
//! packet is given up; then it is followed as far as it goes, without its FIN, which stands behind what is missing. A
//! connection's segments keep the order of the capture that way, nothing waits longer than its connection does, and where the
//! packet is completed after all, only the rest of it is followed.

mod datagram;
mod key;
mod note;
mod packet;
mod reassembly;
mod rest;
pub mod rules;

pub use note::Tally;
pub use packet::{Carried, Packet};
pub use reassembly::{Carrier, Held, Reassembly};
pub use rest::{first_part, rest};
