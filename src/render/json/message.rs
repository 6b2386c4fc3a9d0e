//! One message above TCP.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::app::{Content, Fact, FactValue, Headline};
use crate::base::{Endpoint, FrameNo, Rule, Timestamp};
use crate::timeline::Placed;
use crate::track::Connection;

#[derive(Serialize)]
pub(super) struct MessageLine<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    connection: u64,
    stream: Option<u32>,
    client: Shown<Endpoint>,
    server: Shown<Endpoint>,
    frame: Option<u64>,
    frames: Frames<'a>,
    frames_left_out: u64,
    time: Option<Shown<Timestamp>>,
    offset_ns: Option<i64>,
    from: &'static str,
    protocol: &'static str,
    kind: &'static str,
    summary: Shown<OneLine>,
    number: u64,
    certainty: &'static str,
    answers_frame: Option<u64>,
    answered_after_ns: Option<i64>,
    unasked: bool,
    rules: RuleIds<'a>,
    #[serde(flatten)]
    facts: Facts,
}

/// Written as it is shown.
struct Shown<T>(T);

/// A headline in one line.
struct OneLine(Headline);

struct Frames<'a>(&'a [FrameNo]);

struct RuleIds<'a>(&'a [&'static Rule]);

/// The protocol's own members, in their order.
struct Facts(Vec<Fact>);

struct Value<'a>(&'a FactValue);

impl<'a> MessageLine<'a> {
    /// `first_time` is that of the capture: what offsets count from.
    pub(super) fn new(
        connection: &Connection,
        placed: &'a Placed<'a>,
        first_time: Option<Timestamp>,
        file: Option<&'a str>,
    ) -> Self {
        let message = placed.message;
        // The trait object itself, not the box around it.
        let content: &dyn Content = &*message.content;
        let since = |earlier: Option<Timestamp>| placed.time.zip(earlier).map(|(t, e)| t.since(e).0);
        Self {
            r#type: "message",
            file,
            connection: connection.id.0.0,
            stream: message.stream,
            client: Shown(connection.client),
            server: Shown(connection.server),
            frame: known(placed.frame),
            frames: Frames(placed.frames),
            frames_left_out: placed.frames_left_out,
            time: placed.time.map(Shown),
            offset_ns: since(first_time),
            from: message.from.name(),
            protocol: message.protocol,
            kind: message.kind,
            summary: Shown(OneLine(content.headline())),
            number: placed.number.0,
            certainty: message.certainty.name(),
            answers_frame: placed.answers.and_then(|(frame, _)| known(frame)),
            answered_after_ns: placed.answers.and_then(|(_, time)| since(time)),
            unasked: placed.unasked,
            rules: RuleIds(&message.rules),
            facts: Facts(content.facts()),
        }
    }
}

/// Frames count from 1: 0 stands for one that is not remembered any more.
pub(super) fn known(frame: FrameNo) -> Option<u64> {
    (frame.0 > 0).then_some(frame.0)
}

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl fmt::Display for OneLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Headline { name, detail } = &self.0;
        let space = if name.is_empty() || detail.is_empty() { "" } else { " " };
        write!(f, "{name}{space}{detail}")
    }
}

impl Serialize for Frames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|frame| frame.0))
    }
}

impl Serialize for RuleIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|rule| rule.id))
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for fact in &self.0 {
            map.serialize_entry(fact.name, &Value(&fact.value))?;
        }
        map.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            FactValue::Null => serializer.serialize_unit(),
            FactValue::Number(number) => serializer.serialize_u64(*number),
            FactValue::Flag(flag) => serializer.serialize_bool(*flag),
            FactValue::Text(text) => serializer.serialize_str(text),
            FactValue::List(list) => serializer.collect_seq(list.iter().map(Value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_keep_their_order_and_their_kinds() {
        let facts = Facts(vec![
            Fact::new("status", 101),
            Fact::new("chunked", false),
            Fact::new("reason", None::<String>),
            Fact::new("headers", vec![vec!["Host", "a\u{1b}b"]]),
        ]);
        let json = serde_json::to_string(&facts).unwrap();
        assert_eq!(json, r#"{"status":101,"chunked":false,"reason":null,"headers":[["Host","a\u001bb"]]}"#);
    }

    #[test]
    fn a_summary_without_a_detail_ends_without_a_space() {
        let line = |name: &str, detail: &str| {
            OneLine(Headline { name: name.to_owned(), detail: detail.to_owned() }).to_string()
        };
        assert_eq!(line("101 Switching Protocols", ""), "101 Switching Protocols");
        assert_eq!(line("text", "\"hello\" · 5 bytes"), "text \"hello\" · 5 bytes");
        assert_eq!(line("", "5 bytes"), "5 bytes");
    }

    #[test]
    fn a_frame_that_is_not_remembered_is_null() {
        assert_eq!((known(FrameNo(0)), known(FrameNo(7))), (None, Some(7)));
    }
}
