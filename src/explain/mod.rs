//! Vocabulary of the slow tier: what a layer's bytes mean, field by field. Built only for what is on display.

mod field_writer;
mod printable;

pub use field_writer::{BitPlace, FieldWriter, Place, counted, hex};
pub use printable::{is_dangerous, printable};

use crate::base::{ByteSpan, Cite};

/// A layer of the OSI model (ISO/IEC 7498-1): number and name, for showing only, never for dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OsiLayer {
    /// What a capture can know of the wire: bits, time, interface, what was cut.
    Physical = 1,
    /// Ethernet, cooked captures, loopback headers, ARP.
    DataLink = 2,
    /// IP and ICMP.
    Network = 3,
    /// TCP and UDP.
    Transport = 4,
    /// The dialogue above TCP.
    Session = 5,
    /// How bytes become text.
    Presentation = 6,
    /// What people talk about.
    Application = 7,
}

impl OsiLayer {
    /// All seven, from 1 to 7.
    pub const ALL: [Self; 7] = [
        Self::Physical,
        Self::DataLink,
        Self::Network,
        Self::Transport,
        Self::Session,
        Self::Presentation,
        Self::Application,
    ];

    /// 1 to 7.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Physical => 1,
            Self::DataLink => 2,
            Self::Network => 3,
            Self::Transport => 4,
            Self::Session => 5,
            Self::Presentation => 6,
            Self::Application => 7,
        }
    }

    /// `Physical` … `Application`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Physical => "Physical",
            Self::DataLink => "Data link",
            Self::Network => "Network",
            Self::Transport => "Transport",
            Self::Session => "Session",
            Self::Presentation => "Presentation",
            Self::Application => "Application",
        }
    }
}

/// What one protocol's header in one frame says.
#[derive(Clone, Debug)]
pub struct LayerExplanation {
    /// Where the layer is shown.
    pub osi: OsiLayer,
    /// The protocol's short name, as in JSON `layers`: `ethernet`, `ipv4`, `tcp`.
    pub protocol: &'static str,
    /// The protocol's name for people: `Ethernet`, `IPv4`, `TCP`.
    pub title: &'static str,
    /// One line that says the most important thing: `10.1.0.2 → 10.1.0.1   TTL 64   don't fragment`.
    pub summary: String,
    /// The bytes the layer covers; `None` where it is not of this frame alone.
    pub span: Option<ByteSpan>,
    /// The bytes of this frame that belong to it, where these are not all of it.
    pub part: Option<ByteSpan>,
    /// Which of the frame's messages it tells of, the first and the last of them, counted from 1; `None` where the frame has
    /// no more than one.
    pub messages: Option<(usize, usize)>,
    /// Every field, in the order of the header.
    pub fields: Vec<Field>,
    /// What is odd about it, and why that may be harmless.
    pub notes: Vec<String>,
}

impl LayerExplanation {
    /// An explanation with nothing in it yet.
    #[must_use]
    pub fn new(osi: OsiLayer, protocol: &'static str, title: &'static str, span: Option<ByteSpan>) -> Self {
        Self {
            osi,
            protocol,
            title,
            summary: String::new(),
            span,
            part: None,
            messages: None,
            fields: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// One field of a header.
#[derive(Clone, Debug)]
pub struct Field {
    /// The specification's name for it, in lower case: `time to live`.
    pub name: &'static str,
    /// The value as it is on the wire.
    pub value: Value,
    /// The value as people read it, with its unit: `64 hops`, `5 × 4 = 20 bytes`.
    pub text: String,
    /// The bytes that hold it.
    pub span: Option<ByteSpan>,
    /// Where within those bytes, for fields that are not whole bytes.
    pub bits: Option<Bits>,
    /// Where the field is defined.
    pub source: Cite,
}

/// Bits of a field, counted from the most significant bit of its span's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// First bit, 0 is the most significant.
    pub first: u32,
    /// Number of bits.
    pub count: u32,
}

/// A field's value as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, a code or a bit field.
    Number(u64),
    /// A single flag.
    Flag(bool),
    /// An address or a name, in its usual notation.
    Text(String),
    /// Bytes without a better notation.
    Bytes(Vec<u8>),
}

/// One frame in words: its seven layers.
#[derive(Clone, Debug)]
pub struct FrameExplanation {
    /// The frame.
    pub number: crate::base::FrameNo,
    /// When it was captured.
    pub time: Option<crate::base::Timestamp>,
    /// Time since the capture's first frame.
    pub offset: Option<crate::base::Duration>,
    /// Bytes captured.
    pub captured_length: u32,
    /// Bytes on the wire.
    pub wire_length: u32,
    /// The connection it belongs to, who sent it, and that connection's two ends (client, server).
    pub connection: Option<FrameConnection>,
    /// Layers from 1 up; up to layer 4 in the order of the bytes, so in a tunnel 2 to 4 come again for what it carries; from 5
    /// up those of one OSI number together. Layers with nothing in this frame have a
    /// summary that says so.
    pub layers: Vec<LayerExplanation>,
    /// The captured bytes, for the hex dump.
    pub bytes: Vec<u8>,
}

/// A frame's place in its connection.
#[derive(Clone, Copy, Debug)]
pub struct FrameConnection {
    /// The connection.
    pub id: crate::base::ConnId,
    /// Who sent the frame.
    pub from: crate::base::Side,
}
