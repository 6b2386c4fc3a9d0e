//! Messages for conversations made by hand, for tests.

use crate::app::{
    Closing, Content, Fact, Headline, Message, MessageNo, Remark, RemarkKind, Role, Upgrade, UpgradeOutcome,
};
use crate::base::{Certainty, FrameNo, Side, StreamSpan, Timestamp};
use crate::explain::{LayerExplanation, OsiLayer};
use crate::ladder::sample::Talk;
use crate::timeline::{Placed, PlacedUpgrade};

/// A message with its place.
pub(crate) struct Said {
    pub(crate) message: Message,
    pub(crate) frames: Vec<FrameNo>,
    time: Option<Timestamp>,
    pub(crate) answers: Option<(FrameNo, Option<Timestamp>)>,
    pub(crate) unasked: bool,
}

impl Said {
    pub(crate) fn placed(&self) -> Placed<'_> {
        Placed {
            message: &self.message,
            number: MessageNo(0),
            frame: *self.frames.last().unwrap(),
            frames: &self.frames,
            frames_left_out: 0,
            time: self.time,
            answers: self.answers,
            unasked: self.unasked,
        }
    }
}

/// What a message of the sample says.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) name: String,
    pub(crate) detail: String,
    pub(crate) remarks: Vec<(RemarkKind, &'static str)>,
    pub(crate) text: Option<String>,
}

impl Content for Words {
    fn headline(&self) -> Headline {
        Headline { name: self.name.clone(), detail: self.detail.clone() }
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.iter().map(|(kind, text)| Remark { kind: *kind, text: (*text).to_owned() }).collect()
    }

    fn facts(&self) -> Vec<Fact> {
        Vec::new()
    }

    fn explain(&self) -> Vec<LayerExplanation> {
        let mut layer = LayerExplanation::new(OsiLayer::Presentation, "websocket", "WebSocket", None);
        "masked with 37 fa 21 3d → UTF-8 text   not compressed".clone_into(&mut layer.summary);
        vec![layer]
    }

    fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

impl Talk {
    /// A message in the next frame.
    pub(crate) fn says(
        mut self,
        ns: u64,
        from: Side,
        (role, kind): (Role, &'static str),
        (name, detail): (&str, &str),
    ) -> Self {
        self.now += ns;
        self.frame += 1;
        let time = Timestamp(self.now);
        self.traffic(from).frames += 1;
        self.traffic(from).data_bytes += 40;
        self.connection.last_time = Some(time);
        self.connection.last_frame = FrameNo(self.frame);
        if role != Role::Control {
            let dialogue = &mut self.carried.dialogue;
            dialogue.turns.push((from, Some(time)));
            match from {
                Side::Client => dialogue.client_messages += 1,
                Side::Server => dialogue.server_messages += 1,
            }
        }
        let words =
            Words { name: name.to_owned(), detail: detail.to_owned(), remarks: Vec::new(), text: None };
        let message = Message {
            from,
            span: StreamSpan::new(0, 40),
            protocol: "websocket",
            kind,
            stream: None,
            role,
            answers: None,
            certainty: Certainty::Proven,
            rules: Vec::new(),
            content: Box::new(words),
        };
        let frames = vec![FrameNo(self.frame)];
        let said = Said { message, frames, time: Some(time), answers: None, unasked: false };
        self.messages.push((self.steps.len(), said));
        self
    }

    /// Changes the last message.
    pub(crate) fn said(mut self, change: impl FnOnce(&mut Said)) -> Self {
        change(&mut self.messages.last_mut().unwrap().1);
        self
    }

    /// Gives the last message remarks.
    pub(crate) fn remarks(self, remarks: &[(RemarkKind, &'static str)]) -> Self {
        self.worded(|words| words.remarks = remarks.to_vec())
    }

    /// Changes what the last message says.
    pub(crate) fn worded(self, change: impl FnOnce(&mut Words)) -> Self {
        self.said(|said| {
            let content: &dyn std::any::Any = &*said.message.content;
            let mut words = content.downcast_ref::<Words>().unwrap().clone();
            change(&mut words);
            said.message.content = Box::new(words);
        })
    }

    /// The last message answers the one `back` messages before it.
    pub(crate) fn answering(mut self, back: usize) -> Self {
        let asked = self.messages.len() - 1 - back;
        let asked = self.messages[asked].1.placed();
        let answers = Some((asked.frame, asked.time));
        self.messages.last_mut().unwrap().1.answers = answers;
        self
    }

    /// The last message comes unasked.
    pub(crate) fn unasked(mut self) -> Self {
        self.carried.dialogue.unasked += 1;
        self.said(|said| said.unasked = true)
    }

    /// A ping of the client and the pong that answers it.
    pub(crate) fn heartbeat(self, ns: u64, after: u64) -> Self {
        let pong = (Role::Control, "pong");
        self.says(ns, Side::Client, (Role::Control, "ping"), ("ping", "4 bytes"))
            .says(after, Side::Server, pong, ("pong", "4 bytes"))
            .answering(1)
    }
}

/// A conversation that goes on with WebSocket.
pub(crate) fn websocket() -> Talk {
    let text = (Role::Data, "text");
    let close = (Role::Control, "close");
    let mut talk = Talk::on_ipv4()
        .handshake()
        .says(409_000, Side::Client, (Role::Request, "request"), ("GET /chat?room=1", "HTTP/1.1"))
        .remarks(&[(RemarkKind::Plain, "asks to go on with WebSocket · key dGhlIHNhbXBsZSBub25jZQ==")])
        .says(982_000, Side::Server, (Role::Response, "response"), ("101 Switching Protocols", ""))
        .remarks(&[(RemarkKind::Right, "accept s3pPLMBiTxaQ9kYGzzhZRbK+xOo= = SHA-1 of the key")])
        .answering(1)
        .says(2_310_000_000, Side::Client, text, ("text", "“hello” · 5 bytes"))
        .says(400_000, Side::Server, text, ("text", "“hello” · 5 bytes"))
        .says(
            1_500_000_000,
            Side::Server,
            text,
            ("text", "“{\"type\":\"news\",\"items\":[1,2,3,4,5,6,7,8,9,10,11,12]}” · 573 bytes"),
        )
        .unasked()
        .worded(|words| {
            words.text =
                Some("{\n  \"type\": \"news\",\n  \"from\": \"\u{1b}[31mred\u{202e}\"\n}".to_owned());
        })
        .said(|said| said.frames = vec![FrameNo(6), FrameNo(7), FrameNo(8)])
        .heartbeat(1_000_000_000, 1_200_000)
        .heartbeat(1_000_000_000, 800_000)
        .heartbeat(1_000_000_000, 700_000)
        .says(
            90_000_000,
            Side::Client,
            text,
            ("text", "“日本語のとても長いメッセージ、行に入りきらないほど長い、本当に長い” · 102 bytes"),
        )
        .says(700_000, Side::Server, text, ("text", "“ok” · 2 bytes"))
        .heartbeat(1_000_000_000, 700_000)
        .says(3_000_000_000, Side::Client, close, ("close 1000", "normal"))
        .says(300_000, Side::Server, close, ("close 1000", "normal"))
        .answering(1)
        .close(100_000);
    talk.carried.protocols = vec!["http1", "websocket"];
    talk.carried.upgrades.push(PlacedUpgrade {
        upgrade: upgrade(UpgradeOutcome::Accepted),
        request_frame: Some(FrameNo(4)),
        response_frame: Some(FrameNo(5)),
    });
    talk.carried.closings.push(Closing {
        first: Some(Side::Client),
        code: Some(1000),
        answered: true,
        tcp_ended_by: Some(Side::Client),
        client_sees: Some(1000),
        server_sees: Some(1000),
        verdict: "closed in order: the client sent 1000 (normal), the server answered".to_owned(),
    });
    talk
}

/// What came of asking for `/chat?room=1`.
pub(crate) fn upgrade(outcome: UpgradeOutcome) -> Upgrade {
    Upgrade {
        stream: None,
        request: MessageNo(0),
        response: None,
        status: Some(if outcome == UpgradeOutcome::Rejected { 403 } else { 101 }),
        target: "/chat?room=1".to_owned(),
        host: Some("example.com".to_owned()),
        key: None,
        accept: None,
        accept_valid: None,
        subprotocol: None,
        extensions: None,
        outcome,
        reason: (outcome != UpgradeOutcome::Accepted).then(|| "the server said no\u{7}".to_owned()),
        checks: Vec::new(),
    }
}
