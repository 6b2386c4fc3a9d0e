//! A connection.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::{Annotation, Endpoint, FrameNo, SeqNum, Side, Timestamp};
use crate::render::json::carried::{ClosingValue, DialogueValue, MissingValue, UpgradeValue};
use crate::render::json::signs::{PathMtuValue, RetriesValue};
use crate::timeline::Carried;
use crate::track::{
    Connection, Doubt, Handshake, HandshakeSegment, IcmpAnswer, Negotiated, Path, PathRole, ScanProbe,
    Traffic,
};
use crate::wire::transport::{FastOpen, Mptcp, SynOptions};
use crate::wire::tunnel::Carrier;

#[derive(Serialize)]
pub(super) struct ConnectionLine<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    id: u64,
    tcp_stream: u64,
    client: EndpointValue,
    server: EndpointValue,
    first_frame: u64,
    last_frame: u64,
    first_time: Option<String>,
    duration_ns: Option<i64>,
    handshake: HandshakeValue,
    close: CloseValue,
    mptcp: Option<PathValue>,
    client_traffic: TrafficValue,
    server_traffic: TrafficValue,
    annotations: Vec<AnnotationValue>,
    annotations_left_out: u64,
    layers: Vec<&'static str>,
    via: Vec<CarrierValue>,
    analysis: BTreeMap<&'static str, u32>,
    zeek: ZeekValue<'a>,
    path_mtu: Option<PathMtuValue>,
    client_state: Option<&'static str>,
    server_state: Option<&'static str>,
    upgrades: Vec<UpgradeValue<'a>>,
    upgrades_left_out: u64,
    closings: Vec<ClosingValue<'a>>,
    dialogue: DialogueValue,
    missing: MissingValue,
    tls: (),
    sessions: (),
}

#[derive(Serialize)]
struct ZeekValue<'a> {
    conn_state: &'static str,
    history: &'a str,
}

#[derive(Serialize)]
struct CarrierValue {
    kind: &'static str,
    id: Option<u32>,
}

#[derive(Serialize)]
struct EndpointValue {
    address: String,
    port: u16,
}

#[derive(Serialize)]
struct HandshakeValue {
    outcome: &'static str,
    certainty: &'static str,
    doubt: Option<&'static str>,
    syn: Option<SegmentValue>,
    syn_ack: Option<SegmentValue>,
    ack: Option<SegmentValue>,
    client_isn: Option<u32>,
    server_isn: Option<u32>,
    syn_count: u32,
    syn_frames: Vec<u64>,
    syn_ack_count: u32,
    syn_ack_frames: Vec<u64>,
    negotiated: Option<NegotiatedValue>,
    connect_ns: Option<i64>,
    server_rtt_ns: Option<i64>,
    client_rtt_ns: Option<i64>,
    icmp: Option<IcmpValue>,
    probe: Option<&'static str>,
    #[serde(flatten)]
    retries: RetriesValue,
}

#[derive(Serialize)]
struct SegmentValue {
    frame: u64,
    offset_ns: Option<i64>,
    seq: u32,
    ack: Option<u32>,
    window: u16,
    data_length: u32,
    options: OptionsRead,
}

/// Options are read on segments with SYN; on others the object is empty.
#[derive(Serialize)]
#[serde(untagged)]
enum OptionsRead {
    Offered(OptionsValue),
    NotRead {},
}

#[derive(Serialize)]
struct OptionsValue {
    mss: Option<u16>,
    window_scale: Option<u8>,
    sack_permitted: bool,
    timestamps: bool,
    fast_open: Option<&'static str>,
    mptcp: Option<&'static str>,
}

#[derive(Serialize)]
struct NegotiatedValue {
    client_mss: Option<u16>,
    server_mss: Option<u16>,
    window_scaling: bool,
    sack: bool,
    timestamps: bool,
    ecn: &'static str,
    fast_open: &'static str,
}

#[derive(Serialize)]
struct IcmpValue {
    r#type: u8,
    code: u8,
    frame: u64,
    meaning: &'static str,
    from: Option<String>,
    weight: &'static str,
}

#[derive(Serialize)]
struct CloseValue {
    how: &'static str,
    first: Option<&'static str>,
    frame: Option<u64>,
    simultaneous: bool,
    inferred: Option<&'static str>,
}

#[derive(Serialize)]
struct PathValue {
    role: &'static str,
    version: Option<u8>,
    accepted: bool,
    token: Option<u32>,
    joins: Option<u64>,
}

#[derive(Serialize)]
struct TrafficValue {
    frames: u64,
    data_bytes: u64,
    wire_bytes: u64,
    duplicates: u64,
}

#[derive(Serialize)]
struct AnnotationValue {
    rule: &'static str,
    severity: &'static str,
    frame: u64,
    about: Option<u64>,
    title: &'static str,
}

impl<'a> ConnectionLine<'a> {
    /// `first_time` is that of the capture: what offsets count from.
    pub(super) fn new(
        connection: &'a Connection,
        carried: &'a Carried,
        first_time: Option<Timestamp>,
        file: Option<&'a str>,
    ) -> Self {
        let duration =
            connection.first_time.zip(connection.last_time).map(|(first, last)| last.since(first).0);
        Self {
            r#type: "connection",
            file,
            id: connection.id.0.0,
            tcp_stream: connection.rank,
            client: EndpointValue::new(connection.client),
            server: EndpointValue::new(connection.server),
            first_frame: connection.first_frame.0,
            last_frame: connection.last_frame.0,
            first_time: connection.first_time.map(|time| time.to_string()),
            duration_ns: duration,
            handshake: HandshakeValue::new(&connection.handshake, first_time),
            close: CloseValue {
                how: connection.close.how.name(),
                first: connection.close.first.map(Side::name),
                frame: connection.close.frame.map(|frame| frame.0),
                simultaneous: connection.close.simultaneous,
                inferred: connection.close.inferred.map(Side::name),
            },
            mptcp: connection.multipath.as_deref().map(PathValue::new),
            client_traffic: TrafficValue::new(connection.client_traffic),
            server_traffic: TrafficValue::new(connection.server_traffic),
            annotations: annotations(connection, carried),
            annotations_left_out: connection.annotations_left_out + carried.annotations_left_out,
            layers: layers(connection, carried),
            via: connection.via.iter().map(CarrierValue::new).collect(),
            analysis: connection.analysis.counts().map(|(label, count)| (label.name(), count)).collect(),
            path_mtu: connection.path_mtu.as_deref().map(PathMtuValue::new),
            zeek: ZeekValue { conn_state: connection.zeek.conn_state(), history: connection.zeek.history() },
            client_state: connection.client_state,
            server_state: connection.server_state,
            upgrades: carried.upgrades.iter().map(UpgradeValue::new).collect(),
            upgrades_left_out: carried.upgrades_left_out,
            closings: carried.closings.iter().map(ClosingValue::new).collect(),
            dialogue: DialogueValue::new(&carried.dialogue),
            missing: MissingValue::new(carried.missing),
            tls: (),
            sessions: (),
        }
    }
}

/// Of the handshake and of what was carried, in capture order.
fn annotations(connection: &Connection, carried: &Carried) -> Vec<AnnotationValue> {
    let mut all: Vec<_> = connection.annotations.iter().chain(&carried.annotations).collect();
    all.sort_by_key(|annotation| annotation.frame);
    all.into_iter().map(AnnotationValue::new).collect()
}

/// Protocols up to TCP and above it, each once.
fn layers(connection: &Connection, carried: &Carried) -> Vec<&'static str> {
    let mut layers = connection.layers.clone();
    for protocol in &carried.protocols {
        if !layers.contains(protocol) {
            layers.push(protocol);
        }
    }
    layers
}

impl CarrierValue {
    fn new(carrier: &Carrier) -> Self {
        Self { kind: carrier.kind.name(), id: carrier.id }
    }
}

impl EndpointValue {
    fn new(endpoint: Endpoint) -> Self {
        Self { address: endpoint.address.to_string(), port: endpoint.port }
    }
}

impl HandshakeValue {
    fn new(handshake: &Handshake, first_time: Option<Timestamp>) -> Self {
        let segment = |segment: &HandshakeSegment| SegmentValue::new(segment, first_time);
        let number = |seq: SeqNum| seq.0;
        let frames = |frames: &[FrameNo]| frames.iter().map(|frame| frame.0).collect();
        Self {
            outcome: handshake.outcome.name(),
            certainty: handshake.certainty.name(),
            doubt: handshake.doubt.map(Doubt::name),
            syn: handshake.syn.as_ref().map(segment),
            syn_ack: handshake.syn_ack.as_ref().map(segment),
            ack: handshake.ack.as_ref().map(segment),
            client_isn: handshake.client_isn.map(number),
            server_isn: handshake.server_isn.map(number),
            syn_count: handshake.syn_count,
            syn_frames: frames(&handshake.syn_frames),
            syn_ack_count: handshake.syn_ack_count,
            syn_ack_frames: frames(&handshake.syn_ack_frames),
            negotiated: handshake.negotiated.as_ref().map(NegotiatedValue::new),
            connect_ns: handshake.connect.map(|d| d.0),
            server_rtt_ns: handshake.server_rtt.map(|d| d.0),
            client_rtt_ns: handshake.client_rtt.map(|d| d.0),
            icmp: handshake.icmp.as_ref().map(IcmpValue::new),
            probe: handshake.probe.map(ScanProbe::name),
            retries: RetriesValue::new(handshake),
        }
    }
}

impl SegmentValue {
    fn new(segment: &HandshakeSegment, first_time: Option<Timestamp>) -> Self {
        Self {
            frame: segment.frame.0,
            offset_ns: segment.time.zip(first_time).map(|(time, first)| time.since(first).0),
            seq: segment.seq.0,
            ack: segment.ack.map(|ack| ack.0),
            window: segment.window,
            data_length: segment.data_length,
            options: OptionsRead::of(segment),
        }
    }
}

impl OptionsRead {
    fn of(segment: &HandshakeSegment) -> Self {
        if segment.flags.syn() {
            Self::Offered(OptionsValue::new(&segment.options))
        } else {
            Self::NotRead {}
        }
    }
}

impl OptionsValue {
    fn new(options: &SynOptions) -> Self {
        Self {
            mss: options.mss,
            window_scale: options.window_scale,
            sack_permitted: options.sack_permitted,
            timestamps: options.timestamps.is_some(),
            fast_open: options.fast_open.map(|option| match option {
                FastOpen::Request => "request",
                FastOpen::Cookie(_) => "cookie",
            }),
            mptcp: options.mptcp.map(|option| match option {
                Mptcp::Capable(_) => "capable",
                Mptcp::Join => "join",
                Mptcp::Other(_) => "other",
            }),
        }
    }
}

impl NegotiatedValue {
    fn new(negotiated: &Negotiated) -> Self {
        Self {
            client_mss: negotiated.client_mss,
            server_mss: negotiated.server_mss,
            window_scaling: negotiated.window_scaling,
            sack: negotiated.sack,
            timestamps: negotiated.timestamps,
            ecn: negotiated.ecn.name(),
            fast_open: negotiated.fast_open.name(),
        }
    }
}

impl IcmpValue {
    fn new(answer: &IcmpAnswer) -> Self {
        Self {
            r#type: answer.error.kind,
            code: answer.error.code,
            frame: answer.frame.0,
            meaning: answer.error.meaning(),
            from: answer.sender.map(|sender| sender.to_string()),
            weight: answer.error.weight().name(),
        }
    }
}

impl PathValue {
    fn new(path: &Path) -> Self {
        Self {
            role: path.role.name(),
            version: match path.role {
                PathRole::Capable(version) => Some(version),
                PathRole::Join => None,
            },
            accepted: path.accepted,
            token: path.token,
            joins: path.joins.map(|first| first.0.0),
        }
    }
}

impl TrafficValue {
    fn new(traffic: Traffic) -> Self {
        Self {
            frames: traffic.frames,
            data_bytes: traffic.data_bytes,
            wire_bytes: traffic.wire_bytes,
            duplicates: traffic.duplicates,
        }
    }
}

impl AnnotationValue {
    fn new(annotation: &Annotation) -> Self {
        Self {
            rule: annotation.rule.id,
            severity: annotation.rule.severity.name(),
            frame: annotation.frame.0,
            about: annotation.about.map(|frame| frame.0),
            title: annotation.rule.title,
        }
    }
}
