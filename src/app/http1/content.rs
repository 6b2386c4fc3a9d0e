//! What a request or a response says.

use crate::app::http1::body::WholeBody;
use crate::app::http1::{Headers, RequestHead, ResponseHead, explanation};
use crate::app::{Content, Fact, FactValue, Headline, Remark};
use crate::base::grouped;
use crate::explain::{LayerExplanation, printable};

/// A request or a response with its body.
#[derive(Debug)]
pub struct HttpMessage {
    /// Its start line and header fields.
    pub head: Head,
    /// The rest of the head is not in the capture: neither are the header fields all, nor is the body known.
    pub(super) is_cut: bool,
    /// Fields behind a chunked body (RFC 9112 §7.1.2).
    pub trailers: Headers,
    pub(super) body: WholeBody,
    /// Chunks that the body came in, where it was chunked.
    pub(super) chunks: Option<u64>,
    /// Rank of the request, or of the request that this answers, among those of the connection, from 1.
    pub(super) rank: Option<u64>,
    /// Method and target of the request that this answers.
    pub(super) asked: Option<String>,
    pub(super) remarks: Vec<Remark>,
}

/// The head of either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// Of a request.
    Request(RequestHead),
    /// Of a response.
    Response(ResponseHead),
}

impl Head {
    /// Its header fields.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(head) => &head.headers,
            Self::Response(head) => &head.headers,
        }
    }

    /// The minor version: 1 for HTTP/1.1.
    #[must_use]
    pub fn minor_version(&self) -> u8 {
        match self {
            Self::Request(head) => head.minor_version,
            Self::Response(head) => head.minor_version,
        }
    }

    /// Whether the connection stays open behind this message, as far as its sender says (RFC 9112 §9.3).
    #[must_use]
    pub fn keeps_alive(&self) -> bool {
        let headers = self.headers();
        if self.minor_version() == 0 {
            headers.names("Connection", "keep-alive")
        } else {
            !headers.names("Connection", "close")
        }
    }
}

impl HttpMessage {
    /// Bytes of the body after decoding.
    #[must_use]
    pub fn body_length(&self) -> u64 {
        self.body.length
    }

    /// `application/json`: the media type that the message declares, without parameters.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        let declared = self.head.headers().first("Content-Type")?;
        declared.split(';').next().map(str::trim).filter(|media_type| !media_type.is_empty())
    }
}

/// Longest body whose text stands in a JSON line, in bytes.
const LONGEST_TEXT_FACT: usize = 64 << 10;

impl Content for HttpMessage {
    fn headline(&self) -> Headline {
        let name = match &self.head {
            Head::Request(head) => format!("{} {}", head.method, head.target),
            Head::Response(head) if head.reason.is_empty() => head.status.to_string(),
            Head::Response(head) => format!("{} {}", head.status, head.reason),
        };
        Headline { name: printable(&name).into_owned(), detail: detail(self) }
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        let (request, response) = match &self.head {
            Head::Request(head) => (Some(head), None),
            Head::Response(head) => (None, Some(head)),
        };
        let headers = self.head.headers();
        let coding: Vec<_> = headers.members("Content-Encoding").collect();
        vec![
            Fact::new("method", request.map(|head| head.method.as_str())),
            Fact::new("target", request.map(|head| head.target.as_str())),
            Fact::new("status", response.map(|head| u64::from(head.status))),
            Fact::new("reason", response.map(|head| head.reason.as_str())),
            Fact::new("version", format!("1.{}", self.head.minor_version())),
            Fact::new("headers", pairs(headers)),
            Fact::new("trailers", (!self.trailers.0.is_empty()).then(|| pairs(&self.trailers))),
            Fact::new("body_length", (!self.is_cut).then_some(self.body.length)),
            Fact::new("body_wire_length", (!self.is_cut).then_some(self.body.wire_length)),
            Fact::new("content_encoding", (!coding.is_empty()).then(|| coding.join(", "))),
            Fact::new("sha256", (!self.is_cut).then_some(self.body.sha256.as_str())),
            Fact::new("text", self.text().filter(|text| text.len() <= LONGEST_TEXT_FACT)),
        ]
    }

    fn explain(&self) -> Vec<LayerExplanation> {
        explanation::layers(self)
    }

    fn text(&self) -> Option<&str> {
        self.body.text.as_deref().filter(|_| self.body.wire_length > 0)
    }
}

/// `application/json · 312 bytes (gzip 120)`; empty where there is no body.
fn detail(message: &HttpMessage) -> String {
    let body = &message.body;
    if body.wire_length == 0 {
        return String::new();
    }
    let media = message.media_type().map_or(String::new(), |media| format!("{} · ", printable(media)));
    let s = if body.length == 1 { "" } else { "s" };
    let codings: Vec<_> = body.layers.iter().rev().map(|layer| layer.name).collect();
    let coded = match codings.as_slice() {
        [] => String::new(),
        names => format!(" ({} {})", names.join(", "), grouped(body.wire_length)),
    };
    format!("{media}{} byte{s}{coded}", grouped(body.length))
}

fn pairs(headers: &Headers) -> FactValue {
    let pair =
        |(name, value): &(String, String)| FactValue::List(vec![name.as_str().into(), value.as_str().into()]);
    FactValue::List(headers.0.iter().map(pair).collect())
}
