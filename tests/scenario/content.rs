//! What a `DATA` line carries, from its words.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::line::{hexadecimal, number};
use super::websocket_frame::{WebSocketFrame, mebibytes_of_zeros};
use super::words;

/// An upgrade request as in RFC 6455 §1.2, and the answer to it.
const UPGRADE: [&str; 6] = [
    "GET /chat HTTP/1.1",
    "Host: server.example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];
const ACCEPTED: [&str; 4] = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

/// The data of one line, part by part.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    is_client: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Octets(Vec<u8>),
    /// Lines of an HTTP head.
    Head(Vec<Vec<u8>>),
    Frame(WebSocketFrame),
}

impl Content {
    /// Nothing yet, sent by this end.
    pub(crate) fn new(is_client: bool) -> Self {
        Self { is_client, parts: Vec::new() }
    }

    /// Takes a word; whether it is one for data.
    pub(crate) fn take(&mut self, word: &str) -> Result<bool, String> {
        if let Some(Part::Frame(frame)) = self.parts.last_mut()
            && frame.take(word)?
        {
            return Ok(true);
        }
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let part = match name {
            "ws" => Part::Frame(WebSocketFrame::new(self.is_client)),
            "upgrade" => Part::head(UPGRADE.map(|line| line.as_bytes().to_vec())),
            "accepted" => Part::head(ACCEPTED.map(|line| line.as_bytes().to_vec())),
            "http" => Part::head(words::octets(value)?.split(|octet| *octet == b'|').map(<[u8]>::to_vec)),
            "text" => Part::Octets(words::octets(value)?),
            "hex" => Part::Octets(hexadecimal(word, value)?),
            "fill" => {
                Part::Octets((0..number::<usize>(word, value)?).map(|n| b'a' + (n % 26) as u8).collect())
            }
            "chunk" => Part::Octets(chunk(&words::octets(value)?)),
            "body" => return self.body(words::octets(value)?),
            "gzip" => return self.body(gzipped(&words::octets(value)?)),
            "gzip-cut" => {
                let mut body = gzipped(&words::octets(value)?);
                // Without its checksum and length (RFC 1952 §2.3.1), and the end of what is compressed.
                body.truncate(body.len() - 10);
                return self.body(body);
            }
            "gzip-bomb" => {
                let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
                return self.body([&header[..], &mebibytes_of_zeros(number(word, value)?)].concat());
            }
            "with-letters" => {
                return self.with(format!("X-Letters: {}", "a".repeat(number(word, value)?)).into());
            }
            "with" => return self.with(words::octets(value)?),
            "without" => return self.without(value),
            _ => return Ok(false),
        };
        self.parts.push(part);
        Ok(true)
    }

    /// All of it as sent.
    pub(crate) fn octets(&self) -> Vec<u8> {
        self.parts.iter().flat_map(Part::octets).collect()
    }

    /// A body, and the header that says its length.
    fn body(&mut self, body: Vec<u8>) -> Result<bool, String> {
        self.with(format!("Content-Length: {}", body.len()).into_bytes())?;
        self.parts.push(Part::Octets(body));
        Ok(true)
    }

    /// Another header, in the place of one of that name where there is one.
    fn with(&mut self, header: Vec<u8>) -> Result<bool, String> {
        let name = header.split(|octet| *octet == b':').next().unwrap_or_default().to_ascii_lowercase();
        let lines = self.last_head()?;
        match lines.iter_mut().skip(1).find(|line| is_named(line, &name)) {
            Some(line) => *line = header,
            None => lines.push(header),
        }
        Ok(true)
    }

    fn without(&mut self, name: &str) -> Result<bool, String> {
        let name = name.to_ascii_lowercase();
        self.last_head()?.retain(|line| !is_named(line, name.as_bytes()));
        Ok(true)
    }

    fn last_head(&mut self) -> Result<&mut Vec<Vec<u8>>, String> {
        match self.parts.last_mut() {
            Some(Part::Head(lines)) => Ok(lines),
            _ => Err("there is no HTTP head before this word".to_owned()),
        }
    }
}

impl Part {
    fn head(lines: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self::Head(lines.into_iter().collect())
    }

    fn octets(&self) -> Vec<u8> {
        match self {
            Self::Octets(octets) => octets.clone(),
            Self::Head(lines) => [lines.join(&b"\r\n"[..]), b"\r\n\r\n".to_vec()].concat(),
            Self::Frame(frame) => frame.octets(),
        }
    }
}

fn is_named(line: &[u8], name: &[u8]) -> bool {
    line.to_ascii_lowercase().strip_prefix(name).is_some_and(|rest| rest.starts_with(b":"))
}

/// RFC 9112 §7.1; an empty one is the last.
fn chunk(octets: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", octets.len()).as_bytes(), octets, b"\r\n"].concat()
}

fn gzipped(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}
