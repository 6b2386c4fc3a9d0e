//! Several codings, taken off one after the other.

use crate::app::Allowance;
use crate::app::coding::{CODINGS, Coding, Decode, Stopped, rules};
use crate::base::Rule;
use crate::base::convert::wide;

/// What takes the codings of one body off, and counts.
pub struct Chain {
    steps: Vec<Step>,
    fault: Option<&'static Rule>,
    /// Whether something came that can no longer be decoded.
    is_over: bool,
}

struct Step {
    coding: &'static dyn Coding,
    decoder: Box<dyn Decode>,
    made: u64,
}

/// One coding that was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its usual name: `gzip`.
    pub name: &'static str,
    /// What was done: `gunzipped`.
    pub undone: &'static str,
    /// Bytes that came out.
    pub made: u64,
}

impl Chain {
    /// Most codings of one body.
    pub const MOST_CODINGS: usize = 4;

    /// Takes off the codings of these names, given in the order in which they were applied. `identity` is none.
    #[must_use]
    pub fn new<'a>(applied: impl Iterator<Item = &'a str>) -> Self {
        let mut chain = Self { steps: Vec::new(), fault: None, is_over: false };
        for name in applied.filter(|name| !name.eq_ignore_ascii_case("identity")) {
            let known =
                CODINGS.iter().find(|coding| coding.names().iter().any(|n| n.eq_ignore_ascii_case(name)));
            let fault = match known {
                Some(_) if chain.steps.len() >= Self::MOST_CODINGS => &rules::BODY_CODINGS_TOO_MANY,
                Some(coding) => {
                    chain.steps.insert(0, Step { coding: *coding, decoder: coding.open(), made: 0 });
                    continue;
                }
                None => &rules::BODY_CODING_UNKNOWN,
            };
            return Self { steps: Vec::new(), fault: Some(fault), is_over: false };
        }
        chain
    }

    /// Takes coded bytes; hands what they make to `plain`, paid from `allowance`. Says nothing more after a fault.
    pub fn push(&mut self, coded: &[u8], allowance: &mut Allowance, plain: &mut dyn FnMut(&[u8])) {
        if self.is_over {
            return;
        }
        if let Err(stopped) = push(&mut self.steps, coded, allowance, plain) {
            self.stop(match stopped {
                Stopped::Broken => &rules::BODY_CODING_BROKEN,
                Stopped::WindowTooLarge => &rules::BODY_WINDOW_TOO_LARGE,
                Stopped::TooMany => &rules::BODY_NOT_INFLATED,
            });
        }
    }

    /// Bytes are missing: where something is compressed, nothing can be made of what follows.
    pub fn gap(&mut self) {
        self.is_over |= !self.steps.is_empty();
    }

    /// The body is complete.
    pub fn end(&mut self) {
        let began = self.steps.first().is_some_and(|step| !step.decoder.is_complete());
        let rest = self.steps.iter().skip(1).any(|step| !step.decoder.is_complete());
        if !self.is_over && (began || rest) {
            self.stop(&rules::BODY_CODING_CUT);
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn fault(&self) -> Option<&'static Rule> {
        self.fault
    }

    /// The codings that were taken off, the outermost first.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        let layer = |step: &Step| Layer {
            name: step.coding.names().first().copied().unwrap_or_default(),
            undone: step.coding.undone(),
            made: step.made,
        };
        self.steps.iter().map(layer).collect()
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.steps.iter().map(|step| step.decoder.memory()).sum()
    }

    fn stop(&mut self, rule: &'static Rule) {
        self.fault = Some(rule);
        self.is_over = true;
    }
}

fn push(
    steps: &mut [Step],
    coded: &[u8],
    allowance: &mut Allowance,
    plain: &mut dyn FnMut(&[u8]),
) -> Result<(), Stopped> {
    let Some((step, inner)) = steps.split_first_mut() else {
        plain(coded);
        return Ok(());
    };
    let made = &mut step.made;
    step.decoder.push(coded, &mut |bytes| {
        let count = wide(bytes.len());
        if !allowance.spend(count) {
            return Err(Stopped::TooMany);
        }
        *made += count;
        push(inner, bytes, allowance, plain)
    })
}
