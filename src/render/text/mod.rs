//! Pictures for the terminal: one connection as a ladder, many as a table, a frame as its layers and bytes.
//!
//! Every text that came from a file or the network passes [`printable`](crate::explain::printable); every line is made for a width, with or without
//! characters beyond ASCII, with or without colour.

mod body;
mod finding;
mod frame;
mod glyph;
mod groups;
mod heading;
mod hex;
#[cfg(feature = "live")]
mod interfaces;
mod ladder;
mod layout;
mod line;
mod listing;
mod live;
mod overview;
mod palette;
mod read;
mod remark;
mod rules;
mod speech;
mod summary;
mod wrap;

pub use frame::write_frame;
#[cfg(feature = "live")]
pub use interfaces::interfaces;
pub use live::LiveText;
pub use read::ReadText;
pub use rules::{rule, rules};

use crate::ladder::MessageDetail;
use line::Paper;

/// How texts are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns of the terminal. Made for 80 and more; with fewer than about 50 lines are longer than that.
    pub width: usize,
    /// No character beyond ASCII.
    pub ascii: bool,
    /// With style codes.
    pub colour: bool,
    /// Most rows of the overview; `None` is all.
    pub limit: Option<usize>,
    /// Whether timelines are drawn when there are many connections.
    pub detail: Detail,
    /// How much of every message is drawn.
    pub messages: MessageDetail,
}

/// Whether timelines are drawn when there are many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Where there are few enough to be read.
    Fit,
    /// Always: the user chose these connections.
    Always,
}

impl Default for TextOptions {
    /// 80 columns, Unicode, no colour, 50 rows, timelines where they fit, messages in a line each.
    fn default() -> Self {
        Self {
            width: 80,
            ascii: false,
            colour: false,
            limit: Some(50),
            detail: Detail::Fit,
            messages: MessageDetail::Summary,
        }
    }
}

impl TextOptions {
    fn paper(self) -> Paper {
        Paper { width: self.width, ascii: self.ascii, colour: self.colour }
    }
}
