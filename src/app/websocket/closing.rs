//! How a WebSocket ended: who began, with which code, who ended TCP (RFC 6455 §7).

use crate::app::websocket::close_code;
use crate::app::websocket::content::Part;
use crate::app::websocket::rules;
use crate::app::{Closing, MessageNo, Outbox, StreamEnd};
use crate::base::Side;

/// What is known of the end of both sides.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    /// Who sent the first Close frame, and its number.
    first: Option<(Side, MessageNo)>,
    client: End,
    server: End,
    /// Whose stream ended first, by a FIN.
    fin_first: Option<Side>,
}

/// What is known of the end of one side.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// Its first Close frame.
    close: Option<Close>,
    how: Option<StreamEnd>,
    /// Where its stream ended.
    offset: u64,
}

/// A Close frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Close {
    code: Option<u16>,
}

impl End {
    /// What the other side's application is told (§7.1.5).
    fn told_code(self) -> u16 {
        self.close.map_or(1006, |close| close.code.unwrap_or(1005))
    }
}

impl Ends {
    /// The part that a Close frame of `side` has, and what it answers.
    pub(super) fn part(&self, side: Side) -> (Option<MessageNo>, Part) {
        match self.first {
            None => (None, Part::BeginsClosing),
            Some((first, number)) if first != side && self.of(side).close.is_none() => {
                (Some(number), Part::AnswersClose)
            }
            Some(_) => (None, Part::None),
        }
    }

    /// A Close frame of `side` was told.
    pub(super) fn close(&mut self, side: Side, number: MessageNo, code: Option<u16>) {
        self.first.get_or_insert((side, number));
        self.of_mut(side).close.get_or_insert(Close { code });
    }

    /// The stream of `side` ended at this place.
    pub(super) fn end(&mut self, side: Side, how: StreamEnd, offset: u64) {
        let end = self.of_mut(side);
        end.how = Some(how);
        end.offset = offset;
        if how == StreamEnd::Fin && self.of(side.other()).how.is_none() {
            self.fin_first = Some(side);
        }
    }

    /// Whether both streams ended.
    pub(super) fn is_over(&self) -> bool {
        self.client.how.is_some() && self.server.how.is_some()
    }

    /// Tells how it ended, unless the capture shows nothing of that.
    pub(super) fn conclude(&self, outbox: &mut Outbox) {
        if self.first.is_none() && !self.tcp_ended() {
            return;
        }
        let side = self.fin_first.unwrap_or(Side::Client);
        let offset = self.of(side).offset;
        if self.first.is_none() {
            // Behind the last byte: what shows it is the end of TCP, and not whatever was sent last.
            outbox.rule(&rules::CLOSED_WITHOUT_CLOSE_FRAME, side, offset);
        } else if self.is_answered() && self.fin_first == Some(Side::Client) {
            outbox.rule(&rules::CLIENT_CLOSED_TCP_FIRST, side, offset.saturating_sub(1));
        }
        outbox.closing(Closing {
            first: self.first.map(|(side, _)| side),
            code: self.first_code(),
            answered: self.is_answered(),
            tcp_ended_by: self.fin_first,
            client_sees: self.server.told_code(),
            server_sees: self.client.told_code(),
            verdict: self.verdict(),
        });
    }

    fn first_code(&self) -> Option<u16> {
        let (side, _) = self.first?;
        self.of(side).close?.code
    }

    fn is_answered(&self) -> bool {
        self.client.close.is_some() && self.server.close.is_some()
    }

    fn tcp_ended(&self) -> bool {
        let seen = |end: End| matches!(end.how, Some(StreamEnd::Fin | StreamEnd::Reset));
        seen(self.client) || seen(self.server)
    }

    /// The whole in a sentence.
    fn verdict(&self) -> String {
        let tcp = self.end_of_tcp();
        let Some((first, _)) = self.first else {
            return format!("no Close frame came: applications are told 1006; {tcp}");
        };
        let (who, other) = (first.name(), first.other().name());
        let code = match self.first_code() {
            Some(code) => format!("with code {code} ({})", close_code::meaning(code)),
            None => "without a code".to_owned(),
        };
        let answer = match self.of(first.other()).close {
            Some(answer) if answer.code == self.first_code() => format!("the {other} answered"),
            Some(Close { code: Some(code) }) => {
                format!("the {other} answered with code {code} ({})", close_code::meaning(code))
            }
            Some(Close { code: None }) => format!("the {other} answered without a code"),
            None if self.tcp_ended() => format!("the {other} did not answer, so the {who} is told 1006"),
            None => format!("an answer of the {other} is not in the capture"),
        };
        format!("the {who} closed {code}; {answer}; {tcp}")
    }

    fn end_of_tcp(&self) -> String {
        match self.fin_first {
            Some(side) => format!("the {} ended the TCP connection first", side.name()),
            None if self.tcp_ended() => "the TCP connection was reset".to_owned(),
            None => "the end of the TCP connection is not in the capture".to_owned(),
        }
    }

    fn of(&self, side: Side) -> &End {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn of_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}
