//! What stands above a ladder, and sentences below it.

use crate::ladder::{Ladder, Lane, Note};
use crate::render::text::layout::Layout;
use crate::render::text::line::{Line, Paper};
use crate::render::text::wrap::wrap;
use crate::render::text::{palette, remark};

const INDENT: usize = 4;

/// Which connection, and what came of it.
pub(super) fn heading(paper: Paper, ladder: &Ladder) -> Vec<Line> {
    let name = format!("#{}", ladder.id);
    let mut lines = pair(paper, &name, ladder.left, ladder.right);
    let verdict = &ladder.verdict;
    put_via(paper, &mut lines, &ladder.via);
    if let Some(carries) = ladder.carries {
        put_carries(paper, &mut lines, carries);
    }
    match lines.last_mut() {
        Some(line) if line.width() + 3 + paper.width_of(&verdict.text) <= paper.width => {
            line.put(palette::PLAIN, "   ").put(palette::note(verdict.mark), &verdict.text);
        }
        _ => lines.extend(sentence(paper, verdict)),
    }
    lines
}

/// What the connection was used for, on the last line or on one of its own.
pub(super) fn put_carries(paper: Paper, lines: &mut Vec<Line>, carries: &str) {
    put_behind(paper, lines, palette::MESSAGE.bold(), carries);
}

/// What carries the connection, where anything does, on the last line or on one of its own.
pub(super) fn put_via(paper: Paper, lines: &mut Vec<Line>, via: &str) {
    if !via.is_empty() {
        put_behind(paper, lines, palette::QUIET, via);
    }
}

fn put_behind(paper: Paper, lines: &mut Vec<Line>, style: anstyle::Style, text: &str) {
    let fits = |line: &Line| line.width() + 3 + paper.width_of(text) <= paper.width;
    if let Some(line) = lines.last_mut().filter(|line| fits(line)) {
        line.put(palette::PLAIN, "   ").put(style, text);
    } else {
        let mut line = paper.line();
        line.to(INDENT).put(style, text);
        lines.push(line);
    }
}

/// `#12  10.1.0.2:40112 → 10.1.0.1:3000`, on two lines where one is too short.
pub(super) fn pair(paper: Paper, name: &str, client: Lane, server: Lane) -> Vec<Line> {
    let (from, to) = (client.endpoint.to_string(), format!("→ {}", server.endpoint));
    let mut line = paper.line();
    line.put(palette::STRONG, name).put(palette::PLAIN, "  ").put(palette::STRONG, &from);
    if line.width() + 1 + paper.width_of(&to) <= paper.width {
        line.put(palette::PLAIN, " ").put(palette::STRONG, &to);
        return vec![line];
    }
    let mut second = paper.line();
    second.to(INDENT).put(palette::STRONG, &to);
    vec![line, second]
}

/// A remark in lines of its own, set in.
pub(super) fn sentence(paper: Paper, note: &Note) -> Vec<Line> {
    wrap(paper, &remark::marked(note), paper.width.saturating_sub(INDENT).min(110))
        .iter()
        .map(|text| {
            let mut line = paper.line();
            remark::put(line.to(INDENT), note.mark, text);
            line
        })
        .collect()
}

/// Names of the columns and, above their lanes, of the two ends: on one line where both find room.
pub(super) fn lanes(layout: &Layout, left: Lane, right: Lane) -> Vec<Line> {
    let paper = layout.paper;
    let (client, server) = (left.endpoint.to_string(), right.endpoint.to_string());
    let earliest = layout.time + 7;
    let from = layout.left.saturating_sub(client.len() / 2).max(earliest);
    let to = layout.right.saturating_sub(server.len() / 2).min(paper.width.saturating_sub(server.len()));
    let to_beside = to.max(from + client.len() + 3);
    if to_beside + server.len() <= paper.width {
        return vec![roles(paper, (from, client.len()), (to_beside, server.len())), {
            let mut line = columns(layout);
            line.to(from).put(palette::STRONG, &client).to(to_beside).put(palette::STRONG, &server);
            line
        }];
    }
    let mut first = paper.line();
    first.to(from).put(palette::QUIET, "client ").put(palette::STRONG, &client);
    let mut second = columns(layout);
    let to = paper.width.saturating_sub(server.len() + 7).max(earliest);
    second.to(to).put(palette::QUIET, "server ").put(palette::STRONG, &server);
    vec![first, second]
}

fn columns(layout: &Layout) -> Line {
    let mut line = layout.paper.line();
    line.put_before(layout.frame_end, palette::QUIET, "frame")
        .to(layout.time + 1)
        .put(palette::QUIET, "time");
    line
}

/// `client` and `server`, each above the middle of its endpoint (first column, length).
fn roles(paper: Paper, client: (usize, usize), server: (usize, usize)) -> Line {
    let mut line = paper.line();
    for ((start, length), role) in [(client, "client"), (server, "server")] {
        line.to(start + length.saturating_sub(role.len()) / 2).put(palette::QUIET, role);
    }
    line
}
