//! Zeek's words for conversations whose words are known.

use super::Zeek;
use crate::base::{FrameNo, SeqNum, Side};
use crate::track::segment::Segment;
use crate::wire::transport::{LaterOptions, SynOptions, TcpFlags};

const FIN: u16 = 1;
const SYN: u16 = 2;
const RST: u16 = 4;
const ACK: u16 = 16;

/// A conversation: who (`C`, `S`), control bits, number, acknowledgment, data octets.
type Said = (char, u16, u32, u32, u32);

fn segment((who, flags, seq, ack, data_length): Said) -> Segment {
    Segment {
        frame: FrameNo(1),
        at: None,
        from: if who == 'C' { Side::Client } else { Side::Server },
        seq: SeqNum(seq),
        ack: (flags & ACK != 0).then_some(SeqNum(ack)),
        window: 1_000,
        flags: TcpFlags(flags),
        options: SynOptions::default(),
        later: LaterOptions::default(),
        data_length,
        identification: None,
        ttl: 64,
        ecn: 0,
        wire_length: 60,
    }
}

const OPEN: [Said; 3] = [('C', SYN, 100, 0, 0), ('S', SYN | ACK, 300, 101, 0), ('C', ACK, 101, 301, 0)];

fn of(said: &[Said]) -> Zeek {
    let mut zeek = Zeek::default();
    for said in said {
        zeek.take(&segment(*said));
    }
    zeek
}

#[track_caller]
fn check(said: &[Said], conn_state: &str, history: &str) {
    let zeek = of(said);
    assert_eq!((zeek.conn_state(), zeek.history()), (conn_state, history));
}

fn opened(then: &[Said]) -> Vec<Said> {
    [&OPEN[..], then].concat()
}

#[test]
fn an_ordinary_connection_is_sf() {
    let then = [
        ('C', ACK, 101, 301, 10),
        ('S', ACK, 301, 111, 0),
        ('S', ACK, 301, 111, 20),
        ('C', ACK, 111, 321, 0),
        ('C', ACK | FIN, 111, 321, 0),
        ('S', ACK | FIN, 321, 112, 0),
        ('C', ACK, 112, 322, 0),
    ];
    check(&opened(&then), "SF", "ShADadFf");
}

#[test]
fn what_is_open_is_s1_and_what_one_side_closed_is_s2_or_s3() {
    check(&OPEN, "S1", "ShA");
    check(&opened(&[('C', ACK | FIN, 101, 301, 0), ('S', ACK, 301, 102, 0)]), "S2", "ShAFa");
    check(&opened(&[('S', ACK | FIN, 301, 101, 0)]), "S3", "ShAf");
}

#[test]
fn attempts_that_failed_have_words_of_their_own() {
    check(&[OPEN[0], OPEN[0]], "S0", "S");
    check(&[OPEN[0], ('S', RST | ACK, 0, 101, 0)], "REJ", "Sr");
    check(&[OPEN[0], ('C', RST, 101, 0, 0)], "RSTOS0", "SR");
    check(&[OPEN[0], ('C', FIN, 101, 0, 0)], "SH", "SF");
    check(&[OPEN[1], ('S', RST, 301, 0, 0)], "RSTRH", "^hr");
    check(&[OPEN[1], ('S', ACK | FIN, 301, 101, 0)], "SHR", "^hf");
}

#[test]
fn who_resets_what_is_open_is_named() {
    check(&opened(&[('C', RST, 101, 0, 0)]), "RSTO", "ShAR");
    check(&opened(&[('S', RST, 301, 0, 0)]), "RSTR", "ShAr");
    // Without a byte of data, two RSTs are a rejection.
    check(&opened(&[('C', RST, 101, 0, 0), ('S', RST, 301, 0, 0)]), "REJ", "ShARr");
    let with_data = [('C', ACK, 101, 301, 5), ('C', RST, 106, 0, 0), ('S', RST, 301, 0, 0)];
    check(&opened(&with_data), "RSTR", "ShADRr");
}

#[test]
fn a_fin_then_a_rst_of_one_side_is_in_order_once_the_other_closes() {
    let then = [('C', ACK | FIN, 101, 301, 0), ('C', RST, 102, 0, 0), ('S', ACK | FIN, 301, 102, 0)];
    check(&opened(&then), "SF", "ShAFRf");
}

#[test]
fn midstream_traffic_is_oth() {
    check(&[('C', ACK, 101, 301, 10), ('S', ACK, 301, 111, 0)], "OTH", "Da");
}

#[test]
fn a_syn_with_another_bit_is_told_once() {
    check(&[('C', SYN | FIN, 100, 0, 0), ('C', SYN | FIN, 200, 0, 0)], "SH", "Q");
    check(&[('C', FIN | RST, 100, 0, 0)], "OTH", "I");
}

#[test]
fn fins_and_rsts_are_told_again_with_another_number() {
    let rsts = [('C', RST, 101, 0, 0), ('C', RST, 101, 0, 0), ('C', RST, 105, 0, 0)];
    check(&opened(&rsts), "RSTO", "ShARR");
}

#[test]
fn data_sent_again_is_told_the_first_and_the_tenth_time() {
    let mut said = opened(&[('C', ACK, 101, 301, 10)]);
    said.extend([('C', ACK, 101, 301, 10); 9]);
    check(&said, "S1", "ShADT");
    said.push(('C', ACK, 101, 301, 10));
    check(&said, "S1", "ShADTT");
}

#[test]
fn data_that_was_acknowledged_and_never_captured_is_a_gap() {
    let behind = ('C', ACK, 201, 301, 10);
    check(&opened(&[behind, ('S', ACK, 301, 211, 0)]), "S1", "ShADaG");
    check(&opened(&[behind, ('C', ACK, 101, 301, 100), ('S', ACK, 301, 211, 0)]), "S1", "ShADTa");
    check(&opened(&[('C', ACK | FIN, 101, 301, 0), ('S', ACK, 301, 102, 0)]), "S2", "ShAFa");
}

#[test]
fn a_closed_window_is_told_but_not_of_a_rst() {
    let mut zeek = of(&OPEN);
    zeek.take(&Segment { window: 0, ..segment(('S', ACK, 301, 101, 0)) });
    zeek.take(&Segment { window: 0, ..segment(('S', RST, 301, 0, 0)) });
    assert_eq!(zeek.history(), "ShAawr");
}

#[test]
fn roles_that_were_mistaken_are_told_turned_round() {
    let mut zeek = of(&[('C', ACK, 301, 101, 10)]);
    zeek.swap_roles();
    zeek.take(&segment(('C', SYN, 100, 0, 0)));
    assert_eq!(zeek.history(), "d^S");
}

#[test]
fn the_history_has_an_end() {
    let rsts: Vec<Said> = (0..1_000).map(|n| ('C', RST, 101 + n, 0, 0)).collect();
    assert_eq!(of(&opened(&rsts)).history().len(), Zeek::MOST_LETTERS);
}

#[test]
fn holes_without_number_take_little_room() {
    let mut said = opened(&[]);
    said.extend((0..1_000).rev().map(|n| ('C', ACK, 1_000 + 20 * n, 301, 10)));
    said.push(('S', ACK, 301, 21_000 - 10, 0));
    let zeek = of(&said);
    assert!((1..=9).contains(&zeek.originator.gaps), "{}", zeek.originator.gaps);
}
