//! Inflates one direction of permessage-deflate (RFC 7692 §7.2.2), robustly: it also says when what came out cannot be trusted.
//!
//! Messages share a window of earlier output. One inflater with the largest window serves every negotiated parameter: a sender that
//! drops its context simply never refers to it. Where earlier bytes are not in the capture the window is not known, and an inflater
//! would quietly fill in wrong bytes. So from there on two of them run side by side, one whose window begins with zeros and one
//! whose window begins with ones: where a message comes out alike from both it refers to nothing unknown, and once a whole window
//! came out alike there is nothing left to doubt.

use flate2::{Decompress, FlushDecompress, Status};

use crate::app::Allowance;
use crate::base::convert::wide;

/// Why a message could not be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is not DEFLATE.
    Broken,
    /// It refers to bytes that are not known.
    ContextLost,
    /// Too much came out of too little.
    TooMuch,
}

/// One direction's inflater.
#[derive(Debug, Default)]
pub(super) struct Inflater {
    /// Created when first needed: it is large.
    engine: Option<Box<Engine>>,
    context: Context,
    /// The stream ended with a final block and nothing came since.
    is_over: bool,
}

/// What is known of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Context {
    #[default]
    Known,
    /// Not known, but for the last so many bytes.
    Unknown { alike: u64 },
    /// The inflater must begin anew before it is used again, with an unknown window.
    Lost,
}

#[derive(Debug)]
struct Engine {
    main: Decompress,
    output: Vec<u8>,
    /// The second inflater and its output, where the window is not known.
    twin: Option<(Decompress, Vec<u8>)>,
}

impl Inflater {
    /// Bytes of output that are handed on at once.
    const PIECE: usize = 16 << 10;
    /// The largest window (RFC 1951 §2): what references can reach.
    const WINDOW: u16 = 1 << 15;
    /// What beginning anew costs, in bytes of output: clearing windows takes time too, and hostile streams would ask for it often.
    const RESTART: u64 = 1 << 15;
    /// What every sender cuts off the end of a message (RFC 7692 §7.2.1).
    const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

    /// An inflater for a direction of which earlier messages are not in the capture.
    pub(super) fn without_context() -> Self {
        Self { context: Context::Lost, ..Self::default() }
    }

    /// Some of what this direction sent is not in the capture.
    pub(super) fn lose_context(&mut self) {
        self.context = Context::Lost;
    }

    /// Inflates the next bytes of a message. After a failure nothing more of this message may be given.
    pub(super) fn piece(
        &mut self,
        bytes: &[u8],
        allowance: &mut Allowance,
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Failure> {
        if bytes.is_empty() {
            return Ok(());
        }
        let result = self.inflate(bytes, allowance, out);
        if matches!(result, Err(Failure::Broken | Failure::TooMuch)) {
            self.lose_context();
        }
        result
    }

    /// Ends a message.
    pub(super) fn finish(
        &mut self,
        allowance: &mut Allowance,
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Failure> {
        if self.is_over { Ok(()) } else { self.piece(&Self::TAIL, allowance, out) }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        // A window of 32 KiB, its tables, and the piece of output.
        let one = 44 * 1024 + Self::PIECE;
        self.engine.as_ref().map_or(0, |engine| if engine.twin.is_some() { 2 * one } else { one })
    }

    fn inflate(
        &mut self,
        mut bytes: &[u8],
        allowance: &mut Allowance,
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Failure> {
        self.prepare(allowance)?;
        let mut verdict = Ok(());
        loop {
            let Some(engine) = self.engine.as_deref_mut() else { return Err(Failure::TooMuch) };
            let (taken, made, status) = engine.step(bytes)?;
            self.is_over = false;
            bytes = bytes.get(taken..).unwrap_or_default();
            if !allowance.spend(wide(made)) {
                return Err(Failure::TooMuch);
            }
            if verdict.is_ok() {
                verdict = self.compare(made);
            }
            let Some(engine) = self.engine.as_deref_mut() else { return Err(Failure::TooMuch) };
            if verdict.is_ok() {
                out(engine.output.get(..made).unwrap_or_default());
            }
            if status == Status::StreamEnd {
                self.begin_anew(allowance)?;
                if bytes.is_empty() {
                    return verdict;
                }
            // Also where less was made than there was room for, more may be ready.
            } else if taken == 0 && made == 0 {
                return verdict;
            }
        }
    }

    /// Makes sure that there is an engine whose window is known, or two that tell where it is not.
    fn prepare(&mut self, allowance: &mut Allowance) -> Result<(), Failure> {
        if self.context == Context::Lost {
            if !allowance.spend(2 * Self::RESTART) {
                return Err(Failure::TooMuch);
            }
            self.engine = Some(Box::new(Engine::without_context()?));
            self.context = Context::Unknown { alike: 0 };
            self.is_over = false;
        } else if self.engine.is_none() {
            self.engine = Some(Box::new(Engine::new()));
        }
        Ok(())
    }

    /// After a final block: what follows can refer to nothing before it.
    fn begin_anew(&mut self, allowance: &mut Allowance) -> Result<(), Failure> {
        if !allowance.spend(Self::RESTART) {
            return Err(Failure::TooMuch);
        }
        if let Some(engine) = self.engine.as_deref_mut() {
            engine.main.reset(false);
            engine.twin = None;
        }
        self.context = Context::Known;
        self.is_over = true;
        Ok(())
    }

    /// Holds the last `made` bytes of both outputs against each other.
    fn compare(&mut self, made: usize) -> Result<(), Failure> {
        let Context::Unknown { alike } = &mut self.context else { return Ok(()) };
        let Some(engine) = self.engine.as_deref_mut() else { return Ok(()) };
        let Some((_, other)) = &engine.twin else { return Ok(()) };
        let pairs = engine.output.iter().zip(other).take(made);
        let since = pairs.rev().position(|(one, other)| one != other);
        if let Some(since) = since {
            *alike = wide(since);
            return Err(Failure::ContextLost);
        }
        *alike += wide(made);
        if *alike >= u64::from(Self::WINDOW) {
            engine.twin = None;
            self.context = Context::Known;
        }
        Ok(())
    }
}

impl Engine {
    fn new() -> Self {
        Self { main: Decompress::new(false), output: vec![0; Inflater::PIECE], twin: None }
    }

    /// Two inflaters whose windows differ in every byte.
    fn without_context() -> Result<Self, Failure> {
        let (zeros, ones) = (window_of(0)?, window_of(0xff)?);
        Ok(Self {
            main: zeros,
            output: vec![0; Inflater::PIECE],
            twin: Some((ones, vec![0; Inflater::PIECE])),
        })
    }

    /// Bytes taken and made by one call.
    fn step(&mut self, bytes: &[u8]) -> Result<(usize, usize, Status), Failure> {
        let answer = call(&mut self.main, bytes, &mut self.output)?;
        if let Some((twin, output)) = &mut self.twin {
            let same = call(twin, bytes, output)?;
            if (same.0, same.1) != (answer.0, answer.1) {
                return Err(Failure::Broken);
            }
        }
        Ok(answer)
    }
}

/// An inflater whose window holds nothing but `fill`.
fn window_of(fill: u8) -> Result<Decompress, Failure> {
    let mut engine = Decompress::new(false);
    let [low, high] = Inflater::WINDOW.to_le_bytes();
    // The header of a stored block (RFC 1951 §3.2.4).
    let mut output = vec![0; usize::from(Inflater::WINDOW)];
    let mut block = vec![0, low, high, !low, !high];
    block.resize(block.len() + output.len(), fill);
    let (taken, made, _) = call(&mut engine, &block, &mut output)?;
    if taken == block.len() && made == output.len() { Ok(engine) } else { Err(Failure::Broken) }
}

fn call(engine: &mut Decompress, bytes: &[u8], output: &mut [u8]) -> Result<(usize, usize, Status), Failure> {
    let before = (engine.total_in(), engine.total_out());
    let status = engine.decompress(bytes, output, FlushDecompress::None).map_err(|_| Failure::Broken)?;
    let passed = |now: u64, then: u64| usize::try_from(now - then).unwrap_or(usize::MAX);
    Ok((passed(engine.total_in(), before.0), passed(engine.total_out(), before.1), status))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &[u8] = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    const HELLO_AGAIN: &[u8] = &[0xf2, 0x00, 0x11, 0x00, 0x00];
    const HELLO_FINAL: &[u8] = &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];

    fn message(inflater: &mut Inflater, bytes: &[u8], size: usize) -> Result<Vec<u8>, Failure> {
        let (mut all, mut allowance, mut failure) = (Vec::new(), Allowance::default(), None);
        let pieces = bytes.chunks(size).map(Some).chain([None]);
        for piece in pieces {
            let out = &mut |made: &[u8]| all.extend_from_slice(made);
            let result = match piece {
                Some(piece) => inflater.piece(piece, &mut allowance, out),
                None => inflater.finish(&mut allowance, out),
            };
            match result {
                Err(Failure::ContextLost) => failure = Some(Failure::ContextLost),
                result => result?,
            }
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        Ok(all)
    }

    #[test]
    fn the_window_is_kept_from_message_to_message() {
        for size in 1..=7 {
            let mut inflater = Inflater::default();
            assert_eq!(message(&mut inflater, HELLO, size).unwrap(), b"Hello");
            assert_eq!(message(&mut inflater, HELLO_AGAIN, size).unwrap(), b"Hello");
            assert_eq!(message(&mut inflater, &[0], size).unwrap(), b"");
            assert_eq!(message(&mut inflater, HELLO, size).unwrap(), b"Hello");
        }
    }

    #[test]
    fn after_a_final_block_it_begins_anew() {
        for size in 1..=8 {
            let mut inflater = Inflater::default();
            for _ in 0..3 {
                assert_eq!(message(&mut inflater, HELLO_FINAL, size).unwrap(), b"Hello");
            }
            assert_eq!(message(&mut inflater, &HELLO_FINAL[..7], size).unwrap(), b"Hello");
            assert_eq!(message(&mut inflater, HELLO, size).unwrap(), b"Hello");
        }
    }

    #[test]
    fn a_message_that_refers_to_lost_bytes_is_not_guessed() {
        let mut inflater = Inflater::without_context();
        assert_eq!(message(&mut inflater, HELLO_AGAIN, 100), Err(Failure::ContextLost));
        assert_eq!(message(&mut inflater, HELLO, 100).unwrap(), b"Hello");
        assert_eq!(message(&mut inflater, HELLO_AGAIN, 100).unwrap(), b"Hello");
    }

    #[test]
    fn what_is_not_deflate_is_told_and_the_next_message_may_be_read_again() {
        let mut inflater = Inflater::default();
        assert_eq!(message(&mut inflater, &[0xff, 0xff, 0xff], 100), Err(Failure::Broken));
        assert_eq!(message(&mut inflater, HELLO, 100).unwrap(), b"Hello");
    }

    #[test]
    fn a_bomb_is_cut_off() {
        let mut allowance = Allowance::default();
        let mut inflater = Inflater::default();
        let mut compressor = flate2::Compress::new(flate2::Compression::best(), false);
        let mut bomb = Vec::with_capacity(1 << 20);
        let zeros = vec![0; 5 << 20];
        assert!(allowance.spend(252 << 20));
        compressor.compress_vec(&zeros, &mut bomb, flate2::FlushCompress::Sync).unwrap();
        let mut made = 0;
        let result = inflater.piece(&bomb, &mut allowance, &mut |piece| made += piece.len());
        assert_eq!(result, Err(Failure::TooMuch));
        assert!(made <= 4 << 20);
    }
}
