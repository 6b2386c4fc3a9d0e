//! Layers 5 to 7 of a frame: the messages that its bytes belong to, in words.

use crate::app::title;
use crate::base::convert::wide;
use crate::base::{FrameNo, Rule, grouped};
use crate::explain::{Field, LayerExplanation, OsiLayer};
use crate::pipeline::frame::layers::Place;
use crate::pipeline::frame::part::Part;
use crate::pipeline::frame::sought::{Again, Findings, Found, Unfinished, Why};
use crate::pipeline::frame::{MOST_BYTES_AFTER, MOST_FRAMES_AFTER};
use crate::track::{Connection, Outcome};

/// Layers 5 to 7 of the messages, in stream order within a layer; `None` where none is known.
pub(super) fn layers(number: FrameNo, place: &Place, findings: &Findings) -> Option<Vec<LayerExplanation>> {
    let count = findings.messages.len() + usize::from(findings.unfinished.is_some());
    if count == 0 {
        return None;
    }
    let part = Part { number, payload: place.followed.dissection.payload, span: findings.span, count };
    let mut told: Vec<_> = findings.messages.iter().map(|message| message_layers(message, part)).collect();
    told.extend(findings.unfinished.map(|unfinished| vec![unfinished_layer(unfinished, part)]));
    let mut layers = numbered(told);
    layers.sort_by_key(|layer| layer.osi);
    let mut layers = joined(layers);
    add_dialogue(&mut layers, place, findings, part);
    if findings.left_out > 0
        && let Some(last) = layers.iter_mut().rev().find(|layer| layer.osi == OsiLayer::Application)
    {
        let s = if findings.left_out == 1 { "" } else { "s" };
        last.notes
            .push(format!("and {} more message{s} with bytes in this frame", grouped(findings.left_out)));
    }
    Some(layers)
}

/// The layers of every message, with the messages' numbers where there are several.
fn numbered(mut told: Vec<Vec<LayerExplanation>>) -> Vec<LayerExplanation> {
    if told.len() > 1 {
        for (place, layers) in told.iter_mut().enumerate() {
            for layer in layers {
                layer.messages = Some((place + 1, place + 1));
            }
        }
    }
    told.into_iter().flatten().collect()
}

/// Layers 5 and 6 that say the same of neighbouring messages are told once.
fn joined(layers: Vec<LayerExplanation>) -> Vec<LayerExplanation> {
    let mut joined: Vec<LayerExplanation> = Vec::with_capacity(layers.len());
    for layer in layers {
        let same = joined
            .last_mut()
            .filter(|before| layer.osi != OsiLayer::Application && says_the_same(before, &layer));
        match same.and_then(|before| before.messages.as_mut()).zip(layer.messages) {
            Some((messages, (_, last))) => messages.1 = last,
            None => joined.push(layer),
        }
    }
    joined
}

fn says_the_same(one: &LayerExplanation, other: &LayerExplanation) -> bool {
    let words = |layer: &LayerExplanation| (layer.osi, layer.protocol, layer.title);
    let fields = |layer: &LayerExplanation| layer.fields.len();
    let same_field = |(one, other): (&Field, &Field)| one.name == other.name && one.text == other.text;
    words(one) == words(other)
        && one.summary == other.summary
        && one.notes == other.notes
        && fields(one) == fields(other)
        && one.fields.iter().zip(&other.fields).all(same_field)
}

/// Adds to layer 5 what the frame as a whole is on its connection: to its one message, or before those of several.
fn add_dialogue(layers: &mut Vec<LayerExplanation>, place: &Place, findings: &Findings, part: Part) {
    let session = layers.iter().position(|layer| layer.osi == OsiLayer::Session);
    let at = session.filter(|_| part.count == 1).unwrap_or_else(|| {
        let mut dialogue = LayerExplanation::new(OsiLayer::Session, "connection", "Dialogue", None);
        let sender = place.followed.membership.map_or("sender", |membership| membership.from.name());
        dialogue.summary = match part.count {
            1 => format!("bytes that the {sender} sent"),
            _ => balance(findings, part),
        };
        layers.insert(0, dialogue);
        0
    });
    if let Some(session) = layers.get_mut(at) {
        session.notes.extend(upgrades(findings));
        session.notes.extend(findings.again.map(came_again));
        session.notes.extend(place.reminder.clone());
    }
}

/// The exchanges by which the connection went over to the messages' protocols, each once.
fn upgrades(findings: &Findings) -> Vec<String> {
    let mut exchanges: Vec<_> = findings.messages.iter().filter_map(|message| message.upgraded).collect();
    exchanges.dedup();
    let told = |(request, response)| format!("upgraded in frames {request} and {response}");
    exchanges.into_iter().map(told).collect()
}

/// `bytes of 3 messages: 2 of them whole`.
fn balance(findings: &Findings, part: Part) -> String {
    let whole = findings.messages.iter().filter(|message| part.is_whole(message)).count();
    let count = wide(part.count).saturating_add(findings.left_out);
    let of_them = match findings.left_out {
        0 if whole == part.count => "all of them whole".to_owned(),
        0 if whole == 0 => "none of them whole".to_owned(),
        0 => format!("{whole} of them whole"),
        _ => format!("the first {} are shown", part.count),
    };
    format!("bytes of {} messages: {of_them}", grouped(count))
}

/// The connection that a frame belongs to, in a few words: `on connection #1, ESTABLISHED since frame 3`.
pub(super) fn reminder(connection: &Connection, number: FrameNo) -> String {
    let handshake = &connection.handshake;
    let since = handshake.ack.map(|ack| ack.frame);
    let state = match handshake.outcome {
        Outcome::NotCaptured => "whose handshake was not captured".to_owned(),
        Outcome::Established | Outcome::SimultaneousOpen => match since {
            Some(frame) if frame == number => "ESTABLISHED with this frame".to_owned(),
            Some(frame) => format!("ESTABLISHED since frame {frame}"),
            None => "ESTABLISHED".to_owned(),
        },
        _ => "not ESTABLISHED yet".to_owned(),
    };
    format!("on connection #{}, {state}", connection.id)
}

/// That bytes had come before.
pub(super) fn came_again(again: Again) -> String {
    match again {
        Again::Recorded => "the same packet was recorded just before: its bytes count once".to_owned(),
        Again::Sent(Some(frame)) => format!("these bytes came again: first in frame {frame}"),
        Again::Sent(None) => "these bytes came again: they were there before this frame".to_owned(),
        Again::Partly(1) => "the first byte came again, the others are new".to_owned(),
        Again::Partly(count) => format!("the first {} bytes came again, the others are new", grouped(count)),
        Again::SentAfter(frame) => {
            format!(
                "these bytes came again: they are part of the message that was complete with frame {frame}"
            )
        }
    }
}

/// The layers of one message, with what of it lies in the frame.
fn message_layers(message: &Found, part: Part) -> Vec<LayerExplanation> {
    let mut layers = message.layers.clone();
    let bytes = part.bytes(message.span);
    let is_whole = part.is_whole(message);
    // What is about the dialogue alone, as a PROXY line, has no layer 7.
    let highest = layers.iter().map(|layer| layer.osi).max();
    for layer in layers.iter_mut().filter(|layer| Some(layer.osi) == highest && layer.span.is_none()) {
        if is_whole {
            layer.span = bytes;
        } else {
            layer.part = bytes;
        }
    }
    if let Some(session) = layers.iter_mut().find(|layer| layer.osi == OsiLayer::Session) {
        session.notes.extend(dialogue(message));
    }
    if let Some(top) = layers.iter_mut().rev().find(|layer| Some(layer.osi) == highest) {
        // A rule is told with its name, so nobody else needs to tell it.
        top.notes.retain(|note| !tells_a_rule(note, message));
        top.notes.splice(..0, part.share(message));
        top.notes.extend(message.checks.iter().filter(|check| !tells_a_rule(check, message)).cloned());
        top.notes.extend(message.rules.iter().map(|rule| broken(rule)));
    }
    layers
}

/// Its part in the dialogue.
fn dialogue(message: &Found) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(frame) = message.answers {
        notes.push(format!("answers frame {frame}"));
    }
    if message.unasked {
        notes.push("pushed unasked: the server had sent as many messages as the client already".to_owned());
    }
    notes
}

fn tells_a_rule(text: &str, message: &Found) -> bool {
    message.rules.iter().any(|rule| text.contains(rule.title))
}

fn broken(rule: &Rule) -> String {
    format!("{}: {} ({}, {})", rule.severity.name(), rule.title, rule.id, rule.cite.0)
}

/// What is known of bytes whose message was never told.
fn unfinished_layer(unfinished: Unfinished, part: Part) -> LayerExplanation {
    let Unfinished { protocol, span, why } = unfinished;
    let mut layer = LayerExplanation::new(OsiLayer::Application, protocol, title(protocol), None);
    let bytes = part.bytes(span);
    layer.part = bytes;
    let count = span.len();
    let s = if count == 1 { "" } else { "s" };
    let kind = match why {
        Why::PassedOver => "that no message could be read from",
        _ => "of a message that is not complete",
    };
    layer.summary = format!("{} byte{s} {kind}", grouped(count));
    layer.notes.push(match why {
        Why::CaptureEnded => "the capture ends before the message does".to_owned(),
        Why::ConnectionOver => "the connection was over before the message was".to_owned(),
        Why::AtBound => format!(
            "its end did not come in the {} frames or {} MiB that are read on for it",
            grouped(MOST_FRAMES_AFTER),
            MOST_BYTES_AFTER >> 20
        ),
        Why::PassedOver => {
            "bytes before or among them are missing, or they break the protocol's rules".to_owned()
        }
    });
    layer
}
