//! What stands on an arrow.

use crate::base::{Duration, SeqNum};
use crate::ladder::Tone;
use crate::ladder::number::{counted, grouped, span};
use crate::track::{RstEffect, Step, StepKind};
use crate::wire::transport::TcpFlags;

/// What stands on an arrow: the name is the loudest part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// `SYN-ACK`, `14 segments, 18,230 bytes`.
    pub name: String,
    /// `seq 0 ack 1`, relative to the initial numbers where these are known; of a message its beginning. May be empty.
    pub detail: String,
    /// The detail may be shortened to fit; otherwise it stands whole or not at all.
    pub shortens: bool,
}

impl Label {
    /// A label whose detail may be shortened.
    pub(super) fn shortening(name: String, detail: String) -> Self {
        Self { name, detail, shortens: true }
    }
}

/// A run of data at least so long says how long it was.
const LONG_RUN: Duration = Duration(1_000_000);

/// The label of a step's arrow.
pub(super) fn label(step: &Step) -> Label {
    let name = match step.kind {
        StepKind::Syn { .. } | StepKind::SynAck { .. } => opening_name(step.flags),
        StepKind::Data { segments, bytes, last_time, .. } => {
            let lasted = step.time.zip(last_time).map(|(first, last)| last.since(first));
            // Times beside the arrows count from the end of the step before: without this a long run would lose its length.
            let long =
                lasted.filter(|lasted| *lasted >= LONG_RUN).map(|lasted| format!(" in {}", span(lasted)));
            let (segments, bytes) = (counted(segments.into(), "segment"), counted(bytes, "byte"));
            return bare(format!("{segments}, {bytes}{}", long.unwrap_or_default()));
        }
        StepKind::Icmp { error, .. } => return bare(format!("ICMP {}", error.meaning())),
        StepKind::HandshakeAck { .. } | StepKind::FinAck => "ACK".to_owned(),
        StepKind::Midstream { data_length } | StepKind::Noted { data_length, .. } if data_length > 0 => {
            counted(data_length.into(), "byte")
        }
        StepKind::Fin { .. } | StepKind::Rst { .. } | StepKind::Midstream { .. } | StepKind::Noted { .. } => {
            without_push(step.flags)
        }
    };
    Label { name, detail: numbers(step), shortens: false }
}

/// What kind of thing a step is.
pub(super) fn tone(step: &Step) -> Tone {
    match step.kind {
        StepKind::Syn { .. } | StepKind::SynAck { .. } | StepKind::HandshakeAck { .. } => Tone::Handshake,
        StepKind::Data { .. } => Tone::Data,
        StepKind::Fin { .. } | StepKind::FinAck => Tone::Close,
        StepKind::Rst { effect: RstEffect::AfterEnd | RstEffect::Ignored }
        | StepKind::Midstream { .. }
        | StepKind::Noted { .. } => Tone::Aside,
        StepKind::Rst { .. } | StepKind::Icmp { .. } => Tone::Fault,
    }
}

fn bare(name: String) -> Label {
    Label { name, detail: String::new(), shortens: false }
}

/// `SYN` and `SYN-ACK`; ECN bits are told in a note, anything odder stands here.
fn opening_name(flags: TcpFlags) -> String {
    let odd = TcpFlags::FIN | TcpFlags::RST | TcpFlags::PSH | TcpFlags::URG;
    if flags.0 & odd != 0 {
        flags.to_string()
    } else if flags.ack() {
        "SYN-ACK".to_owned()
    } else {
        "SYN".to_owned()
    }
}

fn without_push(flags: TcpFlags) -> String {
    let shown = TcpFlags::SYN | TcpFlags::FIN | TcpFlags::RST | TcpFlags::ACK | TcpFlags::URG;
    TcpFlags(flags.0 & shown).to_string().replace("none", "no flags")
}

fn numbers(step: &Step) -> String {
    let seq = number("seq", step.relative_seq, Some(step.seq));
    // Without the ACK bit the field means nothing (RFC 9293 §3.1).
    let ack = number("ack", step.relative_ack.filter(|_| step.ack.is_some()), step.ack);
    [seq, ack].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn number(name: &str, relative: Option<u32>, raw: Option<SeqNum>) -> Option<String> {
    // A number behind the ISN it should count from belongs to no place in this stream: as sent it tells more.
    let text = match (relative.filter(|relative| *relative < 1 << 31), raw) {
        (Some(relative), _) => grouped(relative.into()),
        (None, Some(raw)) => raw.to_string(),
        (None, None) => return None,
    };
    Some(format!("{name} {text}"))
}
