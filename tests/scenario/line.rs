//! One line of a conversation, read from text.

use std::net::IpAddr;

use pnet::packet::tcp::TcpFlags;

use super::ends::End;

/// One frame to be made.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Who sends it. An ICMP error comes from this end's side of the network.
    pub(crate) from: End,
    /// When, in nanoseconds after the conversation's beginning.
    pub(crate) at_ns: u64,
    /// What is sent.
    pub(crate) what: What,
    /// The capture holds it twice.
    pub(crate) captured_twice: bool,
    /// The TCP checksum is wrong.
    pub(crate) bad_checksum: bool,
    /// Zeros follow up to Ethernet's minimum of 60 bytes.
    pub(crate) padded: bool,
    /// At most so many bytes are captured.
    pub(crate) snap: Option<usize>,
}

/// What a frame carries.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A TCP segment.
    Segment(Segment),
    /// An error message of either version of ICMP.
    Icmp(Icmp),
}

/// A TCP segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segment {
    /// Control bits.
    pub(crate) flags: u8,
    /// Sequence number.
    pub(crate) seq: u32,
    /// Acknowledgment number field.
    pub(crate) ack: u32,
    /// Window field; 65,535 unless said.
    pub(crate) window: u16,
    /// Options as sent, without the padding.
    pub(crate) options: Vec<u8>,
    /// Octets of data.
    pub(crate) data_length: usize,
}

/// An error message that quotes an earlier frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Icmp {
    /// Type.
    pub(crate) kind: u8,
    /// Code.
    pub(crate) code: u8,
    /// Number of the frame whose packet it quotes, from 1.
    pub(crate) quotes: usize,
    /// The router that sends it; the end itself unless said.
    pub(crate) router: Option<IpAddr>,
}

impl Line {
    /// Reads a line; the error says which word cannot be read.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let from = End::parse(words.next().ok_or("who?")?)?;
        let at_ns = nanoseconds(words.next().ok_or("when?")?)?;
        let what = match words.next().ok_or("what?")? {
            "ICMP" => What::Icmp(Icmp::default()),
            bits => What::Segment(Segment { flags: flags(bits)?, window: 65_535, ..Segment::default() }),
        };
        let mut line =
            Self { from, at_ns, what, captured_twice: false, bad_checksum: false, padded: false, snap: None };
        for word in words {
            line.take(word)?;
        }
        Ok(line)
    }

    fn take(&mut self, word: &str) -> Result<(), String> {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        match name {
            "dup" => self.captured_twice = true,
            "bad-checksum" => self.bad_checksum = true,
            "padded" => self.padded = true,
            "snap" => self.snap = Some(number(word, value)?),
            _ => match &mut self.what {
                What::Segment(segment) => segment.take(word, name, value)?,
                What::Icmp(icmp) => icmp.take(word, name, value)?,
            },
        }
        Ok(())
    }
}

impl Segment {
    fn take(&mut self, word: &str, name: &str, value: &str) -> Result<(), String> {
        match name {
            "seq" => self.seq = number(word, value)?,
            "ack" => self.ack = number(word, value)?,
            "win" => self.window = number(word, value)?,
            "len" => self.data_length = number(word, value)?,
            "mss" => self.option(2, &number::<u16>(word, value)?.to_be_bytes()),
            "ws" => self.option(3, &[number(word, value)?]),
            "sack" => self.option(4, &[]),
            "ts" => {
                let (own, echo) = value.split_once(',').ok_or_else(|| format!("`{word}` has no comma"))?;
                let (own, echo): (u32, u32) = (number(word, own)?, number(word, echo)?);
                self.option(8, &[own.to_be_bytes(), echo.to_be_bytes()].concat());
            }
            "tfo" => self.option(34, &hexadecimal(word, value)?),
            "options" => self.options.extend(hexadecimal(word, value)?),
            _ => return Err(format!("`{word}` is not a word that a segment knows")),
        }
        Ok(())
    }

    fn option(&mut self, kind: u8, value: &[u8]) {
        self.options.extend([kind, value.len() as u8 + 2]);
        self.options.extend(value);
    }
}

impl Icmp {
    fn take(&mut self, word: &str, name: &str, value: &str) -> Result<(), String> {
        match name {
            "type" => self.kind = number(word, value)?,
            "code" => self.code = number(word, value)?,
            "quotes" => self.quotes = number(word, value)?,
            "from" => self.router = Some(number(word, value)?),
            _ => return Err(format!("`{word}` is not a word that ICMP knows")),
        }
        Ok(())
    }
}

fn flags(text: &str) -> Result<u8, String> {
    if text == "NONE" {
        return Ok(0);
    }
    text.split('-').try_fold(0, |flags, name| {
        let bit = match name {
            "FIN" => TcpFlags::FIN,
            "SYN" => TcpFlags::SYN,
            "RST" => TcpFlags::RST,
            "PSH" => TcpFlags::PSH,
            "ACK" => TcpFlags::ACK,
            "URG" => TcpFlags::URG,
            "ECE" => TcpFlags::ECE,
            "CWR" => TcpFlags::CWR,
            _ => return Err(format!("`{name}` is not a control bit")),
        };
        Ok(flags | bit)
    })
}

fn nanoseconds(text: &str) -> Result<u64, String> {
    let (whole, part) =
        text.split_once('.').ok_or_else(|| format!("`{text}` is not a time such as 0.010"))?;
    if part.len() > 9 {
        return Err(format!("`{text}` is finer than a nanosecond"));
    }
    Ok(number::<u64>(text, whole)? * 1_000_000_000 + number::<u64>(text, &format!("{part:0<9}"))?)
}

fn number<T: std::str::FromStr>(word: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{word}` cannot be read"))
}

fn hexadecimal(word: &str, value: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("`{word}` is not in pairs of hexadecimal digits");
    let digits: Vec<u32> = value.chars().map(|c| c.to_digit(16)).collect::<Option<_>>().ok_or_else(wrong)?;
    if digits.len() % 2 == 1 {
        return Err(wrong());
    }
    Ok(digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}
