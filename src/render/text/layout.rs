//! Where the columns of a ladder stand.
//!
//! ```text
//!  frame  time            state  ┊ arrow ┊ state  notes      134 columns and more, 150 with messages
//!  frame  time            state  ┊ arrow ┊ state             110 and more: notes between the lanes
//!  frame  time  ┊ arrow ┊                                     fewer: states and notes between the lanes
//! ```

use crate::render::text::line::Paper;

/// Columns of a ladder, counted from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// What is drawn on.
    pub(super) paper: Paper,
    /// Frame numbers end before this column.
    pub(super) frame_end: usize,
    /// First column of times.
    pub(super) time: usize,
    /// Columns for times.
    pub(super) time_width: usize,
    /// The client's lane.
    pub(super) left: usize,
    /// The server's lane.
    pub(super) right: usize,
    /// States stand outside the lanes, beside the arrow that brought them.
    pub(super) states_outside: bool,
    /// First column of the notes; `None` where they stand between the lanes, below their arrow.
    pub(super) notes: Option<usize>,
}

impl Layout {
    /// Columns for the longest name of a state (`SYN-RECEIVED`).
    pub(super) const STATE: usize = 12;

    /// From this width on the states stand outside the lanes: a checked sum fits on a line between them then.
    const STATES_OUTSIDE: usize = 110;

    /// From this width on the notes stand beside the lanes: a checked sum fits on a line there.
    const NOTES_OUTSIDE: usize = 134;

    /// So many columns go to the notes first: an offer with all its parts fits on a line then. The next go to the arrows.
    const WIDER_NOTES: usize = 24;

    /// Where messages stand on the arrows, notes stand beside the lanes from this width on.
    const NOTES_BESIDE_MESSAGES: usize = 150;

    /// Columns between the lanes at the least width with notes beside them, and most that come with more width: without and with
    /// messages.
    const ARROWS: [(usize, usize); 2] = [(36, 24), (44, 44)];

    /// The columns on this paper; `frame_digits` is the length of the longest frame number to come. Where `messages` stand on the
    /// arrows, these get more room.
    pub(super) fn new(paper: Paper, frame_digits: usize, messages: bool) -> Self {
        let frame_end = 1 + frame_digits.clamp(5, 20);
        let time = frame_end + 2;
        let states_outside = paper.width >= Self::STATES_OUTSIDE;
        let time_width = if states_outside { 15 } else { 12 };
        let beside = if states_outside { Self::STATE + 1 } else { 0 };
        let left = time + time_width + 1 + beside;
        let widest = paper.width.saturating_sub(beside + 1);
        let mut layout =
            Self { paper, frame_end, time, time_width, left, right: 0, states_outside, notes: None };
        let outside = if messages { Self::NOTES_BESIDE_MESSAGES } else { Self::NOTES_OUTSIDE };
        if paper.width >= outside {
            let beyond = paper.width - outside;
            let [without, with] = Self::ARROWS;
            let inner = if messages {
                with.0 + beyond.div_ceil(2).min(with.1)
            } else {
                without.0 + beyond.saturating_sub(Self::WIDER_NOTES).min(without.1)
            };
            layout.right = left + 1 + inner;
            layout.notes = Some(layout.right + 2 + Self::STATE + 2);
        } else {
            layout.right = widest.min(left + 77).max(left + 24);
        }
        layout
    }

    /// Columns for one line of notes.
    pub(super) fn note_width(&self) -> usize {
        match self.notes {
            Some(start) => self.paper.width.saturating_sub(start).min(100),
            None => (self.right - self.left).saturating_sub(5),
        }
    }
}
