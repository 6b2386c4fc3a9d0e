//! `synscope frame`: one frame as its seven layers.

use std::io::Write;

use anyhow::{Result, bail};

use crate::base::FrameNo;
use crate::capture::Damage;
use crate::cli::args::{Common, Format, Frame};
use crate::cli::exit::Exit;
use crate::cli::input::saved;
use crate::cli::output::{stdout, text_options};
use crate::pipeline::{self, Found};
use crate::render;

pub(super) fn frame(args: &Frame, common: &Common) -> Result<Exit> {
    let mut source = saved(&args.files)?;
    let explanation = match pipeline::explain_frame(&mut *source, FrameNo(args.number), common.max_memory)? {
        Found::Frame(explanation) => explanation,
        Found::Only(frames) => bail!("{}", no_such_frame(args, frames, source.damage())),
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

fn no_such_frame(args: &Frame, frames: u64, damage: Option<&Damage>) -> String {
    let have = match frames {
        0 => "it has none".to_owned(),
        1 => "it has one".to_owned(),
        _ => format!("it has {frames}"),
    };
    let damage = damage.map_or_else(String::new, |damage| {
        format!(" before it is damaged at byte {}: {}", damage.offset, damage.reason)
    });
    let files: Vec<_> = args.files.iter().map(|file| file.display().to_string()).collect();
    format!("{} has no frame {}: {have}{damage}", files.join(", "), args.number)
}
