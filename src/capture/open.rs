//! Opening a saved capture, whatever it is called and however it is compressed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use super::buffer::Buffer;
use super::compression::Compression;
use super::pcap::PcapReader;
use super::pcapng::PcapngReader;
use super::recognise::{self, Content, recognise};
use super::{Error, Identity, Source, erf, network_monitor, snoop, windows_sniffer};

/// Opens the saved capture at `path`; `-` is standard input. Reads as much as it takes to recognise it.
///
/// # Errors
/// [`Error::Io`] where the file cannot be opened or read, [`Error::NotACapture`] where it is something else.
pub fn open(path: impl AsRef<OsStr>) -> Result<Box<dyn Source + Send>, Error> {
    let path = path.as_ref();
    let name = path.to_string_lossy();
    if path == "-" {
        return from_reader(&name, io::stdin()).map_err(of_standard_input);
    }
    let failed = |source| Error::Io { file: name.to_string(), source };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(not_a_capture(&name, "it is a directory"));
    }
    from_reader(&name, file)
}

/// Nobody has a file called `-`.
fn of_standard_input(error: Error) -> Error {
    let file = "standard input".to_owned();
    match error {
        Error::Io { source, .. } => Error::Io { file, source },
        Error::NotACapture { found, .. } => Error::NotACapture { file, found },
        other => other,
    }
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
        (Content::Other(_), Some(reason)) => {
            Err(not_a_capture(name, format!("its first bytes cannot be decompressed: {reason}")))
        }
        (Content::Compressed(_), _) => Err(not_a_capture(name, "it is compressed twice")),
        (Content::Other(what), None) => {
            Err(not_a_capture(name, format!("it is compressed with {}, and inside {what}", kind.name())))
        }
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
        Content::Snoop => Ok(Box::new(snoop::reader(identity("snoop"), buffer)?)),
        Content::NetworkMonitor => {
            Ok(Box::new(network_monitor::reader(identity("Network Monitor"), buffer)?))
        }
        Content::WindowsSniffer => Ok(Box::new(windows_sniffer::reader(identity("Sniffer"), buffer)?)),
        Content::Erf => Ok(Box::new(erf::reader(identity("ERF"), buffer))),
        Content::Compressed(_) => Err(not_a_capture(name, "it is compressed twice")),
        Content::Other(what) => Err(not_a_capture(name, what)),
    }
}

fn peek(name: &str, buffer: &mut Buffer) -> Result<Content, Error> {
    for enough in [recognise::ENOUGH, recognise::ENOUGH_WITHOUT_MAGIC] {
        let there = buffer.have(enough);
        let whole = there.map_err(|source| Error::Io { file: name.to_owned(), source })?;
        let content = recognise(buffer.bytes());
        if !whole || !matches!(content, Content::Other(_)) {
            return Ok(content);
        }
    }
    Ok(recognise(buffer.bytes()))
}

fn not_a_capture(file: &str, found: impl Into<String>) -> Error {
    Error::NotACapture { file: file.to_owned(), found: found.into() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::base::{FrameNo, LinkType, Timestamp};
    use crate::capture::read_all::{Dripping, found_in, read_all, try_read};
    use crate::capture::{Frame, Interface, Next, PcapngWriter};

    fn frame(number: u64, bytes: &[u8]) -> Frame<'_> {
        Frame {
            number: FrameNo(number),
            time: Some(Timestamp(number)),
            link_type: LinkType::ETHERNET,
            wire_length: 1_514,
            fcs_length: 0,
            bytes,
            interface: 0,
            comments: vec!["a comment".into()],
        }
    }

    fn pcapng() -> Vec<u8> {
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        let interface =
            Interface { name: Some("eth0".into()), link_type: LinkType::ETHERNET, snap_length: 96 };
        writer.add_interface(&interface, 0).unwrap();
        for number in 1..6 {
            writer.write_frame(&frame(number, &[7; 33])).unwrap();
        }
        writer.finish(Some(crate::capture::Drops::default())).unwrap()
    }

    fn pcap() -> Vec<u8> {
        let mut file =
            vec![0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        for length in [4_u8, 0, 33] {
            file.extend([0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, length, 0, 0, 0, 60]);
            file.extend(std::iter::repeat_n(length, length.into()));
        }
        file
    }

    /// Two records in each of the formats that have no writer here.
    fn foreign() -> [Vec<u8>; 4] {
        let mut snoop = b"snoop\0\0\0\0\0\0\x02\0\0\0\x04".to_vec();
        let mut monitor = b"GMBU\0\x02\x01\0\xd5\x07\x07\0\x06\0\x10\0\x0a\0".to_vec();
        let mut sniffer = b"XCP\x00002.001\0".to_vec();
        let mut erf = Vec::new();
        monitor.resize(128, 0);
        sniffer.resize(128, 0);
        sniffer[24] = 128;
        for _ in 0..2 {
            snoop.extend([0, 0, 0, 60, 0, 0, 0, 5, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5]);
            snoop.extend([7; 8]);
            monitor.extend([1, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 5, 0, 0, 0, 7, 7, 7, 7, 7]);
            sniffer.extend([1, 0, 0, 0, 0, 0, 0, 0, 60, 0, 5, 0]);
            sniffer.extend([0; 33]);
            erf.extend([
                0, 0, 0, 0x80, 0x58, 0x26, 0x3b, 0x3b, 2, 0, 0, 24, 0, 0, 0, 66, 0, 0, 7, 7, 7, 7, 7, 7,
            ]);
        }
        [snoop, monitor, sniffer, erf]
    }

    fn compressed(bytes: &[u8]) -> [Vec<u8>; 3] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, bytes).unwrap();
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        std::io::Write::write_all(&mut lz4, bytes).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
        [gzip.finish().unwrap(), lz4.finish().unwrap(), zstd]
    }

    #[test]
    fn what_is_no_capture_is_named() {
        assert_eq!(found_in(b""), "it is empty");
        assert_eq!(found_in(b"GET / HTTP/1.1"), "it looks like text");
        let error = open(env!("CARGO_MANIFEST_DIR")).err().unwrap();
        assert!(error.to_string().contains("is not a capture: it is a directory"), "{error}");
        let error = open("no/such/file").err().unwrap();
        assert!(matches!(&error, Error::Io { file, .. } if file == "no/such/file"), "{error}");
    }

    #[test]
    fn a_frame_is_delivered_before_the_next_byte_comes() {
        /// Gives what it has, and then must not be asked again.
        struct Pipe(Cursor<Vec<u8>>);
        impl Read for Pipe {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                match self.0.read(out)? {
                    0 => Err(io::Error::other("asked for more than is needed")),
                    count => Ok(count),
                }
            }
        }
        let gzip = compressed(&pcap())[0].clone();
        for (file, frames) in [(pcap(), 3), (pcapng(), 5), (gzip, 3)] {
            let mut source = from_reader("pipe", Pipe(Cursor::new(file))).unwrap();
            for _ in 0..frames {
                assert!(matches!(source.next_frame(), Ok(Next::Frame(_))));
            }
            assert!(matches!(source.next_frame(), Err(Error::Io { file, .. }) if file == "pipe"));
        }
    }

    #[test]
    fn a_pipe_that_drips_gives_the_same_frames() {
        for file in [pcap(), pcapng()].into_iter().chain(foreign()) {
            let whole = read_all(&file);
            assert!(whole.frames.len() >= 2);
            assert_eq!(try_read(Dripping(Cursor::new(file))).unwrap(), whole);
        }
    }

    /// Reads to the end; whatever the bytes, that must neither panic nor take for ever.
    fn survives(bytes: Vec<u8>) -> Result<(), TestCaseError> {
        // Anything compressed can hold many times its own length.
        let most = bytes.len() * 1_000 + 1_000;
        match try_read(Cursor::new(bytes)) {
            Ok(capture) => prop_assert!(capture.frames.len() <= most),
            Err(error) => {
                let not_a_capture = matches!(error, Error::NotACapture { .. });
                prop_assert!(not_a_capture);
            }
        }
        Ok(())
    }

    fn samples() -> impl Strategy<Value = Vec<u8>> {
        let mut all = vec![pcap(), pcapng()];
        all.extend(foreign());
        all.extend(compressed(&pcap()));
        all.extend(compressed(&pcapng()));
        prop::sample::select(all)
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            survives(bytes)?;
        }

        #[test]
        fn any_bytes_after_a_good_beginning_are_survived(
            sample in samples(),
            keep in any::<prop::sample::Index>(),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut bytes = sample[..keep.index(sample.len())].to_vec();
            bytes.extend(rest);
            survives(bytes)?;
        }

        #[test]
        fn any_changed_bytes_are_survived(
            sample in samples(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut bytes = sample;
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            survives(bytes)?;
        }
    }
}
