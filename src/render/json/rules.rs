//! Rules.

use std::io::{self, Write};

use serde::Serialize;

use crate::base::Rule;
use crate::render::json::escape;

#[derive(Serialize)]
struct RuleLine {
    r#type: &'static str,
    id: &'static str,
    stage: &'static str,
    severity: &'static str,
    title: &'static str,
    why: &'static str,
    source: &'static str,
}

/// Writes the line of one rule, which `stage` raises.
///
/// # Errors
/// Where `out` cannot be written.
pub fn rule(stage: &'static str, rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let line = RuleLine {
        r#type: "rule",
        id: rule.id,
        stage,
        severity: rule.severity.name(),
        title: rule.title,
        why: rule.why,
        source: rule.cite.0,
    };
    escape::write(out, &line)?;
    out.write_all(b"\n")
}
