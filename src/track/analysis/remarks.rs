//! What of the analysis is pointed out on a connection, and what is only counted.

use crate::base::convert::narrow;
use crate::base::{Duration, FrameNo, Rule, Side};
use crate::track::Analysis;
use crate::track::analysis::label::Label;
use crate::track::analysis::rules;
use crate::track::analysis::watch::Found;
use crate::track::analysis::word::Word;
use crate::track::record::Record;
use crate::track::segment::Segment;

/// What the steps of a segment are to know of its analysis.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::track) struct Remark {
    /// Octets of its data were captured before, or, where that is not known, look sent again.
    pub(in crate::track) again: bool,
    /// How long after the frame that its annotation is about.
    pub(in crate::track) after: Option<Duration>,
}

impl Record {
    /// Labels a segment, counts its labels, and points out the first of each kind. The segments of a socket connected to itself are
    /// not labelled: its two directions cannot be told apart.
    pub(in crate::track) fn analyse(&mut self, segment: &Segment) -> Remark {
        if self.is_to_itself() {
            return Remark::default();
        }
        let found = self.watch.take(segment, &self.connection.handshake);
        if found.again > 0 {
            self.connection.analysis.sent_again(segment.from, found.again);
        }
        if found.labels.is_empty() && found.words.is_empty() && !found.opens_window {
            return Remark { again: found.again > 0, after: None };
        }
        let flags = segment.flags;
        let exchanging =
            !(flags.syn() || flags.fin() || flags.rst()) && (self.is_established() || self.is_midstream());
        let analysis = &mut self.connection.analysis;
        analysis.count(found.labels);
        if exchanging {
            analysis.say(found.words);
        } else if found.words.iter().any(Word::is_sent_again) {
            analysis.repeat(flags);
        }
        let probes = found.labels.has(Label::KeepAlive) || found.labels.has(Label::ZeroWindowProbe);
        let again = found.again > 0 && !probes;
        let after = found.after.and_then(|(_, after)| after);
        if found.opens_window {
            analysis.window_was_closed(segment.from, after.unwrap_or_default());
        }
        // What opens and ends a connection has rules of its own.
        let told = exchanging && self.point_out(segment, &found);
        Remark { again, after: after.filter(|_| told) }
    }

    /// A connection that ends while a window is closed: that it was is counted up to the end.
    pub(in crate::track) fn close_windows(&mut self) {
        for side in [Side::Client, Side::Server] {
            if let Some(time) = self.watch.closed_until(side, self.connection.last_time) {
                self.connection.analysis.window_was_closed(side, time);
            }
        }
    }

    /// A SYN on the endpoints of an earlier connection began this one.
    pub(in crate::track) fn uses_ports_again(&mut self) {
        self.connection.analysis.count_syn(Label::ReusedPorts);
        self.annotate(&rules::PORTS_USED_AGAIN, self.connection.first_frame, None);
    }

    /// Notes that a rule fired which may fire on very many frames: a few are kept, the others counted as left out. Whether it is kept.
    pub(in crate::track) fn annotate_few(
        &mut self,
        rule: &'static Rule,
        frame: FrameNo,
        about: Option<FrameNo>,
    ) -> bool {
        let before = self.connection.annotations.iter().filter(|a| std::ptr::eq(a.rule, rule));
        if narrow(before.count()) >= Analysis::MOST_OF_EACH {
            self.connection.annotations_left_out = self.connection.annotations_left_out.saturating_add(1);
            return false;
        }
        self.annotate(rule, frame, about);
        true
    }

    /// Raises the rules of what is said of a segment; whether one was raised.
    fn point_out(&mut self, segment: &Segment, found: &Found) -> bool {
        // An ACK that answers a stray SYN repeats the one before by its nature: that has a rule of its own.
        let challenges = self.pending.as_ref().is_some_and(|pending| pending.first.from != segment.from);
        let about = found.after.map(|(frame, _)| frame);
        let mut told = false;
        for word in found.words.iter() {
            if challenges && word == Word::DuplicateAck {
                continue;
            }
            // Where a window opens, the frame to be seen with it is the one that closed it.
            told |= self.annotate_few(word.rule(), segment.frame, about.filter(|_| !found.opens_window));
        }
        if found.opens_window {
            told |= self.annotate_few(&rules::WINDOW_OPEN_AGAIN, segment.frame, about);
        }
        told
    }
}
