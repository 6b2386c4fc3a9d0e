//! Real sniffing: on loopback, between two network namespaces, without libpcap, without the right to.
//!
//! Without the privilege these tests skip themselves with a visible line; `SYNSCOPE_REQUIRE_LIVE=1` makes that a failure.
//! Traffic stays on loopback or inside namespaces that a test made for itself.
#![cfg(all(feature = "live", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of this file is tests, the functions that its tests share too"
)]

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use synscope::base::{LinkType, Timestamp};
use synscope::capture::live::{Options, State, interfaces, open, stop_on_signals};
use synscope::capture::{Next, Source};

/// Nothing here takes a second; a busy machine may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

const SYN: u8 = 0x02;
const SYN_ACK: u8 = 0x12;
const ACK: u8 = 0x10;

mod command;
mod loopback;
mod namespaces;
mod stopping;
mod websocket;
mod without_libpcap;
mod without_the_privilege;

#[test]
fn loopback_is_listed_as_it_is() {
    let list = interfaces();
    let lo = list.iter().find(|interface| interface.name == "lo").expect("Linux has lo");
    assert!(lo.loopback);
    assert_eq!(lo.link_type, Some(LinkType::ETHERNET));
    assert_eq!(lo.state == State::Up, lo.addresses.contains(&("127.0.0.1".parse().unwrap(), 8)));
}

/// What a child process does: this test run alone, with `SYNSCOPE_TEST_ROLE` saying which part to play.
#[test]
fn part_of_another_test() {
    match std::env::var("SYNSCOPE_TEST_ROLE").as_deref() {
        Ok("raw_socket") => without_libpcap::raw_socket(),
        Ok("unprivileged") => without_the_privilege::unprivileged(),
        Ok("sniff_and_listen") => namespaces::sniff_and_listen(),
        Ok("connect") => namespaces::connect(),
        Ok("sniff_until_it_fails") => namespaces::sniff_until_it_fails(),
        Ok("stop_when_asked") => stopping::stop_when_asked(),
        Ok("never_stop") => stopping::never_stop(),
        Ok(other) => panic!("there is no part called {other}"),
        Err(_) => (),
    }
}

fn skipped() -> bool {
    let Some(Err(reason)) = interfaces().first().map(|interface| interface.may_sniff.clone()) else {
        return false;
    };
    skip(&reason);
    true
}

/// As [`skipped`], for what the raw socket that takes libpcap's place cannot do.
fn skipped_without_libpcap() -> bool {
    let lacking = synscope::capture::filter::Bpf::new("tcp").err();
    if let Some(reason) = &lacking {
        skip(&reason.to_string());
    }
    lacking.is_some() || skipped()
}

fn skip(reason: &str) {
    // Past the test harness, which keeps the output of tests that pass to itself.
    let _ = std::io::Write::write_all(
        &mut std::io::stderr().lock(),
        format!("SKIPPED live capture: {reason}\n").as_bytes(),
    );
    assert!(
        std::env::var_os("SYNSCOPE_REQUIRE_LIVE").is_none_or(|value| value != "1"),
        "SYNSCOPE_REQUIRE_LIVE=1, but live capture was skipped: {reason}"
    );
}

fn sniff(interface: &str, filter: Option<&str>) -> Options {
    Options {
        interface: Some(interface.into()),
        filter: filter.map(str::to_owned),
        promiscuous: false,
        immediate: true,
    }
}

#[derive(Debug)]
struct Seen {
    number: u64,
    time: Option<Timestamp>,
    flags: u8,
}

fn flags(seen: &[Seen]) -> Vec<u8> {
    seen.iter().map(|frame| frame.flags).collect()
}

/// The next `wanted` segments to or from `port`.
fn collect(source: &mut dyn Source, port: u16, wanted: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while seen.len() < wanted {
        assert!(Instant::now() < deadline, "only {seen:?} came");
        let Next::Frame(frame) = source.next_frame().unwrap() else {
            continue;
        };
        let header = if frame.link_type == LinkType::LINUX_SLL2 { 20 } else { 14 };
        let Some(tcp) = Tcp::read(frame.bytes, header) else {
            continue;
        };
        if tcp.source == port || tcp.destination == port {
            seen.push(Seen { number: frame.number.0, time: frame.time, flags: tcp.flags });
        }
    }
    seen
}

/// A TCP header in an IPv4 packet, read by hand so that this test depends on no other part of the program.
struct Tcp {
    source: u16,
    destination: u16,
    flags: u8,
    data_begins: usize,
}

impl Tcp {
    fn read(frame: &[u8], link_header: usize) -> Option<Self> {
        let packet = frame.get(link_header..)?;
        if packet.first()? >> 4 != 4 || *packet.get(9)? != 6 {
            return None;
        }
        let begins = usize::from(packet[0] & 0x0f) * 4;
        let tcp = packet.get(begins..).filter(|tcp| tcp.len() >= 20)?;
        Some(Self {
            source: u16::from_be_bytes([tcp[0], tcp[1]]),
            destination: u16::from_be_bytes([tcp[2], tcp[3]]),
            flags: tcp[13],
            data_begins: link_header + begins + usize::from(tcp[12] >> 4) * 4,
        })
    }
}

fn wall_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_nanos()).unwrap()
}

/// This test program again, playing a part.
fn role(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    as_role(&mut command, name);
    command
}

fn as_role(command: &mut Command, name: &str) {
    command
        .args(["--exact", "part_of_another_test", "--nocapture", "--test-threads=1"])
        .env("SYNSCOPE_TEST_ROLE", name);
}

/// A child process that ends with this value.
struct Running(Child);

fn spawn(command: &mut Command) -> Running {
    Running(command.stdout(Stdio::piped()).spawn().unwrap())
}

/// Everything the child still prints.
fn rest(child: &mut Running) -> String {
    let mut lines = String::new();
    child.0.stdout.take().unwrap().read_to_string(&mut lines).unwrap();
    lines
}

impl Running {
    fn wait_for(&mut self, word: &str) {
        // Read byte by byte: a buffer would swallow lines that the test reads later.
        let mut unbuffered = BufReader::with_capacity(1, self.0.stdout.as_mut().unwrap());
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(unbuffered.read_line(&mut line).unwrap(), 0, "the child ended before it said {word}");
        }
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
