//! Capture → wire → track → timeline, on one thread: the definition of what the program says of a capture.

use std::io;

use crate::base::convert::wide;
use crate::base::{Duration, FrameNo, Timestamp};
use crate::capture::{self, Next, Source};
use crate::timeline::{Audience, Event, Summary};
use crate::track::{Arrival, Connection, Limits, Observer, Step, Tracker};
use crate::wire::{Dissection, Dissector, Stop};

/// How far to read and what to tell.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bounds of the tracker, and whether steps are wanted.
    pub limits: Limits,
    /// Stop after so many frames.
    pub count: Option<u64>,
    /// Stop at the first frame so long after the capture's first, in capture time.
    pub duration: Option<Duration>,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The capture cannot be read.
    #[error(transparent)]
    Capture(#[from] capture::Error),
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[source] io::Error),
}

/// Reads a source to its end, to a limit of `options` or until `stop` says so, and tells the audience everything.
///
/// # Errors
/// Where the source cannot be read any more or the audience cannot write. Damage inside a file is no error: it is in the
/// summary. Of a source that failed after its first frame everything is told before the error is returned.
pub fn run(
    source: &mut dyn Source,
    options: Options,
    stop: &dyn Fn() -> bool,
    audience: &mut dyn Audience,
) -> Result<Summary, Error> {
    let dissector = Dissector::new();
    let mut tracker = Tracker::new(options.limits);
    let mut relay = Relay::new(audience);
    relay.introduce(source)?;
    let mut broken = None;
    while !stop() && options.count.is_none_or(|count| relay.summary.frames < count) {
        let next = match source.next_frame() {
            Ok(next) => next,
            Err(error) => {
                broken = Some(error);
                break;
            }
        };
        match next {
            Next::End => break,
            Next::Idle => {
                tracker.idle(&mut relay);
                relay.tell(Event::Idle);
            }
            Next::Frame(frame) => {
                if relay.is_too_late(&frame, options.duration) {
                    break;
                }
                relay.count(&frame);
                let dissection =
                    dissector.dissect(frame.link_type, frame.bytes, frame.wire_length, frame.fcs_length);
                relay.count_unread(&dissection);
                let arrival =
                    Arrival { number: frame.number, time: frame.time, wire_length: frame.wire_length };
                tracker.frame(arrival, frame.bytes, &dissection, &mut relay);
            }
        }
        relay.check()?;
    }
    if let Some(error) = broken.take_if(|_| relay.summary.frames == 0) {
        return Err(error.into());
    }
    tracker.finish(&mut relay);
    relay.summary.evicted = tracker.evicted();
    let summary = relay.conclude(source)?;
    broken.map_or(Ok(summary), |error| Err(error.into()))
}

/// Passes what the tracker finds out on to the audience, and counts.
struct Relay<'a> {
    audience: &'a mut dyn Audience,
    summary: Summary,
    /// The first failure to write: the run ends there.
    failure: Option<io::Error>,
    /// Time of the latest frame that has one.
    latest: Option<Timestamp>,
    /// Frames with an earlier time than the frame before them.
    backwards: u64,
    first_backwards: Option<FrameNo>,
    /// IP fragments that are not whole packets.
    fragments: u64,
}

impl<'a> Relay<'a> {
    fn new(audience: &'a mut dyn Audience) -> Self {
        Self {
            audience,
            summary: Summary::default(),
            failure: None,
            latest: None,
            backwards: 0,
            first_backwards: None,
            fragments: 0,
        }
    }

    fn introduce(&mut self, source: &dyn Source) -> Result<(), Error> {
        let link_types: Vec<_> = source.interfaces().iter().map(|interface| interface.link_type).collect();
        self.tell(Event::Capture { identity: source.identity(), link_types: &link_types });
        self.check()
    }

    fn count(&mut self, frame: &capture::Frame<'_>) {
        if self.summary.frames == 0 {
            self.tell(Event::FirstFrame(frame.time));
        }
        let captured = wide(frame.bytes.len());
        self.watch_the_clock(frame);
        self.summary.count_frame(frame.link_type, frame.time, captured, u64::from(frame.wire_length));
    }

    fn count_unread(&mut self, dissection: &Dissection) {
        let fragment = dissection.network.and_then(|network| network.fragment);
        self.fragments += u64::from(fragment.is_some_and(|fragment| fragment.more || fragment.offset > 0));
        let above_link = dissection.network.is_some();
        match dissection.stop {
            Some(_) if !above_link => self.summary.undecoded_frames += 1,
            Some(Stop::Cut { .. }) => self.summary.headers_cut += 1,
            _ => {}
        }
    }

    /// Counts frames whose time lies before that of the frame before them.
    fn watch_the_clock(&mut self, frame: &capture::Frame<'_>) {
        if frame.time.zip(self.latest).is_some_and(|(now, before)| now < before) {
            self.backwards += 1;
            self.first_backwards.get_or_insert(frame.number);
        }
        self.latest = frame.time.or(self.latest);
    }

    fn is_too_late(&self, frame: &capture::Frame<'_>, longest: Option<Duration>) -> bool {
        let passed = frame.time.zip(self.summary.first_time).map(|(now, first)| now.since(first));
        passed.zip(longest).is_some_and(|(passed, longest)| passed > longest)
    }

    fn conclude(mut self, source: &mut dyn Source) -> Result<Summary, Error> {
        self.summary.drops = source.drops();
        self.summary.damage = source.damage().cloned();
        self.summary.notes = source.notes().to_vec();
        if self.fragments > 0 {
            let frames = if self.fragments == 1 { "IP fragment is" } else { "IP fragments are" };
            self.summary.notes.push(format!(
                "{} {frames} not put together: what they carry is followed only as far as the first \
                 fragment shows it, so bytes and segments may be missing",
                self.fragments
            ));
        }
        if let Some(first) = self.first_backwards {
            let frames = if self.backwards == 1 { "frame has an" } else { "frames have an" };
            self.summary.notes.push(format!(
                "time runs backwards: {} {frames} earlier time than the frame before, the first is frame {first}; durations \
                 across them may be wrong",
                self.backwards
            ));
        }
        let summary = std::mem::take(&mut self.summary);
        self.tell(Event::Summary(&summary));
        self.check()?;
        Ok(summary)
    }

    fn tell(&mut self, event: Event<'_>) {
        if self.failure.is_none() {
            self.failure = self.audience.hear(event).err();
        }
    }

    fn check(&mut self) -> Result<(), Error> {
        self.failure.take().map_or(Ok(()), |failure| Err(Error::Output(failure)))
    }
}

impl Observer for Relay<'_> {
    fn step(&mut self, connection: &Connection, step: &Step) {
        self.tell(Event::Step { connection, step });
    }

    fn connection(&mut self, connection: &Connection) {
        self.summary.count(connection.handshake.outcome);
        self.tell(Event::Connection(connection));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// Remembers whether the summary came.
    #[derive(Default)]
    struct Heard(Option<u64>);

    impl Audience for Heard {
        fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
            if let Event::Summary(summary) = event {
                self.0 = Some(summary.frames);
            }
            Ok(())
        }
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }

    fn of_a_failing_disk(frames: u8) -> (Option<u64>, Result<Summary, Error>) {
        let mut file =
            vec![0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        for _ in 0..frames {
            file.extend([0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 60, 1, 2]);
        }
        let mut source = capture::from_reader("disk", Cursor::new(file).chain(Broken)).unwrap();
        let limits = Limits { max_memory: 1 << 20, steps: false, longest_run: None };
        let mut heard = Heard::default();
        let ran = run(&mut *source, Options { limits, count: None, duration: None }, &|| false, &mut heard);
        (heard.0, ran)
    }

    #[test]
    fn what_was_seen_before_a_device_failed_is_told_and_then_the_failure() {
        let (told, ran) = of_a_failing_disk(3);
        assert_eq!(told, Some(3));
        assert!(matches!(ran, Err(Error::Capture(_))));
    }

    #[test]
    fn a_device_that_fails_before_its_first_frame_only_fails() {
        let (told, ran) = of_a_failing_disk(0);
        assert_eq!(told, None);
        assert!(matches!(ran, Err(Error::Capture(_))));
    }
}
