//! Reading a whole capture at once, in tests.

use std::io::{Cursor, Read};

use super::{Damage, Drops, Error, Interface, Next, from_reader};
use crate::base::LinkType;
use crate::base::convert::{index, wide};

/// A frame that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) time: Option<u64>,
    pub(super) link_type: LinkType,
    pub(super) wire_length: u32,
    pub(super) fcs_length: u8,
    pub(super) bytes: Vec<u8>,
    pub(super) interface: u32,
    pub(super) comments: Vec<String>,
}

/// A capture that was read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Capture {
    pub(super) frames: Vec<Held>,
    pub(super) interfaces: Vec<Interface>,
    pub(super) damage: Option<Damage>,
    pub(super) drops: Option<Drops>,
    pub(super) notes: Vec<String>,
    pub(super) compression: Option<&'static str>,
}

/// Everything that `input` holds.
pub(super) fn try_read(input: impl Read + Send + 'static) -> Result<Capture, Error> {
    let mut source = from_reader("test", input)?;
    let mut frames = Vec::new();
    while let Next::Frame(frame) = source.next_frame()? {
        assert_eq!(frame.number.0, wide(frames.len()) + 1, "frames count from 1");
        assert!(index(frame.wire_length) >= frame.bytes.len(), "no more is captured than was on the wire");
        frames.push(Held {
            time: frame.time.map(|time| time.0),
            link_type: frame.link_type,
            wire_length: frame.wire_length,
            fcs_length: frame.fcs_length,
            bytes: frame.bytes.to_vec(),
            interface: frame.interface,
            comments: frame.comments.iter().map(ToString::to_string).collect(),
        });
    }
    assert!(matches!(source.next_frame()?, Next::End), "the end is the end");
    assert!(frames.iter().all(|frame| index(frame.interface) < source.interfaces().len()));
    Ok(Capture {
        frames,
        interfaces: source.interfaces().to_vec(),
        damage: source.damage().cloned(),
        drops: source.drops(),
        notes: source.notes().to_vec(),
        compression: source.identity().compression,
    })
}

/// Everything in a file of these bytes, which must be a capture.
pub(super) fn read_all(file: &[u8]) -> Capture {
    try_read(Cursor::new(file.to_vec())).unwrap()
}

/// What is broken in a file of these bytes.
pub(super) fn damage_of(file: &[u8]) -> Damage {
    read_all(file).damage.unwrap()
}

/// What a file of these bytes is said to be instead of a capture.
pub(super) fn found_in(file: &[u8]) -> String {
    match try_read(Cursor::new(file.to_vec())).unwrap_err() {
        Error::NotACapture { found, .. } => found,
        error => panic!("{error}"),
    }
}

/// A pipe that never gives more than one byte at a time.
pub(super) struct Dripping(pub(super) Cursor<Vec<u8>>);

impl Read for Dripping {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let room = out.len().min(1);
        self.0.read(&mut out[..room])
    }
}
