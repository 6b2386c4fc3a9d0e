//! How much of a message lies in a frame, and where the rest of it is.

use crate::base::{ByteSpan, FrameNo, StreamSpan, grouped};
use crate::pipeline::frame::sought::{Found, overlap};

/// What of a stream lies in the frame.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// The frame.
    pub(super) number: FrameNo,
    /// Where the data lie in it.
    pub(super) payload: ByteSpan,
    /// Where they lie in their side's stream.
    pub(super) span: Option<StreamSpan>,
    /// Messages with bytes in the frame.
    pub(super) count: usize,
}

impl Part {
    /// Whether the frame has a message from its first byte to its last.
    pub(super) fn is_whole(self, message: &Found) -> bool {
        self.span.is_some_and(|here| overlap(here, message.span) == message.span)
    }

    /// Bytes of the frame that lie in this span of the stream.
    pub(super) fn bytes(self, span: StreamSpan) -> Option<ByteSpan> {
        let here = self.span?;
        let common = overlap(here, span);
        let start = u32::try_from(common.start.checked_sub(here.start)?).ok()?;
        let len = u32::try_from(common.len()).ok()?.min(self.payload.len.checked_sub(start)?);
        (len > 0).then(|| ByteSpan::new(self.payload.start.saturating_add(start), len))
    }

    /// How much of a message lies in the frame, and where the rest is: `bytes 1–512 of its 2,048; continues in frames 12 and 13`.
    pub(super) fn share(self, message: &Found) -> Option<String> {
        if self.is_whole(message) {
            // Of several messages only those that are in part need a word.
            return (self.count == 1).then(|| "complete in this frame".to_owned());
        }
        let common = overlap(self.span?, message.span);
        let from = common.start.checked_sub(message.span.start).filter(|_| !common.is_empty())?;
        let (first, last) = (grouped(from + 1), grouped(from + common.len()));
        let bytes =
            if common.len() == 1 { format!("byte {first}") } else { format!("bytes {first}–{last}") };
        let bytes = format!("{bytes} of its {}", grouped(message.span.len()));
        let elsewhere = self.elsewhere(message).join(", ");
        Some(if elsewhere.is_empty() { bytes } else { format!("{bytes}; {elsewhere}") })
    }

    fn elsewhere(self, message: &Found) -> Vec<String> {
        let Some(place) = message.frames.iter().position(|frame| *frame == self.number) else {
            return Vec::new();
        };
        let (before, here_on) = message.frames.split_at(place);
        let after = here_on.get(1..).unwrap_or_default();
        let began = before.first().map(|frame| format!("began in frame {frame}"));
        let goes_on = (!after.is_empty() || message.frames_left_out > 0)
            .then(|| format!("continues in {}", frame_list(after, message.frames_left_out)));
        began.into_iter().chain(goes_on).collect()
    }
}

/// `frame 12`, `frames 12 and 14`, `frames 12–15, 17, 19 and 8 more`.
fn frame_list(frames: &[FrameNo], left_out: u64) -> String {
    const MOST: usize = 3;
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for FrameNo(frame) in frames {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*frame) => *last = *frame,
            _ => ranges.push((*frame, *frame)),
        }
    }
    let count = |(first, last): &(u64, u64)| last - first + 1;
    // One more is as short as to say that there is one more.
    let most = if left_out == 0 && ranges.len() == MOST + 1 { MOST + 1 } else { MOST };
    let more = left_out.saturating_add(ranges.iter().skip(most).map(count).sum());
    let mut words: Vec<_> = ranges
        .iter()
        .take(most)
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") })
        .collect();
    if more > 0 {
        words.push(format!("{} more", grouped(more)));
    }
    let last = words.pop().unwrap_or_default();
    match words.as_slice() {
        [] if frames.len() == 1 => format!("frame {last}"),
        [] => format!("frames {last}"),
        _ => format!("frames {} and {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::MessageNo;

    fn message(span: (u64, u64), frames: &[u64]) -> Found {
        Found {
            number: MessageNo(0),
            span: StreamSpan::new(span.0, span.1),
            frames: frames.iter().copied().map(FrameNo).collect(),
            frames_left_out: 0,
            answers: None,
            unasked: false,
            rules: Vec::new(),
            checks: Vec::new(),
            layers: Vec::new(),
            upgraded: None,
        }
    }

    /// Frame 12, with bytes 100 to 600 of its stream at 54.
    fn part(count: usize) -> Part {
        let span = Some(StreamSpan::new(100, 600));
        Part { number: FrameNo(12), payload: ByteSpan::new(54, 500), span, count }
    }

    #[test]
    fn the_share_says_where_the_rest_is() {
        let share = |span, frames: &[u64]| part(2).share(&message(span, frames)).unwrap();
        assert_eq!(
            share((100, 2148), &[12, 13, 14, 17]),
            "bytes 1–500 of its 2,048; continues in frames 13–14 and 17"
        );
        assert_eq!(
            share((100, 9000), &[12, 14, 16, 18, 20]),
            "bytes 1–500 of its 8,900; continues in frames 14, 16, 18 and 20"
        );
        assert_eq!(share((50, 101), &[9, 12]), "byte 51 of its 51; began in frame 9");
        assert_eq!(share((50, 200), &[9, 12]), "bytes 51–150 of its 150; began in frame 9");
        assert_eq!(
            share((50, 800), &[9, 10, 12, 13]),
            "bytes 51–550 of its 750; began in frame 9, continues in frame 13"
        );
        assert_eq!(
            share((100, 9000), &[12, 14, 16, 18, 20, 22]),
            "bytes 1–500 of its 8,900; continues in frames 14, 16, 18 and 2 more"
        );
    }

    #[test]
    fn a_whole_message_needs_a_word_only_where_it_is_alone() {
        let whole = message((110, 120), &[12]);
        assert_eq!(part(1).share(&whole).as_deref(), Some("complete in this frame"));
        assert_eq!(part(2).share(&whole), None);
    }

    #[test]
    fn bytes_of_a_message_are_those_that_the_frame_has() {
        assert_eq!(part(1).bytes(StreamSpan::new(110, 120)), Some(ByteSpan::new(64, 10)));
        assert_eq!(part(1).bytes(StreamSpan::new(0, 150)), Some(ByteSpan::new(54, 50)));
        assert_eq!(part(1).bytes(StreamSpan::new(600, 700)), None);
        let cut = Part { payload: ByteSpan::new(54, 5), ..part(1) };
        assert_eq!(
            cut.bytes(StreamSpan::new(102, 200)),
            Some(ByteSpan::new(56, 3)),
            "only what was captured"
        );
        assert_eq!(cut.bytes(StreamSpan::new(110, 120)), None);
    }
}
