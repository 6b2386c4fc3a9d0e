//! Sniffing through libpcap.

use pcap::{Active, Capture, Linktype, PacketHeader, Precision};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::base::convert::{index, narrow};
use crate::base::{FrameNo, LinkType, Timestamp};
use crate::capture::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};

use super::{ANY, Options, SNAP_LENGTH, identity, link_number};

/// Room in the kernel for frames that synscope has not fetched yet, in bytes.
const BUFFER: i32 = 32 * 1_024 * 1_024;

/// Frames fetched at once: enough to make fetching cheap, few enough that the copies stay in the processor's cache.
const BATCH: usize = 64;

/// How long the kernel may hold frames back to hand over many at once, in milliseconds.
const HOLD: i32 = 100;

/// The same for somebody who watches. libpcap's own immediate mode would give every frame a slot of the full snapshot length,
/// so that the buffer holds a hundred frames instead of ten thousands.
const HOLD_BRIEFLY: i32 = 15;

/// libpcap's timeout never ends a wait on an interface where nothing passes, so waiting is done here.
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Why there is no libpcap; `None` where there is one.
pub(in crate::capture) fn why_unavailable() -> Option<String> {
    if Capture::dead(Linktype::ETHERNET).is_ok() {
        return None;
    }
    // Creating a handle fails with the reason, which `dead` has no room for.
    Some(Capture::from_device("").err().map_or_else(|| "out of memory".to_owned(), |error| reason_of(&error)))
}

/// What libpcap said, in one line and without the crate's words around it.
pub(in crate::capture) fn reason_of(error: &pcap::Error) -> String {
    let text = match error {
        pcap::Error::PcapError(text) => text.trim().replace('\n', " "),
        other => other.to_string(),
    };
    if text.is_empty() { "libpcap gives no reason".to_owned() } else { text }
}

/// Opens an interface that is known to exist and to be up.
///
/// # Errors
/// [`Error::Live`] with libpcap's reason.
pub(super) fn open(name: &str, loopback: bool, options: &Options) -> Result<Box<dyn Source>, Error> {
    let capture = activate(name, options).map_err(|error| refused(name, &error))?;
    let mut capture = capture.setnonblock().map_err(|error| refused(name, &error))?;
    if name == ANY {
        // The newer form says which interface each frame passed. Where libpcap lacks it the older one stays.
        let _ = capture.set_datalink(Linktype(i32::from(LinkType::LINUX_SLL2.0)));
    }
    if let Some(filter) = &options.filter {
        capture.filter(filter, true).map_err(|error| bad_filter(filter, &error))?;
    }
    let number = capture.get_datalink().0;
    let link_type = link_number::of_dlt(number)
        .ok_or_else(|| Error::Live(format!("cannot sniff on {name}: unknown link type {number}")))?;
    Ok(Box::new(Sniffer {
        capture,
        identity: identity(name),
        interface: Interface { name: Some(name.to_owned()), link_type, snap_length: SNAP_LENGTH },
        loopback,
        batch: Batch::default(),
        frames: 0,
        notes: Vec::new(),
    }))
}

/// The kernel counts a packet on loopback once as sent and once as received; only one of the two would have been shown.
const HALVED: &str = "on loopback the system counts every lost packet twice, so half of its count is given";

/// What to say of a filter that libpcap does not accept.
pub(in crate::capture) fn bad_filter(filter: &str, error: &pcap::Error) -> Error {
    Error::Live(format!("the filter '{}' cannot be used: {}", filter.escape_debug(), reason_of(error)))
}

fn activate(name: &str, options: &Options) -> Result<Capture<Active>, pcap::Error> {
    Capture::from_device(name)?
        .snaplen(i32::try_from(SNAP_LENGTH).unwrap_or(i32::MAX))
        .buffer_size(BUFFER)
        .timeout(if options.immediate { HOLD_BRIEFLY } else { HOLD })
        // All interfaces at once cannot be promiscuous, and libpcap's warning about it counts as a failure.
        .promisc(options.promiscuous && name != ANY)
        .precision(PRECISION)
        .open()
}

/// Linux gives nanoseconds on every network interface. Elsewhere a refusal could not be told from success: it changes only
/// the unit of the times.
const PRECISION: Precision = if cfg!(target_os = "linux") { Precision::Nano } else { Precision::Micro };

fn refused(name: &str, error: &pcap::Error) -> Error {
    Error::Live(format!("cannot sniff on {name}: {}", reason_of(error)))
}

/// An open interface.
struct Sniffer {
    capture: Capture<Active>,
    identity: Identity,
    interface: Interface,
    loopback: bool,
    batch: Batch,
    /// Frames handed out so far.
    frames: u64,
    notes: Vec<String>,
}

impl Sniffer {
    fn fetch(&mut self) -> Result<(), Error> {
        let batch = &mut self.batch;
        batch.clear();
        let fetched = self.capture.dispatch(Some(BATCH), |packet| {
            batch.add(time_of(packet.header), packet.header.len, packet.data);
        });
        let name = self.interface.name.as_deref().unwrap_or_default();
        fetched
            .map(drop)
            .map_err(|error| Error::Live(format!("sniffing on {name} ended: {}", reason_of(&error))))
    }

    fn wait(&self) -> Result<(), Error> {
        let mut wanted = [PollFd::new(&self.capture, PollFlags::IN)];
        match poll(&mut wanted, Some(&WAIT)) {
            // A signal came: the caller wants to look at its stop flag.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(reason) => {
                Err(Error::Live(format!("waiting for frames failed: {}", std::io::Error::from(reason))))
            }
        }
    }
}

impl Source for Sniffer {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        if self.batch.is_spent() {
            self.fetch()?;
        }
        if self.batch.is_spent() {
            self.wait()?;
            self.fetch()?;
        }
        let Some((head, bytes)) = self.batch.take() else {
            return Ok(Next::Idle);
        };
        self.frames += 1;
        Ok(Next::Frame(Frame {
            number: FrameNo(self.frames),
            time: head.time,
            link_type: self.interface.link_type,
            wire_length: head.wire_length.max(narrow(bytes.len())),
            fcs_length: 0,
            bytes,
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
        let counted = self.capture.stats().ok()?;
        let mut by_system = u64::from(counted.dropped);
        if self.loopback && by_system > 0 {
            by_system = by_system.div_ceil(2);
            if self.notes.is_empty() {
                self.notes.push(HALVED.to_owned());
            }
        }
        Some(Drops { by_system, by_interface: u64::from(counted.if_dropped) })
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Frames fetched but not handed out. Its memory is used again and again.
#[derive(Default)]
struct Batch {
    heads: Vec<Head>,
    bytes: Vec<u8>,
    taken: usize,
}

#[derive(Clone, Copy)]
struct Head {
    time: Option<Timestamp>,
    wire_length: u32,
    start: usize,
    length: usize,
}

impl Batch {
    fn clear(&mut self) {
        self.heads.clear();
        self.bytes.clear();
        self.taken = 0;
    }

    fn is_spent(&self) -> bool {
        self.taken >= self.heads.len()
    }

    fn add(&mut self, time: Option<Timestamp>, wire_length: u32, bytes: &[u8]) {
        let captured = bytes.get(..index(SNAP_LENGTH)).unwrap_or(bytes);
        let head = Head { time, wire_length, start: self.bytes.len(), length: captured.len() };
        self.heads.push(head);
        self.bytes.extend_from_slice(captured);
    }

    fn take(&mut self) -> Option<(Head, &[u8])> {
        let head = *self.heads.get(self.taken)?;
        self.taken += 1;
        Some((head, self.bytes.get(head.start..head.start + head.length)?))
    }
}

fn time_of(header: &PacketHeader) -> Option<Timestamp> {
    let seconds = u64::try_from(header.ts.tv_sec).ok()?;
    let fraction = u64::try_from(header.ts.tv_usec).ok()?;
    let nanoseconds = if PRECISION == Precision::Nano { fraction } else { fraction.checked_mul(1_000)? };
    Some(Timestamp(seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_batch_come_out_in_order_with_their_own_bytes() {
        let mut batch = Batch::default();
        batch.add(None, 3, b"abc");
        batch.add(Some(Timestamp(7)), 9, b"de");
        let mut taken = Vec::new();
        while let Some((head, bytes)) = batch.take() {
            taken.push((head.time, head.wire_length, bytes.to_vec()));
        }
        assert_eq!(taken, [(None, 3, b"abc".to_vec()), (Some(Timestamp(7)), 9, b"de".to_vec())]);
        assert!(batch.is_spent());
    }

    #[test]
    fn a_bad_filter_is_answered_with_the_filter_and_the_reason_in_one_line() {
        let error = bad_filter("prot 80", &pcap::Error::PcapError("syntax\nerror".into())).to_string();
        assert_eq!(error, "the filter 'prot 80' cannot be used: syntax error");
    }
}
