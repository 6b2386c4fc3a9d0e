//! What a lone probe asks, and what the answer says.

use crate::base::Side;
use crate::track::{CloseHow, Connection, ScanProbe};

/// What the segments of a connection that is none look like.
pub(super) fn sentence(connection: &Connection) -> String {
    let (bits, scan) = match connection.handshake.probe {
        Some(ScanProbe::Fin) => ("FIN alone", "a FIN scan"),
        Some(ScanProbe::Null) => ("no control bit at all", "a NULL scan"),
        Some(ScanProbe::Xmas) => ("FIN, PSH and URG", "an Xmas scan"),
        Some(ScanProbe::Ack) => return unknown("an ACK scan"),
        Some(ScanProbe::Maimon) => return unknown("a Maimon scan"),
        Some(ScanProbe::Syn) | None => return "no connection that the capture knows".to_owned(),
    };
    format!("no connection: {bits} looks like {scan}; {}", answer(connection))
}

fn unknown(scan: &str) -> String {
    format!(
        "no connection that the receiver knows: it was forgotten or is long closed, or this is the probe of {scan}"
    )
}

fn answer(connection: &Connection) -> &'static str {
    let heard = [Side::Client, Side::Server].iter().all(|side| connection.traffic(*side).frames > 0);
    match connection.close.how {
        CloseHow::Reset | CloseHow::FinThenReset => "the RST says that the port is closed",
        _ if heard => "it was answered",
        _ => "silence would mean that the port is open or filtered, but an answer may not have been captured",
    }
}
