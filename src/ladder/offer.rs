//! What the two SYNs offer, and what comes of it.

use crate::ladder::number::counted;
use crate::ladder::{Mark, Note};
use crate::track::{Connection, Ecn, FastOpenOutcome, Negotiated, Step};
use crate::wire::transport::{FastOpen, Mptcp, SynOptions, TcpFlags};

/// The sender's number and what it offers.
pub(super) fn offer(step: &Step, options: &SynOptions) -> Note {
    let mut parts = vec![format!("{} ISN {}", step.from.name(), step.seq)];
    parts.extend(options.mss.map(|mss| format!("MSS {mss}")));
    parts.extend(options.window_scale.map(scale));
    parts.extend(options.sack_permitted.then(|| "SACK".to_owned()));
    parts.extend(options.timestamps.map(|_| "timestamps".to_owned()));
    parts.extend(ecn(step.flags).map(str::to_owned));
    parts.extend(options.fast_open.map(fast_open));
    parts.extend(options.mptcp.map(multipath));
    parts.extend(options.incomplete.then(|| "options cut short".to_owned()));
    Note::new(parts.join(" · "))
}

fn scale(shift: u8) -> String {
    // RFC 7323 §2.3: a larger shift counts as 14.
    let factor = 1_u32 << u32::from(shift.min(14));
    match shift {
        0..=14 => format!("scale ×{factor}"),
        _ => format!("scale ×{factor} (shift {shift} sent, 14 counts)"),
    }
}

fn ecn(flags: TcpFlags) -> Option<&'static str> {
    let accurate = flags.has(TcpFlags::AE);
    match (flags.ack(), flags.has(TcpFlags::ECE), flags.has(TcpFlags::CWR)) {
        (false, true, true) if accurate => Some("asks for accurate ECN"),
        (false, true, true) => Some("asks for ECN"),
        (true, true, false) => Some("grants ECN"),
        _ => None,
    }
}

fn fast_open(option: FastOpen) -> String {
    match option {
        FastOpen::Request => "asks for a Fast Open cookie".to_owned(),
        FastOpen::Cookie(bytes) => format!("Fast Open cookie of {}", counted(bytes.into(), "byte")),
    }
}

fn multipath(option: Mptcp) -> String {
    match option {
        Mptcp::Capable(version) => format!("Multipath TCP version {version}"),
        Mptcp::Join => "joins a Multipath TCP connection".to_owned(),
        Mptcp::Other(subtype) => format!("Multipath TCP subtype {subtype}"),
    }
}

/// What a SYN-ACK says to a SYN that asked for ECN (RFC 3168 §6.1.1, RFC 9768 §3.1.2, table 2).
pub(super) fn answer_on_ecn(connection: &Connection, step: &Step) -> Option<Note> {
    let (syn, sent) = connection.handshake.syn.map(|syn| (syn.flags, syn.ip_ecn))?;
    let agreed = connection.handshake.negotiated?.ecn;
    if !syn.has(TcpFlags::CWR | TcpFlags::ECE) {
        return None;
    }
    let (ae, cwr, ece) =
        (step.flags.has(TcpFlags::AE), step.flags.has(TcpFlags::CWR), step.flags.has(TcpFlags::ECE));
    let text = match (agreed, (ae, cwr, ece)) {
        (Ecn::Accurate, bits) => {
            let (sent, arrived) = (name_of_ecn(sent), name_of_ecn(arrived(bits)));
            let change =
                if sent == arrived { String::new() } else { format!(", though it was sent as {sent}") };
            format!("grants accurate ECN: the SYN arrived as {arrived}{change}")
        }
        (Ecn::Classic, (true, _, _)) => "grants classic ECN, with the old nonce bit".to_owned(),
        // The offer says so.
        (Ecn::Classic, _) => return None,
        (Ecn::None, (true, true, true)) => {
            "only mirrors the bits that asked for ECN: it does not know them".to_owned()
        }
        (Ecn::None, (_, _, true)) => {
            "grants ECN, but the SYN was sent again without asking: no ECN".to_owned()
        }
        (Ecn::None, _) => "does not grant ECN".to_owned(),
    };
    Some(Note::marked(Mark::Aside, text))
}

/// The ECN field of the SYN's IP header as it arrived, by AE, CWR and ECE of the SYN-ACK (RFC 9768 §3.1.2, table 2).
fn arrived(bits: (bool, bool, bool)) -> u8 {
    match bits {
        (false, true, true) => 1,
        (true, false, false) => 2,
        (true, true, false) => 3,
        _ => 0,
    }
}

/// RFC 3168 §5.
fn name_of_ecn(bits: u8) -> &'static str {
    match bits {
        1 => "ECT(1)",
        2 => "ECT(0)",
        3 => "CE (congestion on the way)",
        _ => "Not-ECT",
    }
}

/// What SYN and SYN-ACK of a connection over IPv4 or IPv6 agreed on: `agreed: MSS 1460/1460 · window scaling on · SACK · timestamps`.
pub(super) fn agreed(negotiated: &Negotiated, is_ipv6: bool) -> Note {
    // Who says nothing takes this much (RFC 9293 §3.7.1).
    let unsaid = if is_ipv6 { "1220 (unsaid)" } else { "536 (unsaid)" };
    let mss = |value: Option<u16>| value.map_or_else(|| unsaid.to_owned(), |mss| mss.to_string());
    let mut parts =
        vec![format!("agreed: MSS {}/{}", mss(negotiated.client_mss), mss(negotiated.server_mss))];
    parts.push(format!("window scaling {}", if negotiated.window_scaling { "on" } else { "off" }));
    parts.push(if negotiated.sack { "SACK" } else { "no SACK" }.to_owned());
    parts.push(if negotiated.timestamps { "timestamps" } else { "no timestamps" }.to_owned());
    parts.extend(match negotiated.ecn {
        Ecn::None => None,
        Ecn::Classic => Some("ECN".to_owned()),
        Ecn::Accurate => Some("accurate ECN".to_owned()),
    });
    parts.extend(
        match negotiated.fast_open {
            FastOpenOutcome::None => None,
            FastOpenOutcome::Requested => Some("no Fast Open cookie given"),
            FastOpenOutcome::CookieGiven => Some("Fast Open cookie given"),
            FastOpenOutcome::Accepted => Some("Fast Open data accepted"),
            FastOpenOutcome::AcceptedPartly => Some("Fast Open data accepted in part"),
            FastOpenOutcome::AcceptedLater => Some("Fast Open data accepted later"),
            FastOpenOutcome::Ignored => Some("Fast Open data ignored"),
        }
        .map(str::to_owned),
    );
    Note::new(parts.join(" · "))
}
