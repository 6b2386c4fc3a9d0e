//! What a PROXY protocol header says.

use std::net::IpAddr;

use crate::app::proxy::NAME;
use crate::app::proxy::header::Header;
use crate::app::{Content, Fact, Headline, Remark, RemarkKind};
use crate::base::Cite;
use crate::explain::{Field, LayerExplanation, OsiLayer, Value, counted};

/// A PROXY protocol header.
#[derive(Debug)]
pub struct ProxyHeader(pub(super) Header);

impl Content for ProxyHeader {
    fn headline(&self) -> Headline {
        Headline { name: format!("PROXY v{}", self.0.version), detail: self.route() }
    }

    fn remarks(&self) -> Vec<Remark> {
        let text = match (self.0.command, self.0.source) {
            ("LOCAL", _) => "the proxy speaks for itself, as in a health check".to_owned(),
            (_, Some(source)) => format!("the proxy says that the client is {}", end(source)),
            _ => "the proxy does not say who the client is".to_owned(),
        };
        vec![Remark { kind: RemarkKind::Plain, text }]
    }

    fn facts(&self) -> Vec<Fact> {
        let address = |end: Option<(IpAddr, u16)>| end.map(|(address, _)| address.to_string());
        let port = |end: Option<(IpAddr, u16)>| end.map(|(_, port)| u64::from(port));
        vec![
            Fact::new("command", self.0.command),
            Fact::new("transport", self.0.transport),
            Fact::new("source_address", address(self.0.source)),
            Fact::new("source_port", port(self.0.source)),
            Fact::new("destination_address", address(self.0.destination)),
            Fact::new("destination_port", port(self.0.destination)),
            Fact::new(
                "tlv_types",
                self.0.extras.iter().map(|(kind, _)| u64::from(*kind)).collect::<Vec<_>>(),
            ),
        ]
    }

    fn explain(&self) -> Vec<LayerExplanation> {
        let mut layer = LayerExplanation::new(OsiLayer::Session, NAME, "PROXY protocol", None);
        layer.summary = format!("{} {}", self.0.command, self.route());
        let cite = if self.0.version == 1 { "proxy-protocol.txt §2.1" } else { "proxy-protocol.txt §2.2" };
        let texts = [
            ("version", Some(self.0.version.to_string())),
            ("command", Some(self.0.command.to_owned())),
            ("transport", Some(self.0.transport.to_owned())),
            ("source", self.0.source.map(end)),
            ("destination", self.0.destination.map(end)),
        ];
        let field = |(name, text): (&'static str, Option<String>)| {
            text.map(|text| Field {
                name,
                value: Value::Text(text.clone()),
                text,
                span: None,
                bits: None,
                source: Cite(cite),
            })
        };
        layer.fields.extend(texts.into_iter().filter_map(field));
        layer.fields.extend(self.0.extras.iter().map(|(kind, length)| Field {
            name: "TLV",
            value: Value::Number(u64::from(*kind)),
            text: format!("type 0x{kind:02x}, {}", counted(u64::from(*length), "byte")),
            span: None,
            bits: None,
            source: Cite("proxy-protocol.txt §2.2.1"),
        }));
        vec![layer]
    }
}

impl ProxyHeader {
    /// `192.0.2.1:56324 → 198.51.100.7:443`; empty where it does not say.
    fn route(&self) -> String {
        match (self.0.source, self.0.destination) {
            (Some(source), Some(destination)) => format!("{} → {}", end(source), end(destination)),
            _ => self.0.transport.to_owned(),
        }
    }
}

fn end((address, port): (IpAddr, u16)) -> String {
    match address {
        IpAddr::V4(address) => format!("{address}:{port}"),
        IpAddr::V6(address) => format!("[{address}]:{port}"),
    }
}
