//! Capture → wire → track → timeline, on one thread: the definition of what the program says of a capture.

use std::io;

use crate::base::Duration;
use crate::capture::{self, Next, Source};
use crate::pipeline::conversations::Conversations;
use crate::pipeline::follow::follow;
use crate::pipeline::relay::Relay;
use crate::timeline::{Audience, Event, Summary};
use crate::track::{Limits, Tracker};
use crate::wire::Dissector;

/// How far to read and what to tell.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bounds of the tracker, and whether steps are wanted.
    pub limits: Limits,
    /// Whether messages are told; without them the streams are read all the same, for what connections say of them.
    pub messages: bool,
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
    let mut relay = Relay::new(audience, Conversations::new(options.limits.max_memory / 4, options.messages));
    relay.introduce(source)?;
    let mut broken = None;
    while !stop() && options.count.is_none_or(|count| relay.summary.frames < count) {
        match source.next_frame() {
            Err(error) => {
                broken = Some(error);
                break;
            }
            Ok(Next::End) => break,
            Ok(Next::Idle) => {
                tracker.idle(&mut relay);
                relay.tell(Event::Idle);
            }
            Ok(Next::Frame(frame)) => {
                if relay.is_too_late(&frame, options.duration) {
                    break;
                }
                let dissection =
                    dissector.dissect(frame.link_type, frame.bytes, frame.wire_length, frame.fcs_length);
                relay.count(&frame, &dissection);
                follow(&mut tracker, &frame, &dissection, &mut relay);
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
        let ran = run(
            &mut *source,
            Options { limits, messages: true, count: None, duration: None },
            &|| false,
            &mut heard,
        );
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
