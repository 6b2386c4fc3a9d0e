//! `synscope read`: saved captures.

use std::ffi::OsStr;
use std::io::{self, Write};

use anyhow::Result;

use crate::capture::{self, Source};
use crate::cli::args::{Common, Format, Messages, Read};
use crate::cli::exit::Exit;
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
    for (nth, file) in args.files.iter().enumerate() {
        match read_one(file, nth, args, common) {
            Ok(summary) if summary.damage.is_some() => {
                if exit == Exit::Done {
                    exit = Exit::Damaged;
                }
                report_damage(file, &summary, common);
            }
            Ok(_) => {}
            Err(error) if args.files.len() > 1 && error.downcast_ref::<capture::Error>().is_some() => {
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

fn read_one(file: &OsStr, nth: usize, args: &Read, common: &Common) -> Result<Summary> {
    let mut source = open(file, args)?;
    let many = args.files.len() > 1;
    match common.format {
        Format::Json => run(&mut *source, args, common, &mut JsonLines::new(stdout(), many, file == "-")),
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
fn open(file: &OsStr, args: &Read) -> Result<Box<dyn Source>> {
    let source = capture::open(file)?;
    Ok(match &args.filter {
        Some(filter) => Box::new(capture::filter::Filtered::new(source, capture::filter::Bpf::new(filter)?)),
        None => source,
    })
}

#[cfg(not(feature = "live"))]
fn open(file: &OsStr, _args: &Read) -> Result<Box<dyn Source>> {
    Ok(capture::open(file)?)
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

fn report_damage(file: &OsStr, summary: &Summary, common: &Common) {
    if let Some(damage) = summary.damage.as_ref().filter(|_| !common.quiet) {
        let line = format!(
            "{} is damaged at byte {}: {}; everything before it is shown ({} frames)",
            file.display(),
            damage.offset,
            damage.reason,
            summary.frames
        );
        say(&line);
    }
}
