//! `synscope interfaces`: where this machine can be listened to.

use std::io::Write;

use anyhow::Result;

use crate::capture::live;
use crate::cli::args::{Common, Format};
use crate::cli::exit::Exit;
use crate::cli::output::stdout;
use crate::render;

pub(super) fn interfaces(common: &Common) -> Result<Exit> {
    let list = live::interfaces();
    let mut out = stdout();
    match common.format {
        Format::Json => render::json::interfaces(&list, &mut out)?,
        Format::Text => render::text::interfaces(&list, &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Done)
}
