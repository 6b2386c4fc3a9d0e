//! A conversation in a few lines of text, made into a capture and read by the program.
//!
//! A line is `WHO TIME WHAT WORD...`:
//!
//! ```text
//! C 0.000 SYN     seq=100 mss=1460 ws=7 sack ts=1,0
//! S 0.010 SYN-ACK seq=300 ack=101 win=65160
//! C 0.020 ACK     seq=101 ack=301 len=10
//! S 0.030 ICMP    type=3 code=1 quotes=1 from=203.0.113.9
//! ```
//!
//! `C` and `S` are client and server of the first connection, `C2` and `S2` of the second, up to 99. TIME is in seconds. WHAT is
//! the control bits that are set, joined by `-`; `NONE` for none of them; or `ICMP`, an error message (of the
//! ICMP that goes with the addresses) that quotes the frame `quotes` and may name an `mtu`. Words: `seq`, `ack` (the field, whether or not the ACK bit is set), `win`, `len`
//! (octets of data), the options `mss`, `ws`, `sack`, `ts=VALUE,ECHO`, `tfo` (cookie request) or `tfo=HEX` (cookie),
//! `options=HEX` (raw); and what may befall a frame: `dup` (captured twice), `bad-checksum`, `padded` (to Ethernet's minimum of
//! 60 bytes), `snap=N` (only so many bytes captured), `frag=N` (its packet in fragments of N bytes), `frag=N:2,1,1!` (these of them, in
//! this order; 1! is the first one with other bytes). Of the IP header a line may set `ttl=N`, `id=N` (IPv4 identification) and `ecn=N`.
//! What carries a frame, from the outside in: `vlan=ID`, `mpls=LABEL`,
//! `pppoe=SESSION`, `gre=KEY`, `vxlan=ID`, `geneve=ID`, `gtp=TUNNEL`; tunnels run between 203.0.113.1 and 203.0.113.2.
//! A line `DROPS N` says that the interface dropped so many frames: the capture is a pcapng then.
//!
//! Where numbers do not matter, lines keep count of them by themselves:
//!
//! ```text
//! C 0.000 OPEN                                          three frames: the three-way handshake
//! C 0.010 DATA http="GET / HTTP/1.1|Host: a.example"    a head; `|` ends a line
//! S 0.020 DATA http="HTTP/1.1 200 OK" body="hello"      and Content-Length
//! C 0.030 DATA upgrade with="Origin: a" without=Host    the request of RFC 6455 §1.2, changed
//! S 0.040 DATA accepted ws text "hi" ws ping            the answer to it, and two WebSocket frames behind it
//! C 0.050 DATA ws text more "hel" mask=none cut=3       an unmasked fragment in two segments
//! C 0.060 CLOSE                                         FIN, FIN, ACK; END is a FIN alone, ABORT a RST, GOT an ACK
//! ```
//!
//! `OPEN` knows `client=ISN` and `server=ISN`. `DATA` takes `http`, `upgrade`, `accepted`, `with`, `without`, `body`, `gzip` (a body, compressed),
//! `gzip-cut` (the same without its end), `gzip-bomb=N` (MiB of zeros), `with-letters=N` (a header so long), `chunk`, `text`, `hex`, `fill=N` (letters) and `ws`, one behind the other; and for its segments `cut=N,N` (where another begins; at 1,460
//! unless said), `back=N` and `ahead=N` (so many octets before or behind what comes next), `seq`, `ack`, `fin`, `lost` (sent, but not in the
//! capture). A `ws` frame knows its opcodes (`text`, `binary`, `close`, `ping`, `pong`, `continuation`, `opcode=N`), texts in
//! quotes, `bytes=HEX`, `zeros=N`, `code=N` (of a Close), `more` (FIN is clear), `rsv=N` (RSV1 is 4), `mask=HEX` or `mask=none` (a client's
//! are masked unless said), `deflate`, `bomb=N` (MiB of
//! zeros, compressed), `declared=N` (another length) and `form=7|16|64`. Texts stand in either quotes, with
//! `\r`, `\n`, `\t`, `\0`, `\xNN`.

#![allow(
    dead_code,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "shared by several test programs that use parts of it; a test that cannot go on has failed"
)]

mod capture_file;
mod carrier;
mod content;
mod ends;
pub(crate) mod expectation;
mod fragments;
mod frame;
mod line;
mod script;
mod websocket_frame;
mod words;

use serde_json::Value;

pub(crate) use ends::Ends;
pub(crate) use expectation::check_connections;
use line::Line;
use script::Script;

use crate::support;

/// A conversation between known ends.
pub(crate) struct Conversation {
    ends: Ends,
    lines: Vec<Line>,
    /// Frames that the interface is said to have dropped.
    drops: Option<u64>,
}

impl Conversation {
    /// Reads the lines. The error names the first line that cannot be read, and what is wrong with it.
    pub(crate) fn parse<S: AsRef<str>>(ends: Ends, lines: &[S]) -> Result<Self, String> {
        let mut script = Script::default();
        let mut made = Vec::new();
        let mut drops = None;
        for text in lines.iter().map(AsRef::as_ref) {
            if let Some(count) = text.strip_prefix("DROPS ") {
                drops = Some(line::number(text, count)?);
                continue;
            }
            made.extend(script.lines(text).map_err(|e| format!("`{text}`: {e}"))?);
        }
        Ok(Self { ends, lines: made, drops })
    }

    /// The conversation as an Ethernet capture, times in nanoseconds.
    pub(crate) fn capture(&self) -> Result<Vec<u8>, String> {
        let mut file = capture_file::CaptureFile::new(self.drops);
        // What a `quotes=N` refers to: the IP packets, by frame number.
        let mut packets: Vec<Vec<u8>> = Vec::new();
        for line in &self.lines {
            let frame = frame::build(line, &self.ends, &packets)?;
            let frames = line.fragments.as_ref().map_or_else(|| vec![frame.clone()], |f| f.of(&frame));
            let times = if line.captured_twice { 2 } else { 1 };
            for (copy, frame) in (0..).zip(frames.iter().flat_map(|frame| vec![frame; times])) {
                packets.push(frame[frame::ETHERNET_HEADER..].to_vec());
                let frame = carrier::wrap(&line.carriers, line.from.is_client, frame.clone());
                file.add(line.at_ns + copy * 1_000, &frame, line.snap);
            }
        }
        Ok(file.into_bytes())
    }

    /// The `connection` lines that `synscope read` prints for it, by `id`.
    pub(crate) fn connections(&self) -> Result<Vec<Value>, String> {
        Ok(connections(self.json_lines()?))
    }

    /// Every line of JSON that `synscope read` prints for it.
    pub(crate) fn json_lines(&self) -> Result<Vec<Value>, String> {
        let run = support::synscope(&["read", "-", "--format", "json"], &self.capture()?);
        if run.code != Some(0) {
            return Err(format!("exit code {:?}: {}", run.code, run.stderr));
        }
        run.json_lines()
    }

    /// What `synscope read` draws of it on a terminal 160 columns wide, without colours.
    pub(crate) fn picture(&self) -> Result<String, String> {
        let arguments = ["read", "-", "--color", "never", "--width", "160"];
        let run = support::synscope(&arguments, &self.capture()?);
        if run.code == Some(0) {
            Ok(run.text())
        } else {
            Err(format!("exit code {:?}: {}", run.code, run.stderr))
        }
    }
}

/// The `connection` lines among others, by `id`.
pub(crate) fn connections(mut lines: Vec<Value>) -> Vec<Value> {
    lines.retain(|line| line["type"] == "connection");
    lines.sort_by_key(|connection| connection["id"].as_u64());
    lines
}

/// Reads lines between the usual ends and holds the connections found against what is expected. Panics with every
/// difference, each named by its path.
pub(crate) fn expect(lines: &[&str], expected: &Value) {
    let conversation = Conversation::parse(Ends::default(), lines).expect("the conversation can be read");
    let found = conversation.connections().expect("synscope reads the conversation");
    let expected = expected.as_array().expect("a list of connections");
    let wrong = check_connections(expected, &found);
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}
