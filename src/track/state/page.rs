//! `docs/tcp-states.md`, drawn from the table of arrows. `SYNSCOPE_UPDATE_DOCS=1` writes it anew.

use std::fmt::Write;

use super::{ARROWS, Happening, State};

const STATES: [State; 13] = [
    State::Unknown,
    State::Closed,
    State::Listen,
    State::SynSent,
    State::SynReceived,
    State::SynReceivedActive,
    State::Established,
    State::FinWait1,
    State::FinWait2,
    State::CloseWait,
    State::Closing,
    State::LastAck,
    State::TimeWait,
];

const HAPPENINGS: [(Happening, &str); 12] = [
    (Happening::SentSyn, "sends SYN"),
    (Happening::SentSynAck, "sends SYN,ACK"),
    (Happening::Synchronised, "both SYNs acknowledged"),
    (Happening::SentFin, "sends FIN"),
    (Happening::GotFin, "gets FIN"),
    (Happening::FinAcknowledged, "its FIN acknowledged"),
    (Happening::SentReset, "sends RST"),
    (Happening::GotReset, "gets RST"),
    (Happening::UsedAgain, "used again"),
    (Happening::FinHadNotCome, "FIN had not come"),
    (Happening::AckHadNotCome, "ACK had not come"),
    (Happening::AttemptGoesOn, "attempt goes on"),
];

const INTRODUCTION: &str = "\
# The states of an end

<!-- Drawn from src/track/state/mod.rs by its tests: SYNSCOPE_UPDATE_DOCS=1 cargo test --lib state -->

Beside each arrow of a timeline stand the states of both ends (RFC 9293 §3.3.2, figure 5), and a `connection` line has the last ones as
`client_state` and `server_state`. They are inferred by somebody who stands between the two and sees segments go by:

- What an end sends tells its own state at once. What it is sent is taken to have arrived, so its state may run ahead of the truth by the
  time that the segment still travels, and for ever where the segment is lost behind the capture point. A FIN that does not acknowledge the
  other's takes such an assumption back, and so does a FIN that is sent again without having been acknowledged. A SYN-ACK that comes again
  after its acknowledgment, or a third FIN that a server which has shown nothing but its SYN-ACK leaves unacknowledged, leads back to
  SYN-RECEIVED: beyond that, nothing is known of the server.
- It may lag too: an end that has a SYN-ACK is ESTABLISHED when it gets it, but is shown as such from the segment on that says so, its ACK.
- An end of which nothing was captured has no state. Neither has one whose beginning is not in the capture, until a FIN or a RST tells;
  a FIN is then taken for the first of the two. One without ACK belongs to no connection and tells nothing.
- A server that refuses has no state: the RST shows that there is no connection, not who sent it in the server's place.
- LISTEN is shown only where a RST leads back to it.
- TIME-WAIT ends where its time is over (2MSL) or the system cuts it short; no segment tells. The state ends when the addresses and ports are
  used again.
- Only segments that count change a state: a RST that does not fit, a FIN that comes again, a stray SYN change nothing.
";

fn title(state: State) -> &'static str {
    match state {
        State::Unknown => "not known",
        State::SynReceived => "SYN-RECEIVED (passive)",
        State::SynReceivedActive => "SYN-RECEIVED (active)",
        known => known.name().unwrap_or_default(),
    }
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n## The diagram\n\nAs in figure 5; what only an observer needs is in the tables below.\n\n```mermaid\n");
    page.push_str("stateDiagram-v2\n");
    for state in STATES.into_iter().filter(|state| *state != State::Unknown) {
        writeln!(page, "    state \"{}\" as {state:?}", title(state)).unwrap();
    }
    for arrow in ARROWS.iter().filter(|arrow| !arrow.source.is_empty()) {
        for from in arrow.from.iter().filter(|from| **from != State::Unknown) {
            writeln!(page, "    {from:?} --> {:?} : {}", arrow.to, arrow.words).unwrap();
        }
    }
    page.push_str("```\n\nOne segment can do two things: a FIN that acknowledges the other's leads from FIN-WAIT-1 to TIME-WAIT at once.\nWhat no segment shows is left out: the passive OPEN from CLOSED to LISTEN, and CLOSE in LISTEN and in SYN-SENT.\n");
    page.push_str("\n## Every state against every happening\n\nA dot changes nothing.\n\n|");
    for cell in std::iter::once("state").chain(HAPPENINGS.map(|(_, name)| name)) {
        write!(page, " {cell} |").unwrap();
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(HAPPENINGS.len()));
    for state in STATES {
        write!(page, "\n| {} |", title(state)).unwrap();
        for (happening, _) in HAPPENINGS {
            let next = state.after(happening);
            write!(page, " {} |", if next == state { "·" } else { title(next) }).unwrap();
        }
    }
    page.push_str("\n\n## Every arrow\n\n| from | happening | to | in the words of the RFC | RFC 9293 |\n|---|---|---|---|---|\n");
    for arrow in ARROWS {
        let from: Vec<_> = arrow.from.iter().copied().map(title).collect();
        let (_, happening) = HAPPENINGS.into_iter().find(|(h, _)| *h == arrow.happening).unwrap();
        let source = if arrow.source.is_empty() { "the observer's" } else { arrow.source };
        let (from, to) = (from.join(", "), title(arrow.to));
        writeln!(page, "| {from} | {happening} | {to} | {} | {source} |", arrow.words).unwrap();
    }
    page
}

#[test]
fn the_page_of_states_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tcp-states.md");
    if std::env::var_os("SYNSCOPE_UPDATE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/tcp-states.md is not current: SYNSCOPE_UPDATE_DOCS=1 cargo test --lib state"
    );
}

#[test]
fn every_happening_has_a_column_and_every_state_a_way_in() {
    for arrow in ARROWS {
        assert!(HAPPENINGS.iter().any(|(happening, _)| *happening == arrow.happening), "{arrow:?}");
    }
    for state in STATES.into_iter().filter(|state| *state != State::Unknown) {
        assert!(ARROWS.iter().any(|arrow| arrow.to == state), "{state:?}");
    }
}
