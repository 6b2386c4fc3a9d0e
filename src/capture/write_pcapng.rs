//! Writing pcapng (draft-ietf-opsawg-pcapng): one section, times in nanoseconds.

use std::io::{self, Write};

use super::{Drops, Frame, Interface};
use crate::base::convert::narrow;

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

const OPT_COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const IF_FCSLEN: u16 = 13;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;

/// Writes a pcapng file, block by block. Every write goes to the output at once: give it a buffered one.
pub struct PcapngWriter<W: Write> {
    output: W,
    /// Snap lengths of the interfaces written so far.
    snap_lengths: Vec<u32>,
    last_time: u64,
    /// The block being put together, reused.
    block: Vec<u8>,
}

impl<W: Write> PcapngWriter<W> {
    /// Begins a file with the header of its only section.
    ///
    /// # Errors
    /// What the output reports.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = Self { output, snap_lengths: Vec::new(), last_time: 0, block: Vec::new() };
        writer.begin(SECTION);
        writer.put(&0x1a2b_3c4d_u32.to_le_bytes());
        writer.put(&1_u16.to_le_bytes());
        writer.put(&0_u16.to_le_bytes());
        // The section's length is not known beforehand.
        writer.put(&u64::MAX.to_le_bytes());
        writer.option(SHB_USERAPPL, b"synscope");
        writer.end_of_options();
        writer.end()?;
        Ok(writer)
    }

    /// Describes the next interface; frames name it by how many were described before. `fcs_length` is how many bytes of frame
    /// check sequence its frames end with, 0 where that is not known.
    ///
    /// # Errors
    /// What the output reports.
    pub fn add_interface(&mut self, interface: &Interface, fcs_length: u8) -> io::Result<()> {
        self.begin(INTERFACE);
        self.put(&interface.link_type.0.to_le_bytes());
        self.put(&0_u16.to_le_bytes());
        self.put(&interface.snap_length.to_le_bytes());
        if let Some(name) = &interface.name {
            self.option(IF_NAME, name.as_bytes());
        }
        self.option(IF_TSRESOL, &[9]);
        if fcs_length > 0 {
            self.option(IF_FCSLEN, &[fcs_length]);
        }
        self.end_of_options();
        self.snap_lengths.push(interface.snap_length);
        self.end()
    }

    /// Writes one frame. One without a time becomes a Simple Packet Block where that can hold all there is to say of it (first
    /// interface, no comments, cut by nothing but the snap length), otherwise its time is written as 0: pcapng has no way to say
    /// that a time is unknown.
    ///
    /// # Errors
    /// What the output reports; `InvalidInput` where the frame's interface was not described.
    pub fn write_frame(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        let interface = usize::try_from(frame.interface).ok();
        let Some(snap_length) = interface.and_then(|number| self.snap_lengths.get(number)).copied() else {
            let text = format!(
                "frame {} is of interface {}, which was not described",
                frame.number, frame.interface
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        };
        if frame.time.is_none() && fits_simple_packet(frame, snap_length) {
            self.write_simple_packet(frame)
        } else {
            self.write_enhanced_packet(frame)
        }
    }

    /// Ends the file with the drop counters, where somebody counted, and flushes the output.
    ///
    /// # Errors
    /// What the output reports.
    pub fn finish(mut self, drops: Option<Drops>) -> io::Result<W> {
        if let (Some(drops), false) = (drops, self.snap_lengths.is_empty()) {
            self.write_statistics(drops)?;
        }
        self.output.flush()?;
        Ok(self.output)
    }

    fn write_enhanced_packet(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        let time = frame.time.map_or(0, |time| time.0);
        self.last_time = self.last_time.max(time);
        self.begin(ENHANCED_PACKET);
        self.put(&frame.interface.to_le_bytes());
        self.put_time(time);
        self.put(&narrow(frame.bytes.len()).to_le_bytes());
        self.put(&frame.wire_length.to_le_bytes());
        self.put_padded(frame.bytes);
        if !frame.comments.is_empty() {
            for comment in &frame.comments {
                self.option(OPT_COMMENT, comment.as_bytes());
            }
            self.end_of_options();
        }
        self.end()
    }

    fn write_simple_packet(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        self.begin(SIMPLE_PACKET);
        self.put(&frame.wire_length.to_le_bytes());
        self.put_padded(frame.bytes);
        self.end()
    }

    /// The counters are of the whole capture, so they go to its first interface.
    fn write_statistics(&mut self, drops: Drops) -> io::Result<()> {
        self.begin(STATISTICS);
        self.put(&0_u32.to_le_bytes());
        self.put_time(self.last_time);
        self.option(ISB_IFDROP, &drops.by_interface.to_le_bytes());
        self.option(ISB_OSDROP, &drops.by_system.to_le_bytes());
        self.end_of_options();
        self.end()
    }

    fn begin(&mut self, block_type: u32) {
        self.block.clear();
        self.put(&block_type.to_le_bytes());
        // Both lengths are known at the end only.
        self.put(&[0; 4]);
    }

    fn end(&mut self) -> io::Result<()> {
        let total = narrow(self.block.len()).saturating_add(4).to_le_bytes();
        self.put(&total);
        if let Some(length) = self.block.get_mut(4..8) {
            length.copy_from_slice(&total);
        }
        self.output.write_all(&self.block)
    }

    /// `value` is cut at what an option can hold, between characters where it is text.
    fn option(&mut self, code: u16, value: &[u8]) {
        let value = cut_to_option(value);
        self.put(&code.to_le_bytes());
        self.put(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.put_padded(value);
    }

    fn end_of_options(&mut self) {
        self.put(&[0; 4]);
    }

    /// Upper half first (draft-ietf-opsawg-pcapng §4.3).
    fn put_time(&mut self, time: u64) {
        let [l0, l1, l2, l3, h0, h1, h2, h3] = time.to_le_bytes();
        self.put(&[h0, h1, h2, h3, l0, l1, l2, l3]);
    }

    fn put_padded(&mut self, bytes: &[u8]) {
        self.put(bytes);
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.block.extend_from_slice(bytes);
    }
}

/// Whether a reader of a Simple Packet Block, which tells neither interface nor captured length, would find this frame again.
fn fits_simple_packet(frame: &Frame<'_>, snap_length: u32) -> bool {
    let expected = if snap_length == 0 { frame.wire_length } else { frame.wire_length.min(snap_length) };
    frame.interface == 0 && frame.comments.is_empty() && narrow(frame.bytes.len()) == expected
}

fn cut_to_option(value: &[u8]) -> &[u8] {
    let Some(head) = value.get(..usize::from(u16::MAX)).filter(|head| head.len() < value.len()) else {
        return value;
    };
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_none() => head.get(..error.valid_up_to()).unwrap_or(head),
        _ => head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{FrameNo, LinkType, Timestamp};
    use crate::capture::read_all::read_all;

    fn interface(name: Option<&str>, link_type: LinkType, snap_length: u32) -> Interface {
        Interface { name: name.map(str::to_owned), link_type, snap_length }
    }

    fn frame<'a>(interface: u32, time: Option<u64>, bytes: &'a [u8], comments: &[&'a str]) -> Frame<'a> {
        Frame {
            number: FrameNo(1),
            time: time.map(Timestamp),
            link_type: LinkType::ETHERNET,
            wire_length: 1_514,
            fcs_length: 0,
            bytes,
            interface,
            comments: comments.iter().map(|comment| (*comment).into()).collect(),
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let interfaces =
            [interface(Some("eth0"), LinkType::ETHERNET, 3), interface(None, LinkType::LINUX_SLL2, 262_144)];
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        writer.add_interface(&interfaces[0], 0).unwrap();
        writer.add_interface(&interfaces[1], 4).unwrap();
        let frames = [
            frame(0, Some(1_700_000_000_123_456_789), b"abcde", &["first", "zweiter \u{fc}"]),
            frame(1, Some(u64::MAX), b"", &[]),
            frame(0, None, b"abc", &[]),
            frame(0, None, b"abc", &["a comment"]),
            frame(1, None, b"abcd", &[]),
        ];
        for frame in &frames {
            writer.write_frame(frame).unwrap();
        }
        let drops = Drops { by_system: 7, by_interface: u64::MAX };
        let capture = read_all(&writer.finish(Some(drops)).unwrap());

        assert_eq!(capture.interfaces, interfaces);
        assert_eq!((capture.drops, capture.damage), (Some(drops), None));
        // Only a Simple Packet Block can say that there is no time.
        let times: Vec<_> = capture.frames.iter().map(|frame| frame.time).collect();
        assert_eq!(times, [Some(1_700_000_000_123_456_789), Some(u64::MAX), None, Some(0), Some(0)]);
        for (read, written) in capture.frames.iter().zip(&frames) {
            assert_eq!(read.bytes, written.bytes);
            assert_eq!(read.comments, written.comments);
            assert_eq!((read.interface, read.wire_length), (written.interface, 1_514));
            assert_eq!(read.fcs_length, if read.interface == 1 { 4 } else { 0 });
        }
        assert_eq!(capture.frames.len(), frames.len());
    }

    #[test]
    fn a_capture_without_frames_is_whole() {
        let capture = read_all(&PcapngWriter::new(Vec::new()).unwrap().finish(None).unwrap());
        assert_eq!((capture.frames.len(), capture.damage, capture.drops), (0, None, None));
    }

    #[test]
    fn a_comment_longer_than_an_option_is_cut_between_characters() {
        let long = "\u{20ac}".repeat(30_000);
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        writer.add_interface(&interface(None, LinkType::ETHERNET, 0), 0).unwrap();
        writer.write_frame(&frame(0, Some(1), b"abc", &[&long])).unwrap();
        let capture = read_all(&writer.finish(None).unwrap());
        assert_eq!(capture.frames[0].comments, ["\u{20ac}".repeat(65_535 / 3)]);
    }

    #[test]
    fn an_interface_that_was_not_described_is_refused() {
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        let error = writer.write_frame(&frame(0, Some(1), b"abc", &[])).unwrap_err();
        assert_eq!(error.to_string(), "frame 1 is of interface 0, which was not described");
    }

    #[test]
    fn every_failing_write_is_reported() {
        /// Takes so many bytes, then is full.
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let taken = bytes.len().min(self.0);
                self.0 -= taken;
                Ok(taken)
            }
            fn flush(&mut self) -> io::Result<()> {
                if self.0 == 0 { Err(io::Error::other("full")) } else { Ok(()) }
            }
        }
        let write = |room| {
            let mut writer = PcapngWriter::new(Full(room))?;
            writer.add_interface(&interface(None, LinkType::ETHERNET, 0), 0)?;
            writer.write_frame(&frame(0, Some(1), b"abc", &[]))?;
            writer.finish(Some(Drops::default())).map(|full| full.0)
        };
        let needed = 10_000 - write(10_000).unwrap();
        for room in 0..=needed {
            assert!(write(room).is_err(), "with room for {room} of {needed} bytes");
        }
    }
}
