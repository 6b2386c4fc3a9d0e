//! Findings: what was concluded, why, from which frames, and what to do.

use std::io::{self, Write};

use anstyle::Style;

use crate::base::{Certainty, Fact, Finding, Severity};
use crate::explain::printable;
use crate::ladder::number::counted;
use crate::render::text::line::Paper;
use crate::render::text::palette;
use crate::render::text::wrap::wrap;

const INDENT: usize = 4;
/// Wider lines are hard to read.
const WIDEST: usize = 110;
/// Frames that are named.
const FRAMES: usize = 6;
/// Columns of a small picture, from little to much.
const HEIGHTS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The same in ASCII, and what stands where nothing was.
const HEIGHTS_ASCII: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
const NOTHING: &str = "·";
const NOTHING_ASCII: &str = ".";

/// Writes all findings, an empty line before each.
pub(super) fn write_all(paper: Paper, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    for (place, finding) in findings.iter().enumerate() {
        writeln!(out)?;
        write(paper, finding, findings.get(place + 1), out)?;
    }
    Ok(())
}

/// One finding: its title first, the rest set in below it. What the `next` one of the same rule says in the same words is left to it.
fn write(paper: Paper, finding: &Finding, next: Option<&Finding>, out: &mut dyn Write) -> io::Result<()> {
    title(paper, finding, out)?;
    let next = next.filter(|next| next.rule.id == finding.rule.id);
    // The last sentence is how it was recognised.
    let said_again = next.is_some_and(|next| threshold(next) == threshold(finding));
    let explanation = match finding.explanation.rsplit_once(". ") {
        Some((rest, _)) if said_again => rest,
        _ => &finding.explanation,
    };
    for sentence in explanation.split(". ") {
        paragraph(paper, palette::PLAIN, &printable(sentence), out)?;
    }
    for (_, fact) in &finding.facts {
        if let Fact::OverTime(counts) = fact {
            picture(paper, counts, out)?;
        }
    }
    paragraph(paper, palette::QUIET, &frames(finding), out)?;
    if next.is_some_and(|next| next.advice == finding.advice) {
        return Ok(());
    }
    paragraph(paper, palette::PLAIN, &format!("what to do: {}", printable(&finding.advice)), out)
}

fn threshold(finding: &Finding) -> Option<&str> {
    finding.explanation.rsplit_once(". ").map(|(_, last)| last)
}

fn title(paper: Paper, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let (mark, style) = mark(finding.rule.severity);
    let mut title = paper.line();
    let name = printable(&finding.title);
    title.put(style, mark).put(palette::PLAIN, " ").put(palette::STRONG, &name);
    title.put(palette::QUIET, &format!("   {}{}", finding.rule.id, doubt(finding.certainty)));
    if title.width() > paper.width {
        for (place, text) in wrap(paper, &name, paper.width.saturating_sub(2)).iter().enumerate() {
            let mut line = paper.line();
            line.put(style, if place == 0 { mark } else { " " })
                .put(palette::PLAIN, " ")
                .put(palette::STRONG, text);
            line.write(out)?;
        }
    } else {
        title.write(out)?;
    }
    Ok(())
}

fn mark(severity: Severity) -> (&'static str, Style) {
    match severity {
        Severity::Error => ("!!", palette::FAULT),
        Severity::Warning => ("!", palette::SLOW),
        Severity::Note => ("·", palette::QUIET),
    }
}

fn doubt(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Proven => "",
        Certainty::Inferred => ", likely",
        Certainty::Guessed => ", a guess",
    }
}

fn paragraph(paper: Paper, style: Style, text: &str, out: &mut dyn Write) -> io::Result<()> {
    for text in wrap(paper, text, paper.width.saturating_sub(INDENT).min(WIDEST)) {
        let mut line = paper.line();
        line.to(INDENT).put(style, &text);
        line.write(out)?;
    }
    Ok(())
}

/// Counts as columns of eight heights, the largest as high as it goes.
fn picture(paper: Paper, counts: &[u64], out: &mut dyn Write) -> io::Result<()> {
    let most = counts.iter().copied().max().unwrap_or_default();
    if counts.len() < 2 || most == 0 {
        return Ok(());
    }
    let (heights, nothing) = if paper.ascii { (HEIGHTS_ASCII, NOTHING_ASCII) } else { (HEIGHTS, NOTHING) };
    let column = |count: &u64| {
        let height = u128::from(*count) * 8 / u128::from(most);
        let height = usize::try_from(height).unwrap_or_default().saturating_sub(1);
        if *count == 0 { nothing } else { heights.get(height).copied().unwrap_or(nothing) }
    };
    let columns: String = counts.iter().map(column).collect();
    let mut line = paper.line();
    line.to(INDENT).put(palette::QUIET, "over time ").put(palette::PLAIN, &columns);
    line.write(out)
}

fn frames(finding: &Finding) -> String {
    let named: Vec<_> = finding.frames.iter().take(FRAMES).map(ToString::to_string).collect();
    let listed = u64::try_from(finding.frames.len() - named.len()).unwrap_or_default();
    let text = format!("frame{} {}", if named.len() == 1 { "" } else { "s" }, named.join(", "));
    match listed.saturating_add(finding.frames_left_out) {
        0 => text,
        more => format!(
            "{text} and {}",
            counted(more, "more frame").replace("more frames", "more").replace("more frame", "more")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Cite, FrameNo, Rule};

    static SCAN: Rule = Rule {
        id: "scan",
        severity: Severity::Warning,
        title: "a scan",
        why: "Somebody looks for open ports.",
        cite: Cite("RFC 9293 §3.5"),
    };

    fn finding(title: &str, advice: &str) -> Finding {
        Finding {
            rule: &SCAN,
            certainty: Certainty::Inferred,
            connection: None,
            frames: vec![FrameNo(1)],
            frames_left_out: 0,
            title: title.to_owned(),
            explanation: format!("{title} happened. Counted from 20 on"),
            advice: advice.to_owned(),
            facts: Vec::new(),
        }
    }

    fn shown(findings: &[Finding]) -> String {
        let mut out = Vec::new();
        write_all(crate::render::text::TextOptions::default().paper(), findings, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_neighbours_have_in_common_is_said_once_behind_the_last() {
        let text = shown(&[finding("One", "look"), finding("Two", "look"), finding("Three", "run")]);
        assert_eq!(text.matches("Counted from 20 on").count(), 1, "{text}");
        assert!(text.trim_end().ends_with("what to do: run"), "{text}");
        let (before, after) = text.split_once("what to do: look").unwrap();
        assert!(before.contains("One happened") && before.contains("Two happened"), "{text}");
        assert!(!after.contains("look"), "{text}");
    }
}
