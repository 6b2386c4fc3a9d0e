//! Two hosts on one machine, joined by a cable that can be pulled.

use super::*;

#[test]
fn a_handshake_between_two_hosts_is_seen_on_the_interface_of_the_default_route() {
    if skipped_without_libpcap() {
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

pub(crate) fn sniff_and_listen() {
    let listener = TcpListener::bind("10.99.0.1:7001").unwrap();
    let options = Options { filter: Some("tcp port 7001".into()), promiscuous: true, ..Options::default() };
    let mut source = open(&options).unwrap();
    println!("ready");
    println!("interface {}", source.identity().interface.as_deref().unwrap_or_default());
    println!("down: {}", open(&sniff("idle0", None)).err().unwrap());
    println!("flags {:?}", flags(&collect(source.as_mut(), 7001, 3)));
    drop(listener);
}

pub(crate) fn connect() {
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
        assert!(lines.contains("ended: sniffing on va ended: "), "{without_libpcap}: {lines}");
        assert!(lines.contains("disappeared"), "{without_libpcap}: {lines}");
    }
}

pub(crate) fn sniff_until_it_fails() {
    let mut source = open(&sniff("va", None)).unwrap();
    println!("ready");
    let state =
        || interfaces().iter().find(|interface| interface.name == "va").map(|interface| interface.state);
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
        let hosts = Self { a: format!("syn-a-{unique}"), b: format!("syn-b-{unique}") };
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
    command.args(["netns", "exec", host]).arg(std::env::current_exe().unwrap());
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
    Command::new("ip").args(arguments).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
