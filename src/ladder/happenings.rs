//! What happened on one connection, bounded: a long one keeps its beginning and its end.

use std::collections::VecDeque;

use crate::base::{FrameNo, Rule};
use crate::ladder::heartbeats::Heartbeats;
use crate::ladder::{MessageDetail, Spoken};
use crate::timeline::Placed;
use crate::track::{Step, StepKind};

/// One thing that happened on a connection.
#[derive(Clone, Debug)]
pub enum Happening {
    /// Something that TCP did.
    Step(Step),
    /// A message above it.
    Message(Box<Spoken>),
    /// A run of messages that only keep it going.
    Heartbeats(Heartbeats),
}

/// What happened on one connection: the first 44 things (1,000 where messages are shown in full) and the last 16, with the number of
/// those between that were left out.
#[derive(Clone, Debug, Default)]
pub struct Happenings {
    first: Vec<Happening>,
    /// How many more than [`Happenings::FIRST`] are kept from the beginning.
    more: usize,
    last: VecDeque<Happening>,
    left_out: LeftOut,
    frames: u64,
    /// The last frame of a message that was counted.
    counted: Option<FrameNo>,
}

/// How many things were left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Steps of TCP.
    pub steps: u64,
    /// Messages above it.
    pub messages: u64,
}

impl Happenings {
    /// How many are kept from the beginning.
    pub const FIRST: usize = 44;
    /// How many are kept from the beginning where messages are shown in full.
    pub const FIRST_IN_FULL: usize = 1_000;
    /// How many are kept from the end.
    pub const LAST: usize = 16;
    /// So many pings and pongs in a row are drawn one by one.
    const BEATS: usize = 2;

    /// Nothing so far; messages are to be kept in this detail.
    #[must_use]
    pub fn new(detail: MessageDetail) -> Self {
        let more = match detail {
            MessageDetail::Summary => 0,
            MessageDetail::Full => Self::FIRST_IN_FULL - Self::FIRST,
        };
        Self { more, ..Self::default() }
    }

    /// Takes the next step.
    pub fn step(&mut self, step: Step) {
        self.frames = self.frames.saturating_add(frames(&step));
        self.push(Happening::Step(step));
    }

    /// Takes the next message.
    pub fn message(&mut self, placed: &Placed<'_>, detail: MessageDetail) {
        let spoken = Spoken::new(placed, detail);
        // Several messages may lie in one frame.
        let shared = self.counted == placed.frames.iter().min().copied();
        self.frames = self.frames.saturating_add(spoken.frames.saturating_sub(u64::from(shared)));
        self.counted = Some(placed.frame);
        if let Some(Happening::Heartbeats(run)) = self.latest_mut()
            && run.take(&spoken)
        {
            return;
        }
        match self.run_with(&spoken) {
            Some(run) => {
                for _ in 0..Self::BEATS {
                    self.pop();
                }
                self.push(Happening::Heartbeats(run));
            }
            None => self.push(Happening::Message(Box::new(spoken))),
        }
    }

    /// Those of the beginning, in the order of telling.
    pub fn first(&self) -> impl Iterator<Item = &Happening> {
        self.first.iter()
    }

    /// Those of the end, in the order of telling.
    pub fn last(&self) -> impl Iterator<Item = &Happening> {
        self.last.iter()
    }

    /// How many lie between the two and were left out.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Frames of the two ends that all of them stand for, with those that were left out.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// Rules that a rung tells of, and on which frame.
    pub(super) fn told(&self) -> Vec<(&'static Rule, FrameNo)> {
        let all = self.first.iter().chain(&self.last);
        let messages = all.filter_map(|happening| match happening {
            Happening::Message(spoken) => Some(spoken),
            Happening::Step(_) | Happening::Heartbeats(_) => None,
        });
        messages.flat_map(|spoken| spoken.rules.iter().map(|rule| (*rule, spoken.frame))).collect()
    }

    fn push(&mut self, happening: Happening) {
        if self.first.len() < Self::FIRST + self.more && self.last.is_empty() {
            self.first.push(happening);
            return;
        }
        if self.last.len() == Self::LAST {
            match self.last.pop_front() {
                Some(Happening::Step(_)) => self.left_out.steps += 1,
                Some(Happening::Message(_)) => self.left_out.messages += 1,
                Some(Happening::Heartbeats(run)) => self.left_out.messages += run.messages(),
                None => {}
            }
        }
        self.last.push_back(happening);
    }

    fn pop(&mut self) -> Option<Happening> {
        self.last.pop_back().or_else(|| self.first.pop())
    }

    fn latest_mut(&mut self) -> Option<&mut Happening> {
        self.last.back_mut().or(self.first.last_mut())
    }

    /// The run that the latest messages are together with this one, where it is long enough to be told as one.
    fn run_with(&self, spoken: &Spoken) -> Option<Heartbeats> {
        let latest = self.last.iter().rev().chain(self.first.iter().rev()).take(Self::BEATS);
        let mut before: Vec<_> = latest
            .filter_map(|happening| match happening {
                Happening::Message(message) => Some(message.as_ref()),
                Happening::Step(_) | Happening::Heartbeats(_) => None,
            })
            .collect();
        before.reverse();
        let (first, others) = before.split_first().filter(|(_, others)| others.len() + 1 == Self::BEATS)?;
        let mut run = Heartbeats::new(first)?;
        others.iter().copied().chain([spoken]).all(|message| run.take(message)).then_some(run)
    }
}

fn frames(step: &Step) -> u64 {
    match step.kind {
        StepKind::Data { segments, .. } => segments.into(),
        StepKind::Icmp { .. } => 0,
        _ => 1,
    }
}

impl<'a> FromIterator<&'a Step> for Happenings {
    fn from_iter<I: IntoIterator<Item = &'a Step>>(steps: I) -> Self {
        let mut kept = Self::default();
        for step in steps {
            kept.step(*step);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Role;
    use crate::base::Side;
    use crate::ladder::sample::Talk;
    use crate::ladder::{Ladder, RungKind};
    use crate::timeline::Carried;

    const TEXT: (Role, &str) = (Role::Data, "text");

    fn labels(talk: &Talk, detail: MessageDetail) -> Vec<String> {
        let picture: Ladder = talk.ladder_in(detail);
        let label = |label: &crate::ladder::Label| format!("{} {}", label.name, label.detail);
        picture
            .rungs
            .iter()
            .map(|rung| match &rung.kind {
                RungKind::Arrow(arrow) => label(&arrow.label),
                RungKind::Heartbeats(beats) => label(&beats.label),
                RungKind::Brace(brace) => brace.label.clone(),
                RungKind::Fold(left_out) => format!("{left_out:?}"),
            })
            .collect()
    }

    #[test]
    fn a_run_of_pings_and_pongs_is_one_rung_that_says_how_they_were_answered() {
        let talk = Talk::on_ipv4().heartbeat(5, 300_000).heartbeat(5, 1_200_000).heartbeat(5, 900_000);
        assert_eq!(labels(&talk, MessageDetail::Summary), ["3 pings, all answered slowest 1.20 ms"]);
        assert_eq!(labels(&talk, MessageDetail::Full).len(), 6);
    }

    #[test]
    fn one_ping_and_its_pong_are_drawn() {
        let talk = Talk::on_ipv4().heartbeat(5, 300_000);
        assert_eq!(labels(&talk, MessageDetail::Summary), ["ping 4 bytes", "pong 4 bytes"]);
    }

    #[test]
    fn a_run_ends_where_anything_else_is_said() {
        let talk = Talk::on_ipv4()
            .heartbeat(5, 300_000)
            .says(5, Side::Client, (Role::Control, "ping"), ("ping", ""))
            .says(5, Side::Client, (Role::Control, "close"), ("close 1000", ""))
            .heartbeat(5, 1)
            .says(5, Side::Client, TEXT, ("text", "a"));
        let told = labels(&talk, MessageDetail::Summary);
        assert_eq!(
            told,
            ["2 pings, 1 answered slowest 0.300 ms", "close 1000 ", "ping 4 bytes", "pong 4 bytes", "text a"]
        );
    }

    #[test]
    fn a_ping_that_breaks_a_rule_is_never_folded() {
        let talk = Talk::on_ipv4()
            .heartbeat(5, 1)
            .heartbeat(5, 1)
            .said(|said| said.message.rules.push(&crate::track::rules::SIMULTANEOUS_OPEN))
            .heartbeat(5, 1);
        let told = labels(&talk, MessageDetail::Summary);
        assert_eq!(
            told,
            ["2 pings, 1 answered slowest 1 ns", "pong 4 bytes", "ping 4 bytes", "pong 4 bytes"]
        );
    }

    #[test]
    fn a_long_dialogue_keeps_its_beginning_and_its_end_and_counts_the_rest() {
        let mut talk = Talk::on_ipv4();
        for n in 0..200 {
            talk = talk.says(5, Side::Client, TEXT, ("text", &n.to_string()));
        }
        let told = labels(&talk, MessageDetail::Summary);
        assert_eq!(told.len(), Happenings::FIRST + 1 + Happenings::LAST);
        assert_eq!(told[44], "LeftOut { steps: 0, messages: 140 }");
        assert_eq!((told[43].as_str(), told[45].as_str()), ("text 43", "text 184"));
    }

    #[test]
    fn frames_that_carry_several_messages_count_once() {
        let talk = Talk::on_ipv4()
            .says(5, Side::Client, TEXT, ("text", "a"))
            .says(5, Side::Client, TEXT, ("text", "b"))
            .said(|said| said.frames = vec![FrameNo(1)]);
        let mut happenings = Happenings::default();
        for (_, said) in &talk.messages {
            happenings.message(&said.placed(), MessageDetail::Summary);
        }
        assert_eq!(happenings.frames(), 1);
        assert!(Ladder::new(&talk.connection, &Carried::default(), &happenings, None).rungs.len() == 2);
    }
}
