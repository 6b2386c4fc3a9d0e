//! What a capture is, and what it comes to.

use std::io::{self, Write};

use crate::base::LinkType;
use crate::capture::Identity;
use crate::explain::printable;
use crate::ladder::number::{counted, grouped, span};
use crate::ladder::{Mark, Note, came_to_be, outcome_words};
use crate::render::text::line::{Line, Paper};
use crate::render::text::palette;
use crate::render::text::wrap::wrap;
use crate::timeline::Summary;
use crate::track::Outcome;

/// `chat.pcapng · pcapng · Ethernet`: what is being read.
pub(super) fn identity(paper: Paper, identity: &Identity, link_types: &[LinkType]) -> Line {
    let name = match (&identity.file, &identity.interface) {
        (Some(file), _) if file == "-" => "standard input",
        (Some(file), _) => file,
        (None, Some(interface)) => interface,
        (None, None) => "capture",
    };
    let mut parts = vec![match identity.compression {
        Some(compression) => format!("{} in {compression}", identity.format),
        None => identity.format.to_owned(),
    }];
    parts.extend(link_types.iter().take(4).map(ToString::to_string));
    let rest = format!(" · {}", parts.join(" · "));
    let room = paper.width.saturating_sub(paper.width_of(&rest)).max(20);
    let mut line = paper.line();
    line.put(palette::STRONG, &paper.shorten(&printable(name), room)).put(palette::QUIET, &rest);
    line
}

/// `412 frames · 12.8 s · 6 connections: 5 established, 1 refused`; plain words where there was no TCP.
pub(super) fn overview(paper: Paper, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut line = paper.line();
    line.put(palette::STRONG, &counted(summary.frames, "frame"));
    if let Some((first, last)) = summary.first_time.zip(summary.last_time) {
        line.put(palette::PLAIN, " · ").put(palette::PLAIN, &span(last.since(first)));
    }
    if summary.connections() == 0 {
        line.put(palette::PLAIN, " · no TCP connection");
        return line.write(out);
    }
    line.put(palette::PLAIN, &format!(" · {}:", counted(summary.connections(), "connection")));
    let count = summary.outcomes().count();
    for (place, (outcome, number)) in summary.outcomes().enumerate() {
        let comma = if place + 1 < count { "," } else { "" };
        let text = format!(" {} {}", grouped(number), outcome_words(outcome));
        if line.width() + paper.width_of(&text) + comma.len() > paper.width {
            line.write(out)?;
            line = paper.line();
            line.put(palette::PLAIN, "   ");
        }
        line.put(outcome_style(outcome), &text).put(palette::PLAIN, comma);
    }
    line.write(out)
}

fn outcome_style(outcome: Outcome) -> anstyle::Style {
    let quiet = came_to_be(outcome) || outcome == Outcome::Undecided;
    palette::note(if quiet { Mark::Plain } else { Mark::Fault })
}

/// What the user should know about the capture as a whole: totals first, then everything that is missing or odd.
/// `told` is the number of link types that were said already.
pub(super) fn remarks(paper: Paper, summary: &Summary, told: usize, out: &mut dyn Write) -> io::Result<()> {
    for note in totals(summary, told).into_iter().chain(losses(summary)).chain(damage(summary)) {
        for text in wrap(paper, &note.text, paper.width.min(120)) {
            let mut line = paper.line();
            line.put(palette::note(note.mark), &text);
            line.write(out)?;
        }
    }
    Ok(())
}

fn totals(summary: &Summary, told: usize) -> Vec<Note> {
    let mut notes = Vec::new();
    if summary.connections() == 0 {
        notes.push(Note::new(nothing(summary)));
    }
    if summary.frames == 0 {
        return notes;
    }
    let mut parts = vec![format!("{} on the wire", counted(summary.wire_bytes, "byte"))];
    if summary.captured_bytes < summary.wire_bytes {
        parts.push(format!("{} of them captured", grouped(summary.captured_bytes)));
    }
    let types: Vec<_> = summary.link_types.iter().take(8).map(ToString::to_string).collect();
    parts.extend((types.len() > told).then(|| types.join(", ")));
    if let Some((first, last)) = summary.first_time.zip(summary.last_time) {
        parts.push(format!("from {first} to {last}"));
    }
    notes.push(Note::marked(Mark::Aside, parts.join(" · ")));
    notes
}

fn nothing(summary: &Summary) -> String {
    if summary.frames == 0 {
        return "No frame was read.".to_owned();
    }
    format!("No TCP connection that synscope can follow: {}.", why_nothing(summary))
}

fn why_nothing(summary: &Summary) -> String {
    let frames = counted(summary.frames, "frame");
    if summary.headers_cut > 0 {
        return match summary.headers_cut {
            1 => format!("1 of {frames} is cut off inside a header"),
            cut => format!("{} of {frames} are cut off inside a header", grouped(cut)),
        };
    }
    match summary.undecoded_frames {
        0 => format!("{frames} of other protocols, or of tunnels that are not opened"),
        unread if unread >= summary.frames => {
            format!("{frames} with nothing above the link layer that synscope reads")
        }
        unread => format!(
            "{frames} of other protocols, or of tunnels that are not opened, {} of them with nothing above the link layer that synscope reads",
            grouped(unread)
        ),
    }
}

fn losses(summary: &Summary) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut tell = |count: u64, mark: Mark, noun: &str, what: &str| {
        if count > 0 {
            notes.push(Note::marked(mark, format!("{} {what}", counted(count, noun))));
        }
    };
    tell(
        summary.cut_frames,
        Mark::Aside,
        "frame",
        "cut by the snap length: the ends of long frames were not recorded",
    );
    // Without a connection both are told as the reason for that.
    if summary.connections() > 0 {
        tell(
            summary.undecoded_frames,
            Mark::Aside,
            "frame",
            "with nothing above the link layer that synscope reads",
        );
        tell(
            summary.headers_cut,
            Mark::Fault,
            "frame",
            "cut inside a header, so that what they carry cannot be followed",
        );
    }
    tell(
        summary.evicted,
        Mark::Fault,
        "connection",
        "given up early to stay within the memory bound (--max-memory)",
    );
    let drops = summary.drops.unwrap_or_default();
    tell(
        drops.by_system,
        Mark::Fault,
        "frame",
        "lost before synscope saw them: the system's capture buffer was full",
    );
    tell(drops.by_interface, Mark::Fault, "frame", "lost by the interface or its driver");
    if summary.drops.is_some() && drops.by_system == 0 && drops.by_interface == 0 {
        notes.push(Note::marked(Mark::Aside, "no frame was lost while capturing"));
    }
    notes
}

fn damage(summary: &Summary) -> Vec<Note> {
    let damage = summary.damage.as_ref().map(|damage| {
        let (place, reason) = (grouped(damage.offset), printable(&damage.reason).into_owned());
        Note::marked(
            Mark::Fault,
            format!("The capture is damaged at byte {place}: {reason}. Everything before it is shown."),
        )
    });
    let notes = summary.notes.iter().map(|note| Note::new(printable(note)));
    damage.into_iter().chain(notes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(frames: u64, headers_cut: u64, undecoded_frames: u64) -> Summary {
        let mut summary = Summary::default();
        (summary.frames, summary.headers_cut, summary.undecoded_frames) =
            (frames, headers_cut, undecoded_frames);
        summary
    }

    #[test]
    fn cut_headers_and_tunnels_are_no_proof_that_there_is_no_tcp() {
        let said = |summary: &Summary| {
            nothing(summary).strip_prefix("No TCP connection that synscope can follow: ").unwrap().to_owned()
        };
        assert_eq!(said(&of(41, 39, 0)), "39 of 41 frames are cut off inside a header.");
        assert_eq!(said(&of(2, 1, 0)), "1 of 2 frames is cut off inside a header.");
        assert_eq!(said(&of(15, 0, 0)), "15 frames of other protocols, or of tunnels that are not opened.");
        assert_eq!(said(&of(3, 0, 3)), "3 frames with nothing above the link layer that synscope reads.");
    }

    #[test]
    fn cut_headers_are_told_once() {
        let mut summary = of(41, 39, 0);
        assert!(losses(&summary).is_empty());
        summary.count(Outcome::Established);
        assert_eq!(losses(&summary).len(), 1);
    }
}
