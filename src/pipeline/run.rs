//! Capture → wire → track → timeline, on one thread: the definition of what the program says of a capture.

use std::io;

use crate::base::Duration;
use crate::capture::{self, Next, Source};
use crate::pipeline::conversations::Conversations;
use crate::pipeline::relay::Relay;
use crate::pipeline::wholes::Wholes;
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
    let mut wholes = Wholes::default();
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
                wholes.follow((&dissector, &mut tracker), &frame, dissection, &mut relay);
            }
        }
        relay.check()?;
    }
    if let Some(error) = broken.take_if(|_| relay.summary.frames == 0) {
        return Err(error.into());
    }
    wholes.finish(&mut tracker, &mut relay);
    relay.heed(wholes.sentences());
    if let Some(drops) = source.drops() {
        tracker.missed(drops.by_system.saturating_add(drops.by_interface));
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
    use crate::track::StepKind;

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

    /// What a run told: steps of mere data by client port, ports of connections with a rule, and the notes of the summary.
    #[derive(Default)]
    struct Told {
        data_steps: Vec<u16>,
        rules: Vec<(u16, &'static str)>,
        notes: Vec<String>,
    }

    impl Audience for Told {
        fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
            match event {
                Event::Step { connection, step } if matches!(step.kind, StepKind::Data { .. }) => {
                    self.data_steps.push(connection.client.port);
                }
                Event::Connection { connection, carried } => {
                    let port = connection.client.port;
                    self.rules.extend(carried.annotations.iter().map(|found| (port, found.rule.id)));
                }
                Event::Summary(summary) => self.notes.clone_from(&summary.notes),
                _ => {}
            }
            Ok(())
        }
    }

    /// A frame without a link layer: TCP from port `client` to port 80, behind `seq` bytes.
    fn segment(file: &mut Vec<u8>, client: u16, seq: u32, flags: u8, data: &[u8]) {
        let length = u16::try_from(40 + data.len()).unwrap();
        let mut frame = vec![0x45, 0];
        frame.extend(length.to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend(client.to_be_bytes());
        frame.extend([0, 80]);
        frame.extend(seq.to_be_bytes());
        frame.extend([0, 0, 0, 0, 0x50, flags, 255, 255, 0, 0, 0, 0]);
        frame.extend(data);
        for field in [1, 0, u32::from(length), u32::from(length)] {
            file.extend(field.to_be_bytes());
        }
        file.extend(frame);
    }

    /// Runs over segments (client port, sequence number, flags, data).
    fn told_of(segments: &[(u16, u32, u8, &[u8])], max_memory: u64) -> Told {
        let mut file =
            vec![0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 101];
        for (client, seq, flags, data) in segments {
            segment(&mut file, *client, *seq, *flags, data);
        }
        let mut source = capture::from_reader("made", Cursor::new(file)).unwrap();
        let limits = Limits { max_memory, steps: true, longest_run: None };
        let mut told = Told::default();
        let options = Options { limits, messages: true, count: None, duration: None };
        run(&mut *source, options, &|| false, &mut told).unwrap();
        told
    }

    const SYN: u8 = 0x02;
    const PSH: u8 = 0x18;

    #[test]
    fn data_given_up_for_want_of_memory_is_told_as_data_and_said() {
        let head = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &[b'x'; 2_000]].concat();
        let ports = 1_000..1_220;
        let mut segments: Vec<(u16, u32, u8, &[u8])> = Vec::new();
        for port in ports.clone() {
            segments.push((port, 0, SYN, b""));
            segments.push((port, 1, PSH, &head));
        }
        segments.extend(ports.clone().map(|port| (port, 2_020, PSH, b"more".as_slice())));
        let told = told_of(&segments, 1 << 20);
        let given_up: Vec<_> = told.rules.iter().filter(|(_, id)| *id == "data-given-up").collect();
        assert!(given_up.len() > 70, "{} connections given up", given_up.len());
        // Others were given up after the last that they said.
        assert!(told.data_steps.len() > 70, "{} told", told.data_steps.len());
        assert!(told.data_steps.iter().all(|port| given_up.iter().any(|(other, _)| other == port)));
        assert!(given_up.len() < ports.len(), "the last ones are still read");
        let note = format!("what {} connections carried from then on was not read", given_up.len());
        assert!(told.notes.iter().any(|text| text.contains(&note)), "{:?}", told.notes);
        let in_plenty = told_of(&segments, 1 << 30);
        assert!(in_plenty.data_steps.is_empty() && in_plenty.notes.is_empty());
    }

    #[test]
    fn bytes_that_a_decoder_passes_over_are_told_as_data_and_its_messages_are_not() {
        let get = b"GET / HTTP/1.1\r\n\r\n".as_slice();
        let noise = b"\0 no head begins here \0".as_slice();
        let segments = [(7, 0, SYN, &b""[..]), (7, 1, PSH, get), (7, 19, PSH, noise), (7, 43, PSH, get)];
        assert_eq!(told_of(&segments, 1 << 30).data_steps, [7]);
        assert!(told_of(&segments[..2], 1 << 30).data_steps.is_empty());
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
