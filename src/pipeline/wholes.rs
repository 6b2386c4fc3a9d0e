//! Frames on their way from `wire` to `track`, those with fragments as the packets that they complete.

use crate::capture::Frame;
use crate::fragments::{Carrier, Held, Packet, Reassembly, rest};
use crate::pipeline::follow::{Listener, follow};
use crate::track::{Membership, Tracker};
use crate::wire::{Dissection, Dissector, MAX_LAYERS};

/// Follows frames, those with fragments as the packets that they complete.
#[derive(Default)]
pub(super) struct Wholes {
    fragments: Reassembly,
}

/// What became of a frame.
pub(super) struct Followed {
    /// The place of its packet in its connection.
    pub(super) membership: Option<Membership>,
    /// Its layers; where it completed packets, those of the innermost one.
    pub(super) dissection: Dissection,
    /// The packets that it completed, the outermost first, each with the layers of the fragment that completed it.
    pub(super) packets: Vec<(Packet, Dissection)>,
}

impl Wholes {
    /// Takes the next frame.
    pub(super) fn follow(
        &mut self,
        (dissector, tracker): (&Dissector, &mut Tracker),
        frame: &Frame<'_>,
        dissection: Dissection,
        listener: &mut impl Listener,
    ) -> Followed {
        if dissection.fragment.is_some() {
            return self.fragment((dissector, tracker), frame, dissection, listener);
        }
        let membership = self.unbroken(tracker, frame, &dissection, listener);
        Followed { membership, dissection, packets: Vec::new() }
    }

    /// The same of a frame without a fragment.
    pub(super) fn unbroken(
        &mut self,
        tracker: &mut Tracker,
        frame: &Frame<'_>,
        dissection: &Dissection,
        listener: &mut impl Listener,
    ) -> Option<Membership> {
        if !self.fragments.is_idle() {
            self.fragments.pass(frame.time, dissection, false);
            self.follow_due(tracker, listener);
        }
        follow(tracker, frame, dissection, listener)
    }

    /// The capture ended.
    pub(super) fn finish(&mut self, tracker: &mut Tracker, listener: &mut impl Listener) {
        self.fragments.finish();
        self.follow_due(tracker, listener);
    }

    /// Plain sentences on what became of fragments.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        self.fragments.tally().sentences()
    }

    /// A frame with a fragment: the packet that it completes, if it does, and so on where that is a fragment too.
    fn fragment(
        &mut self,
        (dissector, tracker): (&Dissector, &mut Tracker),
        frame: &Frame<'_>,
        mut dissection: Dissection,
        listener: &mut impl Listener,
    ) -> Followed {
        let mut packets: Vec<(Packet, Dissection)> = Vec::new();
        while dissection.fragment.is_some() && packets.len() < MAX_LAYERS {
            let carrier = carrier(frame, packets.last().map(|(packet, _)| packet));
            let Some(packet) = self.fragments.take(&carrier, &dissection) else { break };
            let whole = dissector.dissect_whole(&dissection, packet.whole());
            packets.push((packet, std::mem::replace(&mut dissection, whole)));
        }
        self.follow_due(tracker, listener);
        let is_whole = dissection.fragment.is_none();
        if !is_whole {
            // What it shows of a segment is followed when it is known what became of its packet.
            dissection.tcp = None;
            dissection.udp = None;
            dissection.icmp = None;
        }
        let membership = match packets.last().filter(|_| is_whole) {
            Some((packet, _)) => self.whole(tracker, (frame, packet), &mut dissection, listener),
            None => follow(tracker, frame, &dissection, listener),
        };
        Followed { membership, dissection, packets }
    }

    fn whole(
        &mut self,
        tracker: &mut Tracker,
        (frame, packet): (&Frame<'_>, &Packet),
        dissection: &mut Dissection,
        listener: &mut impl Listener,
    ) -> Option<Membership> {
        self.fragments.pass(frame.time, dissection, true);
        self.follow_due(tracker, listener);
        let annotations = packet.judged(frame.number, dissection);
        if packet.given.is_some_and(|given| !rest(dissection, given)) {
            dissection.tcp = None;
        }
        if dissection.tcp.is_some() {
            tracker.foretell(annotations);
        } else {
            self.fragments.unplaced(&annotations);
        }
        follow(tracker, &stand_in(&carrier(frame, Some(packet))), dissection, listener)
    }

    /// First fragments whose companions are not waited for any longer.
    fn follow_due(&mut self, tracker: &mut Tracker, listener: &mut impl Listener) {
        while let Some(held) = self.fragments.next_due() {
            let Held { number, time, link_type, wire_length, ref bytes, ref dissection } = held;
            let carrier = Carrier { number, time, link_type, wire_length, bytes };
            follow(tracker, &stand_in(&carrier), dissection, listener);
        }
    }
}

fn carrier<'a>(frame: &'a Frame<'_>, packet: Option<&'a Packet>) -> Carrier<'a> {
    Carrier {
        number: frame.number,
        time: frame.time,
        link_type: frame.link_type,
        wire_length: packet.map_or(frame.wire_length, |packet| packet.wire_length),
        bytes: packet.map_or(frame.bytes, |packet| packet.whole().bytes),
    }
}

/// What is followed as if it had been captured so.
fn stand_in<'a>(carrier: &Carrier<'a>) -> Frame<'a> {
    Frame {
        number: carrier.number,
        time: carrier.time,
        link_type: carrier.link_type,
        wire_length: carrier.wire_length,
        fcs_length: 0,
        bytes: carrier.bytes,
        interface: 0,
        comments: Vec::new(),
    }
}
