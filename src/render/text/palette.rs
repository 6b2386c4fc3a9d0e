//! Colours by meaning. Nothing depends on them: words and symbols say the same. Red is for what went wrong, and for nothing else.

use anstyle::{AnsiColor, Color, Effects, Style};

use crate::explain::OsiLayer;
use crate::ladder::{Mark, Tone};

/// Ordinary text.
pub(super) const PLAIN: Style = Style::new();
/// Frame numbers, times, lanes, remarks beside the matter.
pub(super) const QUIET: Style = Style::new().effects(Effects::DIMMED);
/// Headings and names.
pub(super) const STRONG: Style = Style::new().effects(Effects::BOLD);
/// What went wrong.
pub(super) const FAULT: Style = colour(AnsiColor::Red).effects(Effects::BOLD);
/// What took long.
pub(super) const SLOW: Style = colour(AnsiColor::Yellow);
/// A check that holds.
pub(super) const RIGHT: Style = colour(AnsiColor::Green);
/// The TCP handshake.
pub(super) const HANDSHAKE: Style = colour(AnsiColor::BrightBlue);

/// What is said above TCP.
pub(super) const MESSAGE: Style = colour(AnsiColor::Cyan);

/// The style of an arrow: TCP blue, questions and answers plain, what is said without being asked cyan.
pub(super) fn arrow(tone: Tone) -> Style {
    match tone {
        Tone::Handshake | Tone::Close => HANDSHAKE,
        Tone::Data | Tone::Exchange => PLAIN,
        Tone::Message => MESSAGE,
        Tone::Control => MESSAGE.effects(Effects::DIMMED),
        Tone::Fault => colour(AnsiColor::Red),
        Tone::Aside => QUIET,
    }
}

/// The style of a remark.
pub(super) fn note(mark: Mark) -> Style {
    match mark {
        Mark::Plain | Mark::Right => PLAIN,
        Mark::Aside => QUIET,
        Mark::Wrong | Mark::Fault => FAULT,
    }
}

/// The style of a layer and of its bytes.
pub(super) fn layer(osi: OsiLayer) -> Style {
    match osi {
        OsiLayer::Physical => QUIET,
        OsiLayer::DataLink => colour(AnsiColor::Magenta),
        OsiLayer::Network => colour(AnsiColor::Green),
        OsiLayer::Transport => HANDSHAKE,
        OsiLayer::Session => colour(AnsiColor::Cyan),
        OsiLayer::Presentation => colour(AnsiColor::BrightMagenta),
        OsiLayer::Application => colour(AnsiColor::Yellow),
    }
}

const fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}
