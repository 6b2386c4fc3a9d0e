//! The conversations drawn in RFC 9293, by section and figure: TCP Peer A is the client, its numbers are the figure's.

mod scenario;
mod support;

mod section_3_5 {
    use crate::scenario::expect;
    use serde_json::json;

    #[test]
    fn figure_6_basic_handshake() {
        expect(
            &[
                "C 0.000 SYN     seq=100",
                "S 0.010 SYN-ACK seq=300 ack=101",
                "C 0.020 ACK     seq=101 ack=301",
                "C 0.021 ACK     seq=101 ack=301 len=10",
            ],
            &json!([{
                "handshake": {
                    "outcome": "established", "certainty": "proven",
                    "syn": {"frame": 1, "seq": 100, "ack": null},
                    "syn_ack": {"frame": 2, "seq": 300, "ack": 101},
                    "ack": {"frame": 3, "seq": 101, "ack": 301},
                    "connect_ns": 20_000_000, "server_rtt_ns": 10_000_000, "client_rtt_ns": 10_000_000,
                },
                "client_traffic": {"data_bytes": 10},
                "only_rules": true,
            }]),
        );
    }

    #[test]
    fn figure_7_simultaneous_open() {
        expect(
            &[
                "C 0.000 SYN     seq=100",
                "S 0.001 SYN     seq=300",
                "C 0.002 SYN-ACK seq=100 ack=301",
                "S 0.003 SYN-ACK seq=300 ack=101",
            ],
            &json!([{
                "handshake": {
                    "outcome": "simultaneous_open", "certainty": "proven", "client_isn": 100, "server_isn": 300,
                },
                "close": {"how": "open"},
                "rules": ["simultaneous-open"],
                "only_rules": true,
            }]),
        );
    }

    /// As Peer A sees it, whose own SYN is still on its way when the answer to the old one comes.
    #[test]
    fn figure_8_old_duplicate_syn() {
        expect(
            &[
                "C 0.000 SYN     seq=100",
                "S 0.010 SYN-ACK seq=300 ack=91",
                "C 0.011 RST     seq=91",
                "S 0.030 SYN-ACK seq=400 ack=101",
                "C 0.031 ACK     seq=101 ack=401",
            ],
            &json!([{
                "handshake": {
                    "outcome": "established", "client_isn": 100, "server_isn": 400, "syn_count": 1, "syn_ack_count": 2,
                    "syn_ack": {"frame": 4, "seq": 400, "ack": 101},
                    "ack": {"frame": 5},
                },
                "close": {"how": "open"},
                "rules": ["syn-ack-wrong-acknowledgment@2"],
            }]),
        );
    }

    /// As Peer B sees it: first the old SYN, then the new one.
    #[test]
    fn figure_8_old_duplicate_syn_seen_by_peer_b() {
        expect(
            &[
                "C 0.000 SYN     seq=90",
                "S 0.001 SYN-ACK seq=300 ack=91",
                "C 0.011 RST     seq=91",
                "C 0.020 SYN     seq=100",
                "S 0.021 SYN-ACK seq=400 ack=101",
                "C 0.031 ACK     seq=101 ack=401",
            ],
            &json!([
                {"id": 1, "handshake": {"outcome": "reset", "client_isn": 90}, "close": {"how": "reset", "first": "client"}},
                {"id": 4, "handshake": {"outcome": "established", "client_isn": 100, "server_isn": 400}},
            ]),
        );
    }

    /// Peer A has crashed and opens again; Peer B still has the old connection and says what it expects.
    #[test]
    fn figure_9_half_open_discovery() {
        expect(
            &[
                "C 0.000 SYN     seq=99",
                "S 0.010 SYN-ACK seq=299 ack=100",
                "C 0.020 ACK     seq=100 ack=300",
                "C 9.000 SYN     seq=400",
                "S 9.010 ACK     seq=300 ack=100",
                "C 9.011 RST     seq=100",
                "C 10.000 SYN    seq=400",
                "S 10.010 SYN-ACK seq=800 ack=401",
                "C 10.020 ACK    seq=401 ack=801",
            ],
            &json!([
                {
                    "id": 1,
                    "handshake": {"outcome": "established", "client_isn": 99, "server_isn": 299},
                    "close": {"how": "reset", "first": "client", "frame": 6},
                    "rules": ["syn-inside-connection@4", "challenge-ack@5"],
                },
                {"handshake": {"outcome": "established", "client_isn": 400, "server_isn": 800}, "close": {"how": "open"}},
            ]),
        );
    }

    /// Peer A has crashed; Peer B sends data into the void and is reset.
    #[test]
    fn figure_10_active_side_causes_half_open_discovery() {
        expect(
            &[
                "C 0.000 SYN     seq=99",
                "S 0.010 SYN-ACK seq=299 ack=100",
                "C 0.020 ACK     seq=100 ack=300",
                "S 9.000 ACK     seq=300 ack=100 len=10",
                "C 9.010 RST     seq=100",
            ],
            &json!([{
                "handshake": {"outcome": "established", "certainty": "proven"},
                "close": {"how": "reset", "first": "client", "frame": 5},
                "server_traffic": {"data_bytes": 10},
            }]),
        );
    }

    /// Both ends listen; an old SYN arrives, is answered, and the answer is reset.
    #[test]
    fn figure_11_old_duplicate_syn_initiates_a_reset_on_two_passive_sockets() {
        expect(
            &["C 0.000 SYN     seq=700", "S 0.010 SYN-ACK seq=300 ack=701", "C 0.020 RST     seq=701"],
            &json!([{
                "handshake": {"outcome": "reset", "certainty": "proven", "ack": null},
                "close": {"how": "reset", "first": "client", "frame": 3},
            }]),
        );
    }
}

mod section_3_6 {
    use crate::scenario::expect;
    use serde_json::json;

    #[test]
    fn figure_12_normal_close() {
        expect(
            &[
                "C 0.000 SYN     seq=99",
                "S 0.010 SYN-ACK seq=299 ack=100",
                "C 0.020 ACK     seq=100 ack=300",
                "C 1.000 FIN-ACK seq=100 ack=300",
                "S 1.010 ACK     seq=300 ack=101",
                "S 1.500 FIN-ACK seq=300 ack=101",
                "C 1.510 ACK     seq=101 ack=301",
            ],
            &json!([{
                "handshake": {"outcome": "established", "certainty": "proven"},
                "close": {"how": "fin", "first": "client", "frame": 4},
                "client_traffic": {"frames": 4, "data_bytes": 0},
                "server_traffic": {"frames": 3, "data_bytes": 0},
                "only_rules": true,
            }]),
        );
    }

    #[test]
    fn figure_13_simultaneous_close() {
        expect(
            &[
                "C 0.000 SYN     seq=99",
                "S 0.010 SYN-ACK seq=299 ack=100",
                "C 0.020 ACK     seq=100 ack=300",
                "C 1.000 FIN-ACK seq=100 ack=300",
                "S 1.001 FIN-ACK seq=300 ack=100",
                "C 1.010 ACK     seq=101 ack=301",
                "S 1.011 ACK     seq=301 ack=101",
            ],
            &json!([{
                "handshake": {"outcome": "established", "certainty": "proven"},
                "close": {"how": "fin", "first": "client", "frame": 4},
                "only_rules": true,
            }]),
        );
    }
}
