//! What follows a request to go on with another protocol while its answer is not there.

use crate::app::http1::decoder::{Http1Decoder, State};
use crate::app::http1::exchanges::Wish;
use crate::app::http1::{cut, first_line};
use crate::app::websocket;
use crate::app::{Input, Next, Outbox, Probe};
use crate::base::{Side, StreamSpan};

impl Http1Decoder {
    /// Holds the client back behind a request to switch until the answer is there. Where that will never be, it goes on as its bytes
    /// say; `None` where that is HTTP.
    pub(super) fn hold_back(&mut self, input: &Input<'_>, outbox: &mut Outbox) -> Option<Next> {
        if input.rest().is_empty() || !self.exchanges.awaits_switch() {
            return None;
        }
        if matches!(self.server.state, State::Lost { .. }) && self.exchanges.awaits_websocket() {
            match follows(Side::Client, input.rest()) {
                Follows::WebSocket => return Some(self.go_on_without_answer(outbox)),
                Follows::Http => {
                    self.exchanges.settle_last();
                    return None;
                }
                Follows::Unsure if !input.must_go_on() => return Some(one_more(input)),
                Follows::Unsure | Follows::Nothing => {}
            }
        }
        if !input.must_go_on() {
            return Some(Next::WaitForOther);
        }
        let is_lost = matches!(self.client.state, State::Lost { .. });
        if is_lost && !self.exchanges.settle_unless_websocket() {
            return None;
        }
        Some(self.go_on_without_answer(outbox))
    }

    /// What to do about bytes of the server that are the first behind missing ones, where the answer to a request for WebSocket may
    /// be among the missing; `None` to look for a response.
    pub(super) fn behind_lost_answer(&mut self, input: &Input<'_>, outbox: &mut Outbox) -> Option<Next> {
        let is_first = matches!(self.server.state, State::Lost { has_passed: false });
        if !is_first || input.rest().is_empty() || !self.exchanges.awaits_websocket() {
            return None;
        }
        match follows(Side::Server, input.rest()) {
            Follows::WebSocket => Some(self.go_on_without_answer(outbox)),
            Follows::Unsure if !input.must_go_on() => Some(one_more(input)),
            _ => None,
        }
    }

    /// Both sides go on behind a request to switch, and the answer will never be known.
    fn go_on_without_answer(&mut self, outbox: &mut Outbox) -> Next {
        let Some(asked) = self.exchanges.give_up_last() else { return Next::Opaque };
        let (Wish::WebSocket(head), Some(number)) = (&asked.wish, asked.number) else { return Next::Probe };
        let mut judged = websocket::judge(head, None, number);
        cut::be_lenient(&mut judged, &asked, None);
        outbox.upgrade(judged.upgrade);
        let Some(mut decoder) = judged.decoder else { return Next::Probe };
        // Bytes were passed over: the next frame does not begin where the next bytes do.
        if matches!(self.server.state, State::Lost { has_passed: true }) {
            decoder.gap(Side::Server, &mut Input::new(&[], 0), StreamSpan::new(0, 0), outbox);
        }
        Next::Become(decoder)
    }
}

/// How a side goes on, by the first bytes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    WebSocket,
    Http,
    /// More bytes will tell.
    Unsure,
    /// Like neither.
    Nothing,
}

fn follows(side: Side, bytes: &[u8]) -> Follows {
    match (first_line::begins_head(side, bytes), websocket::may_begin_frame(side, bytes)) {
        (Probe::Certain, _) => Follows::Http,
        (Probe::No, Probe::Certain) => Follows::WebSocket,
        (Probe::Unsure, _) | (_, Probe::Unsure) => Follows::Unsure,
        (Probe::No, Probe::No) => Follows::Nothing,
    }
}

fn one_more(input: &Input<'_>) -> Next {
    Next::More { at_least: input.rest().len() + 1 }
}

#[cfg(test)]
mod tests {
    use crate::app::http1::tests::{Event, GET, UPGRADE, client, ends, line, play, server, told};
    use crate::app::{Conversation, Item, Outbox, StreamEnd};
    use crate::base::Side::{Client, Server};

    #[test]
    fn more_requests_than_are_remembered_have_no_false_answers() {
        let answers = "HTTP/1.1 204 No Content\r\n\r\n";
        let events = [client("GET / HTTP/1.1\r\n\r\n".repeat(1_030)), server(answers.repeat(1_030))];
        let items: Vec<_> = play(&events, 9_000).iter().map(line).collect();
        assert_eq!(items.len(), 2_060);
        assert!(items.iter().all(|item| item.contains("GET /") || item.contains("204 No Content to ")));
        assert!(items.iter().all(|item| !item.contains('!')));
        let unread = client(format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(979)).repeat(1_400));
        let ends = ends(StreamEnd::Fin);
        let events = [&[unread, server(answers.repeat(1_400))][..], &ends].concat();
        let items: Vec<_> = play(&events, 9_000).iter().map(line).collect();
        let noted = items.iter().filter(|item| item.contains("http-requests-too-many"));
        assert_eq!(noted.collect::<Vec<_>>(), ["1024 GET / ! http-requests-too-many"]);
        let answers: Vec<_> = items.iter().filter(|item| item.contains("No Content")).collect();
        assert_eq!(answers.len(), 1_400);
        assert!(
            answers[1_023].ends_with("204 No Content to 1023") && answers[1_024].ends_with("204 No Content")
        );
    }

    #[test]
    fn a_side_that_goes_on_behind_a_lost_answer_tells_what_the_answer_was() {
        let hello = b"\x81\x05hello";
        let masked = b"\x81\x85\x01\x01\x01\x01idmmn";
        let begun = [client(UPGRADE), Event::Gap(Server, 129)];
        let frames = ["0 GET /chat", "upgrade 0 None None"];
        for sides in [[client(masked), server(hello)], [server(hello), client(masked)]] {
            let told = told(&[&begun[..], &sides].concat());
            assert_eq!(told[..2], frames);
            assert_eq!(told[2..], ["1 text | \"hello\" · 5 bytes", "2 text | \"hello\" · 5 bytes"]);
        }
        let refused = [client(GET), server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")];
        let told = told(&[&begun[..], &refused].concat());
        assert_eq!(told, ["0 GET /chat", "1 GET /a", "2 200 OK to 1"]);
    }

    #[test]
    fn an_upgrade_that_the_server_ends_without_an_answer_is_not_blamed_on_the_capture() {
        let reason = |how| {
            let items = play(&[&[client(UPGRADE)][..], &ends(how)].concat(), 50);
            let upgrade = items
                .into_iter()
                .find_map(|item| if let Item::Upgrade(upgrade) = item { Some(upgrade) } else { None });
            upgrade.unwrap().reason.unwrap()
        };
        assert_eq!(reason(StreamEnd::Fin), "the server ended the connection without an answer");
        assert_eq!(reason(StreamEnd::Unseen), "no answer is in the capture");
    }

    #[test]
    fn a_long_request_line_in_the_middle_of_a_stream_is_found_however_it_is_cut() {
        let request = format!("}}GET /{} HTTP/1.1\r\n\r\n", "x".repeat(5_000));
        for piece in [1, 90, 3_000] {
            let (mut conversation, mut outbox) = (Conversation::new(false), Outbox::default());
            for part in request.as_bytes().chunks(piece) {
                conversation.bytes(Client, part, &mut outbox);
            }
            conversation.end(Client, StreamEnd::Unseen, &mut outbox);
            let messages = outbox.drain().filter(|item| matches!(item, Item::Message(..))).count();
            assert_eq!(messages, 1, "in pieces of {piece}");
        }
    }
}
