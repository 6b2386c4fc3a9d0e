//! Segments that seem to be too large for the way (RFC 1191, RFC 2923 §2.1, RFC 4821, RFC 8201).

use crate::base::{FrameNo, SeqNum, Side};
use crate::track::record::Record;
use crate::track::segment::Segment;
use crate::track::signs::{Once, rules};
use crate::wire::network::IcmpError;

/// What became of segments that are too large for the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathMtu {
    /// Who sent them.
    pub sender: Side,
    /// The largest packet that the way takes, in bytes, as an ICMP error said; `None` where there was none, or where it did not say.
    pub announced: Option<u32>,
    /// The ICMP error.
    pub icmp_frame: Option<FrameNo>,
    /// Octets of data in the segments that do not get through, or that did not until they became smaller.
    pub segment_bytes: u32,
    /// How often such a segment was sent again in vain.
    pub repeats: u32,
    /// The sender now makes its segments small enough.
    pub lowered: bool,
}

/// Sizes of the segments that one end sent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sizes {
    /// Data octets of the largest.
    largest: u32,
    /// The number after the first so large.
    end: SeqNum,
    /// Data octets of the largest that arrived.
    passed: u32,
}

/// A segment that is sent again and again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stuck {
    from: Side,
    seq: SeqNum,
    length: u32,
    repeats: u32,
    /// Frame of the first repeat.
    since: FrameNo,
    /// The other end was heard since, and asked for this segment.
    heard: bool,
    /// The other end sent something again that was acknowledged: small segments do not get through either.
    deaf: bool,
}

/// An ICMP error about the size of a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooBig {
    sender: Side,
    frame: FrameNo,
    mtu: Option<u32>,
    seq: SeqNum,
    /// How often data that the quoted segment began with was sent again in a packet as large.
    ignored: u32,
}

/// Data that every path takes in one segment (RFC 1122 §4.2.2.6): smaller ones are lost for other reasons.
const ALWAYS_PASSES: u32 = 536;
/// So many times a segment is sent again in vain before its size is suspected.
const IN_VAIN: u32 = 3;
/// One segment of the old size may be on its way already when the ICMP error comes.
const IGNORED: u32 = 2;

impl Record {
    /// Follows which sizes get through.
    pub(super) fn notice_size(&mut self, segment: &Segment) {
        self.notice_arrival(segment);
        if segment.data_length == 0 || segment.flags.syn() {
            return;
        }
        let end = segment.seq + segment.data_length;
        let repeats = self.end(segment.from).next.is_some_and(|next| end.distance(next) <= 0);
        if repeats {
            self.notice_repeat(segment);
            self.notice_heed(segment);
        } else {
            let sizes = &mut self.signs.of_mut(segment.from).sizes;
            if segment.data_length > sizes.largest {
                (sizes.largest, sizes.end) = (segment.data_length, end);
            }
        }
    }

    /// An ICMP error that says that a segment of `sender` was too large.
    pub(in crate::track) fn notice_size_error(&mut self, frame: FrameNo, error: &IcmpError, sender: Side) {
        let is_about_size = if error.v6 { error.kind == 2 } else { (error.kind, error.code) == (3, 4) };
        if is_about_size {
            let too_big = TooBig { sender, frame, mtu: error.mtu, seq: error.quoted_seq, ignored: 0 };
            let latest = &mut self.signs.rare_mut().too_big;
            // Each segment of one flight calls for an error: the first of them is heeded first.
            if latest.is_none_or(|latest| latest.sender != sender || latest.mtu != error.mtu) {
                *latest = Some(too_big);
            }
        }
    }

    /// What a segment says of the other end's: what arrived, and whether small ones do.
    fn notice_arrival(&mut self, segment: &Segment) {
        let other = segment.from.other();
        let own_received = self.end(other).acknowledged;
        let sizes = &mut self.signs.of_mut(other).sizes;
        if sizes.passed < sizes.largest {
            if segment.ack.is_some_and(|ack| ack.distance(sizes.end) >= 0) {
                sizes.passed = sizes.largest;
            } else if let Some(octets) = segment.later.sacked {
                sizes.passed = sizes.passed.max(octets.min(sizes.largest));
            }
        }
        let Some(stuck) = self.signs.rare.as_deref_mut().and_then(|rare| rare.stuck.as_mut()) else { return };
        if stuck.from != other {
            return;
        }
        let sends_again =
            segment.data_length > 1 && own_received.is_some_and(|ack| segment.end().distance(ack) <= 0);
        stuck.deaf |= sends_again;
        stuck.heard |= !sends_again && segment.ack == Some(stuck.seq);
        if segment.ack.is_some_and(|ack| ack.is_after(stuck.seq)) {
            if let Some(rare) = self.signs.rare.as_deref_mut() {
                rare.stuck = None;
            }
            return;
        }
        let stuck = *stuck;
        self.judge_stuck(&stuck, segment);
    }

    /// A segment that was sent before.
    fn notice_repeat(&mut self, segment: &Segment) {
        let passed = self.signs.of(segment.from).sizes.passed;
        if segment.data_length <= ALWAYS_PASSES.max(passed) || self.is_offloaded(segment) {
            return;
        }
        let stuck = &mut self.signs.rare_mut().stuck;
        match stuck {
            Some(stuck)
                if (stuck.from, stuck.seq, stuck.length)
                    == (segment.from, segment.seq, segment.data_length) =>
            {
                stuck.repeats = stuck.repeats.saturating_add(1);
                let stuck = *stuck;
                self.judge_stuck(&stuck, segment);
            }
            _ => {
                *stuck = Some(Stuck {
                    from: segment.from,
                    seq: segment.seq,
                    length: segment.data_length,
                    repeats: 1,
                    since: segment.frame,
                    heard: false,
                    deaf: false,
                });
            }
        }
    }

    fn judge_stuck(&mut self, stuck: &Stuck, segment: &Segment) {
        let habits = self.signs.of_mut(stuck.from);
        let never_passed = stuck.length > habits.sizes.passed;
        if stuck.repeats >= IN_VAIN
            && stuck.heard
            && !stuck.deaf
            && never_passed
            && !habits.was_told(Once::BlackHole)
        {
            habits.told |= Once::BlackHole.bit();
            self.connection.path_mtu = Some(Box::new(PathMtu {
                sender: stuck.from,
                announced: None,
                icmp_frame: None,
                segment_bytes: stuck.length,
                repeats: stuck.repeats,
                lowered: false,
            }));
            self.annotate(&rules::MTU_BLACK_HOLE, segment.frame, Some(stuck.since));
        }
    }

    /// Data that an ICMP error was about is sent again: smaller, or as large as before?
    fn notice_heed(&mut self, segment: &Segment) {
        let packet = self.packet_length(segment);
        let offloaded = self.is_offloaded(segment);
        let largest = self.signs.of(segment.from).sizes.largest;
        let Some(too_big) = self.signs.rare.as_deref_mut().and_then(|rare| rare.too_big.as_mut()) else {
            return;
        };
        let covers = too_big.seq.since(segment.seq) < segment.data_length;
        if too_big.sender != segment.from || !covers || offloaded {
            return;
        }
        let fits = too_big.mtu.map_or(segment.data_length < largest, |mtu| packet <= mtu);
        too_big.ignored = too_big.ignored.saturating_add(u32::from(!fits));
        let told = *too_big;
        if fits || told.ignored >= IGNORED {
            self.tell_heed(&told, fits, segment, largest);
        }
    }

    fn tell_heed(&mut self, told: &TooBig, fits: bool, segment: &Segment, largest: u32) {
        let (what, rule) = if fits {
            (Once::MtuLowered, &rules::PATH_MTU_LOWERED)
        } else {
            (Once::BlackHole, &rules::MTU_BLACK_HOLE)
        };
        if self.signs.of(segment.from).was_told(what) {
            return;
        }
        self.connection.path_mtu = Some(Box::new(PathMtu {
            sender: segment.from,
            announced: told.mtu,
            icmp_frame: Some(told.frame),
            segment_bytes: if fits { largest } else { segment.data_length },
            repeats: told.ignored,
            lowered: fits,
        }));
        self.annotate_once(what, rule, segment, Some(told.frame));
    }

    /// A segment larger than the other end said it takes is cut into several only by the network card.
    fn is_offloaded(&self, segment: &Segment) -> bool {
        let negotiated = self.connection.handshake.negotiated;
        let most = negotiated.and_then(|agreed| match segment.from {
            Side::Client => agreed.server_mss,
            Side::Server => agreed.client_mss,
        });
        most.is_some_and(|most| segment.data_length > u32::from(most))
    }

    /// Length of the IP packet that carried a segment, where its IP header has no options.
    fn packet_length(&self, segment: &Segment) -> u32 {
        let ip_header = if self.connection.client.address.is_ipv4() { 20 } else { 40 };
        segment.data_length.saturating_add(ip_header + 20 + u32::from(segment.later.length))
    }
}
