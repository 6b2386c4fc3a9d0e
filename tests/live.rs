//! Real sniffing: on loopback, between two network namespaces, without libpcap, without the right to.
//!
//! Without the privilege these tests skip themselves with a visible line; `SYNSCOPE_REQUIRE_LIVE=1` makes that a failure.
//! Traffic stays on loopback or inside namespaces that a test made for itself.
#![cfg(all(feature = "live", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
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

mod loopback {
    use super::*;

    #[test]
    fn a_handshake_is_seen_once_in_order_with_rising_times() {
        if skipped() {
            return;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut source = open(&sniff("lo", Some(&format!("tcp port {port}")))).unwrap();
        let _outside_the_filter = TcpStream::connect(other.local_addr().unwrap()).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();

        let seen = collect(source.as_mut(), port, 3);
        assert_eq!(flags(&seen), [SYN, SYN_ACK, ACK]);
        assert_eq!(
            seen.iter().map(|frame| frame.number).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert!(
            seen.windows(2).all(|pair| pair[0].time < pair[1].time),
            "{seen:?}"
        );
        assert_eq!(source.interfaces()[0].link_type, LinkType::ETHERNET);
        assert_eq!(source.identity().format, "live");
        assert_eq!(source.identity().interface.as_deref(), Some("lo"));
        assert_eq!(source.drops().map(|drops| drops.by_system), Some(0));
        assert!(source.notes().is_empty());
    }

    #[test]
    fn times_are_those_of_the_wall_clock() {
        if skipped() {
            return;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut source = open(&sniff("lo", Some(&format!("tcp port {port}")))).unwrap();
        let before = wall_clock();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let after = wall_clock();
        let time = collect(source.as_mut(), port, 1)[0].time.unwrap().0;
        // The kernel may stamp by a clock that ticks every few milliseconds.
        assert!(
            time + 20_000_000 > before && time < after + 20_000_000,
            "{before} {time} {after}"
        );
    }

    #[test]
    fn a_segment_larger_than_any_ethernet_frame_is_not_cut() {
        if skipped() {
            return;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut source = open(&sniff("lo", Some(&format!("tcp port {port}")))).unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let sender = std::thread::spawn(move || std::io::Write::write_all(&mut client, &vec![7; 400_000]));
        server.read_exact(&mut vec![0; 400_000]).unwrap();
        sender.join().unwrap().unwrap();

        let (mut data, mut largest) = (0, 0);
        let deadline = Instant::now() + PATIENCE;
        while data < 400_000 && Instant::now() < deadline {
            let Next::Frame(frame) = source.next_frame().unwrap() else {
                continue;
            };
            assert_eq!(usize::try_from(frame.wire_length).unwrap(), frame.bytes.len());
            let tcp = Tcp::read(frame.bytes, 14).unwrap();
            data += if tcp.destination == port {
                frame.bytes.len() - tcp.data_begins
            } else {
                0
            };
            largest = largest.max(frame.bytes.len());
        }
        assert_eq!(data, 400_000);
        assert!(
            largest > 1_514,
            "loopback sends large segments, the largest seen had {largest} bytes"
        );
    }

    #[test]
    fn all_interfaces_at_once_are_seen_with_a_cooked_header() {
        if skipped() {
            return;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut source = open(&sniff("any", Some(&format!("tcp port {port}")))).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let link_type = source.interfaces()[0].link_type;
        assert_eq!(link_type, LinkType::LINUX_SLL2);
        assert_eq!(flags(&collect(source.as_mut(), port, 3)), [SYN, SYN_ACK, ACK]);
    }

    #[test]
    fn where_nothing_comes_the_caller_is_asked_back_ten_times_a_second() {
        if skipped() {
            return;
        }
        let mut source = open(&sniff("lo", Some("tcp port 1 and host 192.0.2.255"))).unwrap();
        for _ in 0..5 {
            let began = Instant::now();
            assert!(matches!(source.next_frame().unwrap(), Next::Idle));
            let took = began.elapsed();
            assert!(
                took > Duration::from_millis(50),
                "{took:?}: waiting must not burn the processor"
            );
            assert!(took < Duration::from_secs(1), "{took:?}");
        }
    }

    #[test]
    fn a_filter_with_a_mistake_is_refused_in_libpcaps_words() {
        if skipped() {
            return;
        }
        let error = open(&sniff("lo", Some("prot 80")))
            .err()
            .expect("`prot` is no word of the language")
            .to_string();
        assert!(
            error.starts_with("the filter 'prot 80' cannot be used: "),
            "{error}"
        );
        assert!(error.contains("syntax error") && !error.contains('\n'), "{error}");
    }

    #[test]
    fn an_interface_that_does_not_exist_is_answered_with_those_that_do() {
        let error = open(&sniff("nosuch0", None))
            .err()
            .expect("there is none of this name")
            .to_string();
        assert!(
            error.starts_with("there is no interface nosuch0. There are: "),
            "{error}"
        );
        assert!(error.contains("lo"), "{error}");
    }
}

mod without_libpcap {
    use super::*;

    #[test]
    fn a_raw_socket_sees_a_handshake_once_and_says_what_is_lost() {
        if skipped() {
            return;
        }
        let mut child = spawn(role("raw_socket").env("LIBPCAP_PATH", "/nonexistent"));
        let lines = rest(&mut child);
        assert!(lines.contains("flags [2, 18, 16]"), "{lines}");
        assert!(lines.contains("drops None"), "{lines}");
        assert!(
            lines.contains("because there is no libpcap (/nonexistent: cannot open"),
            "{lines}"
        );
        assert!(lines.contains("filter: a filter (-f) needs libpcap"), "{lines}");
        assert!(
            lines.contains("any: sniffing on all interfaces at once (any) needs libpcap"),
            "{lines}"
        );
        assert!(
            lines.contains("saved: a filter needs libpcap, and there is none: "),
            "{lines}"
        );
    }

    pub(super) fn raw_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut source = open(&sniff("lo", None)).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let seen = collect(source.as_mut(), port, 3);
        println!("flags {:?}", flags(&seen));
        drop(client);
        // The FIN comes next, so the handshake's second copies did not.
        assert_ne!(collect(source.as_mut(), port, 1)[0].flags & 0x01, 0);
        println!("drops {:?}", source.drops());
        println!("notes {}", source.notes().join(" "));
        println!("filter: {}", open(&sniff("lo", Some("tcp"))).err().unwrap());
        println!("any: {}", open(&sniff("any", None)).err().unwrap());
        println!(
            "saved: {}",
            synscope::capture::filter::Bpf::new("tcp").err().unwrap()
        );
    }
}

mod without_the_privilege {
    use super::*;

    #[test]
    fn one_line_says_how_to_get_it() {
        if skipped() {
            return;
        }
        // Root can give its rights away; another user who may sniff has them from elsewhere.
        let mut command = role("unprivileged");
        command.uid(65_534).gid(65_534);
        let mut child = match command.stdout(Stdio::piped()).spawn() {
            Ok(child) => Running(child),
            Err(reason) => return skip(&format!("cannot run as another user: {reason}")),
        };
        let lines = rest(&mut child);
        assert!(
            lines.contains("cannot sniff on lo: this user may not open packet sockets. Run `sudo setcap "),
            "{lines}"
        );
        assert!(lines.contains("listed: true"), "{lines}");
    }

    pub(super) fn unprivileged() {
        println!("{}", open(&sniff("lo", None)).err().unwrap());
        println!(
            "listed: {}",
            interfaces().iter().all(|interface| interface.may_sniff.is_err())
        );
    }
}

mod namespaces {
    use super::*;

    #[test]
    fn a_handshake_between_two_hosts_is_seen_on_the_interface_of_the_default_route() {
        if skipped() {
            return;
        }
        let Some(hosts) = TwoHosts::new() else { return };
        let mut server = spawn(&mut on(&hosts.a, "sniff_and_listen"));
        server.wait_for("ready");
        let mut client = spawn(&mut on(&hosts.b, "connect"));
        assert!(client.0.wait().unwrap().success());
        let lines = rest(&mut server);
        assert!(lines.contains("interface va\n"), "{lines}");
        assert!(lines.contains("flags [2, 18, 16]"), "{lines}");
        assert!(lines.contains("down: interface idle0 is down; "), "{lines}");
    }

    pub(super) fn sniff_and_listen() {
        let listener = TcpListener::bind("10.99.0.1:7001").unwrap();
        let options = Options {
            filter: Some("tcp port 7001".into()),
            promiscuous: true,
            ..Options::default()
        };
        let mut source = open(&options).unwrap();
        println!("ready");
        println!(
            "interface {}",
            source.identity().interface.as_deref().unwrap_or_default()
        );
        println!("down: {}", open(&sniff("idle0", None)).err().unwrap());
        println!("flags {:?}", flags(&collect(source.as_mut(), 7001, 3)));
        drop(listener);
    }

    pub(super) fn connect() {
        TcpStream::connect_timeout(&"10.99.0.1:7001".parse().unwrap(), PATIENCE).unwrap();
    }

    #[test]
    fn sniffing_outlives_an_interface_that_is_switched_off_but_not_one_that_disappears() {
        if skipped() {
            return;
        }
        for without_libpcap in [false, true] {
            let Some(hosts) = TwoHosts::new() else { return };
            let mut command = on(&hosts.a, "sniff_until_it_fails");
            if without_libpcap {
                command.env("LIBPCAP_PATH", "/nonexistent");
            }
            let mut sniffer = spawn(&mut command);
            sniffer.wait_for("ready");
            assert!(ip(&["-n", &hosts.a, "link", "set", "va", "down"]));
            sniffer.wait_for("still there");
            assert!(ip(&["-n", &hosts.a, "link", "delete", "va"]));
            let lines = rest(&mut sniffer);
            assert!(
                lines.contains("ended: sniffing on va ended: "),
                "{without_libpcap}: {lines}"
            );
            assert!(lines.contains("disappeared"), "{without_libpcap}: {lines}");
        }
    }

    pub(super) fn sniff_until_it_fails() {
        let mut source = open(&sniff("va", None)).unwrap();
        println!("ready");
        let state = || {
            interfaces()
                .iter()
                .find(|interface| interface.name == "va")
                .map(|interface| interface.state)
        };
        let deadline = Instant::now() + PATIENCE;
        let mut idle_while_down = 0;
        while Instant::now() < deadline {
            match source.next_frame() {
                Ok(Next::Idle) if state() == Some(State::Down) => idle_while_down += 1,
                Ok(_) => (),
                Err(error) => return println!("ended: {error}"),
            }
            // The first answer may have been on its way when the interface went down.
            if idle_while_down == 3 {
                println!("still there");
            }
        }
    }

    /// Two namespaces, joined by a cable: 10.99.0.1 on `va`, 10.99.0.2 on `vb`. They vanish with this value.
    struct TwoHosts {
        a: String,
        b: String,
    }

    impl TwoHosts {
        fn new() -> Option<Self> {
            let unique = format!("{:x}{:x}", std::process::id(), wall_clock() & 0x00ff_ffff);
            let hosts = Self {
                a: format!("syn-a-{unique}"),
                b: format!("syn-b-{unique}"),
            };
            if !ip(&["netns", "add", &hosts.a]) || !ip(&["netns", "add", &hosts.b]) {
                skip("cannot make network namespaces");
                return None;
            }
            let (a, b) = (hosts.a.as_str(), hosts.b.as_str());
            for command in [
                format!("-n {a} link add va type veth peer name vb netns {b}"),
                format!("-n {a} addr add 10.99.0.1/24 dev va"),
                format!("-n {b} addr add 10.99.0.2/24 dev vb"),
                format!("-n {a} link set va up"),
                format!("-n {b} link set vb up"),
                format!("-n {a} route add default via 10.99.0.2"),
                format!("-n {a} link add idle0 type veth peer name idle1"),
            ] {
                assert!(ip(&command.split(' ').collect::<Vec<_>>()), "ip {command}");
            }
            Some(hosts)
        }
    }

    /// This test program again, on one of the hosts.
    fn on(host: &str, name: &str) -> Command {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", host])
            .arg(std::env::current_exe().unwrap());
        as_role(&mut command, name);
        command
    }

    impl Drop for TwoHosts {
        fn drop(&mut self) {
            ip(&["netns", "delete", &self.a]);
            ip(&["netns", "delete", &self.b]);
        }
    }

    fn ip(arguments: &[&str]) -> bool {
        Command::new("ip")
            .args(arguments)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

mod stopping {
    use super::*;

    #[test]
    fn the_first_signal_sets_the_flag_and_wakes_a_sniffer_that_waits() {
        for signal in ["-INT", "-TERM"] {
            let mut child = spawn(&mut role("stop_when_asked"));
            child.wait_for("ready");
            child.signal(signal);
            assert!(rest(&mut child).contains("summary"), "{signal}");
        }
    }

    #[test]
    fn the_second_signal_ends_the_process_at_once() {
        let mut child = spawn(&mut role("never_stop"));
        child.wait_for("ready");
        child.signal("-INT");
        child.wait_for("flag is set");
        child.signal("-INT");
        assert_eq!(child.0.wait().unwrap().signal(), Some(2));
    }

    pub(super) fn stop_when_asked() {
        let stop = stop_on_signals().unwrap();
        let mut source = open(&sniff("lo", Some("tcp port 1 and host 192.0.2.255"))).ok();
        println!("ready");
        let deadline = Instant::now() + PATIENCE;
        while !stop.is_set() && Instant::now() < deadline {
            match &mut source {
                Some(source) => assert!(matches!(source.next_frame().unwrap(), Next::Idle)),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        assert!(stop.is_set());
        println!("summary");
    }

    pub(super) fn never_stop() {
        let stop = stop_on_signals().unwrap();
        println!("ready");
        let deadline = Instant::now() + PATIENCE;
        while !stop.is_set() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        println!("flag is set");
        std::thread::sleep(PATIENCE);
    }
}

#[test]
fn loopback_is_listed_as_it_is() {
    let list = interfaces();
    let lo = list
        .iter()
        .find(|interface| interface.name == "lo")
        .expect("Linux has lo");
    assert!(lo.loopback);
    assert_eq!(lo.link_type, Some(LinkType::ETHERNET));
    assert_eq!(
        lo.state == State::Up,
        lo.addresses.contains(&("127.0.0.1".parse().unwrap(), 8))
    );
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
        let header = if frame.link_type == LinkType::LINUX_SLL2 {
            20
        } else {
            14
        };
        let Some(tcp) = Tcp::read(frame.bytes, header) else {
            continue;
        };
        if tcp.source == port || tcp.destination == port {
            seen.push(Seen {
                number: frame.number.0,
                time: frame.time,
                flags: tcp.flags,
            });
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
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
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
        .args([
            "--exact",
            "part_of_another_test",
            "--nocapture",
            "--test-threads=1",
        ])
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
            assert_ne!(
                unbuffered.read_line(&mut line).unwrap(),
                0,
                "the child ended before it said {word}"
            );
        }
    }

    fn signal(&self, name: &str) {
        assert!(
            Command::new("kill")
                .args([name, &self.0.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
