//! The stream of lines.

use std::io::{self, Write};

use serde::Serialize;

use crate::base::Timestamp;
use crate::render::json::capture::CaptureLine;
use crate::render::json::connection::ConnectionLine;
use crate::render::json::escape;
use crate::render::json::finding::FindingLine;
use crate::render::json::message::MessageLine;
use crate::render::json::summary::SummaryLine;
use crate::timeline::{Audience, Event};

/// Writes each event as a line as soon as it is told.
pub struct JsonLines<W> {
    out: W,
    /// Named on every line when several files are read.
    file: Option<String>,
    /// Several files: `file` stands on every line.
    many: bool,
    first_time: Option<Timestamp>,
    flush: bool,
}

impl<W: Write> JsonLines<W> {
    /// Lines into `out`. `many` files are read, so each line names its own; `flush` after every line, for sniffing and pipes.
    pub fn new(out: W, many: bool, flush: bool) -> Self {
        Self { out, file: None, many, first_time: None, flush }
    }

    fn file_of_lines(&self) -> Option<String> {
        self.file.clone().filter(|_| self.many)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        escape::write(&mut self.out, line)?;
        self.out.write_all(b"\n")?;
        if self.flush { self.out.flush() } else { Ok(()) }
    }
}

impl<W: Write> Audience for JsonLines<W> {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture { identity, link_types } => {
                self.file.clone_from(&identity.file);
                self.line(&CaptureLine::new(identity, link_types))?;
                self.out.flush()
            }
            Event::Message { connection, placed } => {
                let file = self.file_of_lines();
                let line = MessageLine::new(connection, placed, self.first_time, file.as_deref());
                self.line(&line)
            }
            Event::Connection { connection, carried } => {
                let file = self.file_of_lines();
                let line = ConnectionLine::new(connection, carried, self.first_time, file.as_deref());
                self.line(&line)
            }
            Event::Finding(finding) => {
                let file = self.file_of_lines();
                self.line(&FindingLine::new(finding, file.as_deref()))
            }
            Event::Summary(summary) => {
                let line = SummaryLine::new(summary, self.file.clone());
                self.line(&line)?;
                self.out.flush()
            }
            Event::FirstFrame(time) => {
                self.first_time = time;
                Ok(())
            }
            Event::Step { .. } => Ok(()),
            Event::Idle => self.out.flush(),
        }
    }
}
