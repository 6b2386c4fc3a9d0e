//! What a machine says to itself, through libpcap.

use super::*;

#[test]
fn a_handshake_is_seen_once_in_order_with_rising_times() {
    if skipped_without_libpcap() {
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
    assert_eq!(seen.iter().map(|frame| frame.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(seen.windows(2).all(|pair| pair[0].time < pair[1].time), "{seen:?}");
    assert_eq!(source.interfaces()[0].link_type, LinkType::ETHERNET);
    assert_eq!(source.identity().format, "live");
    assert_eq!(source.identity().interface.as_deref(), Some("lo"));
    assert_eq!(source.drops().map(|drops| drops.by_system), Some(0));
    assert!(source.notes().is_empty());
}

#[test]
fn times_are_those_of_the_wall_clock() {
    if skipped_without_libpcap() {
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
    assert!(time + 20_000_000 > before && time < after + 20_000_000, "{before} {time} {after}");
}

#[test]
fn a_segment_larger_than_any_ethernet_frame_is_not_cut() {
    if skipped_without_libpcap() {
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
        data += if tcp.destination == port { frame.bytes.len() - tcp.data_begins } else { 0 };
        largest = largest.max(frame.bytes.len());
    }
    assert_eq!(data, 400_000);
    assert!(largest > 1_514, "loopback sends large segments, the largest seen had {largest} bytes");
}

#[test]
fn all_interfaces_at_once_are_seen_with_a_cooked_header() {
    if skipped_without_libpcap() {
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
    if skipped_without_libpcap() {
        return;
    }
    let mut source = open(&sniff("lo", Some("tcp port 1 and host 192.0.2.255"))).unwrap();
    for _ in 0..5 {
        let began = Instant::now();
        assert!(matches!(source.next_frame().unwrap(), Next::Idle));
        let took = began.elapsed();
        assert!(took > Duration::from_millis(50), "{took:?}: waiting must not burn the processor");
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

#[test]
fn a_filter_with_a_mistake_is_refused_in_libpcaps_words() {
    if skipped_without_libpcap() {
        return;
    }
    let error =
        open(&sniff("lo", Some("prot 80"))).err().expect("`prot` is no word of the language").to_string();
    assert!(error.starts_with("the filter 'prot 80' cannot be used: "), "{error}");
    assert!(error.contains("syntax error") && !error.contains('\n'), "{error}");
}

#[test]
fn an_interface_that_does_not_exist_is_answered_with_those_that_do() {
    let error = open(&sniff("nosuch0", None)).err().expect("there is none of this name").to_string();
    assert!(error.starts_with("there is no interface nosuch0. There are: "), "{error}");
    assert!(error.contains("lo"), "{error}");
}
