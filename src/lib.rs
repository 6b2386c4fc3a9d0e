//! synscope shows what really happens on a connection. See `docs/architecture.md` for the plan of the house: modules are
//! stages, and a module imports only stages before it.
//!
//! The library's interface is unstable before 1.0; what users and scripts can rely on is the command line and its JSON.

pub mod app;
pub mod base;
pub mod capture;
pub mod cli;
pub mod explain;
pub mod fragments;
pub mod ladder;
pub mod pipeline;
pub mod render;
pub mod session;
pub mod stream;
pub mod timeline;
pub mod track;
pub mod wire;
