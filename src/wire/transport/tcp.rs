//! The Transmission Control Protocol's header (RFC 9293 §3.1).

use etherparse::TcpHeaderSlice;

use crate::base::{ByteSpan, SeqNum};
use crate::explain::{FieldWriter, LayerExplanation, OsiLayer, counted};
use crate::wire::checksum::{self, Checksum};
use crate::wire::network::protocol_number::TCP;
use crate::wire::transport::{TcpFlags, TcpHeader, tcp_option_words};
use crate::wire::{Fact, Input, Protocol, Selector, Step, Stop};

/// Header length without options, in bytes.
const FIXED: u32 = 20;
const FIXED_BYTES: usize = 20;
/// Most data of a segment that is not to be cut by the network card: an Ethernet frame's, without options.
const ORDINARY_DATA: u32 = 1460;

/// A TCP header with its options.
pub struct Tcp;

impl Protocol for Tcp {
    fn name(&self) -> &'static str {
        "tcp"
    }

    fn title(&self) -> &'static str {
        "TCP"
    }

    fn osi(&self) -> OsiLayer {
        OsiLayer::Transport
    }

    fn announced_by(&self) -> &'static [Selector] {
        &[Selector::IpProtocol(TCP)]
    }

    fn dissect(&self, input: &Input<'_>) -> Result<Step, Stop> {
        let (header, header_length) = read(input)?;
        let payload_length = input.after(header_length);
        Ok(Step { header_length, payload_length, next: None, fact: Fact::Tcp(header) })
    }

    fn explain(&self, input: &Input<'_>, out: &mut LayerExplanation) {
        let mut fields = FieldWriter::new(out, input.bytes, input.offset, "RFC 9293 §3.1");
        let checksum = verify(input);
        explain_numbers(&mut fields);
        let is_syn = input.bytes.get(13).is_some_and(|flags| flags & 2 != 0);
        explain_flags(&mut fields, is_syn);
        explain_window(&mut fields, is_syn);
        fields.number("checksum", (16, 2), |v| checksum.text(u16::try_from(v).unwrap_or_default()));
        fields.number("urgent pointer", (18, 2), |v| v.to_string());
        let Ok((header, header_length)) = read(input) else {
            return;
        };
        let options = header_length - FIXED;
        let is_cut = header_length > input.captured();
        tcp_option_words::explain(&mut fields.part(FIXED, options), header.ack, is_cut);
        fields.summary(summary(&header, fields.at((FIXED, options)), checksum));
        note_oddities(&mut fields, &header, checksum);
    }
}

/// The header and its length. The fixed part is read as etherparse does, from a copy without options, so that options that
/// were cut do not hide it.
fn read(input: &Input<'_>) -> Result<(TcpHeader, u32), Stop> {
    let mut fixed = *input.bytes.first_chunk::<FIXED_BYTES>().ok_or_else(|| input.cut(FIXED))?;
    let [.., data_offset, low, _, _, _, _, _, _] = &mut fixed;
    let flags = TcpFlags(u16::from_be_bytes([*data_offset & 1, *low]));
    let header_length = match u32::from(*data_offset >> 4) * 4 {
        0..FIXED => return Err(Stop::Malformed("header length below 20 bytes")),
        length if length > input.declared => return Err(Stop::Malformed("header longer than the segment")),
        length => length,
    };
    *data_offset = 0x50;
    let slice = TcpHeaderSlice::from_slice(&fixed).map_err(|_| input.cut(FIXED))?;
    let captured = header_length.min(input.captured());
    let data = ByteSpan::new(input.offset.saturating_add(captured), input.captured() - captured);
    let options = ByteSpan::new(input.offset.saturating_add(FIXED), captured - FIXED);
    let header = TcpHeader {
        source_port: slice.source_port(),
        destination_port: slice.destination_port(),
        seq: SeqNum(slice.sequence_number()),
        ack: flags.ack().then(|| SeqNum(slice.acknowledgment_number())),
        window: slice.window_size(),
        flags,
        options,
        options_length: header_length - FIXED,
        data_length: input.after(header_length),
        data,
    };
    Ok((header, header_length))
}

fn verify(input: &Input<'_>) -> Checksum {
    match input.bytes.first_chunk::<FIXED_BYTES>() {
        Some([.., high, low, _, _]) => {
            checksum::check_upper(input, TCP, input.declared, u16::from_be_bytes([*high, *low]))
        }
        None => Checksum::Unknown,
    }
}

fn explain_numbers(fields: &mut FieldWriter<'_>) {
    fields.number("source port", (0, 2), |v| v.to_string());
    fields.number("destination port", (2, 2), |v| v.to_string());
    fields.cite("RFC 9293 §3.4");
    fields.number("sequence number", (4, 4), |v| format!("{v}, as sent"));
    let has_ack = fields.at((13, 1)).is_none_or(|flags| matches!(flags, [low] if low & 0x10 != 0));
    fields.number("acknowledgment number", (8, 4), |v| match (has_ack, v) {
        (true, _) => format!("{v}, as sent: the next byte expected from the other side"),
        (false, 0) => "0: not used without the ACK flag".to_owned(),
        (false, _) => format!("{v}, which means nothing without the ACK flag"),
    });
    fields.cite("RFC 9293 §3.1");
    fields.bits("data offset", (12, 1), (0, 4), |v| format!("{v} × 4 = {} bytes of header", v * 4));
    fields.bits("reserved", (12, 2), (4, 3), |v| match v {
        0 => "0".to_owned(),
        _ => format!("{v}, though it should be 0"),
    });
}

/// The window of a SYN is never scaled (RFC 7323 §2.2).
fn explain_window(fields: &mut FieldWriter<'_>, is_syn: bool) {
    fields.number("window", (14, 2), |v| {
        if is_syn {
            format!("{}: never scaled in a SYN", counted(v, "byte"))
        } else {
            format!("{v}, before scaling (the scale is agreed in the handshake)")
        }
    });
}

/// On a SYN, the three bits of congestion notification are an offer (RFC 3168 §6.1.1, RFC 9768 §3.1).
fn explain_flags(fields: &mut FieldWriter<'_>, is_syn: bool) {
    let offer = |otherwise| {
        if is_syn { "part of the offer of congestion notification (ECN)" } else { otherwise }
    };
    fields.cite("RFC 9768 §3");
    fields.flag("AE: accurate ECN", (12, 2), 7, (offer("part of a congestion counter"), ""));
    fields.cite("RFC 3168 §6.1");
    fields.flag("CWR: congestion window reduced", (13, 1), 0, (offer("the sender has slowed down"), ""));
    fields.flag("ECE: ECN echo", (13, 1), 1, (offer("congestion was met on the way"), ""));
    fields.cite("RFC 9293 §3.1");
    fields.flag("URG: urgent", (13, 1), 2, ("the urgent pointer counts", ""));
    fields.flag("ACK: acknowledgment", (13, 1), 3, ("the acknowledgment number counts", ""));
    fields.flag("PSH: push", (13, 1), 4, ("hand the data to the program at once", ""));
    fields.flag("RST: reset", (13, 1), 5, ("the connection is broken off", ""));
    fields.flag(
        "SYN: synchronise",
        (13, 1),
        6,
        ("opens a connection: the sequence number is where counting starts", ""),
    );
    fields.flag("FIN: finish", (13, 1), 7, ("the sender has no more data", ""));
}

fn summary(header: &TcpHeader, options: Option<&[u8]>, checksum: Checksum) -> String {
    let mut parts = vec![format!("{} → {}", header.source_port, header.destination_port)];
    parts.push(format!("seq {}", header.seq));
    parts.extend(header.ack.map(|ack| format!("ack {ack}")));
    parts.push(if header.flags == TcpFlags(0) { "no flags".to_owned() } else { header.flags.to_string() });
    parts.push(format!("window {}", header.window));
    if header.data_length > 0 {
        parts.push(format!("{} of data", counted(u64::from(header.data_length), "byte")));
    }
    if let (true, Some(options)) = (header.flags.syn(), options) {
        parts.extend(tcp_option_words::summary(options));
    }
    if checksum != Checksum::Right {
        parts.extend(checksum.summary().map(str::to_owned));
    }
    parts.join("   ")
}

fn note_oddities(fields: &mut FieldWriter<'_>, header: &TcpHeader, checksum: Checksum) {
    if header.data_length > ORDINARY_DATA {
        fields.note(format!("{} bytes of data are more than an ordinary segment carries. Usually the capturing host's network card cuts it into several on sending, or joined several on receiving (segmentation offload); on loopback and links with jumbo frames it may be real.", header.data_length));
    }
    if header.flags.has(TcpFlags::SYN | TcpFlags::FIN) {
        fields
            .note("SYN and FIN together make no sense: such segments come from scanners or broken programs.");
    }
    if let Some(note) = checksum.note() {
        fields.note(note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LinkType;
    use crate::wire::transport::SynOptions;
    use crate::wire::{Dissection, Dissector};

    /// An Ethernet frame with a SYN of 40 bytes of TCP header and 2 bytes of data; checksums are right.
    const SYN: [u8; 76] = [
        2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45, 0, 0, 62, 0, 7, 0x40, 0, 64, 6, 0x26, 0xad, 10,
        0, 0, 1, 10, 0, 0, 2, 0x9c, 0xb0, 0x0b, 0xb8, 0xac, 0x57, 0x22, 0xf5, 0, 0, 0, 0, 0xa0, 0x02, 0xfa,
        0xf0, 0, 0, 0, 0, 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7, b'h', b'i',
    ];

    fn dissect(bytes: &[u8], wire: u32) -> Dissection {
        Dissector::new().dissect(LinkType::ETHERNET, bytes, wire, 0)
    }

    fn explain_tcp(bytes: &[u8]) -> LayerExplanation {
        let wire = u32::try_from(bytes.len()).unwrap();
        Dissector::new().explain(LinkType::ETHERNET, bytes, wire, 0).pop().unwrap()
    }

    #[test]
    fn a_syn_with_data_counts_both() {
        let tcp = dissect(&SYN, 76).tcp.unwrap();
        assert_eq!((tcp.source_port, tcp.destination_port, tcp.seq), (40112, 3000, SeqNum(2_891_391_733)));
        assert_eq!(tcp.ack, None);
        assert_eq!(tcp.data.of(&SYN), b"hi");
        assert_eq!(tcp.sequence_length(), 3);
        assert_eq!(SynOptions::read(tcp.options.of(&SYN), false).mss, Some(1460));
    }

    #[test]
    fn ethernet_padding_is_not_tcp_data() {
        let mut frame = SYN[..74].to_vec();
        frame[17] = 60;
        frame.extend([0; 8]);
        let dissection = dissect(&frame, 82);
        assert_eq!(dissection.tcp.unwrap().data_length, 0);
        assert_eq!(dissection.trailer, ByteSpan::new(74, 8));
    }

    #[test]
    fn a_cut_option_list_still_gives_ports() {
        let cut = &SYN[..60];
        let tcp = dissect(cut, 76).tcp.unwrap();
        assert_eq!(tcp.destination_port, 3000);
        assert_eq!((tcp.data_length, tcp.data.len, tcp.options.len), (2, 0, 6));
        assert!(SynOptions::read(tcp.options.of(cut), true).incomplete);
    }

    #[test]
    fn data_that_was_cut_is_counted_as_declared() {
        let tcp = dissect(&SYN[..75], 76).tcp.unwrap();
        assert_eq!((tcp.data_length, tcp.data.len), (2, 1));
    }

    #[test]
    fn a_data_offset_below_five_is_malformed() {
        let mut frame = SYN;
        frame[46] = 0x40;
        let dissection = dissect(&frame, 76);
        assert_eq!(dissection.stop, Some(Stop::Malformed("header length below 20 bytes")));
        assert!(dissection.tcp.is_none() && dissection.network.is_some());
    }

    #[test]
    fn a_data_offset_beyond_the_segment_is_malformed() {
        let mut frame = SYN;
        frame[46] = 0xf0;
        assert_eq!(dissect(&frame, 76).stop, Some(Stop::Malformed("header longer than the segment")));
    }

    #[test]
    fn the_summary_reads_as_one_line() {
        let summary = explain_tcp(&SYN).summary;
        let start = "40112 → 3000   seq 2891391733   SYN   window 64240   2 bytes of data   MSS 1460   scale ×128   SACK";
        assert!(summary.starts_with(start), "{summary}");
    }

    #[test]
    fn header_length_and_flags_are_spelled_out() {
        let layer = explain_tcp(&SYN);
        let text = |name| layer.fields.iter().find(|field| field.name == name).unwrap().text.clone();
        assert_eq!(text("data offset"), "10 × 4 = 40 bytes of header");
        assert_eq!(text("ACK: acknowledgment"), "not set");
        assert_eq!(text("window"), "64240 bytes: never scaled in a SYN");
        assert!(text("SYN: synchronise").starts_with("set: opens a connection"));
        assert_eq!(text("acknowledgment number"), "0: not used without the ACK flag");
    }

    #[test]
    fn a_checksum_left_to_the_card_is_no_fault() {
        let mut frame = SYN;
        let addresses = dissect(&frame, 76).network.unwrap().addresses;
        let pseudo = checksum::Sum::pseudo_header(addresses, 6, 42).folded();
        frame[50..52].copy_from_slice(&pseudo.to_be_bytes());
        let layer = explain_tcp(&frame);
        assert!(layer.summary.ends_with("checksum not filled in yet"));
        assert!(layer.notes.iter().any(|note| note.ends_with("Not a fault.")));
    }
}
