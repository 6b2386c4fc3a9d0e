//! Many connections as a table, one line each, in the order in which they became final.

use std::io::{self, Write};

use anstyle::Style;

use crate::base::Side;
use crate::ladder::number::{amount, span};
use crate::ladder::{Mark, outcome_words, verdict};
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

impl Overview {
    /// The table for this paper.
    pub(super) fn new(paper: Paper) -> Self {
        let roomy = paper.width >= 110;
        let others = if roomy {
            ID + OUTCOME + CONNECT + 2 * (AMOUNT + 2) + 22
        } else {
            ID + SHORT_OUTCOME + CONNECT + 6
        };
        let endpoint = (paper.width.saturating_sub(others + 8) / 2).clamp(18, 47);
        Self {
            paper,
            endpoint,
            roomy,
        }
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
            close: "closed".to_owned(),
        };
        self.line(&texts, palette::QUIET).write(out)
    }

    /// One connection.
    pub(super) fn row(&self, connection: &Connection, out: &mut dyn Write) -> io::Result<()> {
        let id = format!("#{}", connection.id);
        let shown = |side| {
            self.paper
                .shorten(&connection.endpoint(side).to_string(), self.endpoint)
        };
        let sent = |side| amount(connection.traffic(side).data_bytes);
        let outcome = connection.handshake.outcome;
        let style = palette::note(verdict(connection).mark);
        let texts = Row {
            id: &id,
            client: shown(Side::Client),
            server: shown(Side::Server),
            outcome: (
                if self.roomy {
                    outcome_words(outcome)
                } else {
                    short(outcome)
                },
                style,
            ),
            connect: connection.handshake.connect.map(span).unwrap_or_default(),
            sent: [sent(Side::Client), sent(Side::Server)],
            close: if self.roomy {
                close(&connection.close)
            } else {
                short_close(connection.close.how).to_owned()
            },
        };
        self.line(&texts, palette::PLAIN).write(out)
    }

    fn line(&self, row: &Row<'_>, style: Style) -> Line {
        let mut line = self.paper.line();
        line.put_before(ID, palette::QUIET, row.id)
            .put(style, "  ")
            .put(style, &row.client);
        line.to(ID + 2 + self.endpoint).put(palette::QUIET, " → ");
        let server = line.width();
        line.put(style, &row.server).to(server + self.endpoint + 1);
        let (start, outcome) = (line.width(), if self.roomy { OUTCOME } else { SHORT_OUTCOME });
        line.put(row.outcome.1, row.outcome.0).to(start + outcome + 1);
        let mut end = start + outcome + 1 + CONNECT;
        line.put_before(end, style, &row.connect);
        if self.roomy {
            for sent in &row.sent {
                end += AMOUNT + 2;
                line.put_before(end, style, sent);
            }
        }
        line.to(end + if self.roomy { 2 } else { 1 })
            .put(style, &row.close);
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
    let by = close
        .first
        .map(|side| format!(" by {}", side.name()))
        .unwrap_or_default();
    match close.how {
        CloseHow::Open => "open".to_owned(),
        CloseHow::HalfClosed => format!("half closed{by}"),
        CloseHow::Fin => format!("FIN{by}"),
        CloseHow::Reset => format!("RST{by}"),
        CloseHow::FinThenReset => format!("FIN{by}, RST"),
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

/// `5 established, 1 refused`, what went wrong in its colour.
pub(super) fn put_outcomes(line: &mut Line, outcomes: impl Iterator<Item = (Outcome, u64)>) {
    for (place, (outcome, count)) in outcomes.enumerate() {
        let good = matches!(
            outcome,
            Outcome::Established | Outcome::SimultaneousOpen | Outcome::Undecided | Outcome::NotCaptured
        );
        let style = palette::note(if good { Mark::Plain } else { Mark::Fault });
        line.put(palette::PLAIN, if place == 0 { ": " } else { ", " });
        let count = crate::ladder::number::grouped(count);
        line.put(style, &format!("{count} {}", outcome_words(outcome)));
    }
}

/// A line that says that nothing more is listed here.
pub(super) fn more(paper: Paper, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut line = paper.line();
    line.to(ID + 2)
        .put(palette::QUIET, &format!("{} {text}", glyph::CUT));
    line.write(out)
}
