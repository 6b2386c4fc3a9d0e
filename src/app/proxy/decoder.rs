//! Takes the header that the client's stream begins with, and hands the rest on.

use crate::app::proxy::header::{self, Reading};
use crate::app::proxy::{NAME, ProxyHeader, rules};
use crate::app::{Decoder, Input, Message, Next, Outbox, Role, StreamEnd};
use crate::base::{Certainty, Side, StreamSpan};

/// Waits for one header.
pub(super) struct ProxyDecoder;

impl Decoder for ProxyDecoder {
    fn feed(&mut self, side: Side, input: &mut Input<'_>, outbox: &mut Outbox) -> Next {
        if side == Side::Server {
            return if input.must_go_on() { Next::Opaque } else { Next::WaitForOther };
        }
        match header::read(input.rest()) {
            Reading::More(at_least) => Next::More { at_least },
            Reading::Broken => {
                outbox.rule(&rules::PROXY_HEADER_BROKEN, side, input.offset());
                Next::Opaque
            }
            Reading::Whole(header, length) => {
                let start = input.offset();
                input.take(length);
                outbox.message(Message {
                    from: side,
                    span: StreamSpan::new(start, input.offset()),
                    protocol: NAME,
                    kind: if header.version == 1 { "v1" } else { "v2" },
                    stream: None,
                    role: Role::Control,
                    answers: None,
                    certainty: Certainty::Proven,
                    rules: Vec::new(),
                    content: Box::new(ProxyHeader(header)),
                });
                Next::Probe
            }
        }
    }

    fn gap(&mut self, _: Side, _: &mut Input<'_>, _: StreamSpan, _: &mut Outbox) -> Next {
        Next::Probe
    }

    fn end(&mut self, side: Side, input: &mut Input<'_>, _: StreamEnd, outbox: &mut Outbox) {
        if side == Side::Client && !input.rest().is_empty() {
            outbox.rule(&rules::PROXY_HEADER_BROKEN, side, input.offset());
        }
    }

    fn holding(&self, _: Side) -> Option<u64> {
        None
    }

    fn memory(&self) -> usize {
        0
    }
}
