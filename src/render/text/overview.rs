//! Many connections as a table, one line each.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::Style;

use crate::base::{Certainty, Duration, Severity, Side};
use crate::ladder::number::{amount, span};
use crate::ladder::{Gist, Trouble, came_to_be, outcome_words, via};
use crate::render::text::line::{Line, Paper};
use crate::render::text::wrap::wrap;
use crate::render::text::{glyph, palette};
use crate::track::{Close, CloseHow, Connection, Outcome};

/// The table's columns, chosen once from the width of the paper and the endpoints known by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overview {
    paper: Paper,
    client: usize,
    server: usize,
    outcome: usize,
    /// With how long it took to connect, and how it ended.
    ending: bool,
    close: usize,
    /// Columns for what was carried; 0 where it takes the place of a plain `established`.
    carries: usize,
    /// With the amounts of data both ways, and with who closed.
    roomy: bool,
}

const ID: usize = 6;
/// `established`, and `established, 3 SYNs`.
const OUTCOME: (usize, usize) = (11, 19);
const CONNECT: usize = 7;
const AMOUNT: usize = 9;
/// `WebSocket`, and two spaces before it.
const CARRIES: (usize, usize) = (9, 2);
/// A mark behind a row and the space before it; and a space with a code.
const MARK: usize = 2;
const CODE: usize = 5;
/// `FIN, RST`, and `half by server`.
const CLOSE: (usize, usize) = (8, 14);
/// Most IPv4 endpoints in full, as wide as the table is on 80 columns; and the least that tells two endpoints apart.
const ENDPOINTS: (usize, usize) = (41, 27);

impl Overview {
    /// The widest column that an endpoint needs: an IPv6 address and its port.
    pub(super) const WIDEST: usize = 47;
    /// From this width on there is room for amounts of data.
    const ROOMY: usize = 118;
    /// Below this width only the outcome is shown.
    const NARROW: usize = 72;
    /// From so long on connecting counts as slow: a lost SYN costs a second (RFC 6298 §2).
    const SLOW: Duration = Duration::seconds(1);

    /// The table for this paper; `longest` is the length of the longest endpoint that is to be expected.
    pub(super) fn new(paper: Paper, longest: usize) -> Self {
        let (roomy, ending) = (paper.width >= Self::ROOMY, paper.width >= Self::NARROW);
        let gaps = ID + 1 + paper.width_of(" → ") + 1;
        let ends = if ending { 1 + CONNECT + 1 + CLOSE.0 } else { 0 };
        let data = if roomy { 2 * (AMOUNT + 2) + 1 } else { 0 };
        let room = paper.width.saturating_sub(gaps + OUTCOME.0 + ends + data);
        let spare = room.saturating_sub(ENDPOINTS.0);
        // Behind the last column another may stand only where that has all the room it can need.
        let widest_close = if roomy { CLOSE.1 } else { CLOSE.0 };
        let carries = CARRIES.0 + CARRIES.1;
        let early = if ending && spare >= carries + widest_close - CLOSE.0 { carries } else { 0 };
        let mut spare = spare - early;
        let mut take = |most: usize| {
            let taken = spare.min(most);
            spare -= taken;
            taken
        };
        let mut close = CLOSE.0 + if early > 0 { take(widest_close - CLOSE.0) } else { 0 };
        let code = if early > 0 { take(MARK + CODE) } else { 0 };
        let outcome = OUTCOME.0 + take(OUTCOME.1 - OUTCOME.0);
        close += take(CLOSE.1 - close);
        let both = room.saturating_sub(early + code + outcome - OUTCOME.0 + close - CLOSE.0).max(ENDPOINTS.1);
        let longest = longest.clamp(8, Self::WIDEST);
        let client = both.div_ceil(2).min(longest);
        let server = (both - both.div_ceil(2)).min(longest);
        // Short endpoints leave room where the paper alone did not.
        let left = both - client - server + early + close;
        let carries = if ending && left >= carries + close.max(widest_close) {
            close = close.max(widest_close);
            CARRIES.0
        } else {
            0
        };
        Self { paper, client, server, outcome, ending, close, carries, roomy }
    }

    /// Names of the columns.
    pub(super) fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let texts = Row {
            id: "#",
            client: "client".to_owned(),
            server: "server".to_owned(),
            outcome: "outcome".to_owned(),
            connect: "connect".to_owned(),
            sent: ["data →".to_owned(), "data ←".to_owned()],
            close: if self.roomy { "closed" } else { "end" }.to_owned(),
            carries: "carries".to_owned(),
            mark: None,
        };
        self.line(&texts, [palette::QUIET; 3]).write(out)
    }

    /// One connection.
    pub(super) fn row(&self, connection: &Connection, gist: &Gist, out: &mut dyn Write) -> io::Result<()> {
        let id = format!("#{}", connection.id);
        // A name longer than its column takes the room from its neighbour, never from the whole row.
        let excess = id.len().saturating_sub(ID);
        let shown = |side, room| self.paper.shorten(&connection.endpoint(side).to_string(), room);
        let sent = |side| amount(connection.traffic(side).data_bytes);
        let outcome = connection.handshake.outcome;
        let mut texts = Row {
            id: &id,
            client: shown(Side::Client, self.client.saturating_sub(excess)),
            server: shown(Side::Server, self.server),
            outcome: String::new(),
            connect: connection.handshake.connect.map(compact).unwrap_or_default(),
            sent: [sent(Side::Client), sent(Side::Server)],
            close: Some(self.close(connection)).filter(|_| came_to_be(outcome)).unwrap_or_default(),
            carries: gist.carries.unwrap_or_default().to_owned(),
            mark: None,
        };
        self.put_outcome(connection, &mut texts);
        if self.carries > 0 && texts.carries.is_empty() {
            // Without that, the same endpoints in two networks would be rows alike.
            texts.carries = via(connection);
        }
        if self.carries == 0
            && !texts.carries.is_empty()
            && texts.outcome == outcome_words(Outcome::Established)
        {
            // Who carries something is established.
            texts.carries.clone_into(&mut texts.outcome);
        }
        let slow = connection.handshake.connect.is_some_and(|connect| connect >= Self::SLOW);
        let connect = if slow { palette::SLOW } else { palette::PLAIN };
        let styles = [palette::PLAIN, style(outcome), connect];
        let mut line = self.line(&texts, styles);
        if let Some(trouble) = &gist.trouble {
            if line.width() + MARK > self.paper.width {
                // The mark says more than who closed, or that a FIN came before the RST.
                let close = short_close(connection.close.how);
                close.split(", ").last().unwrap_or_default().clone_into(&mut texts.close);
                texts.mark = Some(mark(self.paper, trouble.severity));
                line = self.line(&texts, styles);
            } else {
                self.put_trouble(&mut line, trouble);
            }
        }
        line.write(out)
    }

    /// The outcome, how sure it is and how many SYNs it took, as far as there is room: the number of SYNs is dropped first,
    /// the connect time last, how it ended never.
    fn put_outcome(&self, connection: &Connection, row: &mut Row<'_>) {
        let handshake = &connection.handshake;
        let words =
            if self.outcome < 17 { short(handshake.outcome) } else { outcome_words(handshake.outcome) };
        let doubt = doubt(handshake.outcome, handshake.certainty).map(|doubt| format!(", {doubt}"));
        row.outcome = format!("{words}{}", doubt.unwrap_or_default());
        if self.paper.width_of(&row.outcome) > self.outcome {
            row.connect.clear();
        }
        if handshake.syn_count < 2 {
            return;
        }
        let tries = format!("{} SYNs", handshake.syn_count);
        let with_tries = format!("{}, {tries}", row.outcome);
        if self.paper.width_of(&with_tries) <= self.room_for_outcome(row) {
            row.outcome = with_tries;
        } else if row.close.is_empty() && self.paper.width_of(&tries) <= self.close {
            row.close = tries;
        }
    }

    /// What went wrong, in as many words as there is room for behind the row; at least its mark, in the table's last columns.
    fn put_trouble(&self, line: &mut Line, trouble: &Trouble) {
        let (mark, style) = mark(self.paper, trouble.severity);
        let last = self.paper.width.saturating_sub(1);
        let after = line.width() + 1;
        let start = if after < self.end() && self.end() <= last { self.end() } else { after };
        let fits = |words: &&String| start + 2 + self.paper.width_of(words) <= self.paper.width;
        let words = trouble.words.iter().find(fits).map(|words| format!("{mark} {words}"));
        line.to(start).put(style, words.as_deref().unwrap_or(mark));
    }

    /// Where the columns end and what went wrong may stand.
    fn end(&self) -> usize {
        let start = ID + 1 + self.client + self.paper.width_of(" → ") + self.server + 1 + self.outcome;
        let sent = if self.roomy { 2 * (AMOUNT + 2) + 1 } else { 0 };
        let carries = if self.carries > 0 { CARRIES.1 + self.carries } else { 0 };
        let ends = if self.ending { 1 + CONNECT + sent + 1 + self.close + carries } else { 0 };
        start + ends + 1
    }

    /// Says what the marks that were put mean.
    pub(super) fn legend(&self, marks: &BTreeSet<Severity>, out: &mut dyn Write) -> io::Result<()> {
        let told = |severity: &Severity| {
            let meaning = match severity {
                Severity::Error => "a rule was broken or an upgrade failed",
                Severity::Warning | Severity::Note => "something looks wrong",
            };
            format!("{} {meaning}", mark(self.paper, *severity).0)
        };
        let text: Vec<_> = marks.iter().rev().map(told).collect();
        remark(self.paper, &format!("{}: its timeline says more", text.join(" · ")), out)
    }

    fn room_for_outcome(&self, row: &Row<'_>) -> usize {
        let further = if self.ending && row.connect.is_empty() { 1 + CONNECT } else { 0 };
        let last = if further > 0 && !self.roomy && row.close.is_empty() { 1 + self.close } else { 0 };
        self.outcome + further + last
    }

    fn close(&self, connection: &Connection) -> String {
        if connection.handshake.probe.is_some() {
            // Nothing was ever open there.
            return if self.paper.ascii { "-" } else { "–" }.to_owned();
        }
        if self.roomy { close(&connection.close) } else { short_close(connection.close.how).to_owned() }
    }

    /// `styles` are those of the row, of the outcome, and of the connect time.
    fn line(&self, row: &Row<'_>, [style, outcome, connect]: [Style; 3]) -> Line {
        let mut line = self.paper.line();
        line.put_before(ID, palette::QUIET, row.id).put(style, " ").put(style, &row.client);
        line.to(ID + 1 + self.client).put(palette::QUIET, " → ");
        let server = line.width();
        line.put(style, &row.server).to(server + self.server + 1);
        let start = line.width();
        let room = if self.ending { self.room_for_outcome(row) } else { self.outcome };
        line.put(outcome, &self.paper.shorten(&row.outcome, room));
        if !self.ending {
            return line;
        }
        let mut end = start + self.outcome + 1 + CONNECT;
        line.put_before(end, connect, &self.paper.shorten(&row.connect, CONNECT));
        if self.roomy {
            for sent in &row.sent {
                end += AMOUNT + 2;
                line.put_before(end, style, sent);
            }
        }
        end += if self.roomy { 2 } else { 1 };
        line.to(end).put(style, &row.close);
        if let Some((mark, mark_style)) = row.mark {
            line.put(style, " ").put(mark_style, mark);
        }
        if self.carries > 0 {
            let start = end + self.close + CARRIES.1;
            let room = self.paper.width.saturating_sub(start + MARK).max(self.carries);
            line.to(start).put(style, &self.paper.shorten(&row.carries, room));
        }
        line
    }
}

/// The texts of one line of the table.
struct Row<'a> {
    id: &'a str,
    client: String,
    server: String,
    outcome: String,
    connect: String,
    sent: [String; 2],
    close: String,
    carries: String,
    /// Stands beside the close where there is no room behind the row.
    mark: Option<(&'static str, Style)>,
}

/// How sure an outcome is, in a word; nothing where it is proven, or says of itself that it is not known.
pub(super) fn doubt(outcome: Outcome, certainty: Certainty) -> Option<&'static str> {
    match (outcome, certainty) {
        (Outcome::Undecided | Outcome::NotCaptured, _) | (_, Certainty::Proven) => None,
        (_, Certainty::Inferred) => Some("likely"),
        (_, Certainty::Guessed) => Some("a guess"),
    }
}

/// Whether nothing failed, as far as is known.
pub(super) fn is_quiet(outcome: Outcome) -> bool {
    came_to_be(outcome) || outcome == Outcome::Undecided
}

/// A line that says that nothing more is listed here.
pub(super) fn more(paper: Paper, text: &str, out: &mut dyn Write) -> io::Result<()> {
    remark(paper, &format!("{} {text}", glyph::CUT), out)
}

/// A quiet line below the table.
pub(super) fn remark(paper: Paper, text: &str, out: &mut dyn Write) -> io::Result<()> {
    for text in wrap(paper, text, paper.width.saturating_sub(ID + 1)) {
        let mut line = paper.line();
        line.to(ID + 1).put(palette::QUIET, &text);
        line.write(out)?;
    }
    Ok(())
}

/// What stands before what went wrong, and its colour.
fn mark(paper: Paper, severity: Severity) -> (&'static str, Style) {
    match severity {
        Severity::Error if paper.ascii => ("x", palette::FAULT),
        Severity::Error => (glyph::CROSS, palette::FAULT),
        Severity::Warning | Severity::Note => ("!", palette::SLOW),
    }
}

fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Undecided | Outcome::NotCaptured => palette::QUIET,
        _ if is_quiet(outcome) => palette::PLAIN,
        _ => palette::FAULT,
    }
}

fn short(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::SimultaneousOpen => "both opened",
        _ => outcome_words(outcome),
    }
}

/// In at most seven characters below ten minutes: `402 µs` where a sentence has `0.402 ms`.
fn compact(connect: Duration) -> String {
    match connect.0.unsigned_abs() {
        ns @ 99_500..999_500 => format!("{} µs", (ns + 500) / 1_000),
        _ => span(connect),
    }
}

fn close(close: &Close) -> String {
    let by = close.first.map(|side| format!(" by {}", side.name())).unwrap_or_default();
    match close.how {
        CloseHow::Open => "open".to_owned(),
        CloseHow::HalfClosed => format!("half{by}"),
        CloseHow::Fin if close.simultaneous => "FIN by both".to_owned(),
        CloseHow::Fin => format!("FIN{by}"),
        CloseHow::Reset => format!("RST{by}"),
        CloseHow::FinThenReset => "FIN, then RST".to_owned(),
    }
}

fn short_close(how: CloseHow) -> &'static str {
    match how {
        CloseHow::Open => "open",
        CloseHow::HalfClosed => "half",
        CloseHow::Fin => "FIN",
        CloseHow::FinThenReset => "FIN, RST",
        CloseHow::Reset => "RST",
    }
}
