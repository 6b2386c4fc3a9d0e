//! A message: the unit in which two applications talk.

use std::any::Any;
use std::fmt;

use crate::base::{Certainty, Rule, Side, StreamSpan};
use crate::explain::LayerExplanation;

/// A message's rank among those of its connection, from 0, in the order in which they became complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MessageNo(pub u64);

/// One message of a protocol above TCP.
#[derive(Debug)]
pub struct Message {
    /// Who sent it.
    pub from: Side,
    /// Where its bytes lie in that side's stream.
    pub span: StreamSpan,
    /// Short name of its protocol, as in JSON: `http1`, `websocket`.
    pub protocol: &'static str,
    /// What kind of message of that protocol it is: `request`, `text`, `close`.
    pub kind: &'static str,
    /// HTTP/2 stream, where there are such.
    pub stream: Option<u32>,
    /// Its part in the dialogue.
    pub role: Role,
    /// The message of the other side that it answers.
    pub answers: Option<MessageNo>,
    /// How sure it is that the bytes mean this.
    pub certainty: Certainty,
    /// Rules that it breaks or that fired on it.
    pub rules: Vec<&'static Rule>,
    /// What it says.
    pub content: Box<dyn Content>,
}

/// A message's part in the dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Wants an answer.
    Request,
    /// Answers a request.
    Response,
    /// Says something, whether or not anybody asked.
    Data,
    /// Keeps the dialogue going or ends it: ping, pong, close.
    Control,
}

/// What a message says. The protocol's own type stands behind it; whoever shows messages needs no more than this.
pub trait Content: fmt::Debug + Send + Sync + Any {
    /// What stands on its arrow.
    fn headline(&self) -> Headline;
    /// What there is to say beside the arrow, most important first.
    fn remarks(&self) -> Vec<Remark>;
    /// The protocol's own members of a JSON `message` line, in order.
    fn facts(&self) -> Vec<Fact>;
    /// Slow tier: layers 5 to 7 of it, in any order. Spans are `None`: its bytes may come from several frames.
    fn explain(&self) -> Vec<LayerExplanation>;
    /// Its text in full, as sent, where it is text.
    fn text(&self) -> Option<&str> {
        None
    }
}

/// What stands on an arrow. Texts are safe to print: whatever came from the network passed [`printable`](crate::explain::printable).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// The loudest part, never cut if it can be helped: `GET /chat`, `101 Switching Protocols`, `text`, `close 1000`.
    pub name: String,
    /// The rest, may be shortened: `"hello" · 5 bytes`. May be empty.
    pub detail: String,
}

/// One remark beside an arrow, safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How it is marked.
    pub kind: RemarkKind,
    /// What it says, without a full stop.
    pub text: String,
}

/// How a remark is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// Not at all.
    Plain,
    /// A check that held: ✓.
    Right,
    /// A check that failed: ✗.
    Wrong,
    /// Beside the matter.
    Aside,
}

/// One member of a JSON line.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its name there.
    pub name: &'static str,
    /// Its value.
    pub value: FactValue,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum FactValue {
    /// Absent.
    Null,
    /// A number below 2^53.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// A text, as sent: JSON escapes it.
    Text(String),
    /// A list.
    List(Vec<FactValue>),
}

impl Fact {
    /// A fact with this name and value.
    #[must_use]
    pub fn new(name: &'static str, value: impl Into<FactValue>) -> Self {
        Self { name, value: value.into() }
    }
}

impl From<u64> for FactValue {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for FactValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&str> for FactValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for FactValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<FactValue>> From<Option<T>> for FactValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<FactValue>> From<Vec<T>> for FactValue {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
