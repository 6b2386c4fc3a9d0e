//! One frame in words: its seven layers, in the connection that it belongs to and the messages that it carries.

mod fragment;
mod layers;
mod messages;
mod part;
mod sought;

use crate::base::FrameNo;
use crate::base::convert::{index, wide};
use crate::capture::{self, Next, Source};
use crate::explain::FrameExplanation;
use crate::pipeline::conversations::Conversations;
use crate::pipeline::frame::fragment::Piece;
use crate::pipeline::frame::layers::Place;
use crate::pipeline::frame::sought::{Sought, Stopped};
use crate::pipeline::wholes::Wholes;
use crate::track::{Limits, Tracker};
use crate::wire::Dissector;

/// A frame that was asked for, or how many there are instead.
#[derive(Debug)]
pub enum Found {
    /// The frame.
    Frame(Box<FrameExplanation>),
    /// The capture has only so many.
    Only(u64),
}

/// Most frames that are read after the one that was asked for, to see the end of the messages in it.
const MOST_FRAMES_AFTER: u64 = 20_000;
/// Most captured bytes of such frames.
const MOST_BYTES_AFTER: u64 = 64 << 20;

/// Reads up to frame `number`, and on until the messages in it are complete, but at most 20,000 frames of
/// 64 MiB, and explains it. A frame without data is explained at once.
///
/// # Errors
/// Where the source cannot be read as far as the frame.
pub fn explain_frame(
    source: &mut dyn Source,
    number: FrameNo,
    max_memory: u64,
) -> Result<Found, capture::Error> {
    let mut reading = Reading {
        dissector: Dissector::new(),
        wholes: Wholes::default(),
        tracker: Tracker::new(Limits { max_memory, steps: false, longest_run: None }),
        sought: Sought::new(number, Conversations::new(max_memory / 4, true)),
    };
    let (mut explanation, mut place, interface) = match reading.up_to(source, number)? {
        Ok(reached) => *reached,
        Err(frames) => return Ok(Found::Only(frames)),
    };
    let interface = source.interfaces().get(index(interface));
    layers::name_interface(&mut explanation, interface.and_then(|of| of.name.as_deref()));
    let stopped = reading.on(source, &mut place);
    if stopped == Stopped::CaptureEnded {
        reading.wholes.finish(&mut reading.tracker, &mut reading.sought);
        reading.tracker.finish(&mut reading.sought);
    }
    let findings = reading.sought.findings(stopped);
    layers::complete(&mut explanation, &place, &findings);
    Ok(Found::Frame(Box::new(explanation)))
}

/// The stages, as far as they concern one frame.
struct Reading {
    dissector: Dissector,
    wholes: Wholes,
    tracker: Tracker,
    sought: Sought,
}

/// The frame's layers 1 to 4, its place, and the number of its interface.
type Reached = Box<(FrameExplanation, Place, u32)>;

impl Reading {
    /// Reads up to and with a frame; its lower layers, or how many frames there are instead.
    fn up_to(
        &mut self,
        source: &mut dyn Source,
        number: FrameNo,
    ) -> Result<Result<Reached, u64>, capture::Error> {
        let mut first_time = None;
        let mut frames = 0;
        loop {
            let frame = match source.next_frame()? {
                Next::End => return Ok(Err(frames)),
                Next::Idle => continue,
                Next::Frame(frame) => frame,
            };
            first_time = first_time.or(frame.time);
            frames += 1;
            let dissection =
                self.dissector.dissect(frame.link_type, frame.bytes, frame.wire_length, frame.fcs_length);
            let fragment = dissection.fragment.map(Piece::new);
            let readers = (&self.dissector, &mut self.tracker);
            let followed = self.wholes.follow(readers, &frame, dissection, &mut self.sought);
            if frame.number >= number {
                let connection = followed.membership.as_ref().and_then(|m| self.tracker.connection(m));
                let reminder = connection.map(|connection| messages::reminder(connection, number));
                let interface = frame.interface;
                let place = Place { first_time, reminder, ..Place::new(&frame, followed, fragment) };
                let explanation = layers::lower(&self.dissector, &frame, &place);
                return Ok(Ok(Box::new((explanation, place, interface))));
            }
        }
    }

    /// Reads on until all is known of the frame's messages; why it stopped.
    fn on(&mut self, source: &mut dyn Source, place: &mut Place) -> Stopped {
        let (mut frames, mut bytes) = (0, 0);
        while !self.sought.is_settled() || place.is_waiting() {
            if frames == MOST_FRAMES_AFTER || bytes >= MOST_BYTES_AFTER {
                return Stopped::AtBound;
            }
            // What cannot be read any more has no say in what was read before.
            match source.next_frame() {
                Err(_) | Ok(Next::End) => return Stopped::CaptureEnded,
                Ok(Next::Idle) => {}
                Ok(Next::Frame(frame)) => {
                    frames += 1;
                    bytes += wide(frame.bytes.len());
                    let dissection = self.dissector.dissect(
                        frame.link_type,
                        frame.bytes,
                        frame.wire_length,
                        frame.fcs_length,
                    );
                    let readers = (&self.dissector, &mut self.tracker);
                    let followed = self.wholes.follow(readers, &frame, dissection, &mut self.sought);
                    place.look(frame.number, &followed);
                }
            }
        }
        Stopped::Settled
    }
}
