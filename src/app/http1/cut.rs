//! Heads whose rest is not in the capture: told as far as they are there, and what follows from them.

use std::mem;
use std::ops::ControlFlow;

use crate::app::http1::content::Head;
use crate::app::http1::decoder::{Flow, Http1Decoder, State};
use crate::app::http1::draft::Draft;
use crate::app::http1::exchanges::{Asked, Wish};
use crate::app::http1::{ResponseHead, head_reader, rules};
use crate::app::websocket::{self, Judged};
use crate::app::{Check, Decoder, Outbox, UpgradeOutcome};
use crate::base::{Side, StreamSpan};

impl Http1Decoder {
    /// Tells what is there of a head, and goes on as it says.
    pub(super) fn cut_head(
        &mut self,
        side: Side,
        bytes: &[u8],
        span: StreamSpan,
        outbox: &mut Outbox,
    ) -> Flow {
        self.announce(outbox);
        let draft = match side {
            Side::Client => self.begun_request(bytes, span.start),
            Side::Server => self.begun_response(bytes, span.start),
        };
        let Some(draft) = draft else {
            outbox.rule(&rules::HEAD_INCOMPLETE, side, span.start);
            self.lose_head(side);
            self.pass_over(side);
            return ControlFlow::Continue(());
        };
        let lane = self.lane_mut(side);
        lane.has_spoken = true;
        lane.state = State::Body(Box::new(draft));
        let flow = self.finish(side, span.end, false, outbox);
        self.lose(side);
        flow
    }

    fn begun_request(&mut self, bytes: &[u8], start: u64) -> Option<Draft> {
        let head = head_reader::begun_request(bytes)?;
        let rank = self.exchanges.ask_in_part(&head);
        let mut draft = Draft::of_cut_head(start, Head::Request(head));
        draft.rank = Some(rank);
        Some(draft)
    }

    fn begun_response(&mut self, bytes: &[u8], start: u64) -> Option<Draft> {
        let head = head_reader::begun_response(bytes)?;
        let (asked, _) = self.exchanges.answer(head.status == 101 || head.status >= 200);
        let mut draft = Draft::of_cut_head(start, Head::Response(head));
        draft.rank = asked.as_ref().map(|asked| asked.rank);
        if asked.is_none() && self.exchanges.knows_all() {
            draft.note(&rules::RESPONSE_WITHOUT_REQUEST);
        }
        draft.asked = asked;
        Some(draft)
    }
}

/// Whether an answer is one to a request for WebSocket, by what is there of both.
pub(super) fn is_about_websocket(asked: &Asked, answer: &ResponseHead, answer_is_cut: bool) -> bool {
    let names_other =
        answer.headers.first("Upgrade").is_some() && !answer.headers.names("Upgrade", "websocket");
    match asked.wish {
        Wish::WebSocket(_) => true,
        Wish::Unknown(_) => {
            let names_none = answer.headers.first("Upgrade").is_none();
            answer.status == 101 && !names_other && (answer_is_cut || !names_none)
        }
        _ => false,
    }
}

/// Takes back what was judged by header fields that are missing in the capture. `answer` comes with whether its head is cut.
pub(super) fn be_lenient(judged: &mut Judged, asked: &Asked, answer: Option<(&ResponseHead, bool)>) {
    let answer_is_cut = answer.is_some_and(|(_, is_cut)| is_cut);
    if !asked.is_cut && !answer_is_cut {
        return;
    }
    let upgrade = &mut judged.upgrade;
    // Checks that failed and the rules that they broke stand in the same order.
    let mut broken = mem::take(&mut judged.rules).into_iter();
    for check in mem::take(&mut upgrade.checks) {
        let rule = if check.holds { None } else { broken.next() };
        if is_known(check, asked.is_cut, answer_is_cut) {
            upgrade.checks.push(check);
            judged.rules.extend(rule);
        }
    }
    match upgrade.outcome {
        UpgradeOutcome::Accepted | UpgradeOutcome::Invalid => {
            let first = judged.rules.iter().find(|(of, _)| *of == Side::Server);
            upgrade.reason = first.map(|(_, rule)| format!("{}: a client gives up", rule.title));
            let is_valid = first.is_none();
            upgrade.outcome = if is_valid { UpgradeOutcome::Accepted } else { UpgradeOutcome::Invalid };
        }
        UpgradeOutcome::Rejected if asked.is_cut => {
            upgrade.reason = answer.map(|(answer, _)| {
                format!("the server turned the request down with status {}", answer.status)
            });
        }
        UpgradeOutcome::Rejected | UpgradeOutcome::Unanswered => {}
    }
    if judged.decoder.is_some() {
        judged.decoder = Some(decoder(asked, answer));
    }
}

/// Whether a check says something although heads are cut: its subject is there, or it holds for what is there.
fn is_known(check: Check, asked_is_cut: bool, answer_is_cut: bool) -> bool {
    match check.what {
        "method is GET" | "HTTP version is 1.1" | "status is 101" | "accept matches the key" => true,
        // These hold where there is nothing.
        "offered extensions are well formed" | "extension parameters are allowed" => !asked_is_cut,
        "subprotocol was offered" | "extensions were offered" => check.holds || !asked_is_cut,
        _ => check.holds || !(if check.of == Side::Client { asked_is_cut } else { answer_is_cut }),
    }
}

/// What reads the frames: by what was granted, or else by what was offered.
fn decoder(asked: &Asked, answer: Option<(&ResponseHead, bool)>) -> Box<dyn Decoder> {
    let granted = answer.filter(|(_, is_cut)| !is_cut).map(|(answer, _)| &answer.headers);
    let offered = match &asked.wish {
        Wish::WebSocket(head) if !asked.is_cut => Some(&head.headers),
        _ => None,
    };
    websocket::assume(granted.or(offered))
}

#[cfg(test)]
mod tests {
    use crate::app::http1::tests::{Event, GET, client, ends, fact, messages, play, server, told};
    use crate::app::{Conversation, FactValue, Item, Outbox, StreamEnd, UpgradeOutcome};
    use crate::base::{Certainty, Side, StreamSpan};

    use Side::{Client, Server};

    const CUT_GET: &str = "GET /ws HTTP/1.1\r\nHo";
    const CUT_101: &str = "HTTP/1.1 101 Switching Protoco";
    const HELLO: &[u8] = b"\x81\x05hello";
    const MASKED_HELLO: &[u8] = b"\x81\x85\x01\x01\x01\x01idmmn";

    #[test]
    fn of_heads_that_are_cut_the_first_lines_are_told() {
        let events = [
            client(CUT_GET),
            Event::Gap(Client, 99),
            server("HTTP/1.1 200 OK\r\nContent-Len"),
            Event::Gap(Server, 200),
            client("GET /b HTTP/1.1\r\n\r\n"),
            server("HTTP/1.1 204 No Content\r\n\r\n"),
        ];
        let expected = [
            "0 GET /ws ! http-head-not-captured",
            "1 200 OK to 0 ! http-head-not-captured",
            "2 GET /b",
            "3 204 No Content to 2",
        ];
        assert_eq!(told(&events), expected);
        let cut = &messages(&events)[1];
        assert_eq!((fact(cut, "body_length"), cut.certainty), (FactValue::Null, Certainty::Inferred));
        assert_eq!(cut.span, StreamSpan::new(0, 28));
    }

    #[test]
    fn websocket_goes_on_behind_heads_that_are_cut() {
        let events = [
            client(CUT_GET),
            Event::Gap(Client, 99),
            server(CUT_101),
            Event::Gap(Server, 99),
            client(MASKED_HELLO),
            server(HELLO),
        ];
        let expected = [
            "0 GET /ws ! http-head-not-captured",
            "1 101 to 0 ! http-head-not-captured",
            "upgrade 0 Some(1) Some(101)",
            "2 text | \"hello\" · 5 bytes",
            "3 text | \"hello\" · 5 bytes",
        ];
        assert_eq!(told(&events), expected);
        assert!(messages(&events).iter().all(|message| message.certainty == Certainty::Inferred));
        let Some(Item::Upgrade(upgrade)) =
            play(&events, 7).into_iter().find(|item| matches!(item, Item::Upgrade(_)))
        else {
            panic!("no upgrade");
        };
        assert_eq!(
            (upgrade.outcome, upgrade.key, upgrade.accept_valid),
            (UpgradeOutcome::Accepted, None, None)
        );
        let what: Vec<_> = upgrade.checks.iter().map(|check| check.what).collect();
        assert_eq!(what, ["method is GET", "HTTP version is 1.1", "status is 101"]);
    }

    #[test]
    fn frames_that_were_captured_before_the_cut_answer_wait_for_it() {
        let events = [
            client(CUT_GET),
            Event::Gap(Client, 99),
            client(MASKED_HELLO),
            server(CUT_101),
            Event::Gap(Server, 99),
            server(HELLO),
        ];
        let told = told(&events);
        assert_eq!(told[3..], ["2 text | \"hello\" · 5 bytes", "3 text | \"hello\" · 5 bytes"]);
    }

    #[test]
    fn a_cut_request_that_was_never_answered_is_an_ordinary_one() {
        let events =
            [&[client(CUT_GET), Event::Gap(Client, 99), client(GET)][..], &ends(StreamEnd::Unseen)].concat();
        assert_eq!(told(&events), ["0 GET /ws ! http-head-not-captured", "1 GET /a"]);
    }

    #[test]
    fn bytes_behind_a_first_line_that_is_cut_are_lost_until_a_head_begins() {
        let (mut conversation, mut outbox) = (Conversation::new(true), Outbox::default());
        let get = GET.as_bytes();
        conversation.bytes(Client, get, &mut outbox);
        conversation.bytes(Client, b"GET /b", &mut outbox);
        assert!(!conversation.is_lost(Client));
        conversation.gap(Client, StreamSpan::new(34, 40), &mut outbox);
        assert!(conversation.is_lost(Client) && !conversation.is_lost(Server));
        conversation.bytes(Client, b"what is this", &mut outbox);
        assert!(conversation.is_lost(Client));
        conversation.bytes(Client, get, &mut outbox);
        assert!(!conversation.is_lost(Client));
    }
}
