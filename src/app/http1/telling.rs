//! Tells complete requests and responses, and what follows from them: upgrades, tunnels, the end of HTTP.

use std::ops::ControlFlow;

use crate::app::http1::content::Head;
use crate::app::http1::decoder::{Flow, Http1Decoder, State};
use crate::app::http1::draft::Finished;
use crate::app::http1::exchanges::{Asked, Wish};
use crate::app::http1::{NAME, ResponseHead, cut, remarks, rules};
use crate::app::websocket::{self, Judged};
use crate::app::{Input, Message, MessageNo, Next, Outbox, Role};
use crate::base::{Certainty, Rule, Side, StreamSpan};

impl Http1Decoder {
    /// Tells a request.
    pub(super) fn tell_request(&mut self, finished: Finished, span: StreamSpan, outbox: &mut Outbox) -> Flow {
        let rank = finished.content.rank;
        let number = outbox.message(message(Side::Client, finished, span));
        if let Some(rank) = rank {
            self.exchanges.complete(rank, number);
        }
        ControlFlow::Continue(())
    }

    /// Tells a response, and goes on as it says.
    pub(super) fn tell_response(
        &mut self,
        mut finished: Finished,
        span: StreamSpan,
        outbox: &mut Outbox,
    ) -> Flow {
        self.exchanges.answered();
        let asked = finished.asked.take();
        let Head::Response(head) = &finished.content.head else { return ControlFlow::Continue(()) };
        let (head, is_cut) = (head.clone(), finished.content.is_cut);
        let judged = asked.as_ref().and_then(|asked| judge(asked, &head, is_cut));
        let wish = asked.as_ref().map(|asked| &asked.wish);
        finished.content.remarks = remarks::of_response(&head, wish, judged.is_some());
        if let Some(judged) = &judged {
            finished.content.remarks.extend(remarks::of_upgrade(&judged.upgrade));
            finished.rules.extend(broken(judged, Side::Server));
        }
        let next = next(&head, wish, is_cut, judged.is_some());
        if matches!(next, Some(Next::Opaque)) {
            finished.rules.push(&rules::SWITCHED_ELSEWHERE);
        }
        let mut message = message(Side::Server, finished, span);
        message.answers = asked.as_ref().and_then(|asked| asked.number);
        let number = outbox.message(message);
        let Some(judged) = judged else { return next.map_or(ControlFlow::Continue(()), ControlFlow::Break) };
        let decoder = judged.decoder;
        outbox.upgrade(crate::app::Upgrade { response: Some(number), ..judged.upgrade });
        match (head.status, decoder) {
            (101, Some(mut decoder)) => {
                // Behind a request that is whole, bytes are missing: these frames do not begin where the next bytes do.
                if matches!(self.client.state, State::Lost { .. }) && asked.is_none_or(|asked| !asked.is_cut)
                {
                    decoder.gap(Side::Client, &mut Input::new(&[], 0), StreamSpan::new(0, 0), outbox);
                }
                ControlFlow::Break(Next::Become(decoder))
            }
            (101, None) => ControlFlow::Break(Next::Opaque),
            _ => ControlFlow::Continue(()),
        }
    }

    /// The client goes on behind a request to switch, and the answer will never be known.
    pub(super) fn go_on_without_answer(&mut self, outbox: &mut Outbox) -> Next {
        let Some(asked) = self.exchanges.give_up_last() else { return Next::Opaque };
        let (Wish::WebSocket(head), Some(number)) = (&asked.wish, asked.number) else { return Next::Probe };
        let mut judged = websocket::judge(head, None, number);
        cut::be_lenient(&mut judged, &asked, None);
        outbox.upgrade(judged.upgrade);
        judged.decoder.map_or(Next::Probe, Next::Become)
    }

    /// The server says nothing more: what it did not answer stays unanswered. `is_known` where the capture shows that.
    pub(super) fn conclude(&mut self, is_known: bool, outbox: &mut Outbox) {
        for asked in self.exchanges.unanswered() {
            if let (Wish::WebSocket(head), Some(number)) = (&asked.wish, asked.number) {
                let mut judged = websocket::judge(head, None, number);
                cut::be_lenient(&mut judged, &asked, None);
                outbox.upgrade(judged.upgrade);
            }
            if is_known {
                outbox.rule(&rules::REQUEST_WITHOUT_RESPONSE, Side::Client, asked.start);
            }
        }
    }
}

/// What a final answer makes of a request for WebSocket; `is_cut` where the rest of its head is missing.
fn judge(asked: &Asked, response: &ResponseHead, is_cut: bool) -> Option<Judged> {
    let is_final = response.status == 101 || response.status >= 200;
    match (&asked.wish, asked.number) {
        (Wish::WebSocket(request) | Wish::Unknown(request), Some(number))
            if is_final && cut::is_about_websocket(asked, response, is_cut) =>
        {
            let mut judged = websocket::judge(request, Some(response), number);
            cut::be_lenient(&mut judged, asked, Some((response, is_cut)));
            Some(judged)
        }
        _ => None,
    }
}

/// Rules of the opening handshake that a side's message breaks.
fn broken(judged: &Judged, side: Side) -> impl Iterator<Item = &'static Rule> + '_ {
    judged.rules.iter().filter(move |(of, _)| *of == side).map(|(_, rule)| *rule)
}

/// What comes behind a response; `None` where HTTP goes on.
fn next(head: &ResponseHead, wish: Option<&Wish>, is_cut: bool, is_judged: bool) -> Option<Next> {
    match (head.status, wish) {
        (200..=299, Some(Wish::Tunnel)) => Some(Next::Probe),
        (101, _) if is_judged => None,
        (101, _) if head.headers.names("Upgrade", "websocket") => {
            Some(Next::Become(websocket::assume((!is_cut).then_some(&head.headers))))
        }
        // What else it may be is rare, and found out.
        (101, None) if is_cut && head.headers.first("Upgrade").is_none() => {
            Some(Next::Become(websocket::assume(None)))
        }
        (101, _) => Some(Next::Opaque),
        _ => None,
    }
}

fn message(from: Side, mut finished: Finished, span: StreamSpan) -> Message {
    let (kind, role) = match &finished.content.head {
        Head::Request(head) => {
            finished.content.remarks = remarks::of_request(head);
            // What is wrong with a request is known before its answer, and belongs on its own frame.
            if !finished.content.is_cut && websocket::is_asked_for(head) {
                let judged = websocket::judge(head, None, MessageNo::default());
                finished.rules.extend(broken(&judged, Side::Client));
            }
            ("request", Role::Request)
        }
        Head::Response(_) => ("response", Role::Response),
    };
    Message {
        from,
        span,
        protocol: NAME,
        kind,
        stream: None,
        role,
        answers: None::<MessageNo>,
        certainty: if finished.is_certain { Certainty::Proven } else { Certainty::Inferred },
        rules: finished.rules,
        content: Box::new(finished.content),
    }
}
