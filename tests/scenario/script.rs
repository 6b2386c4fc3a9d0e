//! Lines of a conversation into frames: keeps count of sequence numbers for the lines that leave them to it.

use std::collections::BTreeMap;

use super::content::Content;
use super::ends::End;
use super::line::{Line, Segment, What, nanoseconds, number};
use super::words;

/// Data octets in a segment unless a line cuts them itself.
const USUAL_SEGMENT: usize = 1_460;
/// Between the frames that one line makes.
const PACE_NS: u64 = 1_000_000;
const USUAL_ISNS: (u32, u32) = (100, 300);

/// What was sent so far: the number that each end sends next.
#[derive(Debug, Default)]
pub(crate) struct Script {
    next: BTreeMap<End, u32>,
}

/// What a `DATA` line says beside its content.
#[derive(Debug, Default)]
struct Delivery {
    content: Option<Content>,
    seq: Option<u32>,
    ack: Option<u32>,
    /// Places in the data where a new segment begins.
    cuts: Vec<usize>,
    /// The last segment has a FIN.
    is_last: bool,
    /// Sent, but not in the capture.
    is_lost: bool,
    /// Words for each frame.
    rest: Vec<String>,
}

impl Script {
    /// The frames of a line.
    pub(crate) fn lines(&mut self, text: &str) -> Result<Vec<Line>, String> {
        let words = words::split(text)?;
        let [who, when, what, rest @ ..] = words.as_slice() else {
            return Err("who, when, what?".to_owned());
        };
        let (from, at_ns) = (End::parse(who)?, nanoseconds(when)?);
        let other = from.other();
        match what.as_str() {
            "OPEN" => self.open(from, at_ns, rest),
            "DATA" => self.data(from, at_ns, rest),
            "GOT" => Ok(vec![self.segment((from, at_ns), "ACK", rest)?]),
            "END" => Ok(vec![self.segment((from, at_ns), "FIN-ACK", rest)?]),
            "ABORT" => Ok(vec![self.segment((from, at_ns), "RST-ACK", rest)?]),
            "CLOSE" => Ok(vec![
                self.segment((from, at_ns), "FIN-ACK", rest)?,
                self.segment((other, at_ns + PACE_NS), "FIN-ACK", &[])?,
                self.segment((from, at_ns + 2 * PACE_NS), "ACK", &[])?,
            ]),
            _ => {
                let line = Line::parse(&words)?;
                self.count(&line);
                Ok(vec![line])
            }
        }
    }

    /// The three-way handshake (RFC 9293 §3.5, figure 6).
    fn open(&mut self, client: End, at_ns: u64, words: &[String]) -> Result<Vec<Line>, String> {
        let mut isns = USUAL_ISNS;
        for word in words {
            match word.split_once('=') {
                Some(("client", value)) => isns.0 = number(word, value)?,
                Some(("server", value)) => isns.1 = number(word, value)?,
                _ => return Err(format!("`{word}` is not a word that OPEN knows")),
            }
        }
        let server = client.other();
        self.next.insert(client, isns.0);
        self.next.insert(server, isns.1);
        let mut syn = self.segment((client, at_ns), "SYN", &["mss=1460".to_owned()])?;
        if let What::Segment(syn) = &mut syn.what {
            syn.ack = 0;
        }
        Ok(vec![
            syn,
            self.segment((server, at_ns + PACE_NS), "SYN-ACK", &["mss=1460".to_owned()])?,
            self.segment((client, at_ns + 2 * PACE_NS), "ACK", &[])?,
        ])
    }

    /// One segment with the numbers that come next, and what `words` say of it.
    fn segment(&mut self, (from, at_ns): (End, u64), bits: &str, words: &[String]) -> Result<Line, String> {
        let mut line = Line::new(from, at_ns, bits)?;
        if let What::Segment(segment) = &mut line.what {
            segment.seq = self.next_of(from);
            segment.ack = self.next_of(from.other());
        }
        for word in words {
            line.take(word)?;
        }
        self.count(&line);
        Ok(line)
    }

    /// Data in as many segments as it takes.
    fn data(&mut self, from: End, at_ns: u64, words: &[String]) -> Result<Vec<Line>, String> {
        let delivery = Delivery::parse(from, words, self.next_of(from))?;
        let octets = delivery.content.map(|content| content.octets()).unwrap_or_default();
        let mut cuts = delivery.cuts;
        if cuts.is_empty() {
            cuts = (1..octets.len().div_ceil(USUAL_SEGMENT)).map(|n| n * USUAL_SEGMENT).collect();
        }
        cuts.push(octets.len());
        let mut lines = Vec::new();
        let mut from_octet = 0;
        for (rank, to_octet) in (0..).zip(cuts.iter().copied()) {
            let data = octets.get(from_octet..to_octet).ok_or("`cut` lies outside of the data")?;
            let bits = if delivery.is_last && to_octet == octets.len() { "PSH-FIN-ACK" } else { "PSH-ACK" };
            let mut line = Line::new(from, at_ns + rank * PACE_NS, bits)?;
            if let What::Segment(Segment { seq, ack, data: place, .. }) = &mut line.what {
                *seq = delivery.seq.unwrap_or_else(|| self.next_of(from)).wrapping_add(from_octet as u32);
                *ack = delivery.ack.unwrap_or_else(|| self.next_of(from.other()));
                *place = data.to_vec();
            }
            for word in &delivery.rest {
                line.take(word)?;
            }
            from_octet = to_octet;
            lines.push(line);
        }
        for line in &lines {
            self.count(line);
        }
        lines.retain(|_| !delivery.is_lost);
        Ok(lines)
    }

    /// Remembers what comes after a segment; one that was sent before moves nothing.
    fn count(&mut self, line: &Line) {
        let What::Segment(segment) = &line.what else { return };
        let end = segment.seq.wrapping_add(segment.length());
        let next = self.next.entry(line.from).or_insert(end);
        if end.wrapping_sub(*next) < 1 << 31 {
            *next = end;
        }
    }

    fn next_of(&self, end: End) -> u32 {
        self.next.get(&end).copied().unwrap_or_default()
    }
}

impl Delivery {
    fn parse(from: End, words: &[String], next: u32) -> Result<Self, String> {
        let mut content = Content::new(from.is_client);
        let mut delivery = Self::default();
        for word in words {
            if content.take(word)? {
                continue;
            }
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            match name {
                "seq" => delivery.seq = Some(number(word, value)?),
                "ack" => delivery.ack = Some(number(word, value)?),
                "back" => delivery.seq = Some(next.wrapping_sub(number(word, value)?)),
                "ahead" => delivery.seq = Some(next.wrapping_add(number(word, value)?)),
                "cut" => {
                    delivery.cuts =
                        value.split(',').map(|place| number(word, place)).collect::<Result<_, _>>()?;
                }
                "fin" => delivery.is_last = true,
                "lost" => delivery.is_lost = true,
                _ => delivery.rest.push(word.clone()),
            }
        }
        delivery.content = Some(content);
        Ok(delivery)
    }
}
