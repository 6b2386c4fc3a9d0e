//! Zeek's `history`: the letters, in a place of fixed size.

/// Most letters that are kept: without repeats of SYN, FIN and RST with other numbers, no connection has as many.
pub(super) const MOST: usize = 48;

/// What is told once for each end, or again only where its number changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Syn,
    Fin,
    Rst,
    Data,
    Ack,
    /// SYN with FIN or RST.
    SeveralBits,
    /// FIN with RST.
    Inconsistent,
}

impl Flag {
    /// A bit for each.
    pub(super) fn bit(self) -> u8 {
        match self {
            Self::Syn => 1,
            Self::Fin => 2,
            Self::Rst => 4,
            Self::Data => 8,
            Self::Ack => 16,
            Self::SeveralBits => 32,
            Self::Inconsistent => 64,
        }
    }
}

/// The letters so far, ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct History {
    letters: [u8; MOST],
    length: u8,
}

impl Default for History {
    fn default() -> Self {
        Self { letters: [0; MOST], length: 0 }
    }
}

impl History {
    pub(super) fn letters(&self) -> &str {
        let letters = self.letters.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }

    /// Adds a letter where there is room.
    pub(super) fn push(&mut self, letter: u8) {
        if let Some(place) = self.letters.get_mut(usize::from(self.length)) {
            *place = letter;
            self.length += 1;
        }
    }

    /// Who sent first is the responder.
    pub(super) fn flipped(&mut self) {
        self.push(b'^');
    }

    /// Whose letters were whose is turned round.
    pub(super) fn swap_roles(&mut self) {
        for letter in &mut self.letters {
            *letter = if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            };
        }
        if !self.letters().contains('^') {
            self.flipped();
        }
    }

    /// The originator sent SYN, then nothing but retransmissions and closed windows before a RST.
    pub(super) fn is_syn_then_rst(&self) -> bool {
        let letters = self.letters();
        let letters = letters.strip_prefix('^').unwrap_or(letters);
        let before_rst = letters.strip_prefix('S').and_then(|rest| rest.split_once('R'));
        before_rst.is_some_and(|(before, _)| !before.contains(['H', 'A', 'F', 'G', 'I', 'Q']))
    }
}
