//! Between the stages and whoever is told of them: counts, and passes on.

use std::io;

use crate::base::Duration;
use crate::base::convert::wide;
use crate::capture::{Frame, Source};
use crate::pipeline::Error;
use crate::pipeline::conversations::Conversations;
use crate::pipeline::follow::Listener;
use crate::pipeline::oddities::Oddities;
use crate::session::crowd::Crowds;
use crate::timeline::{Audience, Event, Summary};
use crate::track::{Connection, DataTold, Membership, Observer, Step, StepKind};
use crate::wire::{Dissection, Stop};

/// Passes what the tracker finds out on to the audience, and counts.
pub(super) struct Relay<'a> {
    audience: &'a mut dyn Audience,
    pub(super) summary: Summary,
    /// The first failure to write: the run ends there.
    failure: Option<io::Error>,
    oddities: Oddities,
    /// What is to be said of fragments.
    fragments: Vec<String>,
    conversations: Conversations,
    crowds: Crowds,
    /// Endings of this frame's connection: told after the messages that the same frame completed.
    endings: Vec<Step>,
}

impl<'a> Relay<'a> {
    pub(super) fn new(audience: &'a mut dyn Audience, conversations: Conversations) -> Self {
        Self {
            audience,
            summary: Summary::default(),
            failure: None,
            oddities: Oddities::default(),
            fragments: Vec::new(),
            conversations,
            crowds: Crowds::default(),
            endings: Vec::new(),
        }
    }

    /// Says what is being read.
    pub(super) fn introduce(&mut self, source: &dyn Source) -> Result<(), Error> {
        let link_types: Vec<_> = source.interfaces().iter().map(|interface| interface.link_type).collect();
        self.tell(Event::Capture { identity: source.identity(), link_types: &link_types });
        self.check()
    }

    /// Counts a frame before anything is told of it.
    pub(super) fn count(&mut self, frame: &Frame<'_>, dissection: &Dissection) {
        if self.summary.frames == 0 {
            self.tell(Event::FirstFrame(frame.time));
        }
        let captured = wide(frame.bytes.len());
        self.summary.count_frame(frame.link_type, frame.time, captured, u64::from(frame.wire_length));
        match dissection.stop {
            Some(_) if dissection.network.is_none() => self.summary.undecoded_frames += 1,
            Some(Stop::Cut { .. }) if dissection.fragment.is_none() => self.summary.headers_cut += 1,
            _ => {}
        }
        self.oddities.watch(frame);
    }

    /// Keeps what is to be said of the fragments in the capture.
    pub(super) fn heed(&mut self, sentences: impl Iterator<Item = String>) {
        self.fragments = sentences.collect();
    }

    /// Whether a frame comes later after the first than the user wants to go.
    pub(super) fn is_too_late(&self, frame: &Frame<'_>, longest: Option<Duration>) -> bool {
        let passed = frame.time.zip(self.summary.first_time).map(|(now, first)| now.since(first));
        passed.zip(longest).is_some_and(|(passed, longest)| passed > longest)
    }

    /// Says the totals.
    pub(super) fn conclude(mut self, source: &mut dyn Source) -> Result<Summary, Error> {
        self.summary.drops = source.drops();
        self.summary.damage = source.damage().cloned();
        self.summary.notes = source.notes().to_vec();
        self.summary.notes.append(&mut self.fragments);
        self.summary.notes.extend(self.oddities.sentences());
        self.summary.notes.extend(self.conversations.note());
        let (findings, beyond) = self.crowds.findings();
        for finding in &findings {
            self.tell(Event::Finding(finding));
        }
        self.summary
            .notes
            .extend((beyond > 0).then(|| format!("{beyond} more floods and scans were found than are told")));
        let summary = std::mem::take(&mut self.summary);
        self.tell(Event::Summary(&summary));
        self.check()?;
        Ok(summary)
    }

    /// Tells an event, unless an earlier one could not be written.
    pub(super) fn tell(&mut self, event: Event<'_>) {
        hear(self.audience, &mut self.failure, event);
    }

    /// The failure to write, once.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        self.failure.take().map_or(Ok(()), |failure| Err(Error::Output(failure)))
    }
}

/// Tells an event, unless an earlier one could not be written.
fn hear(audience: &mut dyn Audience, failure: &mut Option<io::Error>, event: Event<'_>) {
    if failure.is_none() {
        *failure = audience.hear(event).err();
    }
}

impl Observer for Relay<'_> {
    fn step(&mut self, connection: &Connection, step: &Step) {
        if connection.final_because.is_none()
            && matches!(step.kind, StepKind::Fin { .. } | StepKind::Rst { .. })
        {
            self.endings.push(*step);
        } else {
            self.tell(Event::Step { connection, step });
        }
    }

    fn foresee(&mut self, connection: &Connection) {
        self.crowds.take(connection, self.summary.last_time);
    }

    fn connection(&mut self, connection: &Connection) {
        self.summary.count(connection.handshake.outcome);
        let (audience, failure) = (&mut *self.audience, &mut self.failure);
        let mut carried =
            self.conversations.conclude(connection, &mut |event| hear(audience, failure, event));
        carried.crowd = self.crowds.crowd_of(connection, self.summary.last_time);
        self.tell(Event::Connection { connection, carried: &carried });
    }
}

impl Listener for Relay<'_> {
    /// Tells the messages that the frame completes, then what ended with it.
    fn data(
        &mut self,
        frame: &Frame<'_>,
        dissection: &Dissection,
        membership: &Membership,
        connection: &Connection,
    ) -> DataTold {
        let (audience, failure) = (&mut *self.audience, &mut self.failure);
        let told = self.conversations.segment((frame, dissection), membership, connection, &mut |event| {
            hear(audience, failure, event);
        });
        for step in std::mem::take(&mut self.endings) {
            self.tell(Event::Step { connection, step: &step });
        }
        told
    }
}
