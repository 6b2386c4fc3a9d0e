//! `synscope rules`: what can be pointed out, and what it means.

use std::io::Write;

use anyhow::{Result, bail};

use crate::base::{Rule, RuleGroup};
use crate::cli::args::{Common, Format, Rules};
use crate::cli::exit::Exit;
use crate::cli::output::{stdout, text_options};
use crate::pipeline::RULES;
use crate::render;

/// Most names that are proposed in the place of one that there is not.
const MOST_PROPOSALS: usize = 3;
/// Longer names are not compared.
const LONGEST_NAME: usize = 100;

pub(super) fn rules(args: &Rules, common: &Common) -> Result<Exit> {
    let asked = match &args.id {
        Some(id) => Some(find(id)?),
        None => None,
    };
    let mut out = stdout();
    match (common.format, asked) {
        (Format::Json, _) => {
            for (stage, rule) in all().filter(|(_, rule)| asked.is_none_or(|asked| asked.id == rule.id)) {
                render::json::rule(stage, rule, &mut out)?;
            }
        }
        (Format::Text, Some(rule)) => render::text::rule(rule, text_options(common, None), &mut out)?,
        (Format::Text, None) => render::text::rules(RULES, text_options(common, None), &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Every rule with the stage that raises it.
fn all() -> impl Iterator<Item = (&'static str, &'static Rule)> {
    RULES.iter().flat_map(|group: &RuleGroup| group.rules().map(|rule| (group.stage, rule)))
}

fn find(id: &str) -> Result<&'static Rule> {
    match all().find(|(_, rule)| rule.id == id) {
        Some((_, rule)) => Ok(rule),
        None => bail!("there is no rule {id}: {}", proposal(&nearest(id))),
    }
}

fn proposal(names: &[&str]) -> String {
    match names {
        [] => "synscope rules lists them all".to_owned(),
        [name] => format!("did you mean {name}?"),
        [names @ .., last] => format!("did you mean {} or {last}?", names.join(", ")),
    }
}

/// The names that are most like `id`, the likest first: those that hold it, and those that differ in few letters.
fn nearest(id: &str) -> Vec<&'static str> {
    let id = id.to_ascii_lowercase();
    if id.len() > LONGEST_NAME || id.is_empty() {
        return Vec::new();
    }
    let far = |name: &str| if name.contains(&id) { 0 } else { distance(&id, name) };
    let mut names: Vec<_> = all().map(|(_, rule)| (far(rule.id), rule.id)).collect();
    names.retain(|(far, name)| *far <= name.len() / 3);
    names.sort_unstable();
    names.into_iter().take(MOST_PROPOSALS).map(|(_, name)| name).collect()
}

/// How many letters must be put in, taken out or changed to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut next = vec![left];
        for (wanted, above) in other.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(letter != wanted)).min(above + 1).min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_put_in_taken_out_and_changed() {
        assert_eq!(distance("rst-ignored", "rst-ignored"), 0);
        assert_eq!(distance("rst-ignord", "rst-ignored"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn the_nearest_names_are_proposed() {
        assert_eq!(nearest("rst-ignord").first(), Some(&"rst-ignored"));
        assert!(nearest("zero-window").contains(&"syn-ack-zero-window"));
        assert_eq!(nearest("qqqqqqqqqqqqqqqq"), [""; 0]);
        assert_eq!(nearest(&"a".repeat(1_000_000)), [""; 0]);
    }
}
