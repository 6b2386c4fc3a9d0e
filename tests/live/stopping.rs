//! Ctrl-C.

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

pub(crate) fn stop_when_asked() {
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

pub(crate) fn never_stop() {
    let stop = stop_on_signals().unwrap();
    println!("ready");
    let deadline = Instant::now() + PATIENCE;
    while !stop.is_set() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("flag is set");
    std::thread::sleep(PATIENCE);
}
