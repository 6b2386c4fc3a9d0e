//! Bytes of a head into its parts (RFC 9112 §2 to §5).

use httparse::{EMPTY_HEADER, Error, Header, ParserConfig, Request, Response};

use crate::app::http1::{Headers, RequestHead, ResponseHead};

/// Longest head, in bytes.
pub(super) const LONGEST_HEAD: usize = 64 << 10;
/// Most header fields, and how many there is room for at first.
pub(super) const MOST_FIELDS: usize = 512;
const USUAL_FIELDS: usize = 64;

/// A head that was understood, and whether only by putting up with something that the grammar forbids.
pub(super) struct Understood<T> {
    pub(super) head: T,
    pub(super) is_loose: bool,
}

/// Why a head was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It does not follow the grammar.
    Malformed,
    /// It has more fields than are read.
    TooManyFields,
}

/// The head of either.
trait Head {
    fn headers_mut(&mut self) -> &mut Headers;
}

impl Head for RequestHead {
    fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }
}

impl Head for ResponseHead {
    fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }
}

/// Place behind the empty line that ends a head. `scanned` bytes were looked at before; the caller sets it to 0 for the next head.
pub(super) fn end(bytes: &[u8], scanned: &mut usize) -> Option<usize> {
    let start = scanned.saturating_sub(2);
    let fresh = bytes.get(start..).unwrap_or_default();
    for (at, _) in fresh.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        match fresh.get(at + 1..).unwrap_or_default() {
            [b'\n', ..] => return Some(start + at + 2),
            [b'\r', b'\n', ..] => return Some(start + at + 3),
            _ => {}
        }
    }
    *scanned = bytes.len();
    None
}

/// Reads a whole head of a request.
pub(super) fn request(bytes: &[u8]) -> Result<Understood<RequestHead>, Refused> {
    read(bytes, |config, fields| {
        let mut request = Request::new(fields);
        let status = config.parse_request(&mut request, bytes)?;
        Ok(status.is_complete().then(|| RequestHead {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            minor_version: request.version.unwrap_or_default(),
            headers: headers(request.headers),
        }))
    })
}

/// Reads a whole head of a response.
pub(super) fn response(bytes: &[u8]) -> Result<Understood<ResponseHead>, Refused> {
    read(bytes, |config, fields| {
        let mut response = Response::new(fields);
        let status = config.parse_response(&mut response, bytes)?;
        Ok(status.is_complete().then(|| ResponseHead {
            status: response.code.unwrap_or_default(),
            reason: response.reason.unwrap_or_default().to_owned(),
            minor_version: response.version.unwrap_or_default(),
            headers: headers(response.headers),
        }))
    })
}

/// Reads the lines that are there of a request's head whose rest is missing; `None` where not even the first line says enough.
pub(super) fn begun_request(bytes: &[u8]) -> Option<RequestHead> {
    request(&with_an_end(bytes)).ok().map(|understood| understood.head)
}

/// The same of a response; its status is enough.
pub(super) fn begun_response(bytes: &[u8]) -> Option<ResponseHead> {
    let mut head = response(&with_an_end(bytes)).ok()?.head;
    if !bytes.contains(&b'\n') {
        head.reason.clear();
    }
    Some(head)
}

/// The whole lines of a head, or as much of the first as is there, with the empty line that ends a head.
fn with_an_end(bytes: &[u8]) -> Vec<u8> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
    let mut head = bytes.get(..whole.unwrap_or(bytes.len())).unwrap_or_default().trim_ascii_end().to_vec();
    head.extend_from_slice(b"\r\n\r\n");
    head
}

/// Reads one field line of a trailer section, or as much as looks like one.
pub(super) fn trailer(line: &[u8]) -> Option<(String, String)> {
    let line = line.trim_ascii_end();
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (line.get(..colon)?.trim_ascii(), line.get(colon + 1..)?);
    (!name.is_empty()).then(|| (text(name), text(value.trim_ascii())))
}

/// Tries by the letter first, then with patience; with more room where there are many fields.
fn read<'b, T: Head>(
    bytes: &'b [u8],
    parse: impl Fn(&ParserConfig, &mut [Header<'b>]) -> Result<Option<T>, Error>,
) -> Result<Understood<T>, Refused> {
    let mut patient = ParserConfig::default();
    patient
        .allow_multiple_spaces_in_request_line_delimiters(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_space_before_first_header_name(true)
        .ignore_invalid_headers_in_requests(true)
        .ignore_invalid_headers_in_responses(true);
    let mut fields = vec![EMPTY_HEADER; USUAL_FIELDS];
    for (config, is_loose) in [(ParserConfig::default(), false), (patient, true)] {
        let mut parsed = parse(&config, &mut fields);
        if matches!(parsed, Err(Error::TooManyHeaders)) {
            fields.resize(MOST_FIELDS, EMPTY_HEADER);
            parsed = parse(&config, &mut fields);
        }
        match parsed {
            Ok(Some(mut head)) => {
                if is_loose {
                    *head.headers_mut() = loose_fields(bytes)?;
                }
                return Ok(Understood { head, is_loose });
            }
            Err(Error::TooManyHeaders) => return Err(Refused::TooManyFields),
            Ok(None) | Err(_) => {}
        }
    }
    Err(Refused::Malformed)
}

/// The header fields of a head that breaks the grammar, all of them: the patient parser leaves out those that it cannot read. A line
/// that begins with a space goes on with the one before it (RFC 9112 §5.2); one without a colon is a name without a value.
fn loose_fields(bytes: &[u8]) -> Result<Headers, Refused> {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let lines = lines.skip_while(|line| line.is_empty()).skip(1).take_while(|line| !line.is_empty());
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        if let Some((_, value)) = fields.last_mut().filter(|_| goes_on) {
            value.push(' ');
            value.push_str(&text(line.trim_ascii()));
            continue;
        }
        if fields.len() == MOST_FIELDS {
            return Err(Refused::TooManyFields);
        }
        fields.push(
            trailer(line.trim_ascii_start()).unwrap_or_else(|| (text(line.trim_ascii()), String::new())),
        );
    }
    Ok(Headers(fields))
}

fn headers(fields: &[Header<'_>]) -> Headers {
    Headers(fields.iter().map(|field| (field.name.to_owned(), text(field.value))).collect())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_head_is_found_however_it_is_cut() {
        for (head, wanted) in
            [(&b"A\r\nb: c\r\n\r\nrest"[..], 11), (b"A\nb: c\n\nrest", 8), (b"A\r\n\nrest", 4)]
        {
            let mut scanned = 0;
            let found = (0..=head.len()).find_map(|end_at| end(&head[..end_at], &mut scanned));
            assert_eq!(found, Some(wanted));
            assert_eq!(end(head, &mut 0), Some(wanted));
        }
    }

    #[test]
    fn fields_keep_their_order_and_spelling() {
        let read = request(b"GET /a HTTP/1.1\r\nHost: x\r\nACCEPT:  a,b \r\nX: \xff\r\n\r\n").ok().unwrap();
        assert!(!read.is_loose);
        let pairs: Vec<_> = read.head.headers.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("Host", "x"), ("ACCEPT", "a,b"), ("X", "\u{fffd}")]);
    }

    #[test]
    fn what_only_some_peers_accept_is_read_with_patience() {
        let read = response(b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n").ok().unwrap();
        assert!(read.is_loose);
        let read = request(
            b"GET /a HTTP/1.1\r\nA: b\r\n and c\r\nTransfer-Encoding : chunked\r\nF(o: o\r\nwhat\r\n\r\n",
        );
        let read = read.ok().unwrap();
        let fields: Vec<_> = read.head.headers.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert!(read.is_loose);
        assert_eq!(fields, [("A", "b and c"), ("Transfer-Encoding", "chunked"), ("F(o", "o"), ("what", "")]);
        assert!(request(b"GET /a HTTP/3.1\r\n\r\n").is_err());
    }

    #[test]
    fn of_a_head_that_is_cut_the_whole_lines_are_read() {
        let line = |head: RequestHead| format!("{} {}", head.target, head.headers.0.len());
        let read = |bytes: &[u8]| begun_request(bytes).map(line);
        assert_eq!(read(b"GET /a HTTP/1.1\r\nHost: x\r\nAcc").as_deref(), Some("/a 1"));
        assert_eq!(read(b"GET /a HTTP/1.1\r\nHo").as_deref(), Some("/a 0"));
        assert_eq!(read(b"GET /a HTTP/1.1").as_deref(), Some("/a 0"));
        assert_eq!(read(b"GET /a HTTP/1."), None);
        let status = |bytes: &[u8]| begun_response(bytes).map(|head| (head.status, head.reason));
        assert_eq!(status(b"HTTP/1.1 101 Switching Prot"), Some((101, String::new())));
        assert_eq!(status(b"HTTP/1.1 404 Not Found\r\nCo"), Some((404, "Not Found".to_owned())));
        assert_eq!(status(b"HTTP/1.1 10"), None);
    }

    #[test]
    fn many_fields_are_read_and_too_many_are_refused() {
        let head = |count: usize| format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert_eq!(request(head(MOST_FIELDS).as_bytes()).ok().unwrap().head.headers.0.len(), MOST_FIELDS);
        assert_eq!(request(head(MOST_FIELDS + 1).as_bytes()).err(), Some(Refused::TooManyFields));
    }
}
