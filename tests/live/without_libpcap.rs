//! The raw socket that takes libpcap's place.

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
    assert!(lines.contains("because there is no libpcap (/nonexistent: cannot open"), "{lines}");
    assert!(lines.contains("filter: a filter (-f) needs libpcap"), "{lines}");
    assert!(lines.contains("any: sniffing on all interfaces at once (any) needs libpcap"), "{lines}");
    assert!(lines.contains("saved: a filter needs libpcap, and there is none: "), "{lines}");
}

pub(crate) fn raw_socket() {
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
    println!("saved: {}", synscope::capture::filter::Bpf::new("tcp").err().unwrap());
}
