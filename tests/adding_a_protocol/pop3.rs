//! POP3 (RFC 1939): mail fetched line by line. Every line is a message.

use synscope::app::{
    Content, Decoder, Fact, Headline, Input, Message, MessageNo, Next, Outbox, Probe, Remark, Role, Seen,
    StreamEnd, StreamProtocol,
};
use synscope::base::{Certainty, Cite, Rule, Severity, Side, StreamSpan};
use synscope::explain::{Field, LayerExplanation, OsiLayer, Value, printable};

/// What [`PROTOCOLS`](synscope::app::PROTOCOLS) lists.
#[derive(Debug)]
pub(crate) struct Pop3;

/// The server says no.
pub(crate) static REFUSED: Rule = Rule {
    id: "pop3-refused",
    severity: Severity::Note,
    title: "the server turned a command down",
    why: "A line that begins with -ERR: the command was not carried out. Its text says why, often a wrong password.",
    cite: Cite("RFC 1939 §3"),
};

impl StreamProtocol for Pop3 {
    fn name(&self) -> &'static str {
        "pop3"
    }

    fn probe(&self, seen: &Seen<'_>) -> Probe {
        // The server speaks first (RFC 1939 §4); in the middle of a mail any line could look like a greeting.
        match seen.server {
            _ if !seen.server_from_start => Probe::No,
            greeting if greeting.starts_with(b"+OK ") => Probe::Certain,
            beginning if seen.client.is_empty() && b"+OK ".starts_with(beginning) => Probe::Unsure,
            _ => Probe::No,
        }
    }

    fn open(&self) -> Box<dyn Decoder> {
        Box::new(Lines::default())
    }
}

/// Reads lines of both sides.
#[derive(Default)]
struct Lines {
    /// The last command: what the next reply answers, for clients wait for it (RFC 1939 §3).
    command: Option<MessageNo>,
    /// Sides whose next line begins in bytes that are missing.
    headless: [bool; 2],
}

/// Most bytes of a line, its end included: mail has no longer ones (RFC 5322 §2.1.1).
const LONGEST_LINE: usize = 1_000;

impl Decoder for Lines {
    fn feed(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Next {
        while let Some(end) = input.rest().iter().take(LONGEST_LINE).position(|byte| *byte == b'\n') {
            let start = input.offset();
            let line = input.take(end + 1);
            if !std::mem::take(self.headless(side)) {
                self.line(side, StreamSpan::new(start, input.offset()), line, outbox);
            }
        }
        match input.rest().len() {
            LONGEST_LINE.. => Next::Opaque,
            unread => Next::More { at_least: unread + 1 },
        }
    }

    fn gap(&mut self, side: Side, input: &mut Input<'_>, _: StreamSpan, outbox: &mut Outbox) -> Next {
        let next = self.feed(side, input, outbox);
        *self.headless(side) = true;
        next
    }

    fn end(&mut self, side: Side, input: &mut Input<'_>, _: StreamEnd, outbox: &mut Outbox) {
        self.feed(side, input, outbox);
    }

    fn holding(&self, _: Side) -> Option<u64> {
        // A line is told as soon as it is taken.
        None
    }

    fn memory(&self) -> usize {
        0
    }
}

impl Lines {
    fn headless(&mut self, side: Side) -> &mut bool {
        let [client, server] = &mut self.headless;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    fn line(&mut self, side: Side, span: StreamSpan, line: &[u8], outbox: &mut Outbox) {
        let refused = side == Side::Server && line.starts_with(b"-ERR");
        let is_reply = side == Side::Server && (refused || line.starts_with(b"+OK"));
        let answers = self.command.take_if(|_| is_reply);
        let (kind, role) = match side {
            Side::Client => ("command", Role::Request),
            Side::Server if answers.is_some() => ("reply", Role::Response),
            Side::Server => ("line", Role::Data),
        };
        let content = Line { from: side, text: String::from_utf8_lossy(line).trim_end().to_owned() };
        let number = outbox.message(Message {
            from: side,
            span,
            protocol: "pop3",
            kind,
            stream: None,
            role,
            answers,
            certainty: Certainty::Proven,
            rules: if refused { vec![&REFUSED] } else { Vec::new() },
            content: Box::new(content),
        });
        if side == Side::Client {
            self.command = Some(number);
        }
    }
}

/// One line, without its end.
#[derive(Debug)]
struct Line {
    from: Side,
    text: String,
}

impl Content for Line {
    fn headline(&self) -> Headline {
        let (name, detail) = self.text.split_once(' ').unwrap_or((&self.text, ""));
        Headline { name: printable(name).into_owned(), detail: printable(detail).into_owned() }
    }

    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![Fact::new("text", self.text.as_str())]
    }

    fn explain(&self) -> Vec<LayerExplanation> {
        let mut session = LayerExplanation::new(OsiLayer::Session, "pop3", "POP3", None);
        session.summary = format!("a line of the {}", self.from.name());
        let mut presentation = LayerExplanation::new(OsiLayer::Presentation, "pop3", "ASCII", None);
        presentation.summary = format!("{} characters → line", self.text.chars().count());
        let mut application = LayerExplanation::new(OsiLayer::Application, "pop3", "POP3", None);
        application.summary.clone_from(&self.text);
        application.fields.push(Field {
            name: "line",
            value: Value::Text(self.text.clone()),
            text: self.text.clone(),
            span: None,
            bits: None,
            source: Cite("RFC 1939 §3"),
        });
        vec![session, presentation, application]
    }

    fn text(&self) -> Option<&str> {
        Some(&self.text)
    }
}
