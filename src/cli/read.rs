//! `synscope read`: saved captures.

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Result;

use crate::capture::{self, Source};
use crate::cli::args::{Common, Format, Messages, Read};
use crate::cli::exit::Exit;
use crate::cli::input::saved;
use crate::cli::output::{say, stdout, text_options};
use crate::cli::selection::Selected;
use crate::pipeline;
use crate::render::json::JsonLines;
use crate::render::text::ReadText;
use crate::timeline::{Audience, Summary};
use crate::track::Limits;

/// Reads every file in turn. A file that cannot be read does not keep the others from being read.
pub(super) fn read(args: &Read, common: &Common) -> Result<Exit> {
    if args.keylog.is_some() && !common.quiet {
        say("note: --keylog is not used yet: TLS is not decrypted");
    }
    let mut exit = Exit::Done;
    let mut failure = None;
    let together = if args.merge { args.files.len() } else { 1 };
    let captures: Vec<_> = args.files.chunks(together.max(1)).collect();
    for (nth, files) in captures.iter().enumerate() {
        match read_one(files, (nth, captures.len()), args, common) {
            Ok(summary) if summary.damage.is_some() => {
                if exit == Exit::Done {
                    exit = Exit::Damaged;
                }
                report_damage(files, &summary, common);
            }
            Ok(_) => {}
            Err(error) if captures.len() > 1 && error.downcast_ref::<capture::Error>().is_some() => {
                crate::cli::exit::of_error(&error);
                exit = Exit::Failed;
            }
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    failure.map_or(Ok(exit), Err)
}

/// Reads one capture, the `nth` of so many.
fn read_one(files: &[OsString], (nth, of): (usize, usize), args: &Read, common: &Common) -> Result<Summary> {
    let mut source = open(files, args)?;
    match common.format {
        Format::Json => {
            let from_a_pipe = files.iter().any(|file| file == "-");
            run(&mut *source, args, common, &mut JsonLines::new(stdout(), of > 1, from_a_pipe))
        }
        Format::Text => {
            let options = text_options(common, Some(&args.show));
            if nth > 0 {
                // Not println!, which panics where the reader is gone.
                writeln!(io::stdout())?;
            }
            run(&mut *source, args, common, &mut ReadText::new(stdout(), options))
        }
    }
}

#[cfg(feature = "live")]
fn open(files: &[OsString], args: &Read) -> Result<Box<dyn Source>> {
    let source = saved(files)?;
    Ok(match &args.filter {
        Some(filter) => Box::new(capture::filter::Filtered::new(source, capture::filter::Bpf::new(filter)?)),
        None => source,
    })
}

#[cfg(not(feature = "live"))]
fn open(files: &[OsString], _args: &Read) -> Result<Box<dyn Source>> {
    Ok(saved(files)?)
}

fn run(
    source: &mut dyn Source,
    args: &Read,
    common: &Common,
    audience: &mut dyn Audience,
) -> Result<Summary> {
    let options = pipeline::Options {
        limits: Limits {
            max_memory: common.max_memory,
            steps: common.format == Format::Text,
            longest_run: None,
        },
        messages: common.messages != Messages::None,
        count: args.count,
        duration: args.duration,
    };
    let selection = args.show.selection();
    let asked = selection.is_any();
    let mut selected = Selected { selection, audience, shown: 0 };
    let summary = pipeline::run(source, options, &|| false, &mut selected)?;
    if asked && selected.shown == 0 && !common.quiet {
        say("note: no connection in this capture matches what was asked for");
    }
    Ok(summary)
}

fn report_damage(files: &[OsString], summary: &Summary, common: &Common) {
    if let Some(damage) = summary.damage.as_ref().filter(|_| !common.quiet) {
        let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        let line = format!(
            "{} is damaged at byte {}: {}; everything before it is shown ({} frames)",
            names.join(", "),
            damage.offset,
            damage.reason,
            summary.frames
        );
        say(&line);
    }
}
