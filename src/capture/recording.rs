//! Saves what passes by.

use std::io::Write;

use crate::capture::{Damage, Drops, Error, Identity, Interface, Next, PcapngWriter, Source};

/// A source whose frames are saved as pcapng on their way.
pub struct Recording<W: Write> {
    source: Box<dyn Source>,
    writer: Option<PcapngWriter<W>>,
    /// Interfaces that the file has been told of.
    written: usize,
    /// Name of the file, for errors.
    file: String,
}

impl<W: Write> Recording<W> {
    /// Saves the frames of `source` into `output`, called `file` in errors.
    ///
    /// # Errors
    /// Where the file's head cannot be written.
    pub fn new(source: Box<dyn Source>, output: W, file: String) -> Result<Self, Error> {
        let writer =
            PcapngWriter::new(output).map_err(|source| Error::Write { file: file.clone(), source })?;
        Ok(Self { source, writer: Some(writer), written: 0, file })
    }

    /// Writes the counters and everything still held back.
    ///
    /// # Errors
    /// Where the file cannot be written to its end.
    pub fn finish(mut self) -> Result<(), Error> {
        let drops = self.source.drops();
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let flushed = writer.finish(drops).and_then(|mut output| output.flush());
        flushed.map_err(|source| Error::Write { file: self.file, source })
    }
}

impl<W: Write> Source for Recording<W> {
    fn identity(&self) -> &Identity {
        self.source.identity()
    }

    fn next_frame(&mut self) -> Result<Next<'_>, Error> {
        let failed = |source| Error::Write { file: self.file.clone(), source };
        if let Some(writer) = &mut self.writer {
            for interface in self.source.interfaces().iter().skip(self.written) {
                writer.add_interface(interface, 0).map_err(failed)?;
                self.written += 1;
            }
        }
        let next = self.source.next_frame()?;
        if let (Next::Frame(frame), Some(writer)) = (&next, &mut self.writer) {
            writer.write_frame(frame).map_err(|source| Error::Write { file: self.file.clone(), source })?;
        }
        Ok(next)
    }

    fn interfaces(&self) -> &[Interface] {
        self.source.interfaces()
    }

    fn damage(&self) -> Option<&Damage> {
        self.source.damage()
    }

    fn drops(&mut self) -> Option<Drops> {
        self.source.drops()
    }

    fn notes(&self) -> &[String] {
        self.source.notes()
    }
}
