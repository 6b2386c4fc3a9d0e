//! The connections that are being followed: which there are, which of them a segment belongs to, when one is final.

pub(super) mod latest;
mod lifetime;
pub(super) mod pending;
mod reuse;
mod routing;
mod siblings;
pub(super) mod table;

pub(super) use routing::Route;
