//! `synscope frame` finds the messages that a frame's bytes belong to, wherever they begin and end, and reads no further than it must.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod scenario;
mod support;

use std::io::Cursor;

use scenario::{Conversation, Ends};
use synscope::base::FrameNo;
use synscope::capture::{Damage, Drops, Error, Identity, Interface, Next, Source, from_reader};
use synscope::explain::{FrameExplanation, LayerExplanation, OsiLayer};
use synscope::pipeline::{Found, explain_frame};

const MEMORY: u64 = 64 << 20;

/// Frames 1 to 5: a connection goes over to WebSocket with frames 4 and 5.
const UPGRADED: [&str; 3] = ["C 0.000 OPEN", "C 0.010 DATA upgrade", "S 0.020 DATA accepted"];

/// A capture that counts how many of its frames were read.
struct Counted {
    source: Box<dyn Source>,
    read: u64,
}

impl Source for Counted {
    fn identity(&self) -> &Identity {
        self.source.identity()
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        self.read += 1;
        self.source.next_frame()
    }

    fn interfaces(&self) -> &[Interface] {
        self.source.interfaces()
    }

    fn damage(&self) -> Option<&Damage> {
        self.source.damage()
    }

    fn drops(&mut self) -> Option<Drops> {
        self.source.drops()
    }

    fn notes(&self) -> &[String] {
        self.source.notes()
    }
}

/// A frame of a conversation, and how many frames were read for it.
fn read_for(lines: &[&str], number: u64) -> (FrameExplanation, u64) {
    let capture = Conversation::parse(Ends::default(), lines).unwrap().capture().unwrap();
    let mut source = Counted { source: from_reader("-", Cursor::new(capture)).unwrap(), read: 0 };
    let Found::Frame(frame) = explain_frame(&mut source, FrameNo(number), MEMORY).unwrap() else {
        panic!("there is no frame {number}");
    };
    (*frame, source.read)
}

/// A frame of a connection that was upgraded, and went on with these lines.
fn upgraded(lines: &[&str], number: u64) -> FrameExplanation {
    read_for(&[&UPGRADED, lines].concat(), number).0
}

fn of(frame: &FrameExplanation, osi: OsiLayer) -> impl Iterator<Item = &LayerExplanation> {
    frame.layers.iter().filter(move |layer| layer.osi == osi)
}

/// Summaries of layer 7.
fn messages(frame: &FrameExplanation) -> Vec<&str> {
    of(frame, OsiLayer::Application).map(|layer| layer.summary.as_str()).collect()
}

/// Notes of a layer.
fn notes(frame: &FrameExplanation, osi: OsiLayer) -> Vec<&str> {
    of(frame, osi).flat_map(|layer| &layer.notes).map(String::as_str).collect()
}

/// Bytes of the frame that layer 7 says are its own, and those that it says are a part.
fn marked(frame: &FrameExplanation) -> Vec<(bool, &[u8])> {
    let own = of(frame, OsiLayer::Application).map(|layer| (layer.span.is_some(), layer.span.or(layer.part)));
    own.map(|(whole, span)| (whole, span.unwrap().of(&frame.bytes))).collect()
}

#[test]
fn a_message_alone_in_its_frame_is_told_on_the_connection_that_was_upgraded() {
    let frame = upgraded(&["S 0.030 DATA ws text \"hello\""], 6);
    assert_eq!(messages(&frame), ["text message   \"hello\"   5 bytes"]);
    assert_eq!(notes(&frame, OsiLayer::Application), ["complete in this frame"]);
    let session = notes(&frame, OsiLayer::Session);
    assert!(session.contains(&"upgraded in frames 4 and 5"), "{session:?}");
    assert!(session.contains(&"on connection #1, ESTABLISHED since frame 3"), "{session:?}");
    assert_eq!(marked(&frame), [(true, &b"\x81\x05hello"[..])]);
}

#[test]
fn a_frame_holds_the_end_of_a_message_a_whole_one_and_the_beginning_of_a_third() {
    let lines = ["S 0.030 DATA ws text \"one\" ws text \"two\" ws text \"three\" cut=3,12", "S 0.040 CLOSE"];
    let frame = upgraded(&lines, 7);
    assert_eq!(
        messages(&frame),
        [
            "text message   \"one\"   3 bytes",
            "text message   \"two\"   3 bytes",
            "text message   \"three\"   5 bytes"
        ]
    );
    assert_eq!(
        notes(&frame, OsiLayer::Application),
        ["bytes 4–5 of its 5; began in frame 6", "bytes 1–2 of its 7; continues in frame 8"]
    );
    assert_eq!(marked(&frame), [(false, &b"ne"[..]), (true, &b"\x81\x03two"[..]), (false, &b"\x81\x05"[..])]);
    let session: Vec<_> = of(&frame, OsiLayer::Session).map(|layer| layer.summary.as_str()).collect();
    assert_eq!(session[0], "bytes of 3 messages: 1 of them whole");
    assert_eq!(
        of(&frame, OsiLayer::Application).map(|l| l.messages.unwrap().0).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}

#[test]
fn a_ping_amid_a_message_is_all_that_its_frame_says() {
    let lines = [
        "S 0.030 DATA ws text more \"frag\"",
        "S 0.040 DATA ws ping \"there?\"",
        "S 0.050 DATA ws continuation \"ment\"",
    ];
    assert_eq!(messages(&upgraded(&lines, 7)), ["ping   \"there?\"   6 bytes"]);
    let begun = upgraded(&lines, 6);
    assert_eq!(messages(&begun), ["text message   \"fragment\"   8 bytes"]);
    assert!(notes(&begun, OsiLayer::Application)[0].starts_with("bytes 1–6 of its 20; continues in frames"));
}

#[test]
fn only_the_first_messages_are_told_where_there_are_very_many() {
    let line = format!("S 0.030 DATA {}", "ws text \"x\" ".repeat(20));
    let frame = upgraded(&[&line], 6);
    assert_eq!(messages(&frame).len(), 8);
    assert_eq!(notes(&frame, OsiLayer::Application), ["and 12 more messages with bytes in this frame"]);
    assert_eq!(of(&frame, OsiLayer::Presentation).count(), 1, "what is the same of all is told once");
}

#[test]
fn bytes_that_came_again_are_no_message_again() {
    let lines = ["S 0.030 DATA ws text \"hello\"", "S 0.040 DATA back=7 ws text \"hello\""];
    let frame = upgraded(&lines, 7);
    let session = notes(&frame, OsiLayer::Session);
    assert_eq!(session[0], "these bytes came again: first in frame 6");
    assert!(of(&frame, OsiLayer::Application).all(|layer| layer.protocol == "data"));

    let twice = upgraded(&["S 0.030 DATA ws text \"hello\" dup"], 7);
    assert_eq!(
        notes(&twice, OsiLayer::Session)[0],
        "the same packet was recorded just before: its bytes count once"
    );
}

#[test]
fn bytes_of_a_message_that_is_not_complete_yet_name_the_frame_that_brought_them_first() {
    let lines = ["S 0.030 DATA ws text \"hello\" cut=4", "S 0.040 DATA back=3 text=\"llo\""];
    // Frame 6 has the first four bytes, frame 7 the rest; frame 8 repeats these.
    assert!(notes(&upgraded(&lines, 8), OsiLayer::Session)[0].contains("frame 7"));
    let unfinished =
        ["S 0.030 DATA hex=8105 text=\"he\"", "S 0.040 DATA back=2 text=\"he\"", "S 0.050 DATA text=\"llo\""];
    let again = upgraded(&unfinished, 7);
    assert!(notes(&again, OsiLayer::Session).contains(&"these bytes came again: first in frame 6"));
}

#[test]
fn a_frame_that_repeats_old_bytes_and_brings_new_ones_says_so() {
    let lines = ["S 0.030 DATA hex=8105 text=\"he\"", "S 0.040 DATA back=2 text=\"hello\""];
    let frame = upgraded(&lines, 7);
    assert!(notes(&frame, OsiLayer::Session).contains(&"the first 2 bytes came again, the others are new"));
    assert_eq!(messages(&frame), ["text message   \"hello\"   5 bytes"]);
}

#[test]
fn a_frame_that_came_too_early_finds_its_message_once_the_gap_is_filled() {
    let lines = ["S 0.030 DATA ahead=4 text=\"llo\"", "S 0.040 DATA back=7 hex=8105 text=\"he\""];
    let frame = upgraded(&lines, 6);
    assert_eq!(messages(&frame), ["text message   \"hello\"   5 bytes"]);
    assert_eq!(notes(&frame, OsiLayer::Application), ["bytes 5–7 of its 7; began in frame 7"]);
}

#[test]
fn a_message_that_never_ends_is_said_to_be_incomplete() {
    let frame = upgraded(&["S 0.030 DATA ws text declared=100 \"hello\""], 6);
    let told = (messages(&frame).concat(), notes(&frame, OsiLayer::Application).join(" "));
    assert!(told.0.contains("text message") || told.0.contains("not complete"), "{told:?}");
    let request = [
        "C 0.000 OPEN",
        "C 0.010 DATA http=\"POST / HTTP/1.1|Host: a.example|Content-Length: 9\" text=\"abc\"",
    ];
    let (frame, _) = read_for(&request, 4);
    assert_eq!(of(&frame, OsiLayer::Application).next().unwrap().protocol, "http1");
}

#[test]
fn bytes_that_nobody_understands_are_shown_as_they_are() {
    let (frame, read) = read_for(
        &["C 0.000 OPEN", "C 0.010 DATA hex=fffefdfc", "S 0.020 DATA text=\"hi\"", "C 1.0 CLOSE"],
        4,
    );
    assert_eq!(messages(&frame), ["4 bytes, shown below"]);
    assert_eq!(notes(&frame, OsiLayer::Session), ["on connection #1, ESTABLISHED since frame 3"]);
    assert_eq!(read, 4, "nothing that follows could change it");
}

#[test]
fn no_more_frames_are_read_than_are_needed() {
    let request = "C 0.010 DATA http=\"GET / HTTP/1.1|Host: a.example\"";
    let lines = [
        "C 0.000 OPEN",
        request,
        "S 0.020 DATA http=\"HTTP/1.1 200 OK\" body=\"hello\" cut=9",
        "C 1.0 CLOSE",
    ];
    for (number, read) in [(1, 1), (3, 3), (4, 4), (5, 6), (6, 6), (7, 7)] {
        assert_eq!(read_for(&lines, number).1, read, "for frame {number}");
    }
}

#[test]
fn reading_on_for_the_end_of_a_message_is_bounded() {
    let mut lines = vec![
        "C 0.000 OPEN",
        "C 0.010 DATA http=\"POST / HTTP/1.1|Host: a.example|Content-Length: 900000\" text=\"abc\"",
    ];
    lines.extend(std::iter::repeat_n("C 0.020 DATA text=\"abc\"", 20_100));
    let (frame, read) = read_for(&lines, 4);
    assert_eq!(read, 20_004);
    assert!(messages(&frame)[0].ends_with("of a message that is not complete"), "{:?}", messages(&frame));
    assert_eq!(
        notes(&frame, OsiLayer::Application),
        ["its end did not come in the 20,000 frames or 64 MiB that are read on for it"]
    );
}
