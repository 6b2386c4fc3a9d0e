//! A connection in Zeek's words: `conn_state` and `history` (Zeek, `base/protocols/conn/main.zeek`).

mod endpoint;
mod history;
mod progress;
#[cfg(test)]
mod tests;

use endpoint::{Endpoint, Phase};
use history::{Flag, History};

use crate::base::Side;
use crate::track::segment::Segment;

/// A connection in Zeek's words. Zeek's originator is the client here, its responder the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zeek {
    history: History,
    originator: Endpoint,
    responder: Endpoint,
}

impl Zeek {
    /// Most letters of [`Zeek::history`]; later ones are left out.
    pub const MOST_LETTERS: usize = history::MOST;

    /// One letter for each new kind of segment: upper case the originator's, lower case the responder's; `^` where the responder
    /// was found out to be who sent first. At most [`Zeek::MOST_LETTERS`].
    #[must_use]
    pub fn history(&self) -> &str {
        self.history.letters()
    }

    /// How the connection was opened and ended: `S0`, `SF`, `REJ`, ... As Zeek has it, a SYN-ACK establishes both ends, whether or
    /// not it was acknowledged.
    #[must_use]
    pub fn conn_state(&self) -> &'static str {
        let (originator, responder) = (&self.originator, &self.responder);
        match (originator.phase, responder.phase) {
            (Phase::SynSent | Phase::SynAckSent, Phase::Reset) => "REJ",
            (Phase::Reset, Phase::Reset) if !originator.has_data() && !responder.has_data() => "REJ",
            (from, Phase::Reset) => {
                if from.is_inactive() {
                    "RSTRH"
                } else {
                    "RSTR"
                }
            }
            (Phase::Reset, to) if !to.is_inactive() => "RSTO",
            (Phase::Reset, _) if self.history.is_syn_then_rst() => "RSTOS0",
            (Phase::Closed, Phase::Closed) => "SF",
            (Phase::Closed, to) => {
                if to.is_inactive() {
                    "SH"
                } else {
                    "S2"
                }
            }
            (from, Phase::Closed) => {
                if from.is_inactive() {
                    "SHR"
                } else {
                    "S3"
                }
            }
            (Phase::SynSent, Phase::Inactive) => "S0",
            (Phase::Established, Phase::Established) => "S1",
            _ => "OTH",
        }
    }

    /// Takes the next segment.
    pub(super) fn take(&mut self, segment: &Segment) {
        let from = segment.from;
        if self.is_new() && from == Side::Server {
            self.history.flipped();
        }
        self.sender_mut(from).begins(segment);
        let relative = segment.seq.since(self.sender(from).first);
        self.tell(segment, relative);
        self.sender_mut(from).count_end(segment);
        self.receiver_mut(from).is_acknowledged_by(segment);
        if self.sender_mut(from).sends(segment) {
            self.letter(from, b'T');
        }
        self.advance(segment);
        if segment.flags.ack() {
            self.tell_gaps(segment);
        }
        if !segment.flags.rst() {
            self.sender_mut(from).deliver(segment);
        }
    }

    /// Client and server were mistaken for each other.
    pub(super) fn swap_roles(&mut self) {
        std::mem::swap(&mut self.originator, &mut self.responder);
        self.history.swap_roles();
    }

    /// The letters of its control bits, its data and its window.
    fn tell(&mut self, segment: &Segment, relative: u32) {
        let (flags, from) = (segment.flags, segment.from);
        match (flags.syn(), flags.fin(), flags.rst()) {
            (_, true, true) => self.once(from, Flag::Inconsistent, b'I'),
            (true, true, _) | (true, _, true) => self.once(from, Flag::SeveralBits, b'Q'),
            (true, ..) => {
                self.unless_repeated(from, Flag::Syn, if flags.ack() { b'H' } else { b'S' }, relative);
            }
            (_, true, _) => {
                let end = relative.wrapping_add(segment.data_length);
                self.unless_repeated(from, Flag::Fin, b'F', end);
            }
            (_, _, true) => self.unless_repeated(from, Flag::Rst, b'R', relative),
            _ if segment.data_length > 0 => self.once(from, Flag::Data, b'D'),
            _ if flags.ack() => self.once(from, Flag::Ack, b'A'),
            _ => {}
        }
        let closed = self.receiver_mut(from).phase == Phase::Closed;
        let sender = self.sender_mut(from);
        if segment.window == 0 && !flags.rst() && !closed && sender.phase != Phase::Reset {
            sender.zero_windows += 1;
            if is_power_of_ten(sender.zero_windows) {
                self.letter(from, b'W');
            }
        }
    }

    /// Data that was acknowledged and never captured. Not told where it is not sure that the numbers mean data.
    fn tell_gaps(&mut self, segment: &Segment) {
        let Some(ack) = segment.ack else { return };
        let told = self.originator.is_clean() && self.responder.is_clean();
        let receiver = self.receiver_mut(segment.from);
        let gaps = receiver.holes_before(ack);
        for _ in 0..if told { gaps } else { 0 } {
            let receiver = self.receiver_mut(segment.from);
            receiver.gaps += 1;
            if is_power_of_ten(receiver.gaps) {
                self.letter(segment.from.other(), b'G');
            }
        }
    }

    fn once(&mut self, from: Side, flag: Flag, letter: u8) {
        if !self.sender_mut(from).was_seen(flag) {
            self.letter(from, letter);
        }
    }

    /// Again where its number is another than that of the last one.
    fn unless_repeated(&mut self, from: Side, flag: Flag, letter: u8, number: u32) {
        let sender = self.sender_mut(from);
        let seen = sender.was_seen(flag);
        if sender.last_number(flag, number) != number || !seen {
            self.letter(from, letter);
        }
    }

    fn letter(&mut self, from: Side, letter: u8) {
        self.history.push(match from {
            Side::Client => letter,
            Side::Server => letter.to_ascii_lowercase(),
        });
    }

    fn is_new(&self) -> bool {
        self.originator.phase == Phase::Inactive
            && self.responder.phase == Phase::Inactive
            && self.history().is_empty()
    }

    fn sender(&self, from: Side) -> &Endpoint {
        match from {
            Side::Client => &self.originator,
            Side::Server => &self.responder,
        }
    }

    fn sender_mut(&mut self, from: Side) -> &mut Endpoint {
        match from {
            Side::Client => &mut self.originator,
            Side::Server => &mut self.responder,
        }
    }

    fn receiver_mut(&mut self, from: Side) -> &mut Endpoint {
        self.sender_mut(from.other())
    }
}

/// What happens often is told the 1st, the 10th, the 100th time.
fn is_power_of_ten(count: u32) -> bool {
    let mut power = 1_u32;
    while power < count {
        power = power.saturating_mul(10);
    }
    power == count
}
