//! ICMP errors, joined to the segment that they quote (RFC 9293 §3.9.2.2).

use std::net::IpAddr;

use crate::base::{Endpoint, Side};
use crate::track::following::table::Key;
use crate::track::handshake::outcome::Surroundings;
use crate::track::segment::Segment;
use crate::track::tracker::tell_steps;
use crate::track::{Arrival, IcmpAnswer, Observer, StepKind, Tracker, rules};
use crate::wire::network::{IcmpError, IcmpWeight};
use crate::wire::tunnel::Scope;

/// An ICMP error and who sent it.
#[derive(Clone, Copy, Debug)]
pub(super) struct IcmpReport {
    pub(super) error: IcmpError,
    pub(super) sender: Option<IpAddr>,
    /// Within which network the quoted addresses mean hosts.
    pub(super) scope: Scope,
}

impl Tracker {
    /// An ICMP error: about a SYN it answers the attempt, about a later segment it is told.
    pub(super) fn icmp(
        &mut self,
        arrival: Arrival,
        report: IcmpReport,
        observer: &mut dyn Observer,
    ) -> Option<()> {
        let IcmpReport { error, sender, scope } = report;
        let origin = Endpoint::new(error.quoted.source, error.quoted_ports.0);
        let target = Endpoint::new(error.quoted.destination, error.quoted_ports.1);
        let key = Key::of(origin, target, scope);
        self.table.note_scope(scope);
        let place = match self.table.find(key) {
            Some((place, _)) => place,
            None => self.table.sibling(key, |record| record.may_have_sent(origin, error.quoted_seq))?,
        };
        let record = self.table.record(place)?;
        let from = if origin == record.connection.client { Side::Server } else { Side::Client };
        let established = record.is_established();
        let handshake = &mut record.connection.handshake;
        let about_syn = from == Side::Server && handshake.client_isn == Some(error.quoted_seq);
        if about_syn && error.weight() != IcmpWeight::Ignored {
            let answer = IcmpAnswer { frame: arrival.number, error, sender };
            match &mut handshake.icmp {
                // Of several the one that says most counts: a hard error is a reason to give up.
                Some(first) if !is_hard(first.error) && is_hard(error) => *first = answer,
                first => {
                    first.get_or_insert(answer);
                }
            }
        }
        // What asks for smaller packets has a rule of its own.
        if established && !about_syn && error.weight() != IcmpWeight::Size {
            record.annotate(&rules::ICMP_ERROR_WHILE_OPEN, arrival.number, None);
        }
        record.notice_size_error(arrival.number, &error, from.other());
        record.connection.last_frame = arrival.number;
        record.connection.last_time = arrival.time.or(record.connection.last_time);
        record.judge(Surroundings { replies_captured: true, until: self.now, dropped: self.dropped });
        record.write(
            &Segment::of_icmp(arrival, from, error.quoted_seq),
            StepKind::Icmp { error, sender },
            &mut self.scribe,
        );
        tell_steps(&mut self.scribe, record, observer);
        Some(())
    }
}

fn is_hard(error: IcmpError) -> bool {
    error.weight() == IcmpWeight::Hard
}
