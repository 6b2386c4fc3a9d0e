//! `synscope completions` and `synscope man`: what shells and `man` are to know of the command line.

use std::io::Write;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::args::Args;
use crate::cli::exit::Exit;
use crate::cli::output::stdout;

/// A script that completes the command line in `shell`.
pub(super) fn completions(shell: Shell) -> Result<Exit> {
    // Written to memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "synscope", &mut script);
    written(&script)
}

/// The manual page, as `man -l -` reads it.
pub(super) fn man() -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut page)?;
    written(&page)
}

fn written(text: &[u8]) -> Result<Exit> {
    let mut out = stdout();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Done)
}
