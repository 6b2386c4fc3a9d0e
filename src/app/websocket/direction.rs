//! Reads the frames that one side sends, one after the other, whatever is wrong with them.

use crate::app::websocket::closing::Trust;
use crate::app::websocket::frame::{Header, MaskingKey, Opcode, Reading, unmask};
use crate::app::websocket::guess::{self, Plausible};
use crate::app::websocket::inflate::Inflater;
use crate::app::websocket::message::{Draft, Ending, Finished};
use crate::app::websocket::violation::{self, KeyWatch};
use crate::app::{Allowance, Input};
use crate::base::convert::wide;
use crate::base::{Certainty, Side, StreamSpan};

/// What one side sends.
#[derive(Debug)]
pub(super) struct Direction {
    side: Side,
    /// RSV1 marks compressed messages.
    inflates: bool,
    inflater: Inflater,
    place: Place,
    /// The data message whose fragments are coming.
    data: Option<Draft>,
    /// The control frame whose payload is coming.
    control: Option<Draft>,
    keys: KeyWatch,
    /// A Close frame came: nothing may follow.
    pub(super) is_closed: bool,
    /// How sure it is that frames are where they are looked for.
    pub(super) certainty: Certainty,
    trust: Trust,
    /// Where masked bytes become plain ones.
    plain: Vec<u8>,
}

/// Where in the stream of frames the next byte lies.
#[derive(Clone, Copy, Debug)]
enum Place {
    Header,
    Payload(Payload),
    /// Somewhere: earlier bytes are not in the capture.
    Lost,
    /// Behind a frame that never ends.
    Beyond,
}

#[derive(Clone, Copy, Debug)]
struct Payload {
    taken: u64,
    left: u64,
    key: Option<MaskingKey>,
    is_control: bool,
    /// The message ends with this frame.
    is_last: bool,
}

/// What came of some bytes.
#[derive(Debug)]
pub(super) enum Step {
    /// A message ended.
    Ended(Box<Draft>, Ending),
    /// Nothing more to be read before so many bytes are there.
    Needs(usize),
}

impl Direction {
    /// Most bytes that are unmasked at once.
    const PIECE: usize = 16 << 10;

    /// A direction that begins with a frame; `inflates` where permessage-deflate was negotiated.
    pub(super) fn new(side: Side, inflates: bool) -> Self {
        Self {
            side,
            inflates,
            inflater: Inflater::default(),
            place: Place::Header,
            data: None,
            control: None,
            keys: KeyWatch::default(),
            is_closed: false,
            certainty: Certainty::Proven,
            trust: Trust::default(),
            plain: Vec::new(),
        }
    }

    /// A direction that probably begins with a frame; `inflates` where permessage-deflate is likely.
    pub(super) fn assumed(side: Side, inflates: bool) -> Self {
        Self { certainty: Certainty::Inferred, ..Self::new(side, inflates) }
    }

    /// A direction whose beginning is not in the capture.
    pub(super) fn midstream(side: Side) -> Self {
        Self {
            place: Place::Lost,
            inflater: Inflater::without_context(),
            certainty: Certainty::Guessed,
            ..Self::new(side, true)
        }
    }

    /// Takes what belongs to the next message.
    pub(super) fn step(&mut self, input: &mut Input<'_>, allowance: &mut Allowance) -> Step {
        loop {
            match self.place {
                Place::Beyond => {
                    input.take(usize::MAX);
                    return Step::Needs(0);
                }
                Place::Lost => {
                    if let Some(needs) = self.find_way_in(input) {
                        return Step::Needs(needs);
                    }
                }
                Place::Header => {
                    if let Some(step) = self.header(input) {
                        return step;
                    }
                }
                Place::Payload(payload) => {
                    if let Some(step) = self.payload(payload, input, allowance) {
                        return step;
                    }
                }
            }
        }
    }

    /// Bytes are missing behind those that were taken; what was left of a header is lost. What ended with that.
    pub(super) fn gap(&mut self, missing: StreamSpan) -> Vec<Draft> {
        self.trust.has_gap = true;
        match &mut self.place {
            Place::Payload(payload) if payload.left >= missing.len() => {
                // Inside the payload of data no frame can hide; what a control frame says must be known.
                self.trust.may_hide_frames |= payload.is_control;
                payload.left -= missing.len();
                payload.taken = payload.taken.saturating_add(missing.len());
                let draft = if payload.is_control { &mut self.control } else { &mut self.data };
                if let Some(draft) = draft {
                    draft.miss(&mut self.inflater);
                    draft.span = StreamSpan::new(draft.span.start, missing.end);
                }
                Vec::new()
            }
            Place::Beyond => Vec::new(),
            _ => {
                self.place = Place::Lost;
                self.certainty = self.certainty.max(Certainty::Inferred);
                self.inflater.lose_context();
                self.abandon().collect()
            }
        }
    }

    /// Gives up the messages that have begun.
    pub(super) fn abandon(&mut self) -> impl Iterator<Item = Draft> + use<> {
        self.control.take().into_iter().chain(self.data.take())
    }

    /// Ends a message; see [`Draft::finish`].
    pub(super) fn finish(
        &mut self,
        draft: &mut Draft,
        ending: Ending,
        allowance: &mut Allowance,
    ) -> Finished {
        draft.finish(ending, &mut self.inflater, allowance)
    }

    /// The first byte of a message that has begun.
    pub(super) fn holding(&self) -> Option<u64> {
        let starts = self.data.iter().chain(&self.control).map(|draft| draft.span.start);
        starts.min()
    }

    /// How far the capture can be trusted to show every frame: asked before it is said that one did not come.
    pub(super) fn trust(&self) -> Trust {
        let may_hide_frames =
            self.trust.may_hide_frames || self.certainty != Certainty::Proven || self.is_lost();
        Trust { may_hide_frames, ..self.trust }
    }

    /// Whether bytes are passed over.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.place, Place::Lost | Place::Beyond)
    }

    /// Bytes of memory held beyond its own size.
    pub(super) fn memory(&self) -> usize {
        let drafts: usize = self.data.iter().chain(&self.control).map(Draft::memory).sum();
        self.inflater.memory() + self.plain.capacity() + drafts
    }

    /// Reads a header; what came of it, unless its payload is to be read.
    fn header(&mut self, input: &mut Input<'_>) -> Option<Step> {
        let (ended, ending) = match Header::read(input.rest()) {
            Reading::Needs(_) if input.rest().is_empty() => return Some(Step::Needs(0)),
            Reading::Needs(size) => return Some(Step::Needs(size)),
            Reading::Header(header) if self.is_doubtful(&header) => {
                self.place = Place::Lost;
                (self.data.take(), Ending::Lost)
            }
            Reading::Header(header) => (self.begin(&header, input), Ending::Interrupted),
        };
        ended.map(|draft| Step::Ended(Box::new(draft), ending))
    }

    /// Whether frames were being guessed here and this cannot be one.
    fn is_doubtful(&self, header: &Header) -> bool {
        self.certainty != Certainty::Proven && !guess::is_plausible(self.side, header)
    }

    /// Passes over bytes until frames seem to begin; `None` where they do, else how many bytes are needed to tell.
    fn find_way_in(&mut self, input: &mut Input<'_>) -> Option<usize> {
        if input.rest().is_empty() {
            return Some(0);
        }
        match guess::frames(self.side, input.rest()).plausible(1) {
            Plausible::Yes => {
                self.place = Place::Header;
                return None;
            }
            Plausible::Needs(size) if !input.must_go_on() => return Some(size),
            _ => {}
        }
        input.take(usize::MAX);
        Some(0)
    }

    /// A frame begins; the message that it interrupts.
    fn begin(&mut self, header: &Header, input: &mut Input<'_>) -> Option<Draft> {
        let start = input.offset();
        input.take(header.size);
        let is_control = header.opcode.is_control();
        let continues = !is_control && header.opcode == Opcode::CONTINUATION && self.data.is_some();
        let is_compressed =
            self.inflates && header.rsv1() && matches!(header.opcode, Opcode::TEXT | Opcode::BINARY);
        let mut interrupted = None;
        if is_control {
            self.control = Some(Draft::new(header, start, false));
        } else if !continues {
            interrupted = self.data.replace(Draft::new(header, start, is_compressed));
        }
        let is_orphan = !continues && header.opcode == Opcode::CONTINUATION;
        let draft = if is_control { &mut self.control } else { &mut self.data };
        if let Some(draft) = draft {
            draft.frame(header);
            draft.span = StreamSpan::new(draft.span.start, input.offset());
            let expected = if is_compressed { Header::RSV1 } else { 0 };
            violation::of_header(header, self.side, header.rsv & !expected, &mut |rule| draft.rule(rule));
            self.keys.watch(header, &mut |rule| draft.rule(rule));
            let known = self.certainty == Certainty::Proven;
            violation::of_order((is_orphan && known, interrupted.is_some(), self.is_closed), &mut |rule| {
                draft.rule(rule);
            });
            if is_orphan && !known {
                draft.miss(&mut self.inflater);
            }
        }
        self.is_closed |= header.opcode == Opcode::CLOSE;
        self.place = Place::Payload(Payload {
            taken: 0,
            left: header.length,
            key: header.masking_key,
            is_control,
            is_last: header.fin || is_control,
        });
        interrupted
    }

    /// Takes payload; what came of it, unless another frame is to be read.
    fn payload(
        &mut self,
        mut payload: Payload,
        input: &mut Input<'_>,
        allowance: &mut Allowance,
    ) -> Option<Step> {
        let slot = if payload.is_control { &mut self.control } else { &mut self.data };
        if payload.left >> 63 == 1 {
            self.place = Place::Beyond;
            return slot.take().map(|draft| Step::Ended(Box::new(draft), Ending::Lost));
        }
        if payload.left > 0 {
            let most = usize::try_from(payload.left).unwrap_or(usize::MAX).min(Self::PIECE);
            let bytes = input.take(most);
            if bytes.is_empty() {
                return Some(Step::Needs(0));
            }
            if let Some(draft) = slot {
                let plain = match payload.key {
                    Some(key) => {
                        self.plain.clear();
                        self.plain.extend_from_slice(bytes);
                        unmask(&mut self.plain, key, payload.taken);
                        self.plain.as_slice()
                    }
                    None => bytes,
                };
                draft.payload(plain, &mut self.inflater, allowance);
                draft.span = StreamSpan::new(draft.span.start, input.offset());
            }
            payload.taken += wide(bytes.len());
            payload.left -= wide(bytes.len());
            self.place = Place::Payload(payload);
            return None;
        }
        self.place = Place::Header;
        let ended = if payload.is_last { slot.take() } else { None };
        ended.map(|draft| Step::Ended(Box::new(draft), Ending::Whole))
    }
}
