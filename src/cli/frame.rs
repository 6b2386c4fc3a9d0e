//! `synscope frame`: one frame as its seven layers.

use std::io::Write;

use anyhow::{Result, bail};

use crate::base::FrameNo;
use crate::capture;
use crate::cli::args::{Common, Format, Frame};
use crate::cli::exit::Exit;
use crate::cli::output::{stdout, text_options};
use crate::{pipeline, render};

pub(super) fn frame(args: &Frame, common: &Common) -> Result<Exit> {
    let mut source = capture::open(&args.file)?;
    let explained = pipeline::explain_frame(&mut *source, FrameNo(args.number), common.max_memory)?;
    let Some(explanation) = explained else {
        let damage = source.damage().map_or_else(String::new, |damage| {
            format!(" before it is damaged at byte {}: {}", damage.offset, damage.reason)
        });
        bail!("{} has no frame {}{damage}", args.file, args.number);
    };
    let mut out = stdout();
    match common.format {
        Format::Json => render::json::frame(&explanation, &mut out)?,
        Format::Text => {
            let options = text_options(common, None);
            render::text::write_frame(&explanation, options, args.fields, &mut out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}
