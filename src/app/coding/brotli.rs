//! `br`: Brotli (RFC 7932), without the large windows that are not part of it.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, SliceWrapper, StandardAlloc};

use crate::app::coding::{Coding, Decode, Plain, Stopped};

/// `br`.
#[derive(Debug)]
pub(super) struct Brotli;

impl Coding for Brotli {
    fn names(&self) -> &'static [&'static str] {
        &["br"]
    }

    fn undone(&self) -> &'static str {
        "unpacked from Brotli"
    }

    fn open(&self) -> Box<dyn Decode> {
        let alloc = StandardAlloc::default;
        Box::new(Stream {
            state: Box::new(State::new_strict(alloc(), alloc(), alloc())),
            made: vec![0; PIECE],
            is_finished: false,
        })
    }
}

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// Bytes that are made at a time.
const PIECE: usize = 16 << 10;

struct Stream {
    state: Box<State>,
    made: Vec<u8>,
    is_finished: bool,
}

impl Decode for Stream {
    fn push(&mut self, coded: &[u8], plain: &mut Plain<'_>) -> Result<(), Stopped> {
        // One byte at a time: where the bytes are damaged, the library keeps back what the same call made before, so that
        // larger pieces would give another answer for every cut.
        for byte in coded {
            self.byte(*byte, plain)?;
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.is_finished
    }

    /// The window, at most 16 MiB (RFC 7932 §9.1), and its tables.
    fn memory(&self) -> usize {
        self.state.ringbuffer.len() + (256 << 10)
    }
}

impl Stream {
    fn byte(&mut self, coded: u8, plain: &mut Plain<'_>) -> Result<(), Stopped> {
        let (mut available_in, mut input_offset) = (1, 0);
        while !self.is_finished {
            let (mut available_out, mut output_offset, mut total) = (PIECE, 0, 0);
            let result = BrotliDecompressStream(
                &mut available_in,
                &mut input_offset,
                &[coded],
                &mut available_out,
                &mut output_offset,
                &mut self.made,
                &mut total,
                &mut self.state,
            );
            if output_offset > 0 {
                plain(self.made.get(..output_offset).unwrap_or_default())?;
            }
            match result {
                BrotliResult::ResultSuccess => self.is_finished = true,
                BrotliResult::NeedsMoreInput => break,
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultFailure => return Err(Stopped::Broken),
            }
        }
        Ok(())
    }
}
