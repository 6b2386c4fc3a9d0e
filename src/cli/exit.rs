//! How the program ends.

use std::io;
use std::process::{ExitCode, Termination};

use clap::error::ErrorKind;

use crate::cli::output::say;
use crate::pipeline;

/// Exit codes (`docs/json.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was read and shown.
    Done,
    /// A capture was damaged or cut short; what could be read was shown.
    Damaged,
    /// Could not run.
    Failed,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Damaged => 1,
            Self::Failed => 2,
        })
    }
}

/// Prints what clap says: help and version as they are, bad usage as one line on stderr. What was typed is in that line, and may
/// come from somewhere else.
pub(super) fn of_usage(error: &clap::Error) -> Exit {
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.use_stderr() && !is_help {
        let line = complaint(&error.render().to_string());
        say(&line);
        return Exit::Failed;
    }
    match error.print() {
        Ok(()) if is_help => Exit::Failed,
        Ok(()) => Exit::Done,
        Err(failure) => of_error(&failure.into()),
    }
}

/// The first paragraph of what clap prints, in one line, and where to find more.
fn complaint(printed: &str) -> String {
    let paragraph: Vec<_> = printed.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let said = paragraph.join(" ");
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    format!("{said}; synscope --help lists what can be asked for")
}

/// Prints an error as one line on stderr. A reader that closed the pipe has seen enough: that is no error, and nothing is
/// said.
pub(super) fn of_error(error: &anyhow::Error) -> Exit {
    if is_broken_pipe(error) {
        return Exit::Done;
    }
    let line = one_line(error);
    say(&line);
    Exit::Failed
}

/// An error with its causes; a cause whose words are there already is not said again.
fn one_line(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.is_empty() {
        true => cause,
        false if said.contains(&cause) => said,
        false => format!("{said}: {cause}"),
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let written = match cause.downcast_ref::<pipeline::Error>() {
            Some(pipeline::Error::Output(error)) => Some(error.kind()),
            _ => cause.downcast_ref::<io::Error>().map(io::Error::kind),
        };
        written == Some(io::ErrorKind::BrokenPipe)
    })
}
