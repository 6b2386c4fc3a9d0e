//! What must hold of everything that a run tells.

use std::collections::BTreeSet;
use std::io;

use synscope::base::{Certainty, Finding, Side};
use synscope::session::crowd::Crowds;
use synscope::timeline::{Audience, Event, Summary};
use synscope::track::{CloseHow, Connection, Handshake, Outcome, Step};

use super::events::Script;

/// What was told so far.
#[derive(Default)]
pub(super) struct Checks {
    ids: BTreeSet<u64>,
    ranks: BTreeSet<u64>,
    /// Frames on all connections.
    frames: u64,
    largest_frame: u64,
    findings: usize,
}

impl Audience for Checks {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Step { connection, step } => self.step(connection, step),
            Event::Connection { connection, .. } => self.connection(connection),
            Event::Message { connection, .. } => {
                assert!(!self.ids.contains(&connection.id.0.0), "its end was told");
            }
            Event::Finding(finding) => self.finding(finding),
            Event::Capture { .. } | Event::FirstFrame(_) | Event::Idle | Event::Summary(_) => {}
        }
        Ok(())
    }
}

impl Checks {
    /// Holds what was told against the totals and against what was sent.
    pub(super) fn finish(&self, summary: &Summary, script: &Script) {
        assert_eq!(summary.frames, u64::try_from(script.frames.len()).expect("captures are small"));
        assert_eq!(summary.connections(), u64::try_from(self.ids.len()).expect("captures are small"));
        assert!(self.ranks.iter().copied().eq(0..summary.connections()), "ranks leave no hole");
        assert!(self.largest_frame <= summary.frames, "frames are of this capture");
        let most = script.segments + script.fragments;
        assert!((script.segments..=most).contains(&self.frames), "{} of {most} frames", self.frames);
    }

    fn step(&mut self, connection: &Connection, step: &Step) {
        assert!(!self.ids.contains(&connection.id.0.0), "its end was told");
        assert!(step.frame >= connection.first_frame, "a connection begins with its first frame");
        self.largest_frame = self.largest_frame.max(step.frame.0);
    }

    fn connection(&mut self, connection: &Connection) {
        assert!(self.ids.insert(connection.id.0.0), "a connection is told once");
        assert!(self.ranks.insert(connection.rank), "a rank is given once");
        assert!(connection.final_because.is_some() && connection.id.0 == connection.first_frame);
        assert!(connection.first_frame <= connection.last_frame);
        self.largest_frame = self.largest_frame.max(connection.last_frame.0);
        let traffic = [connection.client_traffic, connection.server_traffic];
        for of_side in traffic {
            assert!(of_side.duplicates <= of_side.frames && of_side.resets <= of_side.frames);
            self.frames += of_side.frames;
        }
        assert!(connection.annotations.len() <= Connection::MOST_ANNOTATIONS);
        assert!(connection.annotations_left_out == 0 || !connection.annotations.is_empty());
        for found in &connection.annotations {
            self.largest_frame = self.largest_frame.max(found.frame.0);
            assert!(found.about.is_none_or(|about| about.0 > 0), "frames count from 1");
        }
        ending(connection);
        handshake(&connection.handshake);
    }

    fn finding(&mut self, finding: &Finding) {
        self.findings += 1;
        assert!(self.findings <= Crowds::MOST_FINDINGS);
        assert!(finding.frames.len() <= Finding::MOST_FRAMES && finding.frames.is_sorted());
        assert!(finding.frames.iter().all(|frame| self.ids.contains(&frame.0)), "evidence was told before");
    }
}

/// How it ended agrees with itself.
fn ending(connection: &Connection) {
    let close = &connection.close;
    assert_eq!(close.how == CloseHow::Open, close.first.is_none(), "{close:?}");
    assert!(close.frame.is_some() || close.how == CloseHow::Open || close.inferred.is_some(), "{close:?}");
    assert!(!close.simultaneous || matches!(close.how, CloseHow::Fin | CloseHow::FinThenReset), "{close:?}");
}

/// The verdict rests on what it says, and what is proven has its frames.
fn handshake(handshake: &Handshake) {
    let Handshake { outcome, certainty, syn, syn_ack, ack, .. } = handshake;
    let proven = *certainty == Certainty::Proven;
    assert!(handshake.doubt.is_none() || !proven, "{handshake:?}");
    assert!(handshake.syn_frames.len() <= Handshake::MOST_FRAMES);
    assert!(handshake.syn_ack_frames.len() <= Handshake::MOST_FRAMES);
    assert!(usize::try_from(handshake.syn_count).is_ok_and(|count| count >= handshake.syn_frames.len()));
    assert_eq!(handshake.syn.is_some(), handshake.syn_count > 0, "{handshake:?}");
    let holds = match outcome {
        Outcome::Established => !proven || (syn.is_some() && syn_ack.is_some() && ack.is_some()),
        // Of a socket that is connected to itself, the SYN-ACK alone may be captured.
        Outcome::SimultaneousOpen => !proven || (syn.is_some() && syn_ack.is_some()),
        Outcome::HalfOpen => syn_ack.is_some(),
        Outcome::NoAnswer => syn.is_some() && syn_ack.is_none(),
        Outcome::Refused => matches!(handshake.reset, Some((Side::Server, _))) && syn.is_some(),
        Outcome::Unreachable => handshake.icmp.is_some(),
        Outcome::Reset => handshake.reset.is_some() && syn_ack.is_some(),
        Outcome::Abandoned => syn.is_some(),
        Outcome::Undecided => *certainty == Certainty::Guessed,
        Outcome::NotCaptured => syn.is_none() && syn_ack.is_none() && *certainty == Certainty::Guessed,
    };
    assert!(holds, "{handshake:?}");
    if let (Some(syn), Some(syn_ack), Some(third), Outcome::Established, true) =
        (syn, syn_ack, ack, outcome, proven)
    {
        let acknowledged = syn_ack.ack.expect("it acknowledges").since(syn.seq + 1);
        assert!(acknowledged <= syn.data_length, "the SYN-ACK acknowledges the SYN: {handshake:?}");
        let third = third.ack.expect("it acknowledges");
        assert!(third.since(syn_ack.seq + 1) < 1 << 31, "the third segment answers: {handshake:?}");
    }
}
