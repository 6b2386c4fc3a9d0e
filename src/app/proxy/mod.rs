//! The PROXY protocol: who the client behind a proxy really is, said before its first byte (haproxy's proxy-protocol.txt).

mod content;
mod decoder;
mod header;
pub mod rules;

pub use content::ProxyHeader;

use crate::app::{Decoder, Probe, Seen, StreamProtocol};

/// Name of the protocol, as in JSON.
const NAME: &str = "proxy";

/// The PROXY protocol, versions 1 and 2, recognised by the line or the signature that the client's stream begins with.
#[derive(Debug)]
pub struct Proxy;

impl StreamProtocol for Proxy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn probe(&self, seen: &Seen<'_>) -> Probe {
        if !seen.client_from_start || seen.client.is_empty() {
            Probe::No
        } else {
            header::begins(seen.client)
        }
    }

    fn open(&self) -> Box<dyn Decoder> {
        Box::new(decoder::ProxyDecoder)
    }
}
