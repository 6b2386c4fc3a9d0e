//! How Zeek's two ends go from phase to phase: by control bits alone, whatever the numbers say.

use crate::base::Side;
use crate::track::segment::Segment;
use crate::track::zeek::Zeek;
use crate::track::zeek::endpoint::Phase;

impl Zeek {
    /// Takes the phases that the segment leads to.
    pub(super) fn advance(&mut self, segment: &Segment) {
        match self.sender(segment.from).phase {
            Phase::Inactive => self.first_segment(segment),
            Phase::SynSent | Phase::SynAckSent => self.end(segment),
            Phase::Established | Phase::Partial => self.after_opening(segment),
            Phase::Closed => {
                let others = self.sender(segment.from.other()).phase;
                if segment.flags.rst() && others != Phase::Closed {
                    self.sender_mut(segment.from).enter(Phase::Reset);
                }
            }
            Phase::Reset => {}
        }
    }

    fn first_segment(&mut self, segment: &Segment) {
        let from = segment.from;
        if segment.flags.syn() {
            self.first_syn(segment);
        }
        self.end(segment);
        if self.sender(from).phase != Phase::Inactive {
            return;
        }
        let others = self.sender(from.other()).phase;
        // Some servers acknowledge a SYN before they send their own.
        let early_ack = from == Side::Server && segment.data_length == 0 && others == Phase::SynSent;
        if !early_ack {
            let opened = segment.flags.ack() && others == Phase::Established;
            self.sender_mut(from).enter(if opened { Phase::Established } else { Phase::Partial });
        }
    }

    fn first_syn(&mut self, segment: &Segment) {
        let from = segment.from;
        if from == Side::Client {
            let phase = if segment.flags.ack() { Phase::SynAckSent } else { Phase::SynSent };
            self.sender_mut(from).enter(phase);
            return;
        }
        if self.sender(from.other()).phase == Phase::SynSent {
            self.receiver_mut(from).enter(Phase::Established);
        }
        self.sender_mut(from).enter(Phase::Established);
    }

    fn after_opening(&mut self, segment: &Segment) {
        let from = segment.from;
        let flags = segment.flags;
        let (own, others) = (self.sender(from).phase, self.sender(from.other()).phase);
        if flags.syn() && !flags.ack() && own == Phase::Partial && others == Phase::Inactive {
            self.sender_mut(from).enter(Phase::SynSent);
        }
        // A FIN and then a RST of one end is as good as a FIN once the other end closes too.
        let receiver = self.receiver_mut(from);
        if flags.fin() && !flags.rst() && receiver.phase == Phase::Reset && receiver.before == Phase::Closed {
            receiver.enter(Phase::Closed);
        }
        self.end(segment);
    }

    fn end(&mut self, segment: &Segment) {
        let sender = self.sender_mut(segment.from);
        let established = matches!(sender.phase, Phase::Established | Phase::Partial);
        if segment.flags.fin() && !(segment.flags.rst() && established) {
            sender.enter(Phase::Closed);
        }
        if segment.flags.rst() {
            sender.enter(Phase::Reset);
        }
    }
}
