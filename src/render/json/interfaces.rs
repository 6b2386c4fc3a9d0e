//! The interfaces of this machine.

use std::io::{self, Write};

use serde::Serialize;

use crate::capture::live::InterfaceInfo;
use crate::render::json::escape;

#[derive(Serialize)]
struct InterfaceLine<'a> {
    r#type: &'static str,
    name: &'a str,
    description: Option<&'a str>,
    addresses: Vec<String>,
    mac: Option<String>,
    link_type: Option<&'static str>,
    state: &'static str,
    loopback: bool,
    may_sniff: bool,
    reason: Option<&'a str>,
}

/// Writes one line an interface.
///
/// # Errors
/// Where `out` cannot be written.
pub fn interfaces(list: &[InterfaceInfo], out: &mut dyn Write) -> io::Result<()> {
    for interface in list {
        escape::write(out, &InterfaceLine::new(interface))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

impl<'a> InterfaceLine<'a> {
    fn new(interface: &'a InterfaceInfo) -> Self {
        Self {
            r#type: "interface",
            name: &interface.name,
            description: interface.description.as_deref(),
            addresses: interface
                .addresses
                .iter()
                .map(|(address, prefix)| format!("{address}/{prefix}"))
                .collect(),
            mac: interface.mac.map(|mac| mac.map(|byte| format!("{byte:02x}")).join(":")),
            link_type: interface.link_type.and_then(crate::base::LinkType::name),
            state: interface.state.name(),
            loopback: interface.loopback,
            may_sniff: interface.may_sniff.is_ok(),
            reason: interface.may_sniff.as_ref().err().map(String::as_str),
        }
    }
}
