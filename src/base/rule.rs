//! What can be pointed out on a frame, and how sure one is of it.

use crate::base::FrameNo;

/// How much a rule matters to somebody who asks what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Something that may hurt.
    Warning,
    /// Something that failed.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where a fact is written down: `RFC 9293 §3.4`, `IEEE 802.3 §3.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cite(pub &'static str);

/// One thing that can be pointed out: a `static` beside the code that raises it. Its text is the user's page on it.
#[derive(Debug)]
pub struct Rule {
    /// Stable name in kebab case, as in JSON.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means and where it usually comes from.
    pub why: &'static str,
    /// Where the rule is written down.
    pub cite: Cite,
}

/// The rules of one stage, for listings.
#[derive(Clone, Copy, Debug)]
pub struct RuleGroup {
    /// The stage that raises them, as its folder is named.
    pub stage: &'static str,
    /// What they are about, in a few words.
    pub title: &'static str,
    /// Its lists, in the order of listing.
    pub lists: &'static [&'static [&'static Rule]],
}

impl RuleGroup {
    /// Its rules, in the order of listing.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> + use<> {
        self.lists.iter().flat_map(|list| list.iter().copied())
    }
}

/// A rule that fired. Small and `Copy`.
#[derive(Clone, Copy, Debug)]
pub struct Annotation {
    /// Which rule.
    pub rule: &'static Rule,
    /// The frame that it was raised on.
    pub frame: FrameNo,
    /// An earlier frame that it refers to.
    pub about: Option<FrameNo>,
}

/// How sure a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The frames that say so are in the capture; for an absence: that direction was captured and nothing was dropped.
    Proven,
    /// A frame is missing, others prove it.
    Inferred,
    /// The most likely reading of what is there.
    Guessed,
}

impl Certainty {
    /// `proven`, `inferred` or `guessed`, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Inferred => "inferred",
            Self::Guessed => "guessed",
        }
    }
}
