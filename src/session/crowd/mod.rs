//! Floods and scans: many connections that are one thing, told as one finding.
//!
//! [`Crowds`] takes connections once they are final, in whatever order they become so, and says at the end what they come to. Memory
//! is constant: addresses and ports that are tried once are forgotten first.

mod attempt;
mod backscatter;
mod candidates;
mod crowds;
mod distinct;
mod ends;
mod evidence;
mod flood;
mod flood_words;
mod period;
pub mod rules;
mod scan;
mod scan_words;
mod scanned;
mod window;

pub use crowds::Crowds;
