//! Sniffing without libpcap, through a raw packet socket (packet(7)). Good enough to see a handshake: the kernel neither
//! filters nor gives the time, and nothing counts what was lost.

use std::io::ErrorKind;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pnet::datalink::{self, Channel, DataLinkReceiver, NetworkInterface};
use rustix::net::sockopt;

use crate::base::convert::{index, narrow};
use crate::base::{FrameNo, Timestamp};
use crate::capture::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};

use super::duplicates::Duplicates;
use super::{InterfaceInfo, SNAP_LENGTH, identity, privilege};

/// Room in the kernel for frames not read yet, in bytes; the system may grant less.
const BUFFER: usize = 32 * 1_024 * 1_024;

/// Longest wait for a frame.
const WAIT: Duration = Duration::from_millis(100);

/// Opens an interface that is known to exist and to be up.
///
/// # Errors
/// [`Error::Live`] with the system's reason, or because frames of this kind of interface have no fixed form without libpcap.
pub(super) fn open(name: &str, list: &[InterfaceInfo], reason: &str) -> Result<Box<dyn Source>, Error> {
    let refused = |reason: &str| Error::Live(format!("cannot sniff on {name}: {reason}"));
    let known = list.iter().find(|interface| interface.name == name);
    let link_type = known
        .and_then(|interface| interface.link_type)
        .ok_or_else(|| refused("frames of this kind of interface can be read only with libpcap"))?;
    let interface = datalink::interfaces()
        .into_iter()
        .find(|interface| interface.name == name)
        .ok_or_else(|| refused("the interface disappeared"))?;
    let (receiver, socket) = receiver(&interface).map_err(|error| refused(&error.to_string()))?;
    Ok(Box::new(Sniffer {
        receiver,
        socket,
        index: interface.index,
        switched_off: false,
        identity: identity(name),
        interface: Interface { name: Some(name.to_owned()), link_type, snap_length: SNAP_LENGTH },
        duplicates: known.is_some_and(|interface| interface.loopback).then(Duplicates::default),
        bytes: Vec::new(),
        frames: 0,
        notes: vec![note(reason)],
    }))
}

fn note(reason: &str) -> String {
    format!(
        "sniffed through a raw socket because there is no libpcap ({reason}): times are those at which synscope read the \
         frames, frames lost on the way are not counted, and VLAN tags may be missing"
    )
}

fn receiver(interface: &NetworkInterface) -> std::io::Result<(Box<dyn DataLinkReceiver>, OwnedFd)> {
    // A socket made by pnet would collect frames of all interfaces until it is bound to this one.
    let socket = privilege::packet_socket()?;
    if sockopt::set_socket_recv_buffer_size_force(&socket, BUFFER).is_err() {
        // Beyond the system's limit only with CAP_NET_ADMIN; what is granted instead is enough for a quiet interface.
        let _ = sockopt::set_socket_recv_buffer_size(&socket, BUFFER);
    }
    let second_handle = socket.try_clone()?;
    let config = datalink::Config {
        read_buffer_size: index(SNAP_LENGTH),
        read_timeout: Some(WAIT),
        promiscuous: false,
        socket_fd: Some(socket.into_raw_fd()),
        ..datalink::Config::default()
    };
    match datalink::channel(interface, config)? {
        Channel::Ethernet(_, receiver) => Ok((receiver, second_handle)),
        _ => Err(std::io::Error::new(ErrorKind::Unsupported, "the system offers no channel for frames")),
    }
}

/// An open interface.
struct Sniffer {
    receiver: Box<dyn DataLinkReceiver>,
    /// The receiver's socket once more: pnet does not ask it what went wrong.
    socket: OwnedFd,
    /// The interface's number, which unlike its name is never given again to another one.
    index: u32,
    /// Whether the interface was switched off and nothing has come since.
    switched_off: bool,
    identity: Identity,
    interface: Interface,
    /// On loopback only.
    duplicates: Option<Duplicates>,
    /// The frame handed out last.
    bytes: Vec<u8>,
    /// Frames handed out so far.
    frames: u64,
    notes: Vec<String>,
}

impl Sniffer {
    /// Whether a frame to be shown was read into `bytes`.
    fn read(&mut self) -> Result<bool, Error> {
        // Second copies are passed over here; there are never more of them than first ones, so this ends.
        loop {
            let frame = match self.receiver.next() {
                Ok(frame) => frame,
                Err(error) => return self.recover(&error).map(|()| false),
            };
            self.switched_off = false;
            let known = self.duplicates.as_mut();
            if known.is_some_and(|known| known.is_second(frame)) {
                continue;
            }
            self.bytes.clear();
            self.bytes.extend_from_slice(frame);
            return Ok(true);
        }
    }

    /// Goes on where nothing came, also where the interface was only switched off: its frames come again when it is switched
    /// on.
    fn recover(&mut self, error: &std::io::Error) -> Result<(), Error> {
        let failure = match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted => None,
            _ => Some(sockopt::socket_error(&self.socket)),
        };
        let reason = match failure {
            None if self.switched_off => self.disappeared(),
            None => return Ok(()),
            Some(Ok(Err(rustix::io::Errno::NETDOWN))) => {
                self.switched_off = true;
                self.disappeared()
            }
            Some(Ok(Err(reason))) => Some(std::io::Error::from(reason).to_string()),
            Some(_) => Some(error.to_string()),
        };
        let name = self.interface.name.as_deref().unwrap_or_default();
        reason.map_or(Ok(()), |reason| Err(Error::Live(format!("sniffing on {name} ended: {reason}"))))
    }

    /// The kernel says nothing when an interface that is switched off already goes away.
    fn disappeared(&self) -> Option<String> {
        let exists = datalink::interfaces().iter().any(|interface| interface.index == self.index);
        (!exists).then(|| "the interface disappeared".to_owned())
    }
}

impl Source for Sniffer {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        if !self.read()? {
            return Ok(Next::Idle);
        }
        self.frames += 1;
        Ok(Next::Frame(Frame {
            number: FrameNo(self.frames),
            time: now(),
            link_type: self.interface.link_type,
            wire_length: narrow(self.bytes.len()),
            fcs_length: 0,
            bytes: &self.bytes,
            interface: 0,
            comments: Vec::new(),
        }))
    }

    fn interfaces(&self) -> &[Interface] {
        std::slice::from_ref(&self.interface)
    }

    fn damage(&self) -> Option<&Damage> {
        None
    }

    fn drops(&mut self) -> Option<Drops> {
        None
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The one place where this machine's clock stands in for the capture's: pnet does not pass the kernel's time on.
fn now() -> Option<Timestamp> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since_epoch.as_nanos()).ok().map(Timestamp)
}
