//! `synscope live`: sniffing.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufWriter, IsTerminal};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::base::Duration;
use crate::capture::live::{self, StopFlag};
use crate::capture::{Recording, Source};
use crate::cli::args::{Common, Format, Live, Messages};
use crate::cli::exit::Exit;
use crate::cli::output::{say, stdout, text_options};
use crate::cli::selection::Selected;
use crate::pipeline;
use crate::render::json::JsonLines;
use crate::render::text::LiveText;
use crate::timeline::Audience;
use crate::track::Limits;

/// How long to go on after the end was asked for: what was captured before it still lies in the system's buffers, which hand
/// frames on with some milliseconds of delay.
const GRACE: std::time::Duration = std::time::Duration::from_millis(60);
/// Data of one side is told at least this often while it flows.
const LONGEST_RUN: Duration = Duration::seconds(1);

/// Sniffs until a signal, `--count` or `--duration` ends it; the summary is shown either way.
pub(super) fn live(args: &Live, common: &Common) -> Result<Exit> {
    if args.write.as_deref() == Some(Path::new("-")) {
        bail!("-w needs the name of a file: standard output shows the timelines");
    }
    let mut source = live::open(&live::Options {
        interface: args.interface.clone(),
        filter: args.filter.clone(),
        promiscuous: !args.no_promiscuous,
        immediate: std::io::stdout().is_terminal() || args.write.is_none(),
    })?;
    let stop = live::stop_on_signals()?;
    if let Some(path) = &args.write {
        let name = path.display().to_string();
        let file = File::create(path).with_context(|| format!("cannot write {name}"))?;
        let mut recording = Recording::new(source, BufWriter::new(file), name)?;
        announce(&recording, common);
        let ran = listen(&mut recording, args, common, &stop);
        recording.finish()?;
        ran?;
    } else {
        announce(&*source, common);
        listen(&mut *source, args, common, &stop)?;
    }
    Ok(Exit::Done)
}

fn announce(source: &dyn Source, common: &Common) {
    if common.quiet {
        return;
    }
    for note in source.notes() {
        say(&format!("note: {note}"));
    }
    let name = source.identity().interface.as_deref().unwrap_or_default();
    say(&format!("listening on {name}; Ctrl-C ends"));
}

fn listen(source: &mut dyn Source, args: &Live, common: &Common, stop: &StopFlag) -> Result<()> {
    match common.format {
        Format::Json => run(source, args, common, stop, &mut JsonLines::new(stdout(), false, true)),
        Format::Text => {
            let options = text_options(common, Some(&args.show));
            run(source, args, common, stop, &mut LiveText::new(stdout(), options))
        }
    }
}

fn run(
    source: &mut dyn Source,
    args: &Live,
    common: &Common,
    stop: &StopFlag,
    audience: &mut dyn Audience,
) -> Result<()> {
    let steps = common.format == Format::Text;
    let limits = Limits { max_memory: common.max_memory, steps, longest_run: Some(LONGEST_RUN) };
    let options = pipeline::Options {
        limits,
        messages: common.messages != Messages::None,
        count: args.count,
        duration: None,
    };
    let began = Instant::now();
    let longest = args.duration.and_then(|d| u64::try_from(d.0).ok()).map(std::time::Duration::from_nanos);
    let asked = Cell::new(None);
    let over = || {
        if stop.is_set() || longest.is_some_and(|longest| began.elapsed() >= longest) {
            let since = asked.get().unwrap_or_else(Instant::now);
            asked.set(Some(since));
            return since.elapsed() >= GRACE;
        }
        false
    };
    let mut selected = Selected { selection: args.show.selection(), audience, shown: 0 };
    pipeline::run(source, options, &over, &mut selected)?;
    Ok(())
}
