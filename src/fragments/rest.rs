//! A TCP segment of which the first fragment is followed alone, and later the rest.

use crate::base::ByteSpan;
use crate::wire::Dissection;
use crate::wire::transport::TcpFlags;

const FIN: u16 = 0x01;
const SYN: u16 = 0x02;

/// Leaves of a segment what its first fragment shows: its FIN stands behind what is missing.
pub fn first_part(dissection: &mut Dissection) {
    if let Some(tcp) = &mut dissection.tcp {
        tcp.flags = TcpFlags(tcp.flags.0 & !FIN);
    }
}

/// Leaves of a segment what is behind its first `given` octets of data, that were followed already; whether anything is.
pub fn rest(dissection: &mut Dissection, given: u32) -> bool {
    let Some(tcp) = &mut dissection.tcp else { return false };
    let is_more = tcp.data_length > given || tcp.flags.fin();
    tcp.seq = tcp.seq + u32::from(tcp.flags.syn()) + given;
    tcp.flags = TcpFlags(tcp.flags.0 & !SYN);
    tcp.data_length = tcp.data_length.saturating_sub(given);
    tcp.data = behind(tcp.data, given);
    dissection.payload = behind(dissection.payload, given);
    is_more && !tcp.flags.rst()
}

fn behind(span: ByteSpan, given: u32) -> ByteSpan {
    ByteSpan::new(span.start.saturating_add(given.min(span.len)), span.len.saturating_sub(given))
}
