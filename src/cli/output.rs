//! Where results go, and how wide and colourful they may be.

use std::io::{self, BufWriter, StdoutLock, Write};

use anstream::AutoStream;

use crate::cli::args::{Common, Messages, Show};
use crate::explain::printable;
use crate::ladder::MessageDetail;
use crate::render::text::{Detail, TextOptions};

/// Width where neither the user nor a terminal says one.
const USUAL_WIDTH: usize = 100;
/// A terminal that says it is narrower than this does not know.
const NARROWEST: usize = 20;

/// Standard output, written in blocks.
pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Says one line on standard error. Where even that cannot be written there is nobody left to tell, so the failure is let go.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "synscope: {}", printable(line));
}

/// How text is to be drawn. `show` says whether the user asked for certain connections.
pub(super) fn text_options(common: &Common, show: Option<&Show>) -> TextOptions {
    let choice = match common.color {
        clap::ColorChoice::Auto => AutoStream::choice(&io::stdout()),
        clap::ColorChoice::Always => anstream::ColorChoice::Always,
        clap::ColorChoice::Never => anstream::ColorChoice::Never,
    };
    let asked = show.is_some_and(|show| show.selection().is_any());
    TextOptions {
        width: common.width.map_or_else(terminal_width, usize::from),
        ascii: common.ascii,
        colour: choice != anstream::ColorChoice::Never,
        limit: show.map(|show| show.rows).filter(|rows| *rows > 0),
        detail: if asked { Detail::Always } else { Detail::Fit },
        messages: match common.messages {
            Messages::Full => MessageDetail::Full,
            Messages::None | Messages::Summary => MessageDetail::Summary,
        },
    }
}

/// The width of the terminal that the output goes to; through a pipe to a pager, that of the terminal it was typed in.
fn terminal_width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let of = |size: Option<(terminal_size::Width, _)>| size.map(|(width, _)| usize::from(width.0));
    let output = of(terminal_size::terminal_size_of(io::stdout()));
    let typed_in = of(terminal_size::terminal_size_of(io::stderr()));
    [output, asked, typed_in].into_iter().flatten().find(|width| *width >= NARROWEST).unwrap_or(USUAL_WIDTH)
}
