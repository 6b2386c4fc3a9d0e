//! A message whose head was read and whose body is coming in.

use crate::app::http1::body::Body;
use crate::app::http1::chunked::Step;
use crate::app::http1::content::{Head, HttpMessage};
use crate::app::http1::exchanges::Asked;
use crate::app::http1::framing::{self, Decided, Framing};
use crate::app::http1::{Headers, rules};
use crate::app::{Allowance, Input};
use crate::base::Rule;
use crate::base::convert::wide;

/// A message whose head was read.
pub(super) struct Draft {
    /// Its first byte.
    pub(super) start: u64,
    pub(super) head: Head,
    pub(super) rules: Vec<&'static Rule>,
    /// Rank of the request.
    pub(super) rank: Option<u64>,
    /// Of a response: what it answers.
    pub(super) asked: Option<Asked>,
    /// Whether what it answers is certain.
    pub(super) is_certain: bool,
    /// Whether the rest of the head is missing.
    pub(super) is_cut: bool,
    framing: Framing,
    body: Body,
}

/// Where a body is after taking what was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// At least so many unread bytes are needed to go on.
    More(usize),
    /// At its end.
    End,
    /// At bytes that cannot be understood.
    Broken,
}

/// A message to be told, and what is known of it beside its content.
pub(super) struct Finished {
    pub(super) start: u64,
    pub(super) rules: Vec<&'static Rule>,
    pub(super) asked: Option<Asked>,
    pub(super) is_certain: bool,
    pub(super) content: HttpMessage,
}

impl Draft {
    /// A message that begins at this byte and has this head.
    pub(super) fn new(start: u64, head: Head, decided: Decided) -> Self {
        let body = Body::new(framing::codings(head.headers()));
        let Decided { framing, rules } = decided;
        Self { start, head, rules, rank: None, asked: None, is_certain: true, is_cut: false, framing, body }
    }

    /// A message that begins at this byte and of whose head only this is there.
    pub(super) fn of_cut_head(start: u64, head: Head) -> Self {
        let decided = Decided { framing: Framing::Length(0), rules: vec![&rules::HEAD_NOT_CAPTURED] };
        Self { is_certain: false, is_cut: true, ..Self::new(start, head, decided) }
    }

    /// Takes what of the input belongs to the body.
    pub(super) fn take(&mut self, input: &mut Input<'_>, allowance: &mut Allowance) -> Taken {
        match &mut self.framing {
            Framing::Length(left) => {
                let bytes = input.take(usize::try_from(*left).unwrap_or(usize::MAX));
                *left = left.saturating_sub(wide(bytes.len()));
                self.body.push(bytes, allowance);
                if *left == 0 { Taken::End } else { Taken::More(1) }
            }
            Framing::UntilClose => {
                self.body.push(input.take(usize::MAX), allowance);
                Taken::More(1)
            }
            Framing::Chunked(chunks) => loop {
                match chunks.step(input.rest()) {
                    Step::Framing(count) => {
                        input.take(count);
                    }
                    Step::Data(count) => self.body.push(input.take(count), allowance),
                    Step::End(count) => {
                        input.take(count);
                        return Taken::End;
                    }
                    Step::More(at_least) => return Taken::More(at_least),
                    Step::Broken => return Taken::Broken,
                }
            },
        }
    }

    /// So many bytes are missing; whether one still knows where the body ends.
    pub(super) fn gap(&mut self, count: u64) -> bool {
        let known = match &mut self.framing {
            Framing::Length(left) if count <= *left => {
                *left -= count;
                true
            }
            Framing::Length(_) => false,
            Framing::Chunked(chunks) => chunks.skip(count),
            Framing::UntilClose => true,
        };
        if known {
            self.body.gap(count);
            self.note(&rules::BODY_NOT_CAPTURED);
        }
        known
    }

    /// Whether the end of the connection is the end of the body.
    pub(super) fn ends_with_connection(&self) -> bool {
        matches!(self.framing, Framing::UntilClose)
    }

    /// A rule fired on it.
    pub(super) fn note(&mut self, rule: &'static Rule) {
        if !self.rules.iter().any(|known| known.id == rule.id) {
            self.rules.push(rule);
        }
    }

    /// The body ends here, complete or not.
    pub(super) fn finish(mut self, is_complete: bool) -> Finished {
        let body = self.body.end(is_complete);
        self.rules.extend(body.fault);
        let (chunks, trailers) = match self.framing {
            Framing::Chunked(chunks) => (Some(chunks.count), chunks.trailers),
            Framing::Length(_) | Framing::UntilClose => (None, Headers::default()),
        };
        let content = HttpMessage {
            head: self.head,
            is_cut: self.is_cut,
            trailers,
            body,
            chunks,
            rank: self.rank,
            asked: self.asked.as_ref().map(|asked| asked.label.clone()),
            remarks: Vec::new(),
        };
        Finished {
            start: self.start,
            rules: self.rules,
            asked: self.asked,
            is_certain: self.is_certain,
            content,
        }
    }

    /// Bytes of memory held beyond its own size.
    pub(super) fn memory(&self) -> usize {
        let chunks = match &self.framing {
            Framing::Chunked(chunks) => size_of_val(&**chunks) + chunks.trailers.memory(),
            Framing::Length(_) | Framing::UntilClose => 0,
        };
        self.head.headers().memory() + self.body.memory() + chunks
    }
}
