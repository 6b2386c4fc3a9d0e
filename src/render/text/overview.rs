//! Many connections as a table, one line each, in the order in which they became final.

use std::io::{self, Write};

use anstyle::Style;

use crate::base::Side;
use crate::ladder::number::{amount, span};
use crate::ladder::{came_to_be, outcome_words, verdict};
use crate::render::text::line::{Line, Paper};
use crate::render::text::{glyph, palette};
use crate::track::{Close, CloseHow, Connection, Outcome};

/// The table's columns, chosen once from the width of the paper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overview {
    paper: Paper,
    /// Columns for one endpoint.
    endpoint: usize,
    /// With the amounts of data both ways, and with who closed.
    roomy: bool,
}

const ID: usize = 7;
const OUTCOME: usize = 17;
const SHORT_OUTCOME: usize = 11;
const CONNECT: usize = 8;
const AMOUNT: usize = 9;
/// `half by server`.
const CLOSE: usize = 14;
const SHORT_CLOSE: usize = 4;

impl Overview {
    /// The table for this paper.
    pub(super) fn new(paper: Paper) -> Self {
        let roomy = paper.width >= 118;
        let spaces = 1 + 3 + 1 + 1;
        let others = if roomy {
            ID + OUTCOME + CONNECT + 2 * (AMOUNT + 2) + 2 + CLOSE
        } else {
            ID + SHORT_OUTCOME + CONNECT + 1 + SHORT_CLOSE
        };
        let endpoint = (paper.width.saturating_sub(others + spaces) / 2).clamp(18, 47);
        Self { paper, endpoint, roomy }
    }

    /// Names of the columns.
    pub(super) fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let texts = Row {
            id: "#",
            client: "client".to_owned(),
            server: "server".to_owned(),
            outcome: ("outcome", palette::QUIET),
            connect: "connect".to_owned(),
            sent: ["data →".to_owned(), "data ←".to_owned()],
            close: if self.roomy { "closed" } else { "end" }.to_owned(),
        };
        self.line(&texts, palette::QUIET).write(out)
    }

    /// One connection.
    pub(super) fn row(&self, connection: &Connection, out: &mut dyn Write) -> io::Result<()> {
        let id = format!("#{}", connection.id);
        // A name longer than its column takes the room from its neighbour, never from the whole row.
        let excess = id.len().saturating_sub(ID);
        let shown = |side, room| self.paper.shorten(&connection.endpoint(side).to_string(), room);
        let sent = |side| amount(connection.traffic(side).data_bytes);
        let outcome = connection.handshake.outcome;
        let style = palette::note(verdict(connection).mark);
        let texts = Row {
            id: &id,
            client: shown(Side::Client, self.endpoint.saturating_sub(excess)),
            server: shown(Side::Server, self.endpoint),
            outcome: (if self.roomy { outcome_words(outcome) } else { short(outcome) }, style),
            connect: connection.handshake.connect.map(span).unwrap_or_default(),
            sent: [sent(Side::Client), sent(Side::Server)],
            close: Some(self.close(connection)).filter(|_| came_to_be(outcome)).unwrap_or_default(),
        };
        self.line(&texts, palette::PLAIN).write(out)
    }

    fn close(&self, connection: &Connection) -> String {
        if self.roomy { close(&connection.close) } else { short_close(connection.close.how).to_owned() }
    }

    fn line(&self, row: &Row<'_>, style: Style) -> Line {
        let mut line = self.paper.line();
        line.put_before(ID, palette::QUIET, row.id).put(style, " ").put(style, &row.client);
        line.to(ID + 1 + self.endpoint).put(palette::QUIET, " → ");
        let server = line.width();
        line.put(style, &row.server).to(server + self.endpoint + 1);
        let (start, outcome) = (line.width(), if self.roomy { OUTCOME } else { SHORT_OUTCOME });
        line.put(row.outcome.1, row.outcome.0).to(start + outcome + 1);
        let mut end = start + outcome + 1 + CONNECT;
        line.put_before(end, style, &self.paper.shorten(&row.connect, CONNECT));
        if self.roomy {
            for sent in &row.sent {
                end += AMOUNT + 2;
                line.put_before(end, style, sent);
            }
        }
        line.to(end + if self.roomy { 2 } else { 1 }).put(style, &row.close);
        line
    }
}

/// The texts of one line of the table.
struct Row<'a> {
    id: &'a str,
    client: String,
    server: String,
    outcome: (&'a str, Style),
    connect: String,
    sent: [String; 2],
    close: String,
}

fn short(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::SimultaneousOpen => "both opened",
        _ => outcome_words(outcome),
    }
}

fn close(close: &Close) -> String {
    let by = close.first.map(|side| format!(" by {}", side.name())).unwrap_or_default();
    match close.how {
        CloseHow::Open => "open".to_owned(),
        CloseHow::HalfClosed => format!("half{by}"),
        CloseHow::Fin => format!("FIN{by}"),
        CloseHow::Reset => format!("RST{by}"),
        CloseHow::FinThenReset => "FIN, then RST".to_owned(),
    }
}

fn short_close(how: CloseHow) -> &'static str {
    match how {
        CloseHow::Open => "open",
        CloseHow::HalfClosed => "half",
        CloseHow::Fin | CloseHow::FinThenReset => "FIN",
        CloseHow::Reset => "RST",
    }
}

/// A line that says that nothing more is listed here.
pub(super) fn more(paper: Paper, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut line = paper.line();
    line.to(ID + 2).put(palette::QUIET, &format!("{} {text}", glyph::CUT));
    line.write(out)
}
