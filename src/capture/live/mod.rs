//! Frames from a network interface, as they pass.
//!
//! Sniffing goes through libpcap, which is looked up when the program runs. Where there is none, a raw socket takes its place
//! and [`Source::notes`] says what is lost by that.

mod default_route;
mod duplicates;
mod interface_list;
mod libpcap;
mod link_number;
mod privilege;
#[cfg(target_os = "linux")]
mod raw_socket;
mod stop;

pub use interface_list::{InterfaceInfo, State, interfaces};
pub(super) use libpcap::{reason_of, why_unavailable};
pub(super) use link_number::dlt_of;
pub use stop::{StopFlag, stop_on_signals};

use super::{Error, Identity, Source};

/// Longest part of a frame that is captured, in bytes: more than any frame that segmentation offload builds on loopback.
pub const SNAP_LENGTH: u32 = 262_144;

/// The pseudo-interface that stands for all interfaces at once (Linux, with libpcap).
const ANY: &str = "any";

/// What to sniff, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Name of the interface, `any` for all; `None` for the one that the default route leads through.
    pub interface: Option<String>,
    /// A filter in libpcap's language (pcap-filter(7)); `None` takes every frame.
    pub filter: Option<String>,
    /// Whether to ask the interface for frames that are addressed to others as well.
    pub promiscuous: bool,
    /// Whether frames are wanted within hundredths of a second, for somebody who watches; otherwise within tenths.
    pub immediate: bool,
}

/// Starts sniffing. [`Source::next_frame`] answers `Idle` at least ten times a second when nothing comes, and at once when a
/// signal arrives.
///
/// # Errors
/// [`Error::Live`] in one line: no such interface, interface down, no privilege, a filter that libpcap refuses or that
/// cannot be had without libpcap.
pub fn open(options: &Options) -> Result<Box<dyn Source>, Error> {
    let list = interfaces();
    let name = match &options.interface {
        Some(name) => name.clone(),
        None => default_interface(&list)?,
    };
    let libpcap = why_unavailable();
    if name != ANY {
        check(&name, &list)?;
    } else if libpcap.is_some() {
        return Err(Error::Live(
            "sniffing on all interfaces at once (any) needs libpcap, name one instead".into(),
        ));
    }
    privilege::may_sniff().map_err(|reason| Error::Live(format!("cannot sniff on {name}: {reason}")))?;
    let loopback = list.iter().any(|interface| interface.name == name && interface.loopback);
    match libpcap {
        None => libpcap::open(&name, loopback, options),
        Some(reason) => without_libpcap(&name, &list, options, &reason),
    }
}

fn default_interface(list: &[InterfaceInfo]) -> Result<String, Error> {
    let up =
        |name: &str| list.iter().any(|interface| interface.name == name && interface.state != State::Down);
    default_route::interface().filter(|name| up(name)).or_else(|| first_in_use(list)).ok_or_else(|| {
        Error::Live(format!("no interface is up but loopback; name one with -i. {}", choice(list)))
    })
}

fn first_in_use(list: &[InterfaceInfo]) -> Option<String> {
    list.iter().find(|one| one.state == State::Up && !one.loopback).map(|one| one.name.clone())
}

fn check(name: &str, list: &[InterfaceInfo]) -> Result<(), Error> {
    match list.iter().find(|interface| interface.name == name) {
        None => Err(Error::Live(format!("there is no interface {}. {}", name.escape_debug(), choice(list)))),
        Some(interface) if interface.state == State::Down => {
            Err(Error::Live(format!("interface {name} is down; `sudo ip link set {name} up` brings it up")))
        }
        Some(_) => Ok(()),
    }
}

fn choice(list: &[InterfaceInfo]) -> String {
    let names: Vec<&str> = list.iter().map(|interface| interface.name.as_str()).collect();
    format!("There are: {}", names.join(", "))
}

#[cfg(target_os = "linux")]
fn without_libpcap(
    name: &str,
    list: &[InterfaceInfo],
    options: &Options,
    reason: &str,
) -> Result<Box<dyn Source>, Error> {
    if options.filter.is_some() {
        return Err(Error::Live(format!("a filter (-f) needs libpcap, and there is none: {reason}")));
    }
    raw_socket::open(name, list, reason)
}

#[cfg(not(target_os = "linux"))]
fn without_libpcap(
    name: &str,
    _list: &[InterfaceInfo],
    _options: &Options,
    reason: &str,
) -> Result<Box<dyn Source>, Error> {
    Err(Error::Live(format!("cannot sniff on {name} without libpcap: {reason}")))
}

fn identity(name: &str) -> Identity {
    Identity { file: None, format: "live", compression: None, interface: Some(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(name: &str, state: State, loopback: bool) -> InterfaceInfo {
        InterfaceInfo {
            name: name.into(),
            description: None,
            addresses: Vec::new(),
            mac: None,
            link_type: None,
            state,
            loopback,
            may_sniff: Ok(()),
        }
    }

    #[test]
    fn an_unknown_interface_is_answered_with_those_that_exist() {
        let list = [interface("lo", State::Up, true), interface("eth0", State::Up, false)];
        let error = check("eth9", &list).unwrap_err().to_string();
        assert_eq!(error, "there is no interface eth9. There are: lo, eth0");
    }

    #[test]
    fn an_interface_that_is_down_is_said_to_be_so() {
        let error = check("eth1", &[interface("eth1", State::Down, false)]).unwrap_err().to_string();
        assert!(error.starts_with("interface eth1 is down"), "{error}");
    }

    #[test]
    fn without_a_route_the_first_interface_in_use_is_taken_and_never_loopback() {
        let list = [
            interface("lo", State::Up, true),
            interface("eth0", State::NoCarrier, false),
            interface("eth1", State::Up, false),
        ];
        assert_eq!(first_in_use(&list).as_deref(), Some("eth1"));
        assert_eq!(first_in_use(&list[..2]), None);
    }
}
