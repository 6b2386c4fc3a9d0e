//! HTTP/1.0 and HTTP/1.1 (RFC 9112): requests and responses, paired, with their bodies decoded.

mod body;
mod chunked;
mod content;
mod cut;
mod decoder;
mod draft;
mod exchanges;
mod explanation;
mod first_line;
mod framing;
mod head;
mod head_reader;
mod lost;
mod remarks;
pub mod rules;
mod switching;
mod telling;
#[cfg(test)]
mod tests;

pub use content::{Head, HttpMessage};
pub use head::{Headers, RequestHead, ResponseHead};

use crate::app::{Decoder, Probe, Seen, StreamProtocol};
use crate::base::Side;
use first_line::Found;

/// Name of the protocol, as in JSON.
const NAME: &str = "http1";
/// Bytes that are searched for a head in a stream whose beginning was not captured.
const MOST_SEARCHED: usize = 32 << 10;

/// HTTP/1.0 and HTTP/1.1, recognised by a request line or a status line.
#[derive(Debug)]
pub struct Http1 {
    /// It reads streams whose beginning was captured; else those whose beginning was not, where answers may come whose requests
    /// nobody saw.
    from_start: bool,
}

/// Reads streams from their beginning.
pub static FROM_START: Http1 = Http1 { from_start: true };
/// Finds its way into streams whose beginning was not captured.
pub static MIDSTREAM: Http1 = Http1 { from_start: false };

impl StreamProtocol for Http1 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn probe(&self, seen: &Seen<'_>) -> Probe {
        if self.from_start != (seen.client_from_start && seen.server_from_start) {
            return Probe::No;
        }
        let client = probe_side(Side::Client, seen.client, seen.client_from_start);
        let server = probe_side(Side::Server, seen.server, seen.server_from_start);
        match (client, server) {
            // What the server says before the client does decides nothing, so that it does not matter who is heard first.
            (Probe::No, Probe::No) if self.from_start => Probe::No,
            (Probe::No, Probe::Unsure) if self.from_start && seen.server.is_empty() => Probe::No,
            (_, Probe::No) if self.from_start && seen.client.is_empty() => Probe::Unsure,
            (Probe::Certain, _) | (_, Probe::Certain) => Probe::Certain,
            (Probe::Unsure, _) if !seen.client.is_empty() => Probe::Unsure,
            (_, Probe::Unsure) if !seen.server.is_empty() => Probe::Unsure,
            _ => Probe::No,
        }
    }

    fn open(&self) -> Box<dyn Decoder> {
        Box::new(decoder::Http1Decoder::new(self.from_start))
    }
}

/// Whether a side's bytes begin with a head or, where they may begin inside a message, hold the beginning of one.
fn probe_side(side: Side, bytes: &[u8], from_start: bool) -> Probe {
    let first = first_line::begins_head(side, bytes);
    if from_start || first != Probe::No {
        return first;
    }
    match first_line::search(side, bytes.get(..MOST_SEARCHED).unwrap_or(bytes)) {
        Found::Head(_) => Probe::Certain,
        Found::Perhaps(_) => Probe::Unsure,
        Found::Nothing => Probe::No,
    }
}
