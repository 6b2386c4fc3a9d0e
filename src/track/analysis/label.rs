//! The labels and how often each was given.

/// What a segment is in the eyes of Wireshark's `tcp.analysis` (User's Guide, TCP Analysis).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// Sent again, for none of the more telling reasons below.
    Retransmission,
    /// Sent again after duplicate ACKs asked for it.
    FastRetransmission,
    /// Sent again although it was acknowledged already.
    SpuriousRetransmission,
    /// Came after a segment that was sent later.
    OutOfOrder,
    /// Acknowledges the same number again, without anything new.
    DuplicateAck,
    /// Announces a window of 0.
    ZeroWindow,
    /// One octet sent into a window of 0.
    ZeroWindowProbe,
    /// Fills the other side's window to the last octet.
    WindowFull,
    /// Asks whether the other side is still there, with a number that was used already.
    KeepAlive,
    /// Answers that.
    KeepAliveAck,
    /// Begins behind what was captured of its side so far.
    LostSegment,
    /// Acknowledges what was not captured.
    AckLostSegment,
    /// A SYN on the endpoints of an earlier connection, with another number.
    ReusedPorts,
}

impl Label {
    /// Every label, in the order of JSON.
    pub const ALL: [Self; 13] = [
        Self::Retransmission,
        Self::FastRetransmission,
        Self::SpuriousRetransmission,
        Self::OutOfOrder,
        Self::DuplicateAck,
        Self::ZeroWindow,
        Self::ZeroWindowProbe,
        Self::WindowFull,
        Self::KeepAlive,
        Self::KeepAliveAck,
        Self::LostSegment,
        Self::AckLostSegment,
        Self::ReusedPorts,
    ];

    /// As in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Retransmission => "retransmission",
            Self::FastRetransmission => "fast_retransmission",
            Self::SpuriousRetransmission => "spurious_retransmission",
            Self::OutOfOrder => "out_of_order",
            Self::DuplicateAck => "duplicate_ack",
            Self::ZeroWindow => "zero_window",
            Self::ZeroWindowProbe => "zero_window_probe",
            Self::WindowFull => "window_full",
            Self::KeepAlive => "keep_alive",
            Self::KeepAliveAck => "keep_alive_ack",
            Self::LostSegment => "lost_segment",
            Self::AckLostSegment => "ack_lost_segment",
            Self::ReusedPorts => "reused_ports",
        }
    }
}

/// How many segments of a connection were given each label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Analysis {
    counts: [u32; Label::ALL.len()],
}

impl Analysis {
    /// Counts one segment with this label.
    pub(in crate::track) fn count(&mut self, label: Label) {
        for (count, _) in self.counts.iter_mut().zip(Label::ALL).filter(|(_, other)| *other == label) {
            *count = count.saturating_add(1);
        }
    }

    /// Every label with the number of segments that were given it, in the order of [`Label::ALL`].
    pub fn counts(&self) -> impl Iterator<Item = (Label, u32)> + '_ {
        Label::ALL.into_iter().zip(self.counts)
    }
}
