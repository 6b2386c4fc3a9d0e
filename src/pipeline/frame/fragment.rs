//! A frame with a fragment: where the whole packet is, and what it says.

use crate::base::convert::wide;
use crate::base::{FrameNo, grouped};
use crate::explain::{LayerExplanation, OsiLayer};
use crate::fragments::{Carried, Packet};
use crate::pipeline::wholes::Followed;
use crate::wire::{Dissection, Dissector, FragmentAt};

/// A fragment in the frame.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    at: FragmentAt,
    complete: Option<Complete>,
}

/// The packet that it is part of.
#[derive(Clone, Debug)]
struct Complete {
    /// The frame that completed it.
    frame: FrameNo,
    /// Place of the fragment among the others, from 1.
    rank: usize,
    fragments: Vec<Carried>,
    /// Bytes of the packet's data.
    length: u32,
}

impl Piece {
    /// The fragment in a frame, of whose packet nothing is known yet.
    pub(super) fn new(at: FragmentAt) -> Self {
        Self { at, complete: None }
    }

    /// Whether its packet is still to come.
    pub(super) fn is_waiting(&self) -> bool {
        self.complete.is_none()
    }

    /// Looks among the packets that frame `number` completed for its own; whether it is there.
    pub(super) fn look(&mut self, number: FrameNo, followed: &Followed) -> bool {
        let found = followed.packets.iter().find_map(|(packet, last)| self.rank_in(packet, last));
        if self.is_waiting() {
            self.complete = found.map(|(packet, rank)| Complete {
                frame: number,
                rank,
                fragments: packet.fragments.clone(),
                length: packet.data_length(),
            });
        }
        found.is_some()
    }

    /// Its place in a packet, by its numbers: of several copies only one is known by its frame.
    fn rank_in<'a>(&self, packet: &'a Packet, last: &Dissection) -> Option<(&'a Packet, usize)> {
        let key = |at: &FragmentAt| (at.addresses, at.fragment.identification);
        last.fragment.filter(|last| key(last) == key(&self.at))?;
        let is_it = |carried: &Carried| carried.offset == self.at.fragment.offset;
        packet.fragments.iter().position(is_it).map(|place| (packet, place + 1))
    }

    /// Adds to its network layer which part of which packet it is.
    pub(super) fn tell(&self, number: FrameNo, layers: &mut [LayerExplanation]) {
        let header = self.at.header;
        let is_its = |layer: &&mut LayerExplanation| {
            let inside = |start: u32| header.start <= start && start < header.end();
            layer.osi == OsiLayer::Network && layer.span.is_some_and(|span| inside(span.start))
        };
        if let Some(layer) = layers.iter_mut().rev().find(is_its) {
            layer.notes.push(self.text(number));
        }
    }

    /// Where to look for the layers that the frame does not have.
    pub(super) fn elsewhere(&self) -> String {
        match &self.complete {
            Some(complete) => format!("see frame {}, which completes the packet", complete.frame),
            None => "nothing: the packet that this is a fragment of is not complete".to_owned(),
        }
    }

    fn text(&self, number: FrameNo) -> String {
        let from = self.at.fragment.offset;
        let to = from.saturating_add(self.at.data_length).saturating_sub(1);
        let bytes = format!("bytes {} to {}", grouped(from.into()), grouped(to.into()));
        let Some(complete) = &self.complete else {
            return format!(
                "a fragment, {bytes} of its packet, which is not complete in the frames that were read"
            );
        };
        let count = complete.fragments.len();
        let rank = complete.rank;
        let whole = grouped(complete.length.into());
        if complete.frame == number {
            let frames = frames(&complete.fragments);
            return format!(
                "fragment {rank} of {count}, {bytes} of {whole}; it completes the packet of {frames}, and the layers above are the whole \
                 packet's"
            );
        }
        format!(
            "fragment {rank} of {count}, {bytes} of {whole}; the packet is complete in frame {}",
            complete.frame
        )
    }
}

/// The headers of the packets that a frame completed, which take the place of its own above the fragment.
pub(super) fn above(dissector: &Dissector, followed: &Followed, layers: &mut Vec<LayerExplanation>) {
    for (packet, last) in &followed.packets {
        let behind = last.fragment.map_or(u32::MAX, |at| at.data.start);
        layers.retain(|layer| layer.span.is_none_or(|span| span.start < behind || span.len == 0));
        layers.extend(dissector.explain_whole(last, packet.whole()));
    }
}

/// Takes back where the bytes of layers lie that are not of this frame alone.
pub(super) fn unplace(layer: &mut LayerExplanation) {
    layer.span = None;
    layer.part = None;
    for field in &mut layer.fields {
        field.span = None;
        field.bits = None;
    }
}

/// `frames 4, 5, 6 and 7`.
fn frames(fragments: &[Carried]) -> String {
    const MOST: usize = 8;
    let mut numbers: Vec<_> = fragments.iter().map(|carried| carried.frame).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let left_out = numbers.len().saturating_sub(MOST);
    let mut words: Vec<_> = numbers.iter().take(MOST).map(ToString::to_string).collect();
    if left_out > 0 {
        words.push(format!("{} more", grouped(wide(left_out))));
    }
    match words.split_last() {
        Some((last, [])) => format!("frame {last}"),
        Some((last, others)) => format!("frames {} and {last}", others.join(", ")),
        None => String::new(),
    }
}
