//! The command line: what was typed (`args`), what it means, and one file for each thing that is done.

mod args;
mod exit;
mod for_shells;
mod frame;
mod input;
#[cfg(feature = "live")]
mod interfaces;
#[cfg(feature = "live")]
mod live;
mod output;
mod quantity;
mod read;
mod rules;
mod selection;

pub use exit::Exit;

use clap::Parser;

/// Does what the command line of this process says; returns how it ended. Errors have been printed by then.
#[must_use]
pub fn main() -> Exit {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::of_usage(&error),
    };
    let done = match args.command {
        None => read::read(&args.read, &args.common),
        Some(args::Command::Read(read)) => read::read(&read, &args.common),
        Some(args::Command::Frame(frame)) => frame::frame(&frame, &args.common),
        Some(args::Command::Completions { shell }) => for_shells::completions(shell),
        Some(args::Command::Man) => for_shells::man(),
        Some(args::Command::Rules(rules)) => rules::rules(&rules, &args.common),
        #[cfg(feature = "live")]
        Some(args::Command::Live(live)) => live::live(&live, &args.common),
        #[cfg(feature = "live")]
        Some(args::Command::Interfaces) => interfaces::interfaces(&args.common),
    };
    done.unwrap_or_else(|error| exit::of_error(&error))
}
