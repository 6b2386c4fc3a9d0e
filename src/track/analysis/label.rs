//! The labels of Wireshark's `tcp.analysis`.

/// What a segment is in the eyes of Wireshark's `tcp.analysis` (User's Guide, TCP Analysis).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// Sent again, for whatever reason.
    Retransmission,
    /// Of these: sent again after duplicate ACKs asked for it.
    FastRetransmission,
    /// Of these: sent again although it was acknowledged already.
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

    /// Whether the segment carries again what was sent before.
    #[must_use]
    pub fn is_sent_again(self) -> bool {
        matches!(self, Self::Retransmission | Self::FastRetransmission | Self::SpuriousRetransmission)
    }
}

/// The labels of one segment: a set, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::track) struct Labels(u16);

impl Labels {
    /// Adds a label.
    pub(super) fn add(&mut self, label: Label) {
        self.0 |= 1 << place(label);
    }

    /// Whether the segment was given this label.
    pub(in crate::track) fn has(self, label: Label) -> bool {
        self.0 & (1 << place(label)) != 0
    }

    /// Whether the segment carries again what was sent before.
    pub(in crate::track) fn is_sent_again(self) -> bool {
        self.has(Label::Retransmission)
    }

    /// Most segments have none.
    pub(in crate::track) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The labels, in the order of [`Label::ALL`].
    pub(in crate::track) fn iter(self) -> impl Iterator<Item = Label> {
        Label::ALL.into_iter().filter(move |label| self.has(*label))
    }
}

/// Where a label stands in [`Label::ALL`].
pub(super) fn place(label: Label) -> usize {
    match label {
        Label::Retransmission => 0,
        Label::FastRetransmission => 1,
        Label::SpuriousRetransmission => 2,
        Label::OutOfOrder => 3,
        Label::DuplicateAck => 4,
        Label::ZeroWindow => 5,
        Label::ZeroWindowProbe => 6,
        Label::WindowFull => 7,
        Label::KeepAlive => 8,
        Label::KeepAliveAck => 9,
        Label::LostSegment => 10,
        Label::AckLostSegment => 11,
        Label::ReusedPorts => 12,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_the_place_that_it_has_in_the_list_of_all() {
        for (number, label) in Label::ALL.into_iter().enumerate() {
            assert_eq!(place(label), number);
            let mut labels = Labels::default();
            labels.add(label);
            assert!(labels.has(label));
            assert_eq!(labels.iter().collect::<Vec<_>>(), [label]);
        }
    }
}
