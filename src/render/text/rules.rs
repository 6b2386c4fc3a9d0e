//! Rules for people: a list of all, and the page of one.

use std::io::{self, Write};

use anstyle::Style;

use crate::base::convert::wide;
use crate::base::{Rule, RuleGroup, Severity};
use crate::ladder::number::counted;
use crate::render::text::line::Paper;
use crate::render::text::wrap::wrap;
use crate::render::text::{TextOptions, palette};

/// Columns before the id, of the severity, and between columns.
const INDENT: usize = 2;
const SEVERITY: usize = 7;
const GAP: usize = 2;
/// A title needs so many columns to stand beside its id; with fewer it stands below.
const NARROWEST_TITLE: usize = 24;

/// Writes every rule in a line or two: how much it matters, its id, what happened; by the stage that raises it.
///
/// # Errors
/// Those of `out`.
pub fn rules(groups: &[RuleGroup], options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let paper = options.paper();
    let longest = groups.iter().flat_map(RuleGroup::rules).map(|rule| rule.id.len()).max().unwrap_or(0);
    for group in groups {
        let count = counted(wide(group.rules().count()), "rule");
        paper
            .line()
            .put(palette::STRONG, group.title)
            .put(palette::QUIET, &format!(" · {count}"))
            .write(out)?;
        for rule in group.rules() {
            row(paper, rule, longest, out)?;
        }
        writeln!(out)?;
    }
    paper.line().put(palette::QUIET, "synscope rules ID says what one means").write(out)
}

fn row(paper: Paper, rule: &Rule, longest: usize, out: &mut dyn Write) -> io::Result<()> {
    let id_column = INDENT + SEVERITY + GAP;
    let beside = id_column + longest + GAP;
    let fits = paper.width >= beside + NARROWEST_TITLE;
    let title_column = if fits { beside } else { id_column + GAP };
    let titles = wrap(paper, rule.title, paper.width.saturating_sub(title_column));
    let mut line = paper.line();
    line.to(INDENT).put(style(rule.severity), rule.severity.name());
    line.to(id_column).put(palette::PLAIN, rule.id);
    if !fits {
        line.write(out)?;
        line = paper.line();
    }
    for title in titles {
        line.to(title_column).put(palette::QUIET, title.trim_start()).write(out)?;
        line = paper.line();
    }
    Ok(())
}

/// Writes the page of one rule: what happened, what it means and where it usually comes from, where it is written, how to find the
/// frames that it fired on.
///
/// # Errors
/// Those of `out`.
pub fn rule(rule: &Rule, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let paper = options.paper();
    let mut heading = paper.line();
    heading.put(palette::STRONG, rule.id).put(palette::QUIET, " · ");
    heading.put(style(rule.severity), rule.severity.name()).write(out)?;
    paragraph(paper, rule.title, palette::PLAIN, out)?;
    writeln!(out)?;
    paragraph(paper, rule.why, palette::PLAIN, out)?;
    writeln!(out)?;
    paragraph(paper, &format!("Source: {}", rule.cite.0), palette::PLAIN, out)?;
    paragraph(paper, &format!("Find it: {}", search(rule)), palette::PLAIN, out)
}

/// A command that finds the connections of a capture that a rule fired on.
fn search(rule: &Rule) -> String {
    format!("synscope FILE --format json | grep '\"{}\"'", rule.id)
}

fn paragraph(paper: Paper, text: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for line in wrap(paper, text, paper.width.saturating_sub(INDENT)) {
        paper.line().to(INDENT).put(style, line.trim_start()).write(out)?;
    }
    Ok(())
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => palette::FAULT,
        Severity::Warning => palette::SLOW,
        Severity::Note => palette::QUIET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::rules::{RST_IGNORED, RULES};
    use unicode_width::UnicodeWidthStr;

    const GROUPS: &[RuleGroup] =
        &[RuleGroup { stage: "track", title: "Connections", lists: &[&[&RST_IGNORED]] }];

    fn written(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_list_says_id_severity_and_title() {
        let text = written(|out| rules(GROUPS, TextOptions::default(), out));
        assert_eq!(
            text,
            "Connections · 1 rule\n  warning  rst-ignored  a RST that does not fit\n\n\
             synscope rules ID says what one means\n"
        );
    }

    #[test]
    fn the_page_says_why_and_where_it_is_written() {
        let text =
            written(|out| rule(&RST_IGNORED, TextOptions { width: 200, ..TextOptions::default() }, out));
        assert!(text.starts_with("rst-ignored · warning\n  a RST that does not fit\n\n"), "{text}");
        assert!(text.contains(RST_IGNORED.why) && text.contains(RST_IGNORED.cite.0), "{text}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [40, 60, 80, 120] {
            let options = TextOptions { width, ..TextOptions::default() };
            let group = RuleGroup { stage: "track", title: "Connections", lists: RULES };
            let mut text = written(|out| rules(&[group], options, out));
            for one in group.rules() {
                text += &written(|out| rule(one, options, out));
            }
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}
