//! Ordered bytes into messages of layers 5 to 7. Knows neither TCP nor frames: bytes come with their place in their side's stream,
//! and a decoder says the same however they were cut.
//!
//! A decoder is a value in [`PROTOCOLS`]. It is chosen by what the bytes look like, never by a port, so a new protocol is one new
//! file and one new line (`docs/adding-a-protocol.md`). A [`Conversation`] drives the decoders over both sides of one connection.

pub mod coding;
mod conversation;
pub mod http1;
mod input;
mod lane;
mod message;
mod outbox;
pub mod proxy;
pub mod rules;
mod title;
mod upgrade;
pub mod websocket;

pub use conversation::{Conversation, StreamEnd};
pub use input::Input;
pub use message::{Content, Fact, FactValue, Headline, Message, MessageNo, Remark, RemarkKind, Role};
pub use outbox::{Allowance, Item, Outbox};
pub use title::title;
pub use upgrade::{Check, Closing, Upgrade, UpgradeOutcome};

use crate::base::{Side, StreamSpan};

/// Every protocol that is looked for at the beginning of a stream, in the order of asking.
pub static PROTOCOLS: &[&dyn StreamProtocol] =
    &[&proxy::Proxy, &http1::FROM_START, &http1::MIDSTREAM, &websocket::WebSocketStream];

/// A protocol carried by a byte stream.
pub trait StreamProtocol: Sync {
    /// Short name, as in JSON `layers`: `http1`, `websocket`.
    fn name(&self) -> &'static str;
    /// Whether the bytes look like it. Must not change its mind when more bytes come, except from [`Probe::Unsure`].
    fn probe(&self, seen: &Seen<'_>) -> Probe;
    /// A decoder that has seen nothing yet.
    fn open(&self) -> Box<dyn Decoder>;
}

/// What a probe may look at: the bytes of both sides that no decoder has taken.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What the client sent.
    pub client: &'a [u8],
    /// What the server sent.
    pub server: &'a [u8],
    /// The client's bytes are the first that it sent (or the first inside a tunnel): else they may begin inside a message.
    pub client_from_start: bool,
    /// The same of the server.
    pub server_from_start: bool,
}

/// What a probe says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It is this protocol.
    Certain,
    /// More bytes may tell.
    Unsure,
    /// It is not.
    No,
}

/// Reads both sides of one stream.
pub trait Decoder: Send {
    /// Takes what it can from `input`, the bytes of `side` that have not been taken yet, and says what it waits for.
    fn feed(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Next;

    /// Bytes of `side` are missing behind those in `input`; what is left in `input` after this call is dropped, and what comes next
    /// begins at `missing.end`. A decoder that cannot go on finds its way back in by itself or answers [`Next::Opaque`].
    fn gap(&mut self, side: Side, input: &mut Input<'_>, missing: StreamSpan, outbox: &mut Outbox) -> Next;

    /// Nothing more comes from `side`; what is left in `input` is the beginning of something that never ended. Called once a side.
    fn end(&mut self, side: Side, input: &mut Input<'_>, how: StreamEnd, outbox: &mut Outbox);

    /// The first byte of a message of `side` that has not been told yet although bytes of it have been taken.
    fn holding(&self, side: Side) -> Option<u64>;

    /// Whether bytes of `side` are being passed over, in search of something to understand: no message will tell them.
    fn is_lost(&self, side: Side) -> bool {
        let _ = side;
        false
    }

    /// Bytes of memory that it holds beyond its own size.
    fn memory(&self) -> usize;
}

/// What a decoder waits for.
pub enum Next {
    /// More bytes of this side: `at_least` so many must lie unread before it is asked again, so that nothing is scanned twice.
    /// 0 and 1 mean any.
    More {
        /// Unread bytes, those that are there already included.
        at_least: usize,
    },
    /// The other side first: WebSocket frames sent before the 101. Asked again once the other side's bytes were taken.
    WaitForOther,
    /// Another decoder for the rest of both sides: HTTP 101.
    Become(Box<dyn Decoder>),
    /// The rest of both sides is a stream of its own, to be probed: CONNECT, a PROXY protocol line.
    Probe,
    /// Nothing more to be understood.
    Opaque,
}
