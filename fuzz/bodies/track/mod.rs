//! Any bytes as segments of a few connections, in several networks, in fragments and in crowds, through the whole pipeline.

mod checks;
mod events;
mod packet;

use synscope::base::{FrameNo, LinkType, Timestamp};
use synscope::capture::{Damage, Drops, Error, Frame, Identity, Interface, Merged, Next, Source};
use synscope::ladder::MessageDetail;
use synscope::pipeline::{self, Options};
use synscope::render::json::JsonLines;
use synscope::render::text::{LiveText, ReadText, TextOptions};
use synscope::timeline::{Audience, Summary};
use synscope::track::Limits;

use checks::Checks;
use events::{Script, Sent};

/// Room for few connections, so that they are given up all the time.
const TIGHT_MEMORY: u64 = 1 << 16;
const AMPLE_MEMORY: u64 = 1 << 26;

/// The first byte says which files the frames lie in, then every twelve bytes are one event. Panics where the program would, where
/// connections contradict themselves, where a frame is lost or counted twice, where steps change what is said of connections, and
/// where text is not harmless.
pub(crate) fn run(bytes: &[u8]) {
    let Some((shape, bytes)) = bytes.split_first() else { return };
    let script = Script::of(bytes);
    let parts = usize::from(shape & 3) + 1;
    for (memory, steps) in [(AMPLE_MEMORY, true), (TIGHT_MEMORY, false)] {
        let mut checks = Checks::default();
        let summary = analyse(&script, parts, (memory, steps), &mut checks);
        checks.finish(&summary, &script);
        assert!(memory == TIGHT_MEMORY || summary.evicted == 0, "there was room for all");
    }
    let json = |steps| {
        let mut out = Vec::new();
        analyse(&script, parts, (AMPLE_MEMORY, steps), &mut JsonLines::new(&mut out, false, false));
        super::assert_json_lines(&out);
        out
    };
    assert_eq!(json(true), json(false), "steps change nothing");
    let options = TextOptions { width: 40 + usize::from(shape >> 2), ..TextOptions::default() };
    let narrow = TextOptions { width: 40, ascii: true, messages: MessageDetail::Full, ..options };
    let mut out = Vec::new();
    analyse(&script, parts, (AMPLE_MEMORY, true), &mut ReadText::new(&mut out, options));
    analyse(&script, parts, (TIGHT_MEMORY, true), &mut ReadText::new(&mut out, narrow));
    analyse(&script, parts, (AMPLE_MEMORY, true), &mut LiveText::new(&mut out, options));
    super::assert_harmless(&out);
}

fn analyse(
    script: &Script,
    parts: usize,
    (max_memory, steps): (u64, bool),
    audience: &mut dyn Audience,
) -> Summary {
    let part = |nth| -> Box<dyn Source> {
        let frames = script.frames.iter().enumerate().filter(|(place, _)| place % parts == nth);
        Box::new(Recorded::new(frames.map(|(_, sent)| sent.clone()).collect()))
    };
    let mut source = if parts == 1 { part(0) } else { Box::new(Merged::new((0..parts).map(part).collect())) };
    let limits = Limits { max_memory, steps, longest_run: None };
    let options = Options { limits, messages: true, count: None, duration: None };
    pipeline::run(&mut *source, options, &|| false, audience).expect("memory does not fail")
}

/// A capture in memory.
struct Recorded {
    identity: Identity,
    frames: Vec<Sent>,
    next: usize,
}

impl Recorded {
    fn new(frames: Vec<Sent>) -> Self {
        let file = Some("made".to_owned());
        let identity = Identity { file, format: "pcap", compression: None, interface: None };
        Self { identity, frames, next: 0 }
    }
}

impl Source for Recorded {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        let Some(sent) = self.frames.get(self.next) else { return Ok(Next::End) };
        self.next += 1;
        Ok(Next::Frame(Frame {
            number: FrameNo(u64::try_from(self.next).expect("captures are small")),
            time: sent.time.map(Timestamp),
            link_type: LinkType::ETHERNET,
            wire_length: sent.wire_length,
            fcs_length: 0,
            bytes: &sent.bytes,
            interface: 0,
            comments: Vec::new(),
        }))
    }

    fn interfaces(&self) -> &[Interface] {
        &[]
    }

    fn damage(&self) -> Option<&Damage> {
        None
    }

    fn drops(&mut self) -> Option<Drops> {
        None
    }

    fn notes(&self) -> &[String] {
        &[]
    }
}
