//! Where frames come from: saved captures, standard input, interfaces. Files and devices fail with an [`Error`]; bytes never do.

mod buffer;
mod byte_order;
mod compression;
mod ending;
mod erf;
#[cfg(feature = "live")]
pub mod filter;
mod held_frame;
#[cfg(feature = "live")]
pub mod live;
mod merged;
mod network_monitor;
mod open;
mod pcap;
mod pcapng;
#[cfg(test)]
mod read_all;
mod recognise;
mod recording;
mod records;
mod snoop;
mod windows_sniffer;
mod write_pcapng;

pub use merged::Merged;
pub use open::{from_reader, open};
pub use recording::Recording;
pub use write_pcapng::PcapngWriter;

use std::borrow::Cow;

use crate::base::{FrameNo, LinkType, Timestamp};

/// One captured unit, borrowed until the next one is asked for.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Position in the capture, from 1.
    pub number: FrameNo,
    /// When it was captured; `None` where the capture has no time for it.
    pub time: Option<Timestamp>,
    /// What the first byte is.
    pub link_type: LinkType,
    /// Length on the wire in bytes, never less than what was captured.
    pub wire_length: u32,
    /// Bytes of frame check sequence at the end of what went over the wire, where the capture says so (0 otherwise).
    pub fcs_length: u8,
    /// The bytes that were captured.
    pub bytes: &'a [u8],
    /// Which interface it was captured on, an index into [`Source::interfaces`].
    pub interface: u32,
    /// Comments that the capture file holds on this frame (pcapng `opt_comment`), usually none.
    pub comments: Vec<Cow<'a, str>>,
}

/// One interface that frames of a capture came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name, where the capture has one.
    pub name: Option<String>,
    /// Link type of its frames.
    pub link_type: LinkType,
    /// Longest captured frame in bytes; 0 is unlimited.
    pub snap_length: u32,
}

/// What a capture is: known before the first frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// File name as given, `-` for standard input; `None` when sniffing.
    pub file: Option<String>,
    /// `pcap`, `pcapng`, `snoop`, `Network Monitor`, `ERF`, `Sniffer` or `live`.
    pub format: &'static str,
    /// `gzip`, `zstd` or `lz4` where the file is compressed.
    pub compression: Option<&'static str>,
    /// Name of the interface when sniffing.
    pub interface: Option<String>,
}

/// Damage that ended the reading of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Byte in the (decompressed) capture where the broken record begins.
    pub offset: u64,
    /// What is wrong there.
    pub reason: String,
}

/// Frames that never reached the capture, as far as the interface or the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Drops {
    /// Dropped for want of buffer space in the operating system.
    pub by_system: u64,
    /// Dropped by the interface or its driver.
    pub by_interface: u64,
}

/// Something that gives frames, one after the other.
pub trait Source {
    /// What the capture is.
    fn identity(&self) -> &Identity;

    /// The next frame. `Idle` says that none came for a moment (live only), `End` that there will be none.
    ///
    /// # Errors
    /// When the device or the file cannot be read any more. Damage inside a file is no error: reading ends and
    /// [`Source::damage`] says where.
    fn next_frame(&mut self) -> Result<Next<'_>, Error>;

    /// Interfaces seen so far, in the order of their numbers.
    fn interfaces(&self) -> &[Interface];

    /// Where and why reading stopped before the end.
    fn damage(&self) -> Option<&Damage>;

    /// Frames lost before they reached the capture; `None` where nobody counted.
    fn drops(&mut self) -> Option<Drops>;

    /// Plain sentences on what the reader noticed and worked around, for the summary.
    fn notes(&self) -> &[String];
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn identity(&self) -> &Identity {
        (**self).identity()
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        (**self).next_frame()
    }

    fn interfaces(&self) -> &[Interface] {
        (**self).interfaces()
    }

    fn damage(&self) -> Option<&Damage> {
        (**self).damage()
    }

    fn drops(&mut self) -> Option<Drops> {
        (**self).drops()
    }

    fn notes(&self) -> &[String] {
        (**self).notes()
    }
}

/// What a source answers.
#[derive(Debug)]
pub enum Next<'a> {
    /// A frame.
    Frame(Frame<'a>),
    /// No frame came for a moment; more may follow.
    Idle,
    /// No more frames.
    End,
}

/// A capture that cannot be opened or read. Its text says what and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot read {file}: {source}")]
    Io {
        /// File or device name.
        file: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The operating system refused to write.
    #[error("cannot write {file}: {source}")]
    Write {
        /// File name.
        file: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The content is none of the formats that synscope reads.
    #[error(
        "{file} is not a capture: {found}; synscope reads pcap and pcapng, and snoop, Network Monitor, ERF and Sniffer files, plain or compressed with gzip, zstd or lz4"
    )]
    NotACapture {
        /// File name.
        file: String,
        /// What it looks like instead: `it is empty`, `it looks like text`, `an AIX iptrace file`.
        found: String,
    },
    /// Sniffing is not possible: no such interface, no privilege, no support. The text is whole.
    #[error("{0}")]
    Live(String),
}
