//! Messages in the frames that carried them, and what a connection carried in all.

use crate::app::{Closing, Message, MessageNo, Upgrade};
use crate::base::{Annotation, FrameNo, Rule, Side, Timestamp};

/// A message with its place in the capture.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// The message.
    pub message: &'a Message,
    /// Its rank on its connection.
    pub number: MessageNo,
    /// The last frame that carried it.
    pub frame: FrameNo,
    /// The frames that carried its bytes, in stream order, at most [`Placed::MOST_FRAMES`].
    pub frames: &'a [FrameNo],
    /// Frames beyond those listed.
    pub frames_left_out: u64,
    /// Capture time of `frame`.
    pub time: Option<Timestamp>,
    /// The message that it answers: its last frame and that frame's time.
    pub answers: Option<(FrameNo, Option<Timestamp>)>,
    /// The server sent it when it had sent as many messages as the client already (control messages not counted), so that none of the
    /// client's can be open; never where bytes of the client are missing.
    pub unasked: bool,
}

impl Placed<'_> {
    /// Most frames that are listed of one message.
    pub const MOST_FRAMES: usize = 4_096;
}

/// What a connection carried above TCP, as far as known.
#[derive(Debug, Default)]
pub struct Carried {
    /// Protocols above TCP, lowest first, each once.
    pub protocols: Vec<&'static str>,
    /// Upgrade requests, in order, at most [`Carried::MOST_UPGRADES`].
    pub upgrades: Vec<PlacedUpgrade>,
    /// Upgrade requests beyond those kept.
    pub upgrades_left_out: u64,
    /// How its WebSocket connections ended.
    pub closings: Vec<Closing>,
    /// Rules that fired on its bytes and messages, in the order of their discovery, at most
    /// [`Connection::MOST_ANNOTATIONS`](crate::track::Connection::MOST_ANNOTATIONS).
    pub annotations: Vec<Annotation>,
    /// Rules that fired beyond those kept.
    pub annotations_left_out: u64,
    /// Who spoke how often.
    pub dialogue: Dialogue,
    /// Bytes that were sent but are not in the capture, as far as the streams were put in order.
    pub missing: Missing,
    /// The crowd that the connection is one of, as far as it was recognised by then: a finding tells of all of them together.
    pub crowd: Option<&'static Rule>,
}

/// Bytes of each side that are not in the capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Of the client's.
    pub client: u64,
    /// Of the server's.
    pub server: u64,
}

impl Missing {
    /// Those of this side.
    #[must_use]
    pub fn of(self, side: Side) -> u64 {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// The same, to count on.
    pub fn of_mut(&mut self, side: Side) -> &mut u64 {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Carried {
    /// Most upgrade requests that are kept on one connection.
    pub const MOST_UPGRADES: usize = 64;
}

/// An upgrade request with its frames.
#[derive(Debug)]
pub struct PlacedUpgrade {
    /// What was asked and answered.
    pub upgrade: Upgrade,
    /// Last frame of the request; `None` where it is no longer remembered.
    pub request_frame: Option<FrameNo>,
    /// Last frame of the answer.
    pub response_frame: Option<FrameNo>,
}

/// Who spoke how often, and when.
#[derive(Clone, Debug, Default)]
pub struct Dialogue {
    /// Messages of the client, control messages not counted.
    pub client_messages: u64,
    /// Messages of the server, control messages not counted.
    pub server_messages: u64,
    /// Those of the server's that came unasked (see [`Placed::unasked`]).
    pub unasked: u64,
    /// Who spoke when: the first [`Dialogue::MOST_TURNS`] messages, control messages not counted.
    pub turns: Vec<(Side, Option<Timestamp>)>,
}

impl Dialogue {
    /// Most messages whose times are kept.
    pub const MOST_TURNS: usize = 4_096;
}
