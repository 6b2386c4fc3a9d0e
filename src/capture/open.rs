//! Opening a saved capture, whatever it is called and however it is compressed.

use std::fs::File;
use std::io::{self, Read};

use super::buffer::Buffer;
use super::compression::Compression;
use super::pcap::PcapReader;
use super::pcapng::PcapngReader;
use super::recognise::{self, Content, recognise};
use super::{Error, Identity, Source};

/// Opens the saved capture at `path`; `-` is standard input. Reads as much as it takes to recognise it.
///
/// # Errors
/// [`Error::Io`] where the file cannot be opened or read, [`Error::NotACapture`] where it is something else.
pub fn open(path: &str) -> Result<Box<dyn Source + Send>, Error> {
    if path == "-" {
        return from_reader(path, io::stdin());
    }
    let failed = |source| Error::Io {
        file: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(not_a_capture(path, "it is a directory"));
    }
    from_reader(path, file)
}

/// Reads a saved capture from any stream of bytes; `name` is what to call it. Holds a bounded window of it, whatever its size.
///
/// # Errors
/// As [`open`].
pub fn from_reader(name: &str, input: impl Read + Send + 'static) -> Result<Box<dyn Source + Send>, Error> {
    let mut buffer = Buffer::new(Box::new(input));
    match peek(name, &mut buffer)? {
        Content::Compressed(kind) => decompressed(name, kind, buffer),
        content => reader(name, None, content, buffer),
    }
}

fn decompressed(name: &str, kind: Compression, packed: Buffer) -> Result<Box<dyn Source + Send>, Error> {
    let mut buffer = Buffer::new(kind.undo(packed));
    let content = peek(name, &mut buffer)?;
    match (content, buffer.broken()) {
        (Content::Other(_), Some(reason)) => Err(not_a_capture(
            name,
            format!("its first bytes cannot be decompressed: {reason}"),
        )),
        (Content::Compressed(_), _) => Err(not_a_capture(name, "it is compressed twice")),
        (Content::Other(what), None) => Err(not_a_capture(
            name,
            format!("it is compressed with {}, and inside {what}", kind.name()),
        )),
        _ => reader(name, Some(kind), content, buffer),
    }
}

fn reader(
    name: &str,
    compression: Option<Compression>,
    content: Content,
    buffer: Buffer,
) -> Result<Box<dyn Source + Send>, Error> {
    let identity = |format| Identity {
        file: Some(name.to_owned()),
        format,
        compression: compression.map(Compression::name),
        interface: None,
    };
    match content {
        Content::Pcap(layout) => Ok(Box::new(PcapReader::new(identity("pcap"), layout, buffer)?)),
        Content::Pcapng => Ok(Box::new(PcapngReader::new(identity("pcapng"), buffer)?)),
        Content::Compressed(_) => Err(not_a_capture(name, "it is compressed twice")),
        Content::Other(what) => Err(not_a_capture(name, what)),
    }
}

fn peek(name: &str, buffer: &mut Buffer) -> Result<Content, Error> {
    let there = buffer.have(recognise::ENOUGH);
    there.map_err(|source| Error::Io {
        file: name.to_owned(),
        source,
    })?;
    Ok(recognise(buffer.bytes()))
}

fn not_a_capture(file: &str, found: impl Into<String>) -> Error {
    Error::NotACapture {
        file: file.to_owned(),
        found: found.into(),
    }
}
