//! Any bytes as one frame of any link type: taken apart, explained, printed.

use synscope::base::{FrameNo, LinkType, Timestamp};
use synscope::capture::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};
use synscope::pipeline::{Found, explain_frame};
use synscope::render::{json, text};

/// The first two bytes are the link type (little-endian), the third says how many bytes the snap length cut off, the rest is the
/// frame. Panics where the program would, and where what it prints is not harmless text and one JSON object.
pub(crate) fn run(bytes: &[u8]) {
    let [low, high, cut, frame @ ..] = bytes else { return };
    let mut source = OneFrame {
        identity: Identity { file: None, format: "pcap", compression: None, interface: None },
        link_type: LinkType(u16::from_le_bytes([*low, *high])),
        cut: u32::from(*cut),
        bytes: frame,
        is_read: false,
    };
    let explained = explain_frame(&mut source, FrameNo(1), 1 << 20).expect("the source does not fail");
    let Found::Frame(explanation) = explained else { panic!("there is a frame") };
    for (width, ascii, fields) in [(80, false, true), (40, true, true), (200, false, false)] {
        let options = text::TextOptions { width, ascii, ..text::TextOptions::default() };
        let mut out = Vec::new();
        text::write_frame(&explanation, options, fields, &mut out).expect("memory takes every byte");
        super::assert_harmless(&out);
    }
    for span in explanation.layers.iter().flat_map(|layer| &layer.fields).filter_map(|field| field.span) {
        assert!(
            usize::try_from(span.end()).is_ok_and(|end| end <= frame.len()),
            "{span:?} lies outside the frame"
        );
    }
    let mut out = Vec::new();
    json::frame(&explanation, &mut out).expect("memory takes every byte");
    assert_eq!(super::assert_json_lines(&out), 1);
}

/// A capture of one frame.
struct OneFrame<'a> {
    identity: Identity,
    link_type: LinkType,
    cut: u32,
    bytes: &'a [u8],
    is_read: bool,
}

impl Source for OneFrame<'_> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        if std::mem::replace(&mut self.is_read, true) {
            return Ok(Next::End);
        }
        let length = u32::try_from(self.bytes.len()).expect("the fuzzer's inputs are small");
        Ok(Next::Frame(Frame {
            number: FrameNo(1),
            time: Some(Timestamp(1_767_225_600_000_000_000)),
            link_type: self.link_type,
            wire_length: length + self.cut,
            fcs_length: 0,
            bytes: self.bytes,
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
