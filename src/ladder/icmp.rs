//! ICMP errors in words: who sent one, whose segment it quotes, and what that means to TCP.

use std::net::IpAddr;

use crate::base::Side;
use crate::ladder::Note;
use crate::ladder::number::counted;
use crate::track::{Connection, IcmpAnswer, Step};
use crate::wire::network::{IcmpError, IcmpWeight};

/// The notes on an ICMP error.
pub(super) fn icmp_error(
    connection: &Connection,
    step: &Step,
    error: &IcmpError,
    sender: Option<IpAddr>,
) -> Vec<Note> {
    let quoted = step.from.other().name();
    let who = who(connection.endpoint(step.from).address, sender);
    vec![
        Note::new(format!("{who} says this of the {quoted}'s segment, whose beginning it returns")),
        Note::new(meaning(error)),
    ]
}

/// `unreachable: ICMP host unreachable from 203.0.113.9, a router on the way (frame 2)`, with what it leaves open.
pub(super) fn unreachable(connection: &Connection, answer: &IcmpAnswer) -> String {
    let host = connection.endpoint(Side::Server).address;
    let from = match answer.sender {
        Some(sender) if sender == host => " from the host itself".to_owned(),
        Some(sender) => format!(" from {sender}, a router or firewall on the way"),
        None => String::new(),
    };
    let soft = match answer.error.weight() {
        IcmpWeight::Soft => "; it may be temporary",
        _ => "",
    };
    format!("unreachable: ICMP {}{from} (frame {}){soft}", answer.error.meaning(), answer.frame)
}

fn who(host: IpAddr, sender: Option<IpAddr>) -> String {
    match sender {
        Some(sender) if sender == host => "the host itself".to_owned(),
        Some(sender) => format!("{sender}, a router or firewall on the way,"),
        None => "a router or host on the way".to_owned(),
    }
}

fn meaning(error: &IcmpError) -> String {
    match (error.weight(), error.mtu) {
        (IcmpWeight::Hard, _) if error.v6 => {
            "a hard error over IPv6, by the standard: TCP should give up".to_owned()
        }
        (IcmpWeight::Hard, _) => "a hard error: TCP should give up".to_owned(),
        (IcmpWeight::Soft, _) => "a soft error: it may be temporary".to_owned(),
        (IcmpWeight::Size, Some(mtu)) => {
            format!("no reason to give up: packets of at most {} would pass", counted(mtu.into(), "byte"))
        }
        (IcmpWeight::Size, None) => "no reason to give up: smaller packets would pass".to_owned(),
        (IcmpWeight::Ignored, _) => "TCP ignores it".to_owned(),
        (IcmpWeight::Unsaid, _) if !error.v6 => {
            "the standard calls this one neither hard nor soft over IPv4: TCP may give up or try again"
                .to_owned()
        }
        (IcmpWeight::Unsaid, _) => "TCP may give up or try again: the standard leaves it open".to_owned(),
    }
}
