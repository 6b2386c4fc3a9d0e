//! The layers of one frame: what its own bytes say, and what its connection adds.

use crate::base::convert::narrow;
use crate::base::{Cite, FrameNo, LinkType, Timestamp, grouped};
use crate::capture::Frame;
use crate::explain::{Field, FrameConnection, FrameExplanation, LayerExplanation, OsiLayer, Value};
use crate::pipeline::frame::fragment::{self, Piece};
use crate::pipeline::frame::messages;
use crate::pipeline::frame::sought::Findings;
use crate::pipeline::wholes::Followed;
use crate::wire::Dissector;

/// What is known of a frame beside its bytes.
pub(super) struct Place {
    pub(super) first_time: Option<Timestamp>,
    pub(super) followed: Followed,
    pub(super) link_type: LinkType,
    /// Where it is a fragment.
    pub(super) fragment: Option<Piece>,
    /// Its connection in a few words, as it was when the frame came.
    pub(super) reminder: Option<String>,
}

impl Place {
    /// The place of a frame that was just followed.
    pub(super) fn new(frame: &Frame<'_>, followed: Followed, mut fragment: Option<Piece>) -> Self {
        if let Some(piece) = &mut fragment {
            piece.look(frame.number, &followed);
        }
        Self { first_time: None, followed, link_type: frame.link_type, fragment, reminder: None }
    }

    /// Whether it is a fragment whose packet is still to come.
    pub(super) fn is_waiting(&self) -> bool {
        self.fragment.as_ref().is_some_and(Piece::is_waiting)
    }

    /// Looks whether a later frame completed its packet; it belongs to that one's connection.
    pub(super) fn look(&mut self, number: FrameNo, followed: &Followed) {
        if let Some(piece) = self.fragment.as_mut().filter(|piece| piece.is_waiting())
            && piece.look(number, followed)
        {
            self.followed.membership = followed.membership;
        }
    }

    /// The bytes that the spans of its dissection count in, where they are not the frame's.
    fn whole(&self) -> Option<&[u8]> {
        self.followed.packets.last().map(|(packet, _)| packet.whole().bytes)
    }
}

/// The layers that one frame's own bytes tell: 1 to 4.
pub(super) fn lower(dissector: &Dissector, frame: &Frame<'_>, place: &Place) -> FrameExplanation {
    let mut layers = vec![physical(frame)];
    layers.extend(dissector.explain(frame.link_type, frame.bytes, frame.wire_length, frame.fcs_length));
    fragment::above(dissector, &place.followed, &mut layers);
    if let Some(tcp) = layers.iter_mut().rev().find(|layer| layer.protocol == "tcp") {
        connection_notes(tcp, place);
    }
    FrameExplanation {
        number: frame.number,
        time: frame.time,
        offset: frame.time.zip(place.first_time).map(|(time, first)| time.since(first)),
        captured_length: narrow(frame.bytes.len()),
        wire_length: frame.wire_length,
        connection: place.followed.membership.map(|m| FrameConnection { id: m.connection, from: m.from }),
        layers,
        bytes: frame.bytes.to_vec(),
    }
}

/// Adds layers 5 to 7, and says of each layer that has nothing to say why.
pub(super) fn complete(explanation: &mut FrameExplanation, place: &Place, findings: &Findings) {
    let connection = place.followed.membership.map(|m| FrameConnection { id: m.connection, from: m.from });
    explanation.connection = explanation.connection.or(connection);
    let FrameExplanation { layers, bytes, number, .. } = explanation;
    match messages::layers(*number, place, findings) {
        Some(above) => layers.extend(above),
        None => layers.extend(above_transport(place.whole().unwrap_or(bytes), place, findings)),
    }
    if let Some(piece) = &place.fragment {
        piece.tell(*number, layers);
    }
    if place.whole().is_some() {
        let above = layers.iter_mut().filter(|layer| layer.osi >= OsiLayer::Transport);
        above.for_each(fragment::unplace);
    }
    for osi in OsiLayer::ALL {
        if !layers.iter().any(|layer| layer.osi == osi) {
            let above = layers.iter().position(|layer| layer.osi > osi).unwrap_or(layers.len());
            layers.insert(above, absent(osi, place));
        }
    }
    // In a tunnel layers 2 to 4 come again: the order of the bytes tells what carries what.
    layers.sort_by_key(|layer| layer.osi.max(OsiLayer::Transport));
}

/// Layer 1: what a capture can know of the wire.
fn physical(frame: &Frame<'_>) -> LayerExplanation {
    let mut layer = LayerExplanation::new(OsiLayer::Physical, "frame", "Frame", None);
    let captured = narrow(frame.bytes.len());
    let cut = frame.wire_length.saturating_sub(captured);
    let how = if cut == 0 { "captured whole".to_owned() } else { format!("{captured} of them captured") };
    let at = frame.time.map_or_else(|| "at an unknown time".to_owned(), |time| format!("at {time}"));
    let bits = u64::from(frame.wire_length) * 8;
    layer.summary = format!("{} bytes = {bits} bits on the wire, {how} {at}", frame.wire_length);
    layer.fields = physical_fields(frame);
    for comment in &frame.comments {
        layer.notes.push(format!("comment in the capture file: {comment}"));
    }
    if cut > 0 {
        layer.notes.push(format!("{cut} bytes were cut off by the snap length when the frame was captured"));
    }
    layer
}

fn physical_fields(frame: &Frame<'_>) -> Vec<Field> {
    let captured = narrow(frame.bytes.len());
    let mut fields = vec![
        said_by_the_file(
            "length on the wire",
            Value::Number(frame.wire_length.into()),
            format!("{} bytes", frame.wire_length),
        ),
        said_by_the_file("captured length", Value::Number(captured.into()), format!("{captured} bytes")),
        said_by_the_file("link type", Value::Number(frame.link_type.0.into()), frame.link_type.to_string()),
    ];
    fields.extend(
        frame
            .time
            .map(|time| said_by_the_file("capture time", Value::Text(time.to_string()), time.to_string())),
    );
    fields
}

fn said_by_the_file(name: &'static str, value: Value, text: String) -> Field {
    Field { name, value, text, span: None, bits: None, source: Cite("the capture file") }
}

/// Adds to layer 1 on which interface the frame was captured. A file may describe it just before the frame, so it is known only
/// once the frame has been read.
pub(super) fn name_interface(explanation: &mut FrameExplanation, name: Option<&str>) {
    let physical = explanation.layers.iter_mut().find(|layer| layer.osi == OsiLayer::Physical);
    if let Some((layer, name)) = physical.zip(name) {
        layer.summary.push_str(" on ");
        layer.summary.push_str(name);
        layer.fields.push(said_by_the_file("interface", Value::Text(name.to_owned()), name.to_owned()));
    }
}

/// What the connection adds to a TCP header: relative numbers, and whose it is.
fn connection_notes(tcp: &mut LayerExplanation, place: &Place) {
    let (Some(header), Some(membership)) = (place.followed.dissection.tcp, place.followed.membership) else {
        return;
    };
    tcp.notes.push(format!(
        "sent by the {} of connection #{}",
        membership.from.name(),
        membership.connection
    ));
    // The number of a SYN is its sender's ISN, also where another one counts.
    let own_isn = membership.own_isn.or(header.flags.syn().then_some(header.seq));
    let seq = own_isn.map(|isn| header.seq.since(isn));
    let ack = header.ack.zip(membership.others_isn).map(|(ack, isn)| ack.since(isn));
    let text = |number: u32| grouped(number.into());
    tcp.notes.push(match (seq.map(text), ack.map(text)) {
        (Some(seq), Some(ack)) => format!("relative to the ISNs: seq {seq}, ack {ack}"),
        (Some(seq), None) => format!("relative to the sender's ISN: seq {seq}"),
        (None, Some(ack)) => {
            format!(
                "relative to the other side's ISN: ack {ack}; no ISN of the sender is known at this frame"
            )
        }
        (None, None) => {
            "no ISN of this connection is known at this frame: its SYN was not captured before".to_owned()
        }
    });
}

/// Layers 5 to 7 of a frame whose payload nobody understood: where the bytes belong, how they read, what they are.
fn above_transport(bytes: &[u8], place: &Place, findings: &Findings) -> Vec<LayerExplanation> {
    let dissection = &place.followed.dissection;
    if dissection.payload.len == 0 || (dissection.tcp.is_none() && dissection.udp.is_none()) {
        return Vec::new();
    }
    let data = dissection.payload.of(bytes);
    let span = Some(dissection.payload);
    let mut session = LayerExplanation::new(OsiLayer::Session, "connection", "Dialogue", None);
    session.summary = place.followed.membership.map_or_else(
        || "a datagram of its own: no dialogue is followed".to_owned(),
        |m| format!("bytes that the {} sent", m.from.name()),
    );
    session.notes.extend(findings.again.map(messages::came_again));
    session.notes.extend(place.reminder.clone());
    let mut presentation = LayerExplanation::new(OsiLayer::Presentation, "data", "Encoding", span);
    let text = std::str::from_utf8(data).ok();
    presentation.summary = match text {
        Some(_) => format!("{} bytes that read as UTF-8 text", data.len()),
        None => format!("{} bytes that are not UTF-8 text: binary, compressed or encrypted", data.len()),
    };
    let mut application = LayerExplanation::new(OsiLayer::Application, "data", "Data", span);
    application.summary = text.map_or_else(
        || {
            format!(
                "{} bytes{}",
                data.len(),
                if place.whole().is_some() { " of the whole packet" } else { ", shown below" }
            )
        },
        preview,
    );
    vec![session, presentation, application]
}

/// The first line of a text, shortened.
fn preview(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(MOST).collect();
    let more = if short.len() < text.trim_end().len() { " …" } else { "" };
    format!("\"{short}\"{more}")
}

/// A layer that this frame has nothing of, with the reason.
fn absent(osi: OsiLayer, place: &Place) -> LayerExplanation {
    let dissection = &place.followed.dissection;
    let mut layer = LayerExplanation::new(osi, "none", "–", None);
    let carries = dissection.tcp.map(|header| header.data_length > 0);
    let is_above = osi >= OsiLayer::Transport && place.whole().is_none();
    if let Some(piece) = place.fragment.as_ref().filter(|_| is_above) {
        layer.summary = piece.elsewhere();
        return layer;
    }
    layer.summary = match osi {
        OsiLayer::Session | OsiLayer::Presentation | OsiLayer::Application if carries == Some(false) => {
            "nothing: the segment carries no data".to_owned()
        }
        OsiLayer::Presentation if carries == Some(true) => {
            "nothing: the bytes stand for themselves".to_owned()
        }
        OsiLayer::Application if carries == Some(true) => {
            "nothing: the bytes are about the dialogue itself".to_owned()
        }
        OsiLayer::DataLink if dissection.network.is_none() && dissection.stop.is_some() => {
            format!("{} is shown as bytes only", place.link_type)
        }
        OsiLayer::DataLink => "none: the capture begins with the IP header".to_owned(),
        _ => "nothing in this frame".to_owned(),
    };
    layer
}
