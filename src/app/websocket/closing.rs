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
    /// Whose stream ended first, by a FIN. Where bytes are missing that is the order in which holes were given up, and says nothing.
    fin_first: Option<Side>,
}

/// What is known of the end of one side.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// Its first Close frame.
    close: Option<CloseCode>,
    how: Option<StreamEnd>,
    /// Where its stream ended.
    offset: u64,
    trust: Trust,
}

/// How far the capture can be trusted to show what a side sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trust {
    /// Frames of it may be missing.
    pub(super) may_hide_frames: bool,
    /// Bytes of it are missing.
    pub(super) has_gap: bool,
}

/// The code that a Close frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloseCode {
    Given(u16),
    /// The frame has no body.
    Absent,
    /// The body is not in the capture.
    Unseen,
}

impl CloseCode {
    /// What an application is told that gets this frame (§7.1.5).
    fn told(self) -> Option<u16> {
        match self {
            Self::Given(code) => Some(code),
            Self::Absent => Some(1005),
            Self::Unseen => None,
        }
    }

    /// `with code 1000 (normal closure)`.
    fn spoken(self) -> String {
        match self {
            Self::Given(code) => format!("with code {code} ({})", close_code::meaning(code)),
            Self::Absent => "without a code".to_owned(),
            Self::Unseen => "with a code that is not in the capture".to_owned(),
        }
    }
}

impl End {
    /// Whether a Close frame of it may not be in the capture.
    fn is_doubtful(self) -> bool {
        self.trust.may_hide_frames || !matches!(self.how, Some(StreamEnd::Fin | StreamEnd::Reset))
    }

    /// What the other side's application is told (§7.1.5), where the capture shows it.
    fn told_code(self) -> Option<u16> {
        match self.close {
            Some(code) => code.told(),
            None => (!self.is_doubtful()).then_some(1006),
        }
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
    pub(super) fn close(&mut self, side: Side, number: MessageNo, code: CloseCode) {
        self.first.get_or_insert((side, number));
        self.of_mut(side).close.get_or_insert(code);
    }

    /// The stream of `side` ended at this place.
    pub(super) fn end(&mut self, side: Side, how: StreamEnd, offset: u64, trust: Trust) {
        let end = self.of_mut(side);
        *end = End { close: end.close, how: Some(how), offset, trust };
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
        if self.first.is_none() && !self.is_doubtful() {
            // Behind the last byte: what shows it is the end of TCP, and not whatever was sent last.
            outbox.rule(&rules::CLOSED_WITHOUT_CLOSE_FRAME, side, offset);
        } else if self.is_answered() && self.tcp_ended_by() == Some(Side::Client) {
            outbox.rule(&rules::CLIENT_CLOSED_TCP_FIRST, side, offset.saturating_sub(1));
        }
        outbox.closing(Closing {
            first: self.first.map(|(side, _)| side),
            code: self.first_code(),
            answered: self.is_answered(),
            tcp_ended_by: self.tcp_ended_by(),
            client_sees: self.server.told_code(),
            server_sees: self.client.told_code(),
            verdict: self.verdict(),
        });
    }

    fn first_code(&self) -> Option<u16> {
        let (side, _) = self.first?;
        if let CloseCode::Given(code) = self.of(side).close? { Some(code) } else { None }
    }

    fn is_doubtful(&self) -> bool {
        self.client.is_doubtful() || self.server.is_doubtful()
    }

    /// Who ended the TCP connection first; `None` where the capture does not show it for sure.
    fn tcp_ended_by(&self) -> Option<Side> {
        let is_sure = |end: End| !end.trust.may_hide_frames && !end.trust.has_gap;
        self.fin_first.filter(|_| is_sure(self.client) && is_sure(self.server))
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
            return if self.is_doubtful() {
                format!("no Close frame is in the capture, which may not show all that was sent; {tcp}")
            } else {
                format!("no Close frame came: applications are told 1006; {tcp}")
            };
        };
        let (who, other) = (first.name(), first.other().name());
        let begun = self.of(first).close;
        let code = begun.unwrap_or(CloseCode::Unseen).spoken();
        let answer = match self.of(first.other()).close {
            Some(answer) if Some(answer) == begun => format!("the {other} answered"),
            Some(answer) => format!("the {other} answered {}", answer.spoken()),
            None if self.of(first.other()).is_doubtful() => {
                format!("an answer of the {other} is not in the capture")
            }
            None => format!("the {other} did not answer, so the {who} is told 1006"),
        };
        format!("the {who} closed {code}; {answer}; {tcp}")
    }

    fn end_of_tcp(&self) -> String {
        match self.tcp_ended_by() {
            Some(side) => format!("the {} ended the TCP connection first", side.name()),
            None if self.fin_first.is_some() => {
                "who ended the TCP connection first is not sure, because bytes are missing".to_owned()
            }
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
