//! One line of a conversation, read from text.

use std::net::IpAddr;

use pnet::packet::tcp::TcpFlags;

use super::carrier::Carrier;
use super::ends::End;
use super::fragments::Fragments;

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
    /// Its packet is sent in fragments.
    pub(crate) fragments: Option<Fragments>,
    /// What the IP header says beside addresses and length.
    pub(crate) ip: IpWords,
    /// What carries it, from the outside in.
    pub(crate) carriers: Vec<Carrier>,
}

/// Fields of the IP header that a line may set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IpWords {
    /// Time to live, or hop limit; 64 unless said.
    pub(crate) ttl: u8,
    /// Identification (IPv4); one of its own for each frame unless said.
    pub(crate) identification: Option<u16>,
    /// ECN bits (RFC 3168 §5): 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE.
    pub(crate) ecn: u8,
}

impl Default for IpWords {
    fn default() -> Self {
        Self { ttl: 64, identification: None, ecn: 0 }
    }
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
    /// The bit beside them: AE (RFC 9768 §3.1), once NS.
    pub(crate) ae: bool,
    /// Sequence number.
    pub(crate) seq: u32,
    /// Acknowledgment number field.
    pub(crate) ack: u32,
    /// Window field; 65,535 unless said.
    pub(crate) window: u16,
    /// Options as sent, without the padding.
    pub(crate) options: Vec<u8>,
    /// The data.
    pub(crate) data: Vec<u8>,
    /// Octets of data that `len` asks for: letters, by sequence number.
    letters: usize,
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
    /// The largest packet that passes, where it is about size.
    pub(crate) mtu: u16,
    /// The router that sends it; the end itself unless said.
    pub(crate) router: Option<IpAddr>,
}

impl Line {
    /// Reads the words of a line; the error says which cannot be read.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let [who, when, what, rest @ ..] = words else { return Err("who, when, what?".to_owned()) };
        let mut line = Self::new(End::parse(who)?, nanoseconds(when)?, what)?;
        for word in rest {
            line.take(word)?;
        }
        Ok(line)
    }

    /// A line of this kind whose other words are still to come.
    pub(crate) fn new(from: End, at_ns: u64, what: &str) -> Result<Self, String> {
        let what = match what {
            "ICMP" => What::Icmp(Icmp::default()),
            bits => {
                let ae = bits.split('-').any(|name| name == "AE");
                What::Segment(Segment { flags: flags(bits)?, ae, window: 65_535, ..Segment::default() })
            }
        };
        Ok(Self {
            from,
            at_ns,
            what,
            captured_twice: false,
            bad_checksum: false,
            padded: false,
            snap: None,
            fragments: None,
            ip: IpWords::default(),
            carriers: Vec::new(),
        })
    }

    /// Takes another word.
    pub(crate) fn take(&mut self, word: &str) -> Result<(), String> {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if let Some(carrier) = Carrier::parse(word, name, value)? {
            self.carriers.push(carrier);
            return Ok(());
        }
        match name {
            "dup" => self.captured_twice = true,
            "bad-checksum" => self.bad_checksum = true,
            "padded" => self.padded = true,
            "snap" => self.snap = Some(number(word, value)?),
            "frag" => self.fragments = Some(Fragments::parse(word, value)?),
            "ttl" => self.ip.ttl = number(word, value)?,
            "id" => self.ip.identification = Some(number(word, value)?),
            "ecn" => self.ip.ecn = number(word, value)?,
            _ => match &mut self.what {
                What::Segment(segment) => segment.take(word, name, value)?,
                What::Icmp(icmp) => icmp.take(word, name, value)?,
            },
        }
        Ok(())
    }
}

impl Segment {
    /// Its data. Letters that differ from octet to octet, by sequence number: a retransmission repeats its original.
    pub(crate) fn octets(&self) -> Vec<u8> {
        // Behind a SYN, which counts one, data begins at the next number.
        let first = self.seq.wrapping_add(u32::from(self.flags & TcpFlags::SYN != 0));
        let letter = |n| b'a' + (first.wrapping_add(n as u32) % 26) as u8;
        self.data.iter().copied().chain((0..self.letters).map(letter)).collect()
    }

    /// SEG.LEN: octets of data, and one each for SYN and FIN (RFC 9293 §3.4).
    pub(crate) fn length(&self) -> u32 {
        let bits = [TcpFlags::SYN, TcpFlags::FIN].iter().filter(|bit| self.flags & **bit != 0).count();
        (self.data.len() + self.letters + bits) as u32
    }

    fn take(&mut self, word: &str, name: &str, value: &str) -> Result<(), String> {
        match name {
            "seq" => self.seq = number(word, value)?,
            "ack" => self.ack = number(word, value)?,
            "win" => self.window = number(word, value)?,
            "len" => self.letters = number(word, value)?,
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
            "mtu" => self.mtu = number(word, value)?,
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
            "AE" => 0,
            _ => return Err(format!("`{name}` is not a control bit")),
        };
        Ok(flags | bit)
    })
}

/// Reads seconds such as `0.010`.
pub(crate) fn nanoseconds(text: &str) -> Result<u64, String> {
    let (whole, part) =
        text.split_once('.').ok_or_else(|| format!("`{text}` is not a time such as 0.010"))?;
    if part.len() > 9 {
        return Err(format!("`{text}` is finer than a nanosecond"));
    }
    Ok(number::<u64>(text, whole)? * 1_000_000_000 + number::<u64>(text, &format!("{part:0<9}"))?)
}

/// Reads the value of a word.
pub(crate) fn number<T: std::str::FromStr>(word: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{word}` cannot be read"))
}

/// Reads the value of a word that is octets.
pub(crate) fn hexadecimal(word: &str, value: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("`{word}` is not in pairs of hexadecimal digits");
    let digits: Vec<u32> = value.chars().map(|c| c.to_digit(16)).collect::<Option<_>>().ok_or_else(wrong)?;
    if digits.len() % 2 == 1 {
        return Err(wrong());
    }
    Ok(digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}
