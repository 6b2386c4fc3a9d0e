//! Conversations made by hand, for tests of ladders and of what draws them.

use crate::base::{Certainty, ConnId, Duration, Endpoint, FrameNo, SeqNum, Side, Timestamp};
use crate::ladder::sample_messages::Said;
use crate::ladder::{Happenings, Ladder, MessageDetail};
use crate::timeline::{Carried, Event};
use crate::track::{
    Analysis, Close, CloseHow, Connection, Ecn, FastOpenOutcome, FinalBecause, Handshake, HandshakeSegment,
    Negotiated, Outcome, RstEffect, Step, StepKind, Traffic, Zeek,
};
use crate::wire::transport::{SynOptions, TcpFlags};

pub(crate) const BEGAN: u64 = 1_795_422_601_123_456_789;
pub(crate) const CLIENT_ISN: SeqNum = SeqNum(2_891_341_221);
pub(crate) const SERVER_ISN: SeqNum = SeqNum(388_012_233);
pub(crate) const OPTIONS: SynOptions = SynOptions {
    mss: Some(1460),
    window_scale: Some(7),
    sack_permitted: true,
    timestamps: Some((1, 0)),
    fast_open: None,
    mptcp: None,
    others: 0,
    incomplete: false,
};

/// A connection and what happened on it.
pub(crate) struct Talk {
    pub(crate) connection: Connection,
    pub(crate) steps: Vec<Step>,
    /// Messages, each with the number of steps before it.
    pub(crate) messages: Vec<(usize, Said)>,
    pub(crate) carried: Carried,
    pub(super) now: u64,
    pub(super) frame: u64,
}

impl Talk {
    pub(crate) fn between(client: &str, server: &str) -> Self {
        let (client, server) = (endpoint(client), endpoint(server));
        Self {
            connection: connection(client, server),
            steps: Vec::new(),
            messages: Vec::new(),
            carried: Carried::default(),
            now: BEGAN,
            frame: 0,
        }
    }

    pub(crate) fn on_ipv4() -> Self {
        Self::between("10.1.0.2:40112", "10.1.0.1:3000")
    }

    /// Says at which frame the connection begins.
    pub(crate) fn at_frame(mut self, frame: u64) -> Self {
        self.frame = frame - 1;
        self.connection.id = ConnId(FrameNo(frame));
        self.connection.first_frame = FrameNo(frame);
        self
    }

    pub(crate) fn step(mut self, ns: u64, from: Side, flags: u16, kind: StepKind) -> Self {
        let previous = self.steps.last().and_then(|step| step.time);
        self.now += ns;
        self.frame += 1;
        self.traffic(from).frames += u64::from(!matches!(kind, StepKind::Icmp { .. }));
        let time = Timestamp(self.now);
        self.connection.first_time.get_or_insert(time);
        self.connection.last_time = Some(time);
        self.connection.last_frame = FrameNo(self.frame);
        self.steps.push(Step {
            frame: FrameNo(self.frame),
            time: Some(time),
            since_previous: previous.map(|previous| time.since(previous)),
            from,
            seq: SeqNum(0),
            relative_seq: None,
            ack: None,
            relative_ack: None,
            window: 64_240,
            flags: TcpFlags(flags),
            kind,
            client_state: None,
            server_state: None,
            annotation: None,
        });
        self
    }

    pub(crate) fn traffic(&mut self, side: Side) -> &mut Traffic {
        match side {
            Side::Client => &mut self.connection.client_traffic,
            Side::Server => &mut self.connection.server_traffic,
        }
    }

    pub(crate) fn last(mut self, change: impl FnOnce(&mut Step)) -> Self {
        change(self.steps.last_mut().unwrap());
        self
    }

    pub(crate) fn numbers(self, seq: SeqNum, relative_seq: u32, ack: Option<(SeqNum, u32)>) -> Self {
        self.last(|step| {
            step.seq = seq;
            step.relative_seq = Some(relative_seq);
            step.ack = ack.map(|(ack, _)| ack);
            step.relative_ack = ack.map(|(_, relative)| relative);
        })
    }

    pub(crate) fn states(self, client: &'static str, server: &'static str) -> Self {
        let some = |state: &'static str| Some(state).filter(|state| !state.is_empty());
        self.last(|step| (step.client_state, step.server_state) = (some(client), some(server)))
    }

    pub(crate) fn syn(self, ns: u64, retry: u32) -> Self {
        let kind = StepKind::Syn { options: OPTIONS, retry, data_length: 0, simultaneous: false };
        let mut talk = self.step(ns, Side::Client, TcpFlags::SYN, kind);
        talk.connection.handshake.syn_count += 1;
        talk.connection.handshake.client_isn = Some(CLIENT_ISN);
        talk.numbers(CLIENT_ISN, 0, None).states("SYN-SENT", "")
    }

    pub(crate) fn syn_ack(self, ns: u64, ack: SeqNum) -> Self {
        let kind = StepKind::SynAck {
            options: OPTIONS,
            repeat: 0,
            expected_ack: Some(CLIENT_ISN + 1),
            data_acknowledged: 0,
        };
        let flags = TcpFlags(TcpFlags::SYN | TcpFlags::ACK);
        let mut talk = self.step(ns, Side::Server, flags.0, kind);
        talk.connection.handshake.syn_ack = Some(HandshakeSegment {
            frame: FrameNo(talk.frame),
            time: Some(Timestamp(talk.now)),
            seq: SERVER_ISN,
            ack: Some(ack),
            window: 64_240,
            flags,
            data_length: 0,
            ip_ecn: 0,
            options: OPTIONS,
        });
        talk.numbers(SERVER_ISN, 0, Some((ack, ack.since(CLIENT_ISN)))).states("SYN-SENT", "SYN-RECEIVED")
    }

    pub(crate) fn handshake(self) -> Self {
        let mut talk = self.syn(0, 0).syn_ack(402_000, CLIENT_ISN + 1);
        talk.connection.handshake.connect = Some(Duration(611_000));
        talk.connection.handshake.server_rtt = Some(Duration(402_000));
        talk.connection.handshake.client_rtt = Some(Duration(209_000));
        talk.handshake_ack(209_000)
    }

    pub(crate) fn handshake_ack(mut self, ns: u64) -> Self {
        self.connection.handshake.outcome = Outcome::Established;
        self.connection.handshake.negotiated = Some(NEGOTIATED);
        let kind = StepKind::HandshakeAck { expected_ack: SERVER_ISN + 1, data_length: 0 };
        self.step(ns, Side::Client, TcpFlags::ACK, kind)
            .numbers(CLIENT_ISN + 1, 1, Some((SERVER_ISN + 1, 1)))
            .states("ESTABLISHED", "ESTABLISHED")
    }

    pub(crate) fn data(mut self, ns: u64, from: Side, segments: u32, bytes: u64) -> Self {
        let traffic = self.traffic(from);
        traffic.data_bytes += bytes;
        traffic.frames += u64::from(segments) - 1;
        let kind = StepKind::Data {
            segments,
            bytes,
            last_frame: FrameNo(self.frame + u64::from(segments)),
            last_time: None,
            again: 0,
            again_frames: [None; 2],
        };
        let mut talk =
            self.step(ns, from, TcpFlags::PSH | TcpFlags::ACK, kind).states("ESTABLISHED", "ESTABLISHED");
        talk.frame += u64::from(segments) - 1;
        talk
    }

    pub(crate) fn close(mut self, ns: u64) -> Self {
        self.connection.close = Close {
            how: CloseHow::Fin,
            first: Some(Side::Client),
            frame: Some(FrameNo(self.frame + 1)),
            simultaneous: false,
            inferred: None,
            tries: 1,
        };
        let flags = TcpFlags::FIN | TcpFlags::ACK;
        self.step(ns, Side::Client, flags, StepKind::Fin { data_length: 0, both: false })
            .numbers(CLIENT_ISN + 29, 29, Some((SERVER_ISN + 232, 232)))
            .states("FIN-WAIT-1", "CLOSE-WAIT")
            .step(311_000, Side::Server, flags, StepKind::Fin { data_length: 0, both: true })
            .numbers(SERVER_ISN + 232, 232, Some((CLIENT_ISN + 30, 30)))
            .states("TIME-WAIT", "LAST-ACK")
            .step(40_000, Side::Client, TcpFlags::ACK, StepKind::FinAck)
            .numbers(CLIENT_ISN + 30, 30, Some((SERVER_ISN + 233, 233)))
            .states("TIME-WAIT", "CLOSED")
    }

    pub(crate) fn reset(self, ns: u64, from: Side, effect: RstEffect) -> Self {
        let flags = if effect == RstEffect::Refuses { TcpFlags::RST | TcpFlags::ACK } else { TcpFlags::RST };
        self.step(ns, from, flags, StepKind::Rst { effect })
    }

    pub(crate) fn ended(mut self, outcome: Outcome) -> Self {
        self.connection.handshake.outcome = outcome;
        self
    }

    /// Everything that an audience is told of it, in order, without its end.
    pub(crate) fn tell(&self, hear: &mut dyn FnMut(Event<'_>)) {
        let connection = &self.connection;
        for count in 0..=self.steps.len() {
            for (_, said) in self.messages.iter().filter(|(before, _)| *before == count) {
                hear(Event::Message { connection, placed: &said.placed() });
            }
            if let Some(step) = self.steps.get(count) {
                hear(Event::Step { connection, step });
            }
        }
    }

    pub(crate) fn ladder(&self) -> Ladder {
        self.ladder_in(MessageDetail::Summary)
    }

    pub(crate) fn ladder_in(&self, detail: MessageDetail) -> Ladder {
        let mut happenings = Happenings::default();
        self.tell(&mut |event| match event {
            Event::Step { step, .. } => happenings.step(*step),
            Event::Message { placed, .. } => happenings.message(placed, detail),
            _ => {}
        });
        Ladder::new(&self.connection, &self.carried, &happenings, Some(Timestamp(BEGAN)))
    }
}

pub(crate) const NEGOTIATED: Negotiated = Negotiated {
    client_mss: Some(1460),
    server_mss: Some(1460),
    window_scaling: true,
    sack: true,
    timestamps: true,
    ecn: Ecn::None,
    fast_open: FastOpenOutcome::None,
};

pub(crate) fn endpoint(text: &str) -> Endpoint {
    let address: std::net::SocketAddr = text.parse().unwrap();
    Endpoint::new(address.ip(), address.port())
}

/// A whole short conversation.
pub(crate) fn chat() -> Talk {
    Talk::on_ipv4()
        .handshake()
        .data(409_000, Side::Client, 1, 28)
        .data(982_000, Side::Server, 14, 18_230)
        .data(2_310_000_000, Side::Client, 1, 73)
        .close(10_210_000_000)
}

fn connection(client: Endpoint, server: Endpoint) -> Connection {
    let frame = FrameNo(1);
    Connection {
        multipath: None,
        analysis: Analysis::default(),
        zeek: Zeek::default(),
        path_mtu: None,
        id: ConnId(frame),
        rank: 0,
        client,
        server,
        first_frame: frame,
        last_frame: frame,
        first_time: None,
        last_time: None,
        first_segment: crate::track::FirstSegment::default(),
        handshake: Handshake {
            outcome: Outcome::Undecided,
            certainty: Certainty::Proven,
            ..Handshake::default()
        },
        close: Close::default(),
        client_traffic: Traffic::default(),
        server_traffic: Traffic::default(),
        layers: vec!["ethernet", "ipv4", "tcp"],
        via: Box::default(),
        annotations: Vec::new(),
        annotations_left_out: 0,
        client_state: None,
        server_state: None,
        final_because: Some(FinalBecause::CaptureEnded),
    }
}
