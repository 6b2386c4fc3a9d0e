//! What decoders hand on.

use crate::app::{Closing, Message, MessageNo, Upgrade};
use crate::base::{Rule, Side};

/// Collects what decoders find, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    items: Vec<Item>,
    next: u64,
    /// What may still be made of compressed bytes.
    pub allowance: Allowance,
}

/// One thing that a decoder found.
#[derive(Debug)]
pub enum Item {
    /// A message is complete.
    Message(MessageNo, Message),
    /// What came of an upgrade request is known.
    Upgrade(Upgrade),
    /// A WebSocket ended.
    Closing(Closing),
    /// A rule fired at byte `offset` of `side`'s stream, on no message.
    Rule {
        /// Which.
        rule: &'static Rule,
        /// In whose stream.
        side: Side,
        /// Where.
        offset: u64,
    },
    /// A rule fired on a message that was told before.
    RuleOnMessage {
        /// Which.
        rule: &'static Rule,
        /// On which message.
        message: MessageNo,
    },
    /// A protocol is there for certain, before any message of it is.
    Protocol(&'static str),
}

impl Outbox {
    /// Takes a message; says its number, so that a later one can answer it.
    pub fn message(&mut self, message: Message) -> MessageNo {
        let number = MessageNo(self.next);
        self.next += 1;
        self.items.push(Item::Message(number, message));
        number
    }

    /// Takes what came of an upgrade request.
    pub fn upgrade(&mut self, upgrade: Upgrade) {
        self.items.push(Item::Upgrade(upgrade));
    }

    /// Takes how a WebSocket ended.
    pub fn closing(&mut self, closing: Closing) {
        self.items.push(Item::Closing(closing));
    }

    /// Takes a rule that fired on no message.
    pub fn rule(&mut self, rule: &'static Rule, side: Side, offset: u64) {
        self.items.push(Item::Rule { rule, side, offset });
    }

    /// Takes a rule that fired on a message that was told before: it stands on that message's last frame.
    pub fn rule_on_message(&mut self, rule: &'static Rule, message: MessageNo) {
        self.items.push(Item::RuleOnMessage { rule, message });
    }

    /// Takes the name of a protocol that is there for certain.
    pub fn protocol(&mut self, name: &'static str) {
        self.items.push(Item::Protocol(name));
    }

    /// Takes everything out, in order. No room stays behind: one segment may hold thousands of messages, and every connection has an outbox.
    pub fn drain(&mut self) -> impl Iterator<Item = Item> + '_ {
        std::mem::take(&mut self.items).into_iter()
    }
}

/// How many bytes may still be made of compressed ones: a little more with every byte that comes, so that time stays linear in the
/// capture's size whatever it holds. Shared by all connections; deterministic, because it follows capture order.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    left: u64,
}

impl Allowance {
    /// What there is to begin with, in bytes.
    const FIRST: u64 = 256 << 20;
    /// What each byte of a stream adds.
    const PER_BYTE: u64 = 64;

    /// `count` more bytes of streams came.
    pub fn earn(&mut self, count: u64) {
        self.left = self.left.saturating_add(count.saturating_mul(Self::PER_BYTE));
    }

    /// Whether `count` more bytes may be made; takes them if so.
    pub fn spend(&mut self, count: u64) -> bool {
        let enough = self.left >= count;
        if enough {
            self.left -= count;
        }
        enough
    }
}

impl Default for Allowance {
    fn default() -> Self {
        Self { left: Self::FIRST }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outbox_that_was_emptied_keeps_no_room() {
        let mut outbox = Outbox::default();
        for offset in 0..30_000 {
            outbox.rule(crate::app::proxy::rules::RULES[0], Side::Client, offset);
        }
        assert_eq!(outbox.drain().count(), 30_000);
        assert_eq!(outbox.items.capacity(), 0);
    }
}
