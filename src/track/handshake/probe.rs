//! Segments that look like the probes of a scan: what they ask, and what the answer says (RFC 9293 §3.10.7.1, §3.10.7.2).

use crate::base::Side;
use crate::track::record::Record;
use crate::track::rules;
use crate::track::segment::Segment;
use crate::wire::transport::TcpFlags;

/// How a scanner asks whether a port is open, by the control bits of its first segment. A scan has many such segments; one alone is a
/// sign, no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScanProbe {
    /// SYN. The only segments of a connection look like it where the client resets the SYN-ACK at once.
    Syn,
    /// FIN alone.
    Fin,
    /// No control bit at all.
    Null,
    /// FIN, PSH and URG, which scanners call a Christmas tree.
    Xmas,
    /// FIN and ACK of a connection that the receiver does not know.
    Maimon,
    /// ACK of a connection that the receiver does not know.
    Ack,
}

impl ScanProbe {
    /// What control bits without SYN ask; `None` where no scan is known that sends them.
    #[must_use]
    pub fn without_syn(flags: TcpFlags) -> Option<Self> {
        match flags.0 & PURPOSE {
            0 => Some(Self::Null),
            TcpFlags::FIN => Some(Self::Fin),
            XMAS => Some(Self::Xmas),
            MAIMON => Some(Self::Maimon),
            TcpFlags::ACK => Some(Self::Ack),
            _ => None,
        }
    }

    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Syn => "syn",
            Self::Fin => "fin",
            Self::Null => "null",
            Self::Xmas => "xmas",
            Self::Maimon => "maimon",
            Self::Ack => "ack",
        }
    }

    /// As scanners call it, in a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Syn => "SYN",
            Self::Fin => "FIN",
            Self::Null => "NULL",
            Self::Xmas => "Xmas",
            Self::Maimon => "Maimon",
            Self::Ack => "ACK",
        }
    }

    /// Whether such segments are sent in good faith too, by whoever has not heard that a connection is over.
    #[must_use]
    pub fn occurs_in_good_faith(self) -> bool {
        matches!(self, Self::Maimon | Self::Ack)
    }
}

/// Control bits that say what a segment is for; those of ECN do not.
const PURPOSE: u16 = 0x3f;
/// The bits of an Xmas scan.
const XMAS: u16 = TcpFlags::FIN | TcpFlags::PSH | TcpFlags::URG;
/// The bits of a Maimon scan.
const MAIMON: u16 = TcpFlags::FIN | TcpFlags::ACK;
/// The frames that a probe and its answers take at most.
const MOST_FRAMES: u64 = 4;

impl Record {
    /// A segment without SYN and RST: one without ACK is none of a connection's (RFC 9293 §3.10.7.4, fifth check).
    pub(in crate::track) fn check_ack_bit(&mut self, segment: &Segment, first: bool) {
        if segment.ack.is_some() {
            return;
        }
        self.annotate(&rules::SEGMENT_WITHOUT_ACK, segment.frame, None);
        let probe = ScanProbe::without_syn(segment.flags).filter(|_| first);
        if probe.is_some() {
            self.connection.handshake.probe = probe;
            self.annotate(&rules::SCAN_PROBE, segment.frame, None);
        }
    }

    /// A RST that ends an attempt: a client that sent its SYN and nothing else looks like a SYN scan.
    pub(in crate::track) fn check_syn_scan(&mut self, rst: &Segment) {
        let handshake = &mut self.connection.handshake;
        let only_syns = self.connection.client_traffic.frames
            == u64::from(handshake.syn_count).saturating_add(1 + self.connection.client_traffic.duplicates);
        let (Some(syn), Some(answer)) = (handshake.syn, handshake.syn_ack) else { return };
        let takes_its_answer = answer.ack == Some(syn.seq + 1) && rst.seq == syn.seq + 1;
        if rst.from == Side::Client && only_syns && takes_its_answer && syn.data_length == 0 {
            handshake.probe = Some(ScanProbe::Syn);
            self.annotate(&rules::SCAN_PROBE, rst.frame, Some(syn.frame));
        }
    }

    /// A RST in answer to the only segments that were captured: its sender does not know their connection (RFC 9293 §3.5.2).
    pub(in crate::track) fn check_stray(&mut self, rst: &Segment) {
        let asked = self.end(rst.from.other()).latest.is_some_and(|latest| latest.acknowledges(rst.seq));
        let is_first = self.connection.traffic(rst.from).frames == 1;
        if !self.is_midstream() || !asked || !is_first || rst.ack.is_some() {
            return;
        }
        self.annotate(&rules::STRAY_SEGMENT, rst.frame, Some(self.connection.first_frame));
        let other = rst.from.other();
        if self.connection.traffic(other).frames == 1 && self.connection.traffic(other).data_bytes == 0 {
            let closes = self.end(other).fin.is_some();
            self.connection.handshake.probe = Some(if closes { ScanProbe::Maimon } else { ScanProbe::Ack });
        }
    }

    /// Nothing more can come: what turned out to be a conversation was no probe.
    pub(in crate::track) fn settle_probe(&mut self) {
        let (client, server) = (&self.connection.client_traffic, &self.connection.server_traffic);
        let frames = client.frames.saturating_add(server.frames);
        let data = client.data_bytes.saturating_add(server.data_bytes);
        if self.is_established() || data > 0 || frames > MOST_FRAMES {
            self.connection.handshake.probe = None;
        }
    }
}
