//! Which rules of RFC 6455 §5 a frame breaks by its header alone.

use crate::app::websocket::frame::{Header, MaskingKey};
use crate::app::websocket::rules;
use crate::base::{Rule, Side};

/// Hands on every rule that the header of a frame of `side` breaks; `rsv` are those of its bits that nothing gives a meaning.
pub(super) fn of_header(header: &Header, side: Side, rsv: u8, tell: &mut dyn FnMut(&'static Rule)) {
    let is_control = header.opcode.is_control();
    let is_masked = header.masking_key.is_some();
    let broken = [
        (side == Side::Client && !is_masked, &rules::CLIENT_FRAME_NOT_MASKED),
        (side == Side::Server && is_masked, &rules::SERVER_FRAME_MASKED),
        (rsv != 0, &rules::RESERVED_BIT_SET),
        (header.opcode.is_reserved(), &rules::RESERVED_OPCODE),
        (is_control && header.length > 125, &rules::CONTROL_FRAME_TOO_LONG),
        (is_control && !header.fin, &rules::CONTROL_FRAME_FRAGMENTED),
        (!header.is_minimal(), &rules::LENGTH_NOT_MINIMAL),
        (header.is_absurd(), &rules::LENGTH_TOO_LARGE),
    ];
    broken.into_iter().filter(|(is_broken, _)| *is_broken).for_each(|(_, rule)| tell(rule));
}

/// The same of a frame's place among others: whether it continues nothing, interrupts a message, follows a Close frame.
pub(super) fn of_order(
    (continues_nothing, interrupts, follows_close): (bool, bool, bool),
    tell: &mut dyn FnMut(&'static Rule),
) {
    let broken = [
        (continues_nothing, &rules::CONTINUATION_WITHOUT_START),
        (interrupts, &rules::MESSAGE_INTERRUPTED),
        (follows_close, &rules::FRAME_AFTER_CLOSE),
    ];
    broken.into_iter().filter(|(is_broken, _)| *is_broken).for_each(|(_, rule)| tell(rule));
}

/// Remembers masking keys, to find those that are not fresh (§5.3).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeyWatch {
    last: Option<MaskingKey>,
    /// Frames in a row with that key.
    row: u32,
    zero_was_told: bool,
}

impl KeyWatch {
    /// So many frames in a row with one key are no chance.
    const MANY: u32 = 8;

    /// Takes the next frame's key.
    pub(super) fn watch(&mut self, header: &Header, tell: &mut dyn FnMut(&'static Rule)) {
        let Some(key) = header.masking_key else { return };
        if key == [0; 4] {
            if !std::mem::replace(&mut self.zero_was_told, true) {
                tell(&rules::MASKING_KEY_ZERO);
            }
            return;
        }
        self.row = if self.last == Some(key) { self.row.saturating_add(1) } else { 1 };
        self.last = Some(key);
        if self.row == Self::MANY {
            tell(&rules::MASKING_KEY_REPEATED);
        }
    }
}
