//! Filters in libpcap's language (pcap-filter(7)) on frames of saved captures. Interfaces filter in the kernel instead.

use pcap::{BpfProgram, Capture, Linktype};

use super::held_frame::HeldFrame;
use super::live::{dlt_of, reason_of, why_unavailable};
use super::{Damage, Drops, Error, Frame, Identity, Interface, Next, Source};
use crate::base::LinkType;

/// A filter, compiled once for each link type that it meets.
///
/// Length tests (`len`, `less`, `greater`) see the captured length of a frame, not its length on the wire.
pub struct Bpf {
    text: String,
    programs: Vec<(LinkType, BpfProgram)>,
}

/// Link types that a filter is tried on before any frame is seen. Words such as `wlan` are understood on some only.
const USUAL: [LinkType; 5] =
    [LinkType::ETHERNET, LinkType::RAW, LinkType::LINUX_SLL2, LinkType(105), LinkType(127)];

impl Bpf {
    /// A filter that is understood on at least one usual link type.
    ///
    /// # Errors
    /// [`Error::Live`] with libpcap's reason; or because there is no libpcap, which alone can compile filters.
    pub fn new(text: &str) -> Result<Self, Error> {
        if let Some(reason) = why_unavailable() {
            return Err(Error::Live(format!("a filter needs libpcap, and there is none: {reason}")));
        }
        let mut refusal = None;
        for link_type in USUAL {
            match compile(text, link_type) {
                Ok(program) => {
                    return Ok(Self { text: text.to_owned(), programs: vec![(link_type, program)] });
                }
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        let reason = refusal.as_ref().map_or_else(String::new, reason_of);
        Err(Error::Live(format!("the filter '{}' cannot be used: {reason}", text.escape_debug())))
    }

    /// Whether the filter selects a frame.
    ///
    /// # Errors
    /// [`Error::Live`] where the filter makes no sense for the frame's link type.
    pub fn matches(&mut self, frame: &Frame<'_>) -> Result<bool, Error> {
        let known = self.programs.iter().find(|(link_type, _)| *link_type == frame.link_type);
        if let Some((_, program)) = known {
            return Ok(program.filter(frame.bytes));
        }
        let program = compile(&self.text, frame.link_type).map_err(|error| {
            Error::Live(format!(
                "the filter '{}' cannot be used on frame {} ({}): {}",
                self.text.escape_debug(),
                frame.number,
                frame.link_type,
                reason_of(&error)
            ))
        })?;
        let selected = program.filter(frame.bytes);
        self.programs.push((frame.link_type, program));
        Ok(selected)
    }
}

fn compile(text: &str, link_type: LinkType) -> Result<BpfProgram, pcap::Error> {
    Capture::dead(Linktype(dlt_of(link_type)))?.compile(text, true)
}

/// A saved capture of which only the frames that a filter selects are seen. They keep their numbers.
pub struct Filtered<S: Source> {
    source: S,
    filter: Bpf,
    held: HeldFrame,
}

impl<S: Source> Filtered<S> {
    /// Those frames of `source` that `filter` selects.
    #[must_use]
    pub fn new(source: S, filter: Bpf) -> Self {
        Self { source, filter, held: HeldFrame::default() }
    }

    /// The next selected frame, copied out: the borrow of a frame that is passed over must not outlive the
    /// search.
    fn find(&mut self) -> Result<Found, Error> {
        loop {
            match self.source.next_frame()? {
                Next::Idle => return Ok(Found::Idle),
                Next::End => return Ok(Found::End),
                Next::Frame(frame) => {
                    if self.filter.matches(&frame)? {
                        self.held.keep(frame);
                        return Ok(Found::Frame);
                    }
                }
            }
        }
    }
}

impl<S: Source> Source for Filtered<S> {
    fn identity(&self) -> &Identity {
        self.source.identity()
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        Ok(match self.find()? {
            Found::Idle => Next::Idle,
            Found::End => Next::End,
            Found::Frame => self.held.take().map_or(Next::Idle, Next::Frame),
        })
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

enum Found {
    Frame,
    Idle,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FrameNo;
    use crate::base::convert::{narrow, wide};

    /// Frames of the given link type and bytes, numbered from 1.
    struct Given(Identity, Vec<(LinkType, Vec<u8>)>, usize);

    impl Given {
        fn new(frames: Vec<(LinkType, Vec<u8>)>) -> Self {
            let identity = Identity { file: None, format: "pcap", compression: None, interface: None };
            Self(identity, frames, 0)
        }
    }

    impl Source for Given {
        fn identity(&self) -> &Identity {
            &self.0
        }
        fn next_frame(&mut self) -> Result<Next<'_>, Error> {
            let Some((link_type, bytes)) = self.1.get(self.2) else {
                return Ok(Next::End);
            };
            self.2 += 1;
            Ok(Next::Frame(Frame {
                number: FrameNo(wide(self.2)),
                time: None,
                link_type: *link_type,
                wire_length: narrow(bytes.len()),
                fcs_length: 0,
                bytes,
                interface: 0,
                comments: vec!["kept".into()],
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

    /// An IPv4 packet with a TCP header to this port.
    fn packet(port: u16) -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        bytes.extend_from_slice(&1025_u16.to_be_bytes());
        bytes.extend_from_slice(&port.to_be_bytes());
        bytes.resize(40, 0);
        bytes
    }

    fn ethernet(packet: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 12];
        bytes.extend_from_slice(&[8, 0]);
        bytes.extend_from_slice(packet);
        bytes
    }

    /// `None` where this machine has no libpcap: then the refusal is what is tested.
    fn filter(text: &str) -> Option<Bpf> {
        match Bpf::new(text) {
            Ok(filter) => Some(filter),
            Err(error) => {
                assert!(error.to_string().contains("a filter needs libpcap"), "{error}");
                None
            }
        }
    }

    #[test]
    fn selected_frames_keep_their_numbers_and_comments_whatever_their_link_type() {
        let Some(filter) = filter("tcp dst port 80") else {
            return;
        };
        let mut filtered = Filtered::new(
            Given::new(vec![
                (LinkType::ETHERNET, ethernet(&packet(443))),
                (LinkType::ETHERNET, ethernet(&packet(80))),
                (LinkType::RAW, packet(80)),
                (LinkType::RAW, packet(8080)),
                (LinkType::ETHERNET, Vec::new()),
            ]),
            filter,
        );
        let mut seen = Vec::new();
        while let Next::Frame(frame) = filtered.next_frame().unwrap() {
            assert_eq!(frame.comments, ["kept"]);
            seen.push((frame.number.0, frame.link_type, frame.bytes.len()));
        }
        assert_eq!(seen, [(2, LinkType::ETHERNET, 54), (3, LinkType::RAW, 40)]);
    }

    #[test]
    fn a_filter_that_no_link_type_understands_is_refused_with_the_reason() {
        if why_unavailable().is_some() {
            return;
        }
        let error = Bpf::new("prot 80").err().expect("`prot` is no word of the language").to_string();
        assert!(error.starts_with("the filter 'prot 80' cannot be used: "), "{error}");
        assert!(error.contains("syntax error"), "{error}");
    }

    #[test]
    fn a_filter_for_another_link_type_names_the_frame_it_fails_on() {
        let Some(mut filter) = filter("ether proto 0x0800 and ether host 00:00:00:00:00:01") else {
            return;
        };
        let bytes = packet(80);
        let mut source = Given::new(vec![(LinkType::RAW, bytes)]);
        let Next::Frame(frame) = source.next_frame().unwrap() else { panic!("one frame is there") };
        let error = filter.matches(&frame).unwrap_err().to_string();
        assert!(error.contains("cannot be used on frame 1 (raw IP): "), "{error}");
    }
}
